"""The one list of features: which there are, what each is called, and tables of them.

A feature is asked for by its name alone. What training chose is kept as a list of names; scoring asks for the
same names at its own moment, so both are one definition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from segue.learn.features import assortment, habits
from segue.learn.features.calendar import calendar
from segue.learn.features.contacts import contacts
from segue.learn.features.feature import GROUPS, Feature
from segue.learn.features.moment import Moment
from segue.learn.features.ordering import ordering
from segue.learn.features.surroundings import Surroundings
from segue.learn.features.weather import weather
from segue.learn.knowledge import Knowledge
from segue.learn.purchases import Codes, Ints

Matrix = NDArray[np.float32]

MOST: Mapping[str, int] = {"category": 40, "department": 12, "brand": 20, "store": 12, "channel": 6}
"""Of what names categories, stores and so on, how many of the commonest are chosen."""


@dataclass(frozen=True, eq=False)
class Table:
    """Features of persons at moments; rows by moment, then by person."""

    names: Sequence[str]
    #: rows × names, NaN for what has no meaning or is not known
    values: Matrix
    #: codes of persons, one a row
    person: Codes
    #: microseconds, one a row
    at: Ints

    def __len__(self) -> int:
        return len(self.person)

    def groups(self) -> dict[str, list[int]]:
        """Group → its columns."""
        found: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            found.setdefault(feature(name).group, []).append(place)
        return found


def feature(name: str) -> Feature:
    """The feature of that name; KeyError for one that is none."""
    plain = _plain()
    if name in plain:
        return plain[name]
    kind, colon, argument = name.partition(":")
    if colon and argument:
        for level in assortment.LEVELS:
            if kind == level:
                return assortment.share(level, argument)
            if kind == f"{level}_trend":
                return assortment.trend(level, argument)
        if kind == "store":
            return habits.store_share(argument)
        if kind == "channel":
            return habits.channel_share(argument)
    raise KeyError(name)


def choose(
    known: Knowledge,
    at: int,
    *,
    groups: Collection[str] = tuple(GROUPS),
    most: Mapping[str, int] = MOST,
    surroundings: Surroundings | None = None,
) -> list[str]:
    """Names of the features of these groups that tell persons or moments apart in what was known at ``at``.

    Of categories, departments, brands, stores and channels the commonest are named. The list depends on the
    knowledge, and is to be kept with what is fitted on it.
    """
    unknown = set(groups) - set(GROUPS)
    if unknown:
        raise KeyError(f"no such group of features: {', '.join(sorted(unknown))}")
    moment = Moment(known, at, surroundings)
    names = [name for name, each in _plain().items() if each.group in groups]
    for level in assortment.LEVELS:
        if level in groups:
            found = assortment.commonest(moment, level, most.get(level, 0))
            names += [f"{level}:{each}" for each in found] + [f"{level}_trend:{each}" for each in found]
    for kind, codes, titles in (
        ("store", moment.orders.store, moment.purchases.stores),
        ("channel", moment.orders.channel, moment.purchases.channels),
    ):
        if kind in groups:
            names += [f"{kind}:{each}" for each in _commonest(codes, titles, most.get(kind, 0))]
    return [name for name in names if _tells(feature(name), moment)]


def table(
    known: Knowledge,
    at: int,
    names: Sequence[str],
    persons: Codes | None = None,
    surroundings: Surroundings | None = None,
) -> Table:
    """These features at one moment, of these persons or of all who were met by then."""
    moment = Moment(known, at, surroundings)
    who = np.flatnonzero(moment.met).astype(np.int32) if persons is None else persons
    values = np.empty((len(who), len(names)), np.float32)
    for place, name in enumerate(names):
        values[:, place] = feature(name).column(moment)[who]
    return Table(names, values, who, np.full(len(who), at, np.int64))


def training(
    known: Knowledge,
    moments: Sequence[int],
    names: Sequence[str],
    surroundings: Surroundings | None = None,
) -> Table:
    """The same features as they would have been scored at each of these moments, one below the other."""
    parts = [table(known, at, names, surroundings=surroundings) for at in moments]
    return Table(
        names,
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.person for part in parts]),
        np.concatenate([part.at for part in parts]),
    )


def _tells(each: Feature, moment: Moment) -> bool:
    """Whether it differs between persons, or may between moments."""
    values = each.column(moment)[moment.met]
    values = values[~np.isnan(values)]
    return bool(len(values)) and (each.group in {"calendar", "weather"} or bool((values != values[0]).any()))


@lru_cache(maxsize=1)
def _plain() -> dict[str, Feature]:
    """Features that name nothing of the retailer's, by name."""
    families = (
        ordering(),
        assortment.assortment(),
        habits.habits(),
        contacts(),
        calendar(),
        weather(),
    )
    return {each.name: each for family in families for each in family}


def _commonest(codes: Codes, titles: Sequence[str], most: int) -> list[str]:
    counts = np.bincount(codes[codes >= 0], minlength=len(titles))
    order = sorted(range(len(titles)), key=lambda code: (-int(counts[code]), titles[code]))
    return [titles[code] for code in order[:most] if counts[code] > 0]
