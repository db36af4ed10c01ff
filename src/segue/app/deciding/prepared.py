"""Definitions made ready for deciding, once for each version of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from segue.app.deciding.moment import ZONE
from segue.decide.caps import everybody_key
from segue.decide.menu import Menu, menus
from segue.domain.actions import Action, ActionKind, Cap
from segue.domain.conditions import Compare
from segue.domain.rules import Rules
from segue.domain.rules.actions import CONTEXT, conditions_of
from segue.domain.rules.conditions import leaves
from segue.enrich.segments.compile import Needs, needs_of, sum_of, truth_of


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to decide."""

    menus: Mapping[str, Menu]
    actions: Mapping[str, Action]
    kinds: Mapping[str, ActionKind]
    #: what conditions ask of a person
    needs: Needs
    #: by placement: what those ask that compete there, and the attributes that they ask or that texts name
    needs_at: Mapping[str, Needs]
    attributes_at: Mapping[str, frozenset[str]]
    #: names of the moment's parts: those that are known, and those that conditions ask besides
    context: frozenset[str]
    #: caps over everybody: key → the cap and the actions that it counts
    everybody: Mapping[str, tuple[Cap, tuple[str, ...]]]


class _Same:
    """Rules, equal to themselves only: they hold what cannot be hashed."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return hash(id(self.rules))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rules is self.rules


def prepared(rules: Rules) -> Prepared:
    """The definitions of these rules, made ready at most once while they are in force."""
    return _prepared(_Same(rules))


@lru_cache(maxsize=4)
def _prepared(same: _Same) -> Prepared:
    rules = same.rules
    found = menus(rules.placements, rules.actions, lambda when: truth_of(when, rules.purposes))
    needs_at = {name: _needs(choice.action for choice in menu.choices) for name, menu in found.items()}
    return Prepared(
        menus=found,
        actions={action.name: action for action in rules.actions},
        kinds={action.name: action.kind for action in rules.actions},
        needs=_needs(rules.actions),
        needs_at=needs_at,
        attributes_at={name: needs_at[name].attributes | _named(menu) for name, menu in found.items()},
        context=frozenset(CONTEXT) | _said(rules),
        everybody=_everybody(rules),
    )


def _needs(actions: Iterable[Action]) -> Needs:
    return sum_of(needs_of(condition) for condition in conditions_of(actions))


def _said(rules: Rules) -> frozenset[str]:
    """What conditions ask of the moment."""
    asked = (leaf for condition in conditions_of(rules.actions) for leaf in leaves(condition))
    return frozenset(
        each.path[1] for each in asked if isinstance(each, Compare) and each.path[0] == "context"
    )


def _named(menu: Menu) -> frozenset[str]:
    """Attributes that texts name, where they may be told; and where she is, where it must not be night."""
    facts = {fact for choice in menu.choices for variant in choice.variants for fact in variant.facts}
    named = {fact.partition(".")[0] for fact in facts} if menu.placement.tells else set()
    return frozenset(named if menu.placement.quiet is None else named | {ZONE})


def _everybody(rules: Rules) -> dict[str, tuple[Cap, tuple[str, ...]]]:
    found = {}
    for action in rules.actions:
        for cap in action.caps:
            if cap.per == "everybody":
                counted = (
                    (action.name,)
                    if cap.group is None
                    else tuple(each.name for each in rules.actions if each.group == cap.group)
                )
                found[everybody_key(action.name, cap)] = (cap, counted)
    return found
