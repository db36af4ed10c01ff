"""Absorb a journal's facts into a summary: where counting, summing and choosing happens."""

from __future__ import annotations

from typing import Any

from segue.enrich import claims, complaints, consent, orders
from segue.enrich.calendar import day_and_hour
from segue.enrich.names import (
    ALIAS,
    CART_CODES,
    GROUP,
    IDENTIFY,
    LOOKED_CODES,
    ORDER_CODES,
    PAGE,
    SCREEN,
    name_of,
)
from segue.enrich.scene import INTERACTIVE, Scene
from segue.enrich.state import Head, facts_in
from segue.enrich.summary import Summary, decode_summary, encode_summary, join_group, put_zone, renumber
from segue.enrich.trail import extended

CONSENT_NAMES = frozenset(
    ("Consent Granted", "Consent Withdrawn", "Segment Consent Preference Updated", "Unsubscribed")
)
_NO_STEPS = frozenset((IDENTIFY, GROUP, ALIAS))
_PRODUCT_NAMES = frozenset(
    (
        "Product List Viewed",
        "Product List Filtered",
        "Product Clicked",
        "Product Viewed",
        "Product Added",
        "Wishlist Product Added to Cart",
        "Product Added to Wishlist",
        "Product Shared",
        "Product Reviewed",
    )
)


def summarise(head: Head, summary: bytes | None, zone: str) -> bytes:
    """The encoded summary with the head's journal absorbed."""
    return encode_summary(absorb(decode_summary(summary), head, zone))


def absorb(summary: Summary, head: Head, zone: str) -> Summary:
    """Build the facts of the head's journal into ``summary``; answers the same object."""
    if not head.facts:
        return summary
    numbers = renumber(summary.scenes, head.scenes)
    scenes = head.scenes
    steps: list[list[Any]] = []
    for fact in facts_in(head):
        missing = 10 - len(fact)
        if missing:
            fact.extend((None,) * missing)
        scene = scenes[fact[3]]
        _count(summary, fact, scene, zone)
        _particulars(summary, fact, scene)
        if fact[2] not in _NO_STEPS and (
            scene.channel in INTERACTIVE or scene.session is not None or fact[2] in (PAGE, SCREEN)
        ):
            steps.append(_point(fact, numbers[fact[3]]))
    summary.trail = extended(summary.trail, steps)
    return summary


def _count(summary: Summary, fact: list[Any], scene: Scene, zone: str) -> None:
    """Counts by event and day, by hour, channel, device, store."""
    time, code, amount = fact[0], fact[2], fact[7]
    day, hour = day_and_hour(zone, time)
    row = summary.events.get(code)
    if row is None:
        row = summary.events[code] = [1, time, time, {day: 1}, {}]
    else:
        row[0] += 1
        row[1] = min(row[1], time)
        row[2] = max(row[2], time)
        days = row[3]
        days[day] = days.get(day, 0) + 1
    if amount is not None:
        amounts = row[4].setdefault(fact[8], {})
        amounts[day] = amounts.get(day, 0) + amount
    if code in ORDER_CODES:
        return  # an order counts once, however many report it: these come from its register
    summary.hours[hour] += 1
    tally(summary, "channel", scene.channel)
    if scene.device is not None:
        tally(summary, "device", scene.device)
    if fact[6] is not None:
        tally(summary, "store", fact[6])


def tally(summary: Summary, what: str, value: str, by: int = 1) -> None:
    """Count ``value`` in the tally of ``what``."""
    held = summary.tallies.get(what)
    if held is None:
        summary.tallies[what] = {value: by}
    else:
        held[value] = held.get(value, 0) + by


def _particulars(summary: Summary, fact: list[Any], scene: Scene) -> None:
    """What only some events carry: products, orders, attributes, groups, consent, campaigns."""
    code, origin, extra = fact[2], fact[5], fact[9]
    put_zone(summary, fact, scene)
    if scene.consent:
        consent.put_passive(summary.consent, fact, scene)
    if origin is not None and len(origin) == 3:
        name, source, medium = (part or "" for part in origin)
        _campaign(summary, f"campaign\n{name}\n{source}\n{medium}", fact[0], engaged=True)
    if extra is None:
        return
    if code in ORDER_CODES:
        orders.put(summary.orders, fact, scene)
    elif code == IDENTIFY:
        claims.put(summary.attributes, fact, scene)
    elif code == GROUP:
        row = [fact[0], fact[0], extra[1]]
        held = summary.groups.get(extra[0])
        summary.groups[extra[0]] = row if held is None else join_group(held, row)
    else:
        _tracked(summary, fact, scene)


def _tracked(summary: Summary, fact: list[Any], scene: Scene) -> None:
    name, extra = name_of(fact[2]), fact[9]
    if name in _PRODUCT_NAMES:
        category, brand = extra[:2]
        if category is not None:
            tally(summary, "category", category)
        if brand is not None:
            tally(summary, "brand", brand)
    elif name in CONSENT_NAMES:
        consent.put(summary.consent, fact, scene)
    elif name in complaints.NAMES:
        summary.complaint = complaints.put(summary.complaint, name, fact)
    elif isinstance(extra, list) and len(extra) == 3 and isinstance(extra[0], str):
        kind, campaign, engaged = extra
        _campaign(summary, f"{kind}\n{campaign}\n\n", fact[0], engaged=engaged)


def _campaign(summary: Summary, key: str, time: int, *, engaged: bool) -> None:
    row = summary.campaigns.get(key)
    if row is None:
        summary.campaigns[key] = [1, int(engaged), time, time]
        return
    row[0] += 1
    row[1] += engaged
    row[2] = min(row[2], time)
    row[3] = max(row[3], time)


def _point(fact: list[Any], scene: int) -> list[Any]:
    """The step of a session that the fact is.

    Its detail: ``[pieces, cart value]`` of carts and what goes into them, the category of a product that
    is looked at, the step of a checkout, or ``[order id, pieces]``; lists end with the currency where there
    is one.
    """
    code, currency, extra = fact[2], fact[8], fact[9]
    detail: Any = None
    if extra is not None:
        if code in ORDER_CODES:
            detail = [extra[1], extra[2] if len(extra) > 2 else 0, currency]
        elif code in CART_CODES:
            detail = extra[2:] if currency is None else [*extra[2:], currency]
        elif code in LOOKED_CODES:
            detail = extra[0]
        elif isinstance(extra, str):
            detail = extra
    return [fact[0], fact[1], code, scene, fact[4], fact[5], fact[7], detail]
