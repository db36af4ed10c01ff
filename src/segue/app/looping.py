"""The loop beside a long command: worker processes of our own unless a server runs, and waiting for them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from segue.app.importing import Progress
from segue.app.installation import Installation, server_record
from segue.errors import UnavailableError
from segue.ports.statements import statements

_SQL = statements("segue.app", "demo.sql")
_GRACE = 15.0


@contextmanager
def looping(installation: Installation) -> Iterator[None]:
    """Workers run while the block does; those of a running ``segue serve`` are enough."""
    if server_record(installation.data) is not None:
        yield
        return
    command = [sys.executable, "-m", "segue.app.process", "--data", str(installation.data)]
    command += ["--database-url", installation.url]
    children = [
        subprocess.Popen([*command, "--worker", str(worker)])  # noqa: S603 - our own module
        for worker in range(installation.workers())
    ]
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(_GRACE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_for_loop(
    installation: Installation, watch: Callable[[Progress], None] | None = None, patience: float = 60.0
) -> None:
    """Until all that is in the log now is applied; UnavailableError when nothing moves for ``patience``."""
    with installation.database.transaction(read_only=True) as session:
        head = installation.log.head(session)
        first = at = int(session.fetch(_SQL["processed"])[0][0])
    begun = moved = time.monotonic()
    while at < head:
        time.sleep(0.1)
        with installation.database.transaction(read_only=True) as session:
            reached = int(session.fetch(_SQL["processed"])[0][0])
        moment = time.monotonic()
        if reached > at:
            at, moved = reached, moment
        elif moment - moved > patience:
            raise UnavailableError("the loop does not move", cure="see the workers' messages, `segue status`")
        if watch is not None:
            done = (at - first) / max(head - first, 1)
            watch(
                Progress(
                    file="the loop",
                    phase="applying",
                    fraction=done,
                    rows=at - first,
                    events=at - first,
                    rejected=0,
                    seconds=moment - begun,
                )
            )
