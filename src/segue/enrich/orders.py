"""Orders as registers by order id: several sources may report the same one, it counts once.

A register is ``[stated, cancelled, refunds, placed]``. ``stated`` is the winning statement of what was
ordered (:class:`Statement`), ``cancelled`` the best proof ``[proven, time, position]`` that it was
called off, ``refunds`` sums what each source gave back, ``placed`` is the earliest event time of a
statement, None where that is the stated one's. Statements are compared by (proven, time, position,
content), so what a public source claims never overwrites what a trusted one says, and arrival never
matters. Joining two registers is a maximum of maxima and a sum of sums.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from segue.enrich.names import ORDER_CANCELLED, ORDER_REFUNDED
from segue.enrich.scene import Scene

Register = list[Any]
Refunds = dict[str, list[Any]]
"""``1source`` (proven) or ``0source`` (claimed) → ``[amount, of the whole, count, last time, currency]``."""

_encode = msgspec.msgpack.Encoder().encode


class Statement(NamedTuple):
    """What one event says of an order. Stored as a plain list in this order."""

    proven: bool
    time: int
    position: int
    #: revenue without tax and shipping in millionths; None where nothing tells it
    value: int | None
    currency: str
    pieces: int
    coupon: str | None
    #: total, tax, shipping, discount
    amounts: list[int | None]
    #: ``[name, pieces, name, pieces, …]`` of those with most pieces
    categories: list[Any] | None
    brands: list[Any] | None
    store: str | None
    channel: str
    source: str


class Order(NamedTuple):
    """An order as the record shows it, from its register."""

    order_id: str
    statement: Statement
    placed: int
    cancelled: bool
    #: millionths given back, at most the value where that is known
    refunded: int
    #: nothing but refunds is known: a return against a receipt that was never seen
    only_refund: bool = False

    @property
    def net(self) -> int:
        """What remains of its value, in millionths."""
        return 0 if self.cancelled else (self.statement.value or 0) - self.refunded


def put(orders: dict[str, Register], fact: list[Any], scene: Scene) -> None:
    """Enter what an order event's fact says under ``1id`` (proven) or ``0id`` (claimed).

    The two stand apart until they are read, so that no flood of claimed orders displaces proven ones.
    """
    time, position, code = fact[0], fact[1], fact[2]
    fact = fact + [None] * (10 - len(fact))
    extra = fact[9]
    proven, order_id = extra[0], extra[1]
    register: Register
    if code == ORDER_CANCELLED:
        register = [None, [proven, time, position], {}, None]
    elif code == ORDER_REFUNDED:
        row = [fact[7] or 0, fact[7] is None, 1, time, fact[8]]
        register = [None, None, {f"{int(proven)}{scene.source}": row}, None]
    else:
        extra = extra + [None] * (7 - len(extra))
        said = [proven, time, position, fact[7], fact[8], *extra[2:7], fact[6], scene.channel, scene.source]
        register = [said, None, {}, None]
    entry = f"{int(proven)}{order_id}"
    held = orders.get(entry)
    orders[entry] = register if held is None else joined(held, register)


def joined(one: Register, other: Register) -> Register:
    """Both registers of an order as one; neither is changed."""
    stated = _later(one[0], other[0])
    placed = min((time for time in (_placed(one), _placed(other)) if time is not None), default=None)
    return [
        stated,
        max(one[1] or [], other[1] or []) or None,
        _refunds(one[2], other[2]),
        None if stated is None or placed == stated[1] else placed,
    ]


def _placed(register: Register) -> int | None:
    stated: list[Any] | None = register[0]
    placed: int | None = register[3]
    return stated[1] if placed is None and stated is not None else placed


def _later(one: list[Any] | None, other: list[Any] | None) -> list[Any] | None:
    if one is None or other is None:
        return one if other is None else other
    if one[:3] != other[:3]:
        return max(one, other, key=lambda said: said[:3])
    return max(one, other, key=_encode)


def _refunds(one: Refunds, other: Refunds) -> Refunds:
    if not one or not other:
        return one or other
    both = dict(one)
    for source, row in other.items():
        held = both.get(source)
        both[source] = row if held is None else _row(held, row)
    return both


def _row(one: list[Any], other: list[Any]) -> list[Any]:
    return [
        one[0] + other[0],
        one[1] or other[1],
        one[2] + other[2],
        max(one[3], other[3]),
        max(one[4], other[4]),
    ]


def read(order_id: str, register: Register) -> Order | None:
    """The order; None for a register that only heard of it being cancelled."""
    said, cancelled, refunds, _ = register
    if said is None:
        return _only_refunded(order_id, refunds)
    statement = Statement(*said)
    off = cancelled is not None and cancelled > [statement.proven, statement.time, statement.position]
    value = statement.value or 0
    refunded = min(value, _refunded(refunds, value, only_proven=statement.proven)) if value > 0 else 0
    return Order(order_id, statement, _placed(register) or 0, off, refunded)


def _refunded(refunds: Refunds, value: int, *, only_proven: bool) -> int:
    """The largest sum that any one source reports: two sources tell of the same refunds."""
    proven = [row for source, row in refunds.items() if source[0] == "1"]
    if not proven and only_proven:
        return 0
    return max((value if row[1] else row[0] for row in proven or refunds.values()), default=0)


def _only_refunded(order_id: str, refunds: Refunds) -> Order | None:
    """Money given back for an order that was never seen: a return against an old receipt."""
    if not refunds:
        return None
    source, row = max(refunds.items(), key=lambda item: (item[0][0], item[1][0], item[0]))
    statement = Statement(
        source[0] == "1", row[3], 0, 0, row[4], 0, None, [], None, None, None, source[1:], source[1:]
    )
    return Order(order_id, statement, row[3], False, _refunded(refunds, row[0], only_proven=False), True)
