"""``segue sign-in`` and ``segue users``: who may sign in, and links that sign in once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.domain.access import COMMAND_LINE
from segue.domain.people import USER_ROLES
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_line, show
from segue.errors import InvalidInputError

if TYPE_CHECKING:
    from segue.app.installation import Installation

users = typer.Typer(no_args_is_help=True, help="Make, list and disable users.")

RoleName = Annotated[str, typer.Option("--role", metavar="ROLE", help=f"one of {', '.join(USER_ROLES)}")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="her name or id")]


def add_sign_in(app: typer.Typer) -> None:
    """Give the application ``sign-in``."""
    app.command("sign-in")(sign_in)


def sign_in(data: Data = DEFAULT_DATA) -> None:
    """Print a link that signs in as the owner at the machine, once, within 15 minutes."""
    from segue.app.installation import open_installation
    from segue.app.sessions import make_owners_link

    with open_installation(data) as installation:
        address = address_of(installation)
        link = make_owners_link(installation.database, installation.clock, public_url=address)
    print_line(link)


@users.command("add")
def add(name: Named, role: RoleName, data: Data = DEFAULT_DATA) -> None:
    """Make a user, and print a link by which she sets her password."""
    from segue.app.installation import open_installation
    from segue.app.users import add_user, check_user_role

    try:
        check_user_role(role)
    except InvalidInputError as error:
        raise typer.BadParameter(f"{error.message}; {error.cure}", param_hint="--role") from error
    with open_installation(data) as installation:
        database, clock = installation.database, installation.clock
        user = add_user(database, clock, name=name, role=role, actor=COMMAND_LINE)
        link, expires_at = _users_link(installation, user.user_id)
    note(f"{user.name} may sign in as {role}; until {expires_at}, once, by this link:")
    print_line(link)


@users.command("list")
def list_all(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List users."""
    from segue.app.installation import open_installation
    from segue.app.users import list_users

    with open_installation(data) as installation:
        found = list_users(installation.database)
    show(found, as_json=as_json)


@users.command("link")
def link(name: Named, data: Data = DEFAULT_DATA) -> None:
    """Print a new one-time link for a user; the one before ends."""
    from segue.app.installation import open_installation
    from segue.app.users import find_user

    with open_installation(data) as installation:
        text, expires_at = _users_link(installation, find_user(installation.database, name))
    note(f"until {expires_at}, once:")
    print_line(text)


@users.command("disable")
def disable(name: Named, data: Data = DEFAULT_DATA) -> None:
    """Let a user sign in no longer; her sessions end."""
    from segue.app.installation import open_installation
    from segue.app.users import change_user, find_user

    with open_installation(data) as installation:
        database = installation.database
        user_id = find_user(database, name)
        user = change_user(database, installation.clock, user_id, enabled=False, actor=COMMAND_LINE)
    note(f"{user.name} may no longer sign in")


def _users_link(installation: Installation, user_id: str) -> tuple[str, str]:
    from segue.app.sessions import make_users_link

    return make_users_link(
        installation.database,
        installation.clock,
        user_id,
        public_url=address_of(installation),
        actor=COMMAND_LINE,
    )


def address_of(installation: Installation) -> str:
    """Where the console is, or will be once somebody serves it."""
    from msgspec.structs import replace

    from segue.app.directory import server_record
    from segue.settings import public_address

    running = server_record(installation.data)
    if running is None:
        note("no server runs here: start `segue serve` before you follow the link")
        return public_address(installation.settings)
    return public_address(replace(installation.settings, host=running["host"], port=running["port"]))
