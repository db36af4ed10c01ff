"""Groups that nobody defined: found by the machine among those who buy, and told as conditions.

Persons are compared by how lately, how often and for how much they bought, and by what, where and how. The
groups are made of a sample; each is then told as a short condition that finds it again, measured on other
persons, so that it is adopted as an ordinary segment and needs no machine from there on.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from segue.app.segments.answers import Discovered, Discovery, Distinguishing, Score
from segue.app.segments.comparing import BUYS, Buyers, buyers_of, points_of
from segue.app.segments.preview import Previews
from segue.app.segments.taking import ensure
from segue.domain.conditions import All
from segue.domain.rules.conditions import condition_to_json
from segue.errors import InvalidInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.stats.clustering import Choice

NUMBERS: Final = tuple(range(2, 11))
"""Numbers of groups that are tried."""

SMALLEST: Final = 0.02
"""Of the buyers, the least that a group may be."""

DRAWS: Final = 10

CRITERION: Final = (
    "the number with the highest mean silhouette among those of which every group is found again in "
    "bootstrap samples (mean Jaccard at least 0.6) and holds at least 2 % of the buyers; where none is, "
    "the number whose weakest group is found again best"
)


def discover(
    previews: Previews,
    *,
    seed: int = 1,
    groups: int | None = None,
    taken: Collection[str] = (),
) -> Discovery:
    """The groups among those who buy, largest first; the same seed and snapshot give the same.

    Args:
        previews: what answers questions about everybody.
        seed: of whatever is drawn.
        groups: how many; None: the criterion decides.
        taken: names that suggestions must not have, besides those of the segments there are.

    Raises:
        ConflictError: there are too few buyers.
        InvalidInputError: a number of groups that is not tried.
    """
    from segue.stats import clustering

    begun = time.perf_counter()
    if groups is not None and not 2 <= groups <= 20:
        raise InvalidInputError(f"{groups} groups cannot be looked for", cure="ask for 2 to 20")
    ensure(previews.installation, previews.snapshots)
    rules = previews.installation.rules()
    snapshot, buyers = previews.snapshots.answered(
        lambda one: (one, buyers_of(previews.snapshots, one, rules))
    )
    points, half = points_of(buyers), (len(buyers.values) + 1) // 2
    found = clustering.cluster(
        points[:half],
        NUMBERS if groups is None else (groups,),
        seed,
        draws=DRAWS,
        smallest=max(2, int(SMALLEST * half)),
    )
    labels = found.labels(points)
    names = {*taken, *(segment.name for segment in rules.segments)}
    told = [
        _told(previews, buyers, _Group(labels == number, half, firm), names)
        for number, firm in enumerate(found.choice.stability)
    ]
    return Discovery(
        segments=sorted(told, key=lambda each: (-each.count, each.name)),
        chosen=found.choice.groups,
        criterion=CRITERION if groups is None else "the number that was asked for",
        scores=[_score(each) for each in found.scores],
        features=[feature.name for feature in buyers.features],
        persons=buyers.total,
        seed=seed,
        as_of=snapshot.as_of,
        took_ms=round((time.perf_counter() - begun) * 1_000),
    )


def _score(choice: Choice) -> Score:
    return Score(
        groups=choice.groups, silhouette=round(choice.silhouette, 4), stability=round(choice.weakest, 4)
    )


# ── one group in words ───────────────────────────────────────────────────────


class _Group(NamedTuple):
    #: who of the sample is in it
    inside: NDArray[np.bool_]
    #: rows of the sample that it is made of; the others measure it
    half: int
    stability: float


def _told(previews: Previews, buyers: Buyers, group: _Group, names: set[str]) -> Discovered:
    from segue.app.segments.telling import rule_of

    apart = _apart(buyers, group)
    rule, found = rule_of(buyers.features, buyers.values, group.inside, group.half)
    when = All((BUYS, *(rule.items if isinstance(rule, All) else (rule,))))
    count, of, _ = previews.count(when)
    tested, really = found[group.half :], group.inside[group.half :]
    both = float((tested & really).sum())
    title = _title(apart)
    return Discovered(
        name=_named(title, names),
        title=title,
        when=condition_to_json(when),
        count=count,
        share=count / of if of else 0.0,
        distinguishing=apart,
        stability=round(group.stability, 4),
        precision=round(both / max(1.0, float(tested.sum())), 4),
        recall=round(both / max(1.0, float(really.sum())), 4),
    )


def _apart(buyers: Buyers, group: _Group) -> list[Distinguishing]:
    """In what the group differs most from everybody else, at most five."""
    import numpy as np

    found = []
    for column, feature in zip(buyers.values.T, buyers.features, strict=True):
        values = (
            np.maximum(column, 0.0) if feature.family != "habits" else np.where(column < 0, np.nan, column)
        )
        scale = np.log1p(values) if feature.skewed else values
        spread = np.nanstd(scale)
        inside, outside = scale[group.inside], scale[~group.inside]
        if not spread > 0 or np.isnan(inside).all() or np.isnan(outside).all():
            continue
        found.append(
            Distinguishing(
                field=feature.name,
                title=feature.title,
                inside=round(float(np.nanmedian(values[group.inside])), 4),
                outside=round(float(np.nanmedian(values[~group.inside])), 4),
                effect=round(float((np.nanmean(inside) - np.nanmean(outside)) / spread), 2),
            )
        )
    return sorted(found, key=lambda each: (-abs(each.effect), each.field))[:5]


_MORE: Final = {
    "recency": ("Long gone", "Here lately"),
    "frequency": ("Often here", "Seldom here"),
    "monetary": ("Big spenders", "Small spenders"),
    "average_basket": ("Large baskets", "Small baskets"),
    "gap_between_purchases": ("Long between visits", "Short between visits"),
    "promotion_sensitivity": ("Buy on offer", "Need no offers"),
    "price_sensitivity": ("Look at the price", "Look past the price"),
    "return_rate": ("Return much", "Return little"),
}
"""What a trait that is higher, or lower, than others' is called."""


def _title(apart: Sequence[Distinguishing]) -> str:
    """Of the two strongest differences."""
    words: list[str] = []
    for each in apart:
        _, name, *key = each.field.split(".", 2)
        if key:
            word = f"much {key[0]}" if each.effect > 0 else f"little {key[0]}"
        else:
            word = _MORE[name][0 if each.effect > 0 else 1]
        words.append(word if words else word[:1].upper() + word[1:])
    return ", ".join(words[:2]) or "Everybody else"


def _named(title: str, names: set[str]) -> str:
    """A name for a segment, that no other has."""
    plain = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50].strip("_") or "group"
    plain = plain if plain[0].isalpha() else f"group_{plain}"
    name, number = plain, 1
    while name in names:
        number += 1
        name = f"{plain}_{number}"
    names.add(name)
    return name


__all__ = ["Discovery", "discover"]
