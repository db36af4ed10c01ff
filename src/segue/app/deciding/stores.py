"""Which stores the shop has, from memory."""

from __future__ import annotations

import time
from collections.abc import Set
from typing import Final

from segue.ports.database import Session
from segue.ports.statements import statements

FRESH: Final = 1.0
"""Seconds for which it is taken that nothing was told of a store that is not known."""

_SQL = statements("segue.app.deciding", "stores.sql")


class Stores:
    """Stores of one installation. Used by one thread at a time."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._looked = -FRESH

    def strange(self, session: Session, named: Set[str]) -> Set[str]:
        """Which of these the shop does not have; none where it has told of no store at all.

        Stores are added and never removed, so one that is known is not looked for again.
        """
        if named <= self._known:
            return frozenset()
        if time.monotonic() - self._looked >= FRESH:
            self._known = frozenset(store for (store,) in session.fetch(_SQL["stores"]))
            self._looked = time.monotonic()
        return named - self._known if self._known else frozenset()
