"""What a decision needs of somebody's states, without the rest.

Orders, attributes, consent, complaints and time zone.

The same as in the summary of all of them (:func:`segue.enrich.golden.together`), at a fraction of the cost:
counts, sessions, campaigns and tallies are neither decoded nor joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

import msgspec

from segue.enrich import claims, complaints, consent, orders
from segue.enrich.absorb import CONSENT_NAMES
from segue.enrich.names import IDENTIFY, ORDER_CODES, name_of
from segue.enrich.state import FragmentState, Head, facts_in, unpack
from segue.enrich.summary import Summary, put_zone, trim

_WIDTH: Final = 10
"""Fields of a fact."""

_UNREAD: Final = msgspec.Raw(b"\x90")


class _Words(msgspec.Struct, array_like=True):
    """A summary; what is not asked for stays as it is stored."""

    events: msgspec.Raw
    hours: msgspec.Raw
    tallies: msgspec.Raw
    campaigns: msgspec.Raw
    groups: msgspec.Raw
    attributes: dict[str, list[Any]] = {}
    orders: dict[str, orders.Register] = {}
    consent: consent.Book = {}
    scenes: msgspec.Raw = _UNREAD
    trail: msgspec.Raw = _UNREAD
    trimmed: msgspec.Raw = _UNREAD
    zone: list[Any] = []
    complaint: complaints.Register = msgspec.field(default_factory=lambda: [[], []])


_decode = msgspec.msgpack.Decoder(_Words).decode


def said_in(states: Iterable[FragmentState]) -> Summary:
    """What is said of all these states alone, as above; ValueError for one not whole."""
    found = Summary()
    for number, state in enumerate(states):
        if not state.complete:
            raise ValueError("the state's summary was not loaded")
        one = Summary()
        if state.summary is not None:
            words = _decode(unpack(state.summary))
            one = Summary(
                attributes=words.attributes,
                orders=words.orders,
                consent=words.consent,
                zone=words.zone,
                complaint=words.complaint,
            )
        if state.head.facts:
            _absorb(one, state.head)
        found = one if number == 0 else _joined(found, one)
    trim(found)
    return found


def _joined(one: Summary, other: Summary) -> Summary:
    _unite(one.attributes, other.attributes, claims.joined)
    _unite(one.orders, other.orders, orders.joined)
    _unite(one.consent, other.consent, consent.joined)
    one.zone = max(one.zone, other.zone)
    one.complaint = complaints.joined(one.complaint, other.complaint)
    return one


def _unite(into: dict[Any, Any], more: dict[Any, Any], joined: Callable[[Any, Any], Any]) -> None:
    for key, value in more.items():
        held = into.get(key)
        into[key] = value if held is None else joined(held, value)


def _absorb(one: Summary, head: Head) -> None:
    """As :func:`segue.enrich.absorb.absorb` does with such facts."""
    scenes = head.scenes
    for fact in facts_in(head):
        scene, code = scenes[fact[3]], fact[2]
        put_zone(one, fact, scene)
        says = _says(code) if len(fact) == _WIDTH and fact[9] is not None else None
        if says is None and not scene.consent:
            continue
        if scene.consent:
            consent.put_passive(one.consent, fact, scene)
        if says == "order":
            orders.put(one.orders, fact, scene)
        elif says == "claims":
            claims.put(one.attributes, fact, scene)
        elif says == "consent":
            consent.put(one.consent, fact, scene)
        elif says == "complaint":
            one.complaint = complaints.put(one.complaint, str(name_of(code)), fact)


@lru_cache(maxsize=1_024)
def _says(code: int | str) -> str | None:
    """What a fact of this name says that is looked at here."""
    if code in ORDER_CODES:
        return "order"
    if code == IDENTIFY:
        return "claims"
    name = name_of(code)
    if name in complaints.NAMES:
        return "complaint"
    return "consent" if name in CONSENT_NAMES else None
