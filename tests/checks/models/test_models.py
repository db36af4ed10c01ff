"""Every model of the catalogue does what every model must."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache

import pytest

from segue.checks.models.obligations import OBLIGATIONS, Trial
from segue.learn import catalogue
from segue.learn.names import NAMES, available


@cache
def trial_of(name: str) -> Trial:
    return Trial(catalogue.model(name))


TWICE = {"same_seed_same_model", "nothing_from_the_future"}
"""Obligations that fit a model more than once; `make soak` holds those to them whose fitting takes long."""

CASES = [
    pytest.param(
        name, each, id=f"{name}-{each.__name__}",
        marks=[pytest.mark.slow] if name in {"intent", "predict"} and each.__name__ in TWICE else [],
    )
    for name in NAMES for each in OBLIGATIONS
]  # fmt: skip


@pytest.mark.parametrize(("name", "obligation"), CASES)
def test_a_model_does_what_every_model_must(name: str, obligation: Callable[[Trial], None]) -> None:
    if name not in available():
        pytest.skip(f"MISSING: the model {name!r} is not in the tree")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        obligation(trial_of(name))
