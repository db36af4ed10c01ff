"""People at the door: signing in by password, link or provider, and who holds a session.

One for each web process. Sessions are remembered for a second, so that a page that asks for ten things
asks the database once, and whoever is put out is out within that second, in every process.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from functools import partial
from hashlib import sha256

from segue.app import sessions
from segue.app.audit import record_act
from segue.app.passwords import Door, Passwords
from segue.app.sessions import NewToken, digest_of, new_token
from segue.domain.order import SECOND
from segue.domain.people import WINDOW, SignedIn, name_key, same_address, wait_of, wrong_password
from segue.errors import (
    ConflictError,
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
    TooManyRequestsError,
)
from segue.ports.clock import Clock
from segue.ports.database import Database
from segue.ports.statements import statements

_SQL = statements("segue.app", "sessions.sql")
_USERS = statements("segue.app", "users.sql")

_REMEMBERED = 1 * SECOND
_MOST_REMEMBERED = 10_000


class People:
    """See the module. ``secret`` keys the digests of names and addresses that failed."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secret: bytes,
        *,
        passwords: Passwords | None = None,
        token: NewToken = new_token,
    ) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._passwords = passwords or Passwords()
        self._token = token
        self._door = Door()
        self._remembered: dict[bytes, tuple[int, SignedIn]] = {}

    # ── who holds a session ──────────────────────────────────────────────────

    async def holder(self, token: str) -> SignedIn | None:
        """Whose live session the token is. UnavailableError while that cannot be found out."""
        if not token or len(token) > sessions.LONGEST_TOKEN:
            return None
        digest = digest_of(token)
        known, now = self._remembered.get(digest), self._clock.now()
        if known is not None and 0 <= now - known[0] < _REMEMBERED and now < known[1].expires_at:
            return known[1]
        found = await asyncio.to_thread(sessions.find_session, self._database, self._clock, digest)
        if found is None:
            self._remembered.pop(digest, None)
            return None
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[digest] = now, found
        return found

    async def sign_out(self, session: SignedIn) -> None:
        """End a session."""
        await asyncio.to_thread(sessions.end_session, self._database, session.digest)
        self._remembered.pop(session.digest, None)

    def forget(self) -> None:
        """Ask the database again from here on: somebody's sessions were ended here."""
        self._remembered.clear()

    # ── signing in ───────────────────────────────────────────────────────────

    async def by_password(self, name: str, password: str, address: str) -> str:
        """The token of a new session; NotAuthenticatedError, TooManyRequestsError."""
        return await self._door.run(partial(self._by_password, name, password, address))

    async def by_link(self, link: str, address: str) -> str:
        """The token of a new session; the link is used up. NotAuthenticatedError, TooManyRequestsError."""
        return await self._door.run(partial(self._by_link, link, address))

    def _by_link(self, link: str, address: str) -> str:
        attempt = self.attempt(None, address)
        token = sessions.begin_by_link(self._database, self._clock, link, token=self._token)
        if token is None:
            raise NotAuthenticatedError(
                "this link is not known, was used, or is too old",
                cure="`segue sign-in` prints another, or ask an admin for one",
            )
        self.succeeded(attempt, None)
        return token

    def by_address(self, email: str) -> str | None:
        """The token of a new session of the user whose name is this verified e-mail address, if any."""
        with self._database.transaction() as session:
            rows = session.fetch(_USERS["may_sign_in"], name_key=name_key(email))
            if not rows or not same_address(rows[0][1], email):
                return None
            return sessions.begin(session, self._clock.now(), rows[0][0], "oidc", token=self._token)

    def _by_password(self, name: str, password: str, address: str) -> str:
        attempt = self.attempt(name, address)
        with self._database.transaction(read_only=True) as reading:
            rows = reading.fetch(_USERS["may_sign_in"], name_key=name_key(name))
        user_id, _, digest = rows[0] if rows else (None, None, None)
        token = None
        if self._passwords.matches(digest, password) and user_id is not None:
            token = self._begin(user_id, digest, password)
        if token is None:
            raise NotAuthenticatedError(
                "the name or the password is wrong", cure="an admin can make you a link to set a new password"
            )
        self.succeeded(attempt, name)
        return token

    def _begin(self, user_id: str, digest: str, password: str) -> str | None:
        with self._database.transaction() as session:
            token = sessions.begin(
                session, self._clock.now(), user_id, "password", password=digest, token=self._token
            )
            if token is not None and self._passwords.is_old(digest):
                fresh = self._passwords.digest(password)
                session.execute(_USERS["rehash"], user_id=user_id, fresh=fresh, password=digest)
        return token

    # ── passwords ────────────────────────────────────────────────────────────

    async def set_password(self, session: SignedIn, password: str, current: str | None, address: str) -> None:
        """Give the user of this session a password; her other sessions and her links end.

        ConflictError for the owner at the machine; NotAuthenticatedError when ``current`` is needed and
        wrong; InvalidInputError for a password that would be guessed; TooManyRequestsError.
        """
        if session.user_id is None:
            raise ConflictError(
                "the owner at the machine has no password", cure="make a user and sign in as her"
            )
        wrong = wrong_password(password, session.name)
        if wrong is not None:
            raise InvalidInputError(wrong, cure="take a few words that do not belong together")
        await self._door.run(
            partial(self._set_password, session, session.user_id, password, current, address)
        )
        self.forget()

    def _set_password(
        self, session: SignedIn, user_id: str, password: str, current: str | None, address: str
    ) -> None:
        live = sessions.find_session(self._database, self._clock, session.digest)
        with self._database.transaction(read_only=True) as reading:
            rows = reading.fetch(_USERS["password_of"], user_id=user_id)
        if live is None or not rows:
            raise sessions.not_signed_in()
        if rows[0][1] is not None and not live.by_link:
            self._check_current(session.name, rows[0][1], current, address)
        fresh, now = self._passwords.digest(password), self._clock.now()
        with self._database.transaction() as writing:
            if not writing.execute(_USERS["set_password"], user_id=user_id, password=fresh):
                raise NotFoundError("this user may no longer sign in")
            writing.execute(_USERS["end_sessions"], user_id=user_id, kept=session.digest)
            writing.execute(_USERS["end_links"], user_id=user_id)
            writing.execute(_SQL["settle"], digest=session.digest)
            record_act(writing, at=now, actor=session.actor, act="password set", subject=user_id)

    def _check_current(self, name: str, digest: str, current: str | None, address: str) -> None:
        attempt = self.attempt(name, address)
        if not self._passwords.matches(digest, current or ""):
            raise NotAuthenticatedError("the present password is wrong", cure="send it as current")
        self.succeeded(attempt, name)

    # ── how often ────────────────────────────────────────────────────────────

    def attempt(self, name: str | None, address: str) -> bytes:
        """Count an attempt before it is tried, in all processes; TooManyRequestsError says how long to wait.

        Counted first and taken back by :meth:`succeeded`, so that many at the same moment are many.
        """
        now = self._clock.now()
        since, attempt_id = now - WINDOW, secrets.token_bytes(8)
        of_name = None if name is None else self._what("name", name_key(name))
        of_address = self._what("address", address)
        with self._database.transaction(durable=False) as session:
            session.fetch(_SQL["turn"])
            session.execute(_SQL["sweep_attempts"], since=since)
            times = [
                [row[0] for row in session.fetch(_SQL["attempts"], what=what, since=since)] if what else []
                for what in (of_name, of_address)
            ]
            wait = wait_of(times[0], times[1], now)
            if wait:
                error = TooManyRequestsError(
                    "too many attempts to sign in failed", cure=f"try again in {wait} seconds"
                )
                error.retry_after = wait
                raise error
            whats = [what for what in (of_name, of_address) if what]
            session.execute(_SQL["add_attempts"], attempt_id=attempt_id, whats=whats, at=now)
        return attempt_id

    def succeeded(self, attempt_id: bytes, name: str | None) -> None:
        """Take an attempt back; its name's failures are forgotten, the address's others are not."""
        what = b"" if name is None else self._what("name", name_key(name))
        with self._database.transaction(durable=False) as session:
            session.execute(_SQL["succeeded"], attempt_id=attempt_id, name=what)

    def _what(self, kind: str, text: str) -> bytes:
        said = f"{kind}:{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, b"segue sign-in " + said, sha256).digest()[:16]
