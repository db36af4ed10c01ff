"""What a round has shown so far, which the database does not know yet: it counts for whoever comes next."""

from __future__ import annotations

import msgspec

from segue.app.deciding.gathering import Case
from segue.decide.asked import Contact, Known
from segue.decide.decided import Decision
from segue.decide.menu import Choice
from segue.decide.store import answer_of, holds_pieces


class Ledger:
    """What this round has shown so far, which the database does not know yet."""

    def __init__(self) -> None:
        self._contacts: dict[bytes, list[Contact]] = {}
        self._taken: dict[tuple[str, str | None], int] = {}
        self._everybody: dict[str, int] = {}
        #: percent that they were offered
        self._held: dict[bytes, dict[str, int]] = {}

    def counted(self, case: Case) -> Known:
        """What is known with what was shown in this round."""
        known = case.known
        if not self._contacts and not self._taken and not self._everybody:
            return known
        owner, store = case.seen.owner, case.ask.store
        mine = () if owner is None else tuple(self._contacts.get(owner, ()))
        stock = {
            sku: left - self._taken.get((sku, store), 0) for sku, left in known.stock.items()
        }  # fmt: skip
        everybody = {key: used + self._everybody.get(key, 0) for key, used in known.everybody.items()}
        offered = None if owner is None else self._held.get(owner)
        return msgspec.structs.replace(
            known,
            contacts=known.contacts + mine,
            stock=stock,
            everybody=everybody,
            held={**known.held, **offered} if offered else known.held,
        )

    def add(self, case: Case, decision: Decision, decision_id: bytes) -> None:
        """What a decision shows counts from now on."""
        if decision.fallback:
            return
        for slot in decision.slots:
            choice = case.menu.choice(slot.action)
            if choice is not None:
                self._take(case, choice, slot.discount, answer_of(decision_id))

    def _take(self, case: Case, choice: Choice, discount: int, answer: int) -> None:
        action, moment = choice.action, case.moment
        if action.sku is not None and holds_pieces(case.menu.placement, case.seen.owner):
            key = action.sku, case.ask.store
            self._taken[key] = self._taken.get(key, 0) + 1
        for counted, _, _ in choice.limits.everybody:
            self._everybody[counted] = self._everybody.get(counted, 0) + 1
        if case.seen.fragment is None:
            return
        channel = case.menu.placement.touchpoint
        when = moment.day, moment.hour, moment.minute
        told = Contact(action.name, action.group, channel, "returned", *when, answer)
        for owner in {case.seen.owner, case.seen.person}:
            if owner is not None:
                self._contacts.setdefault(owner, []).append(told)
                self._held.setdefault(owner, {})[action.name] = discount
