"""Lookalikes: half of the households that redeemed a coupon are shown, the other half has to be found.

Complete Journey, the whole year, 20 seeded splits. Nothing of coupons is among the columns, for nobody: no
redemptions, no coupon discounts, no coupon products, no campaigns. What was chosen (trees, weights, C) was
chosen on every second household alone with splits of its own; this script looks at all, and at the others
apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench import journey as published
from bench.report import Figure, run
from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.lookalike.ranking import centre_likeness, rank_by_likeness
from segue.learn.lookalike.space import GROUPS, Placed, learn_space
from segue.stats.bootstrap import Interval, mean_interval, paired_means

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ranking = Callable[[Placed, Ints, int], Floats]

SPLITS = 20
DEPTH = 0.1
ROUNDS = 2000
HERE = tuple(group for group in GROUPS if group not in {"campaign", "browsing"})


def measure(quick: bool) -> list[Figure]:
    """One figure: lift at 10 % of ours and of the rivals."""
    placed, redeemed = _households()
    splits = 3 if quick else SPLITS
    found = {name: _hits(rank, placed, redeemed, splits) for name, rank in RANKINGS.items()}
    odd = np.arange(len(placed)) % 2 == 1
    held = _only(placed, odd)
    held_found = {name: _hits(rank, held, redeemed[odd], splits) for name, rank in RANKINGS.items()}
    return [_figure(found, held_found, splits, int(redeemed.sum()))]


def _households() -> tuple[Placed, NDArray[np.bool_]]:
    """Everybody at the end of the year in the space, and who redeemed."""
    lines, products = published.read("transactions"), published.read("products")
    kinds = np.array([str(each).startswith("COUPON") for each in products["product_category"]])
    rows = ~np.isin(lines["product_id"], products["product_id"][kinds])
    source = given(
        {
            "person": lines["household_id"][rows],
            "order": lines["basket_id"][rows],
            "time": lines["transaction_timestamp"][rows],
            "sku": lines["product_id"][rows],
            "pieces": lines["quantity"][rows],
            "amount": lines["sales_value"][rows],
            "discount": lines["retail_disc"][rows],
            "store": lines["store_id"][rows],
        },
        published._catalogue(products, np.unique(lines["product_id"][rows])),  # noqa: SLF001
        segments={"redeemers": np.unique(published.read("coupon_redemptions")["household_id"])},
    )
    known = Knowledge(source, int(source.everything.time.max()) + 1)
    placed = learn_space(known, known.until, groups=HERE).place(known, known.until)
    return placed, np.isin(placed.person, known.segment("redeemers"))


def _only(placed: Placed, rows: NDArray[np.bool_]) -> Placed:
    return replace(
        placed,
        person=placed.person[rows],
        values=placed.values[rows],
        even=placed.even[rows],
        words=placed.words[np.flatnonzero(rows)],
    )


def _hits(rank: Ranking, placed: Placed, redeemed: NDArray[np.bool_], splits: int) -> Floats:
    """Of each redeemer, how often she stood in the first tenth when hidden, ÷ a tenth."""
    members = np.flatnonzero(redeemed)
    hits, hidden = np.zeros(len(placed)), np.zeros(len(placed))
    for split in range(splits):
        random = np.random.default_rng(10_000 + split)
        seeds = np.sort(random.choice(members, len(members) // 2, replace=False))
        score = rank(placed, seeds, split)
        others = np.setdiff1d(np.arange(len(placed)), seeds)
        first = others[np.argsort(-score[others], kind="stable")[: round(DEPTH * len(others))]]
        sought = np.setdiff1d(members, seeds)
        hidden[sought] += 1
        hits[sought] += np.isin(sought, first) * (len(others) / len(first))
    return hits[members] / np.maximum(hidden[members], 1)


def _ours(placed: Placed, seeds: Ints, split: int) -> Floats:
    return rank_by_likeness(placed, seeds, seed=split).score


def _cosine(placed: Placed, seeds: Ints, split: int) -> Floats:
    return centre_likeness(placed.even, seeds)


def _cosine_names(placed: Placed, seeds: Ints, split: int) -> Floats:
    centre = np.asarray(placed.words[seeds].mean(axis=0)).ravel()
    return np.asarray(placed.words @ centre).ravel()


def _logistic(placed: Placed, seeds: Ints, split: int) -> Floats:
    """On features and embedding, its C chosen by cross-validation within the split."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    truth = np.zeros(len(placed))
    truth[seeds] = 1

    def by_cross_validation(strength: float) -> float:
        model = LogisticRegression(C=strength, max_iter=500)
        return float(np.mean(cross_val_score(model, placed.even, truth, cv=5, scoring="roc_auc")))

    best = max((0.0003, 0.001, 0.003, 0.01, 0.1, 1.0), key=by_cross_validation)
    fitted = LogisticRegression(C=best, max_iter=500).fit(placed.even, truth)
    return np.asarray(fitted.decision_function(placed.even))


def _logistic_plain(placed: Placed, seeds: Ints, split: int) -> Floats:
    """On the same columns, as the library comes."""
    from sklearn.linear_model import LogisticRegression

    truth = np.zeros(len(placed))
    truth[seeds] = 1
    return np.asarray(
        LogisticRegression(max_iter=2000).fit(placed.even, truth).decision_function(placed.even)
    )


def _logistic_names(placed: Placed, seeds: Ints, split: int) -> Floats:
    """On TF-IDF of product names alone: one of our own three opinions."""
    from sklearn.linear_model import LogisticRegression

    truth = np.zeros(len(placed))
    truth[seeds] = 1
    fitted = LogisticRegression(max_iter=2000).fit(placed.words, truth)
    return np.asarray(fitted.decision_function(placed.words))


OURS = "Segue"
COSINES = ("cosine to the centre", "cosine to the centre, product names")
LOGISTICS = ("logistic regression", "logistic regression, C = 1", "logistic regression, product names")
RANKINGS: dict[str, Ranking] = {
    OURS: _ours,
    COSINES[0]: _cosine,
    COSINES[1]: _cosine_names,
    LOGISTICS[0]: _logistic,
    LOGISTICS[1]: _logistic_plain,
    LOGISTICS[2]: _logistic_names,
}


def _figure(found: dict[str, Floats], held: dict[str, Floats], splits: int, redeemers: int) -> Figure:
    lifts = {name: mean_interval(hits, seed=1, rounds=ROUNDS) for name, hits in found.items()}
    gains = {
        name: paired_means(found[OURS], found[name], seed=1, rounds=ROUNDS) for name in found if name != OURS
    }
    held_lifts = {name: mean_interval(hits, seed=1, rounds=ROUNDS) for name, hits in held.items()}
    held_gains = {
        name: paired_means(held[OURS], held[name], seed=1, rounds=ROUNDS) for name in held if name != OURS
    }
    best = [max(names, key=lambda name: lifts[name].value) for names in (COSINES, LOGISTICS)]
    return Figure(
        name="lookalike",
        what="lift at 10 % when half of the coupon redeemers have to be found (Complete Journey)",
        must="above cosine to the seed's centre and above logistic regression, intervals clear of zero",
        measured=f"{_shown(lifts[OURS])}; "
        + "; ".join(f"{_shown(gains[name], sign=True)} over {name}" for name in gains),
        reached=all(gains[name].low > 0 for name in best),
        yardstick="; ".join(f"{name} {_shown(lifts[name])}" for name in gains),
        processes="one, this script",
        load=f"{redeemers} redeemers, {splits} seeded splits; intervals over households, 95 %",
        values={
            "lift": {name: _kept(each) for name, each in lifts.items()},
            "gain_over": {name: _kept(each) for name, each in gains.items()},
            "lift_never_looked_at": {name: _kept(each) for name, each in held_lifts.items()},
            "gain_over_never_looked_at": {name: _kept(each) for name, each in held_gains.items()},
        },
    )


def _shown(each: Interval, *, sign: bool = False) -> str:
    value, low, high = (f"{part:{'+' if sign else ''}.2f}" for part in (each.value, each.low, each.high))
    return f"{value} ({low} to {high})"


def _kept(each: Interval) -> list[float]:
    return [round(each.value, 4), round(each.low, 4), round(each.high, 4)]


if __name__ == "__main__":
    run(measure)
