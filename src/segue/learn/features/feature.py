"""What a feature is: a name, a title in words, the group of fields it needs, and one column a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Literal

from segue.learn.purchases import Floats

if TYPE_CHECKING:
    from segue.learn.features.moment import Moment

GROUPS = {
    "orders": "when orders were placed",
    "spend": "what orders came to",
    "basket": "how many pieces and products an order has",
    "category": "categories of products",
    "department": "departments of products",
    "brand": "brands of products",
    "discount": "discounts on order lines",
    "store": "the store of an order",
    "time": "hour and weekday of orders",
    "channel": "the channel of an order",
    "browsing": "browsing on the web and in the app",
    "campaign": "campaigns sent, opened and clicked",
    "calendar": "holidays and pay days",
    "weather": "the weather",
}
"""Groups of fields that are collected, or not, together: what data value is told for."""

Unit = Literal["days", "count", "share", "money", "ratio", "hours", "degrees", "mm", "yes"]


@dataclass(frozen=True)
class Feature:
    """One named column over a bounded knowledge."""

    #: unique; what follows a colon names a category, store, … of the retailer's
    name: str
    #: in words, as a reason begins: ``days since her last order``
    title: str
    #: of :data:`GROUPS`
    group: str
    unit: Unit
    #: one value a person, NaN where it has no meaning for her
    column: Callable[[Moment], Floats]

    def say(self, value: float, typical: float) -> str:
        """A reason in words: the value, and what is typical beside it."""
        if isnan(value):
            return f"{self.title}: unknown"
        beside = "" if isnan(typical) else f" (typical: {self._shown(typical)})"
        return f"{self.title}: {self._shown(value)}{beside}"

    def _shown(self, value: float) -> str:
        if self.unit == "share":
            return f"{value:.0%}" if abs(value) >= 0.1 or value == 0 else f"{value:.1%}"
        if self.unit == "yes":
            return "yes" if value >= 0.5 else "no"
        if self.unit in {"count", "days"} and (abs(value) >= 10 or value == round(value)):
            return f"{value:,.0f}"
        return f"{value:,.2f}" if self.unit in {"money", "ratio"} else f"{value:,.1f}"
