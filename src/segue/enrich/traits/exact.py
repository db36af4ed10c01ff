"""Numbers and texts of events, made comparable: exactly the same here and in SQL.

Numbers are whole millionths; a number and its text are the same number. A text is what is kept of a
value that is counted apart; a number among texts is written without needless zeros. What is no usable
value reads as None and never raises.
"""

from __future__ import annotations

import re
from typing import Any, Final

MILLION: Final = 1_000_000
LIMIT: Final = 10**9
"""Numbers of a billion and more are slips of a decimal point (see :mod:`segue.enrich.money`)."""
_PAST: Final = LIMIT * MILLION
LONGEST: Final = 120
"""Characters kept of a text."""

_NUMBER = re.compile(
    r"[ \t-\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t-\r]*", re.ASCII
).fullmatch


def amount(value: Any) -> int | None:
    """A number, or the text of one, as millionths."""
    kind = type(value)
    if kind is int:
        return value * MILLION if -LIMIT < value < LIMIT else None
    if kind is str:
        if _NUMBER(value) is None:
            return None
        value = float(value)
    elif kind is not float:
        return None
    if not -LIMIT < value < LIMIT:  # also of NaN
        return None
    exact = round(value * MILLION)
    return exact if -_PAST < exact < _PAST else None


def text_of(value: Any) -> str | None:
    """The text that a scalar stands for, however long; None for the empty text."""
    kind = type(value)
    if kind is str:
        return value or None
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        exact = amount(value)
        return None if exact is None else decimal(exact)
    return None


def kept(value: Any) -> str | None:
    """As much of a value's text as is kept."""
    text = text_of(value)
    return None if text is None else text[:LONGEST]


def tagged(value: Any) -> str | None:
    """The text of a value that remembers whether it was a number or a truth."""
    kind = type(value)
    text = kept(value)
    if text is None:
        return None
    return ("n" if kind is int or kind is float else "b" if kind is bool else "t") + text


def untagged(text: str) -> str | int | float | bool:
    """What :func:`tagged` was given, as far as it kept it."""
    tag, plain = text[0], text[1:]
    if tag == "t":
        return plain
    if tag == "b":
        return plain == "true"
    return float(plain) if "." in plain else int(plain)


def decimal(exact: int) -> str:
    """Millionths without needless zeros: ``12.3``, ``-0.05``, ``7``."""
    units, rest = divmod(abs(exact), MILLION)
    sign = "-" if exact < 0 else ""
    return f"{sign}{units}.{rest:06d}".rstrip("0") if rest else f"{sign}{units}"


def divided(above: int, below: int) -> int:
    """The quotient as a whole number, halves to the even one; ``below`` is not 0."""
    whole, rest = divmod(abs(above), abs(below))
    double = rest * 2 - abs(below)
    if double > 0 or (double == 0 and whole & 1):
        whole += 1
    return whole if (above < 0) == (below < 0) else -whole


def multiplied(one: int, other: int) -> int | None:
    """The product of two millionths; None where it is implausible."""
    product = divided(one * other, MILLION)
    return product if -_PAST < product < _PAST else None


def shown(exact: int) -> int | float:
    """Millionths as people read them: a whole number where it is one."""
    whole, rest = divmod(exact, MILLION)
    return whole if rest == 0 else exact / MILLION
