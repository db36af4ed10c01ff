"""What of her baskets speaks for a guess, in words."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from segue.learn.profile.stack import Stack
from segue.learn.profile.views import View, Words

Ints = NDArray[np.int64]

MOST: Final = 3


def reasons_of(
    view: View | None, stack: Stack, said: Words, best: Ints, label: list[str | None]
) -> list[list[str]]:
    """For each person the products that speak most for her likeliest class; none where nothing is said."""
    found: list[list[str]] = [[] for _ in said.persons]
    member = stack.members.get(view.kind.name) if view is not None else None
    if view is None or member is None or not len(said.persons):
        return found
    weights = view.sparse(said)
    classes = np.asarray(member.coefficients)
    # against the other classes, for every class has the same words
    by_word = (view.directions / view.scale) @ (classes - classes.mean(axis=0)).T
    usual = np.asarray(weights.mean(axis=0)).ravel()
    for row, told in enumerate(label):
        if told is None:
            continue
        start, end = weights.indptr[row], weights.indptr[row + 1]
        words = weights.indices[start:end]
        speaks = (weights.data[start:end] - usual[words]) * by_word[words, best[row]]
        for place in np.argsort(-speaks, kind="stable")[:MOST]:
            if speaks[place] > 0:
                more = weights.data[start + place] >= usual[words[place]]
                found[row].append(f"buys {'more' if more else 'less'} {view.words[words[place]]} than others")
    return found
