"""Groups that nobody defined: found by the machine among those who buy, and told as conditions.

Persons are compared by how lately, how often and for how much they bought, and by what, where and how. The
groups are made of a sample; each is then told as a short condition that finds it again, measured on other
persons, so that it is adopted as an ordinary segment and needs no machine from there on.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from segue.app.segments.answers import Discovered, Discovery, Distinguishing, Score
from segue.app.segments.bygone import bygone, moment_of
from segue.app.segments.comparing import BUYS, Buyers, Feature, Ground, buyers_of, points_of
from segue.app.segments.preview import Previews
from segue.app.segments.snapshot import Snapshot
from segue.app.segments.taking import ensure
from segue.domain.conditions import All
from segue.domain.order import rfc3339
from segue.domain.rules import Rules
from segue.domain.rules.conditions import condition_to_json
from segue.errors import InvalidInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.stats.clustering import Choice

NUMBERS: Final = tuple(range(2, 11))
"""Numbers of groups that are tried."""

NOTE: Final = (
    "Hardly anybody who ever bought has done so within a year from now, so groups are as of {day}, the day "
    "of the last orders: counts are of that day, and `present` says whom the condition finds today."
)

SMALLEST: Final = 0.02
"""Of the buyers, the least that a group may be."""

DRAWS: Final = 10

CRITERION: Final = (
    "the most groups that are firm and clear: every one is found again in bootstrap samples (mean Jaccard "
    "at least 0.6) and holds at least 2 % of the buyers, and the silhouette is at most 0.1 below "
    "the best such; where none are firm, the number whose weakest group is found again best"
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
    seen: _Seen = previews.snapshots.answered(lambda one: _seen(previews, one, rules))
    points, half = points_of(seen.buyers), (len(seen.buyers.values) + 1) // 2
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
        _told(previews, seen, _Group(labels == number, half, firm), names)
        for number, firm in enumerate(found.choice.stability)
    ]
    return Discovery(
        segments=sorted(told, key=lambda each: (-each.count, each.name)),
        chosen=found.choice.groups,
        criterion=CRITERION if groups is None else "the number that was asked for",
        scores=[_score(each) for each in found.scores],
        features=[feature.name for feature in seen.buyers.features],
        persons=seen.buyers.total,
        seed=seed,
        as_of=rfc3339(seen.at),
        moment="present" if seen.present else "last_orders",
        note="" if seen.present else NOTE.format(day=rfc3339(seen.at)[:10]),
        took_ms=round((time.perf_counter() - begun) * 1_000),
    )


def _score(choice: Choice) -> Score:
    return Score(
        groups=choice.groups,
        silhouette=round(choice.silhouette, 4),
        stability=round(choice.weakest, 4),
        agreement=round(choice.agreement, 4),
    )


# ── of which moment ──────────────────────────────────────────────────────────


class _Seen(NamedTuple):
    buyers: Buyers
    #: microseconds
    at: int
    #: it is the moment of the snapshot
    present: bool


def _seen(previews: Previews, snapshot: Snapshot, rules: Rules) -> _Seen:
    """Those who buy now; where hardly anybody does, those who did when the last orders were placed."""
    snapshots = previews.snapshots
    ground = Ground(
        snapshots.known(snapshot, rules).fields, lambda sql, values: snapshots.select(snapshot, sql, values)
    )
    at = moment_of(ground, rules, snapshot.about.as_of)
    if at is None:
        return _Seen(buyers_of(ground, rules), snapshot.about.as_of, True)
    key = snapshot.name, rules.version, at, len(snapshot.hidden.fragments)
    buyers = previews.bygone.get(key)
    if buyers is None:
        with bygone(previews.installation, rules, ground, at) as then:
            buyers = buyers_of(then, rules)
        previews.bygone.clear()
        previews.bygone[key] = buyers
    return _Seen(buyers, at, False)


# ── one group in words ───────────────────────────────────────────────────────


class _Group(NamedTuple):
    #: who of the sample is in it
    inside: NDArray[np.bool_]
    #: rows of the sample that it is made of; the others measure it
    half: int
    stability: float


def _told(previews: Previews, seen: _Seen, group: _Group, names: set[str]) -> Discovered:
    from segue.app.segments.telling import rule_of, title_of

    buyers = seen.buyers
    apart = _apart(buyers, group)
    rule, found = rule_of(buyers.features, buyers.values, group.inside, group.half)
    when = All((BUYS, *(rule.items if isinstance(rule, All) else (rule,))))
    present, of, _ = previews.count(when)
    count = present if seen.present else round(float(found.mean()) * buyers.total)
    tested, really = found[group.half :], group.inside[group.half :]
    both = float((tested & really).sum())
    title = title_of(apart)
    return Discovered(
        name=_named(title, names),
        title=title,
        when=condition_to_json(when),
        count=count,
        share=count / of if of else 0.0,
        present=present,
        distinguishing=[each for each, _ in apart],
        stability=round(group.stability, 4),
        precision=round(both / max(1.0, float(tested.sum())), 4),
        recall=round(both / max(1.0, float(really.sum())), 4),
    )


def _apart(buyers: Buyers, group: _Group) -> list[tuple[Distinguishing, Feature]]:
    """In what the group differs most from everybody else, at most five."""
    import numpy as np

    found = []
    for column, feature in zip(buyers.values.T, buyers.features, strict=True):
        values = np.maximum(column, 0.0) if feature.of else np.where(column < 0, np.nan, column)
        scale = np.log1p(values) if feature.skewed else values
        spread = np.nanstd(scale)
        inside, outside = scale[group.inside], scale[~group.inside]
        if not spread > 0 or np.isnan(inside).all() or np.isnan(outside).all():
            continue
        # of a share the mean: most people buy none of most things
        middle = np.nanmean if feature.of else np.nanmedian
        told = Distinguishing(
            field=feature.name,
            title=feature.title,
            inside=round(float(middle(values[group.inside])), 4),
            outside=round(float(middle(values[~group.inside])), 4),
            effect=round(float((np.nanmean(inside) - np.nanmean(outside)) / spread), 2),
        )
        found.append((told, feature))
    return sorted(found, key=lambda each: (-abs(each[0].effect), each[0].field))[:5]


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
