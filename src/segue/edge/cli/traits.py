"""``segue traits``: what is counted of everybody, what a definition would give, and counting the past."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_table, show

traits = typer.Typer(no_args_is_help=True, help="List and try traits, and count the past of one.")


@traits.command("list")
def list_traits(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List all traits, with how far what happened before their definition is counted."""
    from segue.app.installation import open_installation
    from segue.app.traits import Traits

    with open_installation(data) as installation:
        found = Traits(installation).all()
    if as_json:
        print_json(found)
        return
    rows = [
        [
            each.name,
            each.how,
            "built in" if each.built_in else "",
            f"{each.backfill.fraction:.0%}",
            ", ".join(each.used_by),
            each.title,
        ]
        for each in found.traits
    ]
    print_table(["name", "how", "from", "counted", "used by", "title"], rows)


@traits.command("preview")
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a traits.yaml")],
    person: Annotated[
        list[str] | None,
        typer.Option("--person", metavar="KIND:VALUE", help="whose values; repeatable"),
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Try the definitions of a file over the whole history, for some persons; nothing is changed."""
    from segue.app.installation import open_installation
    from segue.app.traits import Traits

    text = text_of(file)
    with open_installation(data) as installation:
        found = Traits(installation).preview(text, person or ())
    if as_json:
        print_json(found)
        return
    rows = [[each.label, *(each.values[name] for name in found.traits)] for each in found.values]
    print_table(["person", *found.traits], rows)


@traits.command("backfill")
def backfill(
    name: Annotated[str, typer.Argument(metavar="NAME")], data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Count a trait anew from the whole history, and wait for it."""
    from segue.app.backfill import Progress
    from segue.app.installation import open_installation
    from segue.app.traits import Traits

    def watch(progress: Progress) -> None:
        if not as_json:
            note(f"{name}: {progress.fraction:.0%}")

    with open_installation(data) as installation:
        found = Traits(installation).backfill(name, watch)
        installation.settle()
    show(found, as_json=as_json)


def text_of(file: Path) -> str:
    """The text of a file of definitions; DefinitionError for what is no text."""
    from segue.errors import DefinitionError

    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{file.name} is not UTF-8", cure="save it as UTF-8") from error
