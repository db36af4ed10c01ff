"""The funnel: which actions may compete, and at which stage and by which rule the others fall out.

What uses her data is asked only where its purpose holds for her, so consent comes before conditions that look
at her; what protects her (``suitable``) may always look.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from segue.decide.asked import Ask, Known
from segue.decide.caps import Used, suppressed
from segue.decide.decided import Stage
from segue.decide.menu import SHARED, Choice, Menu, Variant
from segue.decide.score import Candidate, depths, levered, smallest_that_pays, tiring

_MILLION = 1_000_000
SELLING: Final = ("offer", "recommendation")
"""Kinds that an open complaint silences."""


class Question(NamedTuple):
    """Everything that one decision is made from, but for what was learnt."""

    ask: Ask
    known: Known
    menu: Menu
    used: Used


class Fall(NamedTuple):
    """Where an action fell out."""

    stage: Stage
    rule: str


def sift(choice: Choice, question: Question) -> Candidate | Fall:
    """A candidate, or the first stage and rule at which it falls out."""
    for check in _CHECKS:
        fall = check(choice, question)
        if fall is not None:
            return fall
    known = question.known
    found = depths(choice, known)
    if isinstance(found, str):
        return Fall("floor", found)
    depth = smallest_that_pays(found)
    return Candidate(
        choice=choice,
        discount=depth.percent,
        margin=depth.margin,
        cost=choice.action.cost / _MILLION,
        fatigue=tiring(choice, known, question.ask.moment, depth.margin),
        levers=levered(choice, known.facts),
        lift=depth.lift,
    )


def variant_of(choice: Choice, locale: str | None) -> Variant | None:
    """The best content in that language, else in its language without region, else in none in particular."""
    if locale is None:
        return choice.variants[0] if choice.variants else None
    for wanted in (locale, locale.split("-")[0], None):
        for each in choice.variants:
            if each.locale == wanted:
                return each
    return None


# ── stage by stage ───────────────────────────────────────────────────────────


def _valid(choice: Choice, question: Question) -> Fall | None:
    day = question.ask.moment.day
    if choice.first_day is not None and day < choice.first_day:
        return Fall("eligible", f"valid from {choice.action.valid_from}")
    if choice.last_day is not None and day > choice.last_day:
        return Fall("eligible", f"valid until {choice.action.valid_until}")
    return None


def _speaks(choice: Choice, question: Question) -> Fall | None:
    locale = question.ask.locale
    if variant_of(choice, locale) is None:
        return Fall("format", f"no content in the language {locale}")
    return None


def _consented(choice: Choice, question: Question) -> Fall | None:
    if choice.purpose is None or choice.purpose in question.known.granted:
        return None
    return Fall("consent", f"no consent to {choice.purpose}")


def _audience(choice: Choice, question: Question) -> Fall | None:
    if choice.audience is None or choice.audience.truth(question.known.facts):
        return None
    return Fall("eligible", choice.audience.says)


def _applicable(choice: Choice, question: Question) -> Fall | None:
    if choice.applicable is None or choice.applicable.truth(question.known.facts):
        return None
    return Fall("applicable", choice.applicable.says)


def _suitable(choice: Choice, question: Question) -> Fall | None:
    if choice.suitable is None or choice.suitable.truth(question.known.facts):
        return None
    return Fall("suitable", choice.suitable.says)


def _discreet(choice: Choice, question: Question) -> Fall | None:
    sensitivity = choice.action.sensitivity
    if question.menu.placement.seen_by == "many" and sensitivity not in SHARED:
        return Fall("guard", f"{sensitivity} is not shown where many see it")
    return None


def _calm(choice: Choice, question: Question) -> Fall | None:
    if question.known.complaint and choice.action.kind in SELLING:
        return Fall("suppressed", "an open complaint: nothing is sold until it is settled")
    full = question.used.full(choice.limits)
    if full is not None:
        return Fall("caps", full)
    pause = suppressed(choice.limits, question.known.contacts, question.ask.moment)
    return None if pause is None else Fall("suppressed", pause)


def _there(choice: Choice, question: Question) -> Fall | None:
    sku = choice.action.sku
    if sku is not None and question.known.stock.get(sku, 1) < 1:
        return Fall("stock", f"nothing left of {sku}")
    return None


_CHECKS: Final[tuple[Callable[[Choice, Question], Fall | None], ...]] = (
    _valid, _speaks, _consented, _audience, _applicable, _suitable, _discreet, _calm, _there,
)  # fmt: skip
