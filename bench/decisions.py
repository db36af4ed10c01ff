"""Decisions: over HTTP at full rate and at 300 a second, with fresh events, as batches, and the pure one.

200 actions with audiences, caps, suppressions and levers, 100,000 persons; one web process, its worker,
PostgreSQL and the load share the machine. The yardstick is a bare server answering as many bytes.
"""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench import shop, stage
from bench.bare_web import bare_web
from bench.load import Outcome, Plan, drive
from bench.record import settle
from bench.report import Figure, run
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.decider import Decider, checked
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.deciding.prepared import prepared
from segue.app.definitions import apply
from segue.app.directory import SNAPSHOT
from segue.app.installation import Installation, open_installation
from segue.app.processes.memory import settled
from segue.decide.choose import decide
from segue.domain.order import rfc3339
from segue.ports.clock import SystemClock
from tests.served import Served

ACTIONS = 200
CONNECTIONS = 64
BATCH = 1_000
PATIENCE = 300.0
"""Seconds that a server is waited for."""
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
        _await_first_snapshot(running.data)  # it is taken once, and is a minute's work for 100,000
        key = running.key("admin")
        first = _first_answer(running, key)
        asked = Questions(key, persons)
        steady = drive(Plan(running.port, asked, CONNECTIONS, seconds, rate=RATE))
        fresh = drive(Plan(running.port, Questions(key, persons, events=10), CONNECTIONS, seconds, rate=RATE))
        alone = [
            drive(Plan(running.port, Questions(key, persons, events), 1, seconds / 4)) for events in (0, 10)
        ]
        full = drive(Plan(running.port, asked, CONNECTIONS, seconds))
        over_http = _batches(running, persons, quick)
        within = _within(running.data, persons, quick)
    with bare_web(len(first)) as port:
        bare = drive(Plan(port, asked, CONNECTIONS, seconds / 2))
    return [
        _full(full, bare),
        _steady(steady),
        _fresh(steady, fresh, alone),
        _batch(within, over_http),
        _pure(within),
    ]


def _first_answer(running: Served, key: str) -> bytes:
    """The body of the first answer; the server follows its definitions in a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        first = running.request("POST", "/api/v1/decisions", key=key, body=b'{"placement": "home"}')
        if first.status == 200:
            return first.body
        if first.status != 404 or time.monotonic() > deadline:
            raise AssertionError(first.body)
        time.sleep(0.1)


def _await_first_snapshot(data: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not list((data / SNAPSHOT).glob("persons-*.parquet")):
        if time.monotonic() > deadline:
            raise AssertionError("no snapshot of the customers is taken")
        time.sleep(0.5)


class Within(NamedTuple):
    """What is measured in this process."""

    #: decisions a second, asked as the API's batches are
    batch: float
    #: milliseconds of processor time of the pure function: as it is in use, and with nothing remembered
    pure: float
    cold: float


def _within(data: Any, persons: int, quick: bool) -> Within:
    with open_installation(data) as installation:
        desk = Desk(installation)
        total, asker = 2 * BATCH if quick else 10 * BATCH, Asker(trusted=True)

        def request(number: int) -> tuple[DecisionRequest, Asker]:
            user = shop.user(number * 31 % persons)
            return DecisionRequest(placement="home", identifiers={"user_id": user}), asker

        desk.ask_all([request(0)])
        with settled():  # as in a web process
            began = time.perf_counter()
            for at in range(0, total, BATCH):
                desk.ask_all([request(at + number) for number in range(BATCH)])
            rate = total / (time.perf_counter() - began)
        desk.close()
        return Within(rate, *_pure_ms(installation, persons))


def _pure_ms(installation: Installation, persons: int) -> tuple[float, float]:
    """Of 64 persons, each decided for again and again."""
    decider, menu = Decider(installation, secrets.token_bytes), prepared(installation.rules()).menus["home"]
    asked = [
        DecisionRequest(placement="home", identifiers={"user_id": shop.user(n * 97 % persons)})
        for n in range(64)
    ]
    answers = decider.decide([checked(each, Asker(trusted=True), None) for each in asked])
    mind = decider.minds({"home"}).minds["home"]
    warm: list[float] = []
    cold: list[float] = []
    for _ in range(20):
        for each in answers:
            work = partial(decide, each.kept.given.ask, each.kept.given.known, menu, mind)
            warm.append(_processor_ms(work, 5))
            menu.table.remembered.clear()
            cold.append(_processor_ms(work, 1))
    decider.close()
    return statistics.median(warm), statistics.median(cold)


def _processor_ms(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1_000


def _batches(running: Served, persons: int, quick: bool) -> float:
    """Decisions a second as batches over HTTP, one after the other."""
    bodies = []
    for at in range(1 if quick else 5):
        asked = [
            {"placement": "home", "identifiers": {"user_id": shop.user((at * BATCH + n) * 17 % persons)}}
            for n in range(BATCH)
        ]
        bodies.append(msgspec.json.encode({"requests": asked}))
    key, json = running.key("admin"), {"Content-Type": "application/json"}
    began = time.perf_counter()
    for body in bodies:
        answer = running.request("POST", "/api/v1/decisions/batch", key=key, body=body, headers=json)
        if answer.status != 200 or b'"errors":[]' not in answer.body:
            raise AssertionError(answer.body[-500:])
    return len(bodies) * BATCH / (time.perf_counter() - began)


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


def _fresh(steady: Outcome, fresh: Outcome, alone: Sequence[Outcome]) -> Figure:
    more = fresh.percentile_ms(50) - steady.percentile_ms(50)
    without, within = (each.percentile_ms(50) for each in alone)
    return _figure(
        "decisions.fresh", "… ten events in the request", f"≤ {MUST_EVENTS:.0f} ms more",
        f"{more:+.1f} ms (p50); {within - without:+.1f} ms asked one by one", more <= MUST_EVENTS,
        values={"more_ms": more, "p99_ms": fresh.percentile_ms(99), "alone_ms": [without, within]},
    )  # fmt: skip


def _batch(within: Within, over_http: float) -> Figure:
    return _figure(
        "decisions.batch", f"… as batches of {BATCH:,}", f"≥ {MUST_BATCH:,.0f}/s",
        f"{within.batch:,.0f}/s ({over_http:,.0f}/s over HTTP)", within.batch >= MUST_BATCH,
        values={"per_s": within.batch, "over_http_per_s": over_http},
    )  # fmt: skip


def _pure(within: Within) -> Figure:
    return _figure(
        "decisions.pure", f"the pure decision, {ACTIONS} actions", f"≤ {MUST_PURE} ms",
        f"{within.pure:.2f} ms of processor time ({within.cold:.2f} with nothing remembered)",
        within.pure <= MUST_PURE, values={"ms": within.pure, "nothing_remembered_ms": within.cold},
    )  # fmt: skip


if __name__ == "__main__":
    run(measure)
