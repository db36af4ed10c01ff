"""``segue segments``: who is in them, whom a definition would find, and what groups there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_line, print_table
from segue.edge.cli.traits import text_of

segments = typer.Typer(no_args_is_help=True, help="List, try and find segments, and read who is in one.")


@segments.command("list")
def list_segments(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List all segments with how many are in each."""
    from segue.app.installation import open_installation
    from segue.app.segments.members import Segments

    with open_installation(data) as installation:
        installation.settle()
        found = Segments(installation).all()
    if as_json:
        print_json(found)
        return
    rows = [
        [
            each.name,
            each.count,
            f"{each.share:.1%}",
            each.entered_7d,
            each.exited_7d,
            "" if each.settled else f"being judged, {each.fraction:.0%}",
            each.title,
        ]
        for each in found.segments
    ]
    print_table(["name", "persons", "share", "entered 7 d", "left 7 d", "", "title"], rows)


@segments.command("preview")
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a segments.yaml")],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Find out whom the segments of a file would find; nothing is changed."""
    from segue.app.installation import open_installation
    from segue.app.segments.preview import Previews
    from segue.app.segments.taking import renew
    from segue.domain.rules.segments import read_segments

    text = text_of(file)
    with open_installation(data) as installation:
        rules = installation.rules()
        read = read_segments(text, rules.traits, rules.purposes.purposes)
        previews = Previews(installation)
        installation.settle()
        renew(installation, previews.snapshots)
        found = {each.name: previews.preview(each.when, name=each.name, beside=read) for each in read}
    if as_json:
        print_json(found)
        return
    rows = [[name, each.count, f"{each.share:.1%}", each.of, each.as_of] for name, each in found.items()]
    print_table(["segment", "persons", "share", "of", "as of"], rows)
    for name, each in found.items():
        if each.overlap:
            shown = [[other.segment, other.count, f"{other.share:.1%}"] for other in each.overlap]
            print_table(["also in", "persons", "share"], shown, title=name)


@segments.command("members")
def members(
    name: Annotated[str, typer.Argument(metavar="NAME")], data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """List everybody who is in a segment, by id, with since when."""
    from segue.app.installation import open_installation
    from segue.app.segments.members import Segments

    with open_installation(data) as installation:
        installation.settle()
        found = Segments(installation).everybody(name)
    if as_json:
        print_json(
            {"segment": name, "members": [{"person_id": e.person_id, "since": e.since} for e in found]}
        )
        return
    for each in found:
        print_line(f"{each.person_id}  {each.since}")
    if not found:
        note("nobody")


@segments.command("discover")
def discover(
    groups: Annotated[
        int | None, typer.Option(min=2, max=12, help="how many; else the machine decides")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="of whatever is drawn")] = 1,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Find groups among those who buy, and conditions that find them again; nothing is changed."""
    from segue.app.installation import open_installation
    from segue.app.segments.discover import discover as find
    from segue.app.segments.preview import Previews
    from segue.app.segments.taking import renew

    with open_installation(data) as installation:
        previews = Previews(installation)
        installation.settle()
        renew(installation, previews.snapshots)
        found = find(previews, seed=seed, groups=groups)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            each.name,
            each.count,
            each.present,
            f"{each.stability:.2f}",
            f"{each.precision:.0%}",
            f"{each.recall:.0%}",
            each.title,
        ]
        for each in found.segments
    ]
    heads = ["name", "persons", "today", "stability", "precision", "recall", "what sets it apart"]
    print_table(heads, rows, title=f"as of {found.as_of}")
    if found.note:
        note(found.note)
    note(f"{found.chosen} groups: {found.criterion}")
