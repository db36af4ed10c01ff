"""Which segments an event can change, so that it has only those judged anew."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from segue.domain.rules import Rules
from segue.enrich import counting
from segue.enrich.segments import hidden
from segue.enrich.segments.compile import segments_of
from segue.enrich.traits.plan import TraitPlan


class _Planned(NamedTuple):
    """Rules and plan, equal to themselves only."""

    rules: Rules
    plan: TraitPlan

    def __hash__(self) -> int:
        return hash((id(self.rules), id(self.plan)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Planned) and other.rules is self.rules and other.plan is self.plan


def affected_of(rules: Rules, plan: TraitPlan) -> Affected:
    """:class:`Affected`, made once."""
    return _affected_of(_Planned(rules, plan))


@lru_cache(maxsize=4)
def _affected_of(planned: _Planned) -> Affected:
    return Affected(planned.rules, planned.plan)


class Affected:
    """Which segments an event of a name can change, by rules and plan."""

    def __init__(self, rules: Rules, plan: TraitPlan) -> None:
        segments = segments_of(rules)
        of = {measure.key: counting.names_of(measure.of) for measure in plan.measures}
        always: set[str] = set()
        by_name: dict[str, set[str]] = {}
        for segment in segments.all:
            if segment.needs.roots & {"orders", "sessions"}:
                always.add(segment.name)
            for trait in segment.needs.traits:
                for key in plan.needs.get(trait, ()):
                    for name in of.get(key, ()):
                        by_name.setdefault(name, set()).add(segment.name)
            if segment.needs.attributes:
                by_name.setdefault("identify", set()).add(segment.name)
        self._always = frozenset(always)
        self._by_name = {name: frozenset(found | always) for name, found in by_name.items()}
        self._consent = frozenset(each.name for each in segments.all if "consent" in each.needs.roots)
        self._wish = hidden.wish_of(segments.needs)

    def by(self, events: Iterable[Any]) -> frozenset[str]:
        """The segments that these events can change."""
        found = self._always
        for name in {counting.name_of(event) for event in events}:
            found |= self._by_name.get(name, found)
        if self._consent and self._wish is not None and not self._consent <= found:
            spoken = hidden.Wish(frozenset(), consent=True)
            if any(spoken.heeds(event) for event in events):
                found |= self._consent
        return found
