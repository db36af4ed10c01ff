"""Whether a new model may take the place of the present one: not if it is worse on the same held-out time.

Both are asked about the very same rows, and whole rows (or persons, where a person has several) are drawn
again and again: so what makes a row hard for both does not hide which of them is better.
"""

from __future__ import annotations

import math

import numpy as np

from segue.learn.judged import Verdict
from segue.learn.knowledge import Knowledge
from segue.learn.model import Contest, Fitted, Metric, Task
from segue.stats.bootstrap import Interval, interval
from segue.stats.metrics import Floats

_NORMAL = 1.959964
ROUNDS = 500
NOTHING = 1e-12
"""A difference as small as that is none."""


def first_ever() -> Verdict:
    """There is nothing to compare with."""
    return Verdict(accepted=True, because="the first of its kind")


def judge(new: Fitted, old: Fitted, known: Knowledge, task: Task) -> Verdict:
    """Both by the new one's first metric, on the window that is held out before ``task.until``.

    The new one is refused only if the 95 % interval of the difference on the same rows lies below zero. Where
    the present one cannot be asked about the same rows, their own intervals are compared, as if they were
    of different rows. The present one may have seen some of the window when it was fitted, which favours
    it: a refusal is a reason to look.
    """
    if not new.card.metrics and not old.card.metrics:
        return Verdict(
            accepted=True, because="neither could be measured: too little came to pass in the held-out time"
        )
    if not new.card.metrics:
        return Verdict(accepted=False, because="the new model was not measured")
    first = new.card.metrics[0]
    try:
        contest = new.beside(old, known, task)
        if contest is not None:
            return _paired(contest, task.seed)
        measured = {(each.name, each.of): each for each in old.evaluate(known, task)}
    except Exception as error:  # noqa: BLE001 - whatever a model of an older Segue stumbles over
        return Verdict(
            accepted=True,
            because=f"the present model can no longer be measured ({type(error).__name__})",
            metric=first.name,
            new=first.value,
        )
    before = measured.get((first.name, first.of))
    if before is None:
        because = "the present model is measured by something else"
        return Verdict(accepted=True, because=because, metric=first.name, new=first.value)
    return _apart(first, before)


def _paired(contest: Contest, seed: int) -> Verdict:
    """By the interval of the difference on the same rows."""
    whole = np.ones((1, contest.rows))
    new, old = (float(figure(whole)[0]) for figure in (contest.new, contest.old))

    def gain(weights: Floats) -> Floats:
        one, other = contest.new(weights), contest.old(weights)
        if contest.better == "zero":
            return np.abs(other) - np.abs(one)
        return other - one if contest.better == "lower" else one - other

    found = interval(gain, contest.rows, seed=seed, rounds=ROUNDS, groups=contest.groups)
    name = f"{contest.metric} of {contest.of}" if contest.of else contest.metric
    said = f"on the same {contest.rows:,} held-out rows {name} is {new:.4f} beside {old:.4f}"
    return _verdict(contest.metric, (new, old), found, said)


def _apart(new: Metric, old: Metric) -> Verdict:
    """By two intervals, as if they were of different rows."""
    gain = _gain(new, old)
    spread = _NORMAL * math.hypot(_error(new), _error(old))
    found = Interval(gain, gain - spread, gain + spread)
    name = f"{new.name} of {new.of}" if new.of else new.name
    said = f"measured apart, {name} is {new.value:.4f} beside {old.value:.4f}"
    return _verdict(new.name, (new.value, old.value), found, said)


def _verdict(metric: str, figures: tuple[float, float], gain: Interval, said: str) -> Verdict:
    """Refused if surely worse, or if there is no figure."""
    accepted = math.isfinite(gain.value) and not gain.high < -NOTHING
    new, old = figures
    return Verdict(
        accepted=accepted, because=f"{said}: {_why(gain)}", metric=metric, new=_finite(new), old=_finite(old),
        gain=_finite(gain.value), low=_finite(gain.low), high=_finite(gain.high),
    )  # fmt: skip


def _why(gain: Interval) -> str:
    if not math.isfinite(gain.value):
        return "that is no figure, so the present one stays"
    if max(abs(gain.value), abs(gain.low), abs(gain.high)) <= NOTHING:
        return "no difference, so it takes the present one's place"
    bounds = f"(95 % interval {gain.low:+.4f} to {gain.high:+.4f})"
    better = f"better by {gain.value:.4f}" if gain.value >= 0 else f"worse by {-gain.value:.4f}"
    if gain.high < -NOTHING:
        return f"surely {better} {bounds}, so the present one stays"
    if gain.low > 0:
        return f"surely {better} {bounds}, so it takes the present one's place"
    return f"{better}, as chance alone may be {bounds}, so it takes the present one's place"


def _gain(new: Metric, old: Metric) -> float:
    if new.better == "zero":
        return abs(old.value) - abs(new.value)
    return old.value - new.value if new.better == "lower" else new.value - old.value


def _error(metric: Metric) -> float:
    """The standard error that an interval tells of; 0 where there is none."""
    if metric.low is None or metric.high is None or not math.isfinite(metric.high - metric.low):
        return 0.0
    return max(0.0, metric.high - metric.low) / (2 * _NORMAL)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
