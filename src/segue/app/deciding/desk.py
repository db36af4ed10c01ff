"""Where touchpoints ask: questions that come at the same time are answered together.

A touchpoint never waits longer than its placement allows, and gets no error for what is not its fault: when
the answer is not there in time, or the database is away, it gets the placement's fallback, marked as one.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Final

from segue.app.deciding.answers import DecisionAnswer, fallback_answer, written
from segue.app.deciding.asking import DecisionRequest, check
from segue.app.deciding.decider import Answered, Decider, RandomBytes, Wanted, checked
from segue.app.deciding.facing import Asker
from segue.app.deciding.prepared import prepared
from segue.app.installation import Installation
from segue.app.logs import Log
from segue.collect.tokens import Proven, is_ours, verify, verify_own
from segue.domain.order import micros
from segue.errors import InvalidInputError, SegueError, UnavailableError

AT_ONCE: Final = 64
"""Questions that are answered in one transaction."""

PATIENCE: Final = 10.0
"""Seconds that a question about another moment has: a person waits for it, and no touchpoint."""

YEARS: Final = range(1971, 2200)
"""Of moments that can be asked about."""

_LOG = Log("segue.deciding")
_Waiting = tuple[Wanted, "Future[Answered]"]


class Desk:
    """One process's decisions. Safe to share between threads and event loops."""

    def __init__(self, installation: Installation, random_bytes: RandomBytes = secrets.token_bytes) -> None:
        self._installation = installation
        self._random = random_bytes
        self._decider = Decider(installation, random_bytes)
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Answer what waits, then stop."""
        with self._lock:
            if self._thread is not None:
                self._waiting.put(None)
                self._thread.join()
                self._thread = None

    # ── asking ────────────────────────────────────────────────────────────────

    async def ask(self, request: DecisionRequest, asker: Asker) -> DecisionAnswer:
        """The answer. NotFoundError for an unknown placement, InvalidInputError for what cannot be asked."""
        began = time.perf_counter()
        wanted = self._checked(request, asker)
        menu = prepared(self._installation.rules()).menus[request.placement]
        future = asyncio.wrap_future(self._enqueue(wanted))
        try:
            patience = menu.placement.timeout_ms / 1_000 if wanted.live else PATIENCE
            answered = await asyncio.wait_for(future, patience)
        except (TimeoutError, UnavailableError) as error:
            _LOG.warning("fallback", placement=request.placement, because=type(error).__name__)
            took = (time.perf_counter() - began) * 1_000
            return fallback_answer(menu, self._random(16), str(self._installation.rules().version), took)
        return written(answered, wanted, (time.perf_counter() - began) * 1_000)

    def ask_all(self, requests: Sequence[tuple[DecisionRequest, Asker]]) -> list[DecisionAnswer | SegueError]:
        """The answers to many questions, in their order; an error stands where its question does."""
        began = time.perf_counter()
        wanted: list[Wanted | SegueError] = []
        for request, asker in requests:
            try:
                wanted.append(self._checked(request, asker))
            except SegueError as error:
                wanted.append(error)
        futures = [self._enqueue(each) if isinstance(each, Wanted) else None for each in wanted]
        found: list[DecisionAnswer | SegueError] = []
        for each, future in zip(wanted, futures, strict=True):
            if isinstance(each, SegueError) or future is None:
                found.append(each if isinstance(each, SegueError) else UnavailableError("not answered"))
                continue
            try:
                found.append(written(future.result(), each, (time.perf_counter() - began) * 1_000))
            except SegueError as error:
                found.append(error)
        return found

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
        return checked(request, asker, None if request.at is None else _moment(request.at))

    # ── answering ─────────────────────────────────────────────────────────────

    def _enqueue(self, wanted: Wanted) -> Future[Answered]:
        if self._thread is None:
            self._start()
        future: Future[Answered] = Future()
        self._waiting.put((wanted, future))
        return future

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="segue-deciding", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                return
            together, ended = [first], False
            while len(together) < AT_ONCE:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    ended = True
                    break
                together.append(more)
            self._answer(together)
            if ended:
                return

    def _answer(self, together: Sequence[_Waiting]) -> None:
        """Answer all; where that fails, each by itself, so that one bad question harms no other."""
        try:
            answers = self._decider.decide([wanted for wanted, _ in together])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is handed to who asked
            if len(together) > 1 and not isinstance(error, UnavailableError):
                for each in together:
                    self._answer([each])
                return
            if not isinstance(error, SegueError):
                _LOG.error("not_decided", kind=type(error).__name__)
                error = UnavailableError("the decision failed")
            for _, future in together:
                _settle(future, error)
            return
        for (_, future), answered in zip(together, answers, strict=True):
            _settle(future, answered)


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


def _settle(future: Future[Answered], value: Answered | Exception) -> None:
    if not future.set_running_or_notify_cancel():
        return  # who asked has had the fallback meanwhile; silence gives back what was reserved
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
