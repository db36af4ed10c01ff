"""Reasons: why an item is recommended, in words, from what is known of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from segue.learn.purchases import Items

ALIKE = 0.2
"""Of the most her neighbours buy: from here on they are the reason."""
RISING = 1.5
"""Of a week's share of the orders beside four weeks': from here on it is the reason."""
Facts = Mapping[str, float]
"""The features of one candidate."""


def reason(facts: Facts, items: Items, item: int, *, with_item: int = -1, at_store: bool = False) -> str:
    """The strongest thing to say. ``with_item``: what it goes with, of what is in the basket."""
    if facts["times"] > 0:
        return _again(facts)
    return next(_first(facts, items, item, with_item, at_store=at_store))


def _first(facts: Facts, items: Items, item: int, with_item: int, *, at_store: bool) -> Iterator[str]:
    """Why something she never bought, the strongest first."""
    if with_item >= 0 and facts["together"] > 0:
        yield f"goes with {_called(items, with_item)}"
    if facts["viewed_times"] > 0:
        yield f"looked at {_ago(facts['viewed_days_since'])}"
    if facts["family_times"] > 0:
        yield f"another kind of {_called(items, item)}, which was bought {_times(facts['family_times'])}"
    if facts["neighbours_share"] > ALIKE:
        yield "bought by customers who buy the same things"
    if facts["popular_28d"] > 0 and facts["popular_365d"] <= facts["popular_28d"] / 12:
        yield f"new in {_category(items, item)}"
    if at_store and facts["store_28d"] > 0:
        yield "popular in this store these weeks"
    if facts["category_times"] > 0:
        yield f"from {_category(items, item)}, where she bought {_times(facts['category_times'])}"
    if facts["popular_28d"] > 0 and facts["trend_7d"] >= RISING:
        yield "bought more and more these days"
    yield "popular everywhere these weeks" if facts["popular_28d"] > 0 else "popular everywhere this year"


def _called(items: Items, item: int) -> str:
    """Its name; where the catalogue has none but a number, its category."""
    name = str(items.name[item])
    if name != items.sku[item] or not any(each.isdigit() for each in name):
        return name
    return _category(items, item) if items.category[item] >= 0 else "what is in the basket"


def _again(facts: Facts) -> str:
    last = _ago(facts["days_since"])
    if facts["times"] < 2 or math.isnan(facts["mean_gap"]):
        return f"bought once, {last}"
    if facts["mean_gap"] < 1:
        return f"bought {_times(facts['times'])}, last {last}"
    return f"bought every {_days(facts['mean_gap'])}, last {last}"


def _category(items: Items, item: int) -> str:
    code = int(items.category[item])
    return items.categories[code] if code >= 0 else "its category"


def _times(count: float) -> str:
    return "once" if round(count) == 1 else f"{round(count)} times"


def _ago(days: float) -> str:
    return "today" if days < 0.5 else f"{_days(days)} ago"


def _days(days: float) -> str:
    whole = max(1, round(days))
    return "1 day" if whole == 1 else f"{whole} days"
