"""What became of controls (:mod:`segue.decide.anyway`), in the database.

A control is kept with its decision where it is known who was there, until nothing more will be heard of it:
as long as a slot of its action would be credited with an order, and :data:`LATE` more for orders that are
told late. An order marks it, whenever it comes and however often; then it is counted, once, and deleted. So
what is learnt is as old as that window, and outlives whoever bought only as a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from segue.decide import store
from segue.decide.bandit import Arm, aged, rewarded, saw
from segue.decide.kept import Kept, doubles, numbers_of
from segue.decide.menu import Menu
from segue.decide.outcomes import Told
from segue.domain.actions import Action, span
from segue.domain.order import DAY
from segue.ports.database import Bound, Database, Session
from segue.ports.statements import statements

_SQL = statements("segue.decide", "controls.sql")

LATE: Final = 2 * DAY
"""How much later than it happened an order may be told, to count still."""
AT_ONCE: Final = 5_000
"""Controls that one transaction counts."""
PORTIONS: Final = 40
"""Portions of one chore; what is left is for the next."""


def keeping(kept: Iterable[Kept], menus: Mapping[str, Menu]) -> list[Bound]:
    """Write the controls of these decisions; beside :func:`segue.decide.store.keeping`."""
    rows = []
    for each in kept:
        name = each.decision.control
        choice = None if name is None else menus[each.placement].choice(name)
        if choice is None or each.fragment_id is None:
            continue
        action = choice.action
        rows.append((
            each.fragment_id, each.decision_id, each.placement, action.name, action.sku, each.at,
            each.at + span(action.attribution), doubles(each.given.known.features),
        ))  # fmt: skip
    if not rows:
        return []
    names = ("fragments", "decisions", "placements", "actions", "skus", "at", "until", "features")
    columns = map(list, zip(*rows, strict=True))
    return [Bound(_SQL["keep"], dict(zip(names, columns, strict=True)))]


def bought(session: Session, told: Sequence[Told], actions: Iterable[Action], now: int) -> None:
    """Mark controls whose product was ordered in their time; the order of arrival does not matter.

    Orders that are older than any control of these actions at ``now`` (an import's) are passed over.
    """
    since = now - LATE - max((span(each.attribution) for each in actions), default=0)
    rows = [(each.fragment_id, sku, each.at) for each in told if each.at >= since for sku in each.skus]
    if rows:
        columns = map(list, zip(*rows, strict=True))
        session.execute(_SQL["bought"], **dict(zip(("fragments", "skus", "at"), columns, strict=True)))


def settle(database: Database, now: int, day: int, *, at_once: int = AT_ONCE) -> int:
    """Count controls whose time is over and delete them, some at a time; answers how many.

    ``day`` is the local day, as of which counts are faded.
    """
    settled = 0
    for _ in range(PORTIONS):
        with database.transaction(durable=False) as session:
            found = session.fetch(_SQL["settle"], before=now - LATE, most=at_once)
            _count(session, [row for row in found if row[3] is not None], day)
        settled += len(found)
        if len(found) < at_once:
            break
    return settled


def _count(session: Session, rows: Sequence[tuple[Any, ...]], day: int) -> None:
    """Add controls (placement, action, features, bought) to what was learnt; whoever learns is alone."""
    if not rows:
        return
    session.execute(store.SQL["lock_arms"])
    known = arms(session, sorted({row[0] for row in rows}))
    found: dict[tuple[str, str], Arm | None] = {}
    for placement, action, packed, was_bought in rows:
        key, features = (placement, action), numbers_of(packed)
        if key not in found:
            before = known.get(key)
            found[key] = None if before is None else aged(before[0], max(day - before[1], 0))
        arm = found[key]
        # what was learnt from other features is begun anew
        arm = saw(arm if arm is not None and len(arm.reward) == len(features) else None, features)
        found[key] = rewarded(arm, features) if was_bought else arm
    for (placement, action), counted in sorted(found.items()):
        if counted is not None:
            session.execute(
                _SQL["count"], placement=placement, action=action, square=doubles(counted.square),
                reward=doubles(counted.reward), seen=counted.seen, day=day,
            )  # fmt: skip


def arms(session: Session, placements: Sequence[str]) -> dict[tuple[str, str], tuple[Arm, int]]:
    """(placement, action) → what was learnt of its controls, and the local day as of which it was aged."""
    return store.arms_of(session.fetch(_SQL["counted"], placements=list(placements)))


def forget(session: Session, ids: Sequence[bytes]) -> None:
    """Remove what was watched of these fragments."""
    session.execute(_SQL["forget"], ids=list(ids))
