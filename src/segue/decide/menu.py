"""What can be chosen at a placement: actions prepared once for each version of the definitions.

Conditions come in as closures: whoever composes the house has them compiled, so that this room needs to know
nothing of golden records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from segue.decide.caps import Limits, limits_of, with_policy
from segue.decide.decided import Stage
from segue.decide.table import Table
from segue.domain.actions import Action, Content, Placement
from segue.domain.conditions import Compare, Condition, Did, InSegment, Near
from segue.domain.rules.conditions import condition_to_json, leaves
from segue.domain.templates import personal_facts

Truth = Callable[[Any], bool]
Compile = Callable[[Condition], Truth]

PERSONALISATION = "personalisation"
"""The purpose of what uses her data and names none."""

BOUGHT = "what she bought"
"""The fact that the reasons of a recommendation tell."""

SHARED = ("none",)
"""Sensitivities that may stand where many see them."""

_EPOCH = date(1970, 1, 1).toordinal()


class Check(msgspec.Struct, frozen=True):
    """A condition, ready to be asked, and what it says."""

    #: the same for conditions that say the same, so that each is asked once
    number: int
    truth: Truth
    says: str


class Variant(msgspec.Struct, frozen=True):
    """A content that fits the placement."""

    number: int
    locale: str | None
    #: of a person, that its texts name
    facts: frozenset[str] = frozenset()


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """An action at one placement."""

    action: Action
    #: best format first
    variants: tuple[Variant, ...]
    #: what must hold, stage by stage
    conditions: tuple[tuple[Stage, Check], ...]
    levers: tuple[tuple[Check, float], ...]
    #: the purpose that its use of her data needs; None: it uses none
    purpose: str | None
    limits: Limits
    #: local days since 1970-01-01
    first_day: int | None
    last_day: int | None
    #: some content is for one language only
    tongued: bool = False
    #: who she is decides whether she may have it at all
    for_some: bool = False

    @property
    def priced(self) -> bool:
        """Whether its present price matters."""
        return bool(self.action.discounts) or self.action.floor is not None

    @property
    def ordered(self) -> bool:
        """Whether what is hoped for is an order of its product: of other kinds a click counts too."""
        return self.action.kind == "offer" and self.action.sku is not None


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """One placement with everything that could be shown there."""

    placement: Placement
    #: in the order of their names
    choices: tuple[Choice, ...]
    #: actions that have no content for the placement's formats
    misfits: tuple[str, ...]
    fallback: Choice | None
    table: Table
    #: what any of them sells, the fallback too
    skus: frozenset[str] = frozenset()
    #: something could be shown that a model has to choose products for
    recommends: bool = False
    #: some action may be given at more than one depth of discount
    haggles: bool = False

    def choice(self, name: str) -> Choice | None:
        """The choice of that name, or the fallback; None for what is not here."""
        number = self.table.numbers.get(name)
        if number is not None:
            return self.choices[number]
        return self.fallback if self.fallback is not None and self.fallback.action.name == name else None


def menus(
    placements: Iterable[Placement], actions: Iterable[Action], compile_: Compile
) -> Mapping[str, Menu]:
    """Placement → its menu."""
    known: dict[str, Check] = {}

    def check(condition: Condition) -> Check:
        text = repr(condition)
        if text not in known:
            known[text] = Check(len(known), compile_(condition), says(condition))
        return known[text]

    prepared = [_prepared(action, check) for action in sorted(actions, key=lambda action: action.name)]
    return {placement.name: _menu(placement, prepared) for placement in placements}


def _prepared(action: Action, check: Callable[[Condition], Check]) -> Choice:
    asked: tuple[tuple[Stage, Condition | None], ...] = (
        ("eligible", action.audience),
        ("applicable", action.applicable),
        ("suitable", action.suitable),
    )
    return Choice(
        action=action,
        variants=(),
        conditions=tuple((stage, check(when)) for stage, when in asked if when is not None),
        levers=tuple((check(lever.when), lever.multiply) for lever in action.levers),
        purpose=action.purpose or (PERSONALISATION if _is_personal(action) else None),
        limits=limits_of(action),
        for_some=_asks_of_her(_who_may(action)),
        first_day=None if action.valid_from is None else action.valid_from.toordinal() - _EPOCH,
        last_day=None if action.valid_until is None else action.valid_until.toordinal() - _EPOCH,
    )


def _menu(placement: Placement, prepared: list[Choice]) -> Menu:
    fitting = {
        each.action.name: msgspec.structs.replace(
            each,
            variants=variants,
            tongued=_tongued(variants),
            limits=with_policy(each.limits, placement),
        )
        for each in prepared
        for variants in (_variants(each.action, placement),)
    }
    fallback = fitting.pop(placement.fallback, None)
    choices = tuple(each for each in fitting.values() if each.variants)
    misfits = tuple(name for name, each in fitting.items() if not each.variants)
    held = choices if fallback is None else (*choices, fallback)
    return Menu(
        placement=placement,
        choices=choices,
        misfits=misfits,
        fallback=fallback,
        table=Table(choices, misfits),
        skus=frozenset(each.action.sku for each in held if each.action.sku is not None),
        recommends=any(each.variants and each.action.kind == "recommendation" for each in fitting.values()),
        haggles=any(each.variants and len(each.action.discounts) > 1 for each in fitting.values()),
    )


def _variants(action: Action, placement: Placement) -> tuple[Variant, ...]:
    """Contents of its formats, best format first; order of the file within a format."""
    rank = {name: number for number, name in enumerate(placement.formats)}
    fit = [
        (rank[each.format], number, each.locale)
        for number, each in enumerate(action.content)
        if each.format in rank
    ]
    return tuple(
        Variant(number, locale, _facts(action, action.content[number]))
        for _, number, locale in sorted(fit, key=lambda one: one[:2])
    )


def _facts(action: Action, content: Content) -> frozenset[str]:
    """What a content names of a person; a recommendation's reasons speak of what she bought."""
    texts = [text for _, text in content.texts] + ([] if content.because is None else [content.because])
    said = frozenset(fact for text in texts for fact in personal_facts(text))
    return said | {BOUGHT} if action.kind == "recommendation" else said


def _tongued(variants: tuple[Variant, ...]) -> bool:
    return any(each.locale is not None for each in variants)


def _is_personal(action: Action) -> bool:
    """Whether choosing it uses what is known of a person; what only protects her does not count."""
    return _asks_of_her([*_who_may(action), *(lever.when for lever in action.levers)])


def _who_may(action: Action) -> list[Condition]:
    return [each for each in (action.audience, action.applicable) if each is not None]


def _asks_of_her(asked: Iterable[Condition]) -> bool:
    return any(_of_person(leaf) for condition in asked for leaf in leaves(condition))


def _of_person(leaf: Condition) -> bool:
    if isinstance(leaf, Compare):
        return leaf.path[0] not in {"context", "basket"}
    return isinstance(leaf, (Did, InSegment, Near))


def says(condition: Condition) -> str:
    """A condition in one line, as files write it."""
    return _line(condition_to_json(condition))


def _line(written: Mapping[str, Any]) -> str:
    if "field" in written:
        value = written.get("value", "")
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return f"{written['field']} {written['op']} {shown}".strip()
    for head, word in (("all", " and "), ("any", " or ")):
        if head in written:
            return word.join(
                f"({_line(one)})" if {"all", "any"} & one.keys() else _line(one) for one in written[head]
            )
    if "not" in written:
        return f"not ({_line(written['not'])})"
    if "did" in written:
        within = f" within {written['within']}" if "within" in written else ""
        where = f" where {_line(written['where'])}" if "where" in written else ""
        return f"did {written['did']}{where} at least {written['at_least']} times{within}"
    return " ".join(f"{key} {value}" for key, value in written.items())
