"""An invented shop whose orders come in as events of its till."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from segue import flow
from segue.app.installation import Installation
from segue.checks.models.shop import Shop
from segue.domain.drafts import Draft, Sender
from segue.domain.order import rfc3339
from segue.learn.given import Given

SHOP = Shop(seed=9, persons=60, days=200, items=60)


def orders_of(shop: Given) -> Iterator[Draft]:
    """Its orders as events of a till."""
    bought = shop.everything
    items = bought.items
    rows = zip(bought.order.tolist(), range(len(bought)), strict=True)
    for number, group in groupby(rows, key=lambda row: row[0]):
        lines = [row for _, row in group]
        first = lines[0]
        products = [
            {
                "sku": items.sku[bought.item[row]],
                "category": items.categories[items.category[bought.item[row]]],
                "brand": items.brands[items.brand[bought.item[row]]],
                "quantity": float(bought.pieces[row]),
                "price": float(bought.amount[row] / bought.pieces[row]),
                "discount": float(bought.discount[row]),
            }
            for row in lines
        ]
        yield Draft(
            type="track",
            event="Order Completed",
            message_id=f"o{number}",
            user_id=f"u{bought.persons.ids[bought.person[first]]}",
            timestamp=rfc3339(int(bought.time[first])),
            properties={
                "order_id": f"o{number}",
                "store": bought.stores[bought.store[first]],
                "channel": bought.channels[bought.channel[first]],
                "products": products,
            },
        )


def come_in(installation: Installation, drafts: Iterator[Draft]) -> None:
    till = Sender(source="till", trusted=True)
    accepted = flow.accept(
        list(drafts), till, installation.rules(), installation.secret, installation.clock.now()
    )
    assert accepted.dead == []
    installation.log.append(accepted.entries, ())
    installation.drain()
