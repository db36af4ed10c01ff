"""``segue keys``: make, list and revoke keys."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.domain.access import COMMAND_LINE, ROLES
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_line, show
from segue.errors import InvalidInputError

keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke keys.")

RoleName = Annotated[str, typer.Option("--role", metavar="ROLE", help=f"one of {', '.join(ROLES)}")]
SourceName = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="the source whose events the key brings; role decide: whose events its screen brings",
    ),
]
Trusted = Annotated[
    bool,
    typer.Option(
        "--trusted",
        help="for a server, a staffed till or an import; never for a browser, an app or a visitors' screen",
    ),
]
PlacementName = Annotated[
    str | None,
    typer.Option("--placement", metavar="NAME", help="role decide: the only placement that it may ask for"),
]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="TIME", help="how long it lasts: 12h, 90d, 26w; else until revoked"),
]


@keys.command("create")
def create(
    role: RoleName,
    *,
    source: SourceName = None,
    trusted: Trusted = False,
    placement: PlacementName = None,
    expires: Expires = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a key and print it, alone and for the only time."""
    from segue.app.installation import open_installation
    from segue.app.keys import check_role, create_key, unstaffed

    try:
        check_role(role)
    except InvalidInputError as error:
        raise typer.BadParameter(f"{error.message}; {error.cure}", param_hint="--role") from error
    with open_installation(data) as installation:
        text = create_key(
            installation.database,
            installation.clock,
            role=role,
            source=source,
            trusted=trusted,
            placement=placement,
            expires=expires,
            actor=COMMAND_LINE,
        )
        screen = unstaffed(installation.rules(), placement)
    print_line(text)
    if screen is not None and source is None:
        note(
            f"it has no source, so a proof is good for its questions and not for events: add --source "
            f"{screen.touchpoint}, or what the source of that screen is called"
        )


@keys.command("list")
def list_all(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List keys, without the keys themselves."""
    from segue.app.installation import open_installation
    from segue.app.keys import list_keys

    with open_installation(data) as installation:
        found = list_keys(installation.database)
    show(found, as_json=as_json)


@keys.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(metavar="KEY_ID")], data: Data = DEFAULT_DATA) -> None:
    """End a key."""
    from segue.app.installation import open_installation
    from segue.app.keys import revoke_key

    with open_installation(data) as installation:
        revoke_key(installation.database, installation.clock, key_id, actor=COMMAND_LINE)
    note(f"{key_id} is revoked")


@keys.command("identity-secret")
def identity_secret(
    source: Annotated[str, typer.Option("--source", metavar="NAME")], data: Data = DEFAULT_DATA
) -> None:
    """Give a source a new secret for signing identity tokens and print it; the one before ends."""
    from segue.app.installation import open_installation
    from segue.app.keys import new_identity_secret

    with open_installation(data) as installation:
        text = new_identity_secret(installation.database, installation.clock, source, actor=COMMAND_LINE)
    print_line(text)
