"""What is trending: bought in the last day more often than the weeks before lead to expect, store by store.

The worker counts it from the lake now and then; touchpoints read a small table.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from segue.domain.order import DAY
from segue.ports.database import Database
from segue.ports.statements import statements

if TYPE_CHECKING:
    from segue.archive.lake import Lake

RECENT: Final = DAY
BEFORE: Final = 28 * DAY
"""What the last day is compared with."""
FRESH: Final = 15.0
"""Seconds for which a process believes what it has read."""

_SQL = statements("segue.app.around", "trending.sql")
_LAKE = statements("segue.app.around", "lake.sql")


class Trend(NamedTuple):
    """A product that is trending."""

    sku: str
    name: str | None
    category: str | None
    #: that held it, in the last day
    baskets: int
    #: of all baskets there in the last day, 0 to 1
    share: float


def count(database: Database, lake: Lake, now: int) -> int:
    """Count anew what is trending as of ``now`` (microseconds); how many rows there are of it."""
    text = _LAKE["trending"].text.format(
        recent=now - RECENT, since=now - RECENT - BEFORE, until=now, share=RECENT / BEFORE
    )
    rows = lake.query(text, wait=False).rows
    with database.transaction() as session:
        session.execute(_SQL["forget"])
        session.execute(
            _SQL["keep"],
            stores=[row["store"] for row in rows], skus=[row["sku"] for row in rows],
            ranks=[row["rank"] for row in rows], baskets=[row["recent"] for row in rows],
            shares=[row["share"] for row in rows], at=now,
        )  # fmt: skip
    return len(rows)


class Trending:
    """What is trending, from memory. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._read_at = -FRESH
        self._by_store: Mapping[str, Sequence[Trend]] = {}

    def at(self, store: str | None) -> Sequence[Trend]:
        """Best first: at ``store``; everywhere where nothing is known of it. UnavailableError."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH:
                self._by_store = self._read()
                self._read_at = time.monotonic()
        return self._by_store.get(store or "") or self._by_store.get("", ())

    def _read(self) -> Mapping[str, Sequence[Trend]]:
        found: dict[str, list[Trend]] = {}
        with self._database.transaction(read_only=True) as session:
            for store, *rest in session.fetch(_SQL["all"]):
                found.setdefault(store, []).append(Trend(*rest))
        return found
