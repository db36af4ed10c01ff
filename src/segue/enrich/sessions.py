"""Sessions: made from the kept steps whenever a record is read.

Because they are made on reading, an event that comes late, or a merge, gives the same sessions as if
everything had come in order and together. A device's steps go to one session until she pauses for
thirty minutes, another campaign brings her back, or the client says that a new session began.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from segue.domain.order import MINUTE
from segue.enrich.names import (
    ADDED_CODES,
    CART_VIEWED,
    CHECKOUT_STARTED,
    ORDER_COMPLETED,
    ORDER_UPDATED,
    PAGE,
    PAYMENT_ENTERED,
    PRODUCT_REMOVED,
    PRODUCT_VIEWED,
    SCREEN,
    STEP_CODES,
)
from segue.enrich.scene import Scene
from segue.enrich.summary import Point, in_order

IDLE: Final = 30 * MINUTE
"""A pause of this length ends a session."""

_PAGES = frozenset((PAGE, SCREEN))
_ORDERS = frozenset((ORDER_COMPLETED, ORDER_UPDATED))
_CHECKOUT = frozenset((CHECKOUT_STARTED, PAYMENT_ENTERED, *STEP_CODES))


class Span(msgspec.Struct):
    """How often something happened in a session, and when first and last (microseconds; 0: never)."""

    count: int = 0
    first: int = 0
    last: int = 0

    def add(self, time: int) -> None:
        """One more, no earlier than those before."""
        self.count += 1
        self.first = self.first or time
        self.last = time


class Session(msgspec.Struct):
    """One visit. Amounts are millionths."""

    scene: Scene
    start: int
    end: int
    #: ``[campaign, source, medium]`` or ``[None, referring host]`` that brought her; None: direct
    origin: list[str | None] | None = None
    landing: str | None = None
    exit: str | None = None
    pages: int = 0
    events: int = 0
    views: Span = msgspec.field(default_factory=Span)
    added: Span = msgspec.field(default_factory=Span)
    removed: Span = msgspec.field(default_factory=Span)
    #: what the cart came to when it was last told, and how many pieces were put in less those taken out
    cart_value: int | None = None
    cart_pieces: int = 0
    carts_created: Span = msgspec.field(default_factory=Span)
    carts_emptied: Span = msgspec.field(default_factory=Span)
    carts_bought: Span = msgspec.field(default_factory=Span)
    checkout: Span = msgspec.field(default_factory=Span)
    steps: list[str] = msgspec.field(default_factory=list)
    #: the very first step of the session was one of the checkout
    entered_at_checkout: bool = False
    orders: dict[str, list[int]] = msgspec.field(default_factory=dict)
    bought: Span = msgspec.field(default_factory=Span)

    @property
    def cart(self) -> Literal["none", "open", "emptied", "bought"]:
        """``none``, ``open``, ``emptied`` or ``bought``: what became of the last cart."""
        last = max(self.carts_created.last, self.added.last)
        if not last:
            return "bought" if self.bought.count else "none"
        if self.bought.last >= last:
            return "bought"
        return "emptied" if self.carts_emptied.last >= last else "open"

    @property
    def checkout_state(self) -> Literal["none", "started", "succeeded"]:
        """``none``, ``started`` or ``succeeded``."""
        if self.bought.count and self.bought.last >= self.checkout.last:
            return "succeeded"
        return "started" if self.checkout.count else "none"


def sessions_of(points: Iterable[Point], scenes: list[Any]) -> list[Session]:
    """The sessions that the steps make, by start."""
    tracks: dict[tuple[Any, ...], Session] = {}
    found: list[Session] = []
    for point in in_order(list(points), scenes):
        scene: Scene = scenes[point[3]]
        track = (scene.session,) if scene.session is not None else (scene.source, scene.device_key)
        session = tracks.get(track)
        if session is None or _is_over(session, point, scene):
            session = tracks[track] = Session(scene, point[0], point[0])
            found.append(session)
        _step(session, point)
    return found


def _is_over(session: Session, point: Point, scene: Scene) -> bool:
    if scene.session is not None:
        return False  # the client knows
    if point[0] - session.end > IDLE:
        return True
    origin = point[5]
    return origin is not None and len(origin) == 3 and origin != session.origin


def _step(session: Session, point: Point) -> None:
    time, code, label, origin, amount, detail = point[0], point[2], *point[4:8]
    session.end = time
    if session.events == 0:
        session.entered_at_checkout = code in _CHECKOUT
    session.events += 1
    if origin is not None and session.origin is None:
        session.origin = origin
    if code in _PAGES:
        session.pages += 1
        session.landing = session.landing or label
        session.exit = label or session.exit
    elif code == PRODUCT_VIEWED:
        session.views.add(time)
    elif code in _CHECKOUT:
        session.checkout.add(time)
        if isinstance(detail, str) and detail not in session.steps:
            session.steps.append(detail)
    elif code in _ORDERS:
        _bought(session, time, amount, detail)
    else:
        _cart(session, code, time, amount, detail)


def _bought(session: Session, time: int, amount: int | None, detail: list[Any] | None) -> None:
    session.bought.add(time)
    if session.cart_pieces or session.cart_value:
        session.carts_bought.add(time)
    session.cart_pieces, session.cart_value = 0, None
    if detail is not None:
        session.orders[detail[0]] = [amount or 0, detail[1]]


def _cart(session: Session, code: int | str, time: int, amount: int | None, detail: object) -> None:
    pieces = detail if isinstance(detail, int) else 1
    if code in ADDED_CODES:
        if session.cart_pieces == 0:
            session.carts_created.add(time)
        session.added.add(time)
        session.cart_pieces += pieces
    elif code == PRODUCT_REMOVED:
        session.removed.add(time)
        session.cart_pieces = max(0, session.cart_pieces - pieces)
        if session.cart_pieces == 0:
            session.carts_emptied.add(time)
    elif code == CART_VIEWED and amount is not None:
        session.cart_value = amount
