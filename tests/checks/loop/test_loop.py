"""The loop against the real database: exactly once, whatever is sent and whatever our rules do with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue import flow
from segue.app.deadletters import DeadLetters
from segue.app.installation import Installation
from segue.app.persons import Persons
from segue.app.status import read_status
from segue.domain.drafts import Draft, Sender
from segue.enrich.fold import fold
from segue.ports.clock import Clock
from segue.settings import Settings

SECRET = b"0" * 32
SHOP = Sender(source="shop", trusted=True)


@pytest.fixture
def installation(tmp_path: Path, database_url: str, clock: Clock) -> Any:
    opened = Installation(tmp_path, Settings(), database_url, SECRET, clock)
    yield opened
    opened.close()


def bring(installation: Installation, *drafts: Draft) -> None:
    accepted = flow.accept(drafts, SHOP, installation.rules(), SECRET, installation.clock.now())
    installation.log.append(accepted.entries, accepted.dead)


def viewed(number: int, user: str = "u1") -> Draft:
    return Draft(
        type="track", event="Product Viewed", message_id=f"m{number}", user_id=user, properties={"sku": "1"}
    )


def views(installation: Installation, user: str = "u1") -> int:
    [record] = Persons(installation).find(f"user_id:{user}").persons
    return int(record.activity.events["Product Viewed"].count)


def test_what_is_sent_twice_is_applied_once(installation: Installation) -> None:
    bring(installation, viewed(1), viewed(1))
    installation.drain()
    bring(installation, viewed(1), viewed(2))
    installation.drain()
    assert views(installation) == 2


def test_an_event_our_rules_fail_on_becomes_a_dead_letter_and_stops_nobody(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = fold

    def faulty(state: Any, events: Any, rules: Any) -> Any:
        if any(event.message_id == "m2" for event in events):
            raise ZeroDivisionError
        return honest(state, events, rules)

    monkeypatch.setattr(flow, "fold", faulty)
    bring(installation, viewed(1), viewed(2), viewed(3), viewed(4, "u2"))
    installation.drain()
    assert (views(installation), views(installation, "u2")) == (2, 1)
    assert read_status(installation.database, installation.clock).dead_letters == 1


def test_an_event_set_aside_can_be_replayed_when_the_fault_is_mended(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(flow, "fold", lambda *_: 1 / 0)
        bring(installation, viewed(1))
        installation.drain()
    rules, clock = installation.rules(), installation.clock
    letters = DeadLetters(installation.database, installation.log, clock, rules=rules, secret=SECRET)
    assert len(letters.replay(actor="test").replayed) == 1
    installation.drain()
    assert views(installation) == 1
