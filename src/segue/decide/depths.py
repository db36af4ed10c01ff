"""What became of actions at each depth of discount, in the database; within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from segue.decide.bandit import DAILY
from segue.decide.elasticity import OTHERS, AtDepth, Lift, learn
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.decide", "depths.sql")


class Became(NamedTuple):
    """A slot of which something was learnt."""

    placement: str
    action: str
    discount: int
    #: 1 for what was now seen, now accepted, else 0
    seen: int
    accepted: int


def add(session: Session, became: Iterable[Became], day: int) -> None:
    """Count them. Whoever learns is alone (``lock_arms``)."""
    sums: dict[tuple[str, str, int], tuple[int, int]] = {}
    for each in became:
        key = each.placement, each.action, each.discount
        seen, accepted = sums.get(key, (0, 0))
        sums[key] = seen + each.seen, accepted + each.accepted
    for (placement, action, discount), (seen, accepted) in sorted(sums.items()):
        session.execute(
            _SQL["add"], placement=placement, action=action, discount=discount, seen=seen, accepted=accepted,
            day=day, daily=DAILY,
        )  # fmt: skip


def lifts(session: Session) -> Mapping[str, Mapping[str, Lift]]:
    """Placement → action → how acceptance answers a discount; :data:`OTHERS` stands for what is not named.

    Actions of all placements learn from each other; a placement of which nothing is known has no entry but
    :data:`OTHERS`, under :data:`OTHERS`.
    """
    counts: dict[tuple[str, str], list[AtDepth]] = {}
    for placement, action, discount, seen, accepted, _ in session.fetch(_SQL["depths"]):
        counts.setdefault((placement, action), []).append(AtDepth(discount, seen, accepted))
    found = learn({f"{placement}\0{action}": each for (placement, action), each in counts.items()})
    others = found.pop(OTHERS)
    told: dict[str, dict[str, Lift]] = {OTHERS: {OTHERS: others}}
    for key, lift in found.items():
        placement, _, action = key.partition("\0")
        told.setdefault(placement, {OTHERS: others})[action] = lift
    return told
