"""What was learnt, in memory: one mind a placement, made anew while questions are answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from segue.app.deciding.beforehand import Beforehand, Menus
from segue.app.deciding.moment import FEATURES
from segue.decide import controls, store
from segue.decide.bandit import Arm, Learnt
from segue.errors import SegueError
from segue.ports.database import Database, Session

FRESH_FOR = 1_000_000
"""Microseconds for which minds are used without looking whether more was learnt."""


class Present(NamedTuple):
    """Minds of one moment."""

    #: grows with everything that is learnt
    changes: int
    minds: Mapping[str, Learnt]


class Minds:
    """The minds of all placements. Used by one thread at a time, and by one of its own."""

    def __init__(self, database: Database, menus: Menus) -> None:
        self._database = database
        self._menus = menus
        self._present = Present(0, {})
        self._looked = -FRESH_FOR
        self._beside: ThreadPoolExecutor | None = None
        self._coming: Future[Present] | None = None

    def close(self) -> None:
        """Look no more."""
        if self._beside is not None:
            self._beside.shutdown(wait=True)
            self._beside = None

    def of(self, placements: Iterable[str], now: int) -> Present:
        """The minds of these placements; one that was never asked for is waited for. UnavailableError.

        Whether something was learnt is looked at once a second, and minds are made anew, while questions are
        answered by those at hand.
        """
        self._take()
        missing = set(placements) - self._present.minds.keys()
        if missing:
            changes, minds = self._made(missing)
            first = not self._present.minds
            self._present = Present(
                changes if first else self._present.changes, {**self._present.minds, **minds}
            )
            self._looked = now if first else self._looked
        elif abs(now - self._looked) >= FRESH_FOR and self._coming is None:
            self._looked = now
            if self._beside is None:
                self._beside = ThreadPoolExecutor(1, thread_name_prefix="segue-minds")
            self._coming = self._beside.submit(self._look, self._present)
        return self._present

    def _take(self) -> None:
        """What was made beside, if it is there; those that were missing meanwhile are kept."""
        if self._coming is None or not self._coming.done():
            return
        coming, self._coming = self._coming, None
        try:
            found = coming.result()
        except SegueError:
            return  # the database is away; questions will say so
        self._present = Present(found.changes, {**self._present.minds, **found.minds})

    def _look(self, before: Present) -> Present:
        """The same minds when nothing was learnt, else new ones, ready to be asked the same questions."""
        with self._database.transaction(read_only=True) as session:
            changes = _changes(session)
        if changes == before.changes:
            return before
        after = self._made(before.minds.keys())
        for name, mind in after.minds.items():
            mind.warm(before.minds[name])
        return after

    def _made(self, placements: Iterable[str]) -> Present:
        """What was learnt of these placements."""
        names = sorted(placements)
        with self._database.transaction(read_only=True) as session:
            changes = _changes(session)  # before the arms: what comes between is looked at again
            rows = store.arms(session, names)
            watched = controls.arms(session, names)
            before = Beforehand(session, self._menus)
        arms, bought = _by_placement(names, rows), _by_placement(names, watched)
        return Present(
            changes,
            {
                name: Learnt(len(FEATURES), hers, before.priors(name), before.lifts(name), bought[name])
                for name, hers in arms.items()
            },
        )


def _by_placement(
    names: Iterable[str], rows: Mapping[tuple[str, str], tuple[Arm, int]]
) -> dict[str, dict[str, Arm]]:
    """Placement → action → what was learnt of it by the features of today."""
    found: dict[str, dict[str, Arm]] = {name: {} for name in names}
    for (placement, action), (arm, _) in rows.items():
        if len(arm.reward) == len(FEATURES):
            found[placement][action] = arm
    return found


def _changes(session: Session) -> int:
    [(changes,)] = session.fetch(store.SQL["changes"])
    return int(changes)
