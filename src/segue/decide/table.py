"""A menu's choices by what can make them fall out, so that each rule is judged once for all that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from segue.decide.decided import Fallen, Stage
from segue.decide.score import Candidate, margins, plain

if TYPE_CHECKING:
    from segue.decide.bandit import Floats
    from segue.decide.caps import Key, Scope
    from segue.decide.menu import Check, Choice
    from segue.domain.actions import Suppression

REMEMBERED: Final = 512
"""Outcomes of the funnel that a menu remembers."""

_EVERYBODY, _SUPPRESSED = 1_000, 2_000


class Rule(NamedTuple):
    """A cap or a suppression, and the choices that it may hold back."""

    stage: Stage
    says: str
    #: None: of everybody, counted under ``key``
    scope: Scope | None
    key: str
    #: as many leave no room for one more; of a suppression: outcomes that bring about the pause
    most: int
    suppression: Suppression | None
    #: number of the choice → how early the rule stands among its own
    holders: dict[int, int]


class Fall(NamedTuple):
    """Where an action fell out."""

    stage: Stage
    rule: str


class Table:
    """The choices of one menu, numbered in the order of their names."""

    def __init__(self, choices: Sequence[Choice], misfits: Sequence[str]) -> None:
        self.choices = choices
        self.numbers = {choice.action.name: number for number, choice in enumerate(choices)}
        self.misfits = grouped((name, Fall("format", MISFIT)) for name in misfits)
        self.checks, self.purposes = _checks(choices)
        self.dated = any(each.first_day is not None or each.last_day is not None for each in choices)
        self.tongued = any(each.tongued for each in choices)
        #: personal rules by what they count, those that hold whatever was shown, and those of everybody
        self.rules_of: dict[Key, list[Rule]] = {}
        self.always: list[Rule] = []
        self.everybody: dict[str, list[Rule]] = {}
        self._number_rules()
        self.recommending = [n for n, each in enumerate(choices) if each.action.kind == "recommendation"]
        self.stocked: dict[str, list[int]] = {}
        for number, each in enumerate(choices):
            if each.action.sku is not None:
                self.stocked.setdefault(each.action.sku, []).append(number)
        self.ordered = frozenset(number for number, each in enumerate(choices) if each.ordered)
        self._plain: tuple[list[Candidate], Floats] | None = None
        #: what the funnel came to, by everything that it depends on but for what she was shown and stock
        self.remembered: dict[Any, Any] = {}

    def plain(self) -> tuple[list[Candidate], Floats]:
        """Each choice as it competes without levers and discount; gain and costs of each, and 1 where an
        order of its product is hoped for, else 0 (n × 3).
        """
        if self._plain is None:
            import numpy as np

            candidates = [plain(choice) for choice in self.choices]
            both = [(*margins(one), each.ordered) for one, each in zip(candidates, self.choices, strict=True)]
            self._plain = candidates, np.array(both, np.float64).reshape(-1, 3)
        return self._plain

    def remember(self, key: Any, found: Any) -> None:
        """Keep an outcome of the funnel while the menu lives; of too many none."""
        if len(self.remembered) >= REMEMBERED:
            self.remembered.clear()
        self.remembered[key] = found

    def _number_rules(self) -> None:
        known: dict[Any, Rule] = {}
        for number, choice in enumerate(self.choices):
            for place, rule in _rules(choice):
                same = (rule.stage, rule.says, rule.scope, rule.key, rule.most, rule.suppression)
                if same not in known:
                    known[same] = rule
                    self._file(rule)
                known[same].holders.setdefault(number, place)

    def _file(self, rule: Rule) -> None:
        if rule.scope is None:
            self.everybody.setdefault(rule.key, []).append(rule)
        elif rule.most == 0 and rule.suppression is None:
            self.always.append(rule)
        else:
            self.rules_of.setdefault((rule.scope.of, rule.scope.name), []).append(rule)


def _rules(choice: Choice) -> Iterator[tuple[int, Rule]]:
    """In the order in which they are judged, each with its place."""
    limits = choice.limits
    for place, (scope, most, says) in enumerate(limits.personal):
        yield place, Rule("caps", says, scope, "", most, None, {})
    for place, (key, most, says) in enumerate(limits.everybody):
        yield _EVERYBODY + place, Rule("caps", says, None, key, most, None, {})
    for place, (scope, each, says) in enumerate(limits.suppressions):
        yield _SUPPRESSED + place, Rule("suppressed", says, scope, "", each.count, each, {})


def _checks(choices: Sequence[Choice]) -> tuple[list[Check], list[frozenset[str | None]]]:
    """The conditions of these choices, each once, and the purposes for which each is asked."""
    checks: dict[int, Check] = {}
    purposes: dict[int, set[str | None]] = {}
    for choice in choices:
        for check in (*(one for _, one in choice.conditions), *(one for one, _ in choice.levers)):
            checks.setdefault(check.number, check)
            purposes.setdefault(check.number, set()).add(choice.purpose)
    return list(checks.values()), [frozenset(purposes[number]) for number in checks]


MISFIT = "no content in a format of the placement"


def grouped(falls: Iterable[tuple[str, Fall]]) -> tuple[Fallen, ...]:
    """Those that fell out, rule by rule in the order of the first of each."""
    found: dict[Fall, list[str]] = {}
    for name, fall in falls:
        found.setdefault(fall, []).append(name)
    return tuple(Fallen(fall.stage, fall.rule, tuple(names)) for fall, names in found.items())
