"""Features of how one shops: discounts, stores, times of day and week, channels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from segue.learn.features.feature import Feature
from segue.learn.features.moment import Mask, Moment, distinct, ratio
from segue.learn.purchases import Codes, Floats

DAYPARTS = (("morning", 5, 11), ("midday", 11, 14), ("afternoon", 14, 18), ("evening", 18, 22))
"""(name, from, to) in hours; what is left is the night."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONDAY = 3
"""Days from 1970-01-01, a Thursday, back to its week's Monday."""


def habits() -> tuple[Feature, ...]:
    """The features of this family that name no store and no channel."""
    parts = tuple(
        Feature(f"daypart_{name}", f"orders in the {name}", "time", "share", partial(_daypart, hours=hours))
        for name, *hours in (*DAYPARTS, ("night", 22, 29))
    )
    days = tuple(
        Feature(f"weekday_{name.lower()}", f"orders on a {name}", "time", "share", partial(_weekday, day=day))
        for day, name in enumerate(WEEKDAYS)
    )
    return (
        Feature("discount_share", "of spending, saved by discounts", "discount", "share", _discount_share),
        Feature("discounted_lines", "of lines, at a discount", "discount", "share", _discounted_lines),
        Feature("discount_trend", "change of savings in 13 weeks", "discount", "share", _discount_trend),
        Feature("stores", "different stores", "store", "count", _stores),
        Feature("main_store", "orders at the usual store", "store", "share", _main_store),
        *parts,
        *days,
        Feature("weekend", "orders at a weekend", "time", "share", _weekend),
        Feature("channels", "different channels", "channel", "count", _channels),
    )


def store_share(name: str) -> Feature:
    """The share of orders placed at a store."""
    return Feature(f"store:{name}", f"orders at store {name}", "store", "share", partial(_store, name=name))


def channel_share(name: str) -> Feature:
    """The share of orders placed through a channel."""
    return Feature(
        f"channel:{name}", f"orders through {name}", "channel", "share", partial(_channel, name=name)
    )


def usual_store(moment: Moment) -> Codes:
    """The store of most orders; the lowest code of several, -1 where no store is known."""
    orders = moment.orders
    known = orders.store >= 0
    width = np.int64(max(len(moment.purchases.stores), 1))
    pairs, counts = np.unique(orders.person[known] * width + orders.store[known], return_counts=True)
    person, store = pairs // width, pairs % width
    best = np.lexsort((store, -counts, person))
    first = np.concatenate([[True], np.diff(person[best]) != 0]) if len(best) else np.zeros(0, np.bool_)
    result = np.full(moment.size, -1, np.int32)
    result[person[best][first]] = store[best][first]
    return result


def of_orders(moment: Moment, rows: Mask) -> Floats:
    """The share of each person's orders that these rows are."""
    return ratio(moment.per_person(moment.orders.person[rows]), moment.count)


def weekday(moment: Moment) -> Floats:
    """Weekday of each order, 0 for Monday."""
    days: Floats = ((moment.orders.day + MONDAY) % 7).astype(np.float64)
    return days


def _discounts(moment: Moment, rows: Mask) -> Floats:
    orders = moment.orders
    saved = moment.per_person(orders.person[rows], orders.discount[rows])
    return ratio(saved, saved + moment.per_person(orders.person[rows], orders.amount[rows]))


def _discount_share(moment: Moment) -> Floats:
    return _discounts(moment, np.ones(len(moment.orders), np.bool_))


def _discount_trend(moment: Moment) -> Floats:
    return _discounts(moment, moment.within(91)) - _discount_share(moment)


def _discounted_lines(moment: Moment) -> Floats:
    bought = moment.purchases
    return ratio(moment.per_person(bought.person[bought.discount > 0]), moment.per_person(bought.person))


def _different(person: Codes, code: Codes, moment: Moment) -> Floats:
    known = code >= 0
    width = np.int64(code.max(initial=0) + 1)
    pairs = distinct(person[known].astype(np.int64) * width + code[known])
    return moment.ordered(moment.per_person((pairs // width).astype(np.int32)))


def _stores(moment: Moment) -> Floats:
    return _different(moment.orders.person, moment.orders.store, moment)


def _channels(moment: Moment) -> Floats:
    return _different(moment.orders.person, moment.orders.channel, moment)


def _main_store(moment: Moment) -> Floats:
    usual = usual_store(moment)
    there = (moment.orders.store == usual[moment.orders.person]) & (moment.orders.store >= 0)
    return of_orders(moment, there)


def _daypart(moment: Moment, hours: Sequence[int]) -> Floats:
    first, last = hours
    hour = moment.orders.hour
    return of_orders(moment, ((hour >= first) & (hour < last)) | (hour + 24 < last))


def _weekday(moment: Moment, day: int) -> Floats:
    return of_orders(moment, weekday(moment) == day)


def _weekend(moment: Moment) -> Floats:
    return of_orders(moment, weekday(moment) >= 5)


def _store(moment: Moment, name: str) -> Floats:
    return of_orders(moment, moment.orders.store == _code(moment.purchases.stores, name))


def _channel(moment: Moment, name: str) -> Floats:
    return of_orders(moment, moment.orders.channel == _code(moment.purchases.channels, name))


def _code(names: Sequence[str], name: str) -> int:
    """-2, which no row has, for one that is no more."""
    return names.index(name) if name in names else -2
