"""No price by a protected trait: nothing that decides who is offered a discount may ask one.

Looked at are audience, ``applicable``, ``suitable`` and levers of every action that has discounts or a floor,
and what their conditions rest on: segments, traits and what these are counted from. Predictions of such a
trait count as the trait. Actions that change no price may ask what they like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from segue.domain.actions import Action
from segue.domain.conditions import All, AnyOf, Compare, Condition, Did, InSegment, Near, Not
from segue.domain.protected import ground_of
from segue.domain.rules import Rules
from segue.domain.rules.yamls import together, wrong
from segue.domain.traits import Segment, Trait
from segue.errors import DefinitionError


class _Asked(NamedTuple):
    """A protected trait that something asks."""

    #: where: ``actions.scarf.audience.all.0.field``; and, where that names others, what they are
    place: str
    through: tuple[str, ...]
    field: str
    ground: str


class _Rest(NamedTuple):
    """What conditions may rest on."""

    segments: Mapping[str, Segment]
    traits: Mapping[str, Trait]
    #: attributes that this shop protects besides
    own: frozenset[str]


def check_protected(rules: Rules) -> None:
    """DefinitionError where a price goes by a protected trait; it tells of all of them."""
    rest = _Rest(
        {each.name: each for each in rules.segments},
        {each.name: each for each in rules.traits},
        frozenset(rules.survivorship.protected),
    )
    errors = [_error(one) for action in rules.actions if _priced(action) for one in _asked_by(action, rest)]
    if errors:
        raise together(errors)


def _priced(action: Action) -> bool:
    return any(action.discounts) or action.floor is not None


def _error(one: _Asked) -> DefinitionError:
    action = one.place.split(".")[1]
    through = f", through {' and '.join(one.through)}" if one.through else ""
    what = (
        f"who gets the discount of {action} would depend on {one.field}{through}: {one.ground} is protected"
    )
    cure = "take this condition out, or aim an action that has no discounts and no floor"
    return wrong(one.place, what, cure)


def _asked_by(action: Action, rest: _Rest) -> Iterator[_Asked]:
    where = f"actions.{action.name}"
    parts = {"audience": action.audience, "applicable": action.applicable, "suitable": action.suitable}
    conditions = {key: one for key, one in parts.items() if one is not None}
    conditions |= {f"levers.{number}.when": each.when for number, each in enumerate(action.levers)}
    for key, condition in conditions.items():
        for place, leaf in _leaves(condition, f"{where}.{key}"):
            found = next(_of_leaf(leaf, rest, ()), None)
            if found is not None:
                yield found._replace(place=place)


def _leaves(condition: Condition, where: str) -> Iterator[tuple[str, Condition]]:
    """Everything that a condition asks, and where."""
    if isinstance(condition, (All, AnyOf)):
        head = "all" if isinstance(condition, All) else "any"
        for number, item in enumerate(condition.items):
            yield from _leaves(item, f"{where}.{head}.{number}")
    elif isinstance(condition, Not):
        yield from _leaves(condition.item, f"{where}.not")
    else:
        yield where, condition


def _of_leaf(leaf: Condition, rest: _Rest, through: tuple[str, ...]) -> Iterator[_Asked]:
    """``through``: segments and traits on the way there, which are not gone through again."""
    if isinstance(leaf, Compare):
        yield from _of_field(leaf.path, rest, through)
        if leaf.path[0] == "traits":
            yield from _of_trait(leaf.path[1], rest, through)
    elif isinstance(leaf, Did) and leaf.where is not None:
        yield from _of_condition(leaf.where, rest, through)
    elif isinstance(leaf, InSegment):
        says = f"segment {leaf.name}"
        segment = rest.segments.get(leaf.name)
        if segment is not None and says not in through:
            yield from _of_condition(segment.when, rest, (*through, says))
    elif isinstance(leaf, Near):
        return


def _of_condition(condition: Condition, rest: _Rest, through: tuple[str, ...]) -> Iterator[_Asked]:
    for _, leaf in _leaves(condition, ""):
        yield from _of_leaf(leaf, rest, through)


def _of_trait(name: str, rest: _Rest, through: tuple[str, ...]) -> Iterator[_Asked]:
    """What a trait is counted from."""
    trait, says = rest.traits.get(name), f"trait {name}"
    if trait is None or says in through:
        return
    within = (*through, says)
    for path in (trait.field, trait.by, trait.weight):
        yield from _of_field(path or (), rest, within)
    if trait.where is not None:
        yield from _of_condition(trait.where, rest, within)
    for part in trait.parts or ():
        yield from _of_field(("traits", part), rest, within)
        yield from _of_trait(part, rest, within)


def _of_field(path: Iterable[str], rest: _Rest, through: tuple[str, ...]) -> Iterator[_Asked]:
    steps = tuple(path)
    for step in steps[1:]:
        ground = f"{step}, by survivorship.yaml," if step in rest.own else ground_of(step)
        if ground is not None:
            yield _Asked("", through, ".".join(steps), ground)
            return
