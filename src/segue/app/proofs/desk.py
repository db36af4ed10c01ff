"""Giving proofs out, and taking them for an identity token.

Somebody trusted says who is meant, and gets a code to send to her, a token to show as a QR code, or a link to
put into a message. Whoever brings it back gets an identity token that vouches for the same identifiers, for a
few minutes and for that key alone. Each works once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from segue.app.audit import record_act
from segue.app.installation import Installation
from segue.app.proofs import attempts, signed
from segue.collect import tokens
from segue.domain.access import Caller
from segue.domain.identifiers import FragmentId, Identifier, fragment_id
from segue.domain.order import MINUTE, SECOND, rfc3339
from segue.domain.rules import IdentityRules
from segue.domain.rules.normalise import normalise_identifier
from segue.domain.rules.yamls import nearest
from segue.errors import InvalidInputError, NotPermittedError, UnavailableError
from segue.ports.database import Session
from segue.ports.statements import statements

SQL = statements("segue.app.proofs", "proofs.sql")

ProofKind = Literal["code", "qr", "link"]
RandomBytes = Callable[[int], bytes]

LIVES: Final[Mapping[ProofKind, tuple[int, int]]] = {
    "code": (10, 30),
    "qr": (1, 5),
    "link": (7 * 1440, 60 * 1440),
}
"""Minutes for which each lasts where nothing is said, and at most."""

VOUCHED: Final = 5 * MINUTE
"""How long the identity token lasts that a proof is exchanged for, in microseconds."""

MOST_IDENTIFIERS: Final = 10
_CODES: Final = 1_000_000
_TRIES: Final = 50
_LONGEST_URL: Final = 2_000


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proof that is asked for."""

    #: kind → value: who is meant
    identifiers: dict[str, str]
    #: ``code``: six digits; ``qr``: a token to show; ``link``: one to put into a message
    kind: ProofKind
    #: how long it lasts; left out: ten minutes, one minute, seven days
    minutes: int | None = None
    #: of a link or a QR code: the address that it opens
    url: str | None = None


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A proof that was given out, the only time it is told."""

    kind: ProofKind
    proof: str
    #: the address with the token behind ``#segue=``; null where none was given
    url: str | None
    #: RFC 3339
    expires_at: str


class Brought(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proof that is brought back."""

    proof: str
    #: of a code, where it is known whose it should be: kind → value
    identifiers: dict[str, str] = {}


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """What a proof was exchanged for."""

    #: JSON Web Token, for questions and events of the same key
    identity_token: str
    #: RFC 3339
    expires_at: str


class _Meant(NamedTuple):
    """Who is meant."""

    identifiers: tuple[Identifier, ...]
    fragments: tuple[FragmentId, ...]


class ProofDesk:
    """Proofs of one installation. Safe to share between threads."""

    def __init__(self, installation: Installation, random_bytes: RandomBytes = secrets.token_bytes) -> None:
        self._installation = installation
        self._random = random_bytes

    def give(self, wish: Wish, caller: Caller) -> Given:
        """Give a proof out.

        NotPermittedError for a public key, InvalidInputError for what names nobody, TooManyRequestsError
        where too many codes went to one person.
        """
        if not caller.trusted:
            raise NotPermittedError(
                "a public key cannot vouch for anybody", cure="ask with a trusted key, from your own server"
            )
        meant = self._meant(wish.identifiers)
        now = self._installation.clock.now()
        expires_at = (now + _minutes(wish) * MINUTE) // SECOND * SECOND
        url = _address(wish)
        with self._installation.database.transaction() as session:
            if wish.kind == "code":
                session.execute(SQL["sweep"], at=now)  # six digits that are free again
                self._room_for_a_code(session, meant, now)
                text = self._code(session, meant, expires_at)
            else:
                text = signed.sign(wish.kind, expires_at, self._random(16), self._secret)
                self._add(session, text, wish.kind, meant, expires_at)
            record_act(
                session, at=now, actor=caller.actor, act="proof given",
                subject=self._digest(text)[:8].hex(),
                detail={
                    "kind": wish.kind, "of": sorted({each.kind for each in meant.identifiers}),
                    "fragments": [each.hex() for each in meant.fragments], "expires_at": rfc3339(expires_at),
                },
            )  # fmt: skip
        return Given(
            kind=wish.kind,
            proof=text,
            url=None if url is None else f"{url}segue={text}",
            expires_at=rfc3339(expires_at),
        )

    def exchange(self, brought: Brought, caller: Caller, address: str) -> Vouched:
        """An identity token for a proof, which is used up.

        InvalidInputError (``proof_refused``) for one that is wrong, old or used; TooManyRequestsError.
        """
        text, now = "".join(brought.proof.split()), self._installation.clock.now()
        read = signed.read(text, self._secret)
        if read is None:
            identifiers = self._by_code(text, brought.identifiers, caller, address, now)
        else:
            identifiers = self._by_token(text, read, now)
        if identifiers is None:
            raise InvalidInputError(
                "this proof is wrong, was used, or is too old", cure="ask for another", code="proof_refused"
            )
        expires_at = (now + VOUCHED) // SECOND * SECOND
        token = tokens.mint(
            [(each.kind, each.value) for each in identifiers],
            tokens.Bound(caller.actor, caller.source),
            self._secret,
            now=now,
            expires_at=expires_at,
        )
        return Vouched(identity_token=token, expires_at=rfc3339(expires_at))

    # ── giving ────────────────────────────────────────────────────────────────

    @property
    def _secret(self) -> bytes:
        return self._installation.secret

    def _digest(self, text: str) -> bytes:
        return signed.digest(text, self._secret)

    def _meant(self, identifiers: Mapping[str, str]) -> _Meant:
        rules = self._installation.rules().identity
        if not 1 <= len(identifiers) <= MOST_IDENTIFIERS:
            raise InvalidInputError(
                f"{len(identifiers)} identifiers name nobody",
                cure=f"write KIND: VALUE, 1 to {MOST_IDENTIFIERS}",
            )
        found = tuple(_identifier(rules, kind, value) for kind, value in identifiers.items())
        return _Meant(found, tuple(fragment_id(self._secret, each.kind, each.value) for each in found))

    def _room_for_a_code(self, session: Session, meant: _Meant, now: int) -> None:
        """Codes go to somebody's telephone: not too many to the same."""
        attempts.turn(session)
        whats = [attempts.counted_as("person", each.hex(), self._secret) for each in meant.fragments]
        for what in whats:
            attempts.check(session, what, attempts.OF_PERSON, now, "too many codes were given out for her")
        attempts.count(session, whats, now)
        session.execute(SQL["replace"], fragment_ids=list(meant.fragments))

    def _code(self, session: Session, meant: _Meant, expires_at: int) -> str:
        """Six digits that nobody else has at this moment."""
        for _ in range(_TRIES):
            # of 2⁶⁴ numbers each of a million codes has its share to within 10⁻¹³
            text = f"{int.from_bytes(self._random(8), 'big') % _CODES:06d}"
            if self._add(session, text, "code", meant, expires_at):
                return text
        raise UnavailableError("too many codes are out at this moment", cure="try again in a minute")

    def _add(self, session: Session, text: str, kind: ProofKind, meant: _Meant, expires_at: int) -> bool:
        added = session.execute(
            SQL["add"],
            digest=self._digest(text),
            kind=kind,
            fragment_ids=list(meant.fragments),
            identifiers=msgspec.msgpack.encode(meant.identifiers),
            expires_at=expires_at,
        )
        return bool(added)

    # ── taking ────────────────────────────────────────────────────────────────

    def _by_token(self, text: str, read: signed.Read, now: int) -> tuple[Identifier, ...] | None:
        """Its signature was right, so nobody guessed it: nothing is counted."""
        if now >= read.expires_at:
            return None
        with self._installation.database.transaction() as session:
            return self._take(session, text, now)

    def _by_code(
        self, text: str, said: Mapping[str, str], caller: Caller, address: str, now: int
    ) -> tuple[Identifier, ...] | None:
        """Counted and tried in one turn, so that many at the same moment are many."""
        whats = (
            attempts.counted_as("key", caller.actor, self._secret),
            attempts.counted_as("address", address, self._secret),
        )
        with self._installation.database.transaction() as session:
            attempts.turn(session)
            for what, limits in zip(whats, (attempts.OF_KEY, attempts.OF_ADDRESS), strict=True):
                attempts.check(session, what, limits, now, "too many wrong codes were tried")
            if len(text) == 6 and text.isascii() and text.isdigit():
                found = self._take(session, text, now)
                if found is not None and self._agrees(found, said):
                    return found
            attempts.count(session, whats, now)
        return None

    def _take(self, session: Session, text: str, now: int) -> tuple[Identifier, ...] | None:
        rows = session.fetch(SQL["take"], digest=self._digest(text), at=now)
        return msgspec.msgpack.decode(rows[0][0], type=tuple[Identifier, ...]) if rows else None

    def _agrees(self, found: tuple[Identifier, ...], said: Mapping[str, str]) -> bool:
        """Whether a code is of whom it was typed for; whoever does not say whom takes what there is."""
        rules = self._installation.rules().identity
        named = {normalise_identifier(rules, kind, value) for kind, value in said.items()}
        return not said or not named.isdisjoint(found)


def sweep(session: Session, now: int) -> int:
    """Delete what nobody can use any more (answers how many), and attempts that no longer count."""
    session.execute(SQL["sweep_attempts"], since=now - attempts.KEPT)
    return session.execute(SQL["sweep"], at=now)


def forget(session: Session, ids: list[bytes]) -> None:
    """Delete what was given out for these fragments."""
    session.execute(SQL["forget"], ids=ids)


def _identifier(rules: IdentityRules, kind: str, value: str) -> Identifier:
    rule = rules.kinds.get(kind)
    if rule is None:
        raise InvalidInputError(
            f"there is no kind of identifier {kind[:40]!r}", cure=nearest(kind[:40], rules.kinds)
        )
    if rule.device:
        raise InvalidInputError(
            f"{kind} names a device, and nobody", cure="name a person, by user_id or email"
        )
    found = normalise_identifier(rules, kind, value)
    if found is None:
        raise InvalidInputError(f"identifiers.{kind} is no identifier", cure="write KIND: VALUE")
    return found


def _minutes(wish: Wish) -> int:
    usual, most = LIVES[wish.kind]
    if wish.minutes is None:
        return usual
    if not 1 <= wish.minutes <= most:
        raise InvalidInputError(
            f"a {wish.kind} does not last {wish.minutes} minutes", cure=f"write minutes from 1 to {most}"
        )
    return wish.minutes


def _address(wish: Wish) -> str | None:
    """The address up to where the token goes: behind #, which is sent to no server and stands in no log."""
    if wish.url is None:
        return None
    try:
        parts = urlsplit(wish.url)
        right = parts.scheme in {"https", "http"} and bool(parts.hostname) and wish.url.isprintable()
    except ValueError:
        right = False
    if not right or " " in wish.url or len(wish.url) > _LONGEST_URL or wish.kind == "code":
        cure = "a code has no address" if wish.kind == "code" else "write it as https://shop.example/offers"
        raise InvalidInputError(f"url {wish.url[:80]!r} cannot be used", cure=cure)
    before, sharp, behind = wish.url.partition("#")
    return f"{before}#" if not sharp or not behind else f"{wish.url}&"
