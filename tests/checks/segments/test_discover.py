"""Groups that are there are found among buyers, and the condition of each finds its members again."""

from __future__ import annotations

import pytest

from segue.app.segments.discover import discover
from segue.app.segments.preview import Previews
from segue.app.segments.taking import take
from segue.domain.rules.segments import read_when
from segue.errors import ConflictError, InvalidInputError

from .shop import Shop, bought


@pytest.fixture
def previews(shop: Shop) -> Previews:
    """Sixty who come every few days for little, sixty who came twice, long ago, for much."""
    for number in range(60):
        shop.happen(
            *(
                bought(f"often{number}", each, days_ago=each * 5, revenue=5.0 + number / 9)
                for each in range(8)
            ),
            *(
                bought(f"once{number}", each, days_ago=150 + number + each, revenue=300.0 + number)
                for each in range(2)
            ),
            drain=False,
        )
    shop.catch_up()
    found = Previews(shop.installation)
    take(shop.installation, found.snapshots)
    return found


def test_two_kinds_of_buyers_are_told_apart_and_found_again(shop: Shop, previews: Previews) -> None:
    found = discover(previews, taken=("here_lately",))
    assert (found.chosen, found.persons) == (2, 120)
    assert sorted(each.count for each in found.segments) == [60, 60]
    assert {score.groups for score in found.scores} >= {2, 3, 4}
    rules = shop.installation.rules()
    for each in found.segments:
        when = read_when(each.when, "when", rules.traits, rules.purposes.purposes)
        told = previews.preview(when, sample=20)
        assert told.count == each.count
        assert len({person.orders for person in told.sample}) == 1
        assert (each.precision, each.recall) == (1.0, 1.0)
        assert each.stability > 0.9
        assert each.distinguishing
    assert len({each.name for each in found.segments}) == 2
    again = discover(previews, taken=("here_lately",))
    assert again.segments == found.segments


def test_as_many_groups_as_were_asked_for(previews: Previews) -> None:
    found = discover(previews, groups=3)
    assert found.chosen == len(found.segments) == 3
    assert [score.groups for score in found.scores] == [3]
    with pytest.raises(InvalidInputError, match="cannot be looked for"):
        discover(previews, groups=1)


def test_a_shop_whose_orders_ended_years_ago_is_seen_as_of_its_last_orders(shop: Shop) -> None:
    for number in range(60):
        shop.happen(
            *(
                bought(f"often{number}", each, days_ago=800 + each * 5, revenue=5.0 + number / 9)
                for each in range(8)
            ),
            *(
                bought(f"once{number}", each, days_ago=950 + number + each, revenue=300.0 + number)
                for each in range(2)
            ),
            drain=False,
        )
    # a few who stand alone do not make it the present
    shop.happen(*(bought(f"late{number}", 1, days_ago=1) for number in range(5)), drain=False)
    shop.catch_up()
    previews = Previews(shop.installation)
    take(shop.installation, previews.snapshots)
    found = discover(previews, groups=2)
    assert (found.moment, found.as_of) == ("last_orders", "2023-12-22T23:59:59.999999Z")
    assert "2023-12-22" in found.note
    assert found.persons == 120
    assert sorted((each.count, each.present) for each in found.segments)[0][0] == 60
    assert {each.present for each in found.segments} <= {0, 5}
    for each in found.segments:
        assert (each.precision, each.recall) == (1.0, 1.0)
    assert discover(previews, groups=2).segments == found.segments


def test_of_the_present_nothing_needs_to_be_noted(previews: Previews) -> None:
    found = discover(previews, groups=2)
    assert (found.moment, found.note) == ("present", "")
    assert all(each.count == each.present for each in found.segments)


def test_too_few_buyers_are_said_to_be_too_few(shop: Shop) -> None:
    shop.happen(*(bought(f"p{number}", 1) for number in range(5)))
    previews = Previews(shop.installation)
    with pytest.raises(ConflictError, match="too few to find groups among"):
        discover(previews)
