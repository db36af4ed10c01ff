"""Where touchpoints ask: questions that come at the same time are answered together.

A touchpoint never waits longer than its placement allows, and gets no error for what is not its fault: when
the answer is not there in time, or the database is away, it gets the placement's fallback, marked as one.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

import msgspec

from segue.app.around.skies import Skies
from segue.app.deciding.answers import DecisionAnswer, fallback_answer, written
from segue.app.deciding.asking import DecisionRequest, check, in_words
from segue.app.deciding.decider import Answered, Decider, RandomBytes, Wanted, checked
from segue.app.deciding.facing import Asker
from segue.app.deciding.line import Line, Outcome, outcomes
from segue.app.deciding.moment import moment_of
from segue.app.deciding.prepared import prepared
from segue.app.installation import Installation
from segue.app.logs import Log
from segue.collect.tokens import Proven, is_ours, verify, verify_own
from segue.domain.order import micros
from segue.errors import InvalidInputError, SegueError, UnavailableError

BATCH: Final = 256
"""Questions of a batch that are answered in one transaction."""

PATIENCE: Final = 10.0
"""Seconds that a question about another moment has: a person waits for it, and no touchpoint."""

YEARS: Final = range(1971, 2200)
"""Of moments that can be asked about."""

LOOKS: Final = 4
"""Times a second that it is looked at the weather, which is a file."""

Because = Literal["late", "away", "store_unknown"]
"""Why a fallback was answered, and not for want of anything better: nothing there in the placement's time, no
database (no decision is kept of these two), or a store that is none of ours."""

Fell = Callable[[str, Because], None]
"""Told of each such fallback: its placement, and why."""

_LOG = Log("segue.deciding")


class _Weathers(NamedTuple):
    """What was told of the present weather in one fraction of a second."""

    moment: int
    #: by store
    told: dict[str | None, Mapping[str, float] | None]


class Desk:
    """One process's decisions. Safe to share between threads and event loops."""

    def __init__(
        self,
        installation: Installation,
        random_bytes: RandomBytes = secrets.token_bytes,
        fell: Fell | None = None,
    ) -> None:
        self._installation = installation
        self._fell = fell
        self._random = random_bytes
        self._decider = Decider(installation, random_bytes)
        self._line = Line(self._decider.decide)
        self._bulk = Decider(installation, random_bytes)
        self._bulk_lock = threading.Lock()
        self._skies = Skies(installation.data)
        self._weathers = _Weathers(0, {})

    def begin(self) -> None:
        """Have everything there that a first question would wait for; each placement's budget is short."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        asked = (DecisionRequest(placement=each.name) for each in rules.placements)
        self._line.begin([checked(request, Asker(trusted=True), now) for request in asked])

    def close(self) -> None:
        """Answer what waits, then stop."""
        self._line.close()
        self._decider.close()
        with self._bulk_lock:
            self._bulk.close()

    # ── asking ────────────────────────────────────────────────────────────────

    async def ask(self, request: DecisionRequest, asker: Asker) -> DecisionAnswer:
        """The answer. NotFoundError for an unknown placement, InvalidInputError for what cannot be asked."""
        began = time.perf_counter()
        wanted = self._checked(request, asker)
        menu = prepared(self._installation.rules()).menus[request.placement]
        try:
            async with asyncio.timeout(menu.placement.timeout_ms / 1_000 if wanted.live else PATIENCE):
                answered = await self._line.join(wanted)
        except (TimeoutError, UnavailableError) as error:
            self._say(request.placement, "late" if isinstance(error, TimeoutError) else "away")
            took = (time.perf_counter() - began) * 1_000
            moment = moment_of(self._installation.clock.now(), self._installation.rules().time_zone)
            return fallback_answer(
                menu, moment, (self._random(16), str(self._installation.rules().version), took)
            )
        if answered.kept.given.known.nowhere:
            self._say(request.placement, "store_unknown", store=wanted.store)
        return written(answered, wanted, (time.perf_counter() - began) * 1_000)

    def _say(self, placement: str, because: Because, **more: str | None) -> None:
        _LOG.warning("fallback", placement=placement, because=because.replace("_", " "), **more)
        if self._fell is not None:
            self._fell(placement, because)

    def ask_all(self, requests: Sequence[tuple[DecisionRequest, Asker]]) -> list[DecisionAnswer | SegueError]:
        """The answers to many questions, in their order; an error stands where its question does.

        They are answered beside the touchpoints' line, :data:`BATCH` in a transaction.
        """
        began = time.perf_counter()
        asked = [self._tried(request, asker) for request, asker in requests]
        wanted = [each for each in asked if isinstance(each, Wanted)]
        found: list[Outcome] = []
        with self._bulk_lock:
            for at in range(0, len(wanted), BATCH):
                found += outcomes(self._bulk.decide, wanted[at : at + BATCH])
        told, answers = iter(found), list[DecisionAnswer | SegueError]()
        for each in asked:
            outcome = each if isinstance(each, SegueError) else next(told)
            if isinstance(each, Wanted) and isinstance(outcome, Answered):
                if outcome.kept.given.known.nowhere and self._fell is not None:
                    self._fell(each.request.placement, "store_unknown")
                answers.append(written(outcome, each, (time.perf_counter() - began) * 1_000))
            elif isinstance(outcome, SegueError):
                answers.append(outcome)
        return answers

    def _tried(self, request: DecisionRequest, asker: Asker) -> Wanted | SegueError:
        try:
            return self._checked(request, asker)
        except SegueError as error:
            return error

    def proven(self, token: str | None, secret: bytes | None, key: str | None = None) -> Proven:
        """What an identity token vouches for; nothing where it is not to be believed.

        One of ours (see :mod:`segue.app.proofs`) is for the ``key`` alone that brought the proof.
        """
        if token is None:
            return frozenset()
        rules, now = self._installation.rules().identity, self._installation.clock.now()
        if is_ours(token):
            return verify_own(token, self._installation.secret, rules, now, key=key) or frozenset()
        return verify(token, secret, rules, now) or frozenset()

    def _checked(self, request: DecisionRequest, asker: Asker) -> Wanted:
        rules = self._installation.rules()
        check(request, [placement.name for placement in rules.placements])
        at = None if request.at is None else _moment(request.at)
        return checked(self._under_its_sky(in_words(request), at), asker, at)

    def _under_its_sky(self, request: DecisionRequest, at: int | None) -> DecisionRequest:
        """The question with the weather at its store, where it brings none of its own."""
        if "weather" in request.context:
            return request
        store = request.context.get("store")
        weather = self._weather(store if isinstance(store, str) else None, at)
        if weather is None:
            return request
        return msgspec.structs.replace(request, context={**request.context, "weather": weather})

    def _weather(self, store: str | None, at: int | None) -> Mapping[str, float] | None:
        """Now, looked at a few times a second; a question about another moment looks for itself."""
        if at is not None:
            return self._skies.at(store, at)
        moment = int(time.monotonic() * LOOKS)
        if self._weathers.moment != moment:
            self._weathers = _Weathers(moment, {})
        told = self._weathers.told
        if store not in told:
            told[store] = self._skies.at(store, self._installation.clock.now())
        return told[store]


def _moment(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"{text[:40]!r} is no moment", cure="write 2026-03-01T12:00:00Z") from None
    if found.year not in YEARS:
        raise InvalidInputError(
            f"the year {found.year} is out of reach", cure=f"ask for {YEARS[0]} to {YEARS[-1]}"
        )
    return micros(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
