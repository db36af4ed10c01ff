"""segments.yaml, and back. Checks that every name in it exists and that no segment goes in a circle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from segue.domain.conditions import Compare, Condition, Consented, InSegment
from segue.domain.rules.conditions import Scope, condition_to_json, leaves, read_condition
from segue.domain.rules.traits import MOST, checked_name, circle_in, is_number, read_title
from segue.domain.rules.typed import AMOUNTS, MOMENTS, moments_in, number_in
from segue.domain.rules.yamls import dump, every, fields, load_mapping, mapping, nearest, wrong
from segue.domain.scores import NAMES, RFM
from segue.domain.traits import Segment, Trait

ORDERS = (
    "count", "revenue", "currency", "average_basket", "refunds", "cancelled", "items", "first_at", "last_at",
    "days_since_last",
)  # fmt: skip
"""Parts of a golden record's orders that a condition can ask."""
SESSIONS = (
    "count", "pages", "dwell_seconds", "first_at", "last_at", "cart", "checkout", "carts_abandoned",
    "checkouts_abandoned",
)  # fmt: skip
"""Likewise of its sessions."""

_DESCRIPTION = 2_000


def segment_scope(traits: Iterable[Trait]) -> Scope:
    """What the condition of a segment may speak of."""
    later = "it is known only while a decision is made"
    return Scope(
        of="a segment",
        roots={
            "traits": {*NAMES, *(trait.name for trait in traits)},
            "attributes": None,
            "predictions": None,
            "orders": ORDERS,
            "sessions": SESSIONS,
        },
        heads=("all", "any", "not", "field", "did", "consent", "segment", "near"),
        elsewhere={
            "context": later,
            "basket": later,
            "properties": "ask for events: write did: with where:",
            "products": "ask for events: write did: with where:",
        },
    )


def read_segments(
    text: str, traits: Sequence[Trait], purposes: Collection[str] | None = None
) -> tuple[Segment, ...]:
    """segments.yaml. ``traits`` and ``purposes`` are those that conditions may name (None: any purpose)."""
    found = fields(load_mapping(text), "the file", ("segments",))
    named = mapping(found.get("segments") or {}, "segments")
    if len(named) > MOST:
        raise wrong("segments", f"{len(named)} are more than {MOST}", "leave out what nothing uses")
    read = every(named, lambda name, value: _segment(name, value, traits, purposes))
    segments = tuple(read.values())
    _check_names(segments)
    return segments


def read_when(
    value: Any,
    where: str,
    traits: Sequence[Trait],
    purposes: Collection[str] | None = None,
    segments: Collection[str] | None = None,
    *,
    scope: Scope | None = None,
) -> Condition:
    """One condition; ``segments`` are the names it may use (None: any), ``scope`` is a segment's without."""
    condition = read_condition(value, where, scope or segment_scope(traits))
    by_name = {trait.name: trait for trait in traits}
    for leaf in leaves(condition):
        if isinstance(leaf, Compare):
            _check_compared(leaf, by_name, where)
        if isinstance(leaf, Consented) and purposes is not None and leaf.purpose not in purposes:
            raise wrong(where, f"there is no purpose {leaf.purpose!r}", nearest(leaf.purpose, purposes))
        if isinstance(leaf, InSegment) and segments is not None and leaf.name not in segments:
            raise wrong(where, f"there is no segment {leaf.name!r}", nearest(leaf.name, segments))
    return condition


def _check_compared(leaf: Compare, by_name: Mapping[str, Trait], where: str) -> None:
    if leaf.path[0] == "traits" and leaf.path[1] in by_name:
        _check_trait(leaf, by_name[leaf.path[1]], where)
    elif leaf.path[0] == "traits":
        _check_score(leaf, where)
    elif leaf.path in AMOUNTS or leaf.path in MOMENTS:
        _check_typed(leaf, where)


def _check_score(leaf: Compare, where: str) -> None:
    name = leaf.path[1]
    if len(leaf.path) > 2:
        raise wrong(where, f"{name} has no parts", f"write traits.{name}")
    if name != RFM and any(isinstance(one, str) for one in _compared(leaf)):
        raise wrong(where, f"{name} is a number from 1 to 5", "compare it with a number")
    if name == RFM and not all(isinstance(one, str) for one in _compared(leaf)):
        raise wrong(where, f"{name} is a text", 'write it as "5-3-4"')


def _check_typed(leaf: Compare, where: str) -> None:
    """An amount is compared with numbers and a moment with times; each may be written as text."""
    name = ".".join(leaf.path)
    if leaf.op in ("contains", "starts_with"):
        what = "a number" if leaf.path in AMOUNTS else "a time"
        raise wrong(where, f"{name} is {what}, and no text", "compare it with <, <=, =, >=, >")
    for one in _compared(leaf):
        if leaf.path in AMOUNTS and number_in(one) is None:
            raise wrong(where, f"{name} is a number, and {one!r} is none", "compare it with a number")
        if leaf.path in MOMENTS and moments_in(one) is None:
            cure = "write it as 2026-03-01 or 2026-03-01T12:00:00Z"
            raise wrong(where, f"{name} is a time, and {one!r} is none", cure)


def _compared(leaf: Compare) -> tuple[Any, ...]:
    """What it is compared with."""
    if leaf.op in ("exists", "missing"):
        return ()
    return leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)


def _check_trait(leaf: Compare, trait: Trait, where: str) -> None:
    if trait.by is None and len(leaf.path) > 2:
        raise wrong(where, f"{trait.name} has no parts", f"write traits.{trait.name}")
    if trait.by is not None and len(leaf.path) != 3 and leaf.op not in ("exists", "missing"):
        what = f"{trait.name} is told for each {'.'.join(trait.by)}"
        raise wrong(where, what, f"write traits.{trait.name}.NAME")
    numeric = is_number(trait) or trait.by is not None
    if numeric and isinstance(leaf.value, str) and not _is_numeric(leaf.value):
        raise wrong(
            where, f"{trait.name} is a number, and {leaf.value!r} is none", "compare it with a number"
        )


def _is_numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _segment(name: str, value: Any, traits: Sequence[Trait], purposes: Collection[str] | None) -> Segment:
    where = f"segments.{name}"
    checked_name(name, where)
    found = fields(value, where, ("title", "description", "when"))
    if found.get("when") is None:
        raise wrong(where, "when is missing", "write when: a condition")
    description = found.get("description") or ""
    if not isinstance(description, str) or len(description) > _DESCRIPTION:
        raise wrong(f"{where}.description", f"expected at most {_DESCRIPTION} characters", "shorten it")
    return Segment(
        name=name,
        when=read_when(found["when"], f"{where}.when", traits, purposes),
        title=read_title(found.get("title"), f"{where}.title"),
        description=description,
    )


def _check_names(segments: Sequence[Segment]) -> None:
    needs = {
        segment.name: [leaf.name for leaf in leaves(segment.when) if isinstance(leaf, InSegment)]
        for segment in segments
    }
    for name, needed in needs.items():
        for each in needed:
            if each not in needs:
                raise wrong(f"segments.{name}.when", f"there is no segment {each!r}", nearest(each, needs))
    circle = circle_in(needs)
    if circle:
        says = " → ".join(circle)
        raise wrong(f"segments.{circle[0]}.when", f"goes in a circle: {says}", "let one of them stand alone")


def segments_to_yaml(segments: Iterable[Segment]) -> str:
    """The text that :func:`read_segments` makes these of again."""
    return dump({"segments": {segment.name: segment_to_json(segment) for segment in segments}})


def segment_to_json(segment: Segment) -> dict[str, Any]:
    """What stands in segments.yaml under the segment's name."""
    written: dict[str, Any] = {}
    if segment.title:
        written["title"] = segment.title
    if segment.description:
        written["description"] = segment.description
    return {**written, "when": condition_to_json(segment.when)}
