"""A simulated world: digital traces around real trips to stores, with the truth kept aside.

Pure and seeded: the same households and seed give the same calls. Nothing here claims to be real: every
call says ``context.composed: true``.
"""

from __future__ import annotations

from segue.checks.world.leaving import leaving, left_as
from segue.checks.world.lives import compose, drawing, surroundings
from segue.checks.world.records import (
    SOURCES,
    TRUSTED_SOURCES,
    Call,
    Household,
    Mailing,
    Product,
    Regular,
    Shelf,
    Surroundings,
    Trip,
)
from segue.checks.world.retailer import invent
from segue.checks.world.tempted import Question, Shown, Tastes, at_the_entrance, delivery, questions
from segue.checks.world.today import Due, Today
from segue.checks.world.truth import Comparison, Truth

__all__ = [
    "SOURCES",
    "TRUSTED_SOURCES",
    "Call",
    "Comparison",
    "Due",
    "Household",
    "Mailing",
    "Product",
    "Question",
    "Regular",
    "Shelf",
    "Shown",
    "Surroundings",
    "Tastes",
    "Today",
    "Trip",
    "Truth",
    "at_the_entrance",
    "compose",
    "delivery",
    "drawing",
    "invent",
    "leaving",
    "left_as",
    "questions",
    "surroundings",
]
