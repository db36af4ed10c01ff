"""What is known of a placement's actions before they were shown there: by trainings, and by other actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from segue.app.learning.acceptance import believed
from segue.decide import depths
from segue.decide.belief import Belief, Coefficients, Sort
from segue.decide.elasticity import OTHERS, Lift
from segue.decide.menu import Menu
from segue.ports.database import Session

Menus = Callable[[], Mapping[str, Menu]]
"""The menus of the definitions in force, which change."""


class Priors(Mapping[str, Coefficients]):
    """Action → coefficients of its acceptance, of every action that competes at a placement at present."""

    def __init__(self, belief: Belief, menus: Menus, placement: str) -> None:
        self._belief, self._menus, self._placement = belief, menus, placement

    def __getitem__(self, action: str) -> Coefficients:
        menu = self._menus().get(self._placement)
        choice = None if menu is None else menu.choice(action)
        if menu is None or choice is None:
            raise KeyError(action)
        return self._belief.of(Sort(choice.action.kind, choice.action.group, menu.placement.touchpoint))

    def __iter__(self) -> Iterator[str]:
        menu = self._menus().get(self._placement)
        return iter(() if menu is None else [choice.action.name for choice in menu.choices])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Beforehand:
    """As of one moment, for all placements."""

    def __init__(self, session: Session, menus: Menus) -> None:
        self._menus = menus
        self._belief = believed(session)
        self._lifts = depths.lifts(session)

    def priors(self, placement: str) -> Mapping[str, Coefficients] | None:
        """None where no training has learnt from outcomes yet."""
        return None if self._belief is None else Priors(self._belief, self._menus, placement)

    def lifts(self, placement: str) -> Mapping[str, Lift]:
        """How acceptance answers discounts."""
        return self._lifts.get(placement) or self._lifts[OTHERS]
