"""Groups that are there are found among buyers, and the condition of each finds its members again."""

from __future__ import annotations

import pytest

from segue.app.segments.discover import discover
from segue.app.segments.preview import Previews
from segue.app.segments.taking import take
from segue.domain.rules.segments import read_when
from segue.errors import InvalidInputError

from .shop import Shop, bought


@pytest.fixture
def previews(shop: Shop) -> Previews:
    """Sixty who come every few days for little, sixty who came twice, long ago, for much."""
    for number in range(60):
        shop.happen(
            *(
                bought(f"often{number}", each, days_ago=each * 5, revenue=5.0 + number % 7)
                for each in range(8)
            ),
            *(
                bought(f"once{number}", each, days_ago=150 + number + each, revenue=300.0)
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
