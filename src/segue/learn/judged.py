"""What is said of a model once it is fitted: how it compares with another, how far things have moved since.

Without numpy: processes that only show it need none.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How a new model compares with the present one."""

    accepted: bool
    #: in a sentence
    because: str
    metric: str = ""
    new: float | None = None
    #: the present model's, on the same rows
    old: float | None = None
    #: by how much the new one is better, with its 95 % interval
    gain: float | None = None
    low: float | None = None
    high: float | None = None


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """How far things have moved."""

    #: RFC 3339
    as_of: str
    #: the largest index of any
    worst: float
    state: Literal["steady", "moved", "far"]
    #: name → index, of what the model sees
    features: dict[str, float] = {}
    #: name → index, of what it says
    scores: dict[str, float] = {}
