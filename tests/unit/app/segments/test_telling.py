"""A group's rule finds the group: for whoever its mask says, the condition holds, and for nobody else."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from segue.app.segments.telling import rule_of, title_of
from segue.domain.rules import Purposes
from segue.domain.rules.conditions import leaves
from segue.enrich.segments.compile import truth_of
from segue.enrich.segments.facts import Facts


class Named(NamedTuple):
    path: tuple[str, ...]


FEATURES = [Named(("traits", "frequency")), Named(("traits", "aff", "tea"))]


def people(seed: int = 1) -> np.ndarray:
    chance = np.random.default_rng(seed)
    often = chance.integers(1, 40, 600).astype(float)
    tea = np.where(chance.random(600) < 0.4, -1.0, chance.random(600).round(4))
    return np.column_stack([often, tea])


@pytest.mark.parametrize(
    "inside",
    [
        lambda often, tea: often > 20,
        lambda often, tea: often <= 5,
        lambda often, tea: (often > 10) & (tea > 0.5),
        lambda often, tea: tea < 0.2,
    ],
)
def test_the_condition_is_the_mask_and_the_group(inside: object) -> None:
    values = people()
    group = inside(values[:, 0], values[:, 1])  # type: ignore[operator]
    rule, found = rule_of(FEATURES, values, group, 300)
    truth = truth_of(rule, Purposes())
    for (often, tea), held in zip(values.tolist(), found.tolist(), strict=True):
        known = {} if tea < 0 else {"tea": tea}
        assert truth(Facts(traits={"frequency": int(often), "aff": known})) is held
    assert (found & group)[300:].sum() / group[300:].sum() > 0.95
    assert (found & group)[300:].sum() / found[300:].sum() > 0.95
    assert len(leaves(rule)) <= 3


class Apart(NamedTuple):
    effect: float


class Respect(NamedTuple):
    path: tuple[str, ...]
    family: str
    of: str = ""


MUCH_TEA = Respect(("traits", "category_affinity", "TEA"), "tastes", "category")
MUCH_CAKE = Respect(("traits", "category_affinity", "CAKE"), "tastes", "category")
SPENT = Respect(("traits", "monetary"), "rfm")
ORDERS = Respect(("traits", "frequency"), "rfm")
EVENING = Respect(("traits", "daypart_affinity", "evening"), "occasions", "daypart")


@pytest.mark.parametrize(
    ("apart", "title"),
    [
        ([(Apart(1.5), MUCH_TEA), (Apart(1.4), MUCH_CAKE), (Apart(0.9), SPENT)], "Much tea, big spenders"),
        ([(Apart(-1.5), SPENT), (Apart(-1.4), ORDERS), (Apart(0.5), EVENING)],
         "Small spenders, mostly at evening hours"),
        ([(Apart(-1.0), MUCH_TEA), (Apart(0.7), ORDERS)], "Often here, little tea"),
        ([], "Like everybody else"),
    ],
)  # fmt: skip
def test_a_title_says_the_two_strongest_things_that_differ(
    apart: list[tuple[Apart, Respect]], title: str
) -> None:
    assert title_of(apart) == title
