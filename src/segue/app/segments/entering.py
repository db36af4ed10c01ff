"""Entries into segments and exits from them, as events of a person's timeline beside those of the lake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from segue.archive.timeline import Beside, Place
from segue.domain.order import DAY
from segue.ports.database import Database
from segue.ports.lake import LakeRow
from segue.ports.statements import statements

_SQL = statements("segue.app.segments", "members.sql")

ENTERED: Final = "Segment Entered"
EXITED: Final = "Segment Exited"
SOURCE: Final = "segue"
"""Where they come from: nobody sent them."""

_BEYOND: Final = 1 << 60
"""Offsets from here on are no event's: those of a moment stand above its events, which caused them."""

_MOST: Final = (1 << 63) - 1


def event_name(entered: bool) -> str:
    """What the derived event is called."""
    return ENTERED if entered else EXITED


def segment_events(database: Database, fragments: Sequence[bytes]) -> Beside:
    """What whoever has these fragments entered and left, for :func:`segue.archive.timeline.timeline`."""

    def before(place: Place, wanted: int) -> list[LakeRow]:
        moment, offset = place
        with database.transaction(read_only=True) as session:
            rows = session.fetch(
                _SQL["changes_before"],
                ids=list(fragments),
                at=min(moment, _MOST),
                offset=min(offset, _MOST),
                beyond=_BEYOND,
                limit=wanted,
            )
        return [_row(*row) for row in rows]

    return before


def _row(  # noqa: PLR0917 - the columns of a change
    change: bytes, at: int, segment: str, person_id: bytes, entered: bool, cause: str, offset: int
) -> LakeRow:
    return LakeRow(
        message_id=f"segment-{change.hex()}",
        source=SOURCE,
        type="track",
        event=event_name(entered),
        timestamp=at,
        received_at=at,
        fragment_id=person_id.hex(),
        properties=msgspec.json.encode({"segment": segment, "cause": cause}),
        context=b"{}",
        traits=b"{}",
        marks=(),
        mentions=(),
        group_id=None,
        proven=True,
        position=0,
        log_offset=offset,
        day=at // DAY,
    )
