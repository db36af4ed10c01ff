"""Regret of the bandit after 50,000 decisions, beside random and VowpalWabbit's learners on the same stream.

The world is simulated (``segue.checks.world.tastes``): 20,000 customers with hidden tastes that drift, 20
actions that come into fashion and go, 60 days. Regret is what the best action of each visit, known to nobody,
would have had more of acceptance: so the part that nobody can learn is in everybody's. Whether she accepts an
action is settled beforehand for all of them, so that equal choices earn alike.

Ours is ``decide.bandit`` and ``decide.explore`` as decisions use them: what was seen is told every 20 visits
(in service it is within seconds) and sums age by the day. The placement's exploration, the share of decisions
that is spread evenly whatever was learnt, is 1 %; the same with the 5 % that placements come with is beside.
VowpalWabbit is told every outcome at once. What either is set to was chosen on other seeds (101 to 103): ours
by some twenty trials, the rivals' learning rates, γ and mellowness by some thirty.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure, run
from bench.rivals import ask
from segue.checks.world.tastes import Visits, visits
from segue.decide.bandit import DAILY, Arm, Learnt
from segue.decide.explore import Draws
from segue.stats.bootstrap import Interval, mean_interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEEDS = (1, 2, 3, 4)
EVERY = 20
"""Visits after which the mind is made anew."""
RIVALS = {
    "squarecb": "--squarecb --learning_rate 2",
    "regcb": "--regcb --mellowness 0.0003",
    "epsilon-greedy": "--epsilon 0.05 --learning_rate 2",
}
OURS, USUAL, RANDOM = "segue", "segue with 5 %", "random"
EXPLORATION = {OURS: 0.01, USUAL: 0.05}


def measure(quick: bool) -> list[Figure]:
    """One figure."""
    size = {"customers": 2_000, "decisions": 2_000} if quick else {}
    worlds = [visits(seed, **size) for seed in (SEEDS[:1] if quick else SEEDS)]
    with ThreadPoolExecutor(1) as beside:
        theirs = beside.map(_rivals, worlds)
        ours = [{name: _ours(world, share) for name, share in EXPLORATION.items()} for world in worlds]
        chosen = [mine | others for mine, others in zip(ours, theirs, strict=True)]
    lost = {
        name: np.array([world.regret(each[name]).sum() for world, each in zip(worlds, chosen, strict=True)])
        for name in chosen[0]
    }
    lost[RANDOM] = np.array([(each.chances.max(axis=1) - each.chances.mean(axis=1)).sum() for each in worlds])
    early = {
        name: np.mean(
            [w.regret(each[name])[: len(w) // 5].sum() for w, each in zip(worlds, chosen, strict=True)]
        )
        for name in chosen[0]
    }
    return [_figure(lost, {name: float(each) for name, each in early.items()}, worlds)]


def _rivals(world: Visits) -> dict[str, Ints]:
    given = {"features": world.features, "chances": world.chances, "luck": world.luck}
    return ask("bandits", given, *(f"{name}={each}" for name, each in RIVALS.items()), apart="vowpalwabbit")


def _ours(world: Visits, exploration: float) -> Ints:
    """What decisions choose, visit by visit."""
    names = [f"a{number}" for number in range(world.actions)]
    width = world.features.shape[1]
    square, reward = np.zeros((world.actions, width, width)), np.zeros((world.actions, width))
    seen = np.zeros(world.actions)
    mind = Learnt(width, {})
    chosen = np.empty(len(world), np.int64)
    for visit, features in enumerate(world.features):
        if visit and world.day[visit] != world.day[visit - 1]:
            square, reward, seen = square * DAILY, reward * DAILY, seen * DAILY
        if visit % EVERY == 0:
            mind = Learnt(width, _arms(names, square, reward, seen))
        means, spreads = mind.foretell(features.tolist(), names)
        draws = Draws(visit, means, spreads, lambda acceptance: acceptance)
        action = draws.draw(range(len(names)), exploration).place
        square[action] += np.outer(features, features)
        reward[action] += features * world.accepts(visit, action)
        seen[action] += 1
        chosen[visit] = action
    return chosen


def _arms(names: list[str], square: Floats, reward: Floats, seen: Floats) -> dict[str, Arm]:
    columns = (square.reshape(len(names), -1).tolist(), reward.tolist(), seen.tolist())
    return {
        name: Arm(tuple(two), tuple(one), count)
        for name, two, one, count in zip(names, *columns, strict=True)
    }


def _figure(lost: dict[str, Floats], early: dict[str, float], worlds: list[Visits]) -> Figure:
    best = min(RIVALS, key=lambda name: lost[name].mean())
    gaps = {name: mean_interval(lost[name] - lost[best], seed=1, rounds=4000) for name in EXPLORATION}
    oracle = [round(float(each.chances.max(axis=1).mean()), 4) for each in worlds]
    return Figure(
        name="regret",
        what="regret after 50,000 decisions, 20,000 simulated customers with hidden, drifting tastes",
        must="≤ the best rival's",
        measured=f"{lost[OURS].mean():,.0f} acceptances lost, {_shown(gaps[OURS])} beside {best}; "
        f"with 5 % of exploration {lost[USUAL].mean():,.0f}, {_shown(gaps[USUAL])}",
        reached=bool(lost[OURS].mean() <= lost[best].mean()),
        yardstick=", ".join(f"{name} {each.mean():,.0f}" for name, each in lost.items() if name != OURS),
        processes="one, and VowpalWabbit 9.11.9 in an environment of its own",
        load=f"{len(worlds)} worlds of {len(worlds[0]):,} decisions; interval over worlds, 95 %",
        values={
            "regret": {name: each.round(1).tolist() for name, each in lost.items()},
            "regret_first_fifth": {name: round(each, 1) for name, each in early.items()},
            "difference_to_best": {name: [each.value, each.low, each.high] for name, each in gaps.items()},
            "options": RIVALS,
            "acceptance_of_the_best_action": oracle,
        },
    )


def _shown(each: Interval) -> str:
    return f"{each.value:+,.0f} [{each.low:+,.0f}, {each.high:+,.0f}]"


if __name__ == "__main__":
    run(measure)
