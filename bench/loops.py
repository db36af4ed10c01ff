"""Filling the log, running the loop over it, and then the bare loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from bench import bare, shop, stage
from segue import flow
from segue.app.installation import Installation
from segue.app.processes.keeping import Keeper
from segue.domain.drafts import Sender

WEB = Sender(source="web", trusted=False)


class Run(NamedTuple):
    """One run of the loop over what waited in the log."""

    events: int
    seconds: float
    #: offset before the first event
    after: int
    batches: list[bare.Batch]

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


class Compared(NamedTuple):
    """The loop and the bare loop over the same log."""

    loop: Run
    bare: bare.Bare

    @property
    def share(self) -> float:
        """How much of the bare loop's rate is left with everything on."""
        return self.loop.rate / self.bare.rate

    def yardstick(self) -> str:
        """As the table shows it."""
        return (
            f"bare loop {self.bare.rate:,.0f}/s; {self.share:.2f} × of it. With the rows of seen ids, "
            f"fragments and links: {self.bare.rate_of_all_rows:,.0f}/s; "
            f"{self.loop.rate / self.bare.rate_of_all_rows:.2f} ×. Writing whole records: "
            f"{self.bare.rate_of_whole_records:,.0f}/s; "
            f"{self.loop.rate / self.bare.rate_of_whole_records:.2f} ×"
        )

    def values(self) -> dict[str, Any]:
        """Everything that is kept of it."""
        return {
            "events_per_s": self.loop.rate,
            "bare_events_per_s": self.bare.rate,
            "share": self.share,
            "bare_with_all_rows_events_per_s": self.bare.rate_of_all_rows,
            "share_with_all_rows": self.loop.rate / self.bare.rate_of_all_rows,
            "bare_with_whole_records_events_per_s": self.bare.rate_of_whole_records,
            "share_with_whole_records": self.loop.rate / self.bare.rate_of_whole_records,
            "events": self.loop.events,
            "seconds": self.loop.seconds,
            "batches": [batch.read for batch in self.loop.batches],
            "record_writes": self.bare.record_writes,
            "bytes_written": self.bare.bytes_written,
        }


def fill(installation: Installation, wires: Iterable[shop.Wire], sender: Sender = WEB) -> int:
    """Append what ``collect`` admits of these events; answers how many."""
    rules, count = installation.rules(), 0
    remaining = iter(wires)
    while chunk := list(islice(remaining, 5_000)):
        now = installation.clock.now()
        drafts = [shop.draft(wire) for wire in chunk]
        accepted = flow.accept(drafts, sender, rules, installation.secret, now)
        if accepted.dead:
            raise AssertionError(f"the bench sends what is not admitted: {accepted.dead[0].detail}")
        installation.log.append(accepted.entries)
        count += len(chunk)
    return count


def compare(installation: Installation, wires: Iterable[shop.Wire]) -> Compared:
    """Fill the log, run the loop over it, then the bare loop over the same."""
    bare.prepare(installation)
    fill(installation, wires)
    done = run_loop(installation)
    return Compared(done, bare.run_bare(installation, done.after, done.batches))


def run_loop(installation: Installation) -> Run:
    """The loop until nothing waits, with the keeper (archive, rotation) in its own thread as in a worker."""
    stage.settle(installation)
    after, _ = stage.position(installation)
    noting = bare.NotingDatabase(installation.database)
    stop = threading.Event()
    keeper = Keeper(installation, stop)
    keeper.start()
    batches: list[bare.Batch] = []
    installation.database = noting  # type: ignore[assignment]
    began = time.perf_counter()
    try:
        while (read := installation.step().read) > 0:
            batches.append(bare.Batch(read, noting.writes.copy()))
            noting.writes.clear()
        seconds = time.perf_counter() - began
    finally:
        installation.database = noting.inner
        stop.set()
        keeper.join()
    return Run(sum(batch.read for batch in batches), seconds, after, batches)
