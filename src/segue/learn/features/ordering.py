"""Features of when orders were placed and what they came to: recency, frequency, cadence, money, baskets."""

from __future__ import annotations

from functools import partial

import numpy as np

from segue.learn.features.feature import Feature
from segue.learn.features.moment import Moment, distinct, ratio
from segue.learn.purchases import Floats, Ints

WINDOWS = (7, 30, 90, 365)
RECENT = 3
"""Gaps that tell a trend against all of them."""


def ordering() -> tuple[Feature, ...]:
    """The features of this family."""
    windows = tuple(
        Feature(f"orders_{days}d", f"orders in {days} days", "orders", "count", partial(_orders, days=days))
        for days in WINDOWS
    )
    spends = tuple(
        Feature(f"spend_{days}d", f"spent in {days} days", "spend", "money", partial(_spend, days=days))
        for days in WINDOWS
    )
    return (
        Feature("days_since_order", "days since the last order", "orders", "days", since_last),
        Feature("days_since_first_order", "days since the first order", "orders", "days", since_first),
        Feature("orders", "orders so far", "orders", "count", lambda moment: moment.count),
        *windows,
        Feature("orders_trend", "orders of 30 days beside a third of 90", "orders", "ratio", _orders_trend),
        Feature("shopping_days", "days with an order", "orders", "count", _shopping_days),
        Feature("gap_mean", "days between orders", "orders", "days", gap_mean),
        Feature("gap_median", "usual days between orders", "orders", "days", gap_median),
        Feature("gap_spread", "how irregular orders are", "orders", "ratio", _gap_spread),
        Feature("gap_last", "days between the last two orders", "orders", "days", _gap_last),
        Feature("gap_trend", "the latest gaps beside all", "orders", "ratio", _gap_trend),
        Feature("overdue", "days since the last order beside the usual gap", "orders", "ratio", _overdue),
        Feature("spend", "spent so far", "spend", "money", lambda moment: moment.spend),
        *spends,
        Feature("spend_trend", "spent in 30 days beside a third of 90", "spend", "ratio", _spend_trend),
        Feature("order_mean", "an order comes to", "spend", "money", _order_mean),
        Feature("order_last", "the last order came to", "spend", "money", _order_last),
        Feature("order_greatest", "the greatest order came to", "spend", "money", _order_greatest),
        Feature("order_spread", "how uneven orders are", "spend", "ratio", _order_spread),
        Feature("lines_mean", "products in an order", "basket", "count", _lines_mean),
        Feature("pieces_mean", "pieces in an order", "basket", "count", _pieces_mean),
        Feature("price_mean", "what a piece costs", "spend", "money", _price_mean),
        Feature("products", "different products so far", "basket", "count", _products),
        Feature("repeat_share", "of lines, bought before", "basket", "share", _repeat_share),
    )


def since_last(moment: Moment) -> Floats:
    """Local days since the last order."""
    return _since(moment, moment.last)


def since_first(moment: Moment) -> Floats:
    """Local days since the first order."""
    return _since(moment, np.where(moment.last >= 0, moment.last - moment.count.astype(np.int64) + 1, -1))


def gap_mean(moment: Moment) -> Floats:
    """(last − first day) ÷ (orders − 1); NaN below two."""
    return ratio(since_first(moment) - since_last(moment), moment.count - 1)


def gap_median(moment: Moment) -> Floats:
    """The middle of the days between one order and the next; NaN below two."""
    return moment.kept("gap_median", partial(_gap_median, moment))


def _since(moment: Moment, row: Ints) -> Floats:
    if not len(moment.orders):
        return np.full(moment.size, np.nan)
    return np.where(row >= 0, moment.today - moment.orders.day[row], np.nan).astype(np.float64)


def _orders(moment: Moment, days: int) -> Floats:
    return moment.ordered(moment.per_person(moment.orders.person[moment.within(days)]))


def _spend(moment: Moment, days: int) -> Floats:
    rows = moment.within(days)
    return moment.ordered(moment.per_person(moment.orders.person[rows], moment.orders.amount[rows]))


def _orders_trend(moment: Moment) -> Floats:
    return ratio(_orders(moment, 30) * 3, _orders(moment, 90))


def _spend_trend(moment: Moment) -> Floats:
    return ratio(_spend(moment, 30) * 3, _spend(moment, 90))


def _shopping_days(moment: Moment) -> Floats:
    orders = moment.orders
    if not len(orders):
        return np.full(moment.size, np.nan)
    new = np.concatenate([[True], (np.diff(orders.day) != 0) | (np.diff(orders.person) != 0)])
    return moment.ordered(moment.per_person(orders.person[new]))


def _gaps(moment: Moment) -> tuple[Ints, Floats, Ints]:
    """Person and days of each gap, in order, and the row of the order that ends it."""
    orders = moment.orders
    rows = np.flatnonzero(np.diff(orders.person) == 0) + 1 if len(orders) else np.zeros(0, np.int64)
    return (
        orders.person[rows].astype(np.int64),
        (orders.day[rows] - orders.day[rows - 1]).astype(np.float64),
        rows,
    )


def _gap_median(moment: Moment) -> Floats:
    person, gap, _ = _gaps(moment)
    result = np.full(moment.size, np.nan)
    if len(person):
        gap = gap[np.lexsort((gap, person))]
        count = np.bincount(person, minlength=moment.size)
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        some = count > 0
        low, high = first + (count - 1) // 2, first + count // 2
        result[some] = (gap[low[some]] + gap[high[some]]) / 2
    return result


def _gap_spread(moment: Moment) -> Floats:
    person, gap, _ = _gaps(moment)
    return _spread(person, gap, moment)


def _gap_last(moment: Moment) -> Floats:
    person, gap, _ = _gaps(moment)
    result = np.full(moment.size, np.nan)
    result[person] = gap
    return result


def _gap_trend(moment: Moment) -> Floats:
    person, gap, rows = _gaps(moment)
    late = moment.last[person] - rows < RECENT
    recent = ratio(moment.per_person(person[late], gap[late]), moment.per_person(person[late]))
    return ratio(recent, np.where(moment.count > 2, gap_mean(moment), np.nan))


def _overdue(moment: Moment) -> Floats:
    return since_last(moment) / np.maximum(gap_median(moment), 0.5)


def _order_mean(moment: Moment) -> Floats:
    return ratio(moment.spend, moment.count)


def _order_last(moment: Moment) -> Floats:
    if not len(moment.orders):
        return np.full(moment.size, np.nan)
    return np.where(moment.last >= 0, moment.orders.amount[moment.last], np.nan)


def _order_greatest(moment: Moment) -> Floats:
    result = np.full(moment.size, -np.inf)
    np.maximum.at(result, moment.orders.person, moment.orders.amount)
    return np.where(np.isinf(result), np.nan, result)


def _order_spread(moment: Moment) -> Floats:
    return _spread(moment.orders.person.astype(np.int64), moment.orders.amount, moment)


def _spread(person: Ints, values: Floats, moment: Moment) -> Floats:
    """Standard deviation ÷ mean of each; NaN below three values."""
    count = np.bincount(person, minlength=moment.size)
    mean = ratio(moment.per_person(person, values), count.astype(np.float64))
    away = np.bincount(person, (values - mean[person]) ** 2, minlength=moment.size)
    deviation: Floats = np.sqrt(away / np.maximum(count - 1, 1))
    return ratio(deviation, np.where(count > 2, mean, np.nan))


def _lines_mean(moment: Moment) -> Floats:
    lines = moment.orders.lines.astype(np.float64)
    return ratio(moment.per_person(moment.orders.person, lines), moment.count)


def _pieces(moment: Moment) -> Floats:
    return moment.per_person(moment.orders.person, moment.orders.pieces)


def _pieces_mean(moment: Moment) -> Floats:
    return ratio(_pieces(moment), moment.count)


def _price_mean(moment: Moment) -> Floats:
    return ratio(moment.spend, _pieces(moment))


def _products(moment: Moment) -> Floats:
    return moment.ordered(moment.kept("products", partial(_different, moment)))


def _different(moment: Moment) -> Floats:
    bought = moment.purchases
    items = np.int64(len(bought.items) + 1)
    pairs = distinct(bought.person.astype(np.int64) * items + bought.item + 1)
    return moment.per_person((pairs // items).astype(np.int32))


def _repeat_share(moment: Moment) -> Floats:
    lines = moment.per_person(moment.purchases.person)
    return 1 - ratio(_products(moment), lines)
