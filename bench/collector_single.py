"""The collector with the loop running: single events on 64 connections, one web process."""

from __future__ import annotations

from bench import stage
from bench.bare_web import bare_web
from bench.catching_up import lag_after
from bench.load import Plan, drive
from bench.report import Figure, run
from bench.requests import Singles

CONNECTIONS = 64
CUSTOMERS = 20_000
MUST, MUST_P99 = 3_000, 80.0


def measure(quick: bool) -> list[Figure]:
    seconds = 3.0 if quick else 20.0
    with stage.served() as running:
        requests = Singles(running.key("ingest", "--source", "web"), CUSTOMERS, "single")
        outcome = drive(Plan(running.port, requests, CONNECTIONS, seconds))
        behind = lag_after(running)
    with bare_web(16) as port:
        bare = drive(Plan(port, requests, CONNECTIONS, seconds / 2))
    p50, p99 = outcome.percentile_ms(50), outcome.percentile_ms(99)
    return [
        Figure(
            name="collector_single",
            what=f"collector, loop running: single events, {CONNECTIONS} connections, one web process",
            must=f"≥ {MUST:,} requests/s, p99 ≤ {MUST_P99:.0f} ms",
            measured=f"{outcome.rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            + ("" if outcome.all_well else f", answers {outcome.statuses}"),
            reached=outcome.rate >= MUST and p99 <= MUST_P99 and outcome.all_well,
            yardstick=f"bare ASGI server {bare.rate:,.0f}/s, p99 {bare.percentile_ms(99):.1f} ms; "
            f"{outcome.rate / bare.rate:.2f} × of it",
            processes="one web, one worker, PostgreSQL",
            load=f"one process on the same machine, closed loop, {len(requests(1)):,} bytes a request",
            values={
                "requests_per_s": outcome.rate,
                "p50_ms": p50,
                "p99_ms": p99,
                "statuses": outcome.statuses,
                "first_refusal": outcome.first_refusal,
                "bare_requests_per_s": bare.rate,
                "bare_p99_ms": bare.percentile_ms(99),
                **behind,
            },
        )
    ]


if __name__ == "__main__":
    run(measure)
