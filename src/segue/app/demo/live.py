"""Events arriving while the demo serves: visits of today, sent over HTTP like any client's.

Touchpoints ask what to show meanwhile, each with a key of its own, and the visitors answer by their tastes.

A process of its own, started beside the web processes by ``segue demo`` only. It is a good guest: it gives
way to everybody (nice 10), waits longer and longer while the server is away, makes up for nothing that it
missed, says nothing of a person who is no longer there, and ends with its parent.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from base64 import b64encode
from collections.abc import Callable
from heapq import heappop, heappush
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import jwt
import msgspec

from segue.adapters.postgres.database import PostgresDatabase
from segue.app.demo.preparing import SIGNING, Prepared, read_prepared
from segue.app.demo.story import SEED, read_story
from segue.app.logs import Log
from segue.app.processes.children import end_with_parent
from segue.checks.world import (
    Call,
    Question,
    Regular,
    Shown,
    Tastes,
    Today,
    at_the_entrance,
    delivery,
    questions,
)
from segue.domain.order import SECOND
from segue.errors import SegueError
from segue.ports.clock import Clock, SystemClock
from segue.ports.database import Database
from segue.ports.statements import statements

EVENTS_A_SECOND = 3.0
EVENTS_A_VISIT = 5.6
BURST = 0.02
"""Share of the moments at which not one comes but a few at once."""

PASSES_A_DISPLAY = 0.15
"""Of visits: that somebody comes by a display at the same time."""

DELIVERIES = 0.02
"""Of visits: that a lorry fills some shelves at the same time, or they would be empty one day."""

REGULARS = 400
LONGEST_PAUSE = 30.0
"""Seconds between two tries while the server is away."""

_NICE = 10
_TOKEN_LASTS = 600
_ON_THE_WAY = 2_000
"""Calls that may wait for their time; more are not composed."""

_LOG = Log("segue.demo.live")
_SQL = statements("segue.app.demo", "live.sql")


def main() -> None:
    """Parse the supervisor's arguments and send until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    os.nice(_NICE)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    end_with_parent()
    prepared = read_prepared(chosen.data)
    if prepared is None:
        _LOG.warning("nothing_prepared")
        stop.wait()
        return
    database = PostgresDatabase(chosen.database_url, pool_size=1)
    try:
        door = Door(chosen.host, chosen.port, prepared)
        guests = Guests(database, told_of(chosen.data))
        Live(prepared, guests, door, SystemClock(), Random()).run(stop)  # noqa: S311 - a simulation
    finally:
        database.close()


def told_of(data: Path) -> list[bytes]:
    """The persons of the story, whose figures stay what the story says."""
    story = read_story(data)
    steps = [] if story is None else story.steps
    named = {step.person_id for step in steps} | {
        each for step in steps for each in step.facts.get("persons", [])
    }
    return sorted(bytes.fromhex(each) for each in named if each is not None)


# ── who comes ─────────────────────────────────────────────────────────────────


class Guests:
    """Persons of the installation with an account, as they are at this moment."""

    def __init__(self, database: Database, without: list[bytes]) -> None:
        self._database = database
        with database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["with_account"], without=without, limit=REGULARS)
            secrets = session.fetch(_SQL["identity_secrets"], names=list(SIGNING))
        self._persons = [bytes(person) for (person,) in rows]
        self._secrets = {name: bytes(secret) for name, secret in secrets}

    def somebody(self, rng: Random) -> tuple[bytes, Regular] | None:
        """One of them; None when she is gone, or nobody is there."""
        if not self._persons:
            return None
        person = rng.choice(self._persons)
        with self._database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["identifiers_of"], person=person)
        regular = regular_of(rows)
        return None if regular is None else (person, regular)

    def everybody(self) -> list[Regular]:
        """All of them that can be known again."""
        with self._database.transaction(read_only=True) as session:
            rows = [session.fetch(_SQL["identifiers_of"], person=person) for person in self._persons]
        return [found for found in map(regular_of, rows) if found is not None]

    def still_there(self, person: bytes) -> bool:
        """Whether she was not erased since."""
        with self._database.transaction(read_only=True) as session:
            return bool(session.fetch(_SQL["still_there"], person=person)[0][0])

    def token(self, said: Call | Question, now: int) -> str | None:
        """The identity token that the shop's backend would give to the page."""
        secret = self._secrets.get(said.source)
        names = dict(said.proven)
        if secret is None or "user_id" not in names:
            return None
        claims: dict[str, Any] = {"exp": now // SECOND + _TOKEN_LASTS, "sub": names.pop("user_id"), **names}
        return jwt.encode(claims, secret, algorithm="HS256")


def regular_of(identifiers: list[tuple[Any, ...]]) -> Regular | None:
    """A person's identifiers as those of one who visits; None without an account."""
    known: dict[str, list[str]] = {}
    for kind, value in identifiers:
        known.setdefault(kind, []).append(value)
    if "user_id" not in known:
        return None
    browsers = known.get("anonymous_id", [])
    phones = [(f"a-{each[2:]}-0", each) for each in known.get("device_id", []) if each.startswith("d-")]
    phone = next((each for each in phones if each[0] in browsers), None)
    apps = {each[0] for each in phones}
    return Regular(
        user_id=known["user_id"][0],
        email=next(iter(known.get("email", [])), None),
        card=next(iter(known.get("loyalty_card", [])), None),
        browser=next((each for each in reversed(browsers) if each not in apps), None),
        phone=phone,
    )


# ── the door ──────────────────────────────────────────────────────────────────


class Door:
    """The server's front door, by HTTP on one connection that is kept open."""

    def __init__(self, host: str, port: int, prepared: Prepared) -> None:
        here = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where to, not from where
        self._connection = HTTPConnection(here.get(host, host), port, timeout=10)
        self._keys = prepared.keys
        self._asking = prepared.asking

    def send(self, call: Call, token: str | None) -> int | None:
        """The status of the answer; None when the server is away."""
        basic = b64encode(f"{self._keys[call.source]}:".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {basic}"}
        if token is not None:
            headers["X-Segue-Identity"] = token
        return self._post(f"/v1/{call.body['type']}", msgspec.json.encode(call.body), headers)[0]

    def ask(self, question: Question, token: str | None) -> tuple[int | None, bytes]:
        """The status and the answer to what a touchpoint asks; None when the server is away."""
        body: dict[str, Any] = {"placement": question.placement, "context": question.context}
        if question.identifiers:
            body["identifiers"] = question.identifiers
        if token is not None:
            body["identity_token"] = token
        key = self._asking[question.placement]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        return self._post("/api/v1/decisions", msgspec.json.encode(body), headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, bytes]:
        try:
            self._connection.request("POST", path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return None, b""


class _Slot(msgspec.Struct):
    action: str
    kind: str
    discount: int = 0
    sku: str | None = None


class Answer(msgspec.Struct):
    """What of a decision the visitors need."""

    decision_id: str
    slots: list[_Slot]
    fallback: bool = False

    def shown(self) -> list[Shown]:
        """What they see that was chosen for them."""
        if self.fallback:
            return []
        return [Shown(slot.action, slot.kind, slot.discount, slot.sku) for slot in self.slots]


# ── what happens ──────────────────────────────────────────────────────────────


class _Waiting(NamedTuple):
    at: int
    number: int
    #: what is said, or asked
    said: Call | Question
    #: the regular whose visit it is
    person: bytes | None


class Live:
    """Composes visits and sends their calls when they are due."""

    def __init__(self, prepared: Prepared, guests: Guests, door: Door, clock: Clock, rng: Random) -> None:
        self._today = Today(rng.getrandbits(32), prepared.shelf)
        self._shelf = prepared.shelf
        self._asking = prepared.asking
        self._tastes = Tastes(SEED)
        self._guests = guests
        self._door = door
        self._clock = clock
        self._rng = rng
        self._run = f"{clock.now():x}"
        self._visits = 0
        self._due: list[_Waiting] = []
        self._composed = 0
        self._refused: set[str] = set()
        self._pause = 0.0
        self.sent = 0
        self.asked = 0

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; survives a server and a database that go away and come back."""
        following: int = self._clock.now()
        while not stop.is_set():
            now = self._clock.now()
            if now >= following:
                self._guard(self._arrive)
                following = now + int(self._rng.expovariate(EVENTS_A_SECOND / EVENTS_A_VISIT / 1.15) * SECOND)
            if not self._send_due(now):
                self._pause = min(max(2 * self._pause, 0.5), LONGEST_PAUSE)
                self._due.clear()
                stop.wait(self._pause)
                continue
            wake = min(following, self._due[0].at if self._due else following)
            stop.wait(max((wake - self._clock.now()) / SECOND, 0.01))

    def _arrive(self) -> bool:
        """A visit begins; now and then a few do at once."""
        for _ in range(self._rng.randint(4, 9) if self._rng.random() < BURST else 1):
            if len(self._due) > _ON_THE_WAY:
                return True
            self._visits += 1
            self._compose(f"{self._run}-{self._visits}", self._clock.now())
        return True

    def _compose(self, name: str, at: int) -> None:
        """One visit, what touchpoints ask meanwhile, and a display that somebody passes."""
        found = self._guests.somebody(self._rng)
        person, regular = (None, None) if found is None else found
        visit = self._today.visit(name, at, regular)
        asked = questions(visit, SEED)
        if self._rng.random() < PASSES_A_DISPLAY:
            asked.append(at_the_entrance(SEED, f"live-{name}-e", at, self._rng.choice(self._shelf.stores)))
        if self._rng.random() < DELIVERIES:
            lorry = delivery(SEED, f"live-{name}", at, self._shelf)
            self._wait(lorry.at, lorry.call, None)
        for due in visit:
            self._wait(due.at, due.call, person)
        for question in asked:
            if question.placement in self._asking:
                self._wait(question.at, question, person)

    def _wait(self, at: int, said: Call | Question, person: bytes | None) -> None:
        self._composed += 1
        heappush(self._due, _Waiting(at, self._composed, said, person))

    def _send_due(self, now: int) -> bool:
        """Send what is due; False when the server is away or asks for patience."""
        while self._due and self._due[0].at <= now:
            waiting = heappop(self._due)
            if _door_of(waiting.said) not in self._refused and not self._guard(
                lambda each=waiting: self._say(each)
            ):
                return False
        return True

    def _say(self, waiting: _Waiting) -> bool:
        said = waiting.said
        if waiting.person is not None and not self._guests.still_there(waiting.person):
            return True
        token = self._guests.token(said, self._clock.now())
        if isinstance(said, Question):
            status = self._ask(said, token, waiting.person)
        else:
            status = self._door.send(said, token)
            self.sent += status == 200
        if status in {401, 403, 404}:
            self._refused.add(_door_of(said))
            _LOG.warning("key_refused", door=_door_of(said), cure="run segue demo again")
        elif status is None or status == 429 or status >= 500:
            return False
        self._pause = 0.0
        return True

    def _ask(self, question: Question, token: str | None, person: bytes | None) -> int | None:
        """Ask, and have whoever is there do with the answer what she likes."""
        status, answered = self._door.ask(question, token)
        if status is not None and 200 <= status < 300:
            self.asked += 1
            answer = msgspec.json.decode(answered, type=Answer)
            for due in self._tastes.outcomes(question, answer.decision_id, answer.shown()):
                self._wait(due.at, due.call, person)
        return status

    def _guard(self, act: Callable[..., bool], *given: object) -> bool:
        """Whether it went well; a database that is away counts as a server that is."""
        try:
            return act(*given)
        except SegueError as error:
            _LOG.warning("database_away", code=error.code)
            return False


def _door_of(said: Call | Question) -> str:
    """Whose key opens: a source's, or a placement's."""
    return said.placement if isinstance(said, Question) else said.source


if __name__ == "__main__":
    main()
