"""Trees that were taken apart give LightGBM's own figures, one row or many, whatever is missing."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import lightgbm
import msgspec
import numpy as np
import pytest

from segue.learn import trees
from segue.learn.trees import Trees

ROWS = 3_000


def _rows(seed: int) -> np.ndarray:
    """Five numbers a row: plain, mostly zero, with gaps, a category, rounded to meet thresholds."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(ROWS, 5))
    rows[:, 1] *= rng.random(ROWS) < 0.3
    rows[rng.random(ROWS) < 0.2, 2] = np.nan
    rows[:, 3] = rng.integers(0, 12, ROWS)
    rows[:, 4] = np.round(rows[:, 4], 1)
    return rows


def _outcome(rows: np.ndarray, seed: int) -> np.ndarray:
    chance = rows[:, 0] + 2 * rows[:, 1] + np.where(np.isnan(rows[:, 2]), 1.0, -rows[:, 2])
    chance = chance + np.isin(rows[:, 3], [1, 4, 7]) * 2 + rows[:, 4]
    return np.asarray(chance + np.random.default_rng(seed).normal(size=len(rows)))


def _fitted(objective: str, **more: Any) -> lightgbm.Booster:
    rows = _rows(1)
    y = _outcome(rows, 2)
    if objective == "binary":
        y = (y > 0).astype(float)
    elif objective == "multiclass":
        y = np.digitize(y, [-1.0, 1.0]).astype(float)
        more["num_class"] = 3
    settings = {"objective": objective, "verbose": -1, "num_threads": 1, "num_leaves": 15, **more}
    data = lightgbm.Dataset(rows, y, categorical_feature=[3], feature_name=list("abcde"))
    return lightgbm.train(settings, data, 25)


VARIETIES: list[tuple[str, dict[str, Any]]] = [
    ("regression", {}),
    ("binary", {}),
    ("multiclass", {}),
    ("binary", {"zero_as_missing": True}),
    ("binary", {"use_missing": False}),
    ("regression", {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}),
    ("regression", {"extra_trees": True, "path_smooth": 1.0}),
]


@pytest.mark.parametrize(("objective", "more"), VARIETIES)
def test_many_rows_and_single_rows_give_the_library_s_own_score(objective: str, more: dict[str, Any]) -> None:
    booster = _fitted(objective, **more)
    ours = trees.of_booster(booster)
    strange = _rows(9)
    strange[:40] = np.nan
    strange[40:80] = 0.0
    strange[80:120, 3] = [-1.0, 99.0, 4.7, 1e12] * 10
    for rows in (_rows(1), strange):
        # a forest's raw score is a sum to LightGBM, and its prediction the mean
        theirs = np.asarray(booster.predict(rows, raw_score=not ours.mean)).reshape(ROWS, -1)
        assert np.allclose(ours.raw_many(rows), theirs, rtol=0, atol=1e-9)
        singly = np.array([ours.raw(row) for row in rows[:200].tolist()])
        assert np.allclose(singly, theirs[:200], rtol=0, atol=1e-9)


def test_what_each_feature_adds_comes_to_the_score() -> None:
    for objective, more in VARIETIES[:3] + VARIETIES[5:6]:
        ours = trees.of_booster(_fitted(objective, **more))
        for row in _rows(4)[:50].tolist():
            raw = ours.raw(row)
            for output in range(ours.outputs):
                assert ours.base(output) + sum(ours.because(row, output)) == pytest.approx(raw[output])


def test_the_feature_that_decides_is_named_first() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2_000, 3))
    data = lightgbm.Dataset(rows, 5 * rows[:, 1], feature_name=["a", "b", "c"])
    ours = trees.of_booster(lightgbm.train({"verbose": -1, "num_threads": 1}, data, 20))
    parts = ours.because([0.0, 2.0, 0.0])
    assert max(parts, key=abs) == parts[1] > 1.0


def test_it_is_kept_as_text_and_read_back_the_same() -> None:
    ours = trees.of_booster(_fitted("multiclass"))
    read = msgspec.json.decode(msgspec.json.encode(ours), type=Trees)
    assert read == ours


def test_a_tree_without_a_split_is_its_only_leaf() -> None:
    data = lightgbm.Dataset(np.ones((50, 1)), np.full(50, 3.0))
    booster = lightgbm.train({"verbose": -1, "num_threads": 1}, data, 3)
    ours = trees.of_booster(booster)
    assert ours.raw([1.0]) == pytest.approx([3.0])
    assert ours.raw_many(np.ones((2, 1)))[:, 0] == pytest.approx([3.0, 3.0])
    assert ours.because([1.0]) == [0.0]


def test_linear_trees_are_refused() -> None:
    with pytest.raises(ValueError, match="linear trees"):
        trees.of_booster(_fitted("regression", linear_tree=True))


def test_scoring_a_row_needs_neither_numpy_nor_lightgbm() -> None:
    program = (
        "import sys, msgspec\n"
        "from segue.learn.trees import Trees\n"
        "trees = msgspec.json.decode(sys.stdin.buffer.read(), type=Trees)\n"
        "assert trees.raw([0.1, 0.0, float('nan'), 4.0, 1.0])\n"
        "assert not {'numpy', 'lightgbm', 'scipy'} & set(sys.modules), sorted(sys.modules)\n"
    )
    kept = msgspec.json.encode(trees.of_booster(_fitted("binary")))
    subprocess.run([sys.executable, "-c", program], input=kept, check=True)
