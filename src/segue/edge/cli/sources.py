"""``segue sources``: list, add and switch sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.domain.access import COMMAND_LINE
from segue.edge.cli.keys import Trusted
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_line, print_table

sources = typer.Typer(no_args_is_help=True, help="List, add and switch sources.")

Name = Annotated[str, typer.Argument(metavar="NAME")]


@sources.command("list")
def list_all(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List sources with what they brought lately and what of it waits to be mended."""
    from segue.app.installation import open_installation
    from segue.app.sources import list_sources

    with open_installation(data) as installation:
        found = list_sources(installation)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each.name,
            "trusted" if each.trusted else "public",
            "on" if each.enabled else "off",
            "–" if each.last_event_at is None else each.last_event_at[:19].replace("T", " "),
            str(each.last_day),
            str(each.dead_letters),
            ", ".join(key.key_id for key in each.keys if key.revoked_at is None),
        )
        for each in found
    ]
    print_table(("source", "trust", "", "last event (UTC)", "last day", "dead letters", "keys"), rows)


@sources.command("add")
def add(name: Name, trusted: Trusted = False, data: Data = DEFAULT_DATA) -> None:
    """Make a source and print its ingest key, alone and for the only time."""
    from segue.app.installation import open_installation
    from segue.app.sources import add_source

    with open_installation(data) as installation:
        added = add_source(installation, name, trusted=trusted, actor=COMMAND_LINE)
    print_line(added.key)


@sources.command("disable")
def disable(name: Name, data: Data = DEFAULT_DATA) -> None:
    """Refuse a source's events from now on."""
    _switch(data, name, enabled=False)
    note(f"{name} is switched off: its events are refused")


@sources.command("enable")
def enable(name: Name, data: Data = DEFAULT_DATA) -> None:
    """Take a source's events again."""
    _switch(data, name, enabled=True)
    note(f"{name} is switched on")


def _switch(data: Path, name: str, *, enabled: bool) -> None:
    from segue.app.installation import open_installation
    from segue.app.sources import switch_source

    with open_installation(data) as installation:
        switch_source(installation, name, enabled=enabled, actor=COMMAND_LINE)
