"""Boosted trees without their library: what LightGBM has grown, kept as numbers and walked here.

:func:`of_booster` takes a fitted booster apart once; what comes out is a frozen record that is kept as JSON.
A web process scores a row with it and has imported neither LightGBM nor numpy; many rows are walked with
numpy at once. Both give LightGBM's own figure, missing values and categories included.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NONE, ZERO, NAN = range(3)
"""What counts as missing at a split: nothing, zero (and NaN, read as zero), NaN."""

_MISSING: Final = {"None": NONE, "Zero": ZERO, "NaN": NAN}
_ZERO: Final = 1e-35
"""Anything nearer to zero is zero, as LightGBM has it."""


class Tree(msgspec.Struct, frozen=True, array_like=True):
    """One tree. A node is its place in these columns; a leaf is the negative ``~place`` in ``leaf``."""

    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    #: where a missing value goes
    missing_left: list[bool]
    #: NONE, ZERO or NAN
    missing: list[int]
    #: mean output of the rows that came here, per node and per leaf
    node: list[float]
    leaf: list[float]
    #: node → the categories that go left; only of categorical splits
    categories: dict[int, list[int]] = {}


class Trees(msgspec.Struct, frozen=True, kw_only=True):
    """An ensemble: its raw score is the sum over the trees (their mean for a random forest)."""

    features: list[str]
    trees: list[Tree]
    #: raw scores a row: 1, or the number of classes; tree i belongs to class i modulo this
    outputs: int = 1
    #: averaged rather than summed
    mean: bool = False

    def raw(self, row: Sequence[float]) -> list[float]:
        """Raw scores (one an output) of one row, in the order of ``features``; NaN for what is missing."""
        scores = [0.0] * self.outputs
        for place, tree in enumerate(self.trees):
            scores[place % self.outputs] += tree.leaf[~_leaf_of(tree, row)]
        return [score / self._rounds for score in scores] if self.mean else scores

    def because(self, row: Sequence[float], output: int = 0) -> list[float]:
        """What each feature adds to the raw score of one row.

        Along each path the change of the mean output is put down to the feature that was asked. The sum
        of these and of :meth:`base` is the raw score.
        """
        parts = [0.0] * len(self.features)
        for tree in self._of(output):
            node = 0 if tree.feature else -1
            here = tree.node[0] if tree.feature else tree.leaf[0]
            while node >= 0:
                feature = tree.feature[node]
                node = _next(tree, node, row[feature])
                there = tree.node[node] if node >= 0 else tree.leaf[~node]
                parts[feature] += there - here
                here = there
        return [part / self._rounds for part in parts] if self.mean else parts

    def base(self, output: int = 0) -> float:
        """The raw score before anything is known of a row."""
        total = sum(tree.node[0] if tree.feature else tree.leaf[0] for tree in self._of(output))
        return total / self._rounds if self.mean else total

    def raw_many(self, rows: Floats) -> Floats:
        """Raw scores (n, outputs) of rows (n, features)."""
        import numpy as np

        scores = np.zeros((len(rows), self.outputs))
        for place, tree in enumerate(self.trees):
            scores[:, place % self.outputs] += _walk(tree, rows)
        return scores / self._rounds if self.mean else scores

    @property
    def _rounds(self) -> int:
        return max(1, len(self.trees) // self.outputs)

    def _of(self, output: int) -> Iterator[Tree]:
        return iter(self.trees[output :: self.outputs])


def of_booster(booster: Any) -> Trees:
    """The trees of a fitted ``lightgbm.Booster`` (its best iteration where it knows one).

    ValueError for linear trees, whose leaves are no numbers.
    """
    return of_dump(booster.dump_model(num_iteration=booster.best_iteration or None))


def of_dump(dumped: Mapping[str, Any]) -> Trees:
    """The trees of what ``Booster.dump_model()`` answers."""
    return Trees(
        features=[str(name) for name in dumped["feature_names"]],
        trees=[_tree(each["tree_structure"]) for each in dumped["tree_info"]],
        outputs=int(dumped.get("num_tree_per_iteration", 1)),
        mean=bool(dumped.get("average_output", False)),
    )


# ── taking apart ─────────────────────────────────────────────────────────────


def _tree(root: Mapping[str, Any]) -> Tree:
    tree = Tree([], [], [], [], [], [], [], [])
    _add(tree, root)
    return tree


def _add(tree: Tree, found: Mapping[str, Any]) -> int:
    """Add a node and all below it; answers its place."""
    if "leaf_coeff" in found:
        raise ValueError("linear trees cannot be walked: fit with linear_tree=False")
    if "split_feature" not in found:
        tree.leaf.append(float(found["leaf_value"]))
        return ~(len(tree.leaf) - 1)
    place = len(tree.feature)
    categorical = found["decision_type"] == "=="
    tree.feature.append(int(found["split_feature"]))
    tree.threshold.append(0.0 if categorical else float(found["threshold"]))
    if categorical:
        tree.categories[place] = [int(each) for each in str(found["threshold"]).split("||")]
    tree.missing_left.append(bool(found["default_left"]))
    tree.missing.append(_MISSING[found["missing_type"]])
    tree.node.append(float(found["internal_value"]))
    tree.left.append(0)
    tree.right.append(0)
    tree.left[place] = _add(tree, found["left_child"])
    tree.right[place] = _add(tree, found["right_child"])
    return place


# ── walking ──────────────────────────────────────────────────────────────────


def _leaf_of(tree: Tree, row: Sequence[float]) -> int:
    node = 0 if tree.feature else -1
    while node >= 0:
        node = _next(tree, node, row[tree.feature[node]])
    return node


def _next(tree: Tree, node: int, value: float) -> int:
    if tree.categories and node in tree.categories:
        known = not math.isnan(value) and int(value) in tree.categories[node]
        return tree.left[node] if known else tree.right[node]
    kind = tree.missing[node]
    if math.isnan(value):
        if kind == NAN:
            return tree.left[node] if tree.missing_left[node] else tree.right[node]
        value = 0.0
    if kind == ZERO and -_ZERO <= value <= _ZERO:
        return tree.left[node] if tree.missing_left[node] else tree.right[node]
    return tree.left[node] if value <= tree.threshold[node] else tree.right[node]


def _walk(tree: Tree, rows: Floats) -> Floats:
    """The leaf's output of each row."""
    import numpy as np

    leaf = np.asarray(tree.leaf)
    if not tree.feature:
        return np.full(len(rows), leaf[0])
    feature, threshold = np.asarray(tree.feature), np.asarray(tree.threshold)
    left, right = np.asarray(tree.left), np.asarray(tree.right)
    missing, by_default = np.asarray(tree.missing), np.asarray(tree.missing_left)
    at = np.zeros(len(rows), np.int64)
    going = np.arange(len(rows))
    while len(going):
        node = at[going]
        value = rows[going, feature[node]]
        nothing = np.isnan(value)
        kind = missing[node]
        lost = np.where(kind == NAN, nothing, (kind == ZERO) & (nothing | (np.abs(value) <= _ZERO)))
        goes_left = np.where(lost, by_default[node], np.where(nothing, 0.0, value) <= threshold[node])
        for place, known in tree.categories.items():
            here = node == place
            goes_left[here] = np.isin(np.trunc(value[here]), known)
        at[going] = np.where(goes_left, left[node], right[node])
        going = going[at[going] >= 0]
    return np.asarray(leaf[~at], dtype=np.float64)
