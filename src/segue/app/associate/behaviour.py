"""What a timeline tells an associate: looked at and not bought, sizes, orders on their way, complaints.

Pure: events as timelines show them, newest first, to small lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from segue.app.associate.views import OrderState
from segue.enrich import complaints

Timed = Mapping[str, Any]
"""One event in the shape of :func:`segue.archive.timeline.event_json`."""

LOOKED: Final = frozenset({"Product Viewed", "Product Clicked"})
KEPT: Final = frozenset({"Product Added", "Product Added to Wishlist"})
DROPPED: Final = frozenset({"Product Removed", "Product Removed from Wishlist"})
BOUGHT: Final = "Order Completed"
ON_ITS_WAY: Final[Mapping[str, OrderState]] = {
    "Order Packed": "packed",
    "Order Shipped": "sent",
    "Order Ready": "ready",
    "Order Ready for Pickup": "ready",
}
"""Events after which an order is still open, and what it is then."""
ARRIVED: Final = frozenset(
    {"Order Delivered", "Order Fulfilled", "Order Collected", "Order Picked Up", "Order Cancelled"}
)
"""Events after which nobody waits for an order any more."""

WANTED: Final = frozenset({*LOOKED, *KEPT, *DROPPED, BOUGHT, *ON_ITS_WAY, *ARRIVED, *complaints.NAMES})
"""Events that are read for a brief."""

_LONGEST = 200


class LookedAt(NamedTuple):
    """A product that she looked at, as its events tell it."""

    sku: str
    times: int
    #: RFC 3339
    last_at: str
    #: she put it into the cart or on the wish list, and it is still there
    kept: bool
    name: str | None
    category: str | None
    brand: str | None
    price: str | None
    image: str | None


def not_bought(events: Iterable[Timed], since: str) -> list[LookedAt]:
    """Products that she looked at since then and has not bought after first doing so; the nearest first.

    What lies in her cart comes before what does not, then the latest.
    """
    found: dict[str, _Looked] = {}
    bought: dict[str, str] = {}
    for event in events:
        name, at = event["event"], event["timestamp"]
        if at < since:
            continue
        for line in _lines(event["properties"]):
            sku = _text(line.get("sku") or line.get("product_id"))
            if sku is None:
                continue
            if name == BOUGHT:
                bought.setdefault(sku, at)
            elif name in LOOKED or name in KEPT or name in DROPPED:
                found.setdefault(sku, _Looked()).note(name, at, line)
    looked = [
        each.told(sku)
        for sku, each in found.items()
        if each.times and not (sku in bought and bought[sku] >= each.first)
    ]
    return sorted(looked, key=lambda one: (one.kept, one.last_at), reverse=True)


class _Looked:
    """What the events of one product come to; they are told newest first."""

    def __init__(self) -> None:
        self.times = 0
        self.first = ""
        self.last = ""
        self.kept: bool | None = None
        self.line: Mapping[str, Any] = {}

    def note(self, name: str, at: str, line: Mapping[str, Any]) -> None:
        if name in KEPT or name in DROPPED:
            self.kept = name in KEPT if self.kept is None else self.kept
        if name not in DROPPED:
            self.times += 1
            self.first = at
            self.last = self.last or at
        self.line = {**line, **{key: value for key, value in self.line.items() if value is not None}}

    def told(self, sku: str) -> LookedAt:
        line = self.line
        image = _text(line.get("image_url") or line.get("image"))
        return LookedAt(
            sku, self.times, self.last, bool(self.kept), _text(line.get("name")), _text(line.get("category")),
            _text(line.get("brand")), _text(line.get("price")), image,
        )  # fmt: skip


# ── orders ───────────────────────────────────────────────────────────────────


def order_states(events: Iterable[Timed]) -> dict[str, OrderState | Literal["done"]]:
    """Order id → what became of it last; orders of which nothing was told are not in it."""
    found: dict[str, OrderState | Literal["done"]] = {}
    for event in events:
        name = event["event"]
        state: OrderState | Literal["done"] | None = "done" if name in ARRIVED else ON_ITS_WAY.get(name)
        order = _text(event["properties"].get("order_id"))
        if state is not None and order is not None:
            found.setdefault(order, state)
    return found


def complaint(events: Iterable[Timed]) -> tuple[str, str | None] | None:
    """When the complaint that is open was opened and what it is about; None where the events know of none."""
    since, about = None, None
    for event in events:
        if event["event"] in complaints.SETTLED:
            break
        if event["event"] in complaints.OPENED:
            said = event["properties"]
            since = event["timestamp"]
            about = about or _text(said.get("subject") or said.get("reason") or said.get("about"))
    return None if since is None else (since, about)


# ── sizes ────────────────────────────────────────────────────────────────────

_HEADS = frozenset(("household", "family", "company", "team", "group", "party", "basket", "cart", "order"))
"""Whose size is a count."""


def is_size(name: str) -> bool:
    """Whether an attribute says what fits her (``size``, ``shoe_size``), not how many they are."""
    of, _, last = name.rpartition("_")
    return last == "size" and of.rpartition("_")[2] not in _HEADS


def sizes_bought(events: Iterable[Timed]) -> list[tuple[str, str]]:
    """``(category, size)`` that she bought most often in each category; at most four, most often first."""
    counts: Counter[tuple[str, str]] = Counter()
    for event in events:
        if event["event"] != BOUGHT:
            continue
        for line in _lines(event["properties"]):
            size = _text(line.get("size"))
            if size is not None:
                counts[_text(line.get("category")) or "", size] += 1
    found: dict[str, str] = {}
    for (category, size), _ in counts.most_common():
        found.setdefault(category, size)
    return list(found.items())[:4]


def skus_of(looked: Sequence[LookedAt]) -> list[str]:
    """Their numbers."""
    return [each.sku for each in looked]


def _lines(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The product that properties speak of, or the several ones."""
    lines = properties.get("products")
    if isinstance(lines, list):
        yield from (line for line in lines if isinstance(line, dict))
    else:
        yield properties


def _text(value: object) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return str(value)
    return value[:_LONGEST] or None if isinstance(value, str) else None
