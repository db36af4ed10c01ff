"""``segue persons``: find, read, join, export and erase persons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.domain.access import COMMAND_LINE
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, show
from segue.edge.cli.telling import names_of, tell_identity, tell_timeline, tell_why

if TYPE_CHECKING:
    from segue.app.persons import Persons
    from segue.resolve.reading import WhyView

persons = typer.Typer(no_args_is_help=True, help="Find, read, join, export and erase persons.")

PersonId = Annotated[str, typer.Argument(metavar="ID", help="any id the person ever had")]
View = Annotated[str, typer.Option("--view", metavar="VIEW", help="certain or likely")]
Identified = Annotated[str, typer.Argument(metavar="KIND:VALUE")]
Only = Annotated[list[str] | None, typer.Option(metavar="NAME", help="only these; repeatable")]


@contextmanager
def _opened(data: Path) -> Iterator[Persons]:
    """The persons of the installation in ``data``."""
    from segue.app.installation import open_installation
    from segue.app.persons import Persons

    with open_installation(data) as installation:
        yield Persons(installation)


@persons.command("find")
def find(
    identifier: Identified, view: View = "certain", data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Find the person who has an identifier."""
    from segue.app.persons import check_view

    with _opened(data) as opened:
        found = opened.find(identifier, check_view(view))
        unknown = opened.unknown_kind(identifier)
    if unknown is not None:
        note(unknown)
    if not found.persons and not as_json:
        note("nobody")
        return
    show(found if as_json else found.persons[0], as_json=as_json)


@persons.command("show")
def show_person(
    person_id: PersonId, view: View = "certain", data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Read a golden record."""
    from segue.app.persons import check_view

    with _opened(data) as opened:
        record = opened.show(person_id, check_view(view))
    show(record, as_json=as_json)


@persons.command("timeline")
def timeline(  # noqa: PLR0917 - its parameters are the command's options
    person_id: PersonId,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="events")] = 100,
    after: Annotated[str | None, typer.Option(help="`next` of the page before")] = None,
    source: Only = None,
    kind: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="only these; repeatable")
    ] = None,
    event: Only = None,
    channel: Only = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Read a person's events across all channels, newest first."""
    from segue.archive.timeline import Filters

    only = Filters(*(frozenset(each or ()) for each in (source, kind, event, channel)))
    with _opened(data) as opened:
        page = opened.timeline(person_id, limit=limit, after=after, only=only)
    if as_json:
        print_json(page)
    else:
        tell_timeline(page)


@persons.command("identity")
def identity(person_id: PersonId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Read a person's identifiers, the links between them with their proofs, and aparts."""
    with _opened(data) as opened:
        found = opened.identity(person_id)
    if as_json:
        print_json(found)
    else:
        tell_identity(found)


@persons.command("why")
def why(a: Identified, b: Identified, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Read why two identifiers are one person, or why not."""
    with _opened(data) as opened:
        found = opened.why(a, b)
        names = {} if as_json else _names(opened, found)
    if as_json:
        print_json(found)
    else:
        tell_why(found, names)


def _names(opened: Persons, found: WhyView) -> dict[str, str]:
    """What the fragments are called that an answer speaks of."""
    names: dict[str, str] = {}
    ends = [end for link in (*found.path, *found.inactive) for end in link.between]
    for fragment_id in (*ends, *found.met):
        if fragment_id not in names:
            names |= names_of(opened.identity(fragment_id))
    return names


@persons.command("merge")
def merge(
    person_id: PersonId,
    other_id: Annotated[str, typer.Argument(metavar="ID", help="whom to join with")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Join two persons by hand."""
    with _opened(data) as opened:
        merged = opened.merge(person_id, other_id, actor=COMMAND_LINE)
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
    with _opened(data) as opened:
        result = opened.unmerge(person_id, link_id, every=every, actor=COMMAND_LINE)
    if result.still_joined_by and not as_json:
        note("other links still join them; --all separates them nevertheless")
    show(result, as_json=as_json)


@persons.command("delete-identifier")
def delete_identifier(
    person_id: PersonId, identifier: Identified, data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Take an identifier away from a person."""
    with _opened(data) as opened:
        result = opened.delete_identifier(person_id, identifier, actor=COMMAND_LINE)
    show(result, as_json=as_json)


@persons.command("export")
def export(person_id: PersonId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Print everything that is kept about one person, as JSON."""
    del as_json  # it is for machines either way
    with _opened(data) as opened:
        print_json(opened.export(person_id, actor=COMMAND_LINE))


@persons.command("erase")
def erase(person_id: PersonId, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Erase a person everywhere, and wait for the proof."""
    with _opened(data) as opened:
        proof = opened.erase_and_prove(person_id, actor=COMMAND_LINE)
    show(proof, as_json=as_json)
