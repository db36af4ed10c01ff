"""What segments ask of attributes and consent, kept beside the traits: a small summary of nothing else.

A fragment's whole summary has the same claims, but it is large and seldom read by the loop. This one is made
by the same functions and joined by the same rules, so both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec

from segue.domain.events import Event
from segue.domain.rules import Rules
from segue.enrich import claims, consent
from segue.enrich.absorb import CONSENT_NAMES
from segue.enrich.facts import fact_of
from segue.enrich.scene import scene_of
from segue.enrich.segments.compile import Needs
from segue.enrich.summary import Summary, decode_summary, encode_summary, join, trim

Hidden = Summary
"""With attributes and consent only."""

Held = Hidden | bytes | None
"""As it is worked on, or as it is stored: most steps neither change nor read it."""


def encode(held: Held) -> bytes | None:
    """As it is stored; ``held`` is used up."""
    return encode_summary(held) if isinstance(held, Summary) else held


def opened(held: Held) -> Hidden | None:
    """The inverse of :func:`encode`."""
    return decode_summary(held) if isinstance(held, bytes) else held


def together(several: Iterable[Held]) -> Hidden:
    """All of them as one; ``several`` stay as they are."""
    summary = Summary()
    for each in several:
        one = opened(each)
        if one is not None:
            summary = join(summary, one)
    trim(summary)
    return summary


class Wish(msgspec.Struct, frozen=True):
    """What segments ask for."""

    attributes: frozenset[str]
    consent: bool

    def heeds(self, event: Event) -> bool:
        """Whether the event may say something of it."""
        if self.attributes and event.type == "identify":
            return True
        context = event.context
        return self.consent and (
            "consent" in context or "consentManagement" in context or event.event in CONSENT_NAMES
        )

    def add(self, held: Held, events: Iterable[Event]) -> Held:
        """With what the events of one fragment say; ``held`` is built on."""
        for event in events:
            if self.heeds(event):
                held = self._put(opened(held) or Summary(), event)
        return held

    def _put(self, held: Hidden, event: Event) -> Hidden:
        fact: list[Any] = fact_of(event, 0)
        fact += [None] * (10 - len(fact))
        scene = scene_of(event)
        if self.consent and scene.consent:
            consent.put_passive(held.consent, fact, scene)
        said = fact[9]
        if said is None:
            return held
        if event.type == "identify" and self.attributes:
            proven, values = said
            fact[9] = [proven, {name: one for name, one in values.items() if name in self.attributes}]
            claims.put(held.attributes, fact, scene)
        elif self.consent and event.type == "track" and event.event in CONSENT_NAMES:
            consent.put(held.consent, fact, scene)
        return held

    def of(self, whole: Summary) -> Hidden | None:
        """The same out of a fragment's whole summary."""
        attributes = {name: table for name, table in whole.attributes.items() if name[1:] in self.attributes}
        book = whole.consent if self.consent else {}
        return Summary(attributes=attributes, consent=book) if attributes or book else None


def wish_of(needs: Needs) -> Wish | None:
    """What these needs ask of attributes and consent; None when they do not."""
    wish = Wish(needs.attributes, "consent" in needs.roots)
    return wish if wish.attributes or wish.consent else None


def key_of(needs: Needs) -> str | None:
    """What it is called among the measures."""
    wish = wish_of(needs)
    if wish is None:
        return None
    text = msgspec.json.encode([sorted(wish.attributes), wish.consent])
    return f"claims:{blake2b(text, digest_size=8).hexdigest()}"


def attributes(held: Hidden, names: Iterable[str], rules: Rules) -> dict[str, Any]:
    """The surviving values of these attributes, chosen as the golden record chooses them."""
    found: dict[str, Any] = {}
    for name in names:
        said = [
            claim
            for standing in "10"
            if (table := held.attributes.get(standing + name)) is not None
            for claim in claims.read(table, standing == "1")
        ]
        if said:
            found[name] = claims.survive(name, said, rules.survivorship).claim.value
    return found


def consents(held: Hidden, rules: Rules) -> dict[str, dict[str, bool]]:
    """Purpose → channel → whether it was granted last, as the golden record has it."""
    return {
        purpose: {channel: said.granted for channel, said in channels.items()}
        for purpose, channels in consent.effective(held.consent, rules.purposes).items()
    }
