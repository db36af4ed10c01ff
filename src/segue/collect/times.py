"""When did it happen? Clients' clocks are wrong; the difference between two readings of one clock is not.

An event's time is ``received − (sent − stamped)``: the age that the client itself saw, before our own
receipt. What lies outside 1970 … now + 1 day after that is no time we could use.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from segue.domain.order import DAY, SECOND, micros

TIME_REPLACED = "time_replaced"
"""The mark of an event whose own time could not be used; it has the received time."""


def corrected(timestamp: Any, sent_at: Any, received_at: int) -> tuple[int, str | None]:
    """Event time in microseconds and the mark, if any. Absent times are the received time, unmarked."""
    if timestamp is None or timestamp == "":
        return received_at, None
    stamped = instant(timestamp)
    if stamped is None:
        return received_at, TIME_REPLACED
    sent = instant(sent_at)
    moment = stamped if sent is None else received_at - (sent - stamped)
    if 0 <= moment <= received_at + DAY:
        return moment, None
    return received_at, TIME_REPLACED


def instant(value: Any) -> int | None:
    """Microseconds since 1970 of RFC 3339 text, a datetime, or a number since 1970; None for anything else.

    Text without a zone is UTC. Numbers are seconds, milliseconds or microseconds, told apart by their size:
    below 10¹¹ seconds (the year 5138), below 10¹⁴ milliseconds.
    """
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, datetime):
        return int(micros(value if value.tzinfo else value.replace(tzinfo=UTC)))
    if isinstance(value, date):
        return int(micros(datetime(value.year, value.month, value.day, tzinfo=UTC)))
    return _of_number(value) if type(value) in {int, float} else None


def _of_number(value: int | float) -> int | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    size = abs(value)
    if size < 1e11:
        return int(value * SECOND)
    return int(value * 1_000) if size < 1e14 else int(value)


@lru_cache(maxsize=512)  # a batch has one time of sending, and a client often stamps and sends at once
def _of_text(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stripped = text.strip()
        return _of_number(float(stripped)) if stripped.replace(".", "", 1).isdecimal() else None
    return int(micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
