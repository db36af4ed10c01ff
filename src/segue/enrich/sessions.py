"""Sessions: made from the kept steps whenever a record is read.

Because they are made on reading, an event that comes late, or a merge, gives the same sessions as if
everything had come in order and together. A device's steps go to one session until she pauses for
thirty minutes, another campaign brings her back, or the client says that a new session began.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from segue.domain.order import MINUTE
from segue.enrich.names import (
    ADDED_CODES,
    CART_CODES,
    CHECKOUT_STARTED,
    LIST_VIEWED,
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
from segue.enrich.summary import Summary
from segue.enrich.trail import Point, points_of

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
    lists: Span = msgspec.field(default_factory=Span)
    added: Span = msgspec.field(default_factory=Span)
    removed: Span = msgspec.field(default_factory=Span)
    #: what the cart was last told to come to; None: never told since it was last empty
    cart_value: int | None = None
    #: pieces put in less those taken out, as far as this session saw it
    cart_pieces: int = 0
    carts_created: Span = msgspec.field(default_factory=Span)
    carts_emptied: Span = msgspec.field(default_factory=Span)
    #: everything that belongs to a checkout but the order itself
    checkout: Span = msgspec.field(default_factory=Span)
    #: of which its beginnings: ``Checkout Started`` and the first step
    checkout_begun: Span = msgspec.field(default_factory=Span)
    #: distinct steps of the checkout, as they came
    steps: list[str] = msgspec.field(default_factory=list)
    #: the very first step of the session was one of the checkout
    entered_at_checkout: bool = False
    #: of its cart and orders, as told last
    currency: str | None = None
    #: order id → value, pieces
    orders: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    bought: Span = msgspec.field(default_factory=Span)

    @property
    def cart(self) -> Literal["none", "open", "emptied", "bought"]:
        """What became of the last cart."""
        last = max(self.carts_created.last, self.added.last)
        if self.bought.count and self.bought.last >= last:
            return "bought"
        if not last:
            return "none"
        return "emptied" if self.carts_emptied.last >= last else "open"

    def active(self, now: int) -> bool:
        """Whether it may still go on."""
        return now - self.end <= IDLE

    @property
    def cart_abandoned(self) -> bool:
        """More carts were begun than bought."""
        return self.carts_created.count > self.bought.count

    @property
    def checkout_state(self) -> Literal["none", "started", "succeeded"]:
        """How far the last checkout came."""
        if self.bought.count and self.bought.last >= self.checkout.last:
            return "succeeded"
        return "started" if self.checkout.count else "none"


def sessions_of(summary: Summary) -> list[Session]:
    """The sessions that the steps of a (trimmed, so ordered) summary make, by start."""
    return [session for session, _ in visits_in(summary)]


def visits_in(summary: Summary) -> list[tuple[Session, list[Point]]]:
    """The same, each with its steps."""
    scenes = summary.scenes
    tracks: dict[tuple[Any, ...], tuple[Session, list[Point]]] = {}
    found: list[tuple[Session, list[Point]]] = []
    for point in points_of(summary.trail):
        scene: Scene = scenes[point[3]]
        track = (scene.source, scene.device_key, scene.session)
        held = tracks.get(track)
        if held is None or _is_over(held[0], point, scene):
            held = tracks[track] = Session(scene, point[0], point[0]), []
            found.append(held)
        _step(held[0], point)
        held[1].append(point)
    return found


def _is_over(session: Session, point: Point, scene: Scene) -> bool:
    if scene.session is not None:
        return False  # the client knows
    if point[0] - session.end > IDLE:
        return True
    origin = point[5]
    return origin is not None and len(origin) == 3 and origin != session.origin and session.pages > 0


def _step(session: Session, point: Point) -> None:
    time, code, label, origin, amount, detail = point[0], point[2], *point[4:8]
    session.end = time
    if session.events == 0:
        session.entered_at_checkout = code in _CHECKOUT
    session.events += 1
    if origin is not None and session.origin is None and session.pages == 0:
        session.origin = origin  # later ones are detours, to a payment service for example
    if code in _PAGES:
        session.pages += 1
        session.landing = session.landing or label
        session.exit = label or session.exit
    elif code == PRODUCT_VIEWED:
        session.views.add(time)
    elif code == LIST_VIEWED:
        session.lists.add(time)
    elif code in _ORDERS:
        _bought(session, time, amount, _told(session, detail))
    elif code in CART_CODES:
        _cart(session, code, time, amount, _told(session, detail))
    if code in _CHECKOUT:
        session.checkout.add(time)
        if code == CHECKOUT_STARTED or detail == "1":
            session.checkout_begun.add(time)
        if isinstance(detail, str) and detail not in session.steps:
            session.steps.append(detail)


def _told(session: Session, detail: list[Any] | None) -> list[Any] | None:
    """The detail without the currency at its end, which the session notes."""
    if detail and isinstance(detail[-1], str):
        *detail, session.currency = detail
    return detail


def _bought(session: Session, time: int, amount: int | None, detail: list[Any] | None) -> None:
    """An order ends the cart; told again, it only brings its figures up to date."""
    order_id, pieces = detail or (None, 0)
    if order_id not in session.orders:
        session.bought.add(time)
        session.cart_pieces, session.cart_value = 0, None
    if order_id is not None:
        session.orders[order_id] = (amount or 0, pieces)


def _cart(session: Session, code: int | str, time: int, amount: int | None, detail: list[Any] | None) -> None:
    """What the shop says of the cart's value decides; where it says nothing, pieces are counted."""
    pieces, *told = detail or (None,)
    if code in ADDED_CODES:
        pieces = pieces or 1
        empty_before = told[0] == amount if told else not session.cart_pieces
        session.cart_pieces = pieces if empty_before else session.cart_pieces + pieces
        session.added.add(time)
        if empty_before:
            session.carts_created.add(time)
    elif code == PRODUCT_REMOVED:
        session.cart_pieces = max(0, session.cart_pieces - (pieces or 1))
        session.removed.add(time)
        if told[0] == 0 if told else not session.cart_pieces:
            session.cart_pieces = 0
            session.carts_emptied.add(time)
    else:  # seen whole
        session.cart_pieces = session.cart_pieces if pieces is None else pieces
        told = [session.cart_value if amount is None else amount]
    session.cart_value = told[0] if told else None
