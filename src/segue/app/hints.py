"""What holds, and probably not as it was meant: conditions of actions that name segments that do not exist.

An action may be written before the segment that it names, so that is no error; until then she is not in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from segue.domain.actions import Action
from segue.domain.conditions import All, AnyOf, Condition, InSegment, Not
from segue.domain.rules import Rules
from segue.domain.rules.yamls import close_to, line_of
from segue.enrich.complaints import COMPLAINT

_RESTING = frozenset(("actions.yaml", "segments.yaml"))
"""A change of one of these may bring what is hinted at, or take it away."""


class DefinitionHint(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a definition that holds, and probably not as it was meant."""

    #: the file it is in
    name: str
    #: dotted path inside the file
    place: str
    message: str
    cure: str
    #: counted from 1; null where it is not known
    line: int | None


def hints_of(rules: Rules, bodies: Mapping[str, str], touched: Collection[str]) -> list[DefinitionHint]:
    """What is to be known of ``rules``, made of ``bodies``, by who wrote those of ``touched``."""
    if _RESTING.isdisjoint(touched):
        return []
    text = bodies.get("actions.yaml", "")
    return [
        DefinitionHint(
            name="actions.yaml",
            place=place,
            message=f"there is no segment {name!r}, so this is false until there is one",
            cure=cure,
            line=line_of(text, place),
        )
        for place, name, cure in _unknown(rules)
    ]


def _unknown(rules: Rules) -> Iterator[tuple[str, str, str]]:
    """Place, name and cure of each segment that actions name and that there is not, in reading order."""
    names = [segment.name for segment in rules.segments]
    known = frozenset((*names, COMPLAINT))
    for place, condition in _conditions(rules.actions):
        for where, name in _named(condition, place):
            if name not in known:
                near = close_to(name, names)
                yield where, name, f"did you mean {near!r}?" if near else "write it in segments.yaml"


def _conditions(actions: Iterable[Action]) -> Iterator[tuple[str, Condition]]:
    """Every condition of actions, with its place in their file."""
    for action in actions:
        asked = {
            "audience": action.audience,
            "applicable": action.applicable,
            "suitable": action.suitable,
            **{f"levers.{number}.when": each.when for number, each in enumerate(action.levers)},
        }
        yield from ((f"actions.{action.name}.{key}", one) for key, one in asked.items() if one is not None)


def _named(condition: Condition, place: str) -> Iterator[tuple[str, str]]:
    """The segments that a condition names, each with its place."""
    match condition:
        case All(items=items):
            for number, item in enumerate(items):
                yield from _named(item, f"{place}.all.{number}")
        case AnyOf(items=items):
            for number, item in enumerate(items):
                yield from _named(item, f"{place}.any.{number}")
        case Not(item=item):
            yield from _named(item, f"{place}.not")
        case InSegment(name=name):
            yield f"{place}.segment", name
