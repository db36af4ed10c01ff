"""Caps over everybody against a real database: counted as they say, and never exceeded, however many ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.adapters.postgres.database import PostgresDatabase
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.deciding.moment import moment_of
from segue.app.installation import Installation
from segue.decide import store
from segue.decide.caps import everybody_key
from segue.domain.actions import Cap
from segue.domain.conditions import Window
from segue.domain.order import DAY, HOUR, MINUTE
from segue.errors import SegueError
from segue.ports.clock import ManualClock
from segue.ports.database import Session
from segue.ports.statements import Statement
from segue.settings import Settings
from tests.conftest import NOON
from tests.flow.api.harness import SECRET, Api, opened, track

ZONE: Final = "Europe/Berlin"
OUTCOMES = ("returned", "shown", "clicked", "dismissed", "accepted")
CHANNELS: tuple[Any, ...] = ("web", "email")

# ── what is counted ──────────────────────────────────────────────────────────

EMPTY = Statement("empty", "", "truncate contact")
ADD = Statement(
    "add",
    "",
    """insert into contact (decision_id, slot, placement, action, channel, discount, at, day, hour, silent_at,
        outcome, propensity, features)
    select int4send(number::int), 0, 'home', action, channel, 0, at, day, hour, silent, outcome, 1, ''
    from unnest(%(actions)s::text[], %(channels)s::text[], %(at)s::bigint[], %(days)s::int[],
        %(hours)s::int[], %(silent)s::bigint[], %(outcomes)s::text[])
        with ordinality as one (action, channel, at, day, hour, silent, outcome, number)""",
)


class Given(NamedTuple):
    """A slot that somebody was given."""

    action: str
    channel: str
    #: microseconds before now
    ago: int
    #: after which it counts no longer where nobody saw it
    silence: int
    outcome: str


AGO = st.one_of(
    st.integers(0, 3 * HOUR), st.integers(0, 3 * DAY), st.sampled_from([0, MINUTE, HOUR, DAY, 2 * DAY])
)
GIVEN = st.builds(
    Given, st.sampled_from("abc"), st.sampled_from(CHANNELS), AGO, st.sampled_from([MINUTE, HOUR, 2 * DAY]),
    st.sampled_from(OUTCOMES),
)  # fmt: skip
WINDOWS = st.one_of(
    st.none(),
    st.builds(Window, st.just("days"), st.integers(1, 4)),
    st.builds(Window, st.just("hours"), st.integers(1, 50)),
    st.builds(Window, st.just("minutes"), st.integers(1, 200)),
)
CAPS = st.builds(
    Cap, max=st.just(1), within=WINDOWS, per=st.just("everybody"), group=st.sampled_from([None, "ab"]),
    channel=st.sampled_from([None, *CHANNELS]),
)  # fmt: skip


def counts(each: Given, cap: Cap, now: int) -> bool:
    """Whether a slot counts, as the words of a cap say it: local days, hours and minutes up to this one."""
    then, moment = moment_of(now - each.ago, ZONE), moment_of(now, ZONE)
    if each.action not in ("ab" if cap.group else "a") or cap.channel not in (None, each.channel):
        return False
    if each.outcome == "returned" and each.silence <= each.ago:
        return False
    if cap.within is None:
        return True
    apart = {
        "days": moment.day - then.day, "hours": moment.hour - then.hour,
        "minutes": now // MINUTE - (now - each.ago) // MINUTE,
    }  # fmt: skip
    return apart[cap.within.unit] < cap.within.length


@pytest.fixture(scope="module")
def counting(databases: Any) -> Iterator[PostgresDatabase]:
    with databases.lend() as url:
        database = PostgresDatabase(url)
        yield database
        database.close()


def add(session: Session, given_: list[Given], now: int) -> None:
    then = [moment_of(now - each.ago, ZONE) for each in given_]
    session.execute(EMPTY)
    session.execute(
        ADD,
        actions=[each.action for each in given_],
        channels=[each.channel for each in given_],
        at=[each.at for each in then],
        days=[each.day for each in then],
        hours=[each.hour for each in then],
        silent=[now - each.ago + each.silence for each in given_],
        outcomes=[each.outcome for each in given_],
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(GIVEN, max_size=25), st.lists(CAPS, min_size=1, max_size=6), st.integers(0, 2 * DAY))
def test_what_is_used_is_what_the_cap_says(
    counting: PostgresDatabase, given_: list[Given], caps: list[Cap], later: int
) -> None:
    now = NOON + later
    asked = {everybody_key("a", cap): (cap, tuple("ab" if cap.group else "a")) for cap in caps}
    with counting.transaction() as session:
        add(session, given_, now)
        bound = store.uses_of(asked, moment_of(now, ZONE))
        used: dict[str, int] = dict(session.fetch(bound.statement, **bound.values))
    expected = {key: sum(counts(each, cap, now) for each in given_) for key, (cap, _) in asked.items()}
    assert used == {key: count for key, count in expected.items() if count}


# ── never exceeded ───────────────────────────────────────────────────────────

PLACEMENTS = """
placements:
  home: {touchpoint: web, slots: 2, formats: [banner], fallback: story, timeout_ms: 10000}
  till: {touchpoint: till, slots: 2, formats: [banner], fallback: story, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Hi}]}
  few:
    kind: offer
    value: 9
    caps: [{per: everybody, max: 7, within: 1 day}]
    content: [{format: banner, headline: Few}]
  red:
    kind: offer
    group: colours
    value: 5
    caps: [{per: everybody, group: colours, max: 11, within: 2 hours}]
    content: [{format: banner, headline: Red}]
  blue:
    kind: offer
    group: colours
    value: 5
    caps:
      - {per: everybody, group: colours, max: 11, within: 2 hours}
      - {per: everybody, channel: till, max: 3, within: ever}
    content: [{format: banner, headline: Blue}]
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def shop(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    with opened(database_url, clock, tmp_path) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        yield api


def asked(number: int) -> list[DecisionRequest]:
    """Different persons and nobody at all, at both placements; some in a batch."""
    who: dict[str, str] = {} if number % 3 == 0 else {"user_id": f"u{number}"}
    each = [DecisionRequest(placement=name, identifiers=who) for name in ("home", "till")]
    return each if number % 4 == 0 else [each[number % 2]]


def shown(url: str, clock: ManualClock, folder: Path, rounds: int) -> list[tuple[str, str]]:
    """(placement, action) of every slot that four processes' connections answer at the same time."""
    with ExitStack() as open_:
        desks = []
        for number in range(4):
            house = Installation(folder / str(number), Settings(), url, SECRET, clock)
            open_.callback(house.close)
            desks.append(Desk(house))
            open_.callback(desks[-1].close)

        def ask(number: int) -> list[tuple[str, str]]:
            requests = asked(number)
            answers = desks[number % 4].ask_all([(each, Asker(trusted=True)) for each in requests])
            assert not [each for each in answers if isinstance(each, SegueError)]
            return [
                (request.placement, slot.action)
                for request, answer in zip(requests, answers, strict=True)
                if not isinstance(answer, SegueError) and not answer.fallback
                for slot in answer.slots
            ]

        with ThreadPoolExecutor(16) as pool:
            return [each for found in pool.map(ask, range(rounds)) for each in found]


def test_a_cap_over_everybody_is_used_up_and_never_exceeded(
    shop: Api, clock: ManualClock, database_url: str, tmp_path: Path
) -> None:
    found = shown(database_url, clock, tmp_path, 160)
    counted = Counter(action for _, action in found)
    assert counted["few"] == 7
    assert counted["red"] + counted["blue"] == 11
    assert Counter(found)["till", "blue"] <= 3


def test_what_was_seen_keeps_its_place_and_silence_gives_one_back(
    shop: Api, clock: ManualClock, database_url: str, tmp_path: Path
) -> None:
    hers = {"placement": "home", "identifiers": {"user_id": "ann"}}
    answers = (shop.post("/api/v1/decisions", hers) for _ in range(200))
    # drawn: now and then the two others are tried
    seen = next(each for each in answers if "few" in {slot["action"] for slot in each["slots"]})
    assert Counter(action for _, action in shown(database_url, clock, tmp_path, 80))["few"] == 6
    told = {"decision_id": seen["decision_id"]}
    shop.happen(track("Action Shown", "s1", "2026-03-01T12:00:00Z", user_id="ann", properties=told))
    clock.advance(31 * MINUTE)
    again = Counter(action for _, action in shown(database_url, clock, tmp_path, 80))
    assert again["few"] == 6, "six fell silent, one was seen"
