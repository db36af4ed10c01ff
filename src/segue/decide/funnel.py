"""The funnel: which actions may compete, and at which stage and by which rule the others fall out.

What uses her data is asked only where its purpose holds for her, so consent comes before conditions that look
at her; what protects her (``suitable``) may always look. Each condition, cap and suppression is judged once
for all actions that have it. What follows from conditions, purposes, language and day is remembered by them:
two persons of whom the same holds have the same actions to choose from, until caps and stock are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from segue.decide.asked import Ask, Known
from segue.decide.caps import Key, Used
from segue.decide.decided import Fallen
from segue.decide.menu import SHARED, Choice, Menu, Variant
from segue.decide.score import (
    Candidate,
    depths,
    differs,
    draw_of,
    margins,
    smallest_that_pays,
    tiring,
    tried,
)
from segue.decide.table import MISFIT, Fall, Rule, Table, grouped

if TYPE_CHECKING:
    from segue.decide.bandit import Floats
    from segue.domain.actions import Action

SELLING: Final = ("offer", "recommendation")
"""Kinds that an open complaint silences, whatever they say."""

AWAITED: Final = ("service",)
"""Kinds that she waits for, in quiet hours too."""

UTMOST: Final = 1e100
"""What levers come to at most: beyond any number there is nothing to compare."""


class Question:
    """Everything that one decision is made from, but for what was learnt."""

    def __init__(self, ask: Ask, known: Known, menu: Menu) -> None:
        self.ask = ask
        self.known = known
        self.menu = menu
        self.used = Used(known, ask.moment)


class Sifted(NamedTuple):
    """What came through all that does not depend on what was shown to her, on stock and on prices."""

    #: numbers of the choices, ascending; their names; place of each number
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    places: Mapping[int, int]
    candidates: tuple[Candidate, ...]
    #: what an acceptance earns, and what showing costs
    gain: Floats
    spent: Floats
    #: places of those whose price matters
    priced: tuple[int, ...]
    #: places of those of which an order of their product is hoped for; 1 there, else 0
    ordered: tuple[int, ...]
    orders: Floats
    fallen: tuple[Fallen, ...]


class Through(NamedTuple):
    """What may compete now; arrays and ``candidates`` are of everything that was sifted."""

    sifted: Sifted
    candidates: tuple[Candidate, ...] | list[Candidate]
    gain: Floats
    spent: Floats
    #: places of those that fell out after all
    gone: Mapping[int, Fall]


def sift(question: Question) -> Through:
    """What competes."""
    found = _sifted(question)
    gone = _fallen_now(question, found)
    known, used = question.known, question.used
    again = list(found.priced)
    for name in used.untouched:
        place = _place(question.menu.table, found, name)
        if place is not None:
            again.append(place)
    if not again:
        return Through(found, found.candidates, found.gain, found.spent, gone)
    candidates, gain, spent = list(found.candidates), found.gain.copy(), found.spent.copy()
    for place in again:
        if place in gone:
            continue
        one = _judged(candidates[place], known, question)
        if isinstance(one, Fall):
            gone[place] = one
        else:
            candidates[place] = one
            gain[place], spent[place] = margins(one)
    return Through(found, candidates, gain, spent, gone)


def variant_of(choice: Choice, locale: str | None) -> Variant | None:
    """The best content in that language, else in its language without region, else in none in particular."""
    if locale is None:
        return choice.variants[0] if choice.variants else None
    for wanted in (locale, locale.split("-")[0], None):
        for each in choice.variants:
            if each.locale == wanted:
                return each
    return None


# ── what is the same for all of whom the same holds ──────────────────────────


def _sifted(question: Question) -> Sifted:
    ask, known, table = question.ask, question.known, question.menu.table
    held = judged(table, known)
    key = (
        held,
        known.granted,
        known.complaint,
        known.identity == "likely",
        ask.locale if table.tongued else None,
        ask.moment.day if table.dated else 0,
    )
    found: Sifted | None = table.remembered.get(key)
    if found is None:
        found = _sift(question, held)
        table.remember(key, found)
    return found


def judged(table: Table, known: Known) -> tuple[bool, ...]:
    """Which conditions of a menu hold; one that is asked for no purpose of hers is not asked."""
    facts, granted = known.facts, known.granted
    return tuple(
        [
            (None in purposes or not granted.isdisjoint(purposes)) and check.truth(facts)
            for check, purposes in zip(table.checks, table.purposes, strict=True)
        ]
    )


def _sift(question: Question, held: tuple[bool, ...]) -> Sifted:
    table = question.menu.table
    plain, both = table.plain()
    holds = {check.number for check, held_ in zip(table.checks, held, strict=True) if held_}
    numbers: list[int] = []
    falls: list[tuple[str, Fall]] = []
    candidates: list[Candidate] = []
    for number, choice in enumerate(table.choices):
        fall = _may(choice, question, holds) or _policy(choice, question)
        if fall is not None:
            falls.append((choice.action.name, fall))
            continue
        numbers.append(number)
        candidates.append(_levered(plain[number], holds) if choice.levers else plain[number])
    both = both[numbers]
    return Sifted(
        numbers=tuple(numbers),
        names=tuple([one.choice.action.name for one in candidates]),
        places={number: place for place, number in enumerate(numbers)},
        candidates=tuple(candidates),
        gain=both[:, 0] * [one.levers for one in candidates],
        spent=both[:, 1].copy(),
        priced=tuple([place for place, one in enumerate(candidates) if one.choice.priced]),
        ordered=tuple([place for place, number in enumerate(numbers) if number in table.ordered]),
        orders=both[:, 2],
        fallen=(*table.misfits, *grouped(falls)),
    )


def _levered(one: Candidate, holds: set[int]) -> Candidate:
    levers = 1.0
    for check, multiply in one.choice.levers:
        if check.number in holds:
            levers = min(levers * multiply, UTMOST)
    return one._replace(levers=levers) if levers != 1.0 else one


def _may(choice: Choice, question: Question, holds: set[int]) -> Fall | None:
    """May she, does it make sense now, is it right for her."""
    if choice.first_day is not None or choice.last_day is not None:
        fall = _valid(choice, question.ask.moment.day)
        if fall is not None:
            return fall
    if choice.tongued and variant_of(choice, question.ask.locale) is None:
        return Fall("format", f"no content in the language {question.ask.locale}")
    if choice.purpose is not None and question.known.identity == "likely":
        return Fall("guard", "who she is is likely and not certain: nothing personal")
    if choice.purpose is not None and choice.purpose not in question.known.granted:
        return Fall("consent", f"no consent to {choice.purpose}")
    for stage, check in choice.conditions:
        if check.number not in holds:
            return Fall(stage, check.says)
    return None


def _valid(choice: Choice, day: int) -> Fall | None:
    if choice.first_day is not None and day < choice.first_day:
        return Fall("eligible", f"valid from {choice.action.valid_from}")
    if choice.last_day is not None and day > choice.last_day:
        return Fall("eligible", f"valid until {choice.action.valid_until}")
    return None


def sells(action: Action) -> bool:
    """Whether it would sell her something: by its kind, or by a product, a discount or a price of its own."""
    if action.kind in SELLING:
        return True
    return action.kind not in AWAITED and bool(action.sku or action.discounts or action.floor is not None)


def _policy(choice: Choice, question: Question) -> Fall | None:
    """What protects her."""
    action = choice.action
    if action.sensitivity not in SHARED and question.menu.placement.seen_by == "many":
        return Fall("guard", f"{action.sensitivity} is not shown where many see it")
    if question.known.complaint and sells(action):
        return Fall("suppressed", "an open complaint: nothing is sold until it is settled")
    return None


# ── what is shown where nothing else can be ──────────────────────────────────


def held_back(choice: Choice, question: Question) -> Fall | None:
    """What keeps a fallback from being shown: what holds whoever she is, and what protects her.

    It competes with nothing, so conditions, consent and caps are not asked.
    """
    action = choice.action
    if not choice.variants:
        return Fall("format", MISFIT)
    if question.menu.placement.counted:
        return Fall("suppressed", "what is sent there is counted, and a fallback is not")
    fall = _valid(choice, question.ask.moment.day) or _policy(choice, question)
    if fall is None and action.kind not in AWAITED:
        fall = quiet_of(question)
    return fall or _unsold(action, question.known)


def _unsold(action: Action, known: Known) -> Fall | None:
    """What keeps its product from being sold, at the price as it is."""
    sku = action.sku
    if sku is None:
        return None
    if sku in known.sensitive:
        return Fall("guard", f"{sku} is sensitive, and not shown where many see it")
    if known.stock.get(sku, 1) < 1:
        return Fall("stock", f"nothing left of {sku}")
    price, floor = known.prices.get(sku), action.floor
    if price is not None and floor is not None and price < floor:
        says = f"the price {price / 1_000_000:.2f} is below the floor {floor / 1_000_000:.2f}"
        return Fall("floor", says)
    return None


# ── what changes from one moment to the next ─────────────────────────────────


def _fallen_now(question: Question, found: Sifted) -> dict[int, Fall]:
    """Places of those that caps, suppressions and stock hold back; all where there is no such store."""
    if question.known.nowhere:
        fall = Fall("applicable", f"there is no store {question.ask.store}")
        return dict.fromkeys(range(len(found.names)), fall)
    table, known, used = question.menu.table, question.known, question.used
    numbers = limited(table, used, used.met, table.everybody)
    for sku in sorted(known.sensitive):
        hidden = Fall("guard", f"{sku} is sensitive, and not shown where many see it")
        numbers.update((number, hidden) for number in table.stocked.get(sku, ()))
    quiet = quiet_of(question)
    if quiet is not None:
        held = (n for n, choice in enumerate(table.choices) if choice.action.kind not in AWAITED)
        numbers.update((number, quiet) for number in held)
    if not known.recommends:
        for number in table.recommending:
            numbers.setdefault(number, Fall("stock", "no model recommends products at this moment"))
    if table.stocked:
        for sku, left in known.stock.items():
            if left < 1:
                for number in table.stocked.get(sku, ()):
                    numbers.setdefault(number, Fall("stock", f"nothing left of {sku}"))
    places = found.places
    return {places[number]: numbers[number] for number in sorted(numbers) if number in places}


def quiet_of(question: Question) -> Fall | None:
    """The rule of quiet hours while they hold where she is."""
    quiet, clock = question.menu.placement.quiet, question.known.clock
    if quiet is None or clock is None or not quiet.holds(clock.minute):
        return None
    hour, minute = divmod(clock.minute, 60)
    return Fall("suppressed", f"quiet hours {quiet.says}: it is {hour:02d}:{minute:02d} in {clock.zone}")


def limited(table: Table, used: Used, keys: Iterable[Key], everybody: Iterable[str]) -> dict[int, Fall]:
    """Numbers of the choices without room, and by which rule: of those that count one of these."""
    rules = [*table.always]
    for key in keys:
        rules += table.rules_of.get(key, ())
    for counted in everybody:
        rules += table.everybody.get(counted, ())
    first: dict[int, tuple[int, Rule]] = {}
    for rule in rules:
        if not used.holds_back(rule):
            continue
        for number, place in rule.holders.items():
            held = first.get(number)
            if held is None or place < held[0]:
                first[number] = (place, rule)
    return {number: Fall(rule.stage, rule.says) for number, (_, rule) in first.items()}


def _place(table: Table, found: Sifted, name: str) -> int | None:
    number = table.numbers.get(name)
    return None if number is None else found.places.get(number)


def _judged(one: Candidate, known: Known, question: Question) -> Candidate | Fall:
    """At the one depth of discount that it may compete with, and with what it has tired her."""
    choice = one.choice
    found = depths(choice, known)
    if isinstance(found, str):
        return Fall("floor", found)
    draw = draw_of(question.ask)
    depth = found[0] if len(found) == 1 else smallest_that_pays(found, tried(choice, known, draw))
    met = question.used.untouched.get(choice.action.name, ())
    return one._replace(
        discount=depth.percent,
        margin=depth.margin,
        lift=depth.lift,
        fatigue=tiring(met, question.ask.moment, depth.margin),
        personalised=choice.priced and differs(choice, known, depth.percent, draw),
    )
