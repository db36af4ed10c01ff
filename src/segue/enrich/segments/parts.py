"""What segments seldom ask for, loaded only when one does: predictions, orders and sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from segue.domain.order import DAY
from segue.domain.rules import Rules
from segue.enrich import store
from segue.enrich.behaviour import sessions_part
from segue.enrich.golden import in_view, states_of, together
from segue.enrich.purchases import counts, orders_part, orders_read
from segue.enrich.segments.facts import PREDICTED
from segue.enrich.segments.typed import orders_asked, sessions_asked
from segue.enrich.sessions import IDLE, sessions_of
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.enrich.segments", "judging.sql")


class Whole(NamedTuple):
    """Orders and sessions of a record as conditions ask for them, and when time alone changes them."""

    orders: Mapping[str, Any]
    sessions: Mapping[str, Any]
    due: int | None


def whole(session: Session, persons: Sequence[bytes], rules: Rules, now: int) -> dict[bytes, Whole]:
    """Of these persons, from all that is known of them: the summaries too, so it costs."""
    found: dict[bytes, Whole] = {}
    for person_id, parts in store.read_persons(session, persons).items():
        summary = together(states_of(parts, in_view(parts, "certain")), rules)
        orders = orders_read(summary)
        moments = [session.end + IDLE + 1 for session in sessions_of(summary)]
        placed = [order.placed for order in orders if counts(order)]
        moments += [placed[-1] + (max(0, now - placed[-1]) // DAY + 1) * DAY] if placed else []
        found[person_id] = Whole(
            orders_asked(orders_part(orders, now)),
            sessions_asked(sessions_part(summary, now)),
            min((each for each in moments if each > now), default=None),
        )
    return found


Prediction = dict[str, Any]
""":data:`PREDICTED`, and ``model`` (``name@version``), which no condition may ask for: a training alone would
move people between segments.
"""

_COLUMNS = (*PREDICTED, "model")


def predictions(session: Session, fragments: Sequence[bytes]) -> dict[bytes, dict[str, Prediction]]:
    """Fragment → name → what models predicted."""
    found: dict[bytes, dict[str, Prediction]] = {}
    for fragment, name, *values in session.fetch(_SQL["predictions"], ids=list(fragments)):
        found.setdefault(fragment, {})[name] = dict(zip(_COLUMNS, values, strict=True))
    return found


def newest(
    held: Mapping[bytes, Mapping[str, Prediction]], fragments: Sequence[bytes]
) -> dict[str, Prediction]:
    """Of several that stand under a person's fragments, the last one."""
    best: dict[str, tuple[int, bytes, Prediction]] = {}
    for fragment in fragments:
        for name, row in held.get(fragment, {}).items():
            if name not in best or (row["at"], fragment) > best[name][:2]:
                best[name] = (row["at"], fragment, row)
    return {name: row for name, (_at, _fragment, row) in best.items()}
