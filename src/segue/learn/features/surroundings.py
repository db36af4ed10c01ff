"""What surrounds a shop and is in no event: its calendar and its weather."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.learn.features.readings import Weather

PAY_DAYS = (1, 15)
"""Where nothing else is said: the first and the fifteenth, as most wages and benefits are paid."""

LAST = 0
"""As a pay day: the last day of the month."""


@dataclass(frozen=True)
class Surroundings:
    """Where the shop is: country and part of it, the days on which people are paid, and the weather there."""

    #: ISO 3166 (``US``, ``DE``); empty: unknown, and there are no holidays
    country: str = ""
    #: ISO 3166-2 without the country (``BE`` for Berlin); empty: holidays of the whole country
    subdivision: str = ""
    #: days of the month, 0 for its last
    pay_days: tuple[int, ...] = PAY_DAYS
    weather: Weather | None = field(default=None, compare=False)

    def holidays(self, first: int, last: int) -> tuple[tuple[int, str], ...]:
        """(local day since 1970-01-01, name) of public holidays from ``first`` to ``last``, by day."""
        return _holidays(self.country, self.subdivision, first, last) if self.country else ()


def pay_days(text: str) -> tuple[int, ...]:
    """Days of the month out of ``1,15`` or ``last``."""
    return tuple(LAST if each == "last" else int(each) for each in text.split(","))


def country_of(zone: str) -> str:
    """The country of a time zone, empty where there is none (``UTC``) or several share it."""
    from importlib.resources import files

    table = files("tzdata").joinpath("zoneinfo", "zone.tab")
    for line in table.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and cells[2] == zone and len(cells[0]) == 2:
            return cells[0]
    return ""


def known_country(country: str, subdivision: str = "") -> bool:
    """Whether holidays are known of this country and part of it."""
    import holidays

    parts = holidays.list_supported_countries(include_aliases=False)
    return country in parts and (not subdivision or subdivision in parts[country])


@lru_cache(maxsize=32)
def _holidays(country: str, subdivision: str, first: int, last: int) -> tuple[tuple[int, str], ...]:
    from datetime import date, timedelta

    import holidays

    epoch = date(1970, 1, 1)
    years = range((epoch + timedelta(days=first)).year, (epoch + timedelta(days=last)).year + 1)
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    days = sorted(((each - epoch).days, str(name)) for each, name in found.items())
    return tuple(each for each in days if first <= each[0] <= last)
