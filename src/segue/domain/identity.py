"""Links, aparts and fragments: who is whom, and on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from hashlib import blake2b
from typing import Any

import msgspec

from segue.domain.events import Event
from segue.domain.identifiers import FragmentId
from segue.domain.order import OrderKey


class Tier(IntEnum):
    """How a link is known; a smaller number is tried first and wins."""

    MANUAL = 0
    PROVEN = 1
    CLAIMED = 2
    PROBABILISTIC = 3
    BEHAVIOURAL = 4

    @property
    def label(self) -> str:
        """The word used in JSON and on screens."""
        return _LABELS[self]


_LABELS = {
    Tier.MANUAL: "manual",
    Tier.PROVEN: "deterministic-proven",
    Tier.CLAIMED: "deterministic-claimed",
    Tier.PROBABILISTIC: "probabilistic",
    Tier.BEHAVIOURAL: "behavioural",
}


class Sighting(msgspec.Struct, frozen=True, array_like=True):
    """Evidence that a fragment exists: one of its mentions."""

    fragment_id: bytes
    kind: str
    value: str
    #: order key of the event that mentions it
    key: bytes
    source: str
    proven: bool
    device: bool = False


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The fragment of an event and the fragment of another identifier on it, with the best, first proof.

    One per unordered pair ``a < b``; the tier is the best ever seen, ``first_proof`` the smallest
    order key at that tier. Both are minima, so the order in which evidence arrives does not matter.
    """

    a: bytes
    b: bytes
    tier: Tier
    first_proof: bytes
    #: ``{"message_id", "source", "type", "event", "kinds"}`` of the first proof, or who merged and why
    proof: dict[str, Any]
    confidence: float = 1.0
    active: bool = True
    #: why it is inactive: ``limit:email``, ``unique:user_id``, ``shared_device``, ``apart``, ``frozen``, …
    reason: str | None = None

    @property
    def link_id(self) -> bytes:
        """16 bytes, the same for the same pair (a merge by hand has its own)."""
        salt = b"manual" if self.tier == Tier.MANUAL else b""
        return blake2b(self.a + self.b + salt, digest_size=16).digest()

    @property
    def position(self) -> tuple[int, bytes, bytes, bytes]:
        """Where the link stands when a component's links are sorted and added one by one."""
        return (int(self.tier), self.first_proof, self.a, self.b)


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """Two fragments that a person decided are never one person."""

    a: bytes
    b: bytes
    at: int
    by: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says about identity: the fragments it mentions and the links between them."""

    sightings: tuple[Sighting, ...] = ()
    links: tuple[Link, ...] = ()


def link_of(event: Event, other: int) -> Link:
    """The link that ``event`` gives between its owner and its mention number ``other`` (≥ 1)."""
    owner, mention = event.mentions[0], event.mentions[other]
    a, b = sorted((owner.fragment_id, mention.fragment_id))
    return Link(
        a=a,
        b=b,
        tier=Tier.PROVEN if owner.proven and mention.proven else Tier.CLAIMED,
        first_proof=event.order_key,
        proof={
            "message_id": event.message_id,
            "source": event.source,
            "type": event.type,
            "event": event.event,
            "kinds": [owner.kind, mention.kind],
        },
    )


def sighting_of(event: Event, index: int) -> Sighting:
    """Mention number ``index`` of ``event`` as evidence that its fragment exists."""
    mention = event.mentions[index]
    return Sighting(
        mention.fragment_id,
        mention.kind,
        mention.value,
        event.order_key,
        event.source,
        mention.proven,
        mention.device,
    )


class FragmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fragment as identity resolution keeps it."""

    fragment_id: FragmentId
    kind: str
    #: normalised; empty once erased
    value: str
    person_id: FragmentId
    #: fragments connected by any recorded link of an unshared device or person share it
    component_id: FragmentId
    #: the smallest order key of an event that mentions it
    first_key: OrderKey
    source: str
    proven: bool
    device: bool
    #: a device that several people use: its anonymous history belongs to nobody
    shared: bool = False
    #: a device on which several people were seen directly: its links of this tier and all weaker ones
    #: are out for good, and no longer connect components
    cut_tier: int | None = None
    #: a device that was seen with such a device, by a link of this tier or a better one
    beside_tier: int | None = None
    #: a device that was seen with somebody directly, by a link of this tier at best
    owned_tier: int | None = None

    @classmethod
    def of_columns(cls, values: Sequence[Any]) -> FragmentRow:
        """From the columns of table ``fragment`` in their order: the first ten, or all."""
        return cls(**dict(zip(cls.__struct_fields__, values, strict=False)))
