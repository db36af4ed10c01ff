"""A measured figure, and how it is kept and shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table. Every number in it was measured in the run that made it."""

    #: name of the script, or of the script and a part of it
    name: str
    what: str
    must: str
    measured: str
    reached: bool
    #: what the same machine did in the same run without Segue's logic, and the ratio
    yardstick: str
    #: which processes ran while it was measured
    processes: str
    #: where the load came from
    load: str
    #: bytes of state written for one record, where records were written
    bytes_a_record: int | None = None
    #: everything behind the text, by name with its unit in the name
    values: dict[str, Any] = {}


Measure = Callable[[bool], list[Figure]]
"""A script's one function: ``quick`` asks for a tenth of the work, to see that it runs."""


def run(measure: Measure) -> None:
    """Entry of one script: measure, print, and write to ``--out`` (JSON) if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: no figure, only a trial")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    figures = measure(chosen.quick)
    if chosen.out is None:
        show(figures, Console())
    else:
        chosen.out.write_bytes(msgspec.json.encode(figures))
    sys.stdout.flush()


def keep(figures: Sequence[Figure], machine: dict[str, Any], folder: Path = RESULTS) -> None:
    """One file a figure, with the machine it was measured on."""
    folder.mkdir(parents=True, exist_ok=True)
    for figure in figures:
        body = msgspec.json.encode({"figure": figure, "machine": machine})
        (folder / f"{figure.name}.json").write_bytes(msgspec.json.format(body, indent=2) + b"\n")


def show(figures: Sequence[Figure], console: Console) -> None:
    """The table, then what each line was measured with."""
    table = Table(title="Segue, measured", show_lines=True)
    for column in ("what", "must reach", "measured", "", "yardstick of the same run", "bytes a record"):
        table.add_column(column, justify="right" if column == "bytes a record" else "left")
    for figure in figures:
        table.add_row(
            figure.what,
            figure.must,
            figure.measured,
            "reached" if figure.reached else "MISSED",
            figure.yardstick,
            "" if figure.bytes_a_record is None else f"{figure.bytes_a_record:,}",
        )
    console.print(table)
    for figure in figures:
        console.print(f"[bold]{figure.name}[/]: processes: {figure.processes}. Load: {figure.load}.")
