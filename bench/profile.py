"""Profiles: what the Complete Journey's households told, guessed from their baskets, 5 × 5 folds.

    python -m bench.profile

Ours against logistic regression on TF-IDF of product types, on the same folds. The ways to look at baskets
are found on all households' purchases without their answers, as they would be in use; answers of a fold's
test households are seen by nothing. How much each view weighs is fitted inside of each fold's training
households. Which views there are was found by trying on these very households, with other folds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure, run
from segue.learn.profile.abstain import curve
from segue.learn.profile.measuring import each_class, logistic, macro_auc
from segue.learn.profile.stack import fit_stack, stratified
from segue.learn.profile.told import natural
from segue.learn.profile.views import Kind, Words, fit_views, plain_tfidf
from segue.stats import bootstrap, metrics
from segue.stats.metrics import Weighed

FOLDS, ROUNDS = 5, 5
SEED = 7
ATTRIBUTES = (
    "age_band", "income_band", "home_ownership", "marital_status", "household_size", "household_composition",
    "children",
)  # fmt: skip

Floats = NDArray[np.float64]


def measure(quick: bool) -> list[Figure]:
    """One figure an attribute."""
    from bench.journey import journey

    source = journey()
    bought = source.everything
    told = source.words["age_band"].person.astype(np.int64)
    others = np.setdiff1d(np.arange(len(bought.persons)), told)
    views = fit_views(bought, np.concatenate([told, others]), SEED)
    words = Words(bought, told)
    columns = {name: view.matrix(words) for name, view in views.items()}
    plain = plain_tfidf(words, Kind("plain", "name"))
    figures = []
    for attribute in ATTRIBUTES[: 2 if quick else None]:
        said = source.words[attribute]
        known = np.flatnonzero([value is not None for value in said.value])
        rows = np.searchsorted(told, said.person[known])
        names = sorted({str(said.value[row]) for row in known}, key=natural)
        truth = np.asarray([names.index(str(said.value[row])) for row in known], np.int64)
        of = {name: column[rows] for name, column in columns.items()}
        figures.append(_attribute(attribute, names, truth, (of, plain[rows]), 1 if quick else ROUNDS))
    return figures


def _attribute(
    attribute: str, names: list[str], truth: NDArray[np.int64], of: tuple[dict[str, Floats], Any], rounds: int
) -> Figure:
    columns, plain = of
    ours, theirs = [], []
    for number in range(rounds):
        mine, yours = np.zeros((len(truth), len(names))), np.zeros((len(truth), len(names)))
        parts = stratified(truth, FOLDS, SEED + number)
        for part in range(FOLDS):
            train, test = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
            stack = fit_stack(
                {name: c[train] for name, c in columns.items()}, truth[train], len(names), number
            ).stack
            mine[test] = stack.chances({name: c[test] for name, c in columns.items()})
            yours[test] = logistic(plain[train], truth[train], plain[test], len(names))
        ours.append(mine)
        theirs.append(yours)
    return _figure(attribute, truth, ours, theirs)


def _figure(attribute: str, truth: NDArray[np.int64], ours: list[Floats], theirs: list[Floats]) -> Figure:
    """Means over the rounds; a resample draws households, the same for every round and both models."""
    one, other = (_mean([macro_auc(each, truth) for each in every]) for every in (ours, theirs))
    gain = bootstrap.paired(one, other, len(truth), seed=SEED, rounds=1000)
    own = bootstrap.interval(one, len(truth), seed=SEED, rounds=1000)
    yardstick = float(other(np.ones((1, len(truth))))[0])
    error = float(np.mean([metrics.ece(*each_class(each, truth)) for each in ours]))
    top = float(np.mean([metrics.ece(each.argmax(axis=1) == truth, each.max(axis=1)) for each in ours]))
    floor = float(np.mean([_faultless(each) for each in ours]))
    curves = np.mean([[right for _, _, right in curve(each, truth)] for each in ours], axis=0)
    shares = [share for share, _, _ in curve(ours[0], truth)]
    abstention = ", ".join(f"{share:.0%} {right:.2f}" for share, right in zip(shares, curves, strict=True))
    return Figure(
        name=f"profile_{attribute}",
        what=f"{attribute}: {len(truth)} households, {ours[0].shape[1]} classes, {len(ours)} × {FOLDS} folds",
        must="macro AUC above the yardstick; ECE ≤ .05",
        measured=f"macro AUC {own.value:.3f} [{own.low:.3f}, {own.high:.3f}], {gain.value:+.3f} "
        f"[{gain.low:+.3f}, {gain.high:+.3f}]; ECE {error:.3f} (of the likeliest class {top:.3f}, "
        f"where one without fault would show {floor:.3f}); "
        f"right among the surest: {abstention}",
        reached=gain.value > 0 and error <= 0.05,
        yardstick=f"logistic regression on TF-IDF of product types: macro AUC {yardstick:.3f}",
        processes="the bench alone",
        load="Complete Journey as published by 84.51°/dunnhumby",
        values={
            "auc": own.value, "auc_yardstick": yardstick, "gain": gain.value, "gain_low": gain.low,
            "gain_high": gain.high, "ece": error, "ece_likeliest": top,
            "ece_likeliest_without_fault": floor,
            **dict(zip((f"right_of_surest_{share:.0%}" for share in shares), curves.tolist(), strict=True)),
        },
    )  # fmt: skip


def _faultless(chances: Floats) -> float:
    """The calibration error of the likeliest class that chance alone makes, were these the true ones."""
    random, sure = np.random.default_rng(SEED), chances.max(axis=1)
    return float(np.mean([metrics.ece(random.random(len(sure)) < sure, sure) for _ in range(50)]))


def _mean(figures: list[Weighed]) -> Weighed:
    return lambda weights: np.asarray(np.mean([each(weights) for each in figures], axis=0), np.float64)


if __name__ == "__main__":
    run(measure)
