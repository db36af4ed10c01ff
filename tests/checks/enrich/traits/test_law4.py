"""Law 4: every trait that the loop keeps equals the same definition run as SQL over the lake."""

from __future__ import annotations

from itertools import chain
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.domain.events import Event
from segue.domain.identifiers import fragment_id
from segue.domain.order import DAY, HOUR
from segue.domain.rules import default_rules
from segue.domain.rules.built_in import built_in_traits
from segue.domain.traits import Trait
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.sql import Span, backfill_sql, backfilled, column_type, values_sql
from segue.enrich.traits.state import TraitState, decode
from tests.unit.enrich.traits.drawing import AUTUMN, OWNERS, SECRET, events, traits
from tests.unit.enrich.traits.lake import asked, json_of, lake_of

PERSONS: dict[bytes, str] = {
    fragment_id(SECRET, "user_id", owner): person
    for owner, person in zip(OWNERS, ("P", "Q", "P"), strict=True)
}
MOMENTS = (AUTUMN + 3 * DAY, AUTUMN + 3 * DAY + HOUR, AUTUMN + 9 * DAY, AUTUMN + 60 * DAY)


def plan_of(some: tuple[Trait, ...], zone: str) -> TraitPlan:
    return TraitPlan(msgspec.structs.replace(default_rules(), traits=some, time_zone=zone), {})


def told(
    plan: TraitPlan, all_events: list[Event], now: int, data: st.DataObject
) -> dict[str, tuple[dict[str, Any], list[str]]]:
    """What the loop says of each person, after any batching, storing and merging."""
    by_fragment: dict[bytes, list[Event]] = {}
    for event in data.draw(st.permutations(all_events)):
        by_fragment.setdefault(event.fragment_id, []).append(event)
    states: dict[str, list[TraitState]] = {"P": [], "Q": []}
    for fragment, mine in by_fragment.items():
        state: TraitState | None = None
        for event in mine:
            state = plan.contribute(state, [event])
            cut = data.draw(st.integers(0, 3))
            if cut == 0:
                state = decode(plan.encode(state))
            elif cut == 1:
                states[PERSONS[fragment]].append(state)
                state = None
        if state is not None:
            states[PERSONS[fragment]].append(state)
    merged = {person: plan.merge(data.draw(st.permutations(parts))) for person, parts in states.items()}
    return {
        person: (plan.values(state, now), plan.approximate(state, now)) for person, state in merged.items()
    }


def comparable(plan: TraitPlan, name: str, value: Any) -> Any:
    if column_type(plan, name) == "json":
        return json_of(value)
    return value


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    all_events=events(),
    some=traits(),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    now=st.sampled_from(MOMENTS),
    data=st.data(),
)
def test_the_loop_and_the_lake_agree(
    all_events: list[Event], some: tuple[Trait, ...], zone: str, now: int, data: st.DataObject
) -> None:
    plan = plan_of(some, zone)
    rows = asked(lake_of(all_events, PERSONS), values_sql(plan, now))
    for person, (values, approximate) in told(plan, all_events, now, data).items():
        row = rows[person]
        assert row.pop("approximate") == approximate
        for name, value in values.items():
            if name not in approximate:
                found = comparable(plan, name, row[name])
                assert found == value, (name, plan.trait(name))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(all_events=events(most=25), data=st.data())
def test_they_agree_on_what_is_built_in(all_events: list[Event], data: st.DataObject) -> None:
    plan = plan_of(built_in_traits(), "Europe/Berlin")
    now = MOMENTS[0]
    rows = asked(lake_of(all_events, PERSONS), values_sql(plan, now))
    for person, (values, approximate) in told(plan, all_events, now, data).items():
        row = rows[person]
        assert row.pop("approximate") == approximate
        assert row == values


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    all_events=events(),
    some=traits(),
    zone=st.sampled_from(["UTC", "Europe/Berlin"]),
    offset=st.integers(0, 14),
    other=st.integers(0, 14),
    data=st.data(),
)
def test_the_past_counted_from_the_lake_and_the_rest_live_are_everything_live(
    all_events: list[Event], some: tuple[Trait, ...], zone: str, offset: int, other: int, data: st.DataObject
) -> None:
    plan = plan_of(some, zone)
    upto = [offset if slot % 2 else other for slot in range(64)]
    whole: dict[bytes, list[TraitState]] = {}
    parts: dict[bytes, list[TraitState]] = {}
    for number, event in enumerate(all_events, 1):
        whole.setdefault(event.fragment_id, []).append(plan.contribute(None, [event]))
        if number > upto[event.fragment_id[0] % 64]:
            parts.setdefault(event.fragment_id, []).append(plan.contribute(None, [event]))
    lake = lake_of(all_events, PERSONS)
    for measure in plan.measures:
        for low, high in (("", "80"), ("80", "g")) if data.draw(st.booleans()) else (("", "g"),):
            question = backfill_sql(plan, measure, Span(upto, low, high))
            batches = lake.sql(question.text, params=question.values).to_arrow_reader(2)
            for fragment, stored in chain.from_iterable(backfilled(plan, measure, batches)):
                parts.setdefault(fragment, []).append(decode(stored))
    assert parts.keys() <= whole.keys()
    for person in ("P", "Q"):
        mine = [fragment for fragment in whole if PERSONS[fragment] == person]
        one = plan.merge([state for fragment in mine for state in whole[fragment]])
        two = plan.merge([state for fragment in mine for state in parts.get(fragment, [])])
        for now in MOMENTS:
            assert plan.values(one, now) == plan.values(two, now)
            assert plan.approximate(one, now) == plan.approximate(two, now)
