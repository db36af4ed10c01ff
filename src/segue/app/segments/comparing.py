"""Who is compared when groups are looked for, and in which respects: those who buy, out of the snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from segue.app.segments.snapshot import Snapshot, Snapshots
from segue.domain.conditions import Compare
from segue.domain.rules import Rules
from segue.enrich.segments.sql import Known
from segue.errors import ConflictError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

FEWEST: Final = 100
"""Buyers that there must be: groups of fewer are chance."""

SAMPLED: Final = 40_000
"""Persons that groups are made of and measured on, half each."""

KINDS: Final = {"category_affinity": 10, "store_affinity": 5, "channel_affinity": 4}
"""Traits by something, and of how many of it the shares are compared: of the most common ones."""

SKEWED: Final = ("recency", "frequency", "monetary", "average_basket", "gap_between_purchases")
EVEN: Final = ("promotion_sensitivity", "price_sensitivity", "return_rate")
HABITS: Final = "habits"
BUYS: Final = Compare(("traits", "frequency"), ">=", 1)
"""Who is compared at all."""


class Feature(msgspec.Struct, frozen=True):
    """One respect in which persons are compared."""

    path: tuple[str, ...]
    title: str
    #: what it belongs to: the features of one family count as much as those of another
    family: str
    #: compared by its logarithm
    skewed: bool = False

    @property
    def name(self) -> str:
        """As conditions write it."""
        return ".".join(self.path)


class Buyers(NamedTuple):
    """A sample of those who buy: raw values (n, d), -1 where there is none, else 0 or more."""

    features: list[Feature]
    values: Matrix
    #: all of them
    total: int


class _Asked(NamedTuple):
    feature: Feature
    text: str
    values: dict[str, object] = {}


def buyers_of(snapshots: Snapshots, snapshot: Snapshot, rules: Rules) -> Buyers:
    """The sample, the same while the snapshot is; ConflictError when they are too few."""
    import numpy as np

    known = snapshots.known(snapshot, rules)
    frequency = known.fields.get(BUYS.path)
    buys = None if frequency is None else frequency.of("n")
    total = 0
    if buys is not None:
        [(total,)] = snapshots.select(snapshot, f"select count(*) from persons where {buys} >= 1")
    if total < FEWEST:
        raise ConflictError(
            f"{total} persons have bought in a year, too few to find groups among",
            cure=f"it takes {FEWEST}; orders of a year can be brought in with `segue import`",
        )
    asked = _asked(known, rules, lambda sql: snapshots.select(snapshot, sql), f"{buys} >= 1")
    rows = snapshots.select(
        snapshot,
        f"select {', '.join(f'coalesce({each.text}, -1)' for each in asked)} from persons "
        f"where {buys} >= 1 order by hash(person_id), person_id limit {SAMPLED}",
        {name: value for each in asked for name, value in each.values.items()},
    )
    return Buyers([each.feature for each in asked], np.array(rows, dtype=np.float64), total)


def _asked(known: Known, rules: Rules, select: Any, where: str) -> list[_Asked]:
    titles = {trait.name: trait.title or trait.name for trait in rules.traits}
    asked: list[_Asked] = []
    for name in (*SKEWED, *EVEN):
        field = known.fields.get(("traits", name))
        if field is not None and (column := field.of("n")):
            asked.append(_Asked(Feature(field.path, titles[name], HABITS, name in SKEWED), column))
    for name, most in KINDS.items():
        field = known.fields.get(("traits", name))
        if field is not None and (column := field.of("m")):
            asked += _shares(name, column, titles[name], _commonest(select, column, where, most))
    return asked


def _commonest(select: Any, column: str, where: str, most: int) -> list[str]:
    """What most is bought of, as far as conditions can speak of it."""
    entries = f"select unnest(map_entries({column})) as entry from persons where {where}"
    rows = select(
        f"select entry.key from ({entries}) group by 1 order by sum(entry.value) desc, 1 limit {most}"
    )
    return [key for (key,) in rows if key and not set(key) & set('."\\*')]


def _shares(name: str, column: str, title: str, keys: Sequence[str]) -> list[_Asked]:
    return [
        _Asked(
            Feature(("traits", name, key), f"{title}: {key}", name),
            f"map_extract_value({column}, ${name}{number})",
            {f"{name}{number}": key},
        )
        for number, key in enumerate(keys)
    ]


def points_of(buyers: Buyers) -> Matrix:
    """Standardised: skewed values by their logarithm, shares by their root, each family worth the same."""
    import numpy as np

    from segue.stats import clustering

    columns = []
    for column, feature in zip(buyers.values.T, buyers.features, strict=True):
        known = column[column >= 0]
        none = float(np.median(known)) if len(known) and feature.family == HABITS else 0.0
        there = np.where(column >= 0, column, none)
        columns.append(np.log1p(there) if feature.skewed else np.sqrt(there))
    families = [feature.family for feature in buyers.features]
    weights = np.array([1.0 / np.sqrt(families.count(family)) for family in families])
    return np.asarray(clustering.standardised(np.column_stack(columns)) * weights, dtype=np.float64)
