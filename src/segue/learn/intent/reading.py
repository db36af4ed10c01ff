"""The visits of the lake: happenings of web, app and kiosk as steps, read as golden records do."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

import numpy as np

from segue.learn.intent.steps import ADDED, KINDS, PAGE, PRODUCT, Seen, Step, Visit, visits_of
from segue.learn.knowledge import Happenings, Knowledge, Path

_NAME: Final = 60
_TEXT: Final = 120
"""Characters of names and origins that a golden record keeps."""

FIELDS: Final[Mapping[str, Path]] = {
    "price": ("properties", "price"),
    "value": ("properties", "value"),
    "quantity": ("properties", "quantity"),
    "category": ("properties", "category"),
    "products": ("properties", "products"),
    "url": ("properties", "url"),
    "referrer": ("properties", "referrer"),
    "page_url": ("context", "page", "url"),
    "page_referrer": ("context", "page", "referrer"),
    "campaign": ("context", "campaign", "name"),
    "campaign_source": ("context", "campaign", "source"),
    "campaign_medium": ("context", "campaign", "medium"),
    "device": ("context", "device", "type"),
    "agent": ("context", "userAgent"),
    "session": ("context", "sessionId"),
    "other_session": ("context", "session_id"),
    "channel": ("context", "channel"),
}

_ONLINE: Final = frozenset(("web", "app", "browser", "mobile", "kiosk"))


class Read:
    """A visit and whose it is: her code, or -1 for nobody's."""

    __slots__ = ("person", "visit")

    def __init__(self, person: int, visit: Visit) -> None:
        self.person = person
        self.visit = visit


def visits(known: Knowledge) -> list[Read]:
    """Everybody's visits before the knowledge's bound, by start."""
    happened = known.happenings(sorted(KINDS), FIELDS)
    return sorted(_read(happened), key=lambda read: (read.visit.steps[0].time, read.person, read.visit.owner))


def _read(happened: Happenings) -> Iterator[Read]:
    person = happened.person.astype(np.int64)
    _, alone = np.unique(happened.fragment.astype(str), return_inverse=True)
    who = np.where(person >= 0, person, len(happened.persons) + alone)
    order = np.lexsort((np.arange(len(who)), happened.time, who))
    columns = {name: column[order].tolist() for name, column in happened.fields.items()}
    rows = zip(*columns.values(), strict=True)
    names = tuple(columns)
    steps = zip(
        who[order].tolist(),
        happened.time[order].tolist(),
        happened.event[order].tolist(),
        happened.fragment[order].tolist(),
        rows,
        strict=True,
    )
    for code, group in groupby(steps, key=lambda row: row[0]):
        seen = _seen(
            (time, event, owner, dict(zip(names, row, strict=True))) for _, time, event, owner, row in group
        )
        yield from (Read(code if code < len(happened.persons) else -1, each) for each in visits_of(seen))


def _seen(rows: Iterable[tuple[int, str, str, dict[str, Any]]]) -> Iterator[Seen]:
    """The steps; an order at a till is none, unless whoever browses here is also who pays there."""
    owners: set[str] = set()
    for time, event, owner, said in rows:
        session = said["session"] or said["other_session"]
        if event != "Order Completed":
            owners.add(owner)
        elif not (owner in owners or session or said["page_url"] or said["channel"] in _ONLINE):
            continue
        yield Seen(_step(time, event, said), owner, _device(said["device"], said["agent"]), session)


def _step(time: int, event: str, said: Mapping[str, str | None]) -> Step:
    kind = KINDS[event]
    origin = _origin(said, kind)
    if kind == PRODUCT or event in ADDED or event == "Product Removed":
        amount, pieces, category = _product(said)
        looked = kind == PRODUCT
        return Step(time, event, origin, amount, None if looked else pieces, category if looked else None)
    return Step(time, event, origin)


def _product(said: Mapping[str, str | None]) -> tuple[float | None, int, str | None]:
    """What the product, or the products, come to; pieces; the first category that is named."""
    lines: list[Mapping[str, Any]] = [said]
    if said["products"]:
        try:
            listed = json.loads(said["products"])
        except ValueError:
            listed = None
        if isinstance(listed, list):
            lines = [line for line in listed if isinstance(line, dict)] or lines
    amount, pieces, priced = 0.0, 0.0, False
    for line in lines:
        quantity, price = _number(line.get("quantity")), _number(line.get("price"))
        quantity = 1.0 if quantity is None or abs(quantity) >= 1e6 else quantity
        if price is not None:
            amount, priced = amount + price * quantity, True
        pieces += abs(quantity)
    category = next((line["category"] for line in lines if line.get("category")), None)
    whole = _number(said["value"])
    told = whole if whole is not None else (amount if priced else None)
    return told, round(pieces), category[:_NAME] if isinstance(category, str) else None


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _origin(said: Mapping[str, str | None], kind: int) -> tuple[str | None, ...] | None:
    campaign = tuple(
        (said[name] or "")[:_TEXT] or None for name in ("campaign", "campaign_source", "campaign_medium")
    )
    if any(campaign):
        return campaign
    if kind != PAGE:
        return None
    came_from = host_of(said["referrer"] or said["page_referrer"])
    here = host_of(said["url"] or said["page_url"])
    return (None, came_from) if came_from and here and here != came_from else None


@lru_cache(maxsize=4096)
def host_of(url: str | None) -> str:
    """The host of a URL without ``www.``; empty where there is none."""
    parts = (url or "")[:200].split("/", 3)
    return parts[2].lower().removeprefix("www.")[:_TEXT] if len(parts) > 2 else ""


@lru_cache(maxsize=4096)
def _device(kind: str | None, agent: str | None) -> str | None:
    """mobile, tablet, desktop or other, from a device's type or its browser's name."""
    text = (kind or agent or "").lower()
    if not text:
        return None
    if (
        "ipad" in text
        or "tablet" in text
        or ("android" in text and "mozilla" in text and "mobile" not in text)
    ):
        return "tablet"
    if any(word in text for word in ("mobile", "phone", "android", "ios")):
        return "mobile"
    return (
        "desktop"
        if any(word in text for word in ("windows", "macintosh", "x11", "cros", "desktop", "linux"))
        else "other"
    )
