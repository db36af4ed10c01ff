"""The funnel: which actions may compete, and at which stage and by which rule the others fall out.

What uses her data is asked only where its purpose holds for her, so consent comes before conditions that look
at her; what protects her (``suitable``) may always look.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from segue.decide.asked import Ask, Known
from segue.decide.caps import Used
from segue.decide.decided import Stage
from segue.decide.menu import SHARED, Check, Choice, Menu, Variant
from segue.decide.score import Candidate, depths, smallest_that_pays, tiring
from segue.domain.actions import Action

_MILLION = 1_000_000
SELLING: Final = ("offer", "recommendation")
"""Kinds that an open complaint silences."""


class Question:
    """Everything that one decision is made from, but for what was learnt. Each condition is asked once."""

    def __init__(self, ask: Ask, known: Known, menu: Menu) -> None:
        self.ask = ask
        self.known = known
        self.menu = menu
        self.used = Used(known, ask.moment)
        self._held: dict[int, bool] = {}

    def holds(self, check: Check) -> bool:
        """Whether a condition holds."""
        held = self._held.get(check.number)
        if held is None:
            held = self._held[check.number] = check.truth(self.known.facts)
        return held


class Fall(NamedTuple):
    """Where an action fell out."""

    stage: Stage
    rule: str


def sift(choice: Choice, question: Question) -> Candidate | Fall:
    """A candidate, or the first stage and rule at which it falls out."""
    fall = _may(choice, question) or _policy(choice, question)
    if fall is not None:
        return fall
    known = question.known
    found = depths(choice, known)
    if isinstance(found, str):
        return Fall("floor", found)
    depth = found[0] if len(found) == 1 else smallest_that_pays(found)
    tired = (False, choice.action.name) in question.used.met
    levers = 1.0
    for check, multiply in choice.levers:
        if question.holds(check):
            levers *= multiply
    return Candidate(
        choice,
        depth.percent,
        depth.margin,
        choice.action.cost / _MILLION,
        tiring(choice, known, question.ask.moment, depth.margin) if tired else 0.0,
        levers,
        depth.lift,
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


def _may(choice: Choice, question: Question) -> Fall | None:
    """May she, does it make sense now, is it right for her."""
    if choice.first_day is not None or choice.last_day is not None:
        fall = _valid(choice, question.ask.moment.day)
        if fall is not None:
            return fall
    if choice.tongued and variant_of(choice, question.ask.locale) is None:
        return Fall("format", f"no content in the language {question.ask.locale}")
    if choice.purpose is not None and choice.purpose not in question.known.granted:
        return Fall("consent", f"no consent to {choice.purpose}")
    for stage, check in choice.conditions:
        if not question.holds(check):
            return Fall(stage, check.says)
    return None


def _valid(choice: Choice, day: int) -> Fall | None:
    if choice.first_day is not None and day < choice.first_day:
        return Fall("eligible", f"valid from {choice.action.valid_from}")
    if choice.last_day is not None and day > choice.last_day:
        return Fall("eligible", f"valid until {choice.action.valid_until}")
    return None


def _policy(choice: Choice, question: Question) -> Fall | None:
    """What protects her, and what there is to sell."""
    action, known = choice.action, question.known
    if action.sensitivity not in SHARED and question.menu.placement.seen_by == "many":
        return Fall("guard", f"{action.sensitivity} is not shown where many see it")
    if known.complaint and action.kind in SELLING:
        return Fall("suppressed", "an open complaint: nothing is sold until it is settled")
    if question.used.concerns(choice.limits):
        full = question.used.full(choice.limits)
        if full is not None:
            return Fall("caps", full)
        pause = question.used.suppressed(choice.limits)
        if pause is not None:
            return Fall("suppressed", pause)
    return _there(action, known)


def _there(action: Action, known: Known) -> Fall | None:
    if action.kind == "recommendation" and not known.recommends:
        return Fall("stock", "no model recommends products at this moment")
    if action.sku is not None and known.stock.get(action.sku, 1) < 1:
        return Fall("stock", f"nothing left of {action.sku}")
    return None
