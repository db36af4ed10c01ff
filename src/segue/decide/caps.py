"""Contact policy: how often is enough, and when to leave her in peace.

A slot counts from the moment it is answered; where nobody saw it, whoever keeps the contacts leaves it out
after the placement's silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from segue.decide.asked import Contact, Known, Moment
from segue.domain.actions import Action, Cap, Placement, Suppression, Touchpoint
from segue.domain.conditions import Window
from segue.domain.rules.windows import window_text

if TYPE_CHECKING:
    from segue.decide.table import Rule

IGNORED_AFTER_DAYS = 1
"""A slot that was shown, and neither touched by the end of the next day, was ignored."""

_UNTOUCHED = frozenset(("shown", "dismissed"))


Of = Literal["action", "group", "channel"]
"""Slots of an action or of a group; or answers in a channel, whatever they showed."""

THIS_ANSWER: Final = -1
"""The answer that is being made: its slots are one contact in its channel, which there was room for."""


class Scope(NamedTuple):
    """What a cap counts."""

    of: Of
    name: str
    channel: Touchpoint | None
    window: Window | None

    def takes(self, contact: Contact) -> bool:
        """Whether a contact of its action, group or channel counts."""
        return self.channel is None or self.channel == contact.channel


Key = tuple[Of, str]
"""What is counted, and its name."""


class Limits(msgspec.Struct, frozen=True):
    """The caps and suppressions of one action."""

    personal: tuple[tuple[Scope, int, str], ...]
    everybody: tuple[tuple[str, int, str], ...]
    suppressions: tuple[tuple[Scope, Suppression, str], ...]


def with_policy(limits: Limits, placement: Placement) -> Limits:
    """The same, and what a placement's own caps say of its channel, whatever is shown in it."""
    channel = placement.touchpoint
    own = tuple(
        (Scope("channel", channel, None, cap.within), cap.max, _policy_says(cap, channel))
        for cap in placement.caps
    )
    return msgspec.structs.replace(limits, personal=limits.personal + own) if own else limits


def limits_of(action: Action) -> Limits:
    """Prepared once for each version of the definitions."""
    personal = tuple(
        (_scope(action, cap.group, cap.channel, cap.within), cap.max, _cap_says(cap))
        for cap in action.caps
        if cap.per == "person"
    )
    everybody = tuple(
        (everybody_key(action.name, cap), cap.max, _cap_says(cap))
        for cap in action.caps
        if cap.per == "everybody"
    )
    suppressions = tuple(
        (_scope(action, each.group, each.channel, each.pause), each, _suppression_says(each))
        for each in action.suppress
    )
    return Limits(personal, everybody, suppressions)


def everybody_key(action: str, cap: Cap) -> str:
    """What uses of a cap over everybody are counted under."""
    name = f"action {action}" if cap.group is None else f"group {cap.group}"
    channel = "" if cap.channel is None else f" {cap.channel}"
    return f"{name}{channel}, {window_text(cap.within)}"


def _scope(action: Action, group: str | None, channel: Touchpoint | None, window: Window | None) -> Scope:
    return Scope("action" if group is None else "group", group or action.name, channel, window)


def _cap_says(cap: Cap) -> str:
    of = f" of group {cap.group}" if cap.group else ""
    channel = f" in {cap.channel}" if cap.channel else ""
    return f"at most {cap.max} per {cap.per}{of}{channel}, {window_text(cap.within)}"


def _policy_says(cap: Cap, channel: Touchpoint) -> str:
    return f"at most {cap.max} per person in {channel}, whatever they show, {window_text(cap.within)}"


def _suppression_says(each: Suppression) -> str:
    of = f" of group {each.group}" if each.group else ""
    within, pause = window_text(each.within), window_text(each.pause)
    return f"{each.count} {each.outcome}{of} within {within}: pause of {pause}"


def inside(window: Window | None, contact: Contact, moment: Moment) -> bool:
    """Whether a contact lies in the window that ends now."""
    return window is None or _since(window, contact, moment) < window.length


def _since(window: Window, before: Contact, after: Contact | Moment) -> int:
    """How many of a window's units lie between."""
    if window.unit == "days":
        return after.day - before.day
    return after.hour - before.hour if window.unit == "hours" else after.minute - before.minute


class Used:
    """How much of every cap is used; grows while the slots are filled."""

    def __init__(self, known: Known, moment: Moment) -> None:
        self._known = known
        self._moment = moment
        self._everybody: dict[str, int] = {}
        #: of what was shown before, and in the slots before: action, group or channel → contacts
        self.met: dict[Key, list[Contact]] = {}
        #: of actions that she has left untouched: whenever she saw them
        self.untouched: dict[str, list[Contact]] = {}
        for each in known.contacts:
            self._meet(each)
            if each.outcome in _UNTOUCHED:
                self.untouched.setdefault(each.action, []).append(each)

    def _meet(self, contact: Contact) -> None:
        self.met.setdefault(("action", contact.action), []).append(contact)
        self.met.setdefault(("channel", contact.channel), []).append(contact)
        if contact.group is not None:
            self.met.setdefault(("group", contact.group), []).append(contact)

    def holds_back(self, rule: Rule) -> bool:
        """Whether a cap leaves no room for one more, or a pause lasts."""
        scope = rule.scope
        if scope is None:
            held = self._known.everybody.get(rule.key, 0) + self._everybody.get(rule.key, 0)
            return held >= rule.most
        met = self.met.get((scope.of, scope.name), ())
        if len(met) < rule.most:
            return False
        if rule.suppression is not None:
            return _paused(scope, rule.suppression, met, self._moment)
        moment = self._moment
        counted = [each for each in met if scope.takes(each) and inside(scope.window, each, moment)]
        return (_answers(counted) if scope.of == "channel" else len(counted)) >= rule.most

    def add(self, action: Action, channel: Touchpoint, limits: Limits) -> tuple[list[Key], list[str]]:
        """One more slot of this action; answers what counts more now, hers and everybody's."""
        moment = self._moment
        when = moment.day, moment.hour, moment.minute
        self._meet(Contact(action.name, action.group, channel, "returned", *when, THIS_ANSWER))
        everybody = [key for key, _, _ in limits.everybody]
        for key in everybody:
            self._everybody[key] = self._everybody.get(key, 0) + 1
        own: list[Key] = [("action", action.name)]
        return own if action.group is None else [*own, ("group", action.group)], everybody


def _answers(contacts: Iterable[Contact]) -> int:
    """How many answers these are slots of, but for the one that is being made."""
    told = [each.answer for each in contacts if each.answer != THIS_ANSWER]
    return len({*told} - {0}) + told.count(0)


def _paused(scope: Scope, rule: Suppression, met: Iterable[Contact], moment: Moment) -> bool:
    """Whether peace holds: it begins with the outcome that completes the count and lasts for the pause.

    So it holds while some outcome inside the pause is the last of ``count`` within their window.
    """
    told = sorted(
        (each for each in met if scope.takes(each) and _is_outcome(each, rule.outcome, moment)),
        key=lambda each: (each.day, each.hour, each.minute),
    )
    return any(
        _since(rule.within, first, last) < rule.within.length and inside(rule.pause, last, moment)
        for first, last in zip(told, told[rule.count - 1 :], strict=False)
    )


def _is_outcome(contact: Contact, outcome: str, moment: Moment) -> bool:
    if outcome == "ignored":
        return contact.outcome == "shown" and moment.day - contact.day > IGNORED_AFTER_DAYS - 1
    if outcome == "shown":
        return contact.outcome in {"shown", "clicked", "dismissed", "accepted"}
    return contact.outcome == outcome
