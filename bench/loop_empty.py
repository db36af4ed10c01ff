"""The loop, everything on: 100,000 events of customers nobody has met before."""

from __future__ import annotations

from itertools import count

from bench import shop, stage
from bench.loops import compare, fill, run_loop
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
        strangers = shop.stream(2, count(1_000_000), events, began, at_once=AT_ONCE, name="main")
        found = compare(installation, strangers)
    return [
        Figure(
            name="loop_empty",
            what=f"the loop, everything on, {events:,} events, empty histories",
            must=f"≥ {MUST:,}/s and ≥ {SHARE} × bare loop",
            measured=f"{found.loop.rate:,.0f}/s",
            reached=found.loop.rate >= MUST and found.share >= SHARE,
            yardstick=found.yardstick(),
            processes="one worker (loop and keeper), PostgreSQL",
            load=f"the log, filled before; about {AT_ONCE:,} visits open at once, drawn evenly",
            bytes_a_record=found.bare.bytes_a_record,
            values=found.values(),
        )
    ]


if __name__ == "__main__":
    run(measure)
