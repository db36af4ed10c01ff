"""``segue persons``: find, read, join, export and erase persons."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, show

persons = typer.Typer(no_args_is_help=True, help="Find, read, join, export and erase persons.")

PersonId = Annotated[str, typer.Argument(metavar="ID", help="any id the person ever had")]
View = Annotated[str, typer.Option("--view", metavar="VIEW", help="certain or likely")]
Identified = Annotated[str, typer.Argument(metavar="KIND:VALUE")]


@persons.command("find")
def find(
    identifier: Identified, view: View = "certain", data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Find the person who has an identifier."""
    from segue.app.installation import open_installation
    from segue.app.persons import Persons, check_view

    with open_installation(data) as installation:
        found = Persons(installation).find(identifier, check_view(view))
    if not found.persons and not as_json:
        note("nobody")
        return
    show(found if as_json else found.persons[0], as_json=as_json)


@persons.command("show")
def show_person(
    person_id: PersonId, view: View = "certain", data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Read a golden record."""
    from segue.app.installation import open_installation
    from segue.app.persons import Persons, check_view

    with open_installation(data) as installation:
        record = Persons(installation).show(person_id, check_view(view))
    show(record, as_json=as_json)


@persons.command("timeline")
def timeline(
    person_id: PersonId,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="events")] = 100,
    after: Annotated[str | None, typer.Option(help="`next` of the page before")] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Read a person's events across all channels, newest first."""
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        page = Persons(installation).timeline(person_id, limit=limit, after=after)
    show(page, as_json=as_json)


@persons.command("identity")
def identity(person_id: PersonId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Read a person's identifiers, the links between them with their proofs, and aparts."""
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        found = Persons(installation).identity(person_id)
    show(found, as_json=as_json)


@persons.command("why")
def why(a: Identified, b: Identified, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Read why two identifiers are one person, or why not."""
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        found = Persons(installation).why(a, b)
    show(found, as_json=as_json)


@persons.command("merge")
def merge(
    person_id: PersonId,
    other_id: Annotated[str, typer.Argument(metavar="ID", help="whom to join with")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Join two persons by hand."""
    from segue.app.audit import COMMAND_LINE
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        merged = Persons(installation).merge(person_id, other_id, actor=COMMAND_LINE)
    show(merged, as_json=as_json)


@persons.command("unmerge")
def unmerge(
    person_id: PersonId,
    link_id: Annotated[str, typer.Argument(metavar="LINK", help="the link to take back")],
    every: Annotated[bool, typer.Option("--all", help="separate them whatever else joins them")] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Take a link back, for good."""
    from segue.app.audit import COMMAND_LINE
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        result = Persons(installation).unmerge(person_id, link_id, every=every, actor=COMMAND_LINE)
    if result.still_joined_by and not as_json:
        note("other links still join them; --all separates them nevertheless")
    show(result, as_json=as_json)


@persons.command("delete-identifier")
def delete_identifier(
    person_id: PersonId, identifier: Identified, data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Take an identifier away from a person."""
    from segue.app.audit import COMMAND_LINE
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        result = Persons(installation).delete_identifier(person_id, identifier, actor=COMMAND_LINE)
    show(result, as_json=as_json)


@persons.command("export")
def export(person_id: PersonId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Print everything that is kept about one person, as JSON."""
    from segue.app.audit import COMMAND_LINE
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    del as_json  # it is for machines either way
    with open_installation(data) as installation:
        print_json(Persons(installation).export(person_id, actor=COMMAND_LINE))


@persons.command("erase")
def erase(person_id: PersonId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Erase a person everywhere, and wait for the proof."""
    from segue.app import erase as erasing
    from segue.app.audit import COMMAND_LINE
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        persons_of_it = Persons(installation)
        erasure_id = persons_of_it.erase(person_id, actor=COMMAND_LINE)
        erasing.finish(installation)
        proof = erasing.proof_of(installation, erasure_id)
    show(proof, as_json=as_json)
