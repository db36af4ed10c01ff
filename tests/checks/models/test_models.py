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


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_a_model_does_what_every_model_must(name: str, obligation: Callable[[Trial], None]) -> None:
    if name not in available():
        pytest.skip(f"MISSING: the model {name!r} is not in the tree")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        obligation(trial_of(name))
