"""Measures: what is accumulated of events so that traits can be told. One or none for each trait."""

from __future__ import annotations

from typing import Literal

import msgspec

from segue.domain.conditions import Condition, Window

Kind = Literal["count", "sum", "mean", "min", "max", "first", "last", "set", "tally", "span", "share"]
"""``set``: which values; ``tally``: how often each; ``span``: how many, first and last day."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """What one accumulator takes of events. Traits of equal measures share it."""

    #: 16 hexadecimal digits, a hash of everything below: a definition that stays keeps it
    key: str = ""
    kind: Kind
    of: tuple[str, ...]
    field: tuple[str, ...] | None
    where: Condition | None
    window: Window | None
    weight: tuple[str, ...] | None
    by: tuple[str, ...] | None
    zone: str
