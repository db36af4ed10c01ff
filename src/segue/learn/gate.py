"""Whether a new model may take the place of the present one: not if it is worse on the same held-out time."""

from __future__ import annotations

import math

from segue.learn.judged import Verdict
from segue.learn.knowledge import Knowledge
from segue.learn.model import Fitted, Metric, Task

_NORMAL = 1.959964


def first_ever() -> Verdict:
    """There is nothing to compare with."""
    return Verdict(accepted=True, because="the first of its kind")


def judge(new: Fitted, old: Fitted, known: Knowledge, task: Task) -> Verdict:
    """Both by the new one's first metric, on the window that is held out before ``task.until``.

    The new one is refused only if the interval of the difference lies below zero. The present one may have
    seen some of the window when it was fitted, which favours it: a refusal is a reason to look.
    """
    if not new.card.metrics and not old.card.metrics:
        return Verdict(
            accepted=True, because="neither could be measured: too little came to pass in the held-out time"
        )
    if not new.card.metrics:
        return Verdict(accepted=False, because="the new model was not measured")
    first = new.card.metrics[0]
    try:
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
    return _compare(first, before)


def _compare(new: Metric, old: Metric) -> Verdict:
    gain = _gain(new, old)
    spread = _NORMAL * math.hypot(_error(new), _error(old))
    accepted = math.isfinite(gain) and gain + spread >= -1e-12
    better = "better" if gain >= 0 else "worse"
    of = f" of {new.of}" if new.of else ""
    said = (
        f"{new.name}{of} {new.value:.4f} beside {old.value:.4f}: {better} by {abs(gain):.4f} ± {spread:.4f}"
    )
    if not math.isfinite(gain):
        said = f"{new.name}{of} is {new.value} beside {old.value}"
    return Verdict(
        accepted=accepted, because=said if accepted else f"{said}, so the present one stays",
        metric=new.name, new=_finite(new.value), old=_finite(old.value), gain=_finite(gain),
        low=_finite(gain - spread), high=_finite(gain + spread),
    )  # fmt: skip


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
