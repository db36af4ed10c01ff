"""The tracking plan flags, trims or rejects; nothing a sender chooses makes it slow or reach outside."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from segue.collect.admit import admit
from segue.domain.drafts import Draft, Sender
from segue.domain.events import DeadLetter, Event
from segue.domain.rules import PlannedEvent, Rules, TrackingPlan, default_identity

NOON = 1_772_366_400_000_000
WEB = Sender(source="web", trusted=False)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["order_id"],
    "properties": {
        "order_id": {"type": "string", "pattern": "^o-[0-9]+$"},
        "total": {"type": "number", "minimum": 0},
        "products": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
        },
    },
}


def under(
    plan: TrackingPlan, properties: dict[str, Any], event: str = "Order Completed", kind: str = "track"
) -> Event | DeadLetter:
    bodies = {"traits": properties} if kind == "identify" else {"properties": properties}
    draft = Draft(type=kind, event=event, message_id="m", anonymous_id="a", raw=b"{}", **bodies)  # type: ignore[arg-type]
    result = admit(draft, WEB, Rules(identity=default_identity(), plan=plan), b"0" * 32, NOON)
    assert result is not None
    return result


def planned(action: Literal["flag", "trim", "reject"], schema: dict[str, Any] = SCHEMA) -> TrackingPlan:
    return TrackingPlan(events={"Order Completed": PlannedEvent(schema=schema, on_violation=action)})


def event_of(result: Event | DeadLetter) -> Event:
    assert isinstance(result, Event), result
    return result


def test_what_keeps_to_the_plan_passes_unmarked() -> None:
    properties = {"order_id": "o-1", "total": 3, "products": [{"sku": "a"}, {"sku": "b"}], "more": 1}
    event = event_of(under(planned("reject"), properties))
    assert (event.properties, event.marks) == (properties, ())


def test_flagging_marks_and_changes_nothing() -> None:
    properties = {"order_id": 7, "total": -1}
    event = event_of(under(planned("flag"), properties))
    assert event.properties == properties
    assert set(event.marks) == {"plan:order_id:type", "plan:total:minimum"}


def test_trimming_takes_out_what_breaks_the_plan_and_nothing_else() -> None:
    properties = {
        "order_id": "o-1",
        "total": "much",
        "products": [{"sku": 1, "n": 1}, {"sku": "b"}, {"sku": 2}],
    }
    event = event_of(under(planned("trim"), properties))
    assert event.properties == {"order_id": "o-1", "products": [{"n": 1}, {"sku": "b"}, {}]}
    assert properties["total"] == "much"
    assert "plan:total:type" in event.marks


def test_what_is_missing_cannot_be_trimmed_and_is_flagged() -> None:
    event = event_of(under(planned("trim"), {"total": 1}))
    assert (event.properties, event.marks) == ({"total": 1}, ("plan::required",))


def test_rejecting_makes_a_dead_letter_that_names_the_place() -> None:
    letter = under(planned("reject"), {"order_id": "1"})
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.detail) == ("plan_violation", "order_id breaks 'pattern' of the plan")
    assert letter.fragment_ids


def test_the_old_name_of_an_event_falls_under_the_plan_of_the_new() -> None:
    assert isinstance(under(planned("reject"), {}, event="Completed Order"), DeadLetter)
    event = event_of(under(planned("reject"), {"order_id": "o-1"}, event="Completed Order"))
    assert (event.event, event.marks) == ("Order Completed", ("renamed:Completed Order",))


def test_traits_are_planned_under_identify() -> None:
    plan = TrackingPlan(
        events={
            "identify": PlannedEvent(schema={"properties": {"age": {"type": "integer"}}}, on_violation="trim")
        }
    )
    event = event_of(under(plan, {"age": "old", "name": "Ann"}, kind="identify"))
    assert (event.traits, event.marks) == ({"name": "Ann"}, ("plan:age:type",))


@pytest.mark.parametrize(
    ("action", "properties", "marks"),
    [
        ("allow", {"a": 1}, ()),
        ("flag", {"a": 1}, ("plan:unplanned_event",)),
        ("trim", {}, ("plan:unplanned_event",)),
    ],
)
def test_events_outside_the_plan(
    action: Literal["allow", "flag", "trim"], properties: dict[str, Any], marks: tuple[str, ...]
) -> None:
    plan = TrackingPlan(unplanned_event=action)
    event = event_of(under(plan, {"a": 1}, event="Stranger"))
    assert (event.properties, event.marks) == (properties, marks)
    assert event_of(under(plan, {"a": 1}, kind="page")).marks == ()


def test_events_outside_the_plan_may_be_rejected() -> None:
    letter = under(TrackingPlan(unplanned_event="reject"), {}, event="Stranger")
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "plan_violation"


def test_properties_outside_the_plan_may_be_trimmed_or_rejected() -> None:
    events = planned("flag", {"properties": {"order_id": {}}, "patternProperties": {"^x_": {}}}).events
    given = {"order_id": "o", "x_a": 1, "other": 2}
    event = event_of(under(TrackingPlan(events=events, unplanned_property="trim"), given))
    assert (event.properties, event.marks) == ({"order_id": "o", "x_a": 1}, ("plan:trimmed:other",))
    letter = under(TrackingPlan(events=events, unplanned_property="reject"), given)
    assert isinstance(letter, DeadLetter)
    assert "other" in letter.detail


def test_additional_and_pattern_properties_are_checked() -> None:
    schema = {
        "properties": {"a": {}},
        "patternProperties": {"^n_": {"type": "number"}},
        "additionalProperties": False,
    }
    event = event_of(under(planned("trim", schema), {"a": 1, "n_x": "no", "n_y": 2, "b": 3}))
    assert event.properties == {"a": 1, "n_y": 2}
    typed = {"additionalProperties": {"type": "string"}}
    assert event_of(under(planned("trim", typed), {"a": 1, "b": "x"})).properties == {"b": "x"}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"order_id": {"pattern": "^(a+)+$"}}},
        {"properties": {"order_id": {"pattern": "^(a|aa)+$"}}},
        {"patternProperties": {"^(a|aa)+$": {"type": "string"}}, "additionalProperties": False},
        {"$ref": "https://example.com/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#"},
        {"$ref": "#/$defs/nowhere"},
    ],
)
def test_no_schema_and_no_value_together_make_admission_slow_or_reach_outside(schema: dict[str, Any]) -> None:
    bad = "a" * 5_000 + "!"
    event = event_of(under(planned("flag", schema), {"order_id": bad, bad: 1}))
    assert any(mark.startswith("plan:") for mark in event.marks)


def test_uniqueness_of_many_things_is_checked_in_one_pass() -> None:
    things = [{"sku": str(number)} for number in range(5_000)]
    assert event_of(under(planned("flag"), {"order_id": "o-1", "products": things})).marks == ()
    event = event_of(under(planned("flag"), {"order_id": "o-1", "products": [*things, {"sku": "1"}]}))
    assert event.marks == ("plan:products:uniqueItems",)


def test_marks_are_bounded() -> None:
    schema = {"additionalProperties": False}
    event = event_of(under(planned("flag", schema), {f"p{number}": 1 for number in range(500)}))
    assert len(event.marks) <= 10
