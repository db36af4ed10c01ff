"""Accumulators written by SQL as they are stored: MessagePack, in hexadecimal, in DuckDB's dialect.

What DuckDB groups would have to be taken apart, row for row, to be made states of; so it writes the bytes
itself, and Python only puts them together, one row a fragment.
"""

from __future__ import annotations

from typing import Final

from segue.enrich.traits.measure import Measure

MOMENT: Final = 40
"""Hexadecimal digits of a moment, see :data:`segue.enrich.traits.points.MOMENT`."""


def digits(expression: str, count: int) -> str:
    """A number from 0 on with so many digits, at most 14."""
    return f"substr(hex({expression} + {16**count}), 2)"


def integer(number: str) -> str:
    """A BIGINT."""
    return (
        f"case when {number} between 0 and 127 then {digits(number, 2)} "
        f"when {number} between 0 and 65535 then 'cd' || {digits(number, 4)} "
        f"when {number} between 0 and 4294967295 then 'ce' || {digits(number, 8)} "
        f"else 'd3' || {whole(number)} end"
    )


def whole(number: str) -> str:
    """The 16 digits of a BIGINT of either sign."""
    return f"substr(hex(cast({number} as hugeint) + {2 * 2**64}), 2)"


def wide(number: str) -> str:
    """A HUGEINT: beyond 64 bits as :func:`segue.enrich.traits.state.encode` has it."""
    return (
        f"case when {number} between {-(2**63)} and {2**63 - 1} then {integer(f'cast({number} as bigint)')} "
        f"else 'c71001' || right('{'0' * 32}' || hex(cast({number} as hugeint)), 32) end"
    )


def text(value: str) -> str:
    """A text of at most 65,535 bytes."""
    size = f"strlen({value})"
    return (
        f"case when {size} < 256 then 'd9' || {digits(size, 2)} else 'da' || {digits(size, 4)} end "
        f"|| hex({value})"
    )


def mapping(count: str, body: str) -> str:
    """A map of so many entries, whose keys and values follow one another."""
    return (
        f"case when {count} < 16 then {digits(f'{count} + 128', 2)} "
        f"else 'df' || {digits(count, 8)} end || {body}"
    )


def accumulators(measure: Measure) -> list[str]:
    """The aggregates of a kind over points, as many columns as its accumulator needs."""
    taken = "w" if measure.field is None else "v"
    if measure.kind == "share":
        return [_total(f"case when passes then {taken} else 0 end"), _total(taken)]
    found = {
        "count": ["count(*)" if measure.weight is None else _total("w")],
        "sum": [_total("v")],
        "mean": [_total("w"), _total("v")],
        "min": ["min(v)"],
        "max": ["max(v)"],
        "first": ["min(moment || v)"],
        "last": ["max(moment || v)"],
        "set": ["1"],
        "tally": [_total("w"), "max(time)"],
        "span": ["count(*)", "min(day)", "max(day)"],
    }
    return found[measure.kind]


def joined(measure: Measure) -> list[str]:
    """The same of columns ``a0``, … that :func:`accumulators` gave of parts."""
    joins = {
        "min": ["min"],
        "max": ["max"],
        "first": ["min"],
        "last": ["max"],
        "set": ["min"],
        "tally": ["sum", "max"],
        "span": ["sum", "min", "max"],
    }.get(measure.kind, ["sum", "sum"])
    count = len(accumulators(measure))
    kinds = [("hugeint" if name == "sum" else "") for name in joins[:count]]
    columns = [f"cast(a{n} as {kind})" if kind else f"a{n}" for n, kind in enumerate(kinds)]
    return [f"{name}({column})" for name, column in zip(joins, columns, strict=False)]


def accumulated(measure: Measure) -> str:
    """What stands under a bucket (and text), of columns ``a0``, …"""
    kind = measure.kind
    if kind in ("first", "last"):
        return f"'92c414' || left(a0, {MOMENT}) || {text(f'substr(a0, {MOMENT + 1})')}"
    if kind == "set":
        return "'01'"
    if kind == "span":
        return f"'93' || {wide('a0')} || {integer('a1')} || {integer('a2')}"
    if kind == "tally":
        return f"'92' || {wide('a0')} || {integer('a1')}"
    if kind in ("mean", "share"):
        return f"'92' || {wide('a0')} || {wide('a1')}"
    return integer("a0") if kind in ("min", "max") else wide("a0")


def _total(value: str) -> str:
    return f"sum(cast({value} as hugeint))"
