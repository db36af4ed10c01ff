"""Rivals of the bandit: ``bandits.py QUESTION.npz ANSWER.npz OPTIONS …``, in VowpalWabbit's environment.

In: ``features`` (n × d, the first always 1), ``chances`` (n × k) and ``luck`` (n) of the world; only whether
what was chosen was accepted is looked at. Each of OPTIONS is a learner: NAME=VowpalWabbit's options. Out: of
each NAME the actions that it chose (n). Every learner is told the outcome at once, before the next visit.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from vowpalwabbit import Workspace  # type: ignore[import-not-found]

ALL = "--quiet --cb_explore_adf -q UA --cb_min_cost -1 --cb_max_cost 0 --random_seed 1 "
"""Features of the visit are crossed with the action's name; an acceptance costs -1, anything else 0."""


def chosen(options: str, world: dict[str, Any]) -> Any:
    """The action at each visit ``(n,)``."""
    features, chances, luck = world["features"], world["chances"], world["luck"]
    learner = Workspace(ALL + options)
    random = np.random.default_rng(1)
    actions = [f"|A a{number}" for number in range(chances.shape[1])]
    found = np.empty(len(features), np.int64)
    for visit, seen in enumerate(features):
        shared = "shared |U " + " ".join(f"f{place}:{each:.5f}" for place, each in enumerate(seen[1:]))
        said = np.asarray(learner.predict([shared, *actions]))
        action = int(random.choice(len(said), p=said / said.sum()))
        cost = -1.0 if luck[visit] < chances[visit, action] else 0.0
        told = actions.copy()
        told[action] = f"0:{cost}:{said[action]:.6f} {told[action]}"
        learner.learn([shared, *told])
        found[visit] = action
    learner.finish()
    return found


if __name__ == "__main__":
    with np.load(sys.argv[1]) as question:
        given = dict(question)
    named = [each.partition("=") for each in sys.argv[3:]]
    np.savez(sys.argv[2], **{name: chosen(options, given) for name, _, options in named})
