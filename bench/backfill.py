"""A new trait over the whole history in the lake, until every state of it is written.

The lake is made up by DuckDB in the shape of the archive's files, and the manifest, the log's head and the
loop's position say that all of it was applied. Then a trait is defined, and what it has missed is counted as
after ``segue apply``. The yardstick is DuckDB grouping the same events of the same files by customer and
day (and what was ordered, by order first, because an order counts once), with as much memory and as many
threads, before and after; the faster of both counts.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from bench import shop, stage
from bench.report import Figure, run
from segue.app import backfill
from segue.app.definitions import apply
from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.archive import manifest
from segue.domain.order import DAY, SECOND
from segue.enrich.traits.plan import plan
from segue.ports.lake import LakeFile
from segue.ports.statements import Statement

MUST = 2.0
EVENTS, A_CUSTOMER, A_FILE = 10_000_000, 200, 1_000_000
MEMORY, THREADS = "1GB", 2

_APPLIED = Statement("applied", "the loop has come so far", "update consumer set position = %(upto)s")
_APPENDED = Statement("appended", "and so has the log", "update log_head set next_offset = %(upto)s + 1")
_WRITTEN = Statement("written", "states of traits", "select count(*) from trait_state")
_CLEARED = Statement("cleared", "as if nothing had been counted", "truncate trait_state")
_KEPT = Statement("kept", "as if nothing had been written lately", "checkpoint")

_LAKE = Path(__file__).with_suffix(".sql")
_CONTEXT = (
    '{"library":{"name":"analytics.js","version":"npm:next-1.84.1"},"locale":"en-GB",'
    f'"timezone":"Europe/Berlin","userAgent":"{shop.AGENT}","page":{{"path":"/","title":"A shop",'
    '"url":"https://shop.example/","referrer":""}}'
)


class New(NamedTuple):
    """A trait that is new, and what DuckDB is asked instead."""

    name: str
    what: str
    #: as in traits.yaml
    definition: str
    #: of ``events``, by customer and day
    bare: str


TRAITS = (
    New(
        "backfill",
        "a count of views",
        "{count: Product Viewed, window: 365 days}",
        "select fragment_id, cast(timestamp as date), count(*) from events "
        "where type = 'track' and event = 'Product Viewed' group by all",
    ),
    New(
        "backfill_orders",
        "what was spent in orders",
        "{sum: value, of: Order Completed, window: 364 days}",
        "select fragment_id, day, sum(revenue) from (select fragment_id, properties->>'order_id', "
        "arg_max(cast(timestamp as date), timestamp) as day, "
        "arg_max(cast(properties->>'revenue' as decimal(18, 6)), timestamp) as revenue "
        "from events where type = 'track' and event = 'Order Completed' group by all) group by all",
    ),
    New(
        "backfill_categories",
        "the category bought most often",
        "{most_frequent: products.category, of: Order Completed, window: 365 days}",
        "select fragment_id, day, category, count(*), max(moment) from (select fragment_id, moment, day, "
        "unnest(cast(products as json[]))->>'category' as category from (select fragment_id, "
        "properties->>'order_id', max(timestamp) as moment, "
        "arg_max(cast(timestamp as date), timestamp) as day, "
        "arg_max(properties->'products', timestamp) as products "
        "from events where type = 'track' and event = 'Order Completed' group by all)) group by all",
    ),
)


def measure(quick: bool) -> list[Figure]:
    events = EVENTS // 100 if quick else EVENTS
    with stage.opened() as installation:
        files = fill(installation, events, max(1, events // A_CUSTOMER))
        return [_figure(installation, files, new, events) for new in TRAITS]


def _figure(installation: Installation, files: list[Path], new: New, events: int) -> Figure:
    bare = _bare(files, new.bare)
    took, written = _backfilled(installation, new)
    bare = min(bare, _bare(files, new.bare))
    return Figure(
        name=new.name,
        what=f"backfill of a new trait over {events:,} events in the lake: {new.what}",
        must=f"≤ {MUST:.0f} × DuckDB's bare group-by",
        measured=f"{took:.1f} s for {written:,} customers, written",
        reached=took <= MUST * bare,
        yardstick=f"DuckDB's group-by of the same files {bare:.1f} s; {took / bare:.2f} × of it",
        processes="this one, PostgreSQL",
        load=f"the lake: {len(files)} files, {sum(file.stat().st_size for file in files) // 2**20:,} MiB",
        values={"seconds": took, "bare_seconds": bare, "times": took / bare, "customers": written},
    )


def _backfilled(installation: Installation, new: New) -> tuple[float, int]:
    """Seconds, and how many states were written."""
    apply(
        installation.database,
        installation.clock,
        {"traits.yaml": f"traits: {{{new.name}: {new.definition}}}\n"},
        actor="bench",
    )
    installation.look_again()
    with installation.database.transaction() as session:
        session.execute(_CLEARED)
    installation.step()  # from here on it is counted live
    with installation.database.transaction() as session:
        session.execute(_KEPT)
    keys = plan(installation.rules()).needs[new.name]
    began = time.perf_counter()
    backfill.backfill(installation, keys=keys)
    took = time.perf_counter() - began
    with installation.database.transaction(read_only=True) as session:
        return took, session.fetch(_WRITTEN)[0][0]


def _bare(files: list[Path], question: str) -> float:
    """Seconds until all of the answer is there."""
    with duckdb.connect(":memory:", config={"threads": THREADS, "memory_limit": MEMORY}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            f"create view events as select * from read_parquet({[str(each) for each in files]})"
        )
        began = time.perf_counter()
        connection.sql(question).to_arrow_table()
        return time.perf_counter() - began


def fill(installation: Installation, events: int, customers: int) -> list[Path]:
    """A lake of a year of that many events; answers its files."""
    now = installation.clock.now()
    apart = 364 * DAY // events
    folder = installation.data / LAKE / "loose"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for first in range(1, events + 1, A_FILE):
        last = min(events, first + A_FILE - 1)
        path = folder / f"{first:012d}-{last:012d}.parquet"
        text = _LAKE.read_text().format(
            first=first, last=last, customers=customers, began=now - 364 * DAY, apart=apart,
            categories=list(shop.CATEGORIES), context=_CONTEXT, path=path,
        )  # fmt: skip
        with duckdb.connect(":memory:", config={"threads": THREADS}) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(text)
        days = [_day(now - 364 * DAY + offset * apart) for offset in (first, last)]
        file = LakeFile(
            file_id=f"loose/{path.name}", day=None, day_from=days[0], day_to=days[1], rows=last - first + 1,
            size=path.stat().st_size, offset_from=first, offset_to=last, created_at=now,
        )  # fmt: skip
        with installation.database.transaction() as session:
            manifest.advance(session, first - 1, last, file, now)
        files.append(path)
    with installation.database.transaction() as session:
        session.execute(_APPLIED, upto=events)
        session.execute(_APPENDED, upto=events)
    return files


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment // SECOND, UTC).date()


if __name__ == "__main__":
    run(measure)
