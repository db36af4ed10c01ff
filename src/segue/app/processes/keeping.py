"""Keeping the house: what must be done now and then, beside the loop.

One thread of worker 0 rotates the tables of seen message ids, archives the log into the lake when a
flush is due, compacts closed days, finishes erasures and drops what every consumer has passed. Each
chore takes its own lock, can be killed anywhere and is simply done again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from segue import flow
from segue.app import erase
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.logs import Log
from segue.collect.dedupe import rotate
from segue.errors import SegueError

_LOG = Log("segue.keeper")

EVERY = 1.0
"""Seconds between two looks at what is due."""

ROTATE_EVERY = 600.0
COMPACT_EVERY = 300.0
ERASE_EVERY = 5.0


class Keeper(threading.Thread):
    """The chores' thread; ends when ``stop`` is set."""

    def __init__(self, installation: Installation, stop: threading.Event) -> None:
        super().__init__(name="keeper", daemon=True)
        self.installation = installation
        self.stop = stop
        self.lake = lake_of(installation)
        self._due: dict[str, float] = {}

    def run(self) -> None:
        """Do what is due, again and again; a chore that fails is reported and tried again."""
        while not self.stop.wait(EVERY):
            try:
                self._every(ROTATE_EVERY, self.rotate)
                self.lake.archive_if_due()
                self._every(ERASE_EVERY, self.erase)
                self._every(COMPACT_EVERY, self.lake.compact)
            except SegueError as error:
                _LOG.warning("chore_failed", code=error.code, message=error.message)

    def erase(self) -> None:
        """Finish the erasures that were asked for."""
        erase.finish(self.installation, self.lake)

    def rotate(self) -> None:
        """Drop the tables of message ids that are old enough, as seen from where the loop is."""
        with self.installation.database.transaction() as session:
            waiting = session.fetch(flow.OLDEST_WAITING)
            now = min([self.installation.clock.now(), *(received for (received,) in waiting)])
            rotate(session, now, self.installation.settings.dedupe_days)

    def _every(self, seconds: float, chore: Callable[[], object]) -> None:
        moment = time.monotonic()
        if moment >= self._due.get(chore.__name__, 0.0):
            chore()
            self._due[chore.__name__] = moment + seconds
