"""Filling the log, running the loop over it, and the bare loop that it is held against."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from bench import shop, stage
from segue import flow
from segue.app.installation import Installation
from segue.app.keeping import Keeper
from segue.domain.drafts import Sender
from segue.domain.events import decode_event
from segue.ports.database import Session
from segue.ports.log import SLOTS
from segue.ports.statements import Statement

WEB = Sender(source="web", trusted=False)

_SIZES = Statement(
    "sizes", "bytes of each record", "select fragment_id, octet_length(state) from fragment_state"
)
_BARE_TABLE = Statement(
    "bare_table",
    "states without a meaning, kept as fragment_state keeps them",
    "create table bare_state (fragment_id bytea primary key, state bytea not null) with (fillfactor = 50)",
)
_BARE_STORAGE = Statement(
    "bare_storage",
    "not compressed, likewise",
    "alter table bare_state alter column state set storage external",
)
_BARE_POSITION = Statement(
    "bare_position", "the bare loop's position", "create table bare_position (position bigint not null)"
)
_BARE_START = Statement("bare_start", "its one row", "insert into bare_position values (0)")
_BARE_COPY = Statement(
    "bare_copy", "begin where the loop begins", "insert into bare_state select * from fragment_state"
)
_BARE_SAVE = Statement(
    "bare_save",
    "write a batch of states",
    "insert into bare_state select * from unnest(%(ids)s::bytea[], %(states)s::bytea[]) "
    "on conflict (fragment_id) do update set state = excluded.state",
)
_BARE_ADVANCE = Statement(
    "bare_advance", "commit the offset", "update bare_position set position = %(position)s"
)
_DROP_STATE = Statement("drop_state", "for another run", "drop table if exists bare_state")
_DROP_POSITION = Statement("drop_position", "for another run", "drop table if exists bare_position")


class Run(NamedTuple):
    """One run of the loop over what waited in the log."""

    events: int
    seconds: float
    #: offset before the first event
    after: int
    #: entries in each micro-batch
    batches: list[int]

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


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


def run_loop(installation: Installation) -> Run:
    """The loop until nothing waits, with the keeper (archive, rotation) in its own thread as in a worker."""
    settle(installation)
    after, _ = stage.position(installation)
    stop = threading.Event()
    keeper = Keeper(installation, stop)
    keeper.start()
    batches: list[int] = []
    began = time.perf_counter()
    try:
        while (read := installation.step().read) > 0:
            batches.append(read)
        seconds = time.perf_counter() - began
    finally:
        stop.set()
        keeper.join()
    return Run(sum(batches), seconds, after, batches)


def settle(installation: Installation) -> None:
    """Nothing of what went before is written during what comes next."""
    with installation.database.transaction() as session:
        session.execute(stage.ANALYZE)
        session.execute(stage.CHECKPOINT)


def prepare_bare(installation: Installation) -> None:
    """Tables for the bare loop, holding what the loop's own hold now."""
    with installation.database.transaction() as session:
        for statement in (
            _DROP_STATE,
            _DROP_POSITION,
            _BARE_TABLE,
            _BARE_STORAGE,
            _BARE_POSITION,
            _BARE_START,
            _BARE_COPY,
        ):
            session.execute(statement)


class Bare(NamedTuple):
    """What the bare loop did with the same log."""

    rate: float
    #: mean bytes of the states it wrote, which are the sizes that the loop's had at the end
    bytes_a_record: int
    writes: int


def run_bare(installation: Installation, run: Run) -> Bare:
    """Read the same batches, decode them, write as many bytes for the same fragments, commit the offset.

    No rules, no dedupe, no fold, no links; the same connection settings and the same kind of commit.
    """
    with installation.database.transaction(read_only=True) as session:
        sizes = {bytes(fragment): int(size) for fragment, size in session.fetch(_SIZES)}
    noise = os.urandom(max(sizes.values()))
    settle(installation)
    written: list[int] = []
    after = run.after
    began = time.perf_counter()
    for limit in run.batches:
        with installation.database.transaction(durable=False) as session:
            after = _bare_step(installation, session, after, limit, sizes, noise, written)
    seconds = time.perf_counter() - began
    return Bare(run.events / seconds, round(sum(written) / len(written)), len(written))


def _bare_step(
    installation: Installation,
    session: Session,
    after: int,
    limit: int,
    sizes: dict[bytes, int],
    noise: bytes,
    written: list[int],
) -> int:
    entries = installation.log.read(session, slots=range(SLOTS), after=after, limit=limit)
    if len(entries) != limit:
        raise AssertionError("the log no longer holds what the loop read: the yardstick would be wrong")
    touched = {decode_event(entry.payload).fragment_id: None for entry in entries}
    states: Sequence[bytes] = [noise[: sizes.get(fragment, 0)] for fragment in touched]
    session.execute(_BARE_SAVE, ids=list(touched), states=list(states))
    session.execute(_BARE_ADVANCE, position=entries[-1].offset)
    written.extend(map(len, states))
    return entries[-1].offset
