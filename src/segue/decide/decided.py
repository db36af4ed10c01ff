"""What a decision says."""

from __future__ import annotations

from collections.abc import Sequence
from struct import iter_unpack
from typing import Final, Literal

import msgspec

Stage = Literal[
    "format",
    "eligible",
    "applicable",
    "suitable",
    "consent",
    "guard",
    "caps",
    "suppressed",
    "stock",
    "floor",
    "score",
    "arbitration",
]
STAGES: tuple[Stage, ...] = (
    "format", "eligible", "applicable", "suitable", "consent", "guard", "caps", "suppressed", "stock",
    "floor", "score", "arbitration",
)  # fmt: skip


class Dropped(msgspec.Struct, frozen=True):
    """An action that was not chosen: at which stage it fell out, and by which rule."""

    action: str
    stage: Stage
    rule: str


class Fallen(msgspec.Struct, frozen=True, array_like=True):
    """Actions that fell out at the same stage by the same rule."""

    stage: Stage
    rule: str
    actions: tuple[str, ...]


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """An action that came as far as being scored; amounts in units of the shop's currency."""

    action: str
    discount: int
    #: foretold probability that it is accepted, and how uncertain that is (one standard deviation)
    acceptance: float
    uncertainty: float
    #: what is earned if it is accepted, after discount
    margin: float
    #: of showing it, and of tiring her
    cost: float
    fatigue: float
    #: product of the levers that hold
    levers: float
    #: expected incremental margin
    score: float
    #: share of the draws in which it was best, first slot
    weight: float = 0.0
    #: how much likelier the discount is believed to make it
    lift: float = 1.0
    #: foretold probability that its product is bought without being shown, and what that earns
    anyway: float = 0.0
    forgone: float = 0.0


COLUMNS: Final = (
    "discount", "margin", "cost", "fatigue", "levers", "lift", "acceptance", "uncertainty", "score", "weight",
)  # fmt: skip
"""Of :class:`Scored`, as :class:`Ranking` holds them."""
WITHOUT: Final = ("anyway", "forgone")
"""More of them, where something is known of what is bought without being shown."""


class Ranking(msgspec.Struct, frozen=True, array_like=True):
    """Scores side by side."""

    #: best first
    actions: tuple[str, ...] = ()
    #: little-endian doubles, :data:`COLUMNS` of each action, and :data:`WITHOUT` of all or none
    rows: bytes = b""

    def row(self, place: int) -> dict[str, float]:
        """Columns of one action."""
        width = len(self.rows) // len(self.actions)
        names = (*COLUMNS, *WITHOUT)[: width // 8]
        [values] = iter_unpack(f"<{len(names)}d", self.rows[place * width : (place + 1) * width])
        return dict(zip(names, values, strict=True))

    def scores(self) -> tuple[Scored, ...]:
        """One by one."""
        rows = (self.row(place) for place in range(len(self.actions)))
        return tuple(
            Scored(action=action, discount=int(row.pop("discount")), **row)
            for action, row in zip(self.actions, rows, strict=True)
        )


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """What one slot shows."""

    action: str
    #: number of the content among the action's
    variant: int
    discount: int
    score: float
    #: probability of the arm, this action at this discount: that the action was drawn for this slot, given
    #: the slots before and at which discounts all compete, times that this discount was tried
    propensity: float
    #: whether its texts name personal facts
    personal: bool
    #: her price differs from others' because of who she is
    personalised: bool = False
    #: of the action alone, which exploring bounds; None: of a fallback, or decided before discounts had a
    #: chance of their own, and then ``propensity`` is the action's
    action_propensity: float | None = None
    #: of the draws from 0 to 1 by which discounts are tried, from where to where they bring this one
    tried: tuple[float, float] = (0.0, 1.0)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, and why."""

    slots: tuple[Slot, ...]
    #: nothing else could be shown
    fallback: bool
    considered: int
    #: what was not chosen, rule by rule
    fallen: tuple[Fallen, ...]
    #: of those that were explored among
    ranking: Ranking = Ranking()
    #: an action that could have been shown and was not, of which is watched whether its product is bought
    #: anyway (:mod:`segue.decide.anyway`); None: there is none, or it was decided before there were any
    control: str | None = None

    @property
    def scores(self) -> Sequence[Scored]:
        """Of those that were explored among, best first."""
        return self.ranking.scores()

    @property
    def dropped(self) -> Sequence[Dropped]:
        """What was not chosen, one by one."""
        return [Dropped(name, each.stage, each.rule) for each in self.fallen for name in each.actions]
