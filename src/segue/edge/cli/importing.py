"""How imports and the demo show themselves: progress with rate and time left, tables at the end."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from segue.app.demo.run import DemoReport
from segue.app.imports.run import ImportReport, Progress
from segue.edge.cli.output import note, print_line, print_table

if TYPE_CHECKING:  # it takes long to import, and most commands show no progress
    from rich.progress import TaskID

Watch = Callable[[Progress], None]


@contextmanager
def progress_shown() -> Iterator[Watch]:
    """A function that shows progress on standard error while the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    bars = Bars(*columns, console=Console(stderr=True))
    tasks: dict[str, TaskID] = {}

    def watch(progress: Progress) -> None:
        bars.start()  # not before there is something to show: an error that comes first stands alone
        name = f"{progress.file}: {progress.phase}"
        if name not in tasks:
            for earlier in tasks.values():
                bars.update(earlier, total=1.0, completed=1.0)
            tasks[name] = bars.add_task(name, total=1.0, rate="")
        known = progress.phase != "composing"
        bars.update(
            tasks[name],
            completed=progress.fraction if known else 0.0,
            total=1.0 if known else None,
            rate=_rate(progress),
        )

    try:
        yield watch
    finally:
        if tasks:
            bars.stop()


def _rate(progress: Progress) -> str:
    counted = progress.rows if progress.phase == "reading" else progress.events
    unit = "rows" if progress.phase == "reading" else "events"
    if progress.seconds < 0.5:
        return ""
    return f"{counted / progress.seconds:,.0f} {unit}/s"


def print_import(report: ImportReport) -> None:
    """Rows, events, rejected and why."""
    print_imports((report,))
    if report.trouble is not None:
        note(report.trouble + (f"; {report.cure}" if report.cure else ""))


def print_imports(reports: tuple[ImportReport, ...]) -> None:
    """One line a file, and one a reason for what was rejected."""
    again = any(each.known for each in reports)
    rows = [
        (
            each.file,
            each.source,
            f"{each.rows:,}",
            f"{each.events:,}",
            *((f"{each.known:,}",) if again else ()),
            f"{each.rejections:,}",
            f"{each.events / each.seconds:,.0f}/s" if each.seconds else "",
        )
        for each in reports
    ]
    before = ("imported before",) if again else ()
    print_table(("file", "source", "rows", "events", *before, "rejected", "rate"), rows)
    why = [
        (each.file, bad.reason, f"{bad.events:,}", bad.example) for each in reports for bad in each.rejected
    ]
    if why:
        print_table(("file", "rejected because", "events", "for example"), why)


def print_demo(report: DemoReport) -> None:
    """What came in, how identity compares with the truth, and what to try."""
    print_imports(report.imports)
    composed = sorted(report.composed.items())
    print_table(
        ("composed source", "events"),
        [(source, f"{count:,}") for source, count in composed],
        "Composed world",
    )
    found = report.identity
    print_table(
        ("what", "pairs"),
        [
            ("of one household, in truth", f"{found.true_pairs:,}"),
            ("joined", f"{found.joined:,}"),
            ("joined falsely", f"{found.falsely_joined:,} ({1 - found.precision:.2%} of joined)"),
            ("missed", f"{found.missed:,}"),
            ("  of these, calls name both", f"{found.missed_with_evidence:,}"),
            ("  the others never said who they are", f"{found.missed - found.missed_with_evidence:,}"),
        ],
        f"Identity against the truth: {found.identifiers:,} identifiers of {found.households:,} households",
    )
    print_line(
        "What evidence cannot tell apart is joined falsely: a friend's log-in on a device that its owner "
        "never named, a card number given by mistake."
    )
    print_line(
        f"{report.persons:,} persons from {report.fragments:,} identifiers, in {report.seconds:,.0f} seconds."
    )
    print_line("")
    print_line("Things to try:")
    for number, each in enumerate(report.tries, 1):
        print_line(f"  {number}. {each.title}:")
        print_line(f"     {each.command}")
    if shutil.which("segue") is None:
        note(f"here `segue` is {Path(sys.executable).with_name('segue')}")
