"""The process of one import that was asked for over HTTP.

Started as ``python -m segue.app.processes.importing`` by a web process, and ends with it. It says twice
a second that it is alive and how far it has come. It can be killed anywhere: what is in the log stays
there, and running the import again doubles nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

from segue.app.imports import jobs
from segue.app.imports.inbox import Inbox
from segue.app.imports.run import ImportReport, Progress, import_file
from segue.app.imports.views import ImportFault, ImportOutcome, ImportProgress, RejectedReason, State
from segue.app.installation import Installation, connect
from segue.app.logs import Log
from segue.app.processes.children import end_with_parent
from segue.errors import SegueError, UnavailableError

BEAT = 0.5
"""Seconds between two heartbeats."""

YIELDING = 10
"""How nice an import is: events that come, and the loop, go first."""

PATIENCE = 5.0
"""Seconds that an import has to stop by itself once it was told to."""

_LOG = Log("segue.importing")
_VALUE = re.compile(r"((?:column (?:'[^']*'|\"[^\"]*\")|the value): ).*(?= is (?:not|neither) )", re.DOTALL)


class StoppedError(BaseException):
    """SIGTERM came. No error: whatever catches errors shall let it through."""


def main() -> None:
    """Parse the web process's arguments and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--import-id", required=True)
    chosen = parser.parse_args()
    os.nice(YIELDING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is the supervisor's to handle
    signal.signal(signal.SIGTERM, _stop)
    try:
        end_with_parent()
        installation = connect(chosen.data, chosen.database_url)
        try:
            run_import(installation, chosen.import_id)
        finally:
            installation.close()
    except StoppedError:
        sys.exit(1)  # before it could begin, or after it had ended: whoever started it says so


def _stop(signum: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: the end must not be cut short
    raise StoppedError


def run_import(installation: Installation, import_id: str) -> None:
    """Bring the file in and say in the row how that ended."""
    job = jobs.job(installation, import_id)
    heart = Heart(installation, import_id)
    heart.start()
    state: State = "failed"
    report: ImportReport | None = None
    fault: ImportFault | None = None
    try:
        path = Inbox(installation.data).path(job.file)
        report = import_file(installation, path, job.mapping, job.source, heart.watch)
        state = "done"
    except StoppedError:
        state, fault = heart.why_stopped()
    except Exception as error:  # noqa: BLE001 - whoever asked must learn that it failed; the text stays here
        if _is_stopped():  # told to stop inside a library, which answered with an error of its own
            state, fault = heart.why_stopped()
        else:
            fault = _fault(error)
    heart.stop()
    outcome = None if report is None else _outcome(report)
    jobs.end(installation, import_id, state, progress=heart.progress, report=outcome, fault=fault)


def _is_stopped() -> bool:
    """Whether SIGTERM has come: it is heeded once."""
    return signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def _fault(error: Exception) -> ImportFault:
    if isinstance(error, SegueError):
        return ImportFault(code=error.code, message=error.message, cure=error.cure)
    _LOG.error("import_failed", kind=type(error).__name__)
    message = "this is a fault of Segue, and it has been logged"
    return ImportFault(code="internal", message=message, cure=None)


class Heart(threading.Thread):
    """Says twice a second that the import is alive, and hears whether it was cancelled."""

    def __init__(self, installation: Installation, import_id: str) -> None:
        super().__init__(name="heart", daemon=True)
        self.progress: ImportProgress | None = None
        self.cancelled = False
        self._installation = installation
        self._import_id = import_id
        self._over = threading.Event()

    def watch(self, progress: Progress) -> None:
        """Take what is to be told next."""
        self.progress = ImportProgress(
            phase=progress.phase,
            fraction=round(progress.fraction, 4),
            rows=progress.rows,
            events=progress.events,
            rejected=progress.rejected,
            seconds=round(progress.seconds, 3),
            remaining=None if progress.remaining is None else round(progress.remaining, 1),
        )

    def run(self) -> None:
        """Beat until it is over; a database that is away is waited for by the import itself."""
        while not self._over.wait(BEAT):
            with suppress(UnavailableError):
                if jobs.beat(self._installation, self._import_id, self.progress):
                    self.cancelled = True
                    os.kill(os.getpid(), signal.SIGTERM)
                    break
        if self.cancelled and not self._over.wait(PATIENCE):
            state, fault = self.why_stopped()  # it sorts, or waits for a disk: nothing is lost by leaving it
            jobs.end(self._installation, self._import_id, state, progress=self.progress, fault=fault)
            os._exit(0)

    def stop(self) -> None:
        """No more beats."""
        self._over.set()
        self.join()

    def why_stopped(self) -> tuple[State, ImportFault]:
        """The state of an import that SIGTERM ended, and what is said of it."""
        if self.cancelled:
            message = "the import was cancelled: what it had brought in stays in"
            cure = "run it again to bring in the rest; nothing will be doubled"
            return "cancelled", ImportFault(code="cancelled", message=message, cure=cure)
        return "interrupted", jobs.INTERRUPTED


def _outcome(report: ImportReport) -> ImportOutcome:
    """The report without anybody's values: it outlives an erasure."""
    return ImportOutcome(
        rows=report.rows,
        events=report.events,
        known=report.known,
        rejected=[
            RejectedReason(reason=each.reason, events=each.events, example=_unnamed(each.example))
            for each in report.rejected
        ],
        seconds=round(report.seconds, 3),
        trouble=report.trouble,
        cure=report.cure,
    )


def _unnamed(detail: str) -> str:
    """What was said of a cell without the cell's value; columns keep their names."""
    return _VALUE.sub(r"\1…", detail)


if __name__ == "__main__":
    main()
