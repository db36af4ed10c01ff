"""What the card of a model of profiles says, measured on persons it was not fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segue.learn.model import Bin, Contest, Metric
from segue.learn.profile import axes as tastes
from segue.learn.profile.abstain import curve
from segue.learn.profile.keeping import LearntAttribute
from segue.learn.profile.told import Answers
from segue.learn.profile.views import Kind, Words, plain_tfidf
from segue.learn.purchases import Purchases
from segue.stats import bootstrap
from segue.stats import metrics as stats
from segue.stats.metrics import Weighed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YARDSTICK: Final = "logistic regression on TF-IDF of product types"
_ROUNDS: Final = 200
VIEW_TITLES: Final = {
    "types": "kinds of products, by what is spent on them",
    "products": "single products",
    "tastes": "directions in which tastes differ",
    "groups": "categories, departments and brands",
    "stores": "stores",
    "habits": "when, how often and at what prices",
}


class Guess(NamedTuple):
    """Chances (n, k) of an attribute for persons it was not fitted on, and what they told (n,)."""

    name: str
    chances: Floats
    truth: Ints
    #: places of these persons among those who were asked (n,)
    rows: Ints


def macro_auc(chances: Floats, truth: Ints) -> Weighed:
    """The mean over the classes of each against the rest; classes that all or nobody have are left out."""
    figures = [
        stats.weighed_auc(truth == code, chances[:, code])
        for code in range(chances.shape[1])
        if 0 < (truth == code).sum() < len(truth)
    ]

    def figure(weights: Floats) -> Floats:
        if not figures:
            return np.full(len(weights), np.nan)
        # a resample may lack a class
        values = np.stack([each(weights) for each in figures])
        known = np.isfinite(values)
        total = np.where(known, values, 0.0).sum(axis=0)
        return np.asarray(total / np.maximum(known.sum(axis=0), 1), np.float64)

    return figure


def each_class(chances: Floats, truth: Ints) -> tuple[Floats, Floats]:
    """Each class of each person as a yes-or-no question: truth and chance (n × k,)."""
    hot = np.zeros(chances.shape)
    hot[np.arange(len(truth)), truth] = 1.0
    return hot.ravel(), chances.ravel()


def metrics(guesses: Sequence[Guess], yardsticks: Mapping[str, Floats], *, seed: int) -> list[Metric]:
    """Macro AUC of all attributes together (what decides), then of each, on the persons held out for good."""
    found = [_auc(each, yardsticks.get(each.name), seed) for each in guesses if _has_two(each)]
    if not found:
        return []
    # attributes are of the same persons: their errors are taken to go together
    half = float(np.mean([(each.high or each.value) - (each.low or each.value) for each in found])) / 2
    value = float(np.mean([each.value for each in found]))
    beside = [each.yardstick_value for each in found if each.yardstick_value is not None]
    together = Metric(
        name="auc", value=value, low=value - half, high=value + half, of="all attributes",
        rows=max(each.rows for each in found), yardstick=YARDSTICK if beside else None,
        yardstick_value=float(np.mean(beside)) if beside else None,
    )  # fmt: skip
    return [together, *found]


def contested(new: Sequence[Guess], old: Sequence[Guess], persons: int) -> Contest | None:
    """Mean macro AUC over the attributes of two models' guesses of the same persons; a person is a row."""
    pairs = [pair for pair in zip(new, old, strict=True) if _has_two(pair[0])]
    if not pairs:
        return None

    def together(guesses: Sequence[Guess]) -> Weighed:
        figures = [(each.rows, macro_auc(each.chances, each.truth)) for each in guesses]
        return lambda weights: np.asarray(
            np.mean([figure(weights[:, rows]) for rows, figure in figures], axis=0), np.float64
        )

    one, other = zip(*pairs, strict=True)
    return Contest(
        metric="auc", of="all attributes", better="higher", rows=persons,
        new=together(one), old=together(other),
    )  # fmt: skip


def _has_two(guess: Guess) -> bool:
    return len(np.unique(guess.truth)) > 1


def _auc(guess: Guess, yardstick: Floats | None, seed: int) -> Metric:
    figure = macro_auc(guess.chances, guess.truth)
    bounds = bootstrap.interval(figure, len(guess.truth), seed=seed, rounds=_ROUNDS)
    beside = None
    if yardstick is not None and len(yardstick) == len(guess.truth):
        beside = float(macro_auc(yardstick, guess.truth)(np.ones((1, len(guess.truth))))[0])
    return Metric(
        name="auc", value=bounds.value, low=bounds.low, high=bounds.high, of=guess.name,
        rows=len(guess.truth), yardstick=None if beside is None else YARDSTICK, yardstick_value=beside,
    )  # fmt: skip


def fair_metrics(guesses: Sequence[Guess], learnt: Sequence[LearntAttribute], seed: int) -> list[Metric]:
    """Calibration error, accuracy of what is said, and the abstention curve, on persons held out in turn."""
    found = []
    for guess, attribute in zip(guesses, learnt, strict=True):
        truth, chance = each_class(guess.chances, guess.truth)
        person = np.repeat(np.arange(len(guess.truth)), guess.chances.shape[1])
        bounds = bootstrap.interval(
            stats.weighed_ece(truth, chance), len(truth), seed=seed, rounds=_ROUNDS, groups=person
        )
        rows, rule = len(guess.truth), attribute.threshold
        most = float(np.bincount(guess.truth).max() / rows)
        found.append(
            Metric(
                name="ece",
                value=bounds.value,
                low=bounds.low,
                high=bounds.high,
                better="lower",
                of=guess.name,
                rows=rows,
            )
        )
        if rule.answered:
            found.append(
                Metric(
                    name="accuracy of what is said",
                    value=rule.accuracy,
                    of=guess.name,
                    rows=round(rule.answered * rows),
                    yardstick="the most frequent class",
                    yardstick_value=most,
                )
            )
        found.append(Metric(name="share answered", value=rule.answered, of=guess.name, rows=rows))
        for share, _, right in curve(guess.chances, guess.truth):
            surest = f"accuracy of the surest {share:.0%}"
            found.append(Metric(name=surest, value=right, of=guess.name, rows=round(share * rows)))
    return found


def calibration_points(guesses: Sequence[Guess]) -> list[Bin]:
    """The calibration plot of each attribute, each class of each person a point."""
    found = []
    for guess in guesses:
        points = stats.calibration(*each_class(guess.chances, guess.truth))
        for predicted, observed, rows in zip(*points, strict=True):
            found.append(
                Bin(predicted=float(predicted), observed=float(observed), rows=int(rows), of=guess.name)
            )
    return found


def yardsticks(
    bought: Purchases, who: Ints, kept_out: NDArray[np.bool_], every: Sequence[Answers]
) -> dict[str, Floats]:
    """The yardstick's chances for the persons held out who told each attribute, in order of their codes."""
    if not every:
        return {}
    weights = plain_tfidf(Words(bought, who), Kind("plain", "name"))
    found = {}
    for answers in every:
        place = dict(zip(answers.person.tolist(), answers.code.tolist(), strict=True))
        code = np.asarray([place.get(person, -1) for person in who.tolist()], np.int64)
        train, test = (code >= 0) & ~kept_out[who], (code >= 0) & kept_out[who]
        if test.any() and len(np.unique(code[train])) > 1:
            found[answers.name] = logistic(weights[train], code[train], weights[test], len(answers.classes))
    return found


def logistic(rows: Any, truth: Ints, asked: Any, classes: int) -> Floats:
    """Chances (n, k) by logistic regression as it comes."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(max_iter=300).fit(rows, truth)
    chances = np.zeros((asked.shape[0], classes))
    chances[:, fitted.classes_] = fitted.predict_proba(asked)
    return chances


def reliability(bought: Purchases, who: Ints, usual: Sequence[tastes.Axis]) -> list[Metric]:
    """How well every other basket of a person foretells the rest, axis by axis: correlation of two halves."""
    halves = []
    lines = tastes.line_axes(bought)
    for half in (0, 1):
        rows = bought.order % 2 == half
        halves.append(
            tastes.shares(bought.only(rows), who, {axis: hits[rows] for axis, hits in lines.items()})
        )
    found = []
    for axis in usual:
        both = [
            tastes.place(axis, hits.get(axis.name, np.zeros(len(who))), count).value for hits, count in halves
        ]
        value = stats.correlation(both[0], both[1])
        if np.isfinite(value):
            found.append(Metric(name="reliability", value=value, of=f"axis_{axis.name}", rows=len(who)))
    return found


def view_shares(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """How much each view weighs in an attribute's vote, most first."""
    total = sum(weights.values()) or 1.0
    return sorted(
        ((name, weight / total) for name, weight in weights.items()), key=lambda pair: (-pair[1], pair[0])
    )
