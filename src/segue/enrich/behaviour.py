"""Sessions, favourites, campaigns, groups and activity as the record shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import msgspec

from segue.domain.order import SECOND, rfc3339, time_of
from segue.enrich.calendar import date_text, day_and_hour
from segue.enrich.money import decimal_text
from segue.enrich.names import name_of
from segue.enrich.orders import Order
from segue.enrich.purchases import counts
from segue.enrich.record import (
    ActivityPart,
    CampaignPart,
    CartPart,
    EventPart,
    Favourite,
    GroupPart,
    IntentPart,
    SessionPart,
    SessionsPart,
)
from segue.enrich.sessions import Session, visits_in
from segue.enrich.state import FragmentState
from segue.enrich.summary import Summary
from segue.enrich.trail import Point

RECENT = 10
JUDGED = 3
"""Sessions that are over and still told the intent of."""
TOP = 5
"""Favourites shown of each dimension."""


Visit = tuple[Session, list[Point]]
Judge = Callable[[Sequence[Visit]], IntentPart | None]
"""Says what the last of some sessions looks like; those before it are what its device did."""


def sessions_part(summary: Summary, now: int, judge: Judge | None = None) -> SessionsPart:
    """All sessions that the kept steps make, as of ``now``; with a ``judge`` the latest with their intent."""
    visits = visits_in(summary)
    sessions = [session for session, _ in visits]
    approximate = "sessions" in summary.trimmed
    if not sessions:
        return SessionsPart(approximate=approximate)
    latest = max(sessions, key=lambda session: session.end)
    with_cart = [session for session in sessions if session.cart != "none"]
    return SessionsPart(
        count=len(sessions),
        pages=sum(session.pages for session in sessions),
        dwell_seconds=sum(session.end - session.start for session in sessions) / SECOND,
        first_at=rfc3339(sessions[0].start),
        last_at=rfc3339(latest.end),
        cart=_cart(with_cart[-1], now) if with_cart else None,
        checkout=_checkout(latest, now),
        carts_abandoned=sum(_cart(session, now).state == "abandoned" for session in sessions),
        checkouts_abandoned=sum(_checkout(session, now) == "abandoned" for session in sessions),
        recent=_recent(visits, now, judge),
        approximate=approximate,
    )


def _recent(visits: Sequence[Visit], now: int, judge: Judge | None) -> list[SessionPart]:
    first = max(0, len(visits) - RECENT)
    parts = []
    for place in range(len(visits) - 1, first - 1, -1):
        session = visits[place][0]
        part = _session(session, now)
        if judge is not None and (session.active(now) or place >= len(visits) - JUDGED):
            part = msgspec.structs.replace(part, intent=judge(visits[: place + 1]))
        parts.append(part)
    return parts


def _cart(session: Session, now: int) -> CartPart:
    value = None if session.cart_value is None else decimal_text(session.cart_value)
    left = session.cart == "open" and not session.active(now)
    return CartPart(
        state="abandoned" if left else session.cart,
        items=session.cart_pieces,
        value=value,
        currency=None if value is None else session.currency,
    )


def _checkout(session: Session, now: int) -> Literal["none", "started", "abandoned", "succeeded"]:
    left = session.checkout_state == "started" and not session.active(now)
    return "abandoned" if left else session.checkout_state


def _session(session: Session, now: int) -> SessionPart:
    campaign, source, medium, referrer = None, None, None, None
    if session.origin is not None and len(session.origin) == 3:
        campaign, source, medium = session.origin
    elif session.origin is not None:
        referrer = session.origin[1]
    scene = session.scene
    return SessionPart(
        active=session.active(now),
        started_at=rfc3339(session.start),
        ended_at=rfc3339(session.end),
        dwell_seconds=(session.end - session.start) / SECOND,
        source=scene.source,
        channel=scene.channel,
        device=scene.device,
        session_id=scene.session,
        campaign=campaign,
        campaign_source=source,
        campaign_medium=medium,
        referrer=referrer,
        landing=session.landing,
        exit=session.exit,
        pages=session.pages,
        events=session.events,
        product_views=session.views.count,
        added_to_cart=session.added.count,
        removed_from_cart=session.removed.count,
        cart=_cart(session, now),
        checkout=_checkout(session, now),
        checkout_steps=session.steps,
        orders=len(session.orders),
        revenue=decimal_text(sum(amount for amount, _ in session.orders.values())),
        currency=session.currency if session.orders else None,
    )


# ── favourites ───────────────────────────────────────────────────────────────


def favourites_part(summary: Summary, orders: Sequence[Order], zone: str) -> dict[str, list[Favourite]]:
    """The most frequent values of each dimension, best first; what was bought outranks what was seen."""
    bought = _bought(orders, zone)
    seen = {**summary.tallies, "hour": {f"{hour:02d}": n for hour, n in enumerate(summary.hours) if n}}
    found = {}
    for what in ("category", "brand", "store", "channel", "device", "hour"):
        both = {
            value: (bought.get(what, {}).get(value, 0), seen.get(what, {}).get(value, 0))
            for value in {*bought.get(what, ()), *seen.get(what, ())}
        }
        best = sorted(both.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))[:TOP]
        found[what] = [Favourite(value=value, seen=s, bought=b) for value, (b, s) in best]
    return found


def _bought(orders: Iterable[Order], zone: str) -> dict[str, dict[str, int]]:
    tallies: dict[str, dict[str, int]] = {}

    def add(what: str, value: str | None, by: int = 1) -> None:
        if value is not None:
            tally = tallies.setdefault(what, {})
            tally[value] = tally.get(value, 0) + by

    for order in orders:
        if not counts(order):
            continue
        said = order.statement
        for what, flat in (("category", said.categories), ("brand", said.brands)):
            for name, pieces in zip((flat or ())[::2], (flat or ())[1::2], strict=True):
                add(what, name, pieces)
        add("store", said.store)
        add("channel", said.channel)
        add("hour", f"{day_and_hour(zone, order.placed)[1]:02d}")
    return tallies


# ── campaigns, groups, activity ──────────────────────────────────────────────


def campaign_parts(summary: Summary) -> list[CampaignPart]:
    """Ads, campaigns, promotions and mailings, the latest first."""
    found = []
    by_last = sorted(summary.campaigns.items(), key=lambda item: (-item[1][3], item[0]))
    for key, (seen, engaged, first, last) in by_last:
        kind, name, source, medium = key.split("\n")
        found.append(
            CampaignPart(
                kind=kind,
                name=name,
                source=source or None,
                medium=medium or None,
                seen=seen,
                engaged=engaged,
                first_at=rfc3339(first),
                last_at=rfc3339(last),
            )
        )
    return found


def group_parts(summary: Summary) -> list[GroupPart]:
    """Groups, the latest first."""
    by_last = sorted(summary.groups.items(), key=lambda item: (-item[1][1], item[0]))
    return [
        GroupPart(group_id=group, name=name, first_at=rfc3339(first), last_at=rfc3339(last))
        for group, (first, last, name) in by_last
    ]


def activity_part(summary: Summary, states: Sequence[FragmentState]) -> ActivityPart:
    """Counts and value by event and day."""
    firsts = [time_of(state.head.first_key) for state in states if state.head.first_key]  # type: ignore[arg-type]
    last = max((state.head.last for state in states), default=0)
    return ActivityPart(
        first_seen=rfc3339(min(firsts)) if firsts else None,
        last_seen=rfc3339(last) if last else None,
        events=dict(sorted((name_of(code), _event(row)) for code, row in summary.events.items())),
        approximate=summary.trimmed,
        time_zone=summary.zone[2] if summary.zone else None,
    )


def _event(row: list[Any]) -> EventPart:
    count, first, last, days, amounts = row
    return EventPart(
        count=count,
        first_at=rfc3339(first),
        last_at=rfc3339(last),
        days={date_text(day): days[day] for day in sorted(days)},
        value={currency: decimal_text(sum(by_day.values())) for currency, by_day in sorted(amounts.items())},
        value_by_day={
            currency: {date_text(day): decimal_text(by_day[day]) for day in sorted(by_day)}
            for currency, by_day in sorted(amounts.items())
        },
    )
