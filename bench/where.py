"""Where the loop's time goes: ``python -m bench.where [--history]``.

Runs the loop over a filled log as ``loop_empty`` (or ``loop_history``) does, with a stopwatch around each
stage and each statement. For each stage it prints how long it took, the processor time of Python in it and
the wait for PostgreSQL; a statement that runs while Python goes on (``send``) counts with what is waited
for it in the end, in the stage that waits. Processor times hardly depend on who else uses the machine, so
compare those. The stopwatches cost a few percent: the rates here are no figures of the bench.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from bench import loop_history, shop, stage
from bench.loops import fill
from segue import flow
from segue.app.installation import Installation
from segue.domain.order import HOUR
from segue.enrich import store
from segue.ports.statements import Statement

_BACKENDS = Statement("backends", "who works", "select pid from pg_stat_activity where pid is not null")
STAGES: dict[str, tuple[Any, str]] = {
    "decode": (flow, "decode_heeded"),
    "dedupe": (flow, "ask"),
    "load states": (store, "load"),
    "fold": (flow, "fold"),
    "save states": (store, "save"),
    "link": (flow, "link"),
}


class Watch:
    """Seconds by stage: all of them, and those spent in statements."""

    def __init__(self) -> None:
        self.all: dict[str, float] = defaultdict(float)
        self.thinking: dict[str, float] = defaultdict(float)
        self.waiting: dict[str, float] = defaultdict(float)
        self.statements: dict[str, float] = defaultdict(float)
        #: processor seconds of PostgreSQL
        self.backends = 0.0
        self._stage = "the rest"

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed as a stage."""

        def timed(*arguments: Any, **options: Any) -> Any:
            outer, self._stage = self._stage, name
            began, thought = time.perf_counter(), time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                self.all[name] += time.perf_counter() - began
                self.thinking[name] += time.thread_time() - thought
                self._stage = outer

        return timed

    def statement(self, name: str, seconds: float) -> None:
        """A statement took this long in the present stage."""
        self.waiting[self._stage] += seconds
        self.statements[name] += seconds


class _Database:
    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner, self._watch = inner, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def transaction(self, **options: bool) -> Iterator[Any]:
        with self._inner.transaction(**options) as session:
            yield _Session(session, self._watch)
            began = time.perf_counter()
        self._watch.statement("commit", time.perf_counter() - began)


class _Session:
    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner, self._watch = inner, watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in {"fetch", "execute", "copy", "send"}:
            return found

        def timed(statement: Any, /, *arguments: Any, **values: Any) -> Any:
            answer = self._timed(statement.name, lambda: found(statement, *arguments, **values))
            return answer if name != "send" else lambda: self._timed(statement.name, answer)

        return timed

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        try:
            return work()
        finally:
            self._watch.statement(name, time.perf_counter() - began)


def watch_loop(installation: Installation) -> tuple[Watch, int, float]:
    """Run the loop until nothing waits; the stopwatch, events, seconds."""
    stage.settle(installation)
    watch, events = Watch(), 0
    plain = installation.database
    patches = [
        patch.object(owner, name, watch.around(what, getattr(owner, name)))
        for what, (owner, name) in STAGES.items()
    ]
    installation.database = _Database(plain, watch)  # type: ignore[assignment]
    for each in patches:
        each.start()
    before, thought, began = _of_backends(installation), time.thread_time(), time.perf_counter()
    try:
        while (read := installation.step().read) > 0:
            events += read
    finally:
        seconds, thinking = time.perf_counter() - began, time.thread_time() - thought
        for each in patches:
            each.stop()
        installation.database = plain
    watch.all["the rest"] = seconds - sum(watch.all.values())
    watch.thinking["the rest"] = thinking - sum(watch.thinking.values())
    watch.backends = _of_backends(installation) - before
    return watch, events, seconds


def _of_backends(installation: Installation) -> float:
    """Processor seconds of PostgreSQL's processes so far."""
    with installation.database.transaction(read_only=True) as session:
        pids = [pid for (pid,) in session.fetch(_BACKENDS)]
    ticks = [
        sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])) for pid in pids
    ]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def show(watch: Watch, events: int, seconds: float) -> None:
    table = Table(title=f"{events:,} events in {seconds:.2f} s: {events / seconds:,.0f}/s")
    for column in ("stage", "share", "µs an event", "Python's processor", "waiting for PostgreSQL"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for name, took in sorted(watch.all.items(), key=lambda item: -item[1]):
        each = [spent / events * 1e6 for spent in (took, watch.thinking[name], watch.waiting[name])]
        table.add_row(name, f"{took / seconds:.0%}", *(f"{one:.1f}" for one in each))
    console = Console()
    console.print(table)
    thought = sum(watch.thinking.values())
    console.print(
        f"Processor time, µs an event: the worker's own thread {thought / events * 1e6:.1f}, "
        f"PostgreSQL {watch.backends / events * 1e6:.1f}"
    )
    slowest = sorted(watch.statements.items(), key=lambda item: -item[1])[:10]
    console.print(
        "Statements, µs an event: " + ", ".join(f"{name} {took / events * 1e6:.1f}" for name, took in slowest)
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.where")
    parser.add_argument("--history", action="store_true", help="customers with a year behind them")
    parser.add_argument("--events", type=int, default=50_000)
    chosen = parser.parse_args()
    with stage.opened() as installation:
        began = installation.clock.now() - 6 * HOUR
        customers: Iterator[int] = count()
        if chosen.history:
            loop_history.live_through(installation, 5_000)
            customers = iter(shop.zipf(3, 5_000, chosen.events + 5_000))
        fill(installation, shop.stream(1, customers, 2_000, began, at_once=500, name="warm"))
        installation.drain()
        fill(installation, shop.stream(2, customers, chosen.events, began, at_once=4_000, name="main"))
        show(*watch_loop(installation))


if __name__ == "__main__":
    main()
