"""What is learnt of each action at each placement: Bayesian linear regressions that share a mean.

Acceptance y is 0 or 1, features x are few numbers of the moment and the person. Every action has coefficients
θ of its own, and all actions of a placement are believed to be of one kind: θ ~ N(μ, T), T diagonal where
features are counted from their usual values. So what is alike for all (weekends, loyal customers) is learnt
from all of them, a new action begins where the others are on average, and only where actions differ is each
explored for itself. μ and T are not guessed: they are those under which what was seen is likeliest (empirical
Bayes by EM; Efron and Morris, JASA 1973; hierarchical Thompson sampling: Hong, Kveton, Katariya, Zaheer and
Ghavamzadeh, AISTATS 2022). Given those, an action's posterior is normal with precision T⁻¹ + Σ x xᵀ ÷ σ²
(Bishop, Pattern Recognition and Machine Learning, 3.3), σ² being p(1 - p) at its acceptance p; drawing from
it is Thompson sampling (Agrawal and Goyal, ICML 2013).

Sums are what is kept, so the order in which outcomes arrive does not matter; what is accepted days later only
adds to Σ x y. Forgetting shrinks the sums by a factor a day, so that what changes is learnt again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

PRIOR = 0.05
"""Acceptance of an action of which nothing is known."""
BELIEVED = 20.0
"""Slots that an acceptance believed beforehand is worth, when the noise of an action is reckoned."""
APART = 0.05
"""How far an action's coefficients are believed to be from the mean (standard deviation), beforehand."""
ABOUT = 0.1
"""How far the mean of the coefficients is believed to be from what is believed of it."""
STEADY = 1.0
"""Actions that the belief of :data:`APART` is worth."""
ROUNDS = 8
"""Of EM: enough for two digits."""
DAILY = 0.99
"""What is left of a day's sums a day later."""
REMEMBERED = 512
"""Sets of actions, and features, of which it is remembered what was foretold."""


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

    def anyway(self, features: Sequence[float], actions: Sequence[str]) -> Floats | None:
        """How likely what each sells is bought without being shown, 0 to 1, of the actions' length.

        None: nothing is known to be. Asked after :meth:`foretell`, of the same features and actions.
        """


class _Sums(NamedTuple):
    """Sums of k arms ÷ their noise, of features less the usual ones; how far each is believed to be off μ."""

    square: Floats
    reward: Floats
    offset: Floats


class _Kind(NamedTuple):
    """What all actions of a placement have in common; coefficients are of features less the usual ones."""

    mean: Floats
    #: of the mean, d × d
    doubt: Floats
    #: inverse variance of the coefficients among actions, d × d
    alike: Floats
    #: features less the usual ones are this times features, d × d
    centre: Floats
    #: acceptance of all
    acceptance: float
    #: what the mean was believed to be: beliefs about actions are less this, so that they move with it
    believed: Floats


class Learnt:
    """The posteriors of one placement's arms, ready to be asked. An unknown action is one of their kind.

    The first feature is always 1. ``priors`` are beliefs of models beforehand, by action: a probability each,
    at usual features, or coefficients of all features (see :mod:`segue.decide.belief`). ``lifts`` is how
    acceptance answers discounts, by action (see :mod:`segue.decide.elasticity`); it is only carried here.
    ``bought`` are controls (see :mod:`segue.decide.anyway`) by action, as ``arms`` are slots.
    """

    def __init__(
        self,
        width: int,
        arms: Mapping[str, Arm],
        priors: Mapping[str, float | Sequence[float]] | None = None,
        lifts: Mapping[str, tuple[float, float]] | None = None,
        bought: Mapping[str, Arm] | None = None,
    ) -> None:
        self.lifts = lifts or {}
        some = bought is not None and any(arm.reward[0] > 0 for arm in bought.values())
        self._bought = Learnt(width, bought, dict.fromkeys(bought, 0.0)) if bought and some else None
        self._width = width
        self._arms = arms
        self._priors = priors or {}
        #: of all actions that were asked about: place, means (k × d) and roots of the covariances (k × d × d)
        self._places: dict[str, int] = {}
        self._solved: tuple[Floats, Floats] | None = None
        self._asked: dict[tuple[str, ...], Rows] = {}
        self._foretold: dict[tuple[float, ...], tuple[Floats, Floats]] = {}
        self._found: _Kind | None = None

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """See :class:`Mind`."""
        rows = self._rows(tuple(actions))
        means, spreads = self._told(tuple(features))
        return means[rows], spreads[rows]

    def anyway(self, features: Sequence[float], actions: Sequence[str]) -> Floats | None:
        """See :class:`Mind`."""
        return None if self._bought is None else self._bought.foretell(features, actions)[0]

    def warm(self, before: Learnt) -> None:
        """Solve what another was asked, so that the next question need not wait for it."""
        if before._places:
            self._rows(tuple(before._places))
            if self._bought is not None:
                self._bought.warm(before)

    def _told(self, features: tuple[float, ...]) -> tuple[Floats, Floats]:
        """Of all actions that were asked about; many persons have the same features."""
        import numpy as np

        found = self._foretold.get(features)
        if found is None:
            assert self._solved is not None
            means, roots = self._solved
            x = np.asarray(features, dtype=np.float64)
            drawn = roots @ x
            spread = np.einsum("kd,kd->k", drawn, drawn)
            if len(self._foretold) >= REMEMBERED:
                self._foretold.clear()
            found = self._foretold[features] = np.clip(means @ x, 0.0, 1.0), np.sqrt(spread)
        return found

    def _rows(self, actions: tuple[str, ...]) -> Rows:
        """Places of these actions; those that are new are solved first."""
        import numpy as np

        found = self._asked.get(actions)
        if found is None:
            new = tuple(dict.fromkeys(name for name in actions if name not in self._places))
            if new or self._solved is None:
                self._add(new)
            if len(self._asked) >= REMEMBERED:
                self._asked.clear()
            rows = [self._places[name] for name in actions]
            found = self._asked[actions] = np.array(rows, dtype=np.int64)
        return found

    def _add(self, actions: tuple[str, ...]) -> None:
        import numpy as np

        kind = self._kind()
        posterior = _posteriors(self._sums(actions, kind), kind)
        swayed = posterior.spread @ kind.alike
        covariance = posterior.spread + swayed @ kind.doubt @ swayed.transpose(0, 2, 1)
        roots = np.linalg.cholesky(covariance + 1e-15 * np.eye(self._width)).transpose(0, 2, 1)
        means = np.asarray(posterior.mean @ kind.centre, np.float64)
        turned: Floats = np.asarray(roots @ kind.centre, np.float64)
        if self._solved is not None:
            means = np.concatenate([self._solved[0], means])
            turned = np.concatenate([self._solved[1], turned])
        self._solved = means, turned
        known = len(self._places)
        self._places.update((name, known + place) for place, name in enumerate(actions))
        self._foretold.clear()

    def _kind(self) -> _Kind:
        """What all arms have in common, learnt when first asked."""
        found = self._found
        if found is None:
            found = self._found = self._learn_kind()
        return found

    def _learn_kind(self) -> _Kind:
        """By EM from what was seen of all."""
        import numpy as np

        width = self._width
        believed = self._believed(np.eye(width))
        kind = _Kind(
            mean=believed, doubt=ABOUT**2 * np.eye(width), alike=np.eye(width) / APART**2,
            centre=np.eye(width), acceptance=float(believed[0]), believed=believed,
        )  # fmt: skip
        names = tuple(name for name in sorted(self._arms) if self._arms[name].square[0] > 0)
        if not names:
            return kind
        features: Floats = np.sum([self._arms[name].square[:width] for name in names], axis=0)
        reward = sum(self._arms[name].reward[0] for name in names)
        slots = float(features[0])
        acceptance = (reward + BELIEVED * kind.acceptance) / (slots + BELIEVED)
        centre = np.eye(width)
        centre[1:, 0] = -features[1:] / slots
        believed = self._believed(centre)
        kind = kind._replace(mean=believed, believed=believed, centre=centre)
        kind = kind._replace(acceptance=float(np.clip(acceptance, 0.001, 0.999)))
        sums = self._sums(names, kind)
        for _ in range(ROUNDS):
            kind = _likelier(sums, kind, believed)
        return kind

    def _believed(self, centre: Floats) -> Floats:
        """The mean of the beliefs."""
        import numpy as np

        found = np.zeros(self._width)
        found[0] = PRIOR
        if self._priors:
            found = np.mean([self._prior(name, centre) for name in self._priors], axis=0)
        return found

    def _prior(self, name: str, centre: Floats) -> Floats:
        """What is believed of an action: coefficients of features less the usual ones."""
        import numpy as np

        prior = self._priors[name]
        if isinstance(prior, (int, float)):
            found = np.zeros(self._width)
            found[0] = prior
            return found
        return np.asarray(np.linalg.solve(centre.T, np.asarray(prior, np.float64)), np.float64)

    def _sums(self, names: Sequence[str], kind: _Kind) -> _Sums:
        """Of these actions, whether or not anything was seen of them."""
        import numpy as np

        width = self._width
        square, reward = np.zeros((len(names), width, width)), np.zeros((len(names), width))
        offset = np.zeros((len(names), width))
        for place, name in enumerate(names):
            if name in self._priors:
                offset[place] = self._prior(name, kind.centre) - kind.believed
            arm = self._arms.get(name)
            if arm is not None:
                square[place] = np.reshape(arm.square, (width, width))
                reward[place] = arm.reward
        rate = (reward[:, 0] + BELIEVED * kind.acceptance) / (square[:, 0, 0] + BELIEVED)
        rate = np.clip(rate, 0.001, 0.999)
        noise = rate * (1 - rate)
        square, reward = kind.centre @ square @ kind.centre.T, reward @ kind.centre.T
        return _Sums(square / noise[:, None, None], reward / noise[:, None], offset)


class _Posterior(NamedTuple):
    mean: Floats
    spread: Floats


def _posteriors(sums: _Sums, kind: _Kind) -> _Posterior:
    """Of each arm's coefficients: mean (k × d) and covariance (k × d × d), as if μ were known."""
    import numpy as np

    spread = np.asarray(np.linalg.inv(sums.square + kind.alike), np.float64)
    towards = sums.reward + (kind.mean + sums.offset) @ kind.alike
    return _Posterior(np.einsum("kij,kj->ki", spread, towards), spread)


def _likelier(sums: _Sums, kind: _Kind, believed: Floats) -> _Kind:
    """A step of EM: μ given T (least squares over arms), then T given what each arm's posterior says."""
    import numpy as np

    width = len(believed)
    spread = np.linalg.inv(sums.square + kind.alike)
    # precision with which each arm speaks of μ, by Woodbury: (T + A⁻¹)⁻¹ = A - A V A
    speaks = sums.square - sums.square @ spread @ sums.square
    says = sums.reward - np.einsum("kij,kj->ki", sums.square @ spread, sums.reward)
    says -= np.einsum("kij,kj->ki", speaks, sums.offset)
    doubt = np.linalg.inv(np.eye(width) / ABOUT**2 + speaks.sum(axis=0))
    mean = doubt @ (believed / ABOUT**2 + says.sum(axis=0))
    at = kind._replace(mean=mean, doubt=doubt)
    posterior = _posteriors(sums, at)
    away = posterior.mean - mean - sums.offset
    spreads = np.einsum("kii->ki", posterior.spread)
    apart = (STEADY * APART**2 + (away**2 + spreads).sum(axis=0)) / (STEADY + len(away))
    return at._replace(alike=np.diag(1 / apart))


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
