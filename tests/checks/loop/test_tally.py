"""The tally: each event that is applied counts once, whatever happens to the loop."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue import flow
from segue.app.installation import Installation
from segue.app.processes.keeping import TALLY_KEPT
from segue.domain.drafts import Draft, Sender
from segue.domain.order import MINUTE
from segue.enrich import tally
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from segue.settings import Settings

SECRET = b"0" * 32
ROWS = Statement(
    "rows",
    "the tally",
    "select at, source, channel, sum(events) from tally group by 1, 2, 3 order by 1, 2, 3",
)
APPLIED = Statement(
    "applied",
    "events in states",
    "select count(*) from log where log_offset not in (select log_offset from skipped)",
)
CHANNELS = ["web", "till", None]
RUNS = count(step=1_000)
"""Each example sends events of its own."""


@pytest.fixture
def installation(tmp_path: Path, database_url: str, clock: ManualClock) -> Iterator[Installation]:
    opened = Installation(tmp_path, Settings(), database_url, SECRET, clock)
    yield opened
    opened.close()


def bring(installation: Installation, *drafts: Draft, source: str = "shop") -> None:
    sender = Sender(source=source, trusted=True)
    accepted = flow.accept(drafts, sender, installation.rules(), SECRET, installation.clock.now())
    assert not accepted.dead
    installation.log.append(accepted.entries)


def seen(number: int, channel: str | None = None, user: int = 0) -> Draft:
    context = {} if channel is None else {"channel": channel}
    return Draft(type="track", event="Seen", message_id=f"m{number}", user_id=f"u{user}", context=context)


def rows(installation: Installation) -> list[tuple[Any, ...]]:
    with installation.database.transaction(read_only=True) as session:
        return session.fetch(ROWS)


class CrashError(Exception):
    """Somebody pulled the plug."""


def crash(installation: Installation, turn: flow.Turn) -> None:
    """A step whose commit never comes."""
    with installation.database.transaction() as session:
        flow.step(session, installation.log, installation.rules(), turn)
        raise CrashError


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_its_sum_is_the_events_applied_after_repetitions_crashes_and_other_lanes(
    installation: Installation, data: st.DataObject
) -> None:
    installation.drain()  # an example that is given up half-way leaves events behind
    before = sum(row[3] for row in rows(installation))
    run = next(RUNS)
    numbers = data.draw(st.lists(st.integers(0, 12), min_size=1, max_size=30))
    for number in numbers:
        bring(installation, seen(run + number, CHANNELS[number % 3], user=number % 5))
    with installation.database.transaction() as session:
        flow.relane(session, data.draw(st.integers(1, 3)))
    for lane in range(installation.workers()):
        for limit in data.draw(st.lists(st.integers(1, 10), max_size=3)):
            turn = flow.Turn(lane, installation.clock.now(), limit)
            if data.draw(st.booleans()):
                with pytest.raises(CrashError):
                    crash(installation, turn)
            else:
                installation.step(lane, limit)
    installation.drain()
    assert sum(row[3] for row in rows(installation)) - before == len(set(numbers))
    with installation.database.transaction(read_only=True) as session:
        assert sum(row[3] for row in rows(installation)) == session.fetch(APPLIED)[0][0]


def test_events_count_where_and_when_they_were_received(
    installation: Installation, clock: ManualClock
) -> None:
    began = clock.now() - clock.now() % tally.BUCKET
    bring(installation, seen(1, "web"), seen(2, "web"), seen(3))
    clock.advance(10 * MINUTE)
    bring(installation, seen(4, "web"), source="kiosk")
    installation.drain()
    assert rows(installation) == [
        (began, "shop", "shop", 1),
        (began, "shop", "web", 2),
        (began + 10 * MINUTE, "kiosk", "web", 1),
    ]


def test_clients_cannot_fill_it_with_channels_of_their_own_nor_leave_an_address_in_it(
    installation: Installation,
) -> None:
    bring(installation, *[seen(n, f"c{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}") for n in range(100)])
    bring(installation, seen(200, "ann@example.com"), seen(201, "+49 30 901820"))
    for limit in (40, 200):
        installation.step(0, limit)
    found = rows(installation)
    assert len(found) <= tally.CHANNELS + 1
    assert sum(row[3] for row in found) == 102
    assert {row[2] for row in found if "@" in row[2] or "+" in row[2]} == set()


def test_old_buckets_are_forgotten(installation: Installation, clock: ManualClock) -> None:
    bring(installation, seen(1))
    installation.drain()
    clock.advance(TALLY_KEPT + tally.BUCKET)
    bring(installation, seen(2))
    installation.drain()
    with installation.database.transaction() as session:
        assert tally.forget_before(session, clock.now() - TALLY_KEPT) == 1
    assert [row[3] for row in rows(installation)] == [1]
