"""Golden records by identifier over HTTP: 500 a second, 100,000 persons."""

from __future__ import annotations

from itertools import count

from bench import shop, stage
from bench.bare_web import bare_web
from bench.load import Plan, drive
from bench.loops import fill
from bench.report import Figure, run
from bench.requests import Records
from segue.app.installation import open_installation
from segue.domain.order import HOUR
from tests.served import Served

RATE = 500.0
CONNECTIONS = 32
MUST_P99 = 15.0


def measure(quick: bool) -> list[Figure]:
    persons, seconds = (5_000, 3.0) if quick else (100_000, 30.0)
    with stage.served() as running:
        settle(running, persons)
        requests = Records(running.key("read"), persons)
        sample = running.get(f"/api/v1/persons?identifier=user_id:{shop.user(7_919 % persons)}")
        if not sample["persons"]:
            raise AssertionError("the persons who are asked for are not there")
        size = len(running.request("GET", requests(1).split()[1].decode(), key=running.key("read")).body)
        outcome = drive(Plan(running.port, requests, CONNECTIONS, seconds, rate=RATE))
    with bare_web(size) as port:
        bare = drive(Plan(port, requests, CONNECTIONS, seconds / 3, rate=RATE))
    p50, p99 = outcome.percentile_ms(50), outcome.percentile_ms(99)
    held = outcome.rate >= 0.98 * RATE and outcome.all_well
    return [
        Figure(
            name="record",
            what=f"golden record by identifier over HTTP, {RATE:.0f}/s, {persons:,} persons",
            must=f"p99 ≤ {MUST_P99:.0f} ms",
            measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            + ("" if held else f" (load not held: {outcome.rate:,.0f}/s {outcome.statuses})"),
            reached=p99 <= MUST_P99 and held,
            yardstick=f"bare ASGI server answering as many bytes: p99 {bare.percentile_ms(99):.1f} ms",
            processes="one web, one worker (idle), PostgreSQL",
            load=f"one process on the same machine, open loop, {CONNECTIONS} connections",
            bytes_a_record=size,
            values={
                "p50_ms": p50,
                "p99_ms": p99,
                "per_s": outcome.rate,
                "statuses": outcome.statuses,
                "first_refusal": outcome.first_refusal,
                "answer_bytes": size,
                "bare_p99_ms": bare.percentile_ms(99),
            },
        )
    ]


def settle(running: Served, persons: int) -> None:
    """Everybody comes once, logged in, and the worker has seen it."""
    with open_installation(running.data) as installation:
        at = installation.clock.now() - 12 * HOUR
        fill(installation, shop.callers(8, count(), persons, at, "settle"))
        stage.await_applied(installation)


if __name__ == "__main__":
    run(measure)
