"""The collector with the loop running: batches of 100 events."""

from __future__ import annotations

from bench import stage
from bench.bare_web import bare_web
from bench.catching_up import lag_after
from bench.load import Plan, drive
from bench.report import Figure, run
from bench.requests import Batches

CONNECTIONS = 16
SIZE = 100
MUST = 20_000


def measure(quick: bool) -> list[Figure]:
    seconds = 3.0 if quick else 15.0
    with stage.served() as running:
        requests = Batches(running.key("ingest", "--source", "shop", "--trusted"), SIZE, "batch")
        outcome = drive(Plan(running.port, requests, CONNECTIONS, seconds))
        behind = lag_after(running)
    with bare_web(16) as port:
        bare = drive(Plan(port, requests, CONNECTIONS, seconds / 2))
    events, bare_events = outcome.rate * SIZE, bare.rate * SIZE
    return [
        Figure(
            name="collector_batch",
            what=f"collector, loop running: batches of {SIZE}",
            must=f"≥ {MUST:,} events/s accepted",
            measured=f"{events:,.0f} events/s, p99 {outcome.percentile_ms(99):.0f} ms"
            + ("" if outcome.all_well else f", answers {outcome.statuses}"),
            reached=events >= MUST and outcome.all_well,
            yardstick=f"bare ASGI server {bare_events:,.0f} events/s; {events / bare_events:.2f} × of it",
            processes="one web, one worker, PostgreSQL",
            load=f"one process on the same machine, closed loop, {CONNECTIONS} connections, "
            f"{len(requests(1)):,} bytes a request",
            values={
                "events_per_s": events,
                "p50_ms": outcome.percentile_ms(50),
                "p99_ms": outcome.percentile_ms(99),
                "statuses": outcome.statuses,
                "first_refusal": outcome.first_refusal,
                "bare_events_per_s": bare_events,
                **behind,
            },
        )
    ]


if __name__ == "__main__":
    run(measure)
