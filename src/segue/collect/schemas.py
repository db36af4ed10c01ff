"""JSON Schema for values that anybody may send.

Schemas come from the retailer, values from anybody: patterns therefore run in RE2 (linear time), uniqueness
is checked by hashing, and references reach nothing outside the schema itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import msgspec
from jsonschema import Draft202012Validator, validators
from referencing import Registry
from referencing.exceptions import Unresolvable

from segue.domain.rules.normalise import compile_patterns

Violation = tuple[list[str | int], str]
"""Where (steps from the top), and which keyword."""


class Schema:
    """One schema, prepared; remote references cannot be retrieved."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._validator = _SafeValidator(schema, registry=Registry())

    def violations(self, values: dict[str, Any], most: int) -> list[Violation]:
        """The first violations, ``most`` of them. A schema that cannot be followed counts as one."""
        found: list[Violation] = []
        try:
            for error in self._validator.iter_errors(values):
                found.append((list(error.absolute_path), str(error.validator)))
                if len(found) == most:
                    break
        except (RecursionError, Unresolvable):
            found.append(([], "schema"))
        return found

    def strangers(self, values: Mapping[str, Any]) -> list[str]:
        """Top-level names that the schema does not describe."""
        return _strangers(self._schema, values)


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
