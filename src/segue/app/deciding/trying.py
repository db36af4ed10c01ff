"""An action or a placement that is not in force: what is wrong with it, and how it would look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from segue.app import definitions, entries
from segue.app.deciding.answers import slot_answer
from segue.app.deciding.goods import Good, read
from segue.app.entries import Section
from segue.app.hints import hints_of
from segue.app.installation import Installation
from segue.decide.decided import Slot
from segue.decide.menu import Menu, menus
from segue.domain.actions import Action, Placement
from segue.domain.rules import Rules
from segue.domain.rules.actions import action_to_json
from segue.domain.rules.placements import placement_to_json
from segue.domain.rules.yamls import dump, line_of, load_mapping
from segue.domain.templates import personal_facts
from segue.enrich.segments.compile import truth_of
from segue.errors import DefinitionError

_PREVIEW = "preview"


class EntryProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in an entry, or in what rests on it; as a hint: worth a second look."""

    #: dotted path inside the entry; null: of the whole of it, or of another
    place: str | None
    message: str
    cure: str | None
    #: of the entry's own text, counted from 1
    line: int | None


class WrittenContent(msgspec.Struct, frozen=True, kw_only=True):
    """A content as a touchpoint would get it."""

    #: ``format``, ``locale`` and the texts, written out
    content: dict[str, Any]
    #: a sentence that can be read to the customer
    because: str
    #: personal facts that it tells, where it may
    facts: list[str]


class TriedAction(msgspec.Struct, frozen=True, kw_only=True):
    """What an action would be."""

    #: as it would stand in actions.yaml; null while it cannot be read
    definition: dict[str, Any] | None
    #: the same as YAML
    text: str
    problems: list[EntryProblem]
    #: what would hold, and probably not as it was meant
    hints: list[EntryProblem]
    contents: list[WrittenContent]
    #: placements where it would compete
    placements: list[str]


class TriedPlacement(msgspec.Struct, frozen=True, kw_only=True):
    """What a placement would be."""

    definition: dict[str, Any] | None
    text: str
    problems: list[EntryProblem]
    #: actions that would compete there, and those without content for its formats
    competing: list[str]
    misfits: list[str]


class Supposed(msgspec.Struct, frozen=True, kw_only=True):
    """For whom and when contents are written out."""

    #: her attributes; None: nobody is known
    person: Mapping[str, Any] | None = None
    context: Mapping[str, Any] = {}
    discount: int = 0


def try_action(
    installation: Installation, name: str, definition: Mapping[str, Any] | str, supposed: Supposed
) -> TriedAction:
    """What would be wrong with an action, where it would compete, and its contents written out."""
    given, text, rules, problems = _tried(installation, "actions", name, definition)
    action = None if rules is None else next(each for each in rules.actions if each.name == name)
    if rules is None or action is None:
        told = None if given is None else dict(given)
        return TriedAction(
            definition=told, text=text, problems=problems, hints=[], contents=[], placements=[]
        )
    ready = _menus(rules)
    return TriedAction(
        definition=action_to_json(action),
        text=text,
        problems=problems,
        hints=_hints(rules, f"actions.{name}.", text),
        contents=_written(action, rules, supposed, _goods(installation, action)),
        placements=[
            place
            for place, menu in ready.items()
            if any(choice.action.name == name for choice in menu.choices)
        ],
    )


def try_placement(
    installation: Installation, name: str, definition: Mapping[str, Any] | str
) -> TriedPlacement:
    """What would be wrong with a placement, and who would compete there."""
    given, text, rules, problems = _tried(installation, "placements", name, definition)
    if rules is None:
        told = None if given is None else dict(given)
        return TriedPlacement(definition=told, text=text, problems=problems, competing=[], misfits=[])
    placement = next(each for each in rules.placements if each.name == name)
    menu = _menus(rules)[name]
    return TriedPlacement(
        definition=placement_to_json(placement),
        text=text,
        problems=problems,
        competing=[choice.action.name for choice in menu.choices],
        misfits=list(menu.misfits),
    )


# ── reading it among the others ──────────────────────────────────────────────


def _tried(
    installation: Installation, section: Section, name: str, definition: Mapping[str, Any] | str
) -> tuple[Mapping[str, Any] | None, str, Rules | None, list[EntryProblem]]:
    """The entry, its text, the rules as they would be (None while something is wrong), what is wrong."""
    file = f"{section}.yaml"
    try:
        given = entries.dated(load_mapping(definition) if isinstance(definition, str) else definition)
    except DefinitionError as error:
        return None, str(definition), None, [_problem(error, "", "")]
    text = definition if isinstance(definition, str) else dump(given)
    with installation.database.transaction(read_only=True) as session:
        held = {each.name: each for each in definitions.in_force(session)}
    before = {each.name: each.body for each in held.values()}
    try:
        whole = entries.with_entry("" if held[file].default else held[file].body, section, name, given)
        rules = definitions.read_rules({**before, file: whole}, new=True)
    except DefinitionError as error:
        prefix = f"{section}.{name}"
        return given, text, None, [_problem(each, prefix, text) for each in _all(error)]
    return given, text, rules, []


def _all(error: DefinitionError) -> list[DefinitionError]:
    """The error and all others that were found with it."""
    told = error.__cause__ if isinstance(error.__cause__, DefinitionError) else error
    return [told, *told.others]


def _problem(error: DefinitionError, prefix: str, text: str) -> EntryProblem:
    inside = error.place == prefix or error.place.startswith(f"{prefix}.")
    place = error.place.removeprefix(prefix).removeprefix(".") if inside and prefix else ""
    message = error.message.removeprefix(f"{error.place}: ") if inside else error.message
    line = line_of(text, place) if place else None if prefix else error.line
    return EntryProblem(place=place or None, message=message, cure=error.cure, line=line)


def _hints(rules: Rules, prefix: str, text: str) -> list[EntryProblem]:
    """Those of one entry, whose own text is ``text``."""
    found = [each for each in hints_of(rules, {}, ("actions.yaml",)) if each.place.startswith(prefix)]
    places = [each.place.removeprefix(prefix) for each in found]
    return [
        EntryProblem(place=place, message=each.message, cure=each.cure, line=line_of(text, place))
        for place, each in zip(places, found, strict=True)
    ]


def _menus(rules: Rules) -> Mapping[str, Menu]:
    return menus(rules.placements, rules.actions, _compile(rules))


def _compile(rules: Rules) -> Callable[[Any], Callable[[Any], bool]]:
    return lambda when: truth_of(when, rules.purposes)


# ── how it would look ────────────────────────────────────────────────────────


def _goods(installation: Installation, action: Action) -> Mapping[str, Good]:
    if action.sku is None:
        return {}
    with installation.database.transaction(read_only=True) as session:
        return read(session, [action.sku])


def _written(
    action: Action, rules: Rules, supposed: Supposed, goods: Mapping[str, Good]
) -> list[WrittenContent]:
    formats = tuple(dict.fromkeys(each.format for each in action.content))
    stage = Placement(name=_PREVIEW, touchpoint="web", formats=formats, fallback=action.name)
    menu = menus([stage], [action], _compile(rules))[_PREVIEW]
    scope = {"context": supposed.context, "basket": {}, "goods": goods}
    found = []
    for number, content in enumerate(action.content):
        slot = Slot(
            action=action.name,
            variant=number,
            discount=supposed.discount,
            score=0.0,
            propensity=1.0,
            personal=supposed.person is not None,
        )
        answer = slot_answer(slot, menu, scope, supposed.person or {})
        told = [text for _, text in content.texts] + ([content.because] if content.because else [])
        facts = sorted({fact for text in told for fact in personal_facts(text)})
        found.append(WrittenContent(content=answer.content, because=answer.because, facts=facts))
    return found
