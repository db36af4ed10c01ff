"""A person at a glance: what a list or a search shows of her, by the same functions as her golden record."""

from __future__ import annotations

import msgspec

from segue.domain.rules import IdentityRules, Rules
from segue.enrich.behaviour import activity_part
from segue.enrich.golden import (
    PersonParts,
    attribute_parts,
    identifier_parts,
    in_view,
    states_of,
    together,
)
from segue.enrich.purchases import orders_part, orders_read
from segue.enrich.record import AttributePart, IdentifierPart
from segue.enrich.summary import Summary
from segue.enrich.terms import prefix, terms, texts

IDENTIFIERS = 4
CHANNELS = 8
_LONGEST = 120


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What of her a search has found."""

    #: kind of an identifier, name of an attribute, or ``person_id``
    field: str
    value: str


class GlanceIdentifier(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier of hers."""

    kind: str
    value: str


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a line."""

    person_id: str
    #: her name, else her best identifier
    label: str
    #: she has an identifier that names no device
    known: bool
    #: at most four, best first
    identifiers: list[GlanceIdentifier]
    #: why a search shows her; null in lists
    matched: Matched | None = None
    #: RFC 3339
    first_seen: str | None
    #: RFC 3339
    last_seen: str | None
    orders: int
    revenue: str
    #: of the revenue
    currency: str | None
    #: where she is met, most often first
    channels: list[str]
    city: str | None


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """How a search came upon somebody."""

    #: an identifier or id that is hers, as it was typed
    exactly: Matched | None = None
    #: attribute and what a word of it begins with
    field: str = ""
    words: str = ""


def glance_of(parts: PersonParts, rules: Rules, now: int, sought: Sought | None = None) -> Glance:
    """The glance as of ``now`` (microseconds); ValueError for a state without its summary."""
    rows = in_view(parts, "certain")
    states = states_of(parts, rows)
    summary = together(states, rules)
    attributes = attribute_parts(summary, rules.survivorship)
    identifiers = sorted(identifier_parts(rows, parts), key=lambda each: _rank(each, rules.identity))
    orders = orders_part(orders_read(summary), now)
    activity = activity_part(summary, states)
    return Glance(
        person_id=parts.person_id.hex(),
        label=_label(attributes, identifiers, parts),
        known=any(not row.device for row in rows),
        identifiers=[
            GlanceIdentifier(kind=each.kind, value=each.value) for each in identifiers[:IDENTIFIERS]
        ],
        matched=None if sought is None else _matched(sought, attributes),
        first_seen=activity.first_seen or min((each.first_seen for each in identifiers), default=None),
        last_seen=activity.last_seen or max((each.last_seen for each in identifiers), default=None),
        orders=orders.count,
        revenue=orders.revenue,
        currency=orders.currency,
        channels=_channels(summary),
        city=_city(attributes),
    )


def _rank(each: IdentifierPart, rules: IdentityRules) -> tuple[bool, int, str, str]:
    """What tells most stands first, and no device before anything else."""
    rule = rules.kinds.get(each.kind)
    return (
        rule is not None and rule.device,
        rule.priority if rule else len(rules.kinds) + 1,
        each.first_seen,
        each.value,
    )


def _text(attributes: dict[str, AttributePart], name: str) -> str:
    part = attributes.get(name)
    return part.value.strip()[:_LONGEST] if part is not None and isinstance(part.value, str) else ""


def _label(
    attributes: dict[str, AttributePart], identifiers: list[IdentifierPart], parts: PersonParts
) -> str:
    whole = _text(attributes, "name") or _text(attributes, "full_name")
    name = whole or " ".join(filter(None, (_text(attributes, each) for each in ("first_name", "last_name"))))
    return name or (identifiers[0].value[:_LONGEST] if identifiers else parts.person_id.hex()[:8])


def _city(attributes: dict[str, AttributePart]) -> str | None:
    address = attributes.get("address")
    inner = address.value.get("city") if address is not None and isinstance(address.value, dict) else None
    return _text(attributes, "city") or (inner[:_LONGEST] if isinstance(inner, str) else "") or None


def _channels(summary: Summary) -> list[str]:
    """Where her events came through; orders, which are counted apart, by where they were placed."""
    seen = dict(summary.tallies.get("channel", {}))
    for order in orders_read(summary):
        seen[order.statement.channel] = seen.get(order.statement.channel, 0) + 1
    return sorted(seen, key=lambda channel: (-seen[channel], channel))[:CHANNELS]


def _matched(sought: Sought, attributes: dict[str, AttributePart]) -> Matched | None:
    """The value of the field in which the words stand: the one that survives, if it is that."""
    if sought.exactly is not None:
        return sought.exactly
    part = attributes.get(sought.field) or attributes.get(sought.field.partition(".")[0])
    for claim in () if part is None else (part, *part.others):
        name = sought.field if sought.field in attributes else sought.field.partition(".")[0]
        for field, text in texts(name, claim.value):
            if field == sought.field and any(each.startswith(sought.words) for each in terms(text)):
                return Matched(field=field, value=text[:_LONGEST])
    return Matched(field=sought.field, value=sought.words)


__all__ = ["Glance", "GlanceIdentifier", "Matched", "Sought", "glance_of", "prefix"]
