"""Decisions: over HTTP at full rate and at 300 a second, with fresh events, as batches, and the pure one.

200 actions with audiences, caps, suppressions and levers, 100,000 persons; one web process, its worker,
PostgreSQL and the load share the machine. The yardstick is a bare server answering as many bytes.
"""

from __future__ import annotations

import secrets
import statistics
import time
from dataclasses import dataclass
from typing import Any

import msgspec

from bench import shop, stage
from bench.bare_web import bare_web
from bench.load import Outcome, Plan, drive
from bench.record import settle
from bench.report import Figure, run
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.decider import Decider, checked
from segue.app.deciding.facing import Asker
from segue.app.deciding.prepared import prepared
from segue.app.definitions import apply
from segue.app.installation import Installation, open_installation
from segue.decide.choose import decide
from segue.decide.kept import Recalling
from segue.domain.order import rfc3339
from segue.ports.clock import SystemClock

ACTIONS = 200
CONNECTIONS = 64
RATE = 300.0
MUST_RATE, MUST_P50, MUST_P99, MUST_EVENTS, MUST_BATCH, MUST_PURE = 500.0, 8.0, 25.0, 2.0, 2_000.0, 0.4


def definitions() -> dict[str, str]:
    """Three slots on the web, and two hundred actions that compete for them."""
    actions: dict[str, Any] = {
        "story": {"kind": "content", "content": [{"format": "banner", "headline": "Welcome"}]}
    }
    for number in range(ACTIONS):
        action: dict[str, Any] = {
            "kind": "offer",
            "group": f"group_{number % 10}",
            "value": 1 + number / 50,
            "cost": 0.01,
            "suitable": {"not": {"segment": "open_complaint"}},
            "caps": [
                {"per": "person", "max": 5, "within": "7 days"},
                {"per": "person", "group": f"group_{number % 10}", "max": 9, "within": "7 days"},
            ],
            "suppress": [{"outcome": "dismissed", "count": 3, "within": "7 days", "pause": "30 days"}],
            "content": [{"format": "banner", "headline": f"Offer {number}"}],
        }
        if number % 2:
            action["audience"] = {"field": "traits.frequency", "op": ">=", "value": number % 3}
        if number % 4 == 0:
            lever = {"did": "Product Viewed", "at_least": 2, "within": "7 days"}
            action["levers"] = [{"when": lever, "multiply": 2}]
        if number % 5 == 0:
            action["applicable"] = {"field": "context.weekend", "op": "in", "value": [True, False]}
        actions[f"action_{number}"] = action
    placement = {
        "touchpoint": "web",
        "slots": 3,
        "formats": ["banner"],
        "fallback": "story",
        "timeout_ms": 5000,
    }
    bodies = {"placements.yaml": {"placements": {"home": placement}}, "actions.yaml": {"actions": actions}}
    bodies["purposes.yaml"] = {"purposes": {"personalisation": {"basis": "legitimate_interest"}}}
    return {name: msgspec.json.encode(body).decode() for name, body in bodies.items()}  # JSON is YAML


@dataclass
class Questions:
    """What the home page should show to persons drawn evenly; with so many fresh events each."""

    key: str
    customers: int
    events: int = 0

    def __call__(self, n: int) -> bytes:
        user = shop.user(n * 7_919 % self.customers)
        asked: dict[str, Any] = {"placement": "home", "identifiers": {"user_id": user}}
        if self.events:
            at = rfc3339(SystemClock().now())
            asked["events"] = [
                {
                    "type": "track", "event": "Product Viewed", "messageId": f"fresh-{n}-{number}",
                    "userId": user, "timestamp": at, "properties": {"product_id": str(number)},
                }
                for number in range(self.events)
            ]  # fmt: skip
        body = msgspec.json.encode(asked)
        head = (
            f"POST /api/v1/decisions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def measure(quick: bool) -> list[Figure]:
    persons, seconds = (5_000, 3.0) if quick else (100_000, 20.0)
    with stage.served() as running:
        settle(running, persons)
        with open_installation(running.data) as installation:
            apply(installation.database, installation.clock, definitions(), actor="bench")
        time.sleep(3.0)  # the web process follows within two seconds
        key = running.key("admin")
        first = running.request("POST", "/api/v1/decisions", key=key, body=b'{"placement": "home"}')
        if first.status != 200:
            raise AssertionError(first.body)
        asked = Questions(key, persons)
        full = drive(Plan(running.port, asked, CONNECTIONS, seconds))
        steady = drive(Plan(running.port, asked, CONNECTIONS, seconds, rate=RATE))
        fresh = drive(Plan(running.port, Questions(key, persons, events=10), CONNECTIONS, seconds, rate=RATE))
        batch, pure = _within(running.data, persons, quick)
    with bare_web(len(first.body)) as port:
        bare = drive(Plan(port, asked, CONNECTIONS, seconds / 2))
    return [_full(full, bare), _steady(steady), _fresh(steady, fresh), _batch(batch), _pure(pure)]


def _within(data: Any, persons: int, quick: bool) -> tuple[float, float]:
    """Decisions a second as batches of 64, and the milliseconds of processor time of the pure function."""
    with open_installation(data) as installation:
        decider = Decider(installation, secrets.token_bytes)
        total = 640 if quick else 6_400

        def wanted(number: int) -> Any:
            request = DecisionRequest(
                placement="home", identifiers={"user_id": shop.user(number * 31 % persons)}
            )
            return checked(request, Asker(trusted=True), None)

        decider.decide([wanted(0)])
        began = time.perf_counter()
        for at in range(0, total, 64):
            answers = decider.decide([wanted(at + number) for number in range(64)])
        rate = total / (time.perf_counter() - began)
        return rate, _pure_ms(installation, answers[0].kept)


def _pure_ms(installation: Installation, kept: Any) -> float:
    menu, given = prepared(installation.rules()).menus["home"], kept.given
    mind = Recalling(given.foretold)
    decide(given.ask, given.known, menu, mind)
    times = []
    for _ in range(200):
        began = time.process_time()
        for _ in range(5):
            decide(given.ask, given.known, menu, mind)
        times.append((time.process_time() - began) / 5 * 1_000)
    return statistics.median(times)


def _figure(name: str, what: str, must: str, measured: str, reached: bool, **more: Any) -> Figure:
    whole = {
        "processes": "one web, one worker, PostgreSQL",
        "load": f"one process on the same machine, {CONNECTIONS} connections",
        "yardstick": "",
        "bytes_a_record": 0,
        "values": {},
        **more,
    }
    return Figure(name=name, what=what, must=must, measured=measured, reached=reached, **whole)


def _full(full: Outcome, bare: Outcome) -> Figure:
    return _figure(
        "decisions", f"decisions over HTTP, {ACTIONS} actions, 100,000 persons", f"≥ {MUST_RATE:.0f}/s",
        f"{full.rate:,.0f}/s" + ("" if full.all_well else f" {full.statuses}"),
        full.rate >= MUST_RATE and full.all_well,
        yardstick=f"bare ASGI server answering as many bytes: {bare.rate:,.0f}/s",
        values={"per_s": full.rate, "bare_per_s": bare.rate, "statuses": full.statuses},
    )  # fmt: skip


def _steady(steady: Outcome) -> Figure:
    p50, p99 = steady.percentile_ms(50), steady.percentile_ms(99)
    return _figure(
        "decisions.steady", f"… at {RATE:.0f}/s", f"p50 ≤ {MUST_P50:.0f}, p99 ≤ {MUST_P99:.0f} ms",
        f"p50 {p50:.1f}, p99 {p99:.1f} ms", p50 <= MUST_P50 and p99 <= MUST_P99,
        values={"p50_ms": p50, "p99_ms": p99, "per_s": steady.rate},
    )  # fmt: skip


def _fresh(steady: Outcome, fresh: Outcome) -> Figure:
    more = fresh.percentile_ms(50) - steady.percentile_ms(50)
    return _figure(
        "decisions.fresh", "… ten events in the request", f"≤ {MUST_EVENTS:.0f} ms more",
        f"{more:+.1f} ms (p50)", more <= MUST_EVENTS,
        values={"more_ms": more, "p99_ms": fresh.percentile_ms(99)},
    )  # fmt: skip


def _batch(rate: float) -> Figure:
    return _figure(
        "decisions.batch", "… as batches of 64", f"≥ {MUST_BATCH:,.0f}/s", f"{rate:,.0f}/s",
        rate >= MUST_BATCH, values={"per_s": rate},
    )  # fmt: skip


def _pure(each: float) -> Figure:
    return _figure(
        "decisions.pure", f"the pure decision, {ACTIONS} actions", f"≤ {MUST_PURE} ms",
        f"{each:.2f} ms of processor time", each <= MUST_PURE, values={"ms": each},
    )  # fmt: skip


if __name__ == "__main__":
    run(measure)
