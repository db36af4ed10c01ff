"""Groups that are there are found, and groups that are not are said to be chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.stats import clustering


def clouds(centres: list[tuple[float, float]], each: int, spread: float = 0.3, seed: int = 5) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.vstack([chance.normal(centre, spread, (each, 2)) for centre in centres])


FOUR = [(0.0, 0.0), (5.0, 0.0), (0.0, 5.0), (5.0, 5.0)]


def test_the_number_of_groups_that_are_there_is_chosen_and_each_is_stable() -> None:
    points = clouds(FOUR, 80)
    found = clustering.cluster(points, range(2, 8), seed=1)
    assert found.choice.groups == 4
    assert min(found.choice.stability) > 0.95
    assert [each.groups for each in found.scores] == [2, 3, 4, 5, 6, 7]
    labels = found.labels(points)
    assert {len(set(labels[start : start + 80].tolist())) for start in range(0, 320, 80)} == {1}


def test_the_same_seed_gives_the_same_groups() -> None:
    points = clouds([(0.0, 0.0), (1.0, 1.0)], 100, spread=1.0)
    one, other = (clustering.cluster(points, range(2, 5), seed=7) for _ in range(2))
    assert np.array_equal(one.centres, other.centres)
    assert one.scores == other.scores


def test_groups_of_chance_are_told_by_their_stability() -> None:
    noise = np.random.default_rng(3).uniform(size=(300, 2))
    told = clustering.cluster(noise, [9], seed=1)
    assert told.choice.weakest < 0.75
    assert clustering.cluster(clouds(FOUR, 75), [4], seed=1).choice.weakest > 0.95


def test_a_number_with_a_tiny_group_is_not_chosen_where_there_is_another() -> None:
    points = np.vstack([clouds([(0.0, 0.0), (9.0, 0.0)], 100), clouds([(9.0, 7.0)], 8, spread=0.1)])
    assert clustering.cluster(points, [2, 3], seed=1).choice.groups == 3
    assert clustering.cluster(points, [2, 3], seed=1, smallest=10).choice.groups == 2


def test_standardised_columns_weigh_the_same_and_a_constant_nothing() -> None:
    made = clustering.standardised(np.array([[1.0, 100.0, 7.0], [3.0, 300.0, 7.0]]))
    assert made.tolist() == [[-1.0, -1.0, 0.0], [1.0, 1.0, 0.0]]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=30), st.integers(1, 3)
)
def test_every_point_is_in_the_group_of_its_nearest_centre(
    points: list[tuple[int, int]], groups: int
) -> None:
    cloud = np.array(points, dtype=np.float64)
    centres = clustering.k_means(cloud, groups, seed=1)
    labels = clustering.nearest(cloud, centres)
    apart = ((cloud[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    assert np.allclose(apart[np.arange(len(cloud)), labels], apart.min(axis=1))


def test_jaccard_of_groups_that_were_only_named_otherwise_is_one() -> None:
    one, other = np.array([0, 0, 1, 1, 1]), np.array([1, 1, 0, 0, 0])
    assert clustering.jaccards(one, other, 2).max(axis=1).tolist() == [1.0, 1.0]


def test_partitions_agree_fully_when_they_are_the_same_and_not_at_all_by_chance() -> None:
    chance = np.random.default_rng(4)
    one, other = chance.integers(0, 4, 4_000), chance.integers(0, 4, 4_000)
    assert clustering.adjusted_rand(one, 3 - one) == pytest.approx(1.0)
    assert abs(clustering.adjusted_rand(one, other)) < 0.02
    # by hand: 2 pairs are together in both, of 4 and 3, where 4 × 3 ÷ 15 are expected
    six = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 2])
    assert clustering.adjusted_rand(*six) == pytest.approx((2 - 4 * 4 / 15) / (4 - 4 * 4 / 15))


def test_principal_components_keep_what_varies_most_in_a_common_length() -> None:
    along = np.linspace(-1, 1, 50)
    columns = np.column_stack([3 * along, 4 * along, np.tile([0.1, -0.1], 25)])
    [line] = clustering.principal(columns, 1).T
    assert np.corrcoef(line, along)[0, 1] == pytest.approx(1.0, abs=1e-6)
    assert (line**2).mean() == pytest.approx(1.0)
    assert clustering.principal(np.ones((4, 3)), 2).tolist() == [[0.0, 0.0]] * 4
    assert clustering.principal(columns[:, :1], 3).shape == (50, 1)


def test_the_most_groups_that_are_as_clear_are_chosen() -> None:
    # two pairs of clouds: two groups are clearer, four are nearly as clear
    points = clouds([(0.0, 0.0), (0.0, 3.2), (9.0, 0.0), (9.0, 3.2)], 80, spread=0.25)
    found = clustering.cluster(points, range(2, 7), seed=1)
    assert found.choice.groups == 4
    assert found.choice.agreement > 0.95


def test_fewer_points_than_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        clustering.cluster(np.zeros((1, 2)), [2, 3], seed=1)
