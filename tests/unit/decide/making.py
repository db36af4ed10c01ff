"""Placements, actions and what is known, in few words, for tests of decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from segue.decide.asked import Ask, Contact, Known, Moment
from segue.decide.choose import decide
from segue.decide.decided import Decision
from segue.decide.menu import Truth, menus
from segue.domain.actions import Action, Content, Placement
from segue.domain.conditions import Compare, Condition

NOW = Moment(1_772_366_400_000_000, 20_513, 492_324)
BANNER = (Content("banner", None, (("headline", "Hello"),)),)


def compile_(condition: Condition) -> Truth:
    """Facts are a mapping of dotted paths here."""
    assert isinstance(condition, Compare)
    path, value = ".".join(condition.path), condition.value
    return lambda facts: (facts or {}).get(path) == value


def action(name: str, **given: Any) -> Action:
    """An action with a banner, worth 1.00 where nothing else is said."""
    return Action(**{"name": name, "kind": "offer", "value": 1_000_000, "content": BANNER, **given})


def placement(**given: Any) -> Placement:
    """A banner on the web."""
    whole = {"name": "home", "touchpoint": "web", "formats": ("banner",), "fallback": "story", **given}
    return Placement(**whole)


class Told:
    """A mind that says what it was told: (mean, deviation) by action; and what is bought anyway."""

    def __init__(
        self, told: Mapping[str, tuple[float, float]] | None = None, bought: Mapping[str, float] | None = None
    ) -> None:
        self.told = told or {}
        self.bought = bought

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Any, Any]:
        both = [self.told.get(name, (0.1, 0.05)) for name in actions]
        return np.array([mean for mean, _ in both]), np.array([spread for _, spread in both])

    def anyway(self, features: Sequence[float], actions: Sequence[str]) -> Any:
        return None if self.bought is None else np.array([self.bought.get(name, 0.0) for name in actions])


STORY = action("story", kind="content", value=0)


def ask(
    actions: Sequence[Action],
    known: Known | None = None,
    place: Placement | None = None,
    mind: Told | None = None,
    **given: Any,
) -> Decision:
    """The decision for these actions beside the story, which is the fallback."""
    where = place or placement()
    menu = menus([where], [STORY, *actions], compile_)[where.name]
    question = Ask(**{"placement": where.name, "moment": NOW, "seed": 7, **given})
    return decide(question, known or Known(), menu, mind or Told())


def contact(name: str, days_ago: int = 0, **given: Any) -> Contact:
    """A slot that was answered so many days ago, and seen."""
    day, hour = NOW.day - days_ago, NOW.hour - 24 * days_ago
    whole = {"group": None, "channel": "web", "outcome": "shown", **given}
    return Contact(action=name, day=day, hour=hour, **whole)


def stage_of(decision: Decision, name: str) -> str | None:
    """Where an action fell out; None when it was chosen."""
    return next((each.stage for each in decision.dropped if each.action == name), None)


Build = Callable[..., Decision]
