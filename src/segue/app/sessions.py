"""Sessions and one-time links: tokens are told once and kept as digests."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256

from segue.app.audit import record_act
from segue.domain.order import rfc3339
from segue.domain.people import OWNERS_LINK, USERS_LINK, SignedIn, Way, actor_of, lasting, prolonged
from segue.errors import NotAuthenticatedError, NotFoundError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "sessions.sql")
_USERS = statements("segue.app", "users.sql")

LONGEST_TOKEN = 200

NewToken = Callable[[], str]


def new_token() -> str:
    """256 random bits as text; nothing that could be guessed, so its SHA-256 is digest enough."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


# ── one-time links ───────────────────────────────────────────────────────────


def link_address(public_url: str, token: str) -> str:
    """The link as it is followed. What stands behind # is never sent to a server, so it is in no log."""
    return f"{public_url}/console/sign-in#link={token}"


def make_owners_link(
    database: Database, clock: Clock, *, public_url: str, token: NewToken = new_token
) -> str:
    """A link that signs in as the owner at the machine, once, within 15 minutes."""
    text, now = token(), clock.now()
    with database.transaction() as session:
        _add_link(session, text, None, now, now + OWNERS_LINK)
    return link_address(public_url, text)


def make_users_link(
    database: Database,
    clock: Clock,
    user_id: str,
    *,
    public_url: str,
    actor: str,
    token: NewToken = new_token,
) -> tuple[str, str]:
    """A link that signs a user in, once, within a day, to set a password; and its end in RFC 3339.

    The one made for her before ends. NotFoundError when nobody enabled has this id.
    """
    text, now = token(), clock.now()
    with database.transaction() as session:
        if not session.fetch(_USERS["password_of"], user_id=user_id):
            raise NotFoundError("no user who may sign in has this id", cure="GET /api/v1/users lists them")
        session.execute(_USERS["end_links"], user_id=user_id)
        _add_link(session, text, user_id, now, now + USERS_LINK)
        record_act(session, at=now, actor=actor, act="user link made", subject=user_id)
    return link_address(public_url, text), rfc3339(now + USERS_LINK)


def _add_link(session: Session, text: str, user_id: str | None, now: int, expires_at: int) -> None:
    session.execute(_SQL["sweep_links"], at=now)
    session.execute(_SQL["add_link"], digest=digest_of(text), user_id=user_id, at=now, expires_at=expires_at)


# ── sessions ─────────────────────────────────────────────────────────────────


def begin_by_link(database: Database, clock: Clock, text: str, *, token: NewToken = new_token) -> str | None:
    """Use a link up; the new session's token, or None when it is unknown, used or too old."""
    now = clock.now()
    with database.transaction() as session:
        taken = session.fetch(_SQL["take_link"], digest=digest_of(text), at=now)
        return begin(session, now, taken[0][0], "link", token=token) if taken else None


def begin(
    session: Session,
    now: int,
    user_id: str | None,
    way: Way,
    *,
    password: str | None = None,
    token: NewToken = new_token,
) -> str | None:
    """Begin a session in this transaction and answer its token.

    None when the user may not sign in (any more), or when ``password``, the digest that was verified, is
    no longer hers. ``user_id`` None is the owner at the machine.
    """
    text, lasts = token(), lasting(user_id, now)
    session.execute(_SQL["sweep"], at=now)
    begun = session.execute(
        _SQL["begin"],
        digest=digest_of(text),
        user_id=user_id,
        by_link=way == "link",
        at=now,
        expires_at=lasts.expires_at,
        ends_at=lasts.ends_at,
        checked=password is not None,
        password=password,
    )
    if not begun:
        return None
    session.execute(_SQL["seen"], user_id=user_id, at=now)
    actor = actor_of(user_id)
    record_act(session, at=now, actor=actor, act="signed in", subject=user_id or actor, detail={"way": way})
    return text


def find_session(database: Database, clock: Clock, digest: bytes) -> SignedIn | None:
    """The live session with this digest; one that is used is prolonged now and then. UnavailableError."""
    now = clock.now()
    with database.transaction(read_only=True) as reading:
        rows = reading.fetch(_SQL["find"], digest=digest, at=now)
    if not rows:
        return None
    user_id, name, role, has_password, by_link, seen_at, expires_at, ends_at = rows[0]
    found = SignedIn(
        digest=digest,
        user_id=user_id,
        name=name if user_id is not None else actor_of(None),
        role=role if user_id is not None else "admin",
        has_password=user_id is not None and has_password,
        by_link=by_link,
        seen_at=seen_at,
        expires_at=expires_at,
        ends_at=ends_at,
    )
    until = prolonged(found, now)
    if until is not None:
        with database.transaction(durable=False) as session:
            session.execute(_SQL["prolong"], digest=digest, at=now, expires_at=until)
            session.execute(_SQL["seen"], user_id=user_id, at=now)
    return found


def end_session(database: Database, digest: bytes) -> None:
    """Sign out."""
    with database.transaction() as session:
        session.execute(_SQL["end"], digest=digest)


def not_signed_in() -> NotAuthenticatedError:
    """That whoever asks is nobody."""
    return NotAuthenticatedError("nobody is signed in", cure="sign in at /console/sign-in")
