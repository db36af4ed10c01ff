from __future__ import annotations

from typing import Any

import pytest

from segue.checks.models.shop import Shop, invent_shop
from segue.learn.given import Given
from segue.learn.knowledge import Knowledge
from segue.learn.model import Task
from segue.learn.recommend.model import FittedRecommend, RecommendModel, Settings
from segue.learn.recommend.serving import Serving

SMALL = Settings(rounds=25, most=500, fewest=10)


@pytest.fixture(scope="session")
def shop() -> Given:
    return invent_shop(Shop(seed=3, persons=90, items=60, days=200))


@pytest.fixture(scope="session")
def known(shop: Given) -> Knowledge:
    return Knowledge(shop, int(shop.everything.time.max()) + 1)


@pytest.fixture(scope="session")
def fitted(known: Knowledge) -> FittedRecommend:
    return RecommendModel(SMALL).fit(known, Task(until=known.until, seed=1), lambda *_: None)


@pytest.fixture(scope="session")
def serving(fitted: FittedRecommend, known: Knowledge) -> Serving:
    return fitted.serving(known, known.until)


@pytest.fixture
def columns() -> dict[str, list[Any]]:
    """Ann buys milk every 7 days and bread once; Bob buys bread and tea."""
    day = 86_400_000_000
    rows = [
        ("ann", 0, "milk"), ("ann", 7, "milk"), ("ann", 7, "bread"), ("ann", 14, "milk"),
        ("bob", 3, "bread"), ("bob", 3, "tea"), ("bob", 20, "tea"),
    ]  # fmt: skip
    return {
        "person": [who for who, _, _ in rows],
        "time": [when * day + day // 2 for _, when, _ in rows],
        "sku": [sku for _, _, sku in rows],
        "store": ["s1"] * len(rows),
    }
