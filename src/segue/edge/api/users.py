"""``/api/v1/users``: the people who may sign in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from segue.app import sessions, users
from segue.app.users import User
from segue.domain.people import UserRole
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, people_of, services_of
from segue.settings import public_address

_USERS = "/api/v1/users"
_USER = "/api/v1/users/{user_id:str}"


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who may sign in, or once could; by name."""

    users: list[User]


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who shall be able to sign in."""

    #: with OIDC, her e-mail address
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    role: UserRole


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What shall be different; what is left out stays."""

    role: UserRole | None = None
    enabled: bool | None = None


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """A new user, and the link by which she sets her password; it is not shown again."""

    user: User
    link: str


class UsersLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that signs a user in once, to set her password; it is not shown again."""

    link: str
    #: RFC 3339
    expires_at: str


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    _USERS,
    opt={"act": "users"},
    sync_to_thread=True,
    responses=described(),
    summary="ListUsers",
    description="List everybody who may sign in, or once could.",
)
def list_users(request: ApiRequest) -> Users:
    """List everybody who may sign in, or once could."""
    return Users(users=users.list_users(services_of(request).installation.database))


@post(
    _USERS,
    opt={"act": "users"},
    sync_to_thread=True,
    status_code=201,
    responses=described(409, 413),
    summary="AddUser",
    description="Make a user, and a one-time link by which she sets her password.",
)
def add_user(request: ApiRequest, data: JSONBody[NewUser]) -> Invited:
    """Make a user, and a one-time link by which she sets her password."""
    house = services_of(request).installation
    actor = caller_of(request).actor
    user = users.add_user(house.database, house.clock, name=data.name, role=data.role, actor=actor)
    return Invited(user=user, link=_link(request, user.user_id).link)


@patch(_USER, opt={"act": "users"}, sync_to_thread=True, responses=described(404, 409, 413))
def change_user(request: ApiRequest, user_id: FromPath[str], data: JSONBody[Change]) -> User:
    """Give a user another role, or let her sign in or not; her sessions end."""
    house = services_of(request).installation
    changed = users.change_user(
        house.database,
        house.clock,
        user_id,
        role=data.role,
        enabled=data.enabled,
        actor=caller_of(request).actor,
    )
    people_of(request).forget()
    return changed


@post(
    f"{_USER}/link", opt={"act": "users"}, sync_to_thread=True, status_code=200, responses=described(404, 413)
)
def make_link(request: ApiRequest, user_id: FromPath[str]) -> UsersLink:
    """Make a one-time link by which a user signs in and sets her password; the one before ends."""
    return _link(request, user_id)


def _link(request: ApiRequest, user_id: str) -> UsersLink:
    house = services_of(request).installation
    link, expires_at = sessions.make_users_link(
        house.database,
        house.clock,
        user_id,
        public_url=public_address(house.settings),
        actor=caller_of(request).actor,
    )
    return UsersLink(link=link, expires_at=expires_at)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_users, add_user, change_user, make_link)
