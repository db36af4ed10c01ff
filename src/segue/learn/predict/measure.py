"""How good a fitted predict is on the windows that were held out, beside yardsticks on the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.features.localtime import DAY
from segue.learn.knowledge import Knowledge
from segue.learn.model import Bin, Contest, Metric
from segue.learn.predict import categories
from segue.learn.predict.fitted import Parts, curve_of, patience_of
from segue.learn.predict.plan import Cuts, Plan
from segue.learn.predict.rows import Outcome, Past, Rows
from segue.stats import metrics
from segue.stats.bootstrap import interval
from segue.stats.metrics import Weighed

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Better = Literal["higher", "lower", "zero"]
Beside = tuple[str | None, float | None]
"""A yardstick and its figure."""

ROUNDS = 400
BINS = 10
LEVEL = 0.8

LIMITS = (
    "a chance speaks of customers like this one, not of a promise: of ten with 30 %, three will come",
    "what changes for everybody at once (a new store, a closed one, a campaign) is not foreseen",
    "who has bought only once or twice is told mostly by what others did after their first orders",
)


@dataclass(frozen=True, eq=False)
class Held:
    """One horizon's held-out rows."""

    cut: Cuts
    rows: Rows
    outcome: Outcome


def measured(
    parts: Parts, past: Past, planned: Plan, held: dict[int, Held] | None = None
) -> tuple[list[Metric], list[Bin]]:
    """The card's metrics, first the one that decides, and calibration bins."""
    held = held or held_out(parts, past, planned)
    found: list[Metric] = []
    bins: list[Bin] = []
    for days in sorted(parts.heads, key=lambda days: (days != parts.main, days)):
        each = held[days]
        name = f"buys_{days}d" if days <= 30 else f"churn_{days}d"
        chance = parts.heads[days].chance(each.rows.values)
        truth = each.outcome.within(days)
        yardsticks = _yardsticks(each, parts, past)
        if days > 30:
            chance, truth = 1 - chance, ~truth
            yardsticks = {who: 1 - said for who, said in yardsticks.items()}
        found += _yes_or_no(name, truth, chance, yardsticks, parts.seed)
        bins += _bins(name, truth, chance)
    more = held[parts.long]
    for metric, some in (_churn(parts, more), _categories(parts, past, held)):
        found += metric
        bins += some
    return [*found, *_next_visit(parts, more), *_spend(parts, more)], bins


def contested(
    new: Parts, old: Parts, known: Knowledge, planned: Callable[[Knowledge, tuple[int, ...]], Plan]
) -> Contest | None:
    """AUC of the horizon that decides, of both, on the customers of its held-out window."""
    days = new.main
    if days not in old.heads:
        return None
    cut = planned(known, (days,)).cuts[0]
    said = []
    for parts in (new, old):
        held = _held(parts, Past(known, new.seed), cut)
        said.append((parts.heads[days].chance(held.rows.values), held.outcome.within(days)))
    (one, truth), (other, _) = said
    if days > 30:
        one, other, truth = 1 - one, 1 - other, ~truth
    return Contest(
        metric="auc", of=f"buys_{days}d" if days <= 30 else f"churn_{days}d", better="higher",
        rows=len(truth), new=metrics.weighed_auc(truth, one), old=metrics.weighed_auc(truth, other),
    )  # fmt: skip


def held_out(parts: Parts, past: Past, planned: Plan) -> dict[int, Held]:
    """The held-out rows of each horizon."""
    return {cut.days: _held(parts, past, cut) for cut in planned.cuts}


def _held(parts: Parts, past: Past, cut: Cuts) -> Held:
    rows = past.rows(cut.measuring, parts.names, parts.like)
    return Held(cut, rows, past.outcome(cut.measuring, cut.days, rows.person))


def _yardsticks(each: Held, parts: Parts, past: Past) -> dict[str, Floats]:
    """The law alone, and a logistic regression on recency and frequency fitted at the calibrating cut-off."""
    days = each.cut.days
    law = parts.like.visits
    name = f"{'M' if law.modified else ''}BG/{'NBD' if law.k == 1 else f'CNBD-{law.k}'}"
    found = {name: np.nan_to_num(each.rows.column(parts.names, f"law_{days}"))}
    earlier = past.rows(each.cut.calibrating, parts.names, parts.like)
    truth = past.outcome(each.cut.calibrating, days, earlier.person).within(days)
    if truth.any() and not truth.all():
        found["logistic regression on recency and frequency"] = _recency_frequency(earlier, truth, each.rows)
    return found


def _recency_frequency(earlier: Rows, truth: Truth, rows: Rows) -> Floats:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    def table(some: Rows) -> Floats:
        each = some.times.summary.customers
        plain = np.stack([(each.age - each.recency)[some.person], each.frequency[some.person]], axis=1)
        return np.hstack([plain, np.log1p(plain)])

    scaler = StandardScaler().fit(table(earlier))
    model = LogisticRegression(max_iter=500).fit(scaler.transform(table(earlier)), truth)
    return np.asarray(model.predict_proba(scaler.transform(table(rows)))[:, 1], np.float64)


def _yes_or_no(
    name: str, truth: Truth, chance: Floats, yardsticks: dict[str, Floats], seed: int
) -> Iterator[Metric]:
    """AUC, Brier and calibration error, each beside the best yardstick."""
    rows = len(truth)
    figures: tuple[tuple[str, Weighed, Better, Callable[[Truth, Floats], float]], ...] = (
        ("auc", metrics.weighed_auc(truth, chance), "higher", metrics.auc),
        ("brier", metrics.weighed_mean(metrics.brier_rows(truth, chance)), "lower", metrics.brier),
        ("ece", metrics.weighed_ece(truth, chance), "lower", metrics.ece),
    )
    for figure, weighed, better, measure in figures:
        values = {who: measure(truth, said) for who, said in yardsticks.items()}
        beside = _best({who: value for who, value in values.items() if not np.isnan(value)}, better)
        yield _metric(figure, weighed, rows, of=name, seed=seed, better=better, beside=beside)


def _best(values: dict[str, float], better: Better) -> Beside:
    if not values:
        return None, None
    who = min(values, key=lambda each: -values[each] if better == "higher" else values[each])
    return who, values[who]


def _metric(
    figure: str,
    weighed: Weighed,
    rows: int,
    *,
    of: str,
    seed: int,
    better: Better,
    beside: Beside = (None, None),
) -> Metric:
    found = interval(weighed, rows, seed=seed, rounds=ROUNDS)
    return Metric(
        name=figure,
        value=found.value,
        low=None if np.isnan(found.low) else found.low,
        high=None if np.isnan(found.high) else found.high,
        better=better,
        yardstick=beside[0],
        yardstick_value=beside[1],
        of=of,
        rows=rows,
    )


def _bins(name: str, truth: Truth, chance: Floats) -> list[Bin]:
    predicted, observed, rows = metrics.calibration(truth, chance, BINS)
    return [
        Bin(predicted=float(p), observed=float(o), rows=int(n), of=name)
        for p, o, n in zip(predicted, observed, rows, strict=True)
    ]


def _churn(parts: Parts, held: Held) -> tuple[list[Metric], list[Bin]]:
    """Staying away for three usual gaps; the law is asked the same."""
    values = held.rows.values
    patience = patience_of(values, parts.names, parts.long)
    chance = parts.churn.apply(curve_of(parts.heads, values).away(patience))[0]
    truth = ~held.outcome.within(patience)
    overdue = np.nan_to_num(held.rows.column(parts.names, "overdue")) if "overdue" in parts.names else chance
    found = list(_yes_or_no("churn", truth, chance, {}, parts.seed))
    name = "days since the last order beside the usual gap"
    found[0] = msgspec.structs.replace(found[0], yardstick=name, yardstick_value=metrics.auc(truth, overdue))
    return found, _bins("churn", truth, chance)


def _categories(parts: Parts, past: Past, held: dict[int, Held]) -> tuple[list[Metric], list[Bin]]:
    """All categories' rows together; her own steady rate in the category is the yardstick."""
    if parts.category is None or categories.DAYS not in held:
        return [], []
    each = held[categories.DAYS]
    at, persons = each.cut.measuring, each.rows.person
    visit = parts.heads[categories.DAYS].chance(each.rows.values)
    table = categories.stacked(each.rows, parts.categories, visit)
    chance = np.minimum(parts.category.chance(table), np.tile(visit, len(parts.categories)))
    bought, until = past.known.purchases(), at + categories.DAYS * DAY
    truth = np.concatenate(
        [categories.outcome(bought, name, at, until, persons) for name in parts.categories]
    )
    name = f"buys_{categories.DAYS}d.*"
    own = {"her own rate in the category": table[:, 0].astype(np.float64)}
    return list(_yes_or_no(name, truth, chance, own, parts.seed)), _bins(name, truth, chance)


def _next_visit(parts: Parts, held: Held) -> list[Metric]:
    """Days until the next order, both counted no further than the horizon."""
    values = held.rows.values
    curve = curve_of(parts.heads, values)
    true = np.minimum(held.outcome.next_order, parts.long)
    said = np.minimum(curve.day(0.5), parts.long)
    usual = held.rows.column(parts.names, "gap_median") if "gap_median" in parts.names else said
    naive = np.minimum(np.where(np.isnan(usual), parts.long, usual), parts.long)
    inside = (true >= np.minimum(curve.day(0.1), parts.long)) & (true <= curve.day(0.9) + 1)
    days = metrics.weighed_mean(np.abs(said - true))
    covers = _less(metrics.weighed_mean(inside), LEVEL)
    seed, beside = parts.seed, ("her usual gap", metrics.mae(true, naive))
    return [
        _metric("mae", days, len(true), of="next_visit", seed=seed, better="lower", beside=beside),
        _metric("coverage_off_80", covers, len(true), of="next_visit", seed=seed, better="zero"),
    ]


def _spend(parts: Parts, held: Held) -> list[Metric]:
    name, true, values = f"spend_{parts.long}d", held.outcome.amount, held.rows.values
    chance = parts.heads[parts.long].chance(values)
    given_any = parts.amounts.given_any(values)
    said = chance * given_any
    low, high = parts.amounts.bounds(chance, given_any)
    times = held.rows.times
    by_law = (times.visits(parts.long) * times.worth())[held.rows.person]
    inside = (true >= low) & (true <= high)
    figures: tuple[tuple[str, Weighed, Better, float | None], ...] = (
        ("mae", metrics.weighed_mean(np.abs(said - true)), "lower", metrics.mae(true, by_law)),
        ("correlation", metrics.weighed_correlation(true, said), "higher", metrics.correlation(true, by_law)),
        ("bias", metrics.weighed_bias(true, said), "zero", metrics.bias(true, by_law)),
        ("coverage_off_80", _less(metrics.weighed_mean(inside), LEVEL), "zero", None),
    )
    return [
        _metric(
            figure, weighed, len(true), of=name, seed=parts.seed, better=better,
            beside=(None, None) if other is None else ("buy-till-you-die with gamma-gamma", other),
        )
        for figure, weighed, better, other in figures
    ]  # fmt: skip


def _less(figure: Weighed, by: float) -> Weighed:
    return lambda weights: figure(weights) - by
