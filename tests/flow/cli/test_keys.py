"""``segue keys`` for screens, and for keys that end."""

from __future__ import annotations

import re
from pathlib import Path

from tests.flow.cli.test_commands import Run, run
from tests.flow.deciding.conftest import ACTIONS, PLACEMENTS

__all__ = ["run"]


def defined(run: Run, tmp_path: Path) -> None:
    """A shop with a placement of the web and one of the till."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/placements.yaml").write_text(PLACEMENTS)
    (tmp_path / "d/actions.yaml").write_text(ACTIONS)
    assert run("apply", str(tmp_path / "d")).status == 0


def test_a_screen_s_key_without_a_source_is_warned_of(run: Run, tmp_path: Path) -> None:
    defined(run, tmp_path)
    bare = run("keys", "create", "--role", "decide", "--placement", "entrance")
    assert bare.status == 0
    assert re.fullmatch(r"segue_[0-9a-f]{12}_[0-9a-f]{40}\n", bare.out), "a script reads the key alone"
    assert "--source display" in bare.err
    whole = run("keys", "create", "--role", "decide", "--placement", "entrance", "--source", "display")
    assert (whole.status, whole.err) == (0, "")
    till = run("keys", "create", "--role", "decide", "--placement", "till", "--trusted")
    assert (till.status, till.err) == (0, "")


def test_a_visitors_screen_gets_no_trusted_key(run: Run, tmp_path: Path) -> None:
    defined(run, tmp_path)
    done = run("keys", "create", "--role", "decide", "--placement", "entrance", "--trusted")
    assert (done.status, done.out) == (1, "")
    assert "entrance" in done.err
    assert run("keys", "list", "--json").json() == []


def test_a_key_for_no_placement_is_not_made(run: Run, tmp_path: Path) -> None:
    early = run("keys", "create", "--role", "decide", "--placement", "entrancee")
    assert early.status == 0, "nothing is defined yet: it may be for what is to come"
    defined(run, tmp_path)
    done = run("keys", "create", "--role", "decide", "--placement", "entrancee")
    assert (done.status, done.out) == (1, "")
    assert "there is no placement 'entrancee'" in done.err
    assert "did you mean 'entrance'?" in done.err
    assert len(run("keys", "list", "--json").json()) == 1


def test_a_key_may_end(run: Run) -> None:
    assert run("keys", "create", "--role", "read", "--expires", "90d").status == 0
    [listed] = run("keys", "list", "--json").json()
    assert listed["expires_at"] > listed["created_at"]
    done = run("keys", "create", "--role", "read", "--expires", "soon")
    assert (done.status, done.out) == (1, "")
    assert "90d" in done.err
