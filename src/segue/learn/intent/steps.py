"""Steps of a visit: what intent is read from, the same for years of the lake and for the visit that goes on.

A step is what the golden record keeps of a session's step, so that a model which was fitted on the lake meets
nothing now that it has not met before. Nothing in here needs numpy: a web process reads records with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from segue.domain.order import MINUTE

IDLE: Final = 30 * MINUTE
"""A pause of this length ends a visit, as in the golden record."""

PAGE, LIST, SEARCH, PRODUCT, CART, CHECKOUT, PROMOTION, ORDER = range(8)
"""Kinds of steps."""

KIND_WORDS: Final = (
    "a page",
    "a list",
    "a search",
    "a product",
    "the cart",
    "the checkout",
    "an offer",
    "an order",
)

KINDS: Final = {
    "page": PAGE,
    "screen": PAGE,
    "Products Searched": SEARCH,
    "Product List Viewed": LIST,
    "Product List Filtered": LIST,
    "Promotion Viewed": PROMOTION,
    "Promotion Clicked": PROMOTION,
    "Product Clicked": PRODUCT,
    "Product Viewed": PRODUCT,
    "Product Added": CART,
    "Wishlist Product Added to Cart": CART,
    "Product Removed": CART,
    "Cart Viewed": CART,
    "Coupon Entered": CHECKOUT,
    "Coupon Applied": CHECKOUT,
    "Checkout Started": CHECKOUT,
    "Checkout Step Viewed": CHECKOUT,
    "Checkout Step Completed": CHECKOUT,
    "Payment Info Entered": CHECKOUT,
    "Order Completed": ORDER,
}
"""The events that are steps; others say nothing here."""

ADDED: Final = frozenset(("Product Added", "Wishlist Product Added to Cart"))
BROWSED: Final = frozenset(KINDS) - {"Order Completed"}
"""Steps that only a visitor makes: a visit has at least one."""

DIRECT, EMAIL, PAID, SOCIAL, SEARCHED, REFERRED, CAMPAIGN = range(7)
"""What brought her."""

ORIGIN_WORDS: Final = (
    "came directly", "came from an e-mail", "came from an ad", "came from a social network",
    "came from a search engine", "came from another site", "came with a campaign",
)  # fmt: skip

_MEDIA: Final = (
    (EMAIL, ("email", "e-mail", "mail", "newsletter", "crm")),
    (PAID, ("cpc", "ppc", "paid", "display", "ads", "affiliate", "retargeting", "cpm")),
    (SOCIAL, ("social", "facebook", "instagram", "tiktok", "twitter", "pinterest", "youtube")),
    (SEARCHED, ("organic", "search")),
)
_HOSTS: Final = (
    (SEARCHED, ("google.", "bing.", "duckduckgo.", "yahoo.", "ecosia.", "yandex.", "baidu.")),
    (SOCIAL, ("facebook.", "instagram.", "tiktok.", "t.co", "twitter.", "pinterest.", "youtube.", "reddit.")),
)

_PAST: Final = 20
"""Earlier visits looked at: a record keeps no more of them either, and a kiosk has thousands."""

DEVICES: Final = {"desktop": 0, "mobile": 1, "tablet": 2}
"""Anything else is 3, nothing said -1."""


class Step(NamedTuple):
    """One step."""

    #: microseconds
    time: int
    #: name of the event; pages and screens by their type
    what: str
    #: ``(campaign, source, medium)`` or ``(None, referring host)``; None: nothing brought her here
    origin: tuple[str | None, ...] | None = None
    #: what the product or products come to, in the shop's currency; None: not said
    amount: float | None = None
    #: how many are put in or taken out
    pieces: int | None = None
    #: of the product
    category: str | None = None


class Visit(NamedTuple):
    """A visit so far, and what its device did before."""

    steps: list[Step]
    #: fragment of whoever took the first step
    owner: str = ""
    #: device class: desktop, mobile, tablet, …
    device: str | None = None
    #: the client's own id of the visit, if it sends one
    session: str | None = None
    #: earlier visits of the same device, and how many of them had an order
    before: int = 0
    bought_before: int = 0
    #: when the last of them ended, microseconds; 0 for none
    last: int = 0


class Seen(NamedTuple):
    """A step, whose it is, and the visit the client says it belongs to."""

    step: Step
    #: fragment of whoever took it
    owner: str
    device: str | None = None
    session: str | None = None


def visits_of(seen: Iterable[Seen]) -> list[Visit]:
    """The visits that one person's steps (in order of time) make, by start.

    A visit goes on until she pauses for thirty minutes, another campaign brings her back, or the client
    says that a new one began: the rules by which the golden record makes sessions. What her device did
    before is that of earlier visits in which it (the owner of the visit's first step) took part.
    """
    tracks: dict[str | None, Visit] = {}
    owners: list[set[str]] = []
    found: list[Visit] = []
    place: dict[str | None, int] = {}
    for step, owner, device, session in seen:
        held = tracks.get(session)
        if held is None or (session is None and _is_over(held, step)):
            held = tracks[session] = Visit([], owner, device, session)
            place[session] = len(found)
            found.append(held)
            owners.append(set())
        held.steps.append(step)
        owners[place[session]].add(owner)
    return list(_with_past(found, owners))


def is_visit(steps: Iterable[Step]) -> bool:
    """Whether somebody looked at something: orders alone are no visit."""
    return any(step.what in BROWSED for step in steps)


def with_past(visit: Visit, earlier: Iterable[Visit]) -> Visit:
    """The visit with what its device did in these earlier ones."""
    before = [each for each in earlier if each.steps[-1].time <= visit.steps[0].time]
    return visit._replace(
        before=len(before),
        bought_before=sum(has_order(each.steps) for each in before),
        last=max((each.steps[-1].time for each in before), default=0),
    )


def has_order(steps: Iterable[Step]) -> bool:
    """Whether something was bought."""
    return any(step.what == "Order Completed" for step in steps)


def origin_kind(origin: tuple[str | None, ...] | None) -> int:
    """What kind of thing brought her: DIRECT … CAMPAIGN."""
    if origin is None:
        return DIRECT
    if len(origin) == 2:
        return _first(_HOSTS, origin[1] or "", REFERRED)
    return _first(_MEDIA, f"{origin[2] or ''} {origin[1] or ''}".lower(), CAMPAIGN)


def _first(table: tuple[tuple[int, tuple[str, ...]], ...], text: str, otherwise: int) -> int:
    return next((kind for kind, words in table if any(word in text for word in words)), otherwise)


def _is_over(visit: Visit, step: Step) -> bool:
    steps = visit.steps
    if step.time - steps[-1].time > IDLE:
        return True
    if step.origin is None or len(step.origin) != 3:
        return False
    return step.origin != origin_of(steps) and any(KINDS[each.what] == PAGE for each in steps)


def origin_of(steps: Iterable[Step]) -> tuple[str | None, ...] | None:
    """What brought her: the first origin up to the first page; later ones are detours."""
    for step in steps:
        if step.origin is not None:
            return step.origin
        if KINDS[step.what] == PAGE:
            return None
    return None


def _with_past(visits: list[Visit], owners: list[set[str]]) -> Iterator[Visit]:
    earlier: dict[str, list[Visit]] = {}
    for visit, took_part in zip(visits, owners, strict=True):
        if not is_visit(visit.steps):
            continue
        yield with_past(visit, earlier.get(visit.owner, ()))
        for owner in took_part:
            earlier[owner] = [*earlier.get(owner, ())[-_PAST:], visit]
