"""The tracking plan: does an event look as its makers agreed it would?

Each planned event has a JSON Schema (of ``properties``; of ``traits`` for identify and group). Schemas
come from the retailer, values from anybody: patterns therefore run in RE2 (linear time), uniqueness is
checked by hashing, and references reach nothing outside the schema itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import jsonschema
import msgspec
from jsonschema import Draft202012Validator, validators
from referencing import Registry
from referencing.exceptions import Unresolvable

from segue.domain.rules import PlannedEvent, TrackingPlan
from segue.domain.rules.normalise import compile_patterns

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
        self._validators = {name: validator_for(event) for name, event in plan.events.items()}

    def judge(self, kind: str, event: str, values: dict[str, Any]) -> Outcome:
        """Check ``values`` of an event. Tracks are planned by name, everything else by type (``kind``)."""
        name = event if kind == "track" else kind
        planned = self.plan.events.get(name)
        if planned is None:
            return self._unplanned(kind, name, values)
        values, marks, refused = _violations(planned, self._validators[name], values)
        if refused is None and self.plan.unplanned_property != "allow":
            return self._unplanned_properties(planned, Outcome(values, marks, None))
        return Outcome(values, marks, refused)

    def _unplanned(self, kind: str, name: str, values: dict[str, Any]) -> Outcome:
        action = self.plan.unplanned_event
        if action == "allow" or kind != "track":
            return Outcome(values, (), None)
        if action == "reject":
            return Outcome(values, (), f"event {name[:80]!r} is not in the tracking plan")
        return Outcome({} if action == "trim" else values, (UNPLANNED_EVENT,), None)

    def _unplanned_properties(self, planned: PlannedEvent, so_far: Outcome) -> Outcome:
        strangers = _strangers(planned.schema, so_far.values)
        if not strangers:
            return so_far
        if self.plan.unplanned_property == "reject":
            return Outcome(so_far.values, so_far.marks, f"{strangers[0][:80]!r} is not in the tracking plan")
        kept = {name: value for name, value in so_far.values.items() if name not in strangers}
        marks = [f"plan:trimmed:{name[:80]}" for name in strangers[:MOST_VIOLATIONS]]
        return Outcome(kept, (*so_far.marks, *marks), None)


def validator_for(planned: PlannedEvent) -> Any:
    """The prepared validator of a planned event; remote references cannot be retrieved."""
    return _SafeValidator(planned.schema, registry=Registry())


def _violations(planned: PlannedEvent, validator: Any, values: dict[str, Any]) -> Outcome:
    errors = _errors(validator, values)
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


def _errors(validator: Any, values: dict[str, Any]) -> list[tuple[list[str | int], str]]:
    """(path, keyword) of the first violations. A schema that cannot be followed counts as one."""
    found: list[tuple[list[str | int], str]] = []
    try:
        for error in validator.iter_errors(values):
            found.append((list(error.absolute_path), str(error.validator)))
            if len(found) == MOST_VIOLATIONS:
                break
    except (RecursionError, Unresolvable):
        found.append(([], "schema"))
    return found


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


def _strangers(schema: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Top-level names that the schema does not describe."""
    described = schema.get("properties") or {}
    patterns = tuple(schema.get("patternProperties") or ())
    matcher = compile_patterns(patterns) if patterns else None
    return [
        name for name in values if name not in described and (matcher is None or matcher.search(name) is None)
    ]


# ── keywords of JSON Schema that must not run at the mercy of a value ──────────────


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and compile_patterns((pattern,)).search(instance) is None:
        yield jsonschema.ValidationError("does not match its pattern")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Any
) -> Iterator[jsonschema.ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, subschema in patterns.items():
        search = compile_patterns((pattern,)).search
        for name, value in instance.items():
            if search(name) is not None:
                yield from validator.descend(value, subschema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: Any, schema: Any
) -> Iterator[jsonschema.ValidationError]:
    if not isinstance(instance, dict):
        return
    for name in _strangers(schema, instance):
        if isinstance(allowed, dict):
            yield from validator.descend(instance[name], allowed, path=name)
        elif not allowed:
            yield jsonschema.ValidationError("is not expected", path=[name])


def _unique_items(_: Any, wanted: Any, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    if wanted and isinstance(instance, list):
        seen = {msgspec.json.encode(item, order="sorted") for item in instance}
        if len(seen) < len(instance):
            yield jsonschema.ValidationError("has an item twice")


_SafeValidator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
    },
)
