"""The summary of a fragment's facts: counts, sums, maxima and bounded maps.

Everything in it joins by sums, minima, maxima and unions, and every bound keeps the same whatever the
grouping: maps keep the keys with the smallest hashes (what is kept was never dropped, so its counts are
exact), series keep the latest. That makes summaries a commutative monoid under :func:`join`, and the
moment at which a journal is absorbed unobservable. What was cut is named in ``trimmed``.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Final

import msgspec

from segue.enrich import claims, complaints, consent, orders, trail
from segue.enrich.names import name_of
from segue.enrich.scene import Scene
from segue.enrich.state import pack, unpack

POINTS: Final = 256
"""Steps of sessions kept: the latest."""
DAYS: Final = 400
"""Days kept per event name: the latest."""
BOUNDS: Final = {
    "events": 96,
    "campaigns": 64,
    "groups": 64,
    "attributes": 128,
    "orders": 1_024,
    "consent": 64,
}
"""Keys kept of each map."""
CURRENCIES: Final = 8
"""Currencies kept per event name."""
VOCABULARY: Final = 128
"""Values kept per tally (category, brand, store, channel, device)."""

_LARGEST: Final = 2**62


class Summary(msgspec.Struct, array_like=True):
    """See the module. Mutable while it is being built, then encoded or read."""

    #: name → ``[count, first time, last time, {day: count}, {currency: {day: millionths}}]``
    events: dict[Any, list[Any]] = {}
    #: events by hour of the day
    hours: list[int] = msgspec.field(default_factory=lambda: [0] * 24)
    #: what → value → count
    tallies: dict[str, dict[str, int]] = {}
    #: ``kind\nname\nsource\nmedium`` → ``[seen, engaged, first time, last time]``
    campaigns: dict[str, list[int]] = {}
    #: group id → ``[first time, last time, its name as last told]``
    groups: dict[str, list[Any]] = {}
    #: see :mod:`segue.enrich.claims`
    attributes: dict[str, list[Any]] = {}
    #: see :mod:`segue.enrich.orders`
    orders: dict[str, orders.Register] = {}
    #: see :mod:`segue.enrich.consent`
    consent: consent.Book = {}
    #: what the trail's steps refer to by number
    scenes: list[Scene] = []
    #: steps of sessions, see :mod:`segue.enrich.trail`
    trail: trail.Trail = []
    #: names of what was cut to its bound
    trimmed: list[str] = []
    #: ``[time, position, name]`` of the time zone that a device of hers said last; empty: none did
    zone: list[Any] = []
    #: see :mod:`segue.enrich.complaints`
    complaint: complaints.Register = msgspec.field(default_factory=lambda: [[], []])


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Summary).decode


def encode_summary(summary: Summary) -> bytes:
    """The summary as it is stored; ``summary`` is used up."""
    trim(summary)
    steps, summary.scenes = trail.without_unused(summary.trail, summary.scenes)
    summary.trail = trail.packed(steps)
    try:
        return pack(_encode(summary))
    except OverflowError:  # sums that no shop ever takes: somebody is playing
        return pack(_encode(_saturated(msgspec.to_builtins(summary, builtin_types=(bytes,)))))


def decode_summary(stored: bytes | None) -> Summary:
    """The inverse of :func:`encode_summary`; an empty summary for None."""
    if stored is None:
        return Summary()
    summary = _decode(unpack(stored))
    summary.trail = trail.unpacked(summary.trail)
    return summary


def _saturated(value: Any) -> Any:
    """Everything with its whole numbers cut to what can be stored."""
    if isinstance(value, int):
        return max(-_LARGEST, min(_LARGEST, value))
    if isinstance(value, dict):
        return {key: _saturated(one) for key, one in value.items()}
    return [_saturated(one) for one in value] if isinstance(value, (list, tuple)) else value


# ── bounds ───────────────────────────────────────────────────────────────────


def trim(summary: Summary) -> None:
    """Cut everything to its bound and note what was cut."""
    cut: set[str] = set(summary.trimmed)
    summary.events = _smallest(summary.events, "events", cut)
    summary.campaigns = _smallest(summary.campaigns, "campaigns", cut)
    summary.groups = _smallest(summary.groups, "groups", cut)
    summary.attributes = _by_standing(summary.attributes, "attributes", lambda name: name[0] == "1", cut)
    summary.orders = _by_standing(summary.orders, "orders", lambda name: name[0] == "1", cut)
    summary.consent = _by_standing(summary.consent, "consent", consent.is_proven, cut)
    for what, tally in summary.tallies.items():
        if len(tally) > VOCABULARY:
            summary.tallies[what] = _cut(tally, VOCABULARY)
            cut.add(what)
    for row in summary.events.values():
        if len(row[4]) > CURRENCIES:
            row[4] = _cut(row[4], CURRENCIES)
            cut.add("currencies")
        if len(row[3]) > DAYS:
            _trim_days(row)
            cut.add("days")
    summary.trail = trail.ordered(summary.trail, summary.scenes)
    if summary.trail and len(summary.trail[0]) > POINTS:
        summary.trail = trail.latest(summary.trail, POINTS)
        cut.add("sessions")
    summary.trimmed = sorted(cut)


def _trim_days(row: list[Any]) -> None:
    kept = sorted(row[3])[-DAYS:]
    row[3] = {day: row[3][day] for day in kept}
    row[4] = {
        currency: {day: amount for day, amount in amounts.items() if day >= kept[0]}
        for currency, amounts in row[4].items()
    }


def _hash(key: object) -> bytes:
    text = key if isinstance(key, bytes) else str(name_of(key) if isinstance(key, int) else key).encode()
    return blake2b(text, digest_size=8).digest()


def _cut(held: dict[Any, Any], bound: int) -> dict[Any, Any]:
    return {key: held[key] for key in sorted(held, key=_hash)[:bound]}


def _smallest(held: dict[Any, Any], what: str, cut: set[str]) -> dict[Any, Any]:
    if len(held) <= BOUNDS[what]:
        return held
    cut.add(what)
    return _cut(held, BOUNDS[what])


def _by_standing(
    held: dict[Any, Any], what: str, is_proven: Callable[[Any], bool], cut: set[str]
) -> dict[Any, Any]:
    """Bound the proven and the claimed each for itself."""
    if len(held) <= BOUNDS[what]:
        return held
    proven = {key: value for key, value in held.items() if is_proven(key)}
    claimed = {key: value for key, value in held.items() if key not in proven}
    return _smallest(proven, what, cut) | _smallest(claimed, what, cut)


# ── joining ──────────────────────────────────────────────────────────────────


def join(one: Summary, other: Summary) -> Summary:
    """Both summaries as one. ``one`` is built on; parts of ``other`` may be shared by the result."""
    _unite(one.events, other.events, _join_event)
    one.hours = [a + b for a, b in zip(one.hours, other.hours, strict=True)]
    _unite(one.tallies, other.tallies, _join_tally)
    _unite(one.campaigns, other.campaigns, _join_campaign)
    _unite(one.groups, other.groups, join_group)
    _unite(one.attributes, other.attributes, claims.joined)
    _unite(one.orders, other.orders, orders.joined)
    _unite(one.consent, other.consent, consent.joined)
    numbers = renumber(one.scenes, other.scenes)
    one.trail = trail.extended(one.trail, trail.renumbered(other.trail, numbers))
    one.trimmed = sorted({*one.trimmed, *other.trimmed})
    one.zone = max(one.zone, other.zone)
    one.complaint = complaints.joined(one.complaint, other.complaint)
    return one


def put_zone(summary: Summary, fact: list[Any], scene: Scene) -> None:
    """Enter the time zone of a fact's scene."""
    if scene.zone is not None:
        summary.zone = max(summary.zone, [fact[0], fact[1], scene.zone])


def renumber(scenes: list[Scene], more: list[Any]) -> list[int]:
    """Add ``more`` to ``scenes`` where they are not in it; answers the number of each."""
    numbers = {scene: number for number, scene in enumerate(scenes)}
    found = []
    for scene in more:
        number = numbers.setdefault(scene, len(numbers))
        if number == len(scenes):
            scenes.append(scene)
        found.append(number)
    return found


def _unite(one: dict[Any, Any], other: dict[Any, Any], joined: Callable[[Any, Any], Any]) -> None:
    for key, value in other.items():
        held = one.get(key)
        one[key] = value if held is None else joined(held, value)


def _join_event(one: list[Any], other: list[Any]) -> list[Any]:
    amounts = {currency: dict(days) for currency, days in one[4].items()}
    for currency, days in other[4].items():
        amounts[currency] = _join_tally(amounts.get(currency, {}), days)
    return [
        one[0] + other[0],
        min(one[1], other[1]),
        max(one[2], other[2]),
        _join_tally(one[3], other[3]),
        amounts,
    ]


def _join_tally(one: dict[Any, int], other: dict[Any, int]) -> dict[Any, int]:
    both = dict(one)
    for key, count in other.items():
        both[key] = both.get(key, 0) + count
    return both


def _join_campaign(one: list[int], other: list[int]) -> list[int]:
    return [one[0] + other[0], one[1] + other[1], min(one[2], other[2]), max(one[3], other[3])]


def join_group(one: list[Any], other: list[Any]) -> list[Any]:
    """``[first time, last time, name]`` of a group from two."""
    told = [row for row in (one, other) if row[2] is not None]
    name = max(told, key=lambda row: (row[1], row[2]))[2] if told else None
    return [min(one[0], other[0]), max(one[1], other[1]), name]
