"""Weather as it was observed or forecast, for one place and an hour or a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

NAN = float("nan")
HOUR = 3_600_000_000


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of the weather, and when it was said; NaN for what was not said."""

    #: a name of the retailer's own: a store, a town
    place: str
    #: first moment it is about, microseconds in UTC
    begins: int
    #: how long: 1, or a local day's 23 to 25
    hours: int
    #: observed, or forecast
    observed: bool
    #: when it became known, microseconds: a forecast's issue; of an observation never before its end
    known_at: int
    #: mean, least and greatest temperature, degrees Celsius
    temp_c: float = NAN
    temp_min_c: float = NAN
    temp_max_c: float = NAN
    #: rain and melted snow, millimetres
    rain_mm: float = NAN
    #: fresh snow, centimetres
    snow_cm: float = NAN
    #: metres a second
    wind_ms: float = NAN


def observed_at(begins: int, hours: int) -> int:
    """The earliest moment at which that can have been observed: its end."""
    return begins + hours * HOUR


def place_of(store: str | None, assigned: Mapping[str, str], places: Collection[str]) -> str | None:
    """The place whose weather a store has; None where there is none.

    It is the place that the store was assigned, else that of its own name, else ``default``, else the only
    one there is.
    """
    for name in (assigned.get(store or ""), store, "default"):
        if name is not None and name in places:
            return name
    return next(iter(places)) if len(places) == 1 else None
