"""How long decisions are kept: a setting, after which they are deleted, some at a time."""

from __future__ import annotations

from typing import Final

from segue.domain.order import DAY
from segue.ports.database import Database
from segue.ports.statements import statements

_SQL = statements("segue.app.deciding", "retention.sql")

AT_ONCE: Final = 5_000
"""Rows that one transaction deletes: nobody who decides waits for it."""
PORTIONS: Final = 40
"""Portions of one chore; what is left is for the next."""


def forget_old(database: Database, now: int, days: int, *, at_once: int = AT_ONCE) -> int:
    """Delete decisions and what became of their slots once they are ``days`` old; answers how many rows.

    What was learnt of them stays. Caps that count for ever count for as long as this.
    """
    before, deleted = now - days * DAY, 0
    for name in ("old_contacts", "old_decisions"):
        for _ in range(PORTIONS):
            with database.transaction(durable=False) as session:
                gone = session.execute(_SQL[name], before=before, most=at_once)
            deleted += gone
            if gone < at_once:
                break
    return deleted
