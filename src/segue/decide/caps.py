"""Contact policy: how often is enough, and when to leave her in peace.

A slot counts from the moment it is answered; where nobody saw it, whoever keeps the contacts leaves it out
after the placement's silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from segue.decide.asked import Contact, Known, Moment
from segue.domain.actions import Action, Cap, Suppression, Touchpoint
from segue.domain.conditions import Window
from segue.domain.rules.windows import window_text

IGNORED_AFTER_DAYS = 1
"""A slot that was shown, and neither touched by the end of the next day, was ignored."""


class Scope(NamedTuple):
    """What a cap counts."""

    #: of an action's name, or of a group's
    of_group: bool
    name: str
    channel: Touchpoint | None
    window: Window | None

    def takes(self, action: str, group: str | None, channel: str) -> bool:
        """Whether a slot of this action in this channel counts."""
        named = group == self.name if self.of_group else action == self.name
        return named and self.channel in (None, channel)


class Limits(msgspec.Struct, frozen=True):
    """The caps and suppressions of one action."""

    personal: tuple[tuple[Scope, int, str], ...]
    everybody: tuple[tuple[str, int, str], ...]
    suppressions: tuple[tuple[Scope, Suppression, str], ...]


def limits_of(action: Action) -> Limits:
    """Prepared once for each version of the definitions."""
    return Limits(
        personal=tuple(
            (_scope(action, cap.group, cap.channel, cap.within), cap.max, _cap_says(cap))
            for cap in action.caps
            if cap.per == "person"
        ),
        everybody=tuple(
            (everybody_key(action.name, cap), cap.max, _cap_says(cap))
            for cap in action.caps
            if cap.per == "everybody"
        ),
        suppressions=tuple(
            (_scope(action, each.group, each.channel, each.pause), each, _suppression_says(each))
            for each in action.suppress
        ),
    )


def everybody_key(action: str, cap: Cap) -> str:
    """What uses of a cap over everybody are counted under."""
    name = f"action {action}" if cap.group is None else f"group {cap.group}"
    channel = "" if cap.channel is None else f" {cap.channel}"
    return f"{name}{channel}, {window_text(cap.within)}"


def _scope(action: Action, group: str | None, channel: Touchpoint | None, window: Window | None) -> Scope:
    return Scope(group is not None, group or action.name, channel, window)


def _cap_says(cap: Cap) -> str:
    of = f" of group {cap.group}" if cap.group else ""
    channel = f" in {cap.channel}" if cap.channel else ""
    return f"at most {cap.max} per {cap.per}{of}{channel}, {window_text(cap.within)}"


def _suppression_says(each: Suppression) -> str:
    of = f" of group {each.group}" if each.group else ""
    within, pause = window_text(each.within), window_text(each.pause)
    return f"{each.count} {each.outcome}{of} within {within}: pause of {pause}"


def inside(window: Window | None, contact: Contact, moment: Moment) -> bool:
    """Whether a contact lies in the window that ends now."""
    if window is None:
        return True
    if window.unit == "days":
        return contact.day > moment.day - window.length
    return contact.hour > moment.hour - window.length


class Used:
    """How much of every cap is used, counted when first asked; grows while the slots are filled."""

    def __init__(self, known: Known, moment: Moment) -> None:
        self._known = known
        self._moment = moment
        self._counts: dict[Scope, int] = {}
        self._added: list[tuple[str, str | None, str]] = []
        self._everybody: dict[str, int] = {}

    def full(self, limits: Limits) -> str | None:
        """The cap that leaves no room for one more; None while there is room."""
        for scope, most, says in limits.personal:
            if self._count(scope) >= most:
                return says
        for key, most, says in limits.everybody:
            if self._known.everybody.get(key, 0) + self._everybody.get(key, 0) >= most:
                return says
        return None

    def _count(self, scope: Scope) -> int:
        found = self._counts.get(scope)
        if found is None:
            found = sum(
                scope.takes(each.action, each.group, each.channel)
                and inside(scope.window, each, self._moment)
                for each in self._known.contacts
            )
            found += sum(scope.takes(*each) for each in self._added)
            self._counts[scope] = found
        return found

    def add(self, action: Action, channel: Touchpoint, limits: Limits) -> None:
        """One more slot of this action."""
        told = (action.name, action.group, channel)
        self._added.append(told)
        for scope in self._counts:
            self._counts[scope] += scope.takes(*told)
        for key, _, _ in limits.everybody:
            self._everybody[key] = self._everybody.get(key, 0) + 1


def suppressed(limits: Limits, contacts: Iterable[Contact], moment: Moment) -> str | None:
    """The suppression that holds now; None where none does.

    It begins with the outcome that completes the count and lasts for the pause: so it holds while some
    outcome inside the pause is the last of ``count`` within their window.
    """
    for scope, each, says in limits.suppressions:
        days = sorted(
            (contact.day, contact.hour)
            for contact in contacts
            if scope.takes(contact.action, contact.group, contact.channel)
            and _is_outcome(contact, each.outcome, moment)
        )
        for last in range(each.count - 1, len(days)):
            first_day, first_hour = days[last - each.count + 1]
            day, hour = days[last]
            together = (
                day - first_day < each.within.length
                if each.within.unit == "days"
                else hour - first_hour < each.within.length
            )
            if together and _lasts(each.pause, day, hour, moment):
                return says
    return None


def _lasts(pause: Window, day: int, hour: int, moment: Moment) -> bool:
    return moment.day - day < pause.length if pause.unit == "days" else moment.hour - hour < pause.length


def _is_outcome(contact: Contact, outcome: str, moment: Moment) -> bool:
    if outcome == "ignored":
        return contact.outcome == "shown" and moment.day - contact.day > IGNORED_AFTER_DAYS - 1
    if outcome == "shown":
        return contact.outcome in {"shown", "clicked", "dismissed", "accepted"}
    return contact.outcome == outcome
