"""What is trending: counted from a real lake, of at least three buyers, store by store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from segue.app.around.trending import Trending, count
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.domain.drafts import Draft
from segue.domain.order import DAY, HOUR, rfc3339
from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Api, opened


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Api]:
    with opened(database_url, ManualClock(NOON), tmp_path) as api:
        yield api


def sold(buyer: int, ago: int, skus: Sequence[str], store: str = "s1") -> Draft:
    """An order of the past, ``ago`` microseconds before now."""
    return Draft(
        type="track", event="Order Completed", message_id=f"{buyer}-{ago}-{store}", user_id=f"u{buyer}",
        timestamp=rfc3339(NOON - ago),
        properties={
            "order_id": f"o{buyer}-{ago}", "store": store, "revenue": 1,
            "products": [{"sku": sku} for sku in skus],
        },
    )  # fmt: skip


def counted(shop: Api) -> Trending:
    house: Installation = shop.installation
    lake = lake_of(house)
    lake.flush()
    count(house.database, lake, house.clock.now())
    return Trending(house.database)


def test_what_is_bought_more_than_usual_leads_and_what_is_always_bought_does_not(shop: Api) -> None:
    before = [sold(buyer, (2 + buyer % 26) * DAY, ["milk"]) for buyer in range(280)]
    today = [sold(1_000 + buyer, HOUR + buyer, ["milk", "umbrella"]) for buyer in range(5)]
    shop.happen(*before, *today)
    found = counted(shop).at("s1")
    assert [each.sku for each in found] == ["umbrella"]  # ten of milk a day are usual
    assert (found[0].baskets, found[0].share) == (5, 1.0)


def test_two_buyers_say_nothing_however_often_they_buy(shop: Api) -> None:
    shop.happen(*(sold(buyer % 2, HOUR + buyer, ["secret"]) for buyer in range(20)))
    assert counted(shop).at("s1") == ()


def test_a_store_of_which_nothing_is_known_has_what_is_trending_everywhere(shop: Api) -> None:
    shop.happen(*(sold(buyer, HOUR + buyer, ["umbrella"], f"s{buyer}") for buyer in range(3)))
    trending = counted(shop)
    assert [each.sku for each in trending.at("s1")] == ["umbrella"]
    assert [each.sku for each in trending.at(None)] == ["umbrella"]


def test_counting_again_forgets_what_was(shop: Api) -> None:
    shop.happen(*(sold(buyer, HOUR + buyer, ["umbrella"]) for buyer in range(3)))
    assert counted(shop).at("s1")
    clock = shop.installation.clock
    assert isinstance(clock, ManualClock)
    clock.advance(2 * DAY)
    assert counted(shop).at("s1") == ()
