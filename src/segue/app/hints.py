"""What holds, and probably not as it was meant: conditions that ask what there is not, or what nobody tells.

An action may be written before the segment that it names, and before a touchpoint sends what it asks of the
moment, so that is no error; until then it is false.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import msgspec

from segue.domain.conditions import All, AnyOf, Compare, Condition, InSegment, Near, Not
from segue.domain.rules import Rules
from segue.domain.rules.actions import CONTEXT
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


class _Found(NamedTuple):
    file: str
    place: str
    message: str
    cure: str


def hints_of(rules: Rules, bodies: Mapping[str, str], touched: Collection[str]) -> list[DefinitionHint]:
    """What is to be known of ``rules``, made of ``bodies``, by who wrote those of ``touched``."""
    if _RESTING.isdisjoint(touched):
        return []
    return [
        DefinitionHint(
            name=each.file,
            place=each.place,
            message=each.message,
            cure=each.cure,
            line=line_of(bodies.get(each.file, ""), each.place),
        )
        for each in _found(rules)
    ]


def _found(rules: Rules) -> Iterator[_Found]:
    """In reading order: segments, then actions."""
    for segment in rules.segments:
        for place, leaf in _leaves(segment.when, f"segments.{segment.name}.when"):
            if isinstance(leaf, Near):
                yield _near("segments.yaml", place)
    names = [segment.name for segment in rules.segments]
    for place, leaf in _asked(rules):
        if isinstance(leaf, Near):
            yield _near("actions.yaml", place)
        elif isinstance(leaf, InSegment) and leaf.name not in {*names, COMPLAINT}:
            near = close_to(leaf.name, names)
            cure = f"did you mean {near!r}?" if near else "write it in segments.yaml"
            says = f"there is no segment {leaf.name!r}, so this is false until there is one"
            yield _Found("actions.yaml", f"{place}.segment", says, cure)
        elif isinstance(leaf, Compare) and leaf.path[0] == "context" and leaf.path[1] not in CONTEXT:
            says = f"context.{leaf.path[1]} is no name of Segue's: it is there only where it is sent"
            cure = f"send it in each question's context; known are {', '.join(CONTEXT)}"
            yield _Found("actions.yaml", f"{place}.field", says, cure)


def _near(file: str, place: str) -> _Found:
    says = "nothing tells yet where she is, so near holds for nobody"
    return _Found(
        file, f"{place}.near", says, "ask context.store where she is asked for in a store, or leave it out"
    )


def _asked(rules: Rules) -> Iterator[tuple[str, Condition]]:
    """What conditions of actions ask, each with its place in their file."""
    for action in rules.actions:
        asked = {
            "audience": action.audience,
            "applicable": action.applicable,
            "suitable": action.suitable,
            **{f"levers.{number}.when": each.when for number, each in enumerate(action.levers)},
        }
        for key, one in asked.items():
            if one is not None:
                yield from _leaves(one, f"actions.{action.name}.{key}")


def _leaves(condition: Condition, place: str) -> Iterator[tuple[str, Condition]]:
    """What a condition asks without what joins it, each with its place."""
    match condition:
        case All(items=items):
            for number, item in enumerate(items):
                yield from _leaves(item, f"{place}.all.{number}")
        case AnyOf(items=items):
            for number, item in enumerate(items):
                yield from _leaves(item, f"{place}.any.{number}")
        case Not(item=item):
            yield from _leaves(item, f"{place}.not")
        case _:
            yield place, condition
