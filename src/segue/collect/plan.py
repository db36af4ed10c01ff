"""The tracking plan: does an event look as its makers agreed it would?

Each planned event has a JSON Schema (of ``properties``; of ``traits`` for identify and group).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from segue.domain.rules import PlannedEvent, TrackingPlan

if TYPE_CHECKING:
    from segue.collect.schemas import Schema

MOST_VIOLATIONS = 10
"""Violations of one event that are marked; a plan that names more is not read by anyone."""

UNPLANNED_EVENT = "plan:unplanned_event"

Section = Literal["properties", "traits"]


class Outcome(NamedTuple):
    """What the plan makes of an event."""

    #: properties or traits, trimmed if the plan says so
    values: dict[str, Any]
    marks: tuple[str, ...]
    #: why it is refused, in one sentence; None when it is not
    refused: str | None


class Plan:
    """A tracking plan, prepared once for a set of rules."""

    def __init__(self, plan: TrackingPlan) -> None:
        self.plan = plan
        self.idle = not plan.events and plan.unplanned_event == "allow"
        self._schemas = _prepared(plan.events)

    def judge(self, kind: str, event: str, values: dict[str, Any]) -> Outcome:
        """Check ``values`` of an event. Tracks are planned by name, everything else by type (``kind``)."""
        name = event if kind == "track" else kind
        planned = self.plan.events.get(name)
        if planned is None:
            return self._unplanned(kind, name, values)
        schema = self._schemas[name]
        values, marks, refused = _violations(planned, schema, values)
        if refused is None and self.plan.unplanned_property != "allow":
            return self._unplanned_properties(schema, Outcome(values, marks, None))
        return Outcome(values, marks, refused)

    def _unplanned(self, kind: str, name: str, values: dict[str, Any]) -> Outcome:
        action = self.plan.unplanned_event
        if action == "allow" or kind != "track":
            return Outcome(values, (), None)
        if action == "reject":
            return Outcome(values, (), f"event {name[:80]!r} is not in the tracking plan")
        return Outcome({} if action == "trim" else values, (UNPLANNED_EVENT,), None)

    def _unplanned_properties(self, schema: Schema, so_far: Outcome) -> Outcome:
        strangers = schema.strangers(so_far.values)
        if not strangers:
            return so_far
        if self.plan.unplanned_property == "reject":
            return Outcome(so_far.values, so_far.marks, f"{strangers[0][:80]!r} is not in the tracking plan")
        kept = {name: value for name, value in so_far.values.items() if name not in strangers}
        marks = [f"plan:trimmed:{name[:80]}" for name in strangers[:MOST_VIOLATIONS]]
        return Outcome(kept, (*so_far.marks, *marks), None)


def _prepared(events: Mapping[str, PlannedEvent]) -> dict[str, Schema]:
    """Validators by event; what they are made of is only imported for a plan that has any."""
    if not events:
        return {}
    from segue.collect.schemas import Schema

    return {name: Schema(event.schema) for name, event in events.items()}


def _violations(planned: PlannedEvent, schema: Schema, values: dict[str, Any]) -> Outcome:
    errors = schema.violations(values, MOST_VIOLATIONS)
    if not errors:
        return Outcome(values, (), None)
    if planned.on_violation == "reject":
        path, keyword = errors[0]
        return Outcome(
            values, (), f"{'.'.join(map(str, path)) or 'the event'} breaks {keyword!r} of the plan"
        )
    marks = tuple(
        dict.fromkeys(f"plan:{'.'.join(map(str, path))[:80]}:{keyword}" for path, keyword in errors)
    )
    if planned.on_violation == "trim":
        values = _trimmed(values, [path for path, _ in errors])
    return Outcome(values, marks, None)


def _trimmed(values: dict[str, Any], paths: list[list[str | int]]) -> dict[str, Any]:
    """A copy without what stands at ``paths``; deepest and last first, so that list positions hold."""
    kept = copy.deepcopy(values)
    for path in sorted((path for path in paths if path), key=lambda steps: [str(s).zfill(9) for s in steps])[
        ::-1
    ]:
        holder: Any = kept
        for step in path[:-1]:
            holder = holder[step] if _has(holder, step) else None
        if _has(holder, path[-1]):
            del holder[path[-1]]
    return kept


def _has(holder: Any, step: str | int) -> bool:
    if isinstance(holder, list):
        return isinstance(step, int) and step < len(holder)
    return isinstance(holder, dict) and step in holder
