"""``segue deadletters``: events that could not be admitted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.domain.access import COMMAND_LINE
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_table, show
from segue.errors import InvalidInputError

if TYPE_CHECKING:
    from segue.app.deadletters import Letter
    from segue.app.installation import Installation

deadletters = typer.Typer(
    no_args_is_help=True, help="List, read, mend and replay events that were not admitted."
)

LetterId = Annotated[str, typer.Argument(metavar="ID")]

_PAGE = 1_000
_SHOWN = 100


@deadletters.command("list")
def list_all(
    limit: Annotated[int | None, typer.Option(min=1, help="the newest so many [default: all]")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """List events that were not admitted nor replayed, newest first."""
    from segue.app.installation import open_installation

    with open_installation(data) as installation:
        letters = _letters(installation, limit)
    if as_json:
        print_json(letters)
        return
    rows = [
        (each.dead_letter_id, each.received_at, each.source, each.reason, each.detail) for each in letters
    ]
    print_table(("id", "received at", "source", "reason", "detail"), rows[:_SHOWN])
    if len(rows) > _SHOWN:
        note(f"and {len(rows) - _SHOWN} older ones; --json lists them all")


def _letters(installation: Installation, limit: int | None) -> list[Letter]:
    from segue.app.deadletters import read_letters

    letters: list[Letter] = []
    wanted = sys.maxsize if limit is None else limit
    after: str | None = None
    with installation.database.transaction(read_only=True) as session:
        while True:
            page = read_letters(session, limit=min(_PAGE, wanted - len(letters)), after=after)
            letters += page.letters
            after = page.next
            if after is None or len(letters) >= wanted:
                return letters


@deadletters.command("show")
def show_one(letter_id: LetterId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Read one, as it came."""
    from segue.app.deadletters import read_letter
    from segue.app.installation import open_installation

    with (
        open_installation(data) as installation,
        installation.database.transaction(read_only=True) as session,
    ):
        letter = read_letter(session, letter_id)
    show(letter, as_json=as_json)


@deadletters.command("mend")
def mend(
    letter_id: LetterId,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="the corrected event, one JSON object; - reads it")
    ],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Correct one before it is replayed."""
    from segue.app.deadletters import dead_letters
    from segue.app.installation import open_installation

    try:
        raw = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{file} is no UTF-8 text", cure="save it as UTF-8") from error
    with open_installation(data) as installation:
        letter = dead_letters(installation).mend(letter_id, raw, actor=COMMAND_LINE)
    show(letter, as_json=as_json)


@deadletters.command("replay")
def replay(
    letter_id: Annotated[str | None, typer.Argument(metavar="ID", help="only this one")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Send one, or all, through admission again; once."""
    from segue.app.deadletters import dead_letters
    from segue.app.installation import open_installation

    with open_installation(data) as installation:
        wanted = None if letter_id is None else [letter_id]
        done = dead_letters(installation).replay(wanted, actor=COMMAND_LINE)
    if as_json:
        print_json(done)
        return
    note(f"{len(done.replayed)} replayed")
    if done.refused:
        print_table(("id", "still refused because"), list(done.refused.items())[:_SHOWN])
