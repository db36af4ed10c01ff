"""A source made of arrays: codes, order, what is bounded, what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from segue.checks.models.shop import Shop, invent_shop
from segue.errors import NotFoundError
from segue.learn.given import coded, given, microseconds
from segue.learn.knowledge import Knowledge

LINES: dict[str, list[Any]] = {
    "person": ["b", "a", None, "a", "a"],
    "time": [5, 3, 1, 3, 9],
    "sku": ["x", "y", "x", "x", "z"],
    "order": ["o1", "o2", "o3", "o2", "o4"],
    "price": [1.0, 2.0, 3.0, 4.0, 5.0],
    "pieces": [2, 1, 1, 1, 1],
    "store": ["s", None, "t", "s", "s"],
}


def test_lines_are_sorted_by_person_time_and_order_with_guests_first() -> None:
    found = given(LINES, {"sku": ["x", "w"], "name": ["Ex", "We"], "category": ["c", None]}).everything
    assert found.person.tolist() == [-1, 0, 0, 0, 1]
    assert found.order.tolist() == [0, 1, 1, 2, 3]
    assert found.amount.tolist() == [3.0, 2.0, 4.0, 5.0, 2.0]
    assert [found.items.sku[each] for each in found.item] == ["x", "y", "x", "z", "x"]
    assert list(found.items.name) == ["We", "Ex", "y", "z"]
    assert found.items.category.tolist() == [-1, 0, -1, -1]
    assert [found.stores[each] if each >= 0 else None for each in found.store] == ["t", None, "s", "s", "s"]


def test_a_bounded_knowledge_keeps_its_codes_and_is_never_bounded_later() -> None:
    known = Knowledge(given(LINES), 6)
    assert len(known.purchases()) == 4
    assert known.before(100) is known
    assert known.before(4).purchases().person.tolist() == [-1, 0, 0]
    assert list(known.before(4).persons.ids) == ["a", "b"]


def test_happenings_words_and_segments_are_given_as_columns() -> None:
    source = given(
        {"person": [], "time": [], "sku": []},
        events={"person": ["a", None], "time": [2, 1], "event": ["E", "E"], "properties.n": [1, None]},
        told={"age": {"person": ["a", "a", "b"], "value": ["old", "young", "old"], "time": [5, 1, 9]}},
        segments={"s": ["b"]},
    )
    found = source.happenings(["E"], {"n": ("properties", "n"), "m": ("properties", "m")}, 10)
    assert (found.person.tolist(), found.fields["n"].tolist()) == ([-1, 0], [None, "1"])
    assert found.fields["m"].tolist() == [None, None]
    assert source.told("age", 6).value.tolist() == ["old"]
    assert source.told("age", 3).value.tolist() == ["young"]
    assert source.attributes(10) == {"age": 2}
    assert source.told("shoe", 10).value.tolist() == []
    assert source.segment("s").tolist() == [1]
    with pytest.raises(NotFoundError):
        source.segment("t")


def test_times_and_numbers_are_taken_as_they_come() -> None:
    moment = np.array(["2024-01-01T00:00:01"], "datetime64[ns]")
    assert microseconds(moment).tolist() == [1_704_067_201_000_000]
    assert coded(np.array([30, 4, 4]))[1] == ["30", "4"]
    assert coded([None, "b", float("nan"), "a"])[0].tolist() == [-1, 1, -1, 0]


def test_an_invented_shop_is_the_same_by_its_seed_and_another_by_another() -> None:
    small = Shop(persons=20, days=90)
    one, same, other = invent_shop(small), invent_shop(small), invent_shop(Shop(seed=2, persons=20, days=90))
    assert np.array_equal(one.everything.time, same.everything.time)
    assert np.array_equal(one.happened.time, same.happened.time)
    assert not np.array_equal(one.everything.time, other.everything.time)
    assert set(one.attributes(2**62)) == {"age_band", "children"}
    assert one.everything.items.content is not None
