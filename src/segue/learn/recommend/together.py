"""Together: what is bought with what is in the basket, counted in the latest orders before the moment."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Codes, Ints
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Queries
from segue.learn.recommend.runs import spread

ORDERS = 1500
"""Latest orders of an item that are looked through."""
DOUBT = 10.0
"""Orders with neither that each pair is given, so that two meetings prove little."""

Found = tuple[NDArray[np.int64], Codes, NDArray[np.float32]]


def together(ledger: Ledger, queries: Queries) -> Found:
    """Query, item and how strongly it goes with what is in hand; sorted by query and item.

    The strength is the largest, over the items in hand, of: orders with both, beside the geometric mean of
    the orders with either (a cosine, 0 to 1), shrunk where there are few.
    """
    in_hand, items = queries.in_hand, len(ledger.items)
    if not len(in_hand.item):
        return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
    rank = ledger.clock.rank(queries.time)
    keys, strengths = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for query, item in zip(in_hand.query.tolist(), in_hand.item.tolist(), strict=True):
        found, strength = _with(ledger, item, int(rank[query]))
        keys.append(query * items + found)
        strengths.append(strength)
    key, strength = np.concatenate(keys), np.concatenate(strengths)
    order = np.lexsort((-strength, key))
    key, strength = key[order], strength[order]
    first = np.append(True, np.diff(key) != 0)[: len(key)]
    key, strength = key[first], strength[first]
    query, item = key // items, (key % items).astype(np.int32)
    kept = ~in_hand.has(query, item, items)
    return query[kept], item[kept], strength[kept]


def _with(ledger: Ledger, item: int, rank: int) -> tuple[Ints, NDArray[np.float32]]:
    """What was bought with one item before a moment's rank, and how strongly it goes with it."""
    orders = ledger.orders_with(item, rank)[-ORDERS:]
    begin = ledger.visits.begin
    _, rows = spread(begin[orders], begin[orders + 1])
    other, both = np.unique(ledger.lines.item[rows], return_counts=True)
    kept = (other != item) & (both > 1)
    other, both = other[kept].astype(np.int64), both[kept]
    if not len(other):
        return other, np.zeros(0, np.float32)
    until = np.full(len(other), rank)
    since = np.full(len(other), int(ledger.rank[begin[orders[0]]]))
    alone = ledger.counter("item").count(other, since, until)
    strength = both / np.sqrt((len(orders) + DOUBT) * (alone + DOUBT))
    return other, strength.astype(np.float32)


def looked_up(found: Found, query: NDArray[Any], item: NDArray[Any], items: int) -> NDArray[np.float32]:
    """The strength of each pair; 0 where it goes with nothing in hand."""
    key = found[0] * items + found[1]
    if not len(key):
        return np.zeros(len(query), np.float32)
    wanted = query * items + item
    place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[place] == wanted, found[2][place], 0.0).astype(np.float32)
