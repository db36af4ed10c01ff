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
_MERGED, _UNMERGED = "persons merged", "unmerge"


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


class _Act(NamedTuple):
    at: int
    act: str
    detail: dict[str, Any]


def _finish_interrupted(installation: Installation, persons: Persons) -> None:
    """Undo a merge that a demo before this one had no time to."""
    for link, (latest, *_) in _done(installation).items():
        if latest.act == _MERGED:
            try:
                persons.unmerge(latest.detail["of"][0], link, actor=ACTOR)
            except (NotFoundError, ConflictError):
                continue  # somebody was quicker, or one of them was erased


def _still_undone(installation: Installation, persons: Persons) -> Undone | None:
    for link, acts in _done(installation).items():
        latest, merged = acts[0], next((each for each in acts if each.act == _MERGED), None)
        if latest.act == _MERGED or merged is None:
            continue
        one, other = latest.detail["persons"]
        try:
            two = persons.show(one).person_id != persons.show(other).person_id
        except NotFoundError:
            continue
        if two:
            return Undone((one, other), link, merged.at, latest.at)
    return None


def _done(installation: Installation) -> dict[str, list[_Act]]:
    """The demo's merges and unmerges by link, newest first."""
    with installation.database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["acts"], actor=ACTOR)
    acts: dict[str, list[_Act]] = {}
    for at, act, text in rows:
        if act in {_MERGED, _UNMERGED}:
            detail = msgspec.json.decode(text)
            acts.setdefault(detail["link"], []).append(_Act(at, act, detail))
    return acts


def proof_of_leaving(installation: Installation, person: bytes) -> erase.Proof:
    """The proof that ``person`` is erased, who is erased now unless it was done before.

    Whoever takes a snapshot is waited for. ConflictError when another process does not finish it in time;
    UnavailableError when the snapshot takes longer.
    """
    with installation.database.transaction(read_only=True) as session:
        before = session.fetch(_SQL["erasures"], actor=ACTOR)
    erasure_id = before[0][0] if before else erase.ask(installation, person, by=ACTOR)
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            erase.finish(installation, patience=deadline - time.monotonic())
            return erase.proof_of(installation, erasure_id)
        except ConflictError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
