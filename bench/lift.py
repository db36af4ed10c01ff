"""Lift of personalisation in the simulated world, where the truth is known: is the reported interval right?

400 worlds (``segue.checks.world.tastes``, 3,000 customers, 8 actions): a series of 100 tells little, for a
right interval too covers fewer than 93 in one series of eight. In each the bandit learns from 3,000 visits
and is then held still. For the next 5,000 visits customers are split by lot: half are answered with
the personalised policy (Thompson draws, 5 % of exploration, as decisions are), half with what was learnt
without anybody's features, which is the same for all, with as much exploration. The lift is the difference of
acceptance a visit; its interval is the asymptotic one of ``segue.stats.off_policy``, by customers, since a
customer comes several times.

The truth is what either policy would have earned from all these visits: known here, because the chance of
every action at every visit is, and the policies' probabilities are. Beside it the same lift without any
split: from the personalised half's own log alone, by SNIPS of the policy that is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure, run
from segue.checks.world.tastes import Visits, visits
from segue.decide.bandit import Arm, Learnt
from segue.decide.explore import Draws
from segue.stats.bootstrap import Interval
from segue.stats.off_policy import Terms, asymptotic, logged

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RUNS = 400
FIRST = 100
LEARN, ASK = 3_000, 5_000
CUSTOMERS, ACTIONS = 3_000, 8
EVERY = 100
EXPLORATION = 0.05
MUST = 93


@dataclass(frozen=True)
class Lift:
    """One world: what was reported, and what is true."""

    truth: float
    split: Interval
    logged: Interval
    #: true acceptance under the policy that is the same for all
    plain: float


def measure(quick: bool) -> list[Figure]:
    """One figure."""
    return [_figure([lift(seed) for seed in range(1, 4 if quick else RUNS + 1)])]


def lift(seed: int) -> Lift:
    """One world."""
    world = visits(seed, customers=CUSTOMERS, decisions=LEARN + ASK, actions=ACTIONS, days=10)
    random = np.random.default_rng([seed, 11])
    arms = _learnt(world)
    asked = np.arange(LEARN, LEARN + ASK)
    personal = _chances(Learnt(world.features.shape[1], arms), world.features[asked], seed)
    plain = _chances(_plain(arms), np.ones((1, 1)), seed).repeat(ASK, axis=0)
    treated = (random.random(CUSTOMERS) < 0.5)[world.person[asked]]
    policy = np.where(treated[:, None], personal, plain)
    action = (policy.cumsum(axis=1) > random.random((ASK, 1)) * policy.sum(axis=1, keepdims=True)).argmax(
        axis=1
    )
    accepted = np.array(
        [world.accepts(int(visit), int(taken)) for visit, taken in zip(asked, action, strict=True)], float
    )
    chances = world.chances[asked]
    return Lift(
        truth=float(((personal - plain) * chances).sum(axis=1).mean()),
        split=_by_split(accepted, treated, world.person[asked]),
        logged=_by_log(accepted, treated, world.person[asked], personal, plain, action),
        plain=float((plain * chances).sum(axis=1).mean()),
    )


def _learnt(world: Visits) -> dict[str, Arm]:
    """What decisions teach in the first visits."""
    width, count = world.features.shape[1], world.actions
    square, reward, seen = np.zeros((count, width, width)), np.zeros((count, width)), np.zeros(count)
    arms: dict[str, Arm] = {}
    policy = np.full((EVERY, count), 1 / count)
    random = np.random.default_rng(5)
    for visit in range(LEARN):
        if visit % EVERY == 0 and visit:
            arms = _arms(square, reward, seen)
            policy = _chances(Learnt(width, arms), world.features[visit : visit + EVERY], visit)
        action = int(random.choice(count, p=policy[visit % EVERY]))
        features = world.features[visit]
        square[action] += np.outer(features, features)
        reward[action] += features * world.accepts(visit, action)
        seen[action] += 1
    return _arms(square, reward, seen)


def _arms(square: Floats, reward: Floats, seen: Floats) -> dict[str, Arm]:
    return {
        f"a{number}": Arm(
            tuple(square[number].ravel().tolist()), tuple(reward[number].tolist()), float(count)
        )
        for number, count in enumerate(seen)
        if count
    }


def _plain(arms: dict[str, Arm]) -> Learnt:
    """The same knowledge, blind to features."""
    return Learnt(1, {name: Arm(arm.square[:1], arm.reward[:1], arm.seen) for name, arm in arms.items()})


def _chances(mind: Learnt, features: Floats, seed: int) -> Floats:
    """With which probability each action is shown at each visit ``(n, k)``: p = f + (1 - n·f)·w."""
    names = [f"a{number}" for number in range(ACTIONS)]
    found = np.empty((len(features), ACTIONS))
    for visit, seen in enumerate(features.tolist()):
        means, spreads = mind.foretell(seen, names)
        draws = Draws(seed * 1_000_003 + visit, means, spreads, lambda acceptance: acceptance)
        found[visit] = EXPLORATION / ACTIONS + (1 - EXPLORATION) * np.asarray(draws.weights(range(ACTIONS)))
    return found


def _by_split(accepted: Floats, treated: NDArray[np.bool_], person: Ints) -> Interval:
    """Difference of two means, by customers."""
    ours, theirs = treated.astype(float), (~treated).astype(float)
    one = Terms(np.zeros(len(accepted)), accepted * ours, ours)
    other = Terms(np.zeros(len(accepted)), accepted * theirs, theirs)
    return _difference(one, other, person)


def _by_log(
    accepted: Floats, treated: NDArray[np.bool_], person: Ints, personal: Floats, plain: Floats, action: Ints
) -> Interval:
    """What the personalised half earned, less what the other policy would have by SNIPS of its log."""
    rows = np.flatnonzero(treated)
    taken = action[rows]
    log = logged(accepted[rows], personal[rows, taken], plain[rows, taken])
    one = Terms(np.zeros(len(rows)), log.reward, np.ones(len(rows)))
    other = Terms(np.zeros(len(rows)), log.weight * log.reward, log.weight)
    return _difference(one, other, person[rows])


def _difference(one: Terms, other: Terms, person: Ints) -> Interval:
    """By the delta method: the difference of two estimates has the difference of their influences."""
    value = one.value() - other.value()
    moved = Terms(one.influence() - other.influence(), np.zeros(len(person)), np.ones(len(person)))
    around = asymptotic(moved, groups=person)
    return Interval(value, value + around.low, value + around.high)


def _figure(runs: list[Lift]) -> Figure:
    held = sum(each.split.low <= each.truth <= each.split.high for each in runs)
    first = sum(each.split.low <= each.truth <= each.split.high for each in runs[:FIRST])
    by_log = sum(each.logged.low <= each.truth <= each.logged.high for each in runs)
    truth, plain = (float(np.mean([getattr(each, name) for each in runs])) for name in ("truth", "plain"))
    widths = {
        name: float(np.mean([getattr(each, name).high - getattr(each, name).low for each in runs])) / 2
        for name in ("split", "logged")
    }
    return Figure(
        name="lift",
        what="lift of personalisation in the simulated world: how often the 95 % interval covers the truth",
        must=f"≥ {MUST} of 100",
        measured=f"{held} of {len(runs)} ({first} of the first {FIRST}); "
        f"true lift {truth:+.4f} on {plain:.4f}, ± {widths['split']:.4f}",
        reached=held >= MUST * len(runs) / 100,
        yardstick=f"without a split, by SNIPS from the personalised half's log: {by_log} of {len(runs)}, "
        f"± {widths['logged']:.4f}",
        processes="one, this script",
        load=f"{len(runs)} worlds of {CUSTOMERS:,} customers; {LEARN:,} visits to learn, {ASK:,} to measure",
        values={
            "covered": held,
            "covered_by_log": by_log,
            "true_lift": [round(each.truth, 5) for each in runs],
            "reported": [
                [round(part, 5) for part in (each.split.value, each.split.low, each.split.high)]
                for each in runs
            ],
            "clear_of_zero": sum(each.split.clear for each in runs),
            "bias_of_split": float(np.mean([each.split.value - each.truth for each in runs])),
            "bias_by_log": float(np.mean([each.logged.value - each.truth for each in runs])),
        },
    )


if __name__ == "__main__":
    run(measure)
