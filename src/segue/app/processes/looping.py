"""The loop beside a long command: worker processes of our own unless a server runs, and waiting for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from segue.app.directory import server_record
from segue.app.imports.run import Progress
from segue.app.installation import Installation
from segue.app.processes.children import GRACE, Child, worker_child
from segue.errors import UnavailableError
from segue.ports.statements import statements

_SQL = statements("segue.app.processes", "looping.sql")


@contextmanager
def looping(installation: Installation) -> Iterator[None]:
    """Workers run while the block does, started again when they die; those of a running server are enough."""
    if server_record(installation.data) is not None:
        yield
        return
    children = [
        worker_child(number, installation.data, installation.url) for number in range(installation.workers())
    ]
    over = threading.Event()
    tending = threading.Thread(target=_tend, args=(children, over), name="tend", daemon=True)
    for child in children:
        child.start()
    tending.start()
    try:
        yield
    finally:
        over.set()
        tending.join()
        for child in children:
            child.stop(GRACE)


def _tend(children: Sequence[Child], over: threading.Event) -> None:
    while not over.wait(0.2):
        for child in children:
            child.tend()


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
