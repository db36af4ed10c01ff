"""What collect owes the loop: an event is applied once, whenever and however often it is sent."""

from __future__ import annotations

import random
import threading
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.adapters.postgres.database import PostgresDatabase
from segue.collect.dedupe import dedupe, rotate
from segue.domain.events import Event, Remember
from segue.domain.order import DAY
from segue.errors import UnavailableError

NOON = 1_772_366_400_000_000

_runs = count()


def event(
    message_id: str, *, day: int = 0, source: str = "web", remember: Remember = "days", trusted: bool = False
) -> Event:
    return Event(
        message_id=message_id,
        source=source,
        type="track",
        timestamp=NOON,
        received_at=NOON + day * DAY,
        mentions=(),
        remember=remember,
        trusted=trusted,
    )


def fresh(database: PostgresDatabase, *events: Event) -> list[bool]:
    with database.transaction() as session:
        return dedupe(session, events)


def test_an_event_is_fresh_once_whatever_the_day_it_comes_again(database: PostgresDatabase) -> None:
    assert fresh(database, event("a"), event("b")) == [True, True]
    assert fresh(database, event("b"), event("c"), event("a", day=1)) == [False, True, False]
    assert fresh(database, event("a", day=5), event("c", day=7)) == [False, False]


def test_of_the_same_id_twice_in_one_batch_the_first_is_fresh(database: PostgresDatabase) -> None:
    assert fresh(database, event("a"), event("a"), event("a", day=1)) == [True, False, False]


def test_ids_are_unique_within_a_source_only(database: PostgresDatabase) -> None:
    assert fresh(database, event("a"), event("a", source="till")) == [True, True]


def test_whoever_has_a_public_key_cannot_use_up_the_ids_of_trusted_senders(
    database: PostgresDatabase,
) -> None:
    assert fresh(database, event("a"), event("b")) == [True, True]
    assert fresh(database, event("a", trusted=True, remember="ever"), event("b", trusted=True)) == [
        True,
        True,
    ]
    assert fresh(database, event("a", trusted=True), event("b", trusted=True), event("a")) == [False] * 3


def test_ids_of_imports_are_remembered_after_every_table_was_dropped(database: PostgresDatabase) -> None:
    assert fresh(database, event("a", remember="ever"), event("b")) == [True, True]
    with database.transaction() as session:
        rotate(session, NOON + 60 * DAY, 8)
    assert fresh(database, event("a", day=60, remember="ever")) == [False]
    assert fresh(database, event("a", day=60)) == [False]
    assert fresh(database, event("b", day=60, remember="ever")) == [True]


@pytest.mark.parametrize("later", range(8))
def test_ids_are_remembered_for_the_days_that_are_kept(database: PostgresDatabase, later: int) -> None:
    assert fresh(database, event("a")) == [True]
    with database.transaction() as session:
        rotate(session, NOON + later * DAY, 7)
    assert fresh(database, event("a", day=later)) == [False]


def test_rotating_twice_is_rotating_once(database: PostgresDatabase) -> None:
    for _ in range(2):
        with database.transaction() as session:
            rotate(session, NOON, 8)
    assert fresh(database, event("a"), event("b", day=1)) == [True, True]


def test_what_was_rolled_back_is_fresh_again(database: PostgresDatabase) -> None:
    def stop_in_the_middle() -> None:
        with database.transaction() as session:
            assert dedupe(session, [event("a")]) == [True]
            raise UnavailableError("the worker stops here")

    with pytest.raises(UnavailableError):
        stop_in_the_middle()
    assert fresh(database, event("a")) == [True]


def test_two_workers_with_the_same_events_in_other_orders_apply_each_once(
    database: PostgresDatabase,
) -> None:
    events = [event(f"m{number}", day=number % 6) for number in range(400)]
    applied: list[str] = []

    def work(seed: int) -> None:
        mine = random.Random(seed).sample(events, len(events))
        for at in range(0, len(mine), 100):
            batch = mine[at : at + 100]
            verdicts = fresh(database, *batch)
            applied.extend(one.message_id for one, new in zip(batch, verdicts, strict=True) if new)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(applied) == sorted(one.message_id for one in events)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6), st.booleans()), min_size=1, max_size=30),
    size=st.integers(1, 10),
)
def test_however_a_log_is_cut_into_batches_the_same_events_are_fresh(
    shared_database: PostgresDatabase, sent: list[tuple[int, int, bool]], size: int
) -> None:
    salt = next(_runs)
    events = [
        event(f"{salt}-{name}", day=day, remember="ever" if ever else "days") for name, day, ever in sent
    ]
    verdicts: list[bool] = []
    for at in range(0, len(events), size):
        verdicts += fresh(shared_database, *events[at : at + size])
    seen: set[str] = set()
    expected = [not (one.message_id in seen or seen.add(one.message_id)) for one in events]  # type: ignore[func-returns-value]
    assert verdicts == expected
