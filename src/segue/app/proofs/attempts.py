"""How often is too often: wrong codes by key and by address, and codes sent to one person.

A code has six digits. With at most twenty wrong ones in ten minutes and two hundred a day behind one key,
guessing one of fifty that are out takes months; whoever says whose code it is leaves a guesser a millionth.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final, NamedTuple

from segue.domain.order import DAY, MINUTE, SECOND
from segue.errors import TooManyRequestsError
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.proofs", "proofs.sql")

KEPT: Final = DAY
"""How long an attempt is remembered, in microseconds."""


class Limit(NamedTuple):
    """At most so many within a time."""

    most: int
    #: microseconds
    within: int


OF_KEY: Final = (Limit(20, 10 * MINUTE), Limit(200, DAY))
OF_ADDRESS: Final = (Limit(10, 10 * MINUTE), Limit(100, DAY))
OF_PERSON: Final = (Limit(5, 10 * MINUTE), Limit(20, DAY))
"""Codes that are given out for one person: nobody's telephone is made to ring all day."""


def counted_as(kind: str, text: str, secret: bytes) -> bytes:
    """Under what something is counted; an address is not kept."""
    said = f"{kind} {text}".encode("utf-8", "surrogatepass")
    return hmac.digest(secret, b"segue proof attempt " + said, "sha256")[:16]


def turn(session: Session) -> None:
    """Be the only one who counts, until the transaction ends."""
    session.fetch(_SQL["turn"])


def check(session: Session, what: bytes, limits: Sequence[Limit], now: int, says: str) -> None:
    """TooManyRequestsError, with how long to wait, where a limit is reached."""
    times = [at for (at,) in session.fetch(_SQL["attempts"], what=what, since=now - KEPT)]
    wait = max(_wait(times, limit, now) for limit in limits)
    if wait:
        seconds = -(-wait // SECOND)
        error = TooManyRequestsError(says, cure=f"try again in {seconds} seconds")
        error.retry_after = seconds
        raise error


def _wait(times: Sequence[int], limit: Limit, now: int) -> int:
    """Microseconds until there is room again; ``times`` ascending."""
    recent = [at for at in times if at > now - limit.within]
    return 0 if len(recent) < limit.most else recent[-limit.most] + limit.within - now


def count(session: Session, whats: Sequence[bytes], now: int) -> None:
    """One more, for each."""
    session.execute(_SQL["add_attempts"], whats=list(whats), at=now)
