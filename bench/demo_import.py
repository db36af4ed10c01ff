"""The demo's import: the year's baskets through the ordinary importer, with a worker running."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import segue.app.demo
from bench import stage
from bench.report import Figure, run
from segue.adapters.duckdb.tables import DuckTables
from segue.app.demo.run import data_files, prepare
from segue.app.imports.run import ImportReport, import_file
from segue.app.installation import Installation
from segue.app.processes.looping import looping, wait_for_loop
from segue.ports.log import SLOTS, NewEntry

MUST = 3_000
MAPPING = Path(segue.app.demo.__file__).parent / "complete_journey" / "baskets.yaml"
APPENDED_AT_ONCE = 5_000


def measure(quick: bool) -> list[Figure]:
    most = 200 if quick else None
    with tempfile.TemporaryDirectory() as name, DuckTables() as tables:
        baskets = prepare(tables, data_files(), Path(name), most)["baskets"]
        with stage.opened() as installation:
            began = time.perf_counter()
            with looping(installation):
                report = import_file(installation, baskets, MAPPING)
                accepted = time.perf_counter() - began
                wait_for_loop(installation)
                applied = time.perf_counter() - began
            entries = _appended(installation)
    bare = _bare_append(entries)
    rate = report.events / report.seconds
    return [_figure(report, rate, bare, entries, accepted, applied)]


def _appended(installation: Installation) -> list[NewEntry]:
    """What the import put into the log."""
    entries: list[NewEntry] = []
    after = 0
    while True:
        with installation.database.transaction(read_only=True) as session:
            read = installation.log.read(session, slots=range(SLOTS), after=after, limit=50_000)
        if not read:
            return entries
        entries += [NewEntry(bytes([entry.slot]) * 16, 0, entry.payload) for entry in read]
        after = read[-1].offset


def _bare_append(entries: list[NewEntry]) -> float:
    """The same bytes into an empty log, nothing else: events a second."""
    with stage.opened() as installation:
        began = time.perf_counter()
        for at in range(0, len(entries), APPENDED_AT_ONCE):
            installation.log.append(entries[at : at + APPENDED_AT_ONCE])
        return len(entries) / (time.perf_counter() - began)


def _figure(
    report: ImportReport, rate: float, bare: float, entries: list[NewEntry], accepted: float, applied: float
) -> Figure:
    size = sum(len(entry.payload) for entry in entries) // len(entries)
    return Figure(
        name="demo_import",
        what=f"the demo's import: {report.events:,} baskets of {report.rows:,} lines",
        must=f"≥ {MUST:,} baskets/s",
        measured=f"{rate:,.0f}/s; {report.events / applied:,.0f}/s until all are in the records",
        reached=rate >= MUST and not report.rejections,
        yardstick=f"appending the same events, nothing else: {bare:,.0f}/s; {rate / bare:.2f} × of it",
        processes="the importer, one worker, PostgreSQL",
        load="The Complete Journey from its package, as Parquet, through segue import",
        bytes_a_record=size,
        values={
            "baskets_per_s": rate,
            "rows": report.rows,
            "events": report.events,
            "rejected": report.rejections,
            "accepted_after_s": accepted,
            "applied_after_s": applied,
            "bare_appends_per_s": bare,
        },
    )


if __name__ == "__main__":
    run(measure)
