"""States of traits are a commutative monoid: neither batches nor arrival nor storing shows in a value."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.domain.conditions import Window
from segue.domain.events import Event
from segue.domain.order import DAY, HOUR
from segue.domain.rules import default_rules
from segue.domain.traits import BREADTH, Trait
from segue.enrich.calendar import begins, local_hour
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.state import TraitState, decode, opened
from tests.unit.enrich.making import NOON, event
from tests.unit.enrich.traits.drawing import AUTUMN, SPRING, events, traits

LAWS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def plan_of(*some: Trait, zone: str = "Europe/Berlin", numbers: dict[str, int] | None = None) -> TraitPlan:
    return TraitPlan(msgspec.structs.replace(default_rules(), traits=some, time_zone=zone), numbers or {})


def told(plan: TraitPlan, state: TraitState) -> list[dict[str, Any]]:
    return [plan.values(state, AUTUMN + days * DAY) for days in (3, 9, 60)]


@LAWS
@given(parts=st.lists(events(most=6), min_size=3, max_size=3), some=traits())
def test_merging_is_associative_and_commutative_and_has_an_identity(
    parts: list[list[Event]], some: tuple[Trait, ...]
) -> None:
    plan = plan_of(*some)
    a, b, c = (plan.contribute(None, numbered(part, number)) for number, part in enumerate(parts))
    whole = told(plan, plan.merge([a, b, c]))
    assert told(plan, plan.merge([plan.merge([a, b]), c])) == whole
    assert told(plan, plan.merge([a, plan.merge([b, c])])) == whole
    assert told(plan, plan.merge([c, b, a])) == whole
    assert told(plan, plan.merge([a, TraitState(), b, c])) == whole
    every = [one for number, part in enumerate(parts) for one in numbered(part, number)]
    assert told(plan, plan.contribute(None, every)) == whole


def numbered(part: list[Event], number: int) -> list[Event]:
    """With message ids that no other part has."""
    return [msgspec.structs.replace(one, message_id=f"{number}-{one.message_id}") for one in part]


@LAWS
@given(some=traits(), all_events=events(), data=st.data())
def test_merging_leaves_its_parts_alone(
    some: tuple[Trait, ...], all_events: list[Event], data: st.DataObject
) -> None:
    plan = plan_of(*some)
    cut = data.draw(st.integers(0, len(all_events)))
    one, other = plan.contribute(None, all_events[:cut]), plan.contribute(None, all_events[cut:])
    before = plan.encode(one), plan.encode(other)
    plan.contribute(plan.merge([one, other]), numbered(all_events, 1))
    assert (plan.encode(one), plan.encode(other)) == before


@LAWS
@given(some=traits(), all_events=events())
def test_nothing_changes_by_time_alone_before_it_is_said_to(
    some: tuple[Trait, ...], all_events: list[Event]
) -> None:
    plan = plan_of(*some)
    state = plan.contribute(None, all_events)
    now = AUTUMN + 2 * DAY
    change = plan.next_change(state, now)
    values = plan.values(state, now)
    if change is None:
        assert plan.values(state, now + 5_000 * DAY) == values
        return
    assert change > now
    assert plan.values(state, change - 1) == values
    middle = (now + change) // 2
    assert plan.values(state, middle) == values


def test_the_first_moment_of_a_local_hour_is_found_when_clocks_jump() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"):
        for moment in (AUTUMN, SPRING, NOON):
            for hours in range(-30, 30):
                hour = local_hour(zone, moment) + hours
                first = begins(zone, hour)
                assert local_hour(zone, first) >= hour
                assert local_hour(zone, first - 1) < hour


ORDERS = Trait(name="orders", how="count", of=("Order Completed",))
SPEND = Trait(name="spend", how="sum", of=("Order Completed",), field=("properties", "revenue"))


def order(revenue: float, *, at: float = 0, name: str = "Order Completed", **more: Any) -> Event:
    return event(name, at=at, properties={"order_id": "o1", "revenue": revenue}, **more)


def test_an_order_counts_once_and_its_last_statement_wins() -> None:
    plan = plan_of(ORDERS, SPEND)
    pixel = plan.contribute(None, [order(10, at=1)])
    till = plan.contribute(None, [order(12, at=2, name="Order Updated")])
    assert plan.values(plan.merge([pixel, till]), NOON) == {"orders": 1, "spend": 12}
    off = plan.contribute(None, [order(0, at=3, name="Order Cancelled")])
    assert plan.values(plan.merge([off, till, pixel]), NOON) == {"orders": 0, "spend": 0}


def test_what_is_claimed_does_not_take_back_what_is_proven() -> None:
    plan = plan_of(ORDERS)
    known = order(10, at=1)
    claim = order(0, at=9, name="Order Cancelled", proven=False)
    assert plan.values(plan.contribute(None, [known, claim]), NOON) == {"orders": 1}


def test_more_values_than_are_kept_apart_are_approximate_and_the_same_in_any_order() -> None:
    seen = Trait(name="seen", how="distinct", of=("Product Viewed",), field=("properties", "sku"))
    plan = plan_of(seen)
    views = [event("Product Viewed", at=n, properties={"sku": f"s{n}"}) for n in range(BREADTH + 9)]
    few = plan.contribute(None, views[:BREADTH])
    assert plan.approximate(few, NOON) == []
    states = []
    for order_of in (views, views[::-1]):
        state: TraitState | None = None
        for view in order_of:
            state = decode(plan.encode(plan.contribute(state, [view])))
        assert state is not None
        states.append(state)
    one, other = states
    assert plan.values(one, NOON) == plan.values(other, NOON) == {"seen": BREADTH}
    assert plan.approximate(one, NOON) == plan.approximate(other, NOON) == ["seen"]
    assert one.measures == other.measures


def test_buckets_before_the_window_are_dropped_when_stored() -> None:
    week = Trait(name="week", how="count", of=("page",), window=Window("days", 7))
    plan = plan_of(week)
    pages = [event(type="page", at=days * 86_400) for days in range(30)]
    state = decode(plan.encode(plan.contribute(None, pages)))
    [number] = state.measures
    assert len(opened(state.measures, number) or ()) == 7
    assert plan.values(state, NOON + 29 * DAY + HOUR) == {"week": 7}


def test_a_measure_that_comes_back_under_another_number_is_not_counted_again() -> None:
    key = plan_of(ORDERS).measures[0].key
    before = plan_of(ORDERS, numbers={key: 1})
    after = plan_of(ORDERS, numbers={key: 2})
    pages = Trait(name="orders", how="count", of=("page",))
    stored = before.encode(before.contribute(None, [order(1)]))
    assert before.values(decode(stored), NOON) == {"orders": 1}
    assert after.values(decode(stored), NOON) == {"orders": 0}
    assert plan_of(pages).values(decode(stored), NOON) == {"orders": 0}


def test_sums_beyond_64_bits_are_kept() -> None:
    plan = plan_of(Trait(name="sum", how="sum", of=("page",), field=("properties", "n")))
    much = [event(type="page", at=n, properties={"n": 999_999_999}) for n in range(10_000)]
    state = decode(plan.encode(plan.contribute(None, much)))
    assert plan.values(state, NOON) == {"sum": 9_999_999_990_000}
    again = decode(plan.encode(plan.merge([state, state])))
    assert plan.values(again, NOON) == {"sum": 19_999_999_980_000}


def test_parts_of_the_context_that_only_a_trait_reads_are_decoded() -> None:
    from segue.domain.conditions import Compare
    from segue.domain.events import encode_event

    german = Compare(("context", "page", "title"), "=", "Hallo")
    plan = plan_of(Trait(name="german", how="count", of=("page",), where=german))
    payload = encode_event(event(type="page", context={"page": {"title": "Hallo"}, "library": {"a": 1}}))
    seen = plan.decode(payload)
    assert seen.context == {"page": {"title": "Hallo"}}
    assert plan.values(plan.contribute(None, [seen]), NOON) == {"german": 1}
