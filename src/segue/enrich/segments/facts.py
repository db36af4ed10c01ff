"""What conditions are judged by: everything of one person and one moment that they may ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from segue.domain.rules import Purposes

NOTHING: Final[Mapping[str, Any]] = {}

PREDICTED: Final = ("at", "value", "low", "high", "label")
"""What conditions may ask of a prediction; ``at`` in microseconds."""


class Facts(msgspec.Struct):
    """One person at one moment.

    ``traits`` holds hidden counts too, under the names of :func:`segue.enrich.traits.plan.did_name`.
    """

    traits: Mapping[str, Any] = NOTHING
    #: surviving values
    attributes: Mapping[str, Any] = NOTHING
    predictions: Mapping[str, Any] = NOTHING
    orders: Mapping[str, Any] = NOTHING
    sessions: Mapping[str, Any] = NOTHING
    #: purpose → channel → whether it was granted last
    consent: Mapping[str, Mapping[str, bool]] = NOTHING
    #: segments that she is in, of those that are judged already
    inside: Collection[str] = frozenset()
    #: of decisions only: the moment and the place, and what is in the basket
    context: Mapping[str, Any] = NOTHING
    basket: Mapping[str, Any] = NOTHING


def granted(facts: Facts, purposes: Purposes, purpose: str, channel: str | None) -> bool:
    """What holds for a purpose in a channel (None: in any of those declared or spoken of).

    Unstated means no where consent is the basis, and yes where it is not.
    """
    declared = purposes.purposes.get(purpose)
    unstated = declared is not None and declared.basis != "consent"
    said = facts.consent.get(purpose, NOTHING)
    channels = {channel} if channel is not None else {*(declared.channels if declared else ()), *said}
    words = [said.get(each, said.get("*", unstated)) for each in channels - {"*"}]
    return any(words) if words else bool(said.get("*", unstated))
