"""Keys: made once, shown once, kept as a digest; and the ring every web process checks them against.

A key reads ``segue_<key id>_<secret>``. The key id is public (lists, audit); the secret is 160 random
bits, so a plain SHA-256 of the whole text is enough of a digest: there is nothing to guess.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from types import TracebackType
from typing import Self

import msgspec

from segue.app.audit import record_act
from segue.app.definitions import current_rules
from segue.app.logs import Log
from segue.domain.access import ROLES, Key, Role, read_lifetime
from segue.domain.actions import UNSTAFFED, Placement
from segue.domain.order import rfc3339
from segue.domain.rules import Rules
from segue.domain.rules.yamls import nearest
from segue.errors import InvalidInputError, NotAuthenticatedError, NotFoundError, SegueError
from segue.ports.clock import Clock, SystemClock
from segue.ports.database import Database, Session
from segue.ports.statements import statements

_LOG = Log("segue.keys")
_SQL = statements("segue.app", "keys.sql")

DEFAULT_SOURCE = "default"
"""The source of an ingest key that names none."""

_REFRESH_SECONDS = 1.0
_SHORTEST_PAUSE_SECONDS = 0.05
_NO_DIGEST = bytes(32)

RandomBytes = Callable[[int], bytes]


class ListedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as lists show it: everything but the key."""

    key_id: str
    role: str
    source: str | None
    trusted: bool
    #: role decide: the only placement that it may ask for; null: any
    placement: str | None
    #: RFC 3339
    created_at: str
    revoked_at: str | None
    #: it is refused from then on; null: never by itself
    expires_at: str | None


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was just made: the only time it is seen."""

    key_id: str
    key: str


class RingSource(msgspec.Struct, frozen=True, kw_only=True):
    """What the collector has to know of a source."""

    name: str
    trusted: bool
    enabled: bool
    #: verifies the identity tokens (JWT, HS256) that its backend signs
    identity_secret: bytes | None


def check_role(text: str) -> Role:
    """The role of that name; InvalidInputError names the ones there are."""
    for role in ROLES:
        if role == text:
            return role
    raise InvalidInputError(f"{text[:80]!r} is not a role", cure=f"use one of {', '.join(ROLES)}")


def create_key(
    database: Database,
    clock: Clock,
    *,
    role: str,
    source: str | None = None,
    trusted: bool = False,
    placement: str | None = None,
    expires: str | None = None,
    actor: str,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """Make a key and answer its text, the only time it is ever seen.

    An ingest key brings the events of ``source`` (``default`` when none is named), which is created when
    new. A decide key may be bound to one ``placement``, as a screen's is; its ``source`` is that whose events
    the screen brings, and whose identity tokens it believes. ``expires`` is how long the key lasts (``90d``).
    InvalidInputError for an unknown role, an impossible name, a placement of a key that does not decide, one
    that there is not (once there are some), a trusted key for a placement where whoever is there speaks for
    herself, or no such length of time.
    """
    checked = check_role(role)
    if checked == "ingest" and source is None:
        source = DEFAULT_SOURCE
    if source is not None and (not source.strip() or len(source) > 100 or "\0" in source):
        raise InvalidInputError("a source's name has 1 to 100 characters", cure="name it, e.g. web or till")
    if placement is not None and checked != "decide":
        raise InvalidInputError(
            f"a key of role {checked} asks for no placement", cure="make it with --role decide"
        )
    now = clock.now()
    expires_at = None if expires is None else now + read_lifetime(expires)
    with database.transaction() as session:
        if placement is not None:
            _check_placement(current_rules(session), placement, trusted=trusted)
        made = add_key(
            session,
            role=checked,
            source=source,
            trusted=trusted,
            placement=placement,
            expires_at=expires_at,
            at=now,
            actor=actor,
            random_bytes=random_bytes,
        )
    return made.key


def add_key(
    session: Session,
    *,
    role: Role,
    source: str | None,
    trusted: bool,
    placement: str | None = None,
    expires_at: int | None = None,
    at: int,
    actor: str,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> NewKey:
    """A key as a part of ``session``, audited there; its source is made when it is new."""
    key_id = random_bytes(6).hex()
    text = f"segue_{key_id}_{random_bytes(20).hex()}"
    if source is not None:
        session.execute(
            _SQL["add_source"],
            name=source,
            trusted=trusted,
            identity_secret=random_bytes(32).hex().encode(),
            at=at,
        )
    session.execute(
        _SQL["add_key"],
        key_id=key_id,
        role=role,
        source=source,
        trusted=trusted,
        placement=placement,
        digest=sha256(text.encode()).digest(),
        at=at,
        expires_at=expires_at,
    )
    detail = {"role": role, "source": source, "trusted": trusted}
    if placement is not None:
        detail["placement"] = placement
    if expires_at is not None:
        detail["expires_at"] = rfc3339(expires_at)
    record_act(session, at=at, actor=actor, act="key created", subject=key_id, detail=detail)
    return NewKey(key_id=key_id, key=text)


def unstaffed(rules: Rules, placement: str | None) -> Placement | None:
    """The placement of that name where whoever is there speaks for herself: its keys vouch for nobody."""
    named = (each for each in rules.placements if each.name == placement)
    return next((each for each in named if each.touchpoint in UNSTAFFED), None)


def _check_placement(rules: Rules, placement: str, *, trusted: bool) -> None:
    """A placement that there is; before any is defined a key may be made for one that is to come."""
    known = [each.name for each in rules.placements]
    if known and placement not in known:
        raise InvalidInputError(f"there is no placement {placement[:80]!r}", cure=nearest(placement, known))
    found = unstaffed(rules, placement) if trusted else None
    if found is not None:
        raise InvalidInputError(
            f"visitors speak for themselves at {placement[:80]!r} (touchpoint {found.touchpoint}): with a "
            "trusted key whatever is typed there would count as proven",
            cure="make the key without trusted; a code, a QR code or a token proves who is there",
        )


def key_id_of(text: str) -> str:
    """The public part of a key; empty for what is none."""
    return text[6:18] if text.startswith("segue_") else ""


def revoke_key(database: Database, clock: Clock, key_id: str, *, actor: str) -> None:
    """End a key; web processes refuse it within a second. NotFoundError when no such key is live."""
    now = clock.now()
    with database.transaction() as session:
        if not session.execute(_SQL["revoke"], key_id=key_id, at=now):
            raise NotFoundError(f"no live key {key_id[:80]!r}", cure="`segue keys list` shows them")
        record_act(session, at=now, actor=actor, act="key revoked", subject=key_id)


def list_keys(database: Database) -> list[ListedKey]:
    """Every key there ever was, oldest first."""
    with database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["listed"])
    return [
        ListedKey(
            key_id=key_id,
            role=role,
            source=source,
            trusted=trusted,
            placement=placement,
            created_at=rfc3339(created_at),
            revoked_at=None if revoked_at is None else rfc3339(revoked_at),
            expires_at=None if expires_at is None else rfc3339(expires_at),
        )
        for key_id, role, source, trusted, placement, created_at, revoked_at, expires_at in rows
    ]


def new_identity_secret(
    database: Database,
    clock: Clock,
    source: str,
    *,
    actor: str,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """Give a source a new secret for identity tokens and answer it (64 hexadecimal digits, as signed with).

    The one before stops being accepted within a second. NotFoundError for an unknown source.
    """
    text = random_bytes(32).hex()
    now = clock.now()
    with database.transaction() as session:
        if not session.execute(_SQL["set_identity_secret"], name=source, identity_secret=text.encode()):
            raise NotFoundError(f"no source {source[:80]!r}", cure="create an ingest key for it first")
        record_act(session, at=now, actor=actor, act="identity secret renewed", subject=source)
    return text


class KeyRing:
    """The live keys in memory, refreshed every second by a thread of its own; one per web process.

    Use as a context manager, or ``start`` and ``close``. ``find`` never waits, so a key made less than a
    second ago may be missed by it; ``lookup`` has the ring refreshed before it says no. While the
    database is away the last known ring goes on serving.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._keys: dict[str, tuple[bytes, Key]] = {}
        self._sources: dict[str, RingSource] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Load the ring, then keep it fresh. UnavailableError when the database is away."""
        self.refresh()
        self._thread = threading.Thread(target=self._keep_fresh, name="segue-keyring", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop refreshing."""
        with self._lock:
            self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def find(self, text: str) -> Key | None:
        """The key of that text as far as memory knows, in time that does not depend on how wrong it is.

        None for one that has expired, too; :meth:`lookup` says which.
        """
        key = self._held(text)
        return None if key is None or self._expired(key) else key

    def _held(self, text: str) -> Key | None:
        key_id = key_id_of(text)
        digest, key = self._keys.get(key_id, (_NO_DIGEST, None))
        presented = sha256(text.encode("utf-8", "surrogatepass")).digest()
        return key if hmac.compare_digest(digest, presented) else None

    async def lookup(self, text: str) -> Key | None:
        """Like :meth:`find`, but an unknown key is looked for in the database before it is refused.

        All that miss at the same time share one refresh, at most twenty a second, so guessing costs the
        database nothing. UnavailableError when it is away: then nobody can say whether the key is good.
        NotAuthenticatedError (``key_expired``) for one whose time is over.
        """
        key = self._in_time(text)
        if key is not None or not text.startswith("segue_") or self._thread is None:
            return key
        loop = asyncio.get_running_loop()
        refreshed: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if self._stopped:
                return None
            self._waiting.append((loop, refreshed))
        self._wake.set()
        await refreshed
        return self._in_time(text)

    def _in_time(self, text: str) -> Key | None:
        key = self._held(text)
        if key is None or key.expires_at is None or not self._expired(key):
            return key
        raise NotAuthenticatedError(
            f"the key {key.key_id} expired at {rfc3339(key.expires_at)}",
            cure="make another with `segue keys create`",
            code="key_expired",
        )

    def _expired(self, key: Key) -> bool:
        return key.expires_at is not None and self._clock.now() >= key.expires_at

    def source(self, name: str) -> RingSource | None:
        """What is known of a source."""
        return self._sources.get(name)

    def refresh(self) -> None:
        """Read keys and sources now."""
        with self._database.transaction(read_only=True) as session:
            keys = session.fetch(_SQL["live_keys"])
            sources = session.fetch(_SQL["sources"])
        self._sources = {
            name: RingSource(name=name, trusted=trusted, enabled=enabled, identity_secret=secret)
            for name, trusted, enabled, secret in sources
        }
        self._keys = {
            key_id: (
                bytes(digest),
                Key(
                    key_id=key_id,
                    role=role,
                    source=source,
                    trusted=trusted,
                    placement=placement,
                    expires_at=expires_at,
                ),
            )
            for key_id, role, source, trusted, placement, expires_at, digest in keys
        }

    def _keep_fresh(self) -> None:
        stopped = False
        while not stopped:
            self._wake.wait(_REFRESH_SECONDS)
            self._wake.clear()
            with self._lock:
                waiting, self._waiting = self._waiting, []
                stopped = self._stopped
            error: SegueError | None = None
            try:
                self.refresh()
            except SegueError as gone:
                error = gone
                _LOG.warning("keyring_not_refreshed", reason=gone.message)
            for loop, future in waiting:
                _call_soon(loop, future, error)
            time.sleep(_SHORTEST_PAUSE_SECONDS)


def _call_soon(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[None], error: SegueError | None
) -> None:
    def settle() -> None:
        if future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop was closed while its request waited; nobody is there to hear
