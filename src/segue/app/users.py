"""Users: the people who may sign in. Made by an admin and never deleted: the audit log needs their names."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from segue.app.audit import record_act
from segue.domain.order import rfc3339
from segue.domain.people import USER_ROLES, UserRole, name_key, wrong_name
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "users.sql")
_NO_SESSION = b""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user as lists show her."""

    user_id: str
    #: what she signs in with; with OIDC, her e-mail address
    name: str
    role: UserRole
    #: RFC 3339
    created_at: str
    last_seen_at: str | None
    has_password: bool
    enabled: bool


def check_user_role(text: str) -> UserRole:
    """The role of that name; InvalidInputError names those that people may have."""
    for role in USER_ROLES:
        if role == text:
            return role
    raise InvalidInputError(f"{text[:80]!r} is no role of a user", cure=f"use one of {', '.join(USER_ROLES)}")


def add_user(database: Database, clock: Clock, *, name: str, role: str, actor: str) -> User:
    """Make a user who has no password yet. InvalidInputError, or ConflictError when the name is taken."""
    checked = check_user_role(role)
    wrong = wrong_name(name)
    if wrong is not None:
        raise InvalidInputError(wrong, cure="name her as she is known, best by her e-mail address")
    user_id, now = secrets.token_hex(16), clock.now()
    values: dict[str, Any] = {"user_id": user_id, "name": name.strip(), "name_key": name_key(name)}
    with database.transaction() as session:
        if not session.execute(_SQL["add"], role=checked, at=now, **values):
            raise ConflictError("there is a user of this name", cure="change that one, or use another name")
        record_act(
            session, at=now, actor=actor, act="user created", subject=user_id, detail={"role": checked}
        )
        return _user(session, user_id)


def list_users(database: Database) -> list[User]:
    """All of them, by name."""
    with database.transaction(read_only=True) as session:
        return [_shown(row) for row in session.fetch(_SQL["listed"])]


def find_user(database: Database, text: str) -> str:
    """The id of the user with this id or name; NotFoundError."""
    with database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["one"], user_id=text) or session.fetch(
            _SQL["by_name"], name_key=name_key(text)
        )
    if not rows:
        raise NotFoundError("there is no such user", cure="`segue users list` shows them")
    return str(rows[0][0])


def change_user(
    database: Database,
    clock: Clock,
    user_id: str,
    *,
    role: str | None = None,
    enabled: bool | None = None,
    actor: str,
) -> User:
    """Give a user another role, or let her sign in or not; what changes her ends her sessions.

    NotFoundError; InvalidInputError for a role that is none; ConflictError for the last enabled admin.
    """
    checked = None if role is None else check_user_role(role)
    now = clock.now()
    with database.transaction() as session:
        admins = {str(row[0]) for row in session.fetch(_SQL["lock_admins"])}
        before = _user(session, user_id)
        wanted = checked or before.role, before.enabled if enabled is None else enabled
        if wanted == (before.role, before.enabled):
            return before
        if admins == {user_id} and wanted != ("admin", True):
            raise ConflictError("she is the last admin who can sign in", cure="make another admin first")
        session.execute(_SQL["change"], user_id=user_id, role=wanted[0], enabled=wanted[1])
        session.execute(_SQL["end_sessions"], user_id=user_id, kept=_NO_SESSION)
        if not wanted[1]:
            session.execute(_SQL["end_links"], user_id=user_id)
        detail = {"role": wanted[0], "enabled": wanted[1]}
        record_act(session, at=now, actor=actor, act="user changed", subject=user_id, detail=detail)
        return _user(session, user_id)


def anybody_has_a_password(database: Database) -> bool:
    """Whether an enabled user can sign in by name and password."""
    with database.transaction(read_only=True) as session:
        return bool(session.fetch(_SQL["any_password"])[0][0])


def _user(session: Session, user_id: str) -> User:
    rows = session.fetch(_SQL["one"], user_id=user_id)
    if not rows:
        raise NotFoundError("there is no such user", cure="GET /api/v1/users lists them")
    return _shown(rows[0])


def _shown(row: tuple[Any, ...]) -> User:
    user_id, name, role, created_at, last_seen_at, has_password, enabled = row
    return User(
        user_id=user_id,
        name=name,
        role=role,
        created_at=rfc3339(created_at),
        last_seen_at=None if last_seen_at is None else rfc3339(last_seen_at),
        has_password=has_password,
        enabled=enabled,
    )
