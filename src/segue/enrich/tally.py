"""How many events were applied, by ten minutes of their receipt, by source and by channel.

Counted in the transaction that applies them, so that each counts once whatever happens to the loop.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from segue.domain.order import MINUTE, SECOND
from segue.ports.database import Session
from segue.ports.statements import statements

BUCKET: Final = 10 * MINUTE
"""What is counted together, in microseconds."""

CHANNELS: Final = 32
"""Channels told apart for a source and bucket; clients may say anything, and the rest is ``other``."""

OTHER: Final = "other"

_SQL = statements("segue.enrich")
_PLAIN = re.compile(r"[^\W\d_][\w -]{0,31}")
"""What is counted by its name. An address or a number is no channel and would outlive its owner here."""

Seen = tuple[int, str, str]
"""The second in which an event was received, its source, its channel."""


def counted(events: Iterable[Seen]) -> tuple[dict[Seen, int], dict[Seen, int]]:
    """How many events there are by bucket, source and channel, and when the latest was received."""
    count: dict[Seen, int] = {}
    latest: dict[Seen, int] = {}
    for (second, source, channel), number in Counter(events).items():
        received = second * SECOND
        key = received - received % BUCKET, source, _label(source, channel)
        count[key] = count.get(key, 0) + number
        latest[key] = max(received, latest.get(key, 0))
    return count, latest


def _label(source: str, channel: str) -> str:
    return channel if channel == source or _PLAIN.fullmatch(channel) else OTHER


def add(session: Session, worker: int, events: Iterable[Seen]) -> None:
    """Count these events; they are on their way when this returns."""
    count, latest = counted(events)
    if not count:
        return
    keys = sorted(count)
    session.send(
        _SQL["add_to_tally"],
        worker=worker,
        at=[key[0] for key in keys],
        sources=[key[1] for key in keys],
        channels=[key[2] for key in keys],
        events=[count[key] for key in keys],
        last=[latest[key] for key in keys],
        bound=CHANNELS,
    )


def forget_before(session: Session, moment: int) -> int:
    """Remove the buckets that began before ``moment``; answers how many rows."""
    return session.execute(_SQL["forget_tally"], moment=moment)
