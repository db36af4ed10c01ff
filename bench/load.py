"""Load over HTTP from a process of its own, cheap enough to leave the cores to what is measured.

Requests are bytes built beforehand, written to kept-alive connections; answers are read just far
enough to know their status and length. *Closed*: each connection sends the next request when it has its
answer. *Open*: requests are due at a fixed rate whatever the answers do, and a latency counts from
the moment its request was due, so that a stall is felt by everyone who would have come during it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import cast

import uvloop

Requests = Callable[[int], bytes]
"""Request number n, whole, as bytes. Must be picklable: it is made in one process and asked in another."""


@dataclass(frozen=True)
class Plan:
    """What to send, how, and for how long."""

    port: int
    requests: Requests
    connections: int
    seconds: float
    #: requests a second; None: closed
    rate: float | None = None
    #: not counted, at the beginning
    warm_up: float = 2.0


@dataclass
class Outcome:
    """What came back, the warm-up left out."""

    seconds: float
    statuses: dict[int, int]
    #: seconds, one an answer
    latencies: list[float] = field(repr=False)
    first_refusal: str = ""

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Answers 200 a second."""
        return self.statuses.get(200, 0) / self.seconds

    @property
    def all_well(self) -> bool:
        return set(self.statuses) == {200}

    def percentile_ms(self, percent: float) -> float:
        return percentile(self.latencies, percent) * 1e3


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Load:
    """A child process that carries out a plan; entering waits until it is ready to send."""

    def __init__(self, plan: Plan) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_child, args=(plan, there), daemon=True)

    def __enter__(self) -> Load:
        self._process.start()
        if self._here.recv() != "ready":
            raise RuntimeError("the load process did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    def start(self) -> None:
        """Begin sending."""
        self._here.send("go")

    def outcome(self) -> Outcome:
        """Wait for the end."""
        found = self._here.recv()
        if isinstance(found, Outcome):
            return found
        raise RuntimeError(f"the load process failed: {found}")


def drive(plan: Plan) -> Outcome:
    """Carry out a plan and wait for it."""
    with Load(plan) as load:
        load.start()
        return load.outcome()


def _child(plan: Plan, pipe: Connection) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            pipe.send(runner.run(_carry_out(plan, pipe)))
        except (OSError, ValueError) as error:
            pipe.send(f"{type(error).__name__}: {error}")
            raise


async def _carry_out(plan: Plan, pipe: Connection) -> Outcome:
    loop = asyncio.get_running_loop()
    driver = _Driver(plan)
    plan.requests(0)  # builds its templates now
    for _ in range(plan.connections):
        await loop.create_connection(lambda: _Line(driver), "127.0.0.1", plan.port)
    pipe.send("ready")
    await loop.run_in_executor(None, pipe.recv)
    return await driver.run()


class _Driver:
    """Deals requests out to the connections and counts what comes back."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.idle: deque[_Line] = deque()
        self.due: deque[float] = deque()
        self.sent = 0
        self.stopped = False
        self.counting_from = 0.0
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.first_refusal = ""

    async def run(self) -> Outcome:
        began = time.perf_counter()
        self.counting_from = began + self.plan.warm_up
        until = self.counting_from + self.plan.seconds
        if self.plan.rate is None:
            for line in list(self.idle):
                line.send(time.perf_counter())
            await asyncio.sleep(until - time.perf_counter())
        else:
            await self._pace(began, until, self.plan.rate)
        ended = time.perf_counter()
        self.stopped = True
        await asyncio.sleep(0.5)
        return Outcome(ended - self.counting_from, dict(self.statuses), self.latencies, self.first_refusal)

    async def _pace(self, began: float, until: float, rate: float) -> None:
        asked = 0
        while (moment := time.perf_counter()) < until:
            while asked <= (moment - began) * rate:  # each at its moment, the first at the beginning
                self.due.append(began + asked / rate)
                asked += 1
            while self.due and self.idle:
                self.idle.popleft().send(self.due.popleft())
            await asyncio.sleep(0.001)

    def next_request(self) -> bytes:
        self.sent += 1
        return self.plan.requests(self.sent)

    def answered(self, line: _Line, status: int, body: bytes) -> None:
        moment = time.perf_counter()
        # what is answered after the end belongs to no second that is counted
        if moment >= self.counting_from and not self.stopped:
            self.statuses[status] += 1
            self.latencies.append(moment - line.since)
            if status != 200 and not self.first_refusal:
                self.first_refusal = f"{status} {body[:300]!r}"
        if self.stopped:
            return
        if self.plan.rate is None:
            line.send(moment)
        elif self.due:
            line.send(self.due.popleft())
        else:
            self.idle.append(line)


class _Line(asyncio.Protocol):
    """One kept-alive connection with at most one request under way."""

    def __init__(self, driver: _Driver) -> None:
        self.driver = driver
        self.since = 0.0
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.driver.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.driver.stopped:
            self.driver.statuses[0] += 1
            self.driver.first_refusal = self.driver.first_refusal or f"connection lost: {exc}"

    def send(self, since: float) -> None:
        self.since = since
        assert self._transport is not None
        self._transport.write(self.driver.next_request())

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head_ends = self._heard.find(b"\r\n\r\n")
        if head_ends < 0:
            return
        length = _content_length(self._heard[:head_ends])
        whole = head_ends + 4 + length
        if len(self._heard) < whole:
            return
        status, body = int(self._heard[9:12]), self._heard[head_ends + 4 : whole]
        self._heard = self._heard[whole:]
        self.driver.answered(self, status, body)


def _content_length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    if at < 0:
        raise ValueError("an answer without a length: this client reads no other")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])
