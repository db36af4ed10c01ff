"""Calibrations say how often it happens, keep the order of scores, and survive strange outcomes."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from segue.stats import calibration
from segue.stats.calibration import Beta, Calibration, Isotonic, Kind, Platt, Tempered, Unchanged

KINDS: tuple[Kind, ...] = ("isotonic", "platt", "beta")
CHANCES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def _skewed(rows: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Scores that claim too much at both ends, and what happened."""
    rng = np.random.default_rng(5)
    truth = rng.beta(1.0, 3.0, rows)
    scores = calibration.sigmoid(2.2 * calibration.logit(truth) + 0.7)
    return scores, (rng.random(rows) < truth).astype(float)


def _ece(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(abs(p[part].mean() - y[part].mean()) * len(part) for part in parts) / len(p))


@pytest.mark.parametrize("kind", KINDS)
def test_skewed_scores_become_frequencies_on_rows_it_has_not_seen(kind: Kind) -> None:
    p, y = _skewed()
    fitted = calibration.fit(kind, p[::2], y[::2])
    assert _ece(p[1::2], y[1::2]) > 0.05
    assert _ece(fitted.apply(p[1::2]), y[1::2]) < 0.02


def test_the_isotonic_one_finds_the_levels_of_the_known_implementation() -> None:
    p, y = _skewed(3_000)
    p = np.round(p, 2)
    ours = calibration.fit("isotonic", p, y).apply(p)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(p, y).predict(p)
    # ours eases each block by half a row at the common rate
    assert np.abs(ours - theirs).max() < 0.05
    assert np.abs(ours - theirs).mean() < 0.002


def test_platt_and_beta_find_the_numbers_that_made_the_outcomes() -> None:
    p, y = _skewed(200_000)
    platt = calibration.fit("platt", p, y)
    assert isinstance(platt, Platt)
    assert platt.slope == pytest.approx(1 / 2.2, abs=0.02)
    assert platt.shift == pytest.approx(-0.7 / 2.2, abs=0.03)
    beta = calibration.fit("beta", p, y)
    assert isinstance(beta, Beta)
    assert beta.rise == pytest.approx(1 / 2.2, abs=0.03)
    assert beta.fall == pytest.approx(1 / 2.2, abs=0.03)


@settings(deadline=None)
@given(rows=CHANCES, kind=st.sampled_from(KINDS))
def test_whatever_the_outcomes_chances_are_chances_and_keep_the_order(
    rows: list[tuple[float, bool]], kind: Kind
) -> None:
    p = np.array([row[0] for row in rows])
    y = np.array([row[1] for row in rows], dtype=float)
    out = calibration.fit(kind, p, y).apply(np.linspace(0, 1, 101))
    assert np.isfinite(out).all()
    assert (out >= 0).all()
    assert (out <= 1).all()
    assert (np.diff(out) >= -1e-12).all()


@settings(deadline=None)
@given(rows=CHANCES, kind=st.sampled_from(KINDS))
def test_a_weight_of_two_is_the_row_twice(rows: list[tuple[float, bool]], kind: Kind) -> None:
    p = np.array([row[0] for row in rows])
    y = np.array([row[1] for row in rows], dtype=float)
    grid = np.linspace(0, 1, 21)
    twice = calibration.fit(kind, np.tile(p, 2), np.tile(y, 2)).apply(grid)
    weighed = calibration.fit(kind, p, y, np.full(len(p), 2.0)).apply(grid)
    assert np.allclose(twice, weighed, atol=1e-3)


@pytest.mark.parametrize("kind", [*KINDS, "none"])
def test_it_is_kept_as_text_and_read_back_the_same(kind: Kind) -> None:
    p, y = _skewed(500)
    fitted = calibration.fit(kind, p, y)
    read = msgspec.json.decode(msgspec.json.encode(fitted), type=Calibration)
    assert type(read) is type(fitted)
    assert np.array_equal(read.apply(p), fitted.apply(p))


@pytest.mark.parametrize(
    ("scores", "outcomes"), [([], []), ([0.1], [0, 1]), ([float("nan")], [1]), ([[0.1]], [[1]])]
)
def test_what_cannot_be_fitted_is_refused(scores: list[float], outcomes: list[float]) -> None:
    with pytest.raises(ValueError, match=r"columns of one length|at least one score"):
        calibration.fit("platt", scores, outcomes)


def test_nothing_but_one_outcome_never_becomes_certainty() -> None:
    for kind in KINDS[1:]:
        out = calibration.fit(kind, [0.2, 0.5, 0.8], [1, 1, 1]).apply([0.5])
        assert 0.5 < out[0] < 1.0
    assert isinstance(calibration.fit("none", [0.2], [1]), Unchanged)
    assert isinstance(calibration.fit("isotonic", [0.2], [1]), Isotonic)


def test_classes_claimed_too_surely_are_tempered() -> None:
    rng = np.random.default_rng(3)
    truth = rng.dirichlet((1.0, 2.0, 3.0), 6_000)
    said = calibration.softmax(3.0 * np.log(truth) + np.array([0.5, 0.0, -0.5]))
    happened = np.array([rng.choice(3, p=row) for row in truth])
    fitted = calibration.fit_tempered(said[:3_000], happened[:3_000])
    out = fitted.apply(said[3_000:])
    assert fitted.sharpness == pytest.approx(1 / 3, abs=0.05)
    assert np.allclose(out.sum(axis=1), 1.0)
    for each in range(3):
        assert _ece(out[:, each], (happened[3_000:] == each).astype(float)) < 0.03
    read = msgspec.json.decode(msgspec.json.encode(fitted), type=Tempered)
    assert read == fitted


def test_chances_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="chances are"):
        calibration.fit_tempered([[0.5, 0.5]], [0, 1])
