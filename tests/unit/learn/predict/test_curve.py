"""One curve through the chances of all horizons: it passes through them, falls, and can be inverted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.learn.predict.curve import LATEST, Curve

CHANCES = st.lists(st.floats(0, 1), min_size=3, max_size=3)
DAYS = (7, 14, 90)


@settings(deadline=None)
@given(CHANCES)
def test_it_passes_through_rising_chances_and_falls_everywhere(chances: list[float]) -> None:
    curve = Curve(DAYS, np.array(chances)[:, None])
    rising = np.maximum.accumulate(np.clip(chances, 1e-6, 1 - 1e-6))
    for days, chance in zip(DAYS, rising, strict=True):
        assert 1 - curve.away(np.array([float(days)]))[0] == pytest.approx(chance, abs=1e-9)
    away = [curve.away(np.array([float(day)]))[0] for day in range(0, 400, 3)]
    assert away[0] == 1
    assert (np.diff(away) <= 1e-12).all()


@settings(deadline=None)
@given(CHANCES, st.floats(0.05, 0.95))
def test_a_quantile_is_the_day_on_which_the_chance_is_reached(chances: list[float], share: float) -> None:
    curve = Curve(DAYS, np.array(chances)[:, None])
    day = curve.day(share)
    if 0 < day[0] < LATEST:
        assert 1 - curve.away(day)[0] == pytest.approx(share, abs=1e-3)
    elif day[0] == LATEST:
        assert 1 - curve.away(day)[0] <= share + 1e-9


def test_quantiles_are_in_order_and_bounded() -> None:
    curve = Curve(DAYS, np.array([[0.1, 0.9, 0.0], [0.4, 0.95, 0.0], [0.8, 0.99, 0.0]]))
    low, middle, high = curve.day(0.1), curve.day(0.5), curve.day(0.9)
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert middle[2] == LATEST
