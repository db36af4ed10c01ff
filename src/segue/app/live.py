"""Events and dead letters as they come: what the console shows live.

One thread a process looks once a second, however many listen, and only while somebody does. Everything is
bounded: a listener that does not keep up misses what came meanwhile and is told how much that was.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from segue.app.installation import Installation
from segue.app.logs import Log
from segue.app.watching import Came, Letters, LiveEvent, Pulse, Tick, Watcher
from segue.errors import SegueError, UnavailableError

_LOG = Log("segue.live")

LISTENERS = 100
"""Listeners of one process."""

QUEUE = 3
"""Seconds of messages that wait for a listener who is slow; what comes after them is missed."""

EVERY = 1.0
"""Seconds from one look to the next."""


class Message(msgspec.Struct, frozen=True):
    """Something to tell a listener."""

    name: Literal["tick", "events", "letters"]
    #: JSON
    data: bytes
    #: events in it, and left out of it
    events: int = 0


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Events as they came, the oldest first."""

    events: list[LiveEvent]
    #: how many more came
    left_out: int


class LettersShown(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters as they came."""

    letters: Letters


Wish = tuple[str, bool]
"""The source (empty: any), and whether events are to be told whole."""


class Listener:
    """Somebody who listens; made and read on the event loop."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Sequence[Message]] = deque()
        self._news = asyncio.Event()
        self._missed = 0
        self._over = False

    def tell(self, messages: Sequence[Message]) -> None:
        """From any thread: these, unless too much waits already."""
        self._soon(messages)

    def end(self) -> None:
        """From any thread: there is nothing more."""
        self._soon(None)

    async def next(self, patience: float) -> Sequence[Message] | None:
        """What comes next; empty when nothing has for ``patience`` seconds, None at the end."""
        if not self._waiting and not self._over:
            try:
                async with asyncio.timeout(patience):
                    await self._news.wait()
            except TimeoutError:
                return ()
        if self._over:
            return None
        self._news.clear()
        messages = [each for portion in self._waiting for each in portion]
        self._waiting.clear()
        if self._missed:
            gap = Shown(events=[], left_out=self._missed)
            messages.append(Message("events", msgspec.json.encode(gap), self._missed))
            self._missed = 0
        return messages

    def _soon(self, messages: Sequence[Message] | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._take, messages)
        except RuntimeError:  # the loop is closed, so nobody listens any more
            self._over = True

    def _take(self, messages: Sequence[Message] | None) -> None:
        if messages is None:
            self._over = True
        elif len(self._waiting) < QUEUE or self._make_room():
            self._waiting.append(messages)
        else:
            self._missed += sum(each.events for each in messages)
        self._news.set()

    def _make_room(self) -> bool:
        """Let go of the oldest portion that is nothing but a tick: no event is missed for one."""
        mere = next((each for each in self._waiting if all(one.name == "tick" for one in each)), None)
        if mere is not None:
            self._waiting.remove(mere)
        return mere is not None


class Live:
    """The listeners of a process and the one thread that looks for them."""

    def __init__(self, installation: Installation, *, every: float = EVERY) -> None:
        self.watcher = Watcher(installation)
        self._every = every
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def looking(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None

    def join(self, source: str = "", *, detail: bool = False) -> Listener:
        """Listen from now on; call it on the event loop. UnavailableError when too many do."""
        with self._lock:
            if self._stop.is_set():
                raise UnavailableError("this process is about to stop", cure="connect again")
            if len(self._listeners) >= LISTENERS:
                raise UnavailableError(
                    f"{LISTENERS} listen to this process already", cure="close pages that show events live"
                )
            listener = Listener((source, detail))
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="live", daemon=True)
                self._thread.start()
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        with self._lock:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End every listener now, and take no more."""
        self._stop.set()
        with self._lock:
            for listener in self._listeners:
                listener.end()

    # ── the thread ───────────────────────────────────────────────────────────

    def _look(self) -> None:
        pulse: Pulse | None = None
        away = False
        while (listeners := self._present()) is not None:
            began = time.monotonic()
            try:
                came = self.watcher.look(pulse, sources={each.wish[0] for each in listeners})
                pulse, away = came.pulse, False
                _tell(listeners, came)
            except SegueError as error:
                if not away:
                    _LOG.warning("live_waits", code=error.code, message=error.message)
                away = True
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it is
                # whatever it is, the next look may do; without its text, which may hold what somebody sent
                _LOG.error("live_failed", kind=type(error).__name__)
            self._stop.wait(max(0.0, self._every - (time.monotonic() - began)))

    def _present(self) -> list[Listener] | None:
        with self._lock:
            if not self._listeners or self._stop.is_set():
                self._thread = None
                return None
            return list(self._listeners)


def _tell(listeners: Iterable[Listener], came: Came) -> None:
    """Each wish is written once, for all who have it."""
    tick = Message("tick", msgspec.json.encode(came.tick))
    written: dict[Wish, list[Message]] = {}
    for listener in listeners:
        if listener.wish not in written:
            written[listener.wish] = [tick, *_written(listener.wish, came)]
        listener.tell(written[listener.wish])


def _written(wish: Wish, came: Came) -> Iterable[Message]:
    source, detail = wish
    events, left_out = came.shown(source, detail=detail)
    if events or left_out:
        shown = Shown(events=events, left_out=left_out)
        yield Message("events", msgspec.json.encode(shown), len(events) + left_out)
    letters = came.letters_of(source)
    if letters:
        yield Message("letters", msgspec.json.encode(LettersShown(letters=letters)))


__all__ = ["LettersShown", "Listener", "Live", "LiveEvent", "Message", "Shown", "Tick"]
