"""What can be decided: placements and the actions that compete for them. The definitions only.

Files ``placements.yaml`` and ``actions.yaml`` are read by :mod:`segue.domain.rules`; ``segue.decide`` chooses
among them.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from segue.domain.conditions import Condition, Window
from segue.domain.order import DAY, HOUR, MINUTE

Touchpoint = Literal[
    "web", "app", "display", "kiosk", "associate", "till", "email", "sms", "push", "messenger"
]
SeenBy = Literal["one", "many"]
ActionKind = Literal["offer", "recommendation", "content", "service", "message"]
Sensitivity = Literal[
    "none", "health", "alcohol", "intimate", "children", "financial", "religion", "politics"
]
Per = Literal["person", "everybody"]
Outcome = Literal["returned", "shown", "clicked", "dismissed", "accepted"]
"""What became of an action in a slot. ``returned`` is a slot that was answered and of which nothing is known
yet; ``accepted`` is a redemption or a purchase that it led to."""


UNSTAFFED: tuple[Touchpoint, ...] = ("web", "app", "display", "kiosk")
"""Touchpoints where whoever is there speaks for herself: nothing is proven by being said at one of them."""

ATTRIBUTION = Window("days", 7)
"""How long an order of its product is credited to a slot that was seen, where an action says nothing."""

MESSAGES: tuple[Touchpoint, ...] = ("email", "sms", "push", "messenger")
"""Touchpoints that come to her, wherever she is and whatever she does."""


class Quiet(msgspec.Struct, frozen=True):
    """Hours of the day in which nobody is disturbed, by the clocks where she is; minutes since midnight."""

    begins: int
    ends: int

    def holds(self, minute: int) -> bool:
        """Whether it is quiet at this minute of her day; it may last past midnight."""
        if self.begins < self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    @property
    def says(self) -> str:
        """``21:00-08:00``"""
        return "-".join(f"{at // 60:02d}:{at % 60:02d}" for at in (self.begins, self.ends))


class Cap(msgspec.Struct, frozen=True):
    """At most ``max`` impressions within a window."""

    max: int
    #: None: ever
    within: Window | None
    per: Per = "person"
    #: counts every action of this group; None: this action alone
    group: str | None = None
    #: counts this touchpoint only; None: all together
    channel: Touchpoint | None = None


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a touchpoint that asks what to show."""

    name: str
    touchpoint: Touchpoint
    #: actions shown at once, 1 to 20
    slots: int = 1
    #: formats of content that fit, best first
    formats: tuple[str, ...]
    #: the action that is shown where nothing else can be
    fallback: str
    #: whether others can see what is shown there
    seen_by: SeenBy = "one"
    #: share of decisions that is spread evenly over the candidates, 0 to 0.5
    exploration: float = 0.05
    #: milliseconds after which the fallback is answered
    timeout_ms: int = 100
    #: personal facts that may be told at once
    personal_facts: int = 1
    #: seconds after which a returned slot that nobody saw gives its cap back
    silence: int = 1800
    #: of messages: when none but a service is sent; None: any hour
    quiet: Quiet | None = None
    #: answers in its channel, whatever they show; ``per`` person, of no group
    caps: tuple[Cap, ...] = ()
    title: str = ""

    @property
    def counted(self) -> bool:
        """Whether whatever it sends has to be counted: a fallback is not, so it is not sent either."""
        return bool(self.caps) and self.touchpoint in MESSAGES

    @property
    def tells(self) -> bool:
        """Whether personal facts may be told there at all: only she sees it, and no till reads it out."""
        return self.seen_by == "one" and self.touchpoint != "till"


class Content(msgspec.Struct, frozen=True):
    """What is shown of an action in one format and language; texts are Liquid templates."""

    format: str
    #: None: any language
    locale: str | None = None
    #: headline, body, image, link, … as the touchpoint reads them
    texts: tuple[tuple[str, str], ...] = ()
    #: a sentence that can be read to the customer
    because: str | None = None


class Suppression(msgspec.Struct, frozen=True):
    """After ``count`` outcomes within a window she is left in peace for ``pause``."""

    outcome: Literal["shown", "ignored", "dismissed", "clicked", "accepted"]
    count: int
    within: Window
    pause: Window
    #: of every action of this group; None: of this action alone
    group: str | None = None
    channel: Touchpoint | None = None


class Lever(msgspec.Struct, frozen=True):
    """Multiplies an action's score where a condition holds."""

    when: Condition
    multiply: float


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be shown, offered or done."""

    name: str
    kind: ActionKind
    title: str = ""
    #: what caps and suppressions may speak of together
    group: str | None = None
    #: local days, both included
    valid_from: date | None = None
    valid_until: date | None = None
    #: who may have it, when it makes sense, and for whom it is right; None: always
    audience: Condition | None = None
    applicable: Condition | None = None
    suitable: Condition | None = None
    #: margin if it is accepted, before discount, millionths of the shop's currency
    value: int = 0
    #: of showing it, millionths
    cost: int = 0
    #: of using her data for it, one of purposes.yaml; None: it uses none
    purpose: str | None = None
    sensitivity: Sensitivity = "none"
    #: the product that it sells
    sku: str | None = None
    #: percent off, ascending; the arms. Empty: none
    discounts: tuple[int, ...] = ()
    #: the price below which it is never sold, millionths
    floor: int | None = None
    caps: tuple[Cap, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    levers: tuple[Lever, ...] = ()
    content: tuple[Content, ...] = ()
    #: for so long an order of its product that names no decision is credited to a slot of it
    attribution: Window = ATTRIBUTION


def span(window: Window) -> int:
    """A window as microseconds, by no calendar: a day is 24 hours."""
    return window.length * {"minutes": MINUTE, "hours": HOUR, "days": DAY}[window.unit]
