"""Keeping the house: what must be done now and then, beside the loop.

One thread of worker 0 rotates the tables of seen message ids, archives the log into the lake when a
flush is due, compacts closed days, finishes erasures, drops what every consumer has passed and the
tally's old buckets, writes the search terms that an older Segue did not, and counts from the lake what a
new trait has missed. Each chore takes its own
lock, can be killed anywhere and is simply done again.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from segue import flow
from segue.adapters.postgres.reclaim import reclaim
from segue.app import backfill, erase
from segue.app.around import trending
from segue.app.deciding import retention
from segue.app.imports.jobs import ImportDesk
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.learning import serving
from segue.app.learning.jobs import MODULE as TRAINING
from segue.app.learning.schedule import Schedule
from segue.app.logs import Log
from segue.app.measures import WorkerCounts
from segue.app.processes.children import Child
from segue.app.processes.snapshotting import Shutter
from segue.app.proofs import desk as proofs
from segue.collect.dedupe import rotate
from segue.decide import controls
from segue.domain.order import DAY
from segue.enrich import store, tally
from segue.enrich.calendar import day_and_hour
from segue.errors import SegueError
from segue.ports.database import Session

_LOG = Log("segue.keeper")

EVERY = 1.0
"""Seconds between two looks at what is due."""

ROTATE_EVERY = 600.0
COMPACT_EVERY = 300.0
ERASE_EVERY = 5.0
RECLAIM_EVERY = 1800.0
INBOX_EVERY = 600.0
TALLY_EVERY = 600.0
SNAPSHOT_EVERY = 20.0
LEARN_EVERY = 60.0
TRENDING_EVERY = 300.0
SETTLE_EVERY = 60.0
FORGET_EVERY = 600.0

TALLY_KEPT = 8 * DAY
"""How long the tally keeps its buckets, in microseconds: a week and what is needed to compare with it."""

TERMS_AT_ONCE = 1_000
"""Fragments whose search terms are written while the loop waits: a fraction of a second."""


def fill_terms(session: Session, at_once: int = TERMS_AT_ONCE) -> bool:
    """The next portion of the terms that are still to be written; answers whether there may be more.

    The loop waits meanwhile, so that what it has just written is not replaced by what was before.
    """
    if not store.terms_are_due(session):
        return False
    session.fetch(flow.STOP)
    return store.fill_terms(session, at_once)


class Keeper(threading.Thread):
    """The chores' thread; ends when ``stop`` is set."""

    def __init__(
        self, installation: Installation, stop: threading.Event, counts: WorkerCounts | None = None
    ) -> None:
        super().__init__(name="keeper", daemon=True)
        self.installation = installation
        self.stop = stop
        self.counts = counts or WorkerCounts(0)
        self.lake = lake_of(installation)
        self._due: dict[str, float] = {}
        self._schedule = Schedule(installation)
        self._shutter = Shutter(installation)
        self._remaking: Child | None = None
        # those that were finished before the last stop count too
        self._erased = True
        self._terms_due = True

    def run(self) -> None:
        """Do what is due, again and again; a chore that fails is reported and tried again."""
        while not self.stop.wait(EVERY):
            try:
                self._every(ROTATE_EVERY, self.rotate)
                self.archive()
                self._every(ERASE_EVERY, self.erase)
                self._every(COMPACT_EVERY, self.lake.compact)
                self._every(RECLAIM_EVERY, self.reclaim)
                self._every(INBOX_EVERY, self.sweep_inbox)
                self._every(TALLY_EVERY, self.forget_tally)
                self._every(LEARN_EVERY, self.learn)
                self._every(SNAPSHOT_EVERY, self.snapshot)
                self._every(TRENDING_EVERY, self.count_trending)
                self._every(SETTLE_EVERY, self.settle_controls)
                self._every(FORGET_EVERY, self.forget_decisions)
                self._every(FORGET_EVERY, self.sweep_proofs)
                self.fill_terms()
                self.count_from_lake()
            except SegueError as error:
                self.counts.chore_failed()
                _LOG.warning("chore_failed", code=error.code, message=error.message)
        self._shutter.stop()

    def snapshot(self) -> None:
        """Have the columns about all persons made again when they are old."""
        self._shutter.look()

    def count_trending(self) -> None:
        """Count what is bought lately more often than before."""
        trending.count(self.installation.database, self.lake, self.installation.clock.now())

    def settle_controls(self) -> None:
        """Count what was bought without being shown, once nothing more will be heard of it."""
        house, now = self.installation, self.installation.clock.now()
        day, _ = day_and_hour(house.rules().time_zone, now)
        controls.settle(house.database, now, day)

    def forget_decisions(self) -> None:
        """Delete decisions that are as old as the setting says."""
        house = self.installation
        retention.forget_old(house.database, house.clock.now(), house.settings.decisions_days)

    def sweep_proofs(self) -> None:
        """Delete proofs that nobody can use any more."""
        with self.installation.database.transaction(durable=False) as session:
            proofs.sweep(session, self.installation.clock.now())

    def archive(self) -> None:
        """Flush what is due to the lake."""
        begun = time.monotonic()
        if self.lake.archive_if_due():
            self.counts.chore("archive", time.monotonic() - begun)

    def erase(self) -> None:
        """Finish the erasures that were asked for."""
        if erase.finish(self.installation, self.lake):
            self._erased = True

    def reclaim(self) -> None:
        """After erasures: let what they left in PostgreSQL's files be written over."""
        if self._erased:
            reclaim(self.installation.url, erase.TOUCHED)
            self._erased = False

    def sweep_inbox(self) -> None:
        """Delete files that were imported long enough ago, or never were."""
        ImportDesk(self.installation).sweep()

    def learn(self) -> None:
        """Begin the nightly training when it is due; make answers warm again after somebody was erased."""
        if self._schedule.look() is not None:
            return
        if self._remaking is not None and self._remaking.process is not None:
            if self._remaking.process.poll() is None:
                return
            self._remaking.stop(0.0)
            self._remaking = None
        if serving.is_due(self.installation):
            place = ["--data", str(self.installation.data), "--database-url", self.installation.url]
            self._remaking = Child("remaking", [sys.executable, "-m", TRAINING, *place])
            self._remaking.start()

    def rotate(self) -> None:
        """Drop the tables of message ids that are old enough, as seen from where the loop is."""
        with self.installation.database.transaction() as session:
            waiting = session.fetch(flow.OLDEST_WAITING)
            now = min([self.installation.clock.now(), *(received for (received,) in waiting)])
            rotate(session, now, self.installation.settings.dedupe_days)

    def forget_tally(self) -> None:
        """Remove the tally's old buckets."""
        with self.installation.database.transaction() as session:
            tally.forget_before(session, self.installation.clock.now() - TALLY_KEPT)

    def fill_terms(self) -> None:
        """Write the search terms of the next fragments that an older Segue folded, if any are left."""
        if self._terms_due:
            with self.installation.database.transaction(durable=False) as session:
                self._terms_due = fill_terms(session)

    def count_from_lake(self) -> None:
        """A portion of what new traits and segments have missed."""
        begun = time.monotonic()
        if backfill.portion(self.installation, self.lake):
            self.counts.chore("count_from_lake", time.monotonic() - begun)

    def _every(self, seconds: float, chore: Callable[[], object]) -> None:
        moment = time.monotonic()
        if moment >= self._due.get(chore.__name__, 0.0):
            chore()
            self.counts.chore(chore.__name__, time.monotonic() - moment)
            self._due[chore.__name__] = moment + seconds
