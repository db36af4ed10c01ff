"""Answers to flags that hold for a while: whoever asks again gets the same one, and nothing is reserved anew.

An answer holds until its placement's silence is over or the day ends, whichever is first; and no longer than
it may: it ends with other definitions, with anything that becomes of its slot but being seen, with a consent
that it rests on, and with a complaint. A different context is a different question.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import zstandard

from segue.app.deciding.answers import DecisionAnswer
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.facing import Asker, look, named, persons_of
from segue.app.deciding.prepared import prepared
from segue.app.installation import Installation
from segue.domain.order import DAY
from segue.domain.rules import Rules
from segue.enrich import facing
from segue.enrich.calendar import begins, day_and_hour
from segue.enrich.complaints import COMPLAINT
from segue.enrich.facing import Look
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.deciding", "holding.sql")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and until when it holds."""

    answer: DecisionAnswer
    #: microseconds
    until: int
    #: purposes that it rests on, and whether a complaint was open
    granted: frozenset[str] = frozenset()
    complaint: bool = False


class Subject(NamedTuple):
    """About whom is asked, by whom."""

    request: DecisionRequest
    asker: Asker
    #: whoever asks, for what one key got is nobody else's
    actor: str


class Standing(NamedTuple):
    """What her answers rest on, as of now."""

    granted: Mapping[str, frozenset[str]]
    complaint: bool


class Found(NamedTuple):
    """What holds, by placement; and which answers do not any more."""

    held: Mapping[str, Held]
    stale: Mapping[str, bytes]
    standing: Standing


class Holding:
    """Keeps answers of one installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def find(self, subject: Subject, placements: Sequence[str]) -> Found:
        """What she was answered there and what holds still."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        digest = self._digest(subject)
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["held"], subject=digest, placements=list(placements))
            standing = self._standing(session, subject, placements, (rules, now))
        held, stale = {}, {}
        for placement, decision, definitions, until, body, ended in rows:
            kept = msgspec.msgpack.decode(zstandard.decompress(body), type=Held)
            rests = standing.granted[placement] >= kept.granted and standing.complaint == kept.complaint
            if definitions == rules.version and now < until and not ended and rests:
                held[placement] = kept
            else:
                stale[placement] = decision
        return Found(held, stale, standing)

    def release(self, decision: bytes) -> None:
        """Give back what an answer reserved that holds no longer, so that the next one may have it."""
        now = self._installation.clock.now()
        with self._installation.database.transaction(durable=False) as session:
            session.execute(_SQL["release"], decision=decision, now=now)

    def hold(self, subject: Subject, placement: str, answer: DecisionAnswer, found: Found) -> Held:
        """The answer that holds from now on: this, or one that was faster; then this is taken back."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        digest, decision = self._digest(subject), bytes.fromhex(answer.decision_id)
        kept = Held(
            answer=answer,
            until=_until(rules, placement, now),
            granted=found.standing.granted[placement],
            complaint=found.standing.complaint,
        )
        with self._installation.database.transaction(durable=False) as session:
            session.execute(_SQL["sweep"], before=now - DAY)
            mine = session.fetch(
                _SQL["hold"],
                subject=digest,
                placement=placement,
                decision=decision,
                definitions=rules.version,
                until=kept.until,
                body=zstandard.compress(msgspec.msgpack.encode(kept), 1),
                replaces=found.stale.get(placement),
            )
            if mine:
                return kept
            session.execute(_SQL["withdraw_slots"], decision=decision)
            session.execute(_SQL["withdraw"], decision=decision)
            [row] = session.fetch(_SQL["held"], subject=digest, placements=[placement])
            return msgspec.msgpack.decode(zstandard.decompress(row[4]), type=Held)

    def _digest(self, subject: Subject) -> bytes:
        """Who asks about whom in which context; keyed, so that it tells nothing."""
        request, asker = subject.request, subject.asker
        said: Any = {
            "actor": subject.actor,
            "trusted": asker.trusted,
            "proven": sorted(asker.proven),
            "identifiers": request.identifiers,
            "context": request.context,
        }
        text = msgspec.json.encode(said, order="deterministic")
        return hmac.digest(self._installation.secret, b"flag\0" + text, "sha256")

    def _standing(
        self, session: Session, subject: Subject, placements: Sequence[str], at: tuple[Rules, int]
    ) -> Standing:
        rules, now = at
        asked = [named(subject.request.identifiers, subject.asker, rules, self._installation.secret)]
        [seen] = look(session, asked, persons_of(session, asked))
        if seen.parts is None:
            return Standing(dict.fromkeys(placements, frozenset()), complaint=False)
        face = facing.face(seen.parts, Look(rules, now, prepared(rules).needs, {}, seen.only))
        touchpoints = {each.name: each.touchpoint for each in rules.placements}
        granted = {
            name: frozenset(facing.purposes_granted(face.facts, rules, touchpoints[name]))
            for name in placements
        }
        return Standing(granted, COMPLAINT in face.facts.inside)


def _until(rules: Rules, placement: str, now: int) -> int:
    """When the reservation of a slot that nobody saw ends, or the day, on which actions may end."""
    silence = next(each.silence for each in rules.placements if each.name == placement)
    day, _ = day_and_hour(rules.time_zone, now)
    return min(now + silence * 1_000_000, begins(rules.time_zone, (day + 1) * 24))
