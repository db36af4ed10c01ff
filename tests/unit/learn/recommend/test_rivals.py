"""The rivals of the bench do what their papers say, on baskets that can be reckoned by hand."""

from __future__ import annotations

import numpy as np

from bench import rivals
from bench.rivals import next_basket


def question() -> next_basket.Question:
    """Person 0: {0}, {0, 1}; person 1: {1}, {2}, {2}; person 2: {3} nine times."""
    rows = [(0, 0, 0), (0, 1, 0), (0, 1, 1), (1, 2, 1), (1, 3, 2), (1, 4, 2)]
    rows += [(2, 5 + nth, 3) for nth in range(9)]
    person, basket, item = (np.array(column) for column in zip(*rows, strict=True))
    return next_basket.Question(person, basket, item, 60, np.array([0, 1]))


def test_visits_are_numbered_within_a_person() -> None:
    place, count = question().visits()
    assert place.tolist() == [0, 1, 1, 0, 1, 2, *range(9)]
    assert count.tolist() == [2, 2, 2, 3, 3, 3, *[9] * 9]


def test_top_frequencies() -> None:
    assert next_basket.g_topfreq(question())[0][:3].tolist() == [3, 0, 1]
    assert next_basket.gp_topfreq(question())[:, 0].tolist() == [0, 2]
    assert next_basket.gp_topfreq(question())[0][1:3].tolist() == [1, 3]


def test_popularity_with_recency_puts_the_last_baskets_first() -> None:
    assert next_basket.up_cf(question())[:, 0].tolist() == [0, 2]


def test_frequencies_decay_by_visits_and_neighbours_are_mixed_in() -> None:
    said = next_basket.tifu_knn(question())
    # person 0: item 0 (.7 / 2 + 1 / 2) before item 1 (1 / 2); person 1: item 2 before item 1
    assert said[0][:2].tolist() == [0, 1]
    assert said[1][:2].tolist() == [2, 1]
    # what only neighbours buy comes after her own: item 2 at (.7 + 1) / 3 before item 3
    assert said[0][2:4].tolist() == [2, 3]


def test_the_locks_name_no_host() -> None:
    locks = sorted(rivals.HERE.glob("*.lock"))
    assert rivals.LOCK in locks
    for lock in locks:
        assert "://" not in lock.read_text()
        assert "--hash=sha256:" in lock.read_text()
