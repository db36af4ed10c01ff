"""Commands that take or give files: import, apply and export."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from segue.domain.access import COMMAND_LINE
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, show

LARGE = 4 << 20
"""Bytes from which on a file's events are processed while it is read."""

SourceName = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="instead of the mapping's source")
]


def add_files(app: typer.Typer) -> None:
    """Give the application these commands."""
    app.command("import")(import_file)
    app.command("apply")(apply)
    app.command("export")(export)


def import_file(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="CSV, NDJSON or Parquet; .gz and .zst too")],
    mapping: Annotated[Path, typer.Option("--mapping", metavar="FILE", help="how rows become events")],
    source: SourceName = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Bring in a file of events; run again, it doubles nothing."""
    from segue.app.imports.run import import_file as bring_in
    from segue.app.imports.run import mapping_in
    from segue.app.installation import open_installation
    from segue.app.processes.looping import looping, wait_for_loop
    from segue.edge.cli.importing import print_import, progress_shown

    read = mapping_in(mapping)
    # workers of its own take a second to start, which only a large file repays
    large = path.is_file() and path.stat().st_size > LARGE
    try:
        with open_installation(data) as installation, progress_shown() as watch:
            with looping(installation) if large else nullcontext():
                report = bring_in(installation, path, read, source, watch)
                if large:
                    wait_for_loop(installation, watch)
            installation.drain()
    except KeyboardInterrupt:
        note("interrupted: what is in stays in; run it again to go on, nothing will be doubled")
        raise
    if as_json:
        show(report, as_json=True)
    else:
        print_import(report)
    if report.trouble is not None:
        raise typer.Exit(1)


def apply(
    folder: Annotated[Path, typer.Argument(metavar="DIR")], data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Put the definitions in a folder in force, all or none, and tell what there is to sell.

    Read are identity, survivorship, plan (with schemas/), purposes, traits, segments, placements and
    actions (.yaml), then products, stores and inventory (.csv). What the folder does not hold stays as it is.
    """
    from segue.app.folders import apply_folder
    from segue.app.installation import open_installation

    with open_installation(data) as installation:
        applied = apply_folder(installation.database, installation.clock, folder, actor=COMMAND_LINE)
    for name in applied.ignored:
        note(f"{name} is no definition that this version knows: ignored")
    told = msgspec.to_builtins(applied)
    if not as_json:
        for hint in told.pop("hints"):
            line = "" if hint["line"] is None else f", line {hint['line']}"
            note(f"{hint['name']}{line}: {hint['place']}: {hint['message']}; {hint['cure']}")
    show(told, as_json=as_json)


def export(folder: Annotated[Path, typer.Argument(metavar="DIR")], data: Data = DEFAULT_DATA) -> None:
    """Write the definitions in force and what there is to sell into a folder, to be applied elsewhere."""
    from segue.app.folders import export_folder
    from segue.app.installation import open_installation

    with open_installation(data) as installation:
        names = export_folder(installation.database, installation.clock, folder)
    note(f"{folder}: {', '.join(names)}")
