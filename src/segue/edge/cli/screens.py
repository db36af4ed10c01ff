"""``segue screens``: where the touchpoints' pages are."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.domain.access import COMMAND_LINE
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_line
from segue.edge.cli.users import address_of


def add_screens(app: typer.Typer) -> None:
    """Give the application this command."""
    app.command("screens")(screens)


def screens(
    store: Annotated[
        str | None, typer.Option("--store", metavar="ID", help="the store they stand in; else the first")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Print the addresses of the demo shop, display, kiosk, associate's tablet and till, with their keys."""
    from segue.app.installation import open_installation
    from segue.app.screens.addresses import screens as all_screens

    with open_installation(data) as installation:
        base = address_of(installation)
        found = all_screens(installation, base, store=store, actor=COMMAND_LINE)
    if as_json:
        print_json(found)
        return
    for each in found:
        print_line(
            f"{each.screen:10} {each.address}" if each.address else f"{each.screen:10} needs {each.missing}"
        )
    note("")
    note("the keys are in the addresses: whoever has one can open that screen; `segue keys revoke` ends it")
