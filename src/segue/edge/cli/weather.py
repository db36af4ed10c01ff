"""``segue weather``: bring in the weather that models look at, and list what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_table

weather = typer.Typer(no_args_is_help=True, help="Bring in the weather that models look at.")


@weather.command("import")
def import_weather(  # noqa: PLR0917 - its parameters are the command's options
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    place: Annotated[str, typer.Option("--place", help="a store's id, or a name of yours")],
    stores: Annotated[str, typer.Option("--stores", help="stores that are there, by commas")] = "",
    issued_at: Annotated[
        str, typer.Option("--issued-at", help="when the file was issued, RFC 3339 [default: now]")
    ] = "",
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Bring in weather: Open-Meteo's JSON, or a CSV or Parquet file with a row a day; doubles nothing."""
    from segue.app.weather import bring_weather, moment_of
    from segue.ports.clock import SystemClock
    from segue.settings import load_settings

    done = bring_weather(
        data,
        file,
        place,
        settings=load_settings(data),
        issued_at=moment_of(issued_at) if issued_at else SystemClock().now(),
        stores=[each.strip() for each in stores.split(",") if each.strip()],
    )
    if as_json:
        print_json(done)
    else:
        note(f"{done.new} of {done.read} readings of {done.place} are new; {done.forecast} are forecasts")


@weather.command("list")
def list_all(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List places with what is known of their weather."""
    from segue.app.weather import list_weather

    found = list_weather(data)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each.place,
            str(each.readings),
            str(each.forecasts),
            each.first[:10],
            each.last[:10],
            ", ".join(each.stores),
        )
        for each in found
    ]
    print_table(("place", "readings", "forecasts", "from", "to", "stores"), rows)
