"""Features of a visit so far: one pure function, for every visit of the lake and for the one that goes on.

The counts, durations and rates are those of the published sets of web sessions (pages and seconds by kind,
how often visits end where she is, who she is to the shop, when and from where she came), and what a shop
knows besides: the cart, and the prices she looks at. :class:`Progress` is fed step by step, so that all the
beginnings of a visit cost no more than its end.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from segue.domain.order import DAY, SECOND
from segue.learn.intent.steps import (
    ADDED,
    CART,
    CHECKOUT,
    DEVICES,
    DIRECT,
    KIND_WORDS,
    KINDS,
    LIST,
    ORIGIN_WORDS,
    PAGE,
    PRODUCT,
    PROMOTION,
    SEARCH,
    Step,
    Visit,
    origin_kind,
)

_LONGEST: Final = 1_800.0
"""Seconds that a step can last: a longer pause ends the visit."""
_VISITS: Final = 5
_DAYS: Final = 60.0
"""Earlier visits, and days since the last, are told apart up to here: records keep only the latest."""

NAN: Final = math.nan


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """What is usual in the shop, learnt with the model."""

    #: mean price of the products looked at; 0 where prices are not told
    price: float = 0.0
    #: the same by category
    prices: dict[str, float] = {}
    #: share of the steps of each kind that were the last of their visit
    exits: tuple[float, ...] = (0.0,) * len(KIND_WORDS)


class Feature(NamedTuple):
    """A column."""

    name: str
    #: the value in words; a value of NaN is not worded
    say: Callable[[float], str]


def _count(one: str, many: str) -> Callable[[float], str]:
    return lambda value: f"1 {one}" if value == 1 else f"{value:.3g} {many}"


def _time(what: str) -> Callable[[float], str]:
    return lambda value: f"{value:.0f} s {what}" if value < 90 else f"{value / 60:.0f} min {what}"


def _share(what: str) -> Callable[[float], str]:
    return lambda value: f"{value:.0%} {what}"


def _against(what: str, other: str) -> Callable[[float], str]:
    def say(value: float) -> str:
        return f"{what} {abs(math.expm1(value)):.0%} {'above' if value >= 0 else 'below'} {other}"

    return say


_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DEVICE_WORDS: Final = ("on a computer", "on a phone", "on a tablet", "on another device")

FEATURES: Final = (
    Feature("steps", _count("step", "steps")),
    Feature("pages", _count("page", "pages")),
    Feature("lists", _count("list viewed", "lists viewed")),
    Feature("searches", _count("search", "searches")),
    Feature("products", _count("product viewed", "products viewed")),
    Feature("offers", _count("offer seen", "offers seen")),
    Feature("adds", _count("time put into the cart", "times put into the cart")),
    Feature("removals", _count("time taken out of the cart", "times taken out of the cart")),
    Feature("cart_views", _count("look at the cart", "looks at the cart")),
    Feature("checkout_steps", _count("step of the checkout", "steps of the checkout")),
    Feature("orders", _count("order in this visit", "orders in this visit")),
    Feature("seconds", _time("in this visit")),
    Feature("page_seconds", _time("on pages")),
    Feature("list_seconds", _time("on lists and searches")),
    Feature("product_seconds", _time("on products")),
    Feature("cart_seconds", _time("in cart and checkout")),
    Feature("seconds_a_step", _time("a step")),
    Feature("last_seconds", _time("before the latest step")),
    Feature("last_kind", lambda value: f"is at {KIND_WORDS[int(value)]}"),
    Feature("categories", _count("category seen", "categories seen")),
    Feature("focus", _share("of the views in one category")),
    Feature("cart_pieces", _count("product in the cart", "products in the cart")),
    Feature("cart_value", lambda value: f"{value:.2f} in the cart"),
    Feature("cart_age", _time("since the first product was put into the cart")),
    Feature("steps_since_added", _count("step since a product was added", "steps since a product was added")),
    Feature("price", lambda value: f"looks at prices of {value:.2f} on average"),
    Feature("price_to_own", _against("the latest price", "what she looked at before")),
    Feature("price_to_usual", _against("the latest price", "the shop's usual one")),
    Feature("price_to_category", _against("the latest price", "its category's usual one")),
    Feature("exit_rate", _share("of visits end at such a step")),
    Feature("exit_mean", _share("of visits end at steps like hers")),
    Feature("hour", lambda value: f"came at {value:.0f}:00"),
    Feature("weekday", lambda value: f"came on a {_WEEKDAYS[int(value)]}"),
    Feature("weekend", lambda value: "weekend" if value else "working day"),
    Feature("device", lambda value: _DEVICE_WORDS[int(value)] if value >= 0 else "device unknown"),
    Feature("app", lambda value: "in the app" if value else "not in the app"),
    Feature("origin", lambda value: ORIGIN_WORDS[int(value)]),
    Feature("visits_before", _count("earlier visit", "earlier visits")),
    Feature("bought_before", _count("earlier visit with an order", "earlier visits with an order")),
    Feature("days_away", _count("day since the last visit", "days since the last visit")),
)
"""All columns, in order."""

NAMES: Final = tuple(feature.name for feature in FEATURES)


def features(visit: Visit, zone: str, usual: Usual) -> list[float]:
    """The row (``FEATURES``) of a visit that has come this far; NaN for what cannot be known."""
    progress = Progress(visit, zone)
    for step in visit.steps:
        progress.add(step)
    return progress.row(usual)


class Progress:
    """A visit as it goes on. ``visit`` says who came, when and from where; no later step is looked at."""

    def __init__(self, visit: Visit, zone: str) -> None:
        first = visit.steps[0]
        self._begun = self._last = first.time
        self._first_page: int | None = None
        self._arrived: list[float] = _arrival(visit, zone)
        self._origin = DIRECT
        self._origin_open = True
        self._kinds = [0] * len(KIND_WORDS)
        self._seconds = [0.0] * len(KIND_WORDS)
        self._kind = -1
        self._gap = NAN
        self._steps = 0
        self._screens = 0
        self._adds = self._removals = self._cart_views = 0
        self._pieces = 0
        self._value = 0.0
        self._cart_since: int | None = None
        self._since_added = NAN
        self._categories: Counter[str] = Counter()
        self._prices = 0
        self._price_sum = self._price = self._price_before = 0.0
        self._category: str | None = None

    @property
    def pieces(self) -> int:
        """Pieces in the cart."""
        return self._pieces

    def add(self, step: Step) -> None:
        """One more step, no earlier than those before."""
        kind = KINDS[step.what]
        if self._kind >= 0:
            self._gap = min(_LONGEST, (step.time - self._last) / SECOND)
            self._seconds[self._kind] += self._gap
        if self._origin_open:
            self._origin = origin_kind(step.origin)
            self._origin_open = step.origin is None and kind != PAGE
        self._kind, self._last = kind, step.time
        self._steps += 1
        self._kinds[kind] += 1
        self._screens += step.what == "screen"
        self._since_added += 1
        if kind == PRODUCT:
            self._look(step)
        elif kind == CART:
            self._fill(step)
        elif step.what == "Order Completed":
            self._empty()

    def _look(self, step: Step) -> None:
        if step.category is not None:
            self._categories[step.category] += 1
        if step.amount is not None and step.amount > 0:
            self._price_before = self._price_sum / self._prices if self._prices else 0.0
            self._price, self._category = step.amount, step.category
            self._price_sum += step.amount
            self._prices += 1

    def _fill(self, step: Step) -> None:
        pieces = step.pieces if step.pieces else 1
        if step.what in ADDED:
            self._adds += 1
            self._pieces += pieces
            self._value += step.amount or 0.0
            self._since_added = 0.0
            if self._cart_since is None:
                self._cart_since = step.time
        elif step.what == "Product Removed":
            self._removals += 1
            self._pieces -= pieces
            self._value = max(0.0, self._value - (step.amount or 0.0))
            if self._pieces <= 0:
                self._empty()
        else:
            self._cart_views += 1

    def _empty(self) -> None:
        self._pieces, self._value, self._cart_since, self._since_added = 0, 0.0, None, NAN

    def row(self, usual: Usual) -> list[float]:
        """The features as of the latest step."""
        kinds, seconds = self._kinds, self._seconds
        total = (self._last - self._begun) / SECOND
        seen = sum(self._categories.values())
        known = usual.prices.get(self._category, 0.0) if self._category is not None else 0.0
        return [
            float(self._steps),
            float(kinds[PAGE]),
            float(kinds[LIST]),
            float(kinds[SEARCH]),
            float(kinds[PRODUCT]),
            float(kinds[PROMOTION]),
            float(self._adds),
            float(self._removals),
            float(self._cart_views),
            float(kinds[CHECKOUT]),
            float(kinds[-1]),
            total,
            seconds[PAGE],
            seconds[LIST] + seconds[SEARCH],
            seconds[PRODUCT],
            seconds[CART] + seconds[CHECKOUT],
            total / self._steps if self._steps else NAN,
            self._gap,
            float(self._kind),
            float(len(self._categories)),
            max(self._categories.values()) / seen if seen else NAN,
            float(self._pieces),
            self._value,
            NAN if self._cart_since is None else (self._last - self._cart_since) / SECOND,
            self._since_added,
            self._price_sum / self._prices if self._prices else NAN,
            _ratio(self._price, self._price_before),
            _ratio(self._price, usual.price),
            _ratio(self._price, known),
            usual.exits[self._kind] if self._kind >= 0 else NAN,
            sum(n * rate for n, rate in zip(kinds, usual.exits, strict=True)) / max(1, self._steps),
            *self._arrived[:4],
            float(self._screens > 0),
            float(self._origin),
            *self._arrived[4:],
        ]


def _ratio(price: float, usual: float) -> float:
    """Logarithm of the price over the usual one, NaN without either; within a factor of e³."""
    return max(-3.0, min(3.0, math.log(price / usual))) if price > 0 and usual > 0 else NAN


def _arrival(visit: Visit, zone: str) -> list[float]:
    """Hour, weekday, weekend, device; visits before, those with an order, days away."""
    start = visit.steps[0].time
    hour, weekday = _moment(start // (15 * 60 * SECOND), zone)
    device = -1 if visit.device is None else DEVICES.get(visit.device, 3)
    return [
        hour,
        weekday,
        float(weekday >= 5),
        float(device),
        float(min(_VISITS, visit.before)),
        float(min(_VISITS, visit.bought_before)),
        min(_DAYS, max(0.0, (start - visit.last) / DAY)) if visit.before else NAN,
    ]


@lru_cache(maxsize=4096)
def _moment(quarter: int, zone: str) -> tuple[float, float]:
    """Hour and weekday (0 Monday) at a quarter of an hour since 1970: no zone shifts by less."""
    at = datetime.fromtimestamp(quarter * 900, UTC).astimezone(ZoneInfo(zone))
    return float(at.hour), float(at.weekday())


# ── what is usual ────────────────────────────────────────────────────────────

_CATEGORIES: Final = 500


def usual_of(visits: Iterable[Visit]) -> Usual:
    """What is usual over these visits."""
    ends = [0] * len(KIND_WORDS)
    kinds = [0] * len(KIND_WORDS)
    prices: dict[str, list[float]] = {}
    for visit in visits:
        ends[KINDS[visit.steps[-1].what]] += 1
        for step in visit.steps:
            kind = KINDS[step.what]
            kinds[kind] += 1
            if kind == PRODUCT and step.amount is not None and step.amount > 0:
                of_category = prices.setdefault(step.category or "", [0.0, 0.0])
                of_category[0] += 1
                of_category[1] += step.amount
    views = sum(count for count, _ in prices.values())
    total = sum(amount for _, amount in prices.values())
    prices.pop("", None)
    often = sorted(prices.items(), key=lambda item: (-item[1][0], item[0]))[:_CATEGORIES]
    return Usual(
        price=total / views if views else 0.0,
        prices={name: amount / count for name, (count, amount) in sorted(often)},
        exits=tuple(ends[kind] / max(1, kinds[kind]) for kind in range(len(KIND_WORDS))),
    )


def worded(row: Sequence[float], parts: Sequence[float], most: int = 3) -> list[str]:
    """The features that moved a score most, in words, best first; ``parts`` is what each adds to it."""
    order = sorted(range(len(row)), key=lambda place: (-abs(parts[place]), place))
    return [
        f"{'for' if parts[place] > 0 else 'against'} it: {FEATURES[place].say(row[place])}"
        for place in order[:most]
        if abs(parts[place]) > 1e-9 and not math.isnan(row[place])
    ]
