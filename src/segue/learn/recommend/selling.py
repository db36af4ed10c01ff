"""Selling: what everybody does with an item as of a moment, whoever asks. The same for all who ask then."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Floats, Ints

if TYPE_CHECKING:
    from segue.learn.recommend.ledger import Ledger

WINDOWS: Final = {"7d": 7, "28d": 28, "365d": 365}
"""Days that popularity is counted over."""
DISCOUNTS: Final = {"now": 10, "ever": 365}
"""Days that sales under discount are counted over."""
DAYPARTS: Final = 6
"""Parts of a day that popularity is told apart by, four hours each."""
SELLING: Final = (
    *(f"popular_{name}" for name in WINDOWS), "trend_7d", "trend_28d",
    *(f"discounted_{name}" for name in DISCOUNTS), "repeat_share", "buyers", "usual_gap", "daypart_lift",
)  # fmt: skip
"""The columns of :func:`selling`, in their order."""


def selling(ledger: Ledger, item: NDArray[Any], moments: Ints, asked: NDArray[Any]) -> dict[str, Floats]:
    """Of items (n,) as of ``moments[asked]``: popularity, trend, discounts, repeats, and the hour's lift."""
    rank = ledger.clock.rank(moments)
    until = rank[asked]
    sold, nobody = ledger.counter("item"), np.zeros(len(moments), np.int64)
    begins = [ledger.ago(moments, days) for days in WINDOWS.values()]
    orders = ledger.counter("orders").counts(nobody, begins, rank)
    some = sold.counts(item, [begin[asked] for begin in begins], until)
    popular = [found / np.maximum(every[asked], 1) for found, every in zip(some, orders, strict=True)]
    columns = [*popular, *((one + 1e-5) / (two + 1e-5) for one, two in pairwise(popular))]
    begins = [ledger.ago(moments, days)[asked] for days in DISCOUNTS.values()]
    marked = ledger.counter("item_discounted").counts(item, begins, until)
    columns += [
        some / np.maximum(every, 1)
        for some, every in zip(marked, sold.counts(item, begins, until), strict=True)
    ]
    repeats, gaps = ledger.counter("repeats").total(item, until)
    buyers = ledger.counter("buyers").count(item, np.zeros_like(until), until)
    usual = np.exp(np.where(repeats >= 3, gaps / np.maximum(repeats, 1), np.nan))
    columns += [repeats / np.maximum(repeats + buyers, 1), buyers, usual]
    columns.append(_daypart(ledger, item, moments, asked))
    return dict(zip(SELLING, columns, strict=True))


def _daypart(ledger: Ledger, item: NDArray[Any], moments: Ints, asked: NDArray[Any]) -> Floats:
    """Its share of sales in this part of the day beside the part's share of orders; 1 is as usual."""
    rank = ledger.clock.rank(moments)
    part, since = ledger.daypart(moments), np.zeros_like(rank)
    now = ledger.counter("dayparts").count(part, since, rank)
    usual = (now + 1.0) / (ledger.counter("orders").count(np.zeros_like(rank), since, rank) + DAYPARTS)
    code = ledger.at_daypart(part[asked], item)
    here = ledger.counter("item_dayparts").count(code, since[asked], rank[asked])
    sold = ledger.counter("item").count(item, since[asked], rank[asked])
    lift: Floats = (here + 10.0 * usual[asked]) / ((sold + 10.0) * usual[asked])
    return lift
