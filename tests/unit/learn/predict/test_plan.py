"""Cut-offs never overlap: what is measured was not calibrated on, what calibrates was not learnt from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from segue.learn.features.localtime import DAY
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError
from segue.learn.predict.plan import HISTORY, LONG, cuts, plan, plan_of, possible


def shop(people: int, days: int) -> Given:
    """Everybody buys on the first day and once more at the end."""
    who = np.tile(np.arange(people), 2)
    time = np.repeat([0, days - 1], people) * DAY
    return given({"person": who, "time": time, "sku": np.full(len(who), "a")})


@settings(deadline=None)
@for_all(st.sampled_from([7, 14, 30, 60, 90]), st.integers(0, 400))
def test_each_kind_of_work_is_later_than_the_one_before(days: int, more: int) -> None:
    length = 3 * days + HISTORY + more
    found = cuts(days, length * DAY, 0)
    assert found.measuring + days * DAY == length * DAY
    assert found.calibrating + days * DAY <= found.measuring
    assert found.training
    assert max(found.training) + days * DAY <= found.calibrating
    assert min(found.training) >= HISTORY * DAY
    assert len(set(found.training)) == len(found.training)


@pytest.mark.parametrize(
    ("days", "horizons"), [(60, (7,)), (120, (7, 14, 30)), (210, (7, 14, 30, 60)), (365, (7, 14, 30, 90))]
)
def test_horizons_are_as_long_as_the_data_allows(days: int, horizons: tuple[int, ...]) -> None:
    found = plan(Knowledge(shop(40, days), days * DAY))
    assert tuple(each.days for each in found.cuts) == horizons
    assert found.long.days == next(each for each in LONG if possible(each, days))
    assert found.of(horizons[0]) is found.cuts[0]
    assert found.of(5) is None


@pytest.mark.parametrize(
    ("people", "days", "says"), [(40, 30, "49 days"), (5, 200, "30 customers"), (0, 200, "none yet")]
)
def test_too_little_is_said_with_what_is_missing(people: int, days: int, says: str) -> None:
    with pytest.raises(NotEnoughError, match=says):
        plan(Knowledge(shop(people, days), days * DAY))


def test_to_measure_again_needs_the_two_latest_windows() -> None:
    known = Knowledge(shop(40, 50), 50 * DAY)
    assert plan_of(known, (7, 14)).long.days == 14
    with pytest.raises(NotEnoughError, match="60 days"):
        plan_of(known, (7, 30))
