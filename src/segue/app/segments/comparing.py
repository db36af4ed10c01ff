"""Who is compared when groups are looked for, and in which respects: those who buy, of a moment.

The moment is that of the snapshot; or, where hardly anybody who ever bought has done so within a year of it,
that of the last orders, from the lake (:mod:`segue.app.segments.bygone`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from segue.domain.conditions import Compare
from segue.domain.rules import Rules
from segue.domain.traits import Trait
from segue.enrich.segments.columns import Field, Path
from segue.errors import ConflictError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

FEWEST: Final = 100
"""Buyers that there must be: groups of fewer are chance."""

SAMPLED: Final = 40_000
"""Persons that groups are made of and measured on, half each."""

RFM: Final = ("recency", "frequency", "monetary")
MANNER: Final = ("average_basket", "promotion_sensitivity", "price_sensitivity", "return_rate")
SKEWED: Final = (*RFM, "average_basket")

FAMILIES: Final = {"rfm": (3, 1.0), "tastes": (3, 1.0), "manner": (2, 0.5), "occasions": (2, 0.5)}
"""Of what is alike, in how many principal components it is compared, and how much it counts.

So many rare categories do not drown what tells people apart, and what she buys counts as much as how much.
"""

MOST: Final = {"store": 5, "channel": 4, "daypart": 6, "department": 12}
"""Of how many stores and such the shares are compared: of the most common ones."""
OTHERS: Final = 40

BUYS: Final = Compare(("traits", "frequency"), ">=", 1)
"""Who is compared at all."""


class Feature(msgspec.Struct, frozen=True):
    """One respect in which persons are compared."""

    path: tuple[str, ...]
    title: str
    #: what it is alike with, see :data:`FAMILIES`
    family: str
    #: compared by its logarithm
    skewed: bool = False
    #: what a share is of: ``category``, ``store`` and such; empty for what is no share
    of: str = ""

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


class Ground(NamedTuple):
    """A table ``persons`` of a moment, and the columns in which their traits lie."""

    fields: Mapping[Path, Field]
    select: Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]
    #: persons that one row stands for: 1, or more where the table is a sample
    each: float = 1.0

    def number(self, name: str) -> str | None:
        """The column of a trait that is a number."""
        field = self.fields.get(("traits", name))
        return None if field is None else field.of("n")


def buyers_of(ground: Ground, rules: Rules) -> Buyers:
    """The sample, the same while the table is; ConflictError when they are too few."""
    import numpy as np

    buys = ground.number("frequency")
    total = 0
    if buys is not None:
        [(total,)] = ground.select(f"select count(*) from persons where {buys} >= 1", {})
    if total < FEWEST:
        raise too_few(total)
    asked = _asked(ground, rules, f"{buys} >= 1")
    rows = ground.select(
        f"select {', '.join(f'coalesce({each.text}, -1)' for each in asked)} from persons "
        f"where {buys} >= 1 order by hash(person_id), person_id limit {SAMPLED}",
        {name: value for each in asked for name, value in each.values.items()},
    )
    features = [each.feature for each in asked]
    return Buyers(features, np.array(rows, dtype=np.float64), round(total * ground.each))


def too_few(persons: int) -> ConflictError:
    """The error that says so."""
    return ConflictError(
        f"{persons} persons have bought in a year, too few to find groups among",
        cure=f"it takes {FEWEST}; orders of a year can be brought in with `segue import`",
    )


def wanted(rules: Rules) -> list[Trait]:
    """The traits by which persons are compared: built in, and each share by something."""
    named = {*RFM, *MANNER}
    return [each for each in rules.traits if each.name in named or (each.how == "share" and each.by)]


class _Asked(NamedTuple):
    feature: Feature
    text: str
    values: dict[str, object] = {}


def _asked(ground: Ground, rules: Rules, where: str) -> list[_Asked]:
    asked: list[_Asked] = []
    for number, trait in enumerate(wanted(rules)):
        field = ground.fields.get(("traits", trait.name))
        if field is None:
            continue
        if trait.by is not None and (column := field.of("m")):
            asked += _shares(trait, column, f"k{number}_", _commonest(ground, column, where, trait))
        elif trait.by is None and (column := field.of("n")):
            family = "rfm" if trait.name in RFM else "manner"
            title = trait.title or trait.name
            asked.append(_Asked(Feature(field.path, title, family, trait.name in SKEWED), column))
    return asked


def _commonest(ground: Ground, column: str, where: str, trait: Trait) -> list[str]:
    """What most is bought of, as far as conditions can speak of it."""
    assert trait.by is not None
    entries = f"select unnest(map_entries({column})) as entry from persons where {where}"
    rows = ground.select(
        f"select entry.key from ({entries}) group by 1 "
        f"order by sum(entry.value) desc, 1 limit {MOST.get(trait.by[-1], OTHERS)}",
        {},
    )
    return [key for (key,) in rows if key and not set(key) & set('."\\*')]


def _shares(trait: Trait, column: str, prefix: str, keys: Sequence[str]) -> list[_Asked]:
    assert trait.by is not None
    family, of = ("tastes" if trait.by[0] == "products" else "occasions"), trait.by[-1]
    title = trait.title or trait.name
    return [
        _Asked(
            Feature(("traits", trait.name, key), f"{title}: {key}", family, of=of),
            f"map_extract_value({column}, ${prefix}{number})",
            {f"{prefix}{number}": key},
        )
        for number, key in enumerate(keys)
    ]


def points_of(buyers: Buyers) -> Matrix:
    """Where each person lies: of each family its principal components, together as long as it counts.

    Skewed values go by their logarithm, shares by their root; the outermost hundredth is drawn in.
    """
    import numpy as np

    from segue.stats import clustering

    families: dict[str, list[Matrix]] = {}
    for column, feature in zip(buyers.values.T, buyers.features, strict=True):
        known = column[column >= 0]
        none = float(np.median(known)) if len(known) and not feature.of else 0.0
        there = np.where(column >= 0, column, none)
        scaled = np.log1p(there) if feature.skewed else np.sqrt(there)
        drawn = np.clip(scaled, *np.quantile(scaled, (0.01, 0.99))) if not feature.of else scaled
        families.setdefault(feature.family, []).append(drawn)
    parts = []
    for family, columns in families.items():
        together = np.column_stack(columns)
        alike = together if family in {"tastes", "occasions"} else clustering.standardised(together)
        components, weight = FAMILIES[family]
        parts.append(weight * clustering.principal(alike, components))
    return np.asarray(np.column_stack(parts), dtype=np.float64)
