"""What the card of a model of intent says, measured on visits it was not fitted on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from segue.learn.intent.features import FEATURES, NAMES
from segue.learn.intent.learner import gain_shares
from segue.learn.intent.scoring import Judge
from segue.learn.model import Bin, Contest, Metric, Weight
from segue.learn.value import Figure, permuted
from segue.stats import bootstrap
from segue.stats import metrics as stats

if TYPE_CHECKING:
    from segue.learn.intent.model import Table

Floats = NDArray[np.float64]

ROWS: Final = 20_000
"""Rows that metrics are measured on: the latest; more only take longer."""
_ROUNDS: Final = 200
YARDSTICK: Final = "logistic regression on the same features"


def metrics(judge: Judge, table: Table, earlier: Table, *, seed: int) -> list[Metric]:
    """AUC, calibration error and Brier score of both questions; the yardstick is fitted on ``earlier``."""
    found: list[Metric] = []
    for name, rows, before in _questions(judge, table, earlier):
        truth = rows[1]
        if not 0 < truth.sum() < len(truth):
            continue
        yardstick = _logistic(*before, rows_of(name, table))
        found += _of_one(name, rows, yardstick, seed)
    return found


def contested(new: tuple[Judge, Table], old: tuple[Judge, Table]) -> Contest | None:
    """AUC of will_buy of both on the same beginnings of visits; whole visits belong together."""
    (judge, table), (other, same) = new, old
    mask = table.open
    truth, visit = table.buys[mask][-ROWS:].astype(np.float64), table.visit[mask][-ROWS:]
    if not 0 < truth.sum() < len(truth):
        return None
    one = judge.will_buy.chances(rows_of("will_buy", table))
    two = other.will_buy.chances(rows_of("will_buy", same))
    return Contest(
        metric="auc", of="will_buy", better="higher", rows=len(truth), groups=visit,
        new=stats.weighed_auc(truth, one), old=stats.weighed_auc(truth, two),
    )  # fmt: skip


def rows_of(name: str, table: Table) -> Floats:
    """The rows that a question is asked of, the latest."""
    mask = table.open if name == "will_buy" else table.filled
    return table.rows[mask][-ROWS:]


def _questions(
    judge: Judge, table: Table, earlier: Table
) -> list[tuple[str, tuple[Any, Any, Any], tuple[Any, Any]]]:
    asked = []
    for name, scorer in (("will_buy", judge.will_buy), ("leaves_cart", judge.leaves_cart)):
        if scorer is None:
            continue
        parts = []
        for each in (table, earlier):
            mask = each.open if name == "will_buy" else each.filled
            truth = (each.buys if name == "will_buy" else each.leaves)[mask][-ROWS:].astype(np.float64)
            parts.append((rows_of(name, each), truth, each.visit[mask][-ROWS:]))
        (rows, truth, visit), (before, before_truth, _) = parts
        asked.append((name, (scorer.chances(rows), truth, visit), (before, before_truth)))
    return asked


def _of_one(
    name: str, scored: tuple[Floats, Floats, NDArray[Any]], yardstick: Floats | None, seed: int
) -> list[Metric]:
    chances, truth, visit = scored
    found = []
    measures = (
        ("auc", stats.auc, stats.weighed_auc, "higher"),
        ("ece", stats.ece, stats.weighed_ece, "lower"),
        ("brier", stats.brier, lambda t, p: stats.weighed_mean(stats.brier_rows(t, p)), "lower"),
    )
    for what, figure, weighed, better in measures:
        bounds = bootstrap.interval(
            weighed(truth, chances), len(truth), seed=seed, rounds=_ROUNDS, groups=visit
        )
        found.append(
            Metric(
                name=what,
                value=bounds.value,
                low=bounds.low,
                high=bounds.high,
                better="higher" if better == "higher" else "lower",
                of=name,
                rows=len(truth),
                yardstick=None if yardstick is None else YARDSTICK,
                yardstick_value=None if yardstick is None else figure(truth, yardstick),
            )
        )
    return found


def _logistic(rows: Floats, truth: Floats, asked: Floats) -> Floats | None:
    """Chances by logistic regression, None where it cannot be fitted."""
    if not 0 < truth.sum() < len(truth):
        return None
    from sklearn.linear_model import LogisticRegression

    mean = np.nanmean(np.where(np.isfinite(rows), rows, np.nan), axis=0, where=np.isfinite(rows))
    mean = np.nan_to_num(mean)
    filled = np.where(np.isfinite(rows), rows, mean)
    spread = np.maximum(filled.std(axis=0), 1e-9)
    wanted = np.where(np.isfinite(asked), asked, mean)
    fitted = LogisticRegression(max_iter=300).fit((filled - mean) / spread, truth)
    return np.asarray(fitted.predict_proba((wanted - mean) / spread)[:, 1], np.float64)


def calibration_points(judge: Judge, table: Table) -> list[Bin]:
    """The calibration plot of both questions."""
    points = []
    for name, (chances, truth, _), _before in _questions(judge, table, table):
        for predicted, observed, rows in zip(*stats.calibration(truth, chances), strict=True):
            points.append(Bin(predicted=float(predicted), observed=float(observed), rows=int(rows), of=name))
    return points


def importance(judge: Judge) -> list[Weight]:
    """What matters to both questions, most first."""
    found = []
    for name, scorer in (("will_buy", judge.will_buy), ("leaves_cart", judge.leaves_cart)):
        if scorer is None:
            continue
        shares = gain_shares(scorer.trees)
        order = sorted(shares, key=lambda each: (-shares[each], each))[:20]
        found += [Weight(name=each, title=TITLES[each], value=shares[each], of=name) for each in order]
    return found


GROUPS: Final = {
    "what she does, step by step": (
        "steps", "pages", "lists", "searches", "products", "offers", "last_kind", "exit_rate", "exit_mean",
    ),
    "when each step happens": (
        "seconds", "page_seconds", "list_seconds", "product_seconds", "seconds_a_step", "last_seconds",
    ),
    "the cart": (
        "adds", "removals", "cart_views", "cart_pieces", "cart_value", "cart_age", "steps_since_added",
        "cart_seconds",
    ),
    "steps of the checkout and orders": ("checkout_steps", "orders"),
    "categories of the products looked at": ("categories", "focus"),
    "prices of the products looked at": ("price", "price_to_own", "price_to_usual", "price_to_category"),
    "hour and weekday": ("hour", "weekday", "weekend"),
    "device and app": ("device", "app"),
    "where she came from": ("origin",),
    "her earlier visits": ("visits_before", "bought_before", "days_away"),
}  # fmt: skip
"""Source → its columns: what data value is told by. Each column is in one of them."""

_VALUED: Final = 4_000
_REPEATS: Final = 2


def value_of_data(judge: Judge, table: Table, *, seed: int) -> list[Weight]:
    """What the AUC of each question loses when a source is shuffled between the held-out beginnings."""
    found = []
    for name, (_, every_truth, every_visit), _before in _questions(judge, table, table):
        truth, visit = every_truth[-_VALUED:], every_visit[-_VALUED:]
        rows = rows_of(name, table)[-_VALUED:]
        scorer = judge.will_buy if name == "will_buy" else judge.leaves_cart
        if scorer is None or not 0 < truth.sum() < len(truth):
            continue
        groups = {title: [NAMES.index(each) for each in names] for title, names in GROUPS.items()}
        figure = Figure("auc", partial(stats.weighed_auc, truth), len(truth), persons=visit.tolist())
        found += permuted(scorer.chances, rows, groups, figure, seed=seed, of=name, repeats=_REPEATS)
    return found


TITLES: Final = {feature.name: feature.name.replace("_", " ") for feature in FEATURES}
