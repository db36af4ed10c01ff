"""The command line against a real database: what scripts rely on, and how it fails."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.app.keys import KeyRing
from segue.edge.cli import main
from tests.patience import PATIENCE


class Ran(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]

MAPPING = """
source: crm
format: {type: ndjson}
event:
  type: identify
  message_id: "crm-{id}"
  timestamp: {value: 2026-01-01T00:00:00Z}
  identifiers: {user_id: id, email: mail}
  traits: {city: city}
"""


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("SEGUE_DATABASE_URL", database_url)
    monkeypatch.setenv("SEGUE_DATA", str(tmp_path / "data"))

    def command(*words: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["segue", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        status = ended.value.code
        return Ran(status if isinstance(status, int) else 0, told.out, told.err)

    return command


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Run:
    """Ann and Bob came in by file; a third row names nobody."""
    rows = [
        {"id": "ann", "mail": "Ann@Example.com", "city": "Bonn"},
        {"id": "bob", "mail": "bob@example.com", "city": "Ulm"},
        {"id": None, "mail": None, "city": "Rom"},
    ]
    (tmp_path / "crm.ndjson").write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    done = run("import", str(tmp_path / "crm.ndjson"), "--mapping", str(tmp_path / "mapping.yaml"), "--json")
    assert done.status == 0, done.err
    assert (done.json()["rows"], done.json()["events"]) == (3, 2)
    return run


def person(run: Run, identifier: str) -> Any:
    [record] = run("persons", "find", identifier, "--json").json()["persons"]
    return record


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nothing",),
        ("persons", "nothing"),
        ("persons", "show"),
        ("keys", "create"),
        ("keys", "create", "--role", "owner"),
        ("serve", "--port", "99999999"),
        ("persons", "timeline", "x", "--limit", "0"),
        ("restore", "/no/such/file"),
    ],
)
def test_wrong_usage_ends_with_two(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.status == 2
    assert done.out == "" or words == ()


def test_a_key_is_printed_alone_and_works(run: Run, database: PostgresDatabase) -> None:
    done = run("keys", "create", "--role", "ingest", "--source", "till", "--trusted")
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"segue_[0-9a-f]{12}_[0-9a-f]{40}\n", done.out)
    ring = KeyRing(database)
    ring.refresh()
    key = ring.find(done.out.strip())
    assert key is not None
    assert (key.role, key.source, key.trusted) == ("ingest", "till", True)
    [listed] = run("keys", "list", "--json").json()
    assert listed["key_id"] == key.key_id
    assert run("keys", "revoke", key.key_id).status == 0
    assert run("keys", "revoke", key.key_id).status == 1
    secret = run("keys", "identity-secret", "--source", "till")
    assert re.fullmatch(r"[0-9a-f]{64}\n", secret.out)


def test_a_source_is_added_listed_and_switched(run: Run) -> None:
    done = run("sources", "add", "web-shop")
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"segue_[0-9a-f]{12}_[0-9a-f]{40}\n", done.out)
    again = run("sources", "add", "web-shop")
    assert (again.status, again.out, again.err.count("\n")) == (1, "", 1)
    for command, enabled in (("disable", False), ("enable", True)):
        assert run("sources", command, "web-shop").status == 0
        [listed] = run("sources", "list", "--json").json()
        assert (listed["name"], listed["enabled"]) == ("web-shop", enabled)
    assert "web-shop" in run("sources", "list").out
    assert run("sources", "disable", "nobody").status == 1


def test_a_person_is_found_shown_and_explained(imported: Run) -> None:
    ann = person(imported, "email:ANN@example.com")
    assert ann["attributes"]["city"]["value"] == "Bonn"
    shown = imported("persons", "show", ann["fragments"][-1], "--json").json()
    assert shown == ann
    assert imported("persons", "find", "user_id:nobody", "--json").json() == {"persons": []}
    nobody = imported("persons", "find", "user_id:nobody")
    assert (nobody.status, nobody.out) == (0, "")
    page = imported("persons", "timeline", ann["person_id"], "--json").json()
    assert [each["message_id"] for each in page["events"]] == ["crm-ann"]
    for words, events in (
        (("--source", "till", "--source", "crm", "--type", "identify"), 1),
        (("--channel", "web"), 0),
        (("--event", "Order Completed"), 0),
    ):
        told = imported("persons", "timeline", ann["person_id"], "--json", *words)
        assert len(told.json()["events"]) == events
    assert page["next"] is None
    identity = imported("persons", "identity", ann["person_id"], "--json").json()
    assert {"identifiers", "links", "aparts"} <= set(identity)
    why = imported("persons", "why", "user_id:ann", "email:ann@example.com", "--json").json()
    assert why["one_person"]
    export = imported("persons", "export", ann["person_id"]).json()
    assert export["person"]["person_id"] == ann["person_id"]


def test_what_people_read_names_the_same_facts(imported: Run) -> None:
    ann = person(imported, "user_id:ann")
    for words in (("find", "user_id:ann"), ("show", ann["person_id"]), ("identity", ann["person_id"])):
        done = imported("persons", *words)
        assert done.status == 0
        assert "ann@example.com" in done.out
    assert "Bonn" in imported("persons", "timeline", ann["person_id"]).out
    assert "processed_offset" in imported("status").out


def test_a_merge_is_made_and_undone(imported: Run) -> None:
    ann, bob = (person(imported, f"user_id:{name}")["person_id"] for name in ("ann", "bob"))
    merged = imported("persons", "merge", ann, bob, "--json").json()
    assert set(merged) == {"person_id", "link_id"}
    assert person(imported, "user_id:ann")["person_id"] == person(imported, "user_id:bob")["person_id"]
    undone = imported("persons", "unmerge", ann, merged["link_id"], "--json").json()
    assert sorted(undone["persons"]) == sorted([ann, bob])
    assert undone["still_joined_by"] == []
    kept = imported("persons", "delete-identifier", bob, "email:bob@example.com", "--json")
    assert kept.status == 0
    acts = [each["act"] for each in imported("audit", "--json").json()]
    assert acts[:3] == ["identifier deleted", "unmerge", "persons merged"]


def test_erasing_waits_for_the_proof(imported: Run) -> None:
    ann = person(imported, "user_id:ann")["person_id"]
    proof = imported("persons", "erase", ann, "--json")
    assert proof.status == 0, proof.err
    assert not any(proof.json()["left"].values())
    assert proof.json()["proven_at"]
    assert imported("persons", "find", "email:ann@example.com", "--json").json() == {"persons": []}
    assert imported("persons", "erase", ann).status == 1


HOLDING = """
import sys, time, psycopg
from segue.adapters.postgres.database import PostgresDatabase
from segue.app.segments.snapshot import LOCK
with PostgresDatabase(sys.argv[1]).try_lock(LOCK), psycopg.connect(sys.argv[1], autocommit=True) as asking:
    print("held", flush=True)
    until = time.monotonic() + float(sys.argv[2])
    while time.monotonic() < until and not asking.execute("select 1 from erasure").fetchall():
        time.sleep(0.05)
    time.sleep(8)
"""
"""Holds the snapshot's lock as a server does that takes one, for eight seconds after somebody was erased."""


def test_erasing_waits_for_the_snapshot_that_a_server_takes(imported: Run, database_url: str) -> None:
    ann = person(imported, "user_id:ann")["person_id"]
    command = [sys.executable, "-c", HOLDING, database_url, str(PATIENCE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "held\n"
        proof = imported("persons", "erase", ann, "--json")
    assert server.returncode == 0
    assert proof.status == 0, proof.err
    assert not any(proof.json()["left"].values())


def test_the_lake_answers_with_objects(imported: Run) -> None:
    rows = imported(
        "sql", "select event, type, source, context from events order by message_id", "--json"
    ).json()
    assert [(row["type"], row["source"]) for row in rows] == [("identify", "crm")] * 2
    assert imported("sql", "select count(*) as n from persons", "--json").json() == [{"n": 2}]
    assert "crm" in imported("sql", "select source from events").out
    wrong = imported("sql", "select nothing from nowhere")
    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.startswith("segue: ")
    assert wrong.err.count("\n") == 1


def test_status_counts(imported: Run) -> None:
    told = imported("status", "--json").json()
    assert list(told) == [
        "log_offset",
        "processed_offset",
        "archived_offset",
        "lag_seconds",
        "persons",
        "fragments",
        "dead_letters",
    ]
    assert (told["log_offset"], told["processed_offset"], told["lag_seconds"]) == (2, 2, 0)
    assert (told["persons"], told["fragments"], told["dead_letters"]) == (2, 4, 1)


def test_a_dead_letter_is_read_mended_and_replayed_once(
    imported: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [letter] = imported("deadletters", "list", "--json").json()
    assert {"dead_letter_id", "source", "received_at", "reason", "detail", "raw"} <= set(letter)
    assert letter["dead_letter_id"] in imported("deadletters", "list").out
    assert imported("deadletters", "show", letter["dead_letter_id"], "--json").json() == letter
    refused = imported("deadletters", "replay", letter["dead_letter_id"], "--json").json()
    assert refused["replayed"] == []
    event = {"type": "identify", "userId": "carl", "messageId": "mended", "traits": {"city": "Rom"}}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(event)))
    assert imported("deadletters", "mend", letter["dead_letter_id"], "-").status == 0
    assert imported("deadletters", "replay", "--json").json()["replayed"] == [letter["dead_letter_id"]]
    assert person(imported, "user_id:carl")["attributes"]["city"]["value"] == "Rom"
    assert imported("deadletters", "list", "--json").json() == []
    assert imported("deadletters", "replay", letter["dead_letter_id"]).status == 1
    assert imported("deadletters", "show", "0" * 32).status == 1


def test_definitions_come_out_as_they_went_in(run: Run, tmp_path: Path) -> None:
    folder, again = tmp_path / "rules", tmp_path / "again"
    assert run("export", str(folder)).status == 0
    identity = folder / "identity.yaml"
    identity.write_text("# ours\n" + identity.read_text().replace("DE", "AT"))
    (folder / "schemas").mkdir()
    (folder / "schemas" / "order.json").write_text('{"type": "object"}')
    (folder / "plan.yaml").write_text(
        "events:\n  Order Completed: {schema: schemas/order.json, on_violation: reject}\n"
    )
    later = {
        f"{name}.yaml": f"# mine\n{name}: {{}}\n" for name in ("traits", "segments", "placements", "actions")
    }
    for name, text in later.items():
        (folder / name).write_text(text)
    (folder / "notes.yaml").write_text("any: thing\n")
    applied = run("apply", str(folder), "--json")
    assert applied.status == 0, applied.err
    assert {"identity.yaml", "plan.yaml", "schemas/order.json"} <= set(applied.json()["changed"])
    assert applied.json()["ignored"] == ["notes.yaml"]
    assert "notes.yaml" in applied.err
    assert run("apply", str(folder), "--json").json()["changed"] == []
    assert run("export", str(again)).status == 0
    for file in (
        "identity.yaml", "plan.yaml", "survivorship.yaml", "purposes.yaml", "schemas/order.json", *later
    ):  # fmt: skip
        assert (again / file).read_text() == (folder / file).read_text()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("identity.yaml", "identifiers: {user_id: {priorty: 1}}", "priority"),
        ("identity.yml", "identifiers: {user_id: {priority: 1}}", "identity.yaml"),
        ("identiti.yaml", "x: 1", "identity.yaml"),
        ("plan.yaml", "events: {A: {schema: schemas/b.json}}", "schemas/b.json"),
        ("purposes.yaml", "purposes: [", "purposes.yaml"),
        ("other.yaml", "x: 1", "holds no definitions"),
        ("segment.yaml", "x: 1", "segments.yaml"),
        ("traits.yaml", "traits: [", "traits.yaml: line 1"),
    ],
)
def test_a_wrong_definition_changes_nothing_and_names_the_place(
    run: Run, tmp_path: Path, name: str, text: str, says: str
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / name).write_text(text)
    done = run("apply", str(folder))
    assert (done.status, done.out) == (1, "")
    assert says in done.err
    assert done.err.count("\n") == 1
    assert run("audit", "--json").json() == []


def test_what_is_applied_and_names_no_segment_is_hinted_at(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "actions.yaml").write_text("actions:\n  tea: {kind: offer, audience: {segment: loyl}}\n")
    (folder / "segments.yaml").write_text("segments: {loyal: {when: {did: Order Completed}}}\n")
    done = run("apply", str(folder))
    assert done.status == 0, done.err
    assert done.err == (
        "actions.yaml, line 2: actions.tea.audience.segment: there is no segment 'loyl', "
        "so this is false until there is one; did you mean 'loyal'?\n"
    )
    assert "hints" not in done.out
    again = run("apply", str(folder), "--json")
    assert ([each["line"] for each in again.json()["hints"]], again.err) == ([2], "")


def test_errors_are_one_line_with_a_cure(imported: Run, tmp_path: Path) -> None:
    for words in (
        ("persons", "find", "nonsense"),
        ("persons", "show", "0" * 32),
        ("persons", "show", "nonsense"),
        ("persons", "find", "user_id:ann", "--view", "sure"),
        ("persons", "merge", "0" * 32, "1" * 32),
        ("import", str(tmp_path / "missing.csv"), "--mapping", str(tmp_path / "mapping.yaml")),
        ("apply", str(tmp_path / "missing")),
        ("keys", "revoke", "x"),
        ("deadletters", "mend", "x", str(tmp_path / "missing.json")),
    ):
        done = imported(*words)
        assert (done.status, done.out) == (1, ""), words
        assert done.err.startswith("segue: "), (words, done.err)
        assert done.err.count("\n") == 1, (words, done.err)


def test_the_doctor_finds_nothing_wrong_here(imported: Run) -> None:
    done = imported("doctor", "--json")
    findings = {each["what"]: each for each in done.json()}
    # the tests' own server runs without fsync, and the doctor sees it
    assert findings.pop("database")["verdict"] == "wrong"
    assert done.status == 1
    assert findings["dead letters"]["verdict"] == "watch"
    assert not [each for each in findings.values() if each["verdict"] == "wrong"]


def test_everything_is_there_without_a_server_and_after_a_restore(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEGUE_DATABASE_URL")
    key = run("keys", "create", "--role", "read").out.split("_")[1]
    done = run("backup", str(tmp_path / "backup.segue"))
    assert done.status == 0, done.err
    other = str(tmp_path / "other")
    restored = run("restore", str(tmp_path / "backup.segue"), "--data", other)
    assert restored.status == 0, restored.err
    [listed] = run("keys", "list", "--json", "--data", other).json()
    assert listed["key_id"] == key
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


def test_days_are_those_of_the_retailers_zone(
    imported: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ann = person(imported, "user_id:ann")["activity"]["events"]["identify"]["days"]
    assert list(ann) == ["2026-01-01"]
    monkeypatch.setenv("SEGUE_TIME_ZONE", "America/New_York")
    there = person(imported, "user_id:ann")["activity"]["events"]["identify"]["days"]
    assert list(there) == ["2025-12-31"]


def test_a_kind_that_nobody_can_be_found_by_is_told_with_the_nearest(imported: Run) -> None:
    done = imported("persons", "find", "emial:ann@example.com")
    assert done.status == 0
    assert "no kind 'emial': did you mean 'email'?" in done.err


def test_a_command_that_only_looks_says_when_there_was_nothing(run: Run, tmp_path: Path) -> None:
    assert run("status", "--data", str(tmp_path / "typo")).err.endswith(
        "typo does not exist: it becomes a new and empty installation\n"
    )
    assert run("status", "--data", str(tmp_path / "typo")).err == ""


@pytest.mark.parametrize("asked", [("decide",), ("policy", "report")], ids=str)
def test_what_is_asked_of_no_installation_makes_none(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]
) -> None:
    monkeypatch.delenv("SEGUE_DATABASE_URL")
    typo = tmp_path / "typo"
    done = run(*asked, "--placement", "till", "--data", str(typo))
    assert (done.status, done.out) == (1, "")
    assert "typo does not exist" in done.err
    assert "--data" in done.err
    assert not typo.exists()
