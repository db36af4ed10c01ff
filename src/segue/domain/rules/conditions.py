"""Conditions from YAML or JSON, and back. One language for segments, traits and whatever comes after.

Every error is a DefinitionError that names the place (``segments.loyal.when.all.0.op``) and what would
have been right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, get_args

import msgspec

from segue.domain.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Consented,
    Did,
    InSegment,
    Near,
    Not,
    Operator,
)
from segue.domain.rules.windows import read_window, window_text
from segue.domain.rules.yamls import choice, close_to, every, fields, mapping, nearest, whole, wrong

OPERATORS: tuple[str, ...] = get_args(Operator)
PLAUSIBLE = 10**9
"""Numbers of events are smaller than this (see :mod:`segue.enrich.money`)."""

DEEPEST = 24
"""Levels that conditions may nest."""

_SLIP = 0.8
"""What is so much alike a known name was meant to be it."""
_LONGEST = 500
_ITEMS = 1_000
_HEADS = ("all", "any", "not", "field", "did", "consent", "segment", "near")
_NO_SIGNS = '"\\*'
_UNARY = ("exists", "missing")
_TEXTUAL = ("starts_with", "contains")
_ORDERED = ("<", "<=", ">", ">=")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What conditions may speak of in one kind of place."""

    #: in words, for messages: ``a segment``
    of: str
    #: first steps of fields → the second steps there are; None: any
    roots: Mapping[str, Collection[str] | None]
    #: of ``_HEADS``, those that may stand here
    heads: tuple[str, ...]
    #: roots that exist elsewhere → what to say here
    elsewhere: Mapping[str, str] = {}
    #: roots of which others may say more: only what looks like one of the known ones is a slip
    open: frozenset[str] = frozenset()


EVENT = Scope(
    of="where",
    roots={
        "properties": None,
        "products": None,
        "context": None,
        "source": (),
        "channel": (),
        "store": (),
        "device": (),
        "daypart": (),
        "value": (),
    },
    heads=("all", "any", "not", "field"),
    elsewhere=dict.fromkeys(
        ("did", "segment", "consent", "near"),
        "only the event itself is asked here: move it out of where",
    ),
)
"""Inside ``where``: the event, or one line of its products."""


def read_condition(value: Any, where: str, scope: Scope, depth: int = 0) -> Condition:
    """The condition that stands at ``where``."""
    if depth > DEEPEST:
        raise wrong(where, f"nests deeper than {DEEPEST} levels", "flatten it")
    found = mapping(value, where)
    heads = [head for head in _HEADS if head in found]
    if len(heads) != 1:
        if heads:
            raise wrong(where, f"{' and '.join(heads)} stand side by side", "put them under all: or any:")
        key = next(iter(found), "")
        what = f"{key!r} is no condition" if key else "the condition is empty"
        raise wrong(where, what, nearest(str(key), scope.heads))
    head = heads[0]
    if head not in scope.heads:
        raise wrong(where, f"{head} cannot stand in {scope.of}", scope.elsewhere.get(head) or _known(scope))
    return _READERS[head](found, where, scope, depth)


def _known(scope: Scope) -> str:
    return f"known here: {', '.join(scope.heads)}"


def _several(found: dict[str, Any], where: str, scope: Scope, depth: int) -> Condition:
    head = "all" if "all" in found else "any"
    items = fields(found, where, (head,))[head]
    if not isinstance(items, list):
        raise wrong(f"{where}.{head}", "expected a list of conditions", "write - before each")
    read = every(
        {str(number): item for number, item in enumerate(items)},
        lambda number, item: read_condition(item, f"{where}.{head}.{number}", scope, depth + 1),
    )
    several = tuple(read.values())
    return All(several) if head == "all" else AnyOf(several)


def _not(found: dict[str, Any], where: str, scope: Scope, depth: int) -> Condition:
    item = fields(found, where, ("not",))["not"]
    return Not(read_condition(item, f"{where}.not", scope, depth + 1))


# ── fields ─────────────────────────────────────────────────────────────────────────


def _compare(found: dict[str, Any], where: str, scope: Scope, _: int) -> Condition:
    fields(found, where, ("field", "op", "value"))
    path = read_path(found["field"], f"{where}.field", scope)
    if "op" not in found:
        raise wrong(where, "op is missing", f"write op: one of {', '.join(OPERATORS)}")
    op: Operator = choice(found["op"], f"{where}.op", OPERATORS)
    if op in _UNARY:
        if found.get("value") is not None:
            raise wrong(f"{where}.value", f"{op} compares with nothing", "leave value out")
        return Compare(path, op)
    if found.get("value") is None:
        raise wrong(where, f"{op} needs a value", "write value:, or use op: missing")
    return Compare(path, op, _value(found["value"], f"{where}.value", op))


def read_path(value: Any, where: str, scope: Scope) -> tuple[str, ...]:
    """A dotted path whose beginning ``scope`` knows; DefinitionError."""
    if not isinstance(value, str) or not value:
        raise wrong(where, "expected the path of a field", "write it as properties.category")
    path = tuple(value.split("."))
    root = path[0]
    if root in scope.elsewhere and root not in scope.roots:
        raise wrong(where, f"{root}.… cannot stand in {scope.of}", scope.elsewhere[root])
    if root not in scope.roots:
        raise wrong(where, f"{value!r} leads nowhere", nearest(root, scope.roots))
    known = scope.roots[root]
    if known == () and len(path) > 1:
        raise wrong(where, f"{root} has no parts", f"write {root}")
    if known != () and len(path) == 1:
        raise wrong(where, f"{root} alone says nothing", f"write {root}.name")
    slip = root not in scope.open or close_to(path[1], known or (), alike=_SLIP) is not None
    if known and path[1] not in known and slip:
        raise wrong(where, f"there is no {root}.{path[1]}", nearest(path[1], known))
    for step in path:
        if not step or len(step) > 120 or any(sign in _NO_SIGNS or sign < " " for sign in step):
            raise wrong(where, f"{step!r} cannot be a step of a path", 'use no ", \\ or *, and no empty step')
    if len(path) > 12:
        raise wrong(where, "the path has more than 12 steps", "shorten it")
    return path


def _value(value: Any, where: str, op: str) -> Any:
    if op in ("in", "not_in"):
        if not isinstance(value, list) or not 0 < len(value) <= _ITEMS:
            raise wrong(where, f"{op} needs a list of values", "write [one, two]")
        return tuple(_scalar(item, where) for item in value)
    if isinstance(value, list):
        raise wrong(where, f"{op} compares with one value", "use op: in for a list")
    scalar = _scalar(value, where)
    if op in _TEXTUAL and not isinstance(scalar, str):
        raise wrong(where, f"{op} looks for a text", f'write "{value}" in quotes')
    if op in _ORDERED and isinstance(scalar, bool):
        raise wrong(where, f"true and false have no order for {op}", 'use op: "="')
    return scalar


def _scalar(value: Any, where: str) -> str | int | float | bool:
    if isinstance(value, (date, datetime)):  # YAML reads dates by itself
        return value.isoformat()
    if isinstance(value, str):
        if not 0 < len(value) <= _LONGEST or "\0" in value or not _encodable(value):
            raise wrong(
                where, f"a text of 1 to {_LONGEST} characters is needed", "use op: missing for nothing"
            )
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    if isinstance(value, float) and math.isfinite(value) and abs(value) < PLAUSIBLE:
        return value
    raise wrong(where, f"{str(value)[:80]} cannot be compared with", "write a text, a number, true or false")


def _encodable(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


# ── the rest ───────────────────────────────────────────────────────────────────────


def read_event_name(value: Any, where: str) -> str:
    """The name of an event; DefinitionError."""
    if not isinstance(value, str) or not value.strip() or "\0" in value or not _encodable(value):
        raise wrong(where, "expected the name of an event", "write it as Order Completed")
    if len(value) > _LONGEST:
        raise wrong(where, f"expected a name of at most {_LONGEST} characters", "shorten it")
    return value


def _did(found: dict[str, Any], where: str, scope: Scope, _: int) -> Condition:
    fields(found, where, ("did", "where", "at_least", "within"))
    condition = found.get("where")
    return Did(
        event=read_event_name(found["did"], f"{where}.did"),
        where=None if condition is None else read_condition(condition, f"{where}.where", EVENT),
        at_least=whole(found.get("at_least", 1), f"{where}.at_least"),
        within=read_window(found.get("within"), f"{where}.within"),
    )


def _consent(found: dict[str, Any], where: str, scope: Scope, _: int) -> Condition:
    fields(found, where, ("consent", "channel", "is"))
    channel = found.get("channel")
    return Consented(
        purpose=_name(found["consent"], f"{where}.consent"),
        channel=None if channel is None else _name(channel, f"{where}.channel"),
        state=choice(found.get("is", "granted"), f"{where}.is", ("granted", "denied")),
    )


def _segment(found: dict[str, Any], where: str, scope: Scope, _: int) -> Condition:
    fields(found, where, ("segment",))
    return InSegment(_name(found["segment"], f"{where}.segment"))


def _near(found: dict[str, Any], where: str, scope: Scope, _: int) -> Condition:
    fields(found, where, ("near", "within"))
    place = fields(found["near"], f"{where}.near", ("store", "km"))
    km = place.get("km")
    if isinstance(km, bool) or not isinstance(km, (int, float)) or not 0 < km <= 1_000:
        raise wrong(f"{where}.near.km", "expected kilometres above 0, at most 1,000", "write km: 3")
    window = read_window(found.get("within", "1 day"), f"{where}.within")
    if window is None:
        raise wrong(f"{where}.within", "where she ever was says nothing of now", "write within: 2 hours")
    return Near(_name(place.get("store"), f"{where}.near.store"), float(km), window)


def _name(value: Any, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise wrong(where, "expected a name", "write a text")
    return value


_READERS: Mapping[str, Callable[[dict[str, Any], str, Scope, int], Condition]] = {
    "all": _several,
    "any": _several,
    "not": _not,
    "field": _compare,
    "did": _did,
    "consent": _consent,
    "segment": _segment,
    "near": _near,
}


# ── and back ───────────────────────────────────────────────────────────────────────


def condition_to_json(condition: Condition) -> dict[str, Any]:
    """What :func:`read_condition` makes ``condition`` of again."""
    if isinstance(condition, (All, AnyOf)):
        head = "all" if isinstance(condition, All) else "any"
        return {head: [condition_to_json(item) for item in condition.items]}
    if isinstance(condition, Not):
        return {"not": condition_to_json(condition.item)}
    if isinstance(condition, Compare):
        written: dict[str, Any] = {"field": ".".join(condition.path), "op": condition.op}
        if condition.op not in _UNARY:
            value = condition.value
            written["value"] = list(value) if isinstance(value, tuple) else value
        return written
    return _leaf_to_json(condition)


def _leaf_to_json(condition: Did | Consented | InSegment | Near) -> dict[str, Any]:
    if isinstance(condition, Did):
        written: dict[str, Any] = {"did": condition.event}
        if condition.where is not None:
            written["where"] = condition_to_json(condition.where)
        written["at_least"] = condition.at_least
        if condition.within is not None:
            written["within"] = window_text(condition.within)
        return written
    if isinstance(condition, Consented):
        channel = {} if condition.channel is None else {"channel": condition.channel}
        return {"consent": condition.purpose, **channel, "is": condition.state}
    if isinstance(condition, Near):
        return {
            "near": {"store": condition.store, "km": condition.km},
            "within": window_text(condition.within),
        }
    return {"segment": condition.name}


def leaves(condition: Condition) -> list[Compare | Did | Consented | InSegment | Near]:
    """Everything that a condition asks, without what joins it, in reading order."""
    if isinstance(condition, (All, AnyOf)):
        return [leaf for item in condition.items for leaf in leaves(item)]
    if isinstance(condition, Not):
        return leaves(condition.item)
    return [condition]


__all__ = [
    "EVENT",
    "OPERATORS",
    "Scope",
    "condition_to_json",
    "leaves",
    "read_condition",
    "read_event_name",
    "read_path",
]
