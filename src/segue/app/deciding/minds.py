"""What was learnt, in memory: one mind a placement, looked at again when something new was learnt."""

from __future__ import annotations

from collections.abc import Iterable

from segue.app.deciding.moment import FEATURES
from segue.decide import store
from segue.decide.bandit import Arm, Learnt
from segue.ports.database import Session

FRESH_FOR = 1_000_000
"""Microseconds for which a mind is used without looking whether more was learnt."""


class Minds:
    """The minds of all placements. Used by one thread at a time."""

    def __init__(self) -> None:
        self._minds: dict[str, Learnt] = {}
        self._changes = -1
        self._looked = -FRESH_FOR

    @property
    def changes(self) -> int:
        """Grows with everything that is learnt."""
        return max(self._changes, 0)

    def refresh(self, session: Session, placements: Iterable[str], now: int) -> None:
        """Look whether something was learnt, at most once a second; load what is missing."""
        wanted = set(placements)
        if abs(now - self._looked) >= FRESH_FOR:
            self._looked = now
            [(changes,)] = session.fetch(store.SQL["changes"])
            if changes != self._changes:
                self._changes = changes
                self._minds.clear()
        missing = sorted(wanted - self._minds.keys())
        if not missing:
            return
        arms: dict[str, dict[str, Arm]] = {name: {} for name in missing}
        for (placement, action), (arm, _) in store.arms(session, missing).items():
            if len(arm.reward) == len(FEATURES):
                arms[placement][action] = arm
        for name, hers in arms.items():
            self._minds[name] = Learnt(len(FEATURES), hers)

    def of(self, placement: str) -> Learnt:
        """The mind of a placement that was asked for in :meth:`refresh`."""
        return self._minds[placement]
