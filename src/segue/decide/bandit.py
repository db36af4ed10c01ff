"""What is learnt of each action at each placement: Bayesian linear regression of acceptance, one an action.

Acceptance y is 0 or 1, features x are few numbers of the moment and the person. The posterior after the slots
that were seen is N(m, σ²·P⁻¹) with P = Λ + Σ x xᵀ and m = P⁻¹(Λ m₀ + Σ x y) (Bishop, Pattern Recognition and
Machine Learning, 3.3); drawing from it is Thompson sampling (Agrawal and Goyal, ICML 2013). Sums are what is
kept, so the order in which outcomes arrive does not matter; what is accepted days later only adds to Σ x y.

Forgetting shrinks both sums by a factor a day, so that what changes is learnt again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGE = 4.0
"""Weight of what is believed beforehand: as many slots as these were seen."""
PRIOR = 0.05
"""Acceptance of an action of which nothing is known."""
NOISE = 0.25
"""Standard deviation of an outcome: of a rare event with probability .06 or so."""
DAILY = 0.99
"""What is left of a day's sums a day later."""


class Arm(msgspec.Struct, frozen=True):
    """What was seen of one action at one placement. ``square`` is Σ x xᵀ, row by row; ``reward`` Σ x y."""

    square: tuple[float, ...]
    reward: tuple[float, ...]
    #: slots that were seen
    seen: float = 0.0


class Mind(Protocol):
    """Foretells acceptance."""

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """Mean and standard deviation of each action's acceptance; both of the actions' length."""


class Learnt:
    """The posteriors of one placement's arms, ready to be asked. An unknown action has the prior alone.

    ``priors`` are beliefs of models beforehand, by action: a probability each.
    """

    def __init__(
        self, width: int, arms: Mapping[str, Arm], priors: Mapping[str, float] | None = None
    ) -> None:
        self._width = width
        self._arms = arms
        self._priors = priors or {}
        self._solved: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """See :class:`Mind`."""
        import numpy as np

        means, inverses = self._solve(tuple(actions))
        x = np.asarray(features, dtype=np.float64)
        mean = means @ x
        spread = inverses @ x @ x if len(actions) else np.zeros(0)
        return np.clip(mean, 0.0, 1.0), NOISE * np.sqrt(np.maximum(spread, 0.0))

    def _solve(self, actions: tuple[str, ...]) -> tuple[Any, Any]:
        """Means (n × d) and inverse precisions (n × d × d) of these actions, kept while it lives."""
        import numpy as np

        found = self._solved.get(actions)
        if found is None:
            width = self._width
            means, inverses = np.zeros((len(actions), width)), np.zeros((len(actions), width, width))
            for number, name in enumerate(actions):
                precision = RIDGE * np.eye(width)
                reward = np.zeros(width)
                reward[0] = RIDGE * self._priors.get(name, PRIOR)
                arm = self._arms.get(name)
                if arm is not None:
                    precision += np.reshape(arm.square, (width, width))
                    reward += arm.reward
                inverses[number] = np.linalg.inv(precision)
                means[number] = inverses[number] @ reward
            found = self._solved[actions] = (means, inverses)
        return found


def saw(arm: Arm | None, features: Sequence[float]) -> Arm:
    """One more slot was seen by somebody with these features."""
    square = [one * other for one in features for other in features]
    if arm is None:
        return Arm(tuple(square), (0.0,) * len(features), 1.0)
    together = tuple(old + new for old, new in zip(arm.square, square, strict=True))
    return Arm(together, arm.reward, arm.seen + 1)


def rewarded(arm: Arm | None, features: Sequence[float], reward: float = 1.0) -> Arm:
    """A slot that was seen was accepted (1), or its acceptance is taken back (-1)."""
    before = arm or Arm((0.0,) * len(features) ** 2, (0.0,) * len(features))
    together = tuple(old + reward * one for old, one in zip(before.reward, features, strict=True))
    return Arm(before.square, together, before.seen)


def aged(arm: Arm, days: float, daily: float = DAILY) -> Arm:
    """What is left of it after so many days."""
    factor = daily**days
    return Arm(
        tuple(factor * one for one in arm.square),
        tuple(factor * one for one in arm.reward),
        factor * arm.seen,
    )
