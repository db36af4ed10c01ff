"""What the demo does by hand, once: two persons merged and separated, one erased. All of it is audited.

The installation itself remembers what was done, under the demo's own name as actor; a demo that is run
again, or that was interrupted in the middle, goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from segue.app import erase
from segue.app.installation import Installation
from segue.app.persons import Persons
from segue.errors import ConflictError, NotFoundError
from segue.ports.statements import statements

ACTOR = "segue demo"

_SQL = statements("segue.app.demo", "story.sql")
_PATIENCE = 300.0


class Undone(NamedTuple):
    """A merge that was undone."""

    persons: tuple[str, str]
    link_id: str
    #: microseconds UTC
    merged_at: int
    unmerged_at: int


def merge_undone(
    installation: Installation, persons: Persons, choose: Callable[[], tuple[str, str] | None]
) -> Undone | None:
    """The merge that the demo has undone: found if it still stands, made if not; None without candidates."""
    _finish_interrupted(installation, persons)
    found = _still_undone(installation, persons)
    if found is not None:
        return found
    pair = choose()
    if pair is None:
        return None
    merged = persons.merge(*pair, actor=ACTOR)
    persons.unmerge(merged.person_id, merged.link_id, actor=ACTOR)
    return _still_undone(installation, persons)


def _finish_interrupted(installation: Installation, persons: Persons) -> None:
    """Undo a merge that a demo before this one had no time to."""
    merges, unmerges = _done(installation)
    for link, (_, detail) in merges.items():
        if link not in unmerges:
            try:
                persons.unmerge(detail["of"][0], link, actor=ACTOR)
            except (NotFoundError, ConflictError):
                continue  # somebody was quicker, or one of them was erased


def _still_undone(installation: Installation, persons: Persons) -> Undone | None:
    merges, unmerges = _done(installation)
    for link, (at, detail) in unmerges.items():
        one, other = detail["persons"]
        try:
            two = persons.show(one).person_id != persons.show(other).person_id
        except NotFoundError:
            continue
        if two and link in merges:
            return Undone((one, other), link, merges[link][0], at)
    return None


_Acts = dict[str, tuple[int, dict[str, Any]]]


def _done(installation: Installation) -> tuple[_Acts, _Acts]:
    """The demo's merges and unmerges by link, newest first, each with its time and its detail."""
    with installation.database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["acts"], actor=ACTOR)
    acts: dict[str, _Acts] = {"persons merged": {}, "unmerge": {}}
    for at, act, text in rows:
        if act in acts:
            detail = msgspec.json.decode(text)
            acts[act].setdefault(detail["link"], (at, detail))
    return acts["persons merged"], acts["unmerge"]


def proof_of_leaving(installation: Installation, person: bytes) -> erase.Proof:
    """The proof that ``person`` is erased, who is erased now unless it was done before.

    ConflictError when another process does not finish it in time.
    """
    with installation.database.transaction(read_only=True) as session:
        before = session.fetch(_SQL["erasures"], actor=ACTOR)
    erasure_id = before[0][0] if before else erase.ask(installation, person, by=ACTOR)
    deadline = time.monotonic() + _PATIENCE
    while True:
        erase.finish(installation)
        try:
            return erase.proof_of(installation, erasure_id)
        except ConflictError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
