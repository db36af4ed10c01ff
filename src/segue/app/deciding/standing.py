"""Actions and placements as those see them who make them: what is said, where it competes, how it did."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from segue.decide.decided import Stage

Valid = Literal["now", "later", "over"]


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """What became of slots. Each is counted once, at the furthest that it came."""

    #: answered to a touchpoint, seen or not
    answered: int = 0
    shown: int = 0
    clicked: int = 0
    dismissed: int = 0
    accepted: int = 0
    #: led to what was hoped for: accepted, or clicked where a click is all that can be
    won: int = 0
    #: what was won at today's value, after discounts and the cost of showing it; the shop's currency
    margin: str = "0"


class ActionStanding(msgspec.Struct, frozen=True, kw_only=True):
    """An action, where it can appear, and what it earned lately."""

    name: str
    title: str
    kind: str
    group: str | None
    valid: Valid
    #: decimal text, the shop's currency
    value: str
    sku: str | None
    #: placements where it competes, by name
    placements: list[str]
    #: placements that show it when nothing else can be
    fallback_of: list[str]
    #: as in actions.yaml
    definition: dict[str, Any]
    #: changes with what it says
    revision: str
    earned: Earned


class ActionList(msgspec.Struct, frozen=True, kw_only=True):
    """All actions."""

    actions: list[ActionStanding]
    #: how far back ``earned`` goes
    days: int


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and how often it decided."""

    rule: str
    count: int


class StageFalls(msgspec.Struct, frozen=True, kw_only=True):
    """A stage, and how often an action fell out there."""

    stage: Stage
    count: int
    rules: list[RuleCount]


class Falls(msgspec.Struct, frozen=True, kw_only=True):
    """How an action fared in the last decisions of the placements where it competes."""

    decisions: int
    chosen: int
    #: it did not compete: it was not defined yet, or the placement's fallback was answered
    absent: int
    stages: list[StageFalls]
    #: of the oldest decision that was looked at, RFC 3339
    since: str | None


class DayEarned(msgspec.Struct, frozen=True, kw_only=True):
    """A local day."""

    day: str
    earned: Earned


class PlaceEarned(msgspec.Struct, frozen=True, kw_only=True):
    """A placement, and what an action earned there."""

    placement: str
    earned: Earned


class ActionWhole(msgspec.Struct, frozen=True, kw_only=True):
    """One action with how it did."""

    action: ActionStanding
    days: list[DayEarned]
    places: list[PlaceEarned]
    falls: Falls


class ShowingNow(msgspec.Struct, frozen=True, kw_only=True):
    """An action, and in how many of the last answers it was."""

    action: str
    share: float


class PlacementStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A placement and what it shows."""

    name: str
    title: str
    touchpoint: str
    #: as in placements.yaml
    definition: dict[str, Any]
    revision: str
    #: actions that compete there, by name
    competing: list[str]
    decisions: int
    fallbacks: int
    took_p50_ms: float | None
    took_p99_ms: float | None
    #: RFC 3339; null: never asked
    asked_at: str | None
    #: in the last answers, most frequent first
    showing: list[ShowingNow]


class PlacementList(msgspec.Struct, frozen=True, kw_only=True):
    """All placements."""

    placements: list[PlacementStanding]
    #: how far back ``decisions`` goes
    days: int


class PlacementWhole(msgspec.Struct, frozen=True, kw_only=True):
    """One placement with who competes there."""

    placement: PlacementStanding
    #: what each of them earned there
    actions: list[PlaceAction]
    #: actions that have no content for its formats
    misfits: list[str]


class PlaceAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action at one placement."""

    name: str
    title: str
    kind: str
    valid: Valid
    earned: Earned
