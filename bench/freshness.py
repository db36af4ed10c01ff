"""Freshness: from the 200 for an event to the moment the golden record shows it, at 1,000 events a second."""

from __future__ import annotations

import random
import time
from http.client import HTTPConnection
from typing import Any

import msgspec

from bench import stage
from bench.load import Load, Plan, percentile
from bench.report import Figure, run
from bench.requests import Singles
from segue.domain.order import rfc3339
from segue.ports.clock import SystemClock
from tests.served import Served

RATE = 1_000.0
PROBES = 50
MUST_P50, MUST_P99 = 40.0, 200.0
PAUSE = 0.002
"""Seconds between two looks at the record: an answer is at most this and one request too late."""


class Probe:
    """One customer at a time says something new and looks until the record says it too."""

    def __init__(self, running: Served) -> None:
        self._line = HTTPConnection("127.0.0.1", running.port, timeout=30)
        self._write = running.key("ingest", "--source", "probe", "--trusted")
        self._read = {"Authorization": f"Bearer {running.key('read')}"}
        #: seconds that one look took
        self.looks: list[float] = []

    def begin(self) -> None:
        """Start counting, on a fresh connection: the old one may have been idle for too long."""
        self.looks.clear()
        self._line.close()

    def say(self, customer: int, word: str) -> None:
        """Returns with the 200."""
        now = rfc3339(SystemClock().now())
        event = {
            "userId": f"probe-{customer}",
            "traits": {"word": word},
            "timestamp": now,
            "sentAt": now,
            "messageId": word,
            "writeKey": self._write,
        }
        self._line.request(
            "POST", "/v1/identify", msgspec.json.encode(event), {"Content-Type": "application/json"}
        )
        answer = self._line.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {answer.read()[:300]!r}")
        answer.read()

    def until_seen(self, customer: int, word: str, patience: float = 10.0) -> float:
        """Seconds until the record holds the word."""
        began = time.perf_counter()
        while time.perf_counter() - began < patience:
            looked = time.perf_counter()
            self._line.request(
                "GET", f"/api/v1/persons?identifier=user_id:probe-{customer}", headers=self._read
            )
            seen = word.encode() in self._line.getresponse().read()
            now = time.perf_counter()
            self.looks.append(now - looked)
            if seen:
                return now - began
            time.sleep(PAUSE)
        raise TimeoutError(f"{word} was accepted and did not appear in {patience} s")


def measure(quick: bool) -> list[Figure]:
    count = 50 if quick else 400
    rng = random.Random(7)
    with stage.served() as running:
        probe = Probe(running)
        for customer in range(PROBES):
            probe.say(customer, f"first-{customer:04d}")
        plan = Plan(running.port, _background(running), 16, 3.0 + count * 0.08, rate=RATE)
        with Load(plan) as load:
            load.start()
            time.sleep(3.0)
            probe.begin()
            took = [_once(probe, rng, number) for number in range(count)]
            background = load.outcome()
    p50, p99 = percentile(took, 50) * 1e3, percentile(took, 99) * 1e3
    look = percentile(probe.looks, 50) * 1e3
    held = background.rate >= 0.98 * RATE and background.all_well
    return [
        Figure(
            name="freshness",
            what=f"freshness: 200 sent → visible in the record, at {RATE:,.0f} events/s",
            must=f"p50 ≤ {MUST_P50:.0f} ms, p99 ≤ {MUST_P99:.0f} ms",
            measured=f"p50 {p50:.0f} ms, p99 {p99:.0f} ms"
            + ("" if held else f" (load not held: {background.rate:,.0f}/s {background.statuses})"),
            reached=p50 <= MUST_P50 and p99 <= MUST_P99 and held,
            yardstick=f"one look at the record, which is how finely this can see: p50 {look:.1f} ms",
            processes="one web, one worker, PostgreSQL",
            load=f"one process with {RATE:,.0f} single events/s (open), and {count} probes from this one",
            values={
                "p50_ms": p50,
                "p99_ms": p99,
                "max_ms": max(took) * 1e3,
                "probes": count,
                "look_p50_ms": look,
                "background_per_s": background.rate,
                "background_p99_ms": background.percentile_ms(99),
            },
        )
    ]


def _background(running: Served) -> Any:
    return Singles(running.key("ingest", "--source", "web"), 20_000, "fresh")


def _once(probe: Probe, rng: random.Random, number: int) -> float:
    # at random moments, so that no rhythm of the loop is met by chance
    time.sleep(rng.uniform(0.0, 0.05))
    customer, word = rng.randrange(PROBES), f"word-{number:06d}"
    probe.say(customer, word)
    return probe.until_seen(customer, word)


if __name__ == "__main__":
    run(measure)
