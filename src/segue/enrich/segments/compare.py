"""Comparing a field's value with a condition's: typed, and false wherever the two cannot be compared.

Numbers compare with numbers, texts with texts by code point, flags with flags (which have no order). What is
missing, or of another type, makes every comparison false, ``missing`` excepted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from segue.domain.conditions import Operator

Test = Callable[[Any], bool]
"""Whether a value, None where there is none, is as the condition wants it."""

_SIGNS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def test_of(op: Operator, wanted: Any) -> Test:
    """The comparison with ``wanted`` as a function of the value."""
    if op == "exists":
        return _exists
    if op == "missing":
        return _missing
    if op in _SIGNS:
        return _signed(op, wanted)
    if op in {"in", "not_in"}:
        return _among(tuple(wanted), within=op == "in")
    return _contains(wanted) if op == "contains" else _starts_with(wanted)


def kind_of(value: object) -> str:
    """``text``, ``flag``, ``number`` or, for what compares with nothing, another word."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "other"


def same(one: object, other: object) -> bool:
    """Whether two scalars are equal: 3 and 3.0 are, 1 and true are not."""
    return kind_of(one) == kind_of(other) != "other" and one == other


def _exists(value: object) -> bool:
    return value is not None


def _missing(value: object) -> bool:
    return value is None


def _signed(op: str, wanted: Any) -> Test:
    sign, kind = _SIGNS[op], kind_of(wanted)
    if kind == "number":
        return lambda value: type(value) in _NUMBERS and sign(value, wanted)
    if kind == "text":
        return lambda value: isinstance(value, str) and sign(value, wanted)
    if kind == "flag" and op in {"=", "!="}:
        return lambda value: isinstance(value, bool) and sign(value, wanted)
    return _never


_NUMBERS: Final = frozenset((int, float))


def _never(value: object) -> bool:
    del value
    return False


def _among(wanted: Sequence[Any], *, within: bool) -> Test:
    kinds = {kind_of(one) for one in wanted} - {"other"}
    by_kind = {kind: frozenset(one for one in wanted if kind_of(one) == kind) for kind in kinds}

    def test(value: Any) -> bool:
        these = by_kind.get(kind_of(value))
        return these is not None and (value in these) is within

    return test


def _contains(wanted: Any) -> Test:
    def test(value: Any) -> bool:
        if isinstance(value, str):
            return isinstance(wanted, str) and wanted in value
        return isinstance(value, list | tuple) and any(same(each, wanted) for each in value)

    return test


def _starts_with(wanted: Any) -> Test:
    if not isinstance(wanted, str):
        return _never
    return lambda value: isinstance(value, str) and value.startswith(wanted)
