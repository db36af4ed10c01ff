"""Growth: the loop at 1,000,000 persons beside the same at 10,000; and the memory after the million."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import count, islice

from bench import machine, shop, stage
from bench.loops import Compared, compare, fill, run_loop
from bench.report import Figure, run
from segue.app.installation import Installation, open_installation
from segue.domain.order import HOUR
from tests.served import Served, serving

MUST_RATIO = 0.6
MUST_MB = 700


def measure(quick: bool) -> list[Figure]:
    few, many, sample = (1_000, 20_000, 5_000) if quick else (10_000, 1_000_000, 40_000)
    with stage.opened() as installation:
        _arrive(installation, 0, few)
        run_loop(installation)
        small = _sample(installation, few, sample)
    with stage.folder() as data:
        with serving(data / "data") as running:
            took = _serve_many(running, many)
            _read_some(running, many)
            pids = stage.processes(running)
            resident = machine.memory(list(pids.values()))
            idle_before = _memory_of_fresh_processes()
        with open_installation(data / "data") as installation:
            large = _sample(installation, many, sample)
    return [
        _growth((few, many), sample, small, large, many / took),
        _memory(many, resident, idle_before),
    ]


def _arrive(installation: Installation, first: int, persons: int) -> None:
    """One logged-in event each of new customers."""
    rng = random.Random(first)
    at = installation.clock.now() - 12 * HOUR
    fill(
        installation,
        (
            shop.visit(rng, customer, at, f"arrive-{customer}", known=True)[0]
            for customer in islice(count(first), persons)
        ),
    )


def _serve_many(running: Served, persons: int) -> float:
    """Bring everybody through the running worker; seconds it took."""
    began = time.perf_counter()
    with open_installation(running.data) as installation:
        for first in range(0, persons, 50_000):
            _arrive(installation, first, min(50_000, persons - first))
            # no more than one portion ahead, as a collector's back-pressure would have it
            reached, head = stage.position(installation)
            while head - reached > 50_000:
                time.sleep(0.1)
                reached, head = stage.position(installation)
        stage.await_applied(installation)
    return time.perf_counter() - began


def _read_some(running: Served, persons: int) -> None:
    """The web process has worked, too, before its memory is looked at."""
    for number in range(200):
        running.get(f"/api/v1/persons?identifier=user_id:{shop.user(number * 7_919 % persons)}")


def _memory_of_fresh_processes() -> int:
    with stage.served() as fresh:
        return machine.memory(list(stage.processes(fresh).values()))


def _sample(installation: Installation, persons: int, events: int) -> Compared:
    """The loop over events of people drawn evenly from all, after as many to warm up; and the bare loop."""
    rng = random.Random(9)
    at = installation.clock.now() - 6 * HOUR

    def visiting(name: str) -> Iterator[shop.Wire]:
        visitors = iter([rng.randrange(persons) for _ in range(events)])
        return shop.stream(10, visitors, events, at, at_once=min(5_000, events // 4), name=name)

    fill(installation, visiting("warm"))
    run_loop(installation)
    return compare(installation, visiting("main"))


def _growth(
    persons: tuple[int, int], sample: int, small: Compared, large: Compared, brought: float
) -> Figure:
    few, many = persons
    ratio, bare_ratio = large.loop.rate / small.loop.rate, large.bare.rate / small.bare.rate
    return Figure(
        name="growth",
        what=f"growth: the loop at {many:,} persons ÷ at {few:,}",
        must=f"≥ {MUST_RATIO}",
        measured=f"{ratio:.2f} ({large.loop.rate:,.0f}/s ÷ {small.loop.rate:,.0f}/s)",
        reached=ratio >= MUST_RATIO,
        yardstick=f"bare loop {bare_ratio:.2f} ({large.bare.rate:,.0f}/s ÷ {small.bare.rate:,.0f}/s)",
        processes="one worker (loop and keeper), PostgreSQL",
        load=f"the log, filled before: {sample:,} events of persons drawn evenly; the {many:,} came before "
        "through a served worker",
        bytes_a_record=large.bare.bytes_a_record,
        values={
            "ratio": ratio,
            "bare_ratio": bare_ratio,
            "brought_per_s": brought,
            "large": large.values(),
            "small": small.values(),
        },
    )


def _memory(many: int, resident: int, fresh: int) -> Figure:
    used, before = resident / 2**20, fresh / 2**20
    return Figure(
        name="memory",
        what=f"memory, web + worker, after {many:,} persons",
        must=f"≤ {MUST_MB} MB together, PostgreSQL excluded",
        measured=f"{used:,.0f} MiB",
        reached=used <= MUST_MB,
        yardstick=f"the same processes just started: {before:,.0f} MiB",
        processes="one web, one worker, PostgreSQL (not counted)",
        load=f"{many:,} persons through the log, then 200 records over HTTP; resident size by ps",
        values={"mib": used, "fresh_mib": before},
    )


if __name__ == "__main__":
    run(measure)
