"""The process that takes a snapshot, and when it is started.

Started as ``python -m segue.app.processes.snapshotting`` by worker 0, and ends with it: a snapshot of many
persons takes minutes of a processor, which the loop is not to wait for. It can be killed anywhere: the
present snapshot stays until a new one is whole.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from segue.app.installation import Installation, connect
from segue.app.logs import Log
from segue.app.processes.children import GRACE, Child, end_with_parent
from segue.app.segments.snapshot import Snapshots
from segue.app.segments.taking import is_due, take
from segue.errors import SegueError

MODULE = "segue.app.processes.snapshotting"

YIELDING = 15
"""How nice it is: everything else goes first."""

_LOG = Log("segue.snapshot")


def main() -> None:
    """Parse the worker's arguments, take one snapshot, end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    chosen = parser.parse_args()
    os.nice(YIELDING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is the supervisor's to handle
    end_with_parent()
    installation = connect(chosen.data, chosen.database_url)
    try:
        take(installation, Snapshots(installation))
    except SegueError as error:
        _LOG.warning("snapshot_failed", code=error.code, message=error.message)
        sys.exit(1)
    finally:
        installation.close()


class Shutter:
    """Starts the process when a snapshot is due; one at a time."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._snapshots = Snapshots(installation)
        self._child: Child | None = None

    def look(self) -> bool:
        """Start it if it is time to; answers whether it runs."""
        if self._child is not None and self._child.process is not None:
            if self._child.process.poll() is None:
                return True
            self._child.stop(0.0)
            self._child = None
        if not is_due(self._installation, self._snapshots):
            return False
        place = ["--data", str(self._installation.data), "--database-url", self._installation.url]
        self._child = Child("snapshot", [sys.executable, "-m", MODULE, *place])
        self._child.start()
        return True

    def stop(self) -> None:
        """End it, whole or not."""
        if self._child is not None:
            self._child.stop(GRACE)


if __name__ == "__main__":
    main()
