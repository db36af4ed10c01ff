"""The facts of all persons at one moment, one person at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from segue.domain.conditions import Did
from segue.domain.rules import Rules
from segue.domain.rules.conditions import leaves
from segue.enrich import counting, store
from segue.enrich.behaviour import sessions_part
from segue.enrich.golden import PersonParts, in_view, states_of, together
from segue.enrich.purchases import orders_part, orders_read
from segue.enrich.segments import hidden, parts
from segue.enrich.segments.facts import PREDICTED, Facts
from segue.enrich.segments.typed import orders_asked, sessions_asked
from segue.enrich.traits.plan import TraitPlan, did_name, plan
from segue.enrich.traits.state import decode
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.segments", "snapshot.sql")


class _Beside:
    """Rows that come person by person, beside another stream of the same order."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=lambda row: row[0])
        self._ahead: tuple[bytes, list[tuple[Any, ...]]] | None = None
        self._next()

    def _next(self) -> None:
        found = next(self._groups, None)
        self._ahead = None if found is None else (found[0], list(found[1]))

    def of(self, person_id: bytes) -> list[tuple[Any, ...]]:
        """Hers; ask in the order of ids."""
        while self._ahead is not None and self._ahead[0] < person_id:
            self._next()
        return self._ahead[1] if self._ahead is not None and self._ahead[0] == person_id else []


class Everybody:
    """The facts of all persons at one moment, streamed; shared devices are nobody."""

    def __init__(self, session: Session, rules: Rules, now: int) -> None:
        self._session = session
        self._rules = rules
        self._now = now
        #: traits, and what segments' ``did`` are counted under
        self.traits = [*(trait.name for trait in rules.traits), *hidden_names(rules)]

    def __iter__(self) -> Iterator[tuple[PersonParts, Facts]]:
        self._session.by_index()
        persons = store.every_person(self._session)
        counted = _Beside(self._session.stream(_SQL["counted"]))
        members = _Beside(self._session.stream(_SQL["members"]))
        predicted = _Beside(self._session.stream(_SQL["predicted"]))
        ours = plan(self._rules, counting.standing(self._session).numbers)
        for person in persons:
            if any(row.shared for row in person.fragments):
                continue
            facts = self._facts(person, ours, counted.of(person.person_id))
            facts.predictions = _newest(predicted.of(person.person_id))
            facts.inside = {row[1] for row in members.of(person.person_id)}
            yield person, facts

    def _facts(self, person: PersonParts, ours: TraitPlan, counted: list[tuple[Any, ...]]) -> Facts:
        rows = in_view(person, "certain")
        certain = {bytes(row.fragment_id) for row in rows}
        state = ours.merge([decode(held) for _, fragment, held in counted if fragment in certain])
        summary = together(states_of(person, rows), self._rules)
        told = {standing[1:] for standing in summary.attributes}
        return Facts(
            traits=ours.values(state, self._now, self.traits),
            attributes=hidden.attributes(summary, told, self._rules),
            consent=hidden.consents(summary, self._rules),
            orders=orders_asked(orders_part(orders_read(summary), self._now)),
            sessions=sessions_asked(sessions_part(summary, self._now)),
        )


def _newest(rows: list[tuple[Any, ...]]) -> dict[str, parts.Prediction]:
    held: dict[bytes, dict[str, parts.Prediction]] = {}
    for _, fragment, name, *values in rows:
        held.setdefault(fragment, {})[name] = dict(zip(PREDICTED, values, strict=True))
    return parts.newest(held, list(held))


def hidden_names(rules: Rules) -> dict[str, Did]:
    """What segments' ``did`` are counted under."""
    return {
        did_name(leaf): leaf
        for segment in rules.segments
        for leaf in leaves(segment.when)
        if isinstance(leaf, Did)
    }
