"""Fold events into the state of the fragment that owns them, and tell the linker the news.

The hottest code of Segue. It only appends: facts to the journal, links to the map of others. What is
counted, summed and chosen is left to :mod:`segue.enrich.summary`, once in some thirty events, and to
reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import Any, NamedTuple

import msgspec

from segue.domain.events import Event
from segue.domain.identity import Evidence, Link, Sighting, Tier, link_of, sighting_of
from segue.domain.order import SECOND
from segue.domain.rules import Rules
from segue.enrich.absorb import summarise
from segue.enrich.facts import fact_of
from segue.enrich.scene import scene_of
from segue.enrich.state import MARK, OTHERS, RECENT, TOLD, FragmentState, Head, is_full, mark_of

_encode_fact = msgspec.msgpack.Encoder().encode
_STAMP = Struct(">QI").pack
_NOTHING = Evidence()


class Folded(NamedTuple):
    """What folding gives."""

    state: FragmentState
    #: sightings and links that the state did not hold yet, or not as early, or not as well proven
    unseen: Evidence
    #: attributes were told that may be new: its search terms are due
    told: bool = False
    #: for the tally: the second in which each event was received, its source and channel
    seen: Sequence[tuple[int, str, str]] = ()


def fold(state: FragmentState | None, events: Sequence[Event], rules: Rules) -> Folded:
    """Add ``events``, all owned by the state's fragment, in any order; ``state`` is left as it was."""
    head = _opened(state)
    sightings: list[Sighting] = []
    links: list[Link] = []
    parts = [head.journal]
    told = False
    seen: list[tuple[int, str, str]] = []
    marks = [head.recent]
    for event in events:
        marks.append(mark_of(event.message_id))
        fact, channel = _add(head, event)
        parts.append(fact)
        seen.append((event.received_at // SECOND, event.source, channel))
        if event.type == "identify" and event.traits:
            told = _tell(head, event) or told
        _news(head, event, sightings, links)
    head.journal = b"".join(parts)
    head.facts += len(events)
    head.recent = b"".join(marks)[-MARK * RECENT :]
    summary = None if state is None else state.summary
    rewritten = state is not None and state.rewritten
    if is_full(head) and (summary is not None or not head.summarised):
        summary = summarise(head, summary, rules.time_zone)
        head.summarised, head.journal, head.facts, head.scenes = True, b"", 0, []
        rewritten = True
    unseen = Evidence(sightings=tuple(sightings), links=tuple(links)) if sightings or links else _NOTHING
    return Folded(FragmentState(head, summary, rewritten), unseen, told, seen)


def _opened(state: FragmentState | None) -> Head:
    """A head of one's own to write on."""
    if state is None:
        return Head(b"", 0, False, False, {}, [], b"", 0)
    old = state.head
    return Head(
        old.first_key,
        old.last,
        old.proven,
        old.summarised,
        old.others.copy(),
        old.scenes.copy(),
        old.journal,
        old.facts,
        old.told,
        old.recent,
    )


def _tell(head: Head, event: Event) -> bool:
    """Whether the event's attributes are others than those told lately."""
    digest = blake2b(_encode_fact([event.proven, event.traits]), digest_size=8).digest()
    told = head.told
    if digest in (told[:8], told[8:16], told[16:24], told[24:]):
        return False
    head.told = (told + digest)[-8 * TOLD :]
    return True


def _add(head: Head, event: Event) -> tuple[bytes, str]:
    """The event's fact, encoded, and its channel."""
    scene = scene_of(event)
    scenes = head.scenes
    if scene in scenes:
        number = scenes.index(scene)
    else:
        number = len(scenes)
        scenes.append(scene)
    if event.timestamp > head.last and event.context.get("active") is not False:
        head.last = event.timestamp
    return _encode_fact(fact_of(event, number)), scene[1]


def _news(head: Head, event: Event, sightings: list[Sighting], links: list[Link]) -> None:
    """Note whom the event mentions, and keep for the linker what is new or better.

    Nearly every event is later than what is known and proves nothing more. Comparing the first twelve
    bytes of its order key (time and position) shows that without hashing its message id.
    """
    owner, *rest = event.mentions
    stamp = _STAMP(event.timestamp, event.position)
    if stamp <= head.first_key[:12] or not head.first_key or (owner.proven and not head.proven):
        _own_news(head, event, sightings)
    for index, mention in enumerate(rest, 1):
        proven = mention.proven
        tier = Tier.PROVEN if owner.proven and proven else Tier.CLAIMED
        if mention.fragment_id == owner.fragment_id:
            continue
        short = mention.fragment_id[:8]
        known = head.others.get(short)
        if known is None:
            sightings.append(sighting_of(event, index))
            links.append(link_of(event, index))
            _remember(head.others, short, [tier * 2 + proven, event.order_key, None, event.timestamp])
            continue
        flags, proof, first, last = known
        if tier >= flags >> 1 and stamp > proof[:12] and (flags & 1 or not proven):
            if event.timestamp > last:
                head.others[short] = [flags, proof, first, event.timestamp]
            continue
        sighting, link, head.others[short] = _better(known, tier, proven, event)
        if sighting:
            sightings.append(sighting_of(event, index))
        if link:
            links.append(link_of(event, index))


def _own_news(head: Head, event: Event, sightings: list[Sighting]) -> None:
    key, proven = event.order_key, event.mentions[0].proven
    earlier = not head.first_key or key < head.first_key
    if earlier or (proven and not head.proven):
        sightings.append(sighting_of(event, 0))
    if earlier:
        head.first_key = key
    head.proven = head.proven or proven


def _better(known: list[Any], tier: int, proven: bool, event: Event) -> tuple[bool, bool, list[Any]]:
    """Whether the event is news about the fragment and about the link, and what to hold from now on."""
    flags, proof, first, last = known
    first = proof if first is None else first
    key: bytes = event.order_key
    sighting = key < first or (proven and not flags & 1)
    link = (tier, key) < (flags >> 1, proof)
    first = min(first, key)
    if link:
        proof = key
        flags = tier * 2 | (flags & 1)
    flags |= proven
    held = [flags, proof, None if first == proof else first, max(last, event.timestamp)]
    return sighting, link, held


def _remember(others: dict[bytes, list[Any]], fragment: bytes, held: list[Any]) -> None:
    others[fragment] = held
    if len(others) > OTHERS:
        del others[max(others)]
