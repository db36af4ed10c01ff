"""Fields of a record that are told as text and compare as what they are: as numbers, or as times."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from segue.domain.order import DAY, micros

AMOUNTS = frozenset(
    {*(("orders", name) for name in ("revenue", "average_basket", "refunds")), ("sessions", "cart", "value")}
)
"""Fields that a record tells as decimal text, and that compare as numbers."""
MOMENTS = frozenset((root, name) for root in ("orders", "sessions") for name in ("first_at", "last_at"))
"""Fields that compare as times."""

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[T ][0-9]{2}:[0-9]{2})")


def number_in(value: object) -> int | float | None:
    """A number, or a text that is one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        try:
            value = float(value) if _PLAIN_NUMBER.fullmatch(value) else math.inf
        except (ValueError, OverflowError):
            return None
    return value if math.isfinite(value) else None


def moments_in(value: object) -> tuple[int, int] | None:
    """From when until before when a text means, microseconds: a day of UTC, or a moment; None for no time."""
    if not isinstance(value, str):
        return None
    if not _MOMENT.match(value):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    begins = micros(read if read.tzinfo is not None else read.replace(tzinfo=UTC))
    return begins, begins + (DAY if _DAY.fullmatch(value) else 1)
