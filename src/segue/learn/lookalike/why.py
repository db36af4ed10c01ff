"""Why somebody is like a seed, in words: what about her moved the scores most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segue.learn.features.registry import feature
from segue.learn.lookalike.ranking import Ranked
from segue.learn.lookalike.space import Placed, Space
from segue.learn.purchases import Floats, Ints

REASONS = 3
LEAST = 0.02
"""Standard deviations of the score; less is no reason."""


def reasons(space: Space, placed: Placed, ranked: Ranked, rows: Ints, most: int = REASONS) -> list[list[str]]:
    """The top reasons of each of these rows, best first."""
    by_feature = _of_features(placed, ranked, rows)
    typical = space.typical
    mean_word = np.asarray(placed.words.mean(axis=0)).ravel() * ranked.of_word
    weight = ranked.words.weight / ranked.words.scale
    found = []
    for place, row in enumerate(rows):
        says = _features_said(space, by_feature[place], placed.values[row], typical)
        words = _of_words(placed, ranked, row, mean_word) * weight
        says += [(float(words[each]), f"buys {space.words[each]}") for each in np.flatnonzero(words > LEAST)]
        says.sort(key=lambda each: (-each[0], each[1]))
        found.append([said for _, said in says[:most]])
    return found


def _of_features(placed: Placed, ranked: Ranked, rows: Ints) -> Floats:
    """What each named feature adds to each row's score (rows × names)."""
    width = placed.values.shape[1]
    columns = np.hstack([placed.values[rows], placed.even[rows, width:]])
    parts = [np.asarray(booster.predict(columns, pred_contrib=True))[:, :width] for booster, _ in ranked.bags]
    added: Floats = np.mean(parts, axis=0) * (ranked.trees.weight / ranked.trees.scale)
    return added


def _of_words(placed: Placed, ranked: Ranked, row: int, mean: Floats) -> Floats:
    """What each product name adds to a row's score, beside what it adds on average."""
    words = placed.words[row]
    added = np.zeros(len(mean))
    added[words.indices] = words.data * ranked.of_word[words.indices] - mean[words.indices]
    return added


def _features_said(
    space: Space, added: Floats, values: Sequence[float], typical: Floats
) -> list[tuple[float, str]]:
    """What each feature adds where it adds enough, and the words for it."""
    return [
        (float(part), feature(space.names[place]).say(float(values[place]), float(typical[place])))
        for place, part in enumerate(added)
        if part > LEAST and not np.isnan(values[place])
    ]
