"""Acceptance of actions, learnt anew at each training from what became of slots: what new actions begin with.

A slot counts where nobody is known to whom it was shown, and where whoever it was shown to consents to
personalisation as of now. What was erased is no slot any more, so the next training knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from segue.app.installation import Installation
from segue.app.learning.consenting import consenting
from segue.decide.belief import Belief, Cell, Sort, learn
from segue.decide.kept import numbers_of
from segue.domain.order import DAY
from segue.ports.database import Session
from segue.ports.statements import statements

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SQL = statements("segue.app.learning", "acceptance.sql")

LOOK_BACK = 365 * DAY
MOST = 500_000
"""Slots that are learnt from, the newest."""


def train(installation: Installation) -> int:
    """Learn; answers from how many slots."""
    now = installation.clock.now()
    with installation.database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["seen"], since=now - LOOK_BACK, limit=MOST)
    agree = consenting(installation, {row[-1].hex() for row in rows if row[-1] is not None})
    used = [row for row in rows if row[-1] is None or row[-1].hex() in agree]
    kinds = {each.name: each.kind for each in installation.rules().actions}
    found = learn(_cells(used, kinds))
    with installation.database.transaction() as session:
        if found is None:
            session.execute(_SQL["unlearn"])
        else:
            session.execute(_SQL["believe"], body=msgspec.msgpack.encode(found), at=now, slots=len(used))
    return len(used)


def believed(session: Session) -> Belief | None:
    """What was learnt last."""
    rows = session.fetch(_SQL["belief"])
    return msgspec.msgpack.decode(rows[0][0], type=Belief) if rows else None


def _cells(rows: list[tuple[Any, ...]], kinds: Mapping[str, str]) -> list[Cell]:
    """Sums by sort; of rows whose features are those of today."""
    import numpy as np

    from segue.app.deciding.moment import FEATURES

    of: dict[Sort, tuple[list[NDArray[np.float64]], list[bool]]] = {}
    for _, action, group, channel, features, lift, rewarded, _ in rows:
        numbers = numbers_of(features)
        if len(numbers) != len(FEATURES) or action not in kinds:
            continue
        taken, won = of.setdefault(Sort(kinds[action], group, channel), ([], []))
        taken.append(np.array(numbers) * lift)
        won.append(rewarded)
    found = []
    for sort, (taken, won) in sorted(of.items(), key=lambda each: repr(each[0])):
        x = np.array(taken)
        found.append(Cell(sort, x.T @ x, np.array(won, np.float64) @ x))
    return found
