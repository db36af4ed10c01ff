"""Composed calls into the log, in the tracking API's dialect."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from segue.app.installation import Installation
from segue.app.intake import Intake, ensure_source
from segue.checks.world import TRUSTED_SOURCES, Call
from segue.domain.drafts import Draft, Sender
from segue.sources.segment.wire import read_body

Counted = Callable[[int], None]
"""Is told how many calls were read, some times a second."""

_OFTEN = 0.2


def bring_in(
    installation: Installation, calls: Iterator[Call], counted: Counted | None = None
) -> tuple[dict[str, int], dict[str, int]]:
    """Composed calls through the tracking API's dialect; answers events by source, rejections by reason."""
    made: Counter[str] = Counter()
    told = time.monotonic()
    now, rules = installation.clock.now(), installation.rules()
    with Intake(installation) as intake:
        for call in calls:
            if call.source not in made:
                trusted = call.source in TRUSTED_SOURCES
                ensure_source(installation, call.source, trusted=trusted, dialect="segment")
            made[call.source] += 1
            sender = Sender(source=call.source, trusted=call.source in TRUSTED_SOURCES, proven=call.proven)
            intake.add(_drafts(call), sender, rules, now)
            if not made.total() & 0xFF and time.monotonic() - told > _OFTEN:
                told = time.monotonic()
                now, rules = installation.clock.now(), installation.rules()
                if counted is not None:
                    counted(made.total())
    if counted is not None:
        counted(made.total())
    return dict(made), dict(intake.rejected)


def _drafts(call: Call) -> list[Draft]:
    """Like any other body of the tracking API, but remembered for ever: the demo may be run again."""
    reading = read_body(msgspec.json.encode(call.body), str(call.body["type"]))
    return [
        msgspec.structs.replace(draft, remember="ever") for draft in reading.items if isinstance(draft, Draft)
    ]
