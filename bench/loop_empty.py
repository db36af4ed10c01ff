"""The loop, everything on: 100,000 events of customers nobody has met before."""

from __future__ import annotations

from itertools import count

from bench import shop, stage
from bench.loops import fill, prepare_bare, run_bare, run_loop
from bench.report import Figure, run
from segue.domain.order import HOUR

AT_ONCE = 5_000
MUST, SHARE = 10_000, 0.5


def measure(quick: bool) -> list[Figure]:
    events = 10_000 if quick else 100_000
    with stage.opened() as installation:
        began = installation.clock.now() - 6 * HOUR
        fill(installation, shop.stream(1, count(), 2_000, began, at_once=500, name="warm"))
        run_loop(installation)
        prepare_bare(installation)
        strangers = shop.stream(2, count(1_000_000), events, began, at_once=AT_ONCE, name="main")
        fill(installation, strangers)
        done = run_loop(installation)
        bare = run_bare(installation, done)
    share = done.rate / bare.rate
    return [
        Figure(
            name="loop_empty",
            what=f"the loop, everything on, {events:,} events, empty histories",
            must=f"≥ {MUST:,}/s and ≥ {SHARE} × bare loop",
            measured=f"{done.rate:,.0f}/s",
            reached=done.rate >= MUST and share >= SHARE,
            yardstick=f"bare loop {bare.rate:,.0f}/s; {share:.2f} × of it",
            processes="one worker (loop and keeper), PostgreSQL",
            load=f"the log, filled before; about {AT_ONCE:,} visits open at once, drawn evenly",
            bytes_a_record=bare.bytes_a_record,
            values={
                "events_per_s": done.rate,
                "bare_events_per_s": bare.rate,
                "share": share,
                "seconds": done.seconds,
                "batches": done.batches,
                "record_writes": bare.writes,
            },
        )
    ]


if __name__ == "__main__":
    run(measure)
