"""Decisions as feature flags (OFREP): a flag is a placement, its value what the first slot shows.

``home_hero`` is an object: the slot's texts with what names it. ``home_hero.on`` is a boolean: whether
anything but the fallback is shown; ``home_hero.action`` a string; ``home_hero.discount`` a number; and
``home_hero.headline``, … each text as a string. All of them come from one decision, which holds for a while
(:mod:`segue.app.deciding.holding`), so that asking again, one by one or in bulk, reserves nothing anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from segue.app.deciding.answers import DecisionAnswer, SlotAnswer
from segue.app.deciding.asking import DecisionRequest, basket_of
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.deciding.holding import Found, Held, Holding, Standing, Subject
from segue.app.installation import Installation
from segue.domain.order import rfc3339
from segue.domain.rules import Rules
from segue.domain.rules.normalise import normalise_identifier
from segue.errors import InvalidInputError, SegueError, UnavailableError

Reason = Literal["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED"]
ErrorCode = Literal["PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL", "FLAG_NOT_FOUND"]

NOTHING = "none"
"""The variant where nothing is shown: the value is absent, and the caller's own default holds."""
TOUCHPOINTS = ("web", "app")
"""Touchpoints of bulk evaluation, where the context names none and the key is bound to no placement."""
_LONGEST = 500
_OURS = ("targetingKey", "kind", "touchpoint", "identity_token")


class FlagError(SegueError):
    """What cannot be evaluated, in the words of the protocol."""

    code = "invalid_input"
    status = 400

    def __init__(self, error: ErrorCode, message: str, *, cure: str | None = None) -> None:
        super().__init__(message, cure=cure)
        self.error: ErrorCode = error
        if error == "FLAG_NOT_FOUND":
            self.status = 404


class Flag(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One flag, evaluated; or why it could not be (``errorCode``)."""

    key: str
    value: Any | UnsetType = UNSET
    reason: Reason | UnsetType = UNSET
    #: the action that is shown
    variant: str | UnsetType = UNSET
    metadata: dict[str, str | float | bool] | UnsetType = UNSET
    errorCode: ErrorCode | UnsetType = UNSET
    errorDetails: str | UnsetType = UNSET


class Flags(msgspec.Struct, frozen=True, kw_only=True):
    """Every flag that the caller may see."""

    flags: list[Flag]
    metadata: dict[str, str | float | bool] = {}


class Caller(NamedTuple):
    """Who evaluates."""

    actor: str
    trusted: bool
    #: the only placement that it may ask for; None: any
    placement: str | None


class Question(NamedTuple):
    """An evaluation context, read."""

    identifiers: Mapping[str, str]
    context: Mapping[str, Any]
    touchpoint: str | None
    token: str | None


def read_context(context: Any, rules: Rules, *, trusted: bool) -> Question:
    """FlagError TARGETING_KEY_MISSING or INVALID_CONTEXT."""
    if context is None or (isinstance(context, Mapping) and not context.get("targetingKey")):
        raise FlagError(
            "TARGETING_KEY_MISSING",
            "the context has no targetingKey",
            cure="name who asks: a device's or a user's id",
        )
    if not isinstance(context, Mapping):
        raise FlagError("INVALID_CONTEXT", "context is no object")
    value, touchpoint, token = (
        context.get(name) for name in ("targetingKey", "touchpoint", "identity_token")
    )
    kind: Any = context.get("kind", "user_id" if trusted or token else "anonymous_id")
    for name, each in (("targetingKey", value), ("kind", kind)):
        if not isinstance(each, str) or len(each) > _LONGEST:
            raise FlagError("INVALID_CONTEXT", f"context.{name} is no text of at most {_LONGEST} characters")
    for name, each in (("touchpoint", touchpoint), ("identity_token", token)):
        if each is not None and not isinstance(each, str):
            raise FlagError("INVALID_CONTEXT", f"context.{name} is no text")
    if kind not in rules.identity.kinds:
        raise FlagError("INVALID_CONTEXT", f"context.kind {kind[:40]!r} is no kind of identifier")
    if normalise_identifier(rules.identity, kind, value) is None:
        raise FlagError("INVALID_CONTEXT", f"context.targetingKey cannot be a {kind}")
    try:
        basket_of(context)
    except InvalidInputError as error:
        raise FlagError("INVALID_CONTEXT", error.message, cure=error.cure) from error
    said = {name: each for name, each in context.items() if name not in _OURS}
    return Question({kind: str(value)}, said, touchpoint, token)


class Evaluations:
    """Evaluates the flags of one installation. Safe to share between threads and event loops."""

    def __init__(self, installation: Installation, desk: Desk) -> None:
        self._installation = installation
        self._desk = desk
        self._holding = Holding(installation)

    async def one(self, key: str, question: Question, asker: Asker, caller: Caller) -> Flag:
        """One flag; FlagError FLAG_NOT_FOUND."""
        placement, _, facet = key.partition(".")
        if placement not in self.visible(question, caller, every=True) or (key != placement and not facet):
            raise FlagError("FLAG_NOT_FOUND", f"there is no flag {key[:80]!r}", cure="a flag is a placement")
        subject = _subject(question, asker, caller)
        found = await self._find(subject, [placement])
        held = await self._answer(subject, placement, found)
        return _flag(key, facet, placement, held)

    async def all(self, question: Question, asker: Asker, caller: Caller) -> tuple[Flags, str]:
        """Every flag of the placements that the caller sees, and its ETag."""
        placements = self.visible(question, caller)
        subject = _subject(question, asker, caller)
        found = await self._find(subject, placements)
        answers = await asyncio.gather(
            *(self._answer(subject, name, found) for name in placements), return_exceptions=True
        )
        flags, marks = [], [str(self._installation.rules().version), subject.actor]
        for name, held in zip(placements, answers, strict=True):
            if isinstance(held, SegueError):
                flags.append(Flag(key=name, errorCode="GENERAL", errorDetails=held.message))
                marks.append(f"{name} {held.code}")
            elif isinstance(held, BaseException):
                raise held
            else:
                flags += [_flag(name, "", name, held)]
                flags += [_flag(f"{name}.{facet}", facet, name, held) for facet in _facets(held)]
                marks.append(_mark(name, held))
        marks.append(msgspec.json.encode([subject.request.identifiers, subject.request.context]).decode())
        etag = blake2b("\0".join(marks).encode("utf-8", "replace"), digest_size=16).hexdigest()
        return Flags(flags=flags, metadata={"definitions": self._installation.rules().version}), f'"{etag}"'

    def visible(self, question: Question, caller: Caller, *, every: bool = False) -> list[str]:
        """Placements that the caller may evaluate, by name; ``every``: whatever their touchpoint."""
        placements = self._installation.rules().placements
        if caller.placement is not None:
            return [each.name for each in placements if each.name == caller.placement]
        wanted = TOUCHPOINTS if question.touchpoint is None else (question.touchpoint,)
        return sorted(each.name for each in placements if every or each.touchpoint in wanted)

    async def _find(self, subject: Subject, placements: Sequence[str]) -> Found:
        try:
            return await asyncio.to_thread(self._holding.find, subject, placements)
        except UnavailableError:  # the desk answers the fallback
            return Found({}, {}, Standing({}, complaint=False))

    async def _answer(self, subject: Subject, placement: str, found: Found) -> Held:
        held = found.held.get(placement)
        if held is not None:
            return held
        request = msgspec.structs.replace(subject.request, placement=placement)
        try:
            if placement in found.stale:
                await asyncio.to_thread(self._holding.release, found.stale[placement])
            answer = await self._desk.ask(request, subject.asker)
        except InvalidInputError as error:
            raise FlagError("INVALID_CONTEXT", error.message, cure=error.cure) from error
        if answer.fallback or placement not in found.standing.granted:
            return Held(answer=answer, until=0)  # reserves nothing, so nothing has to hold
        try:
            return await asyncio.to_thread(self._holding.hold, subject, placement, answer, found)
        except UnavailableError:
            return Held(answer=answer, until=0)


def _subject(question: Question, asker: Asker, caller: Caller) -> Subject:
    request = DecisionRequest(
        placement="", identifiers=dict(question.identifiers), context=dict(question.context), limit=1
    )
    return Subject(request, asker, caller.actor)


# ── values ───────────────────────────────────────────────────────────────────


def _facets(held: Held) -> list[str]:
    """What can be asked of an answer by itself."""
    if not held.answer.slots:
        return ["on", "action"]
    texts = (name for name in held.answer.slots[0].content if name not in {"on", "action", "discount"})
    return ["on", "action", "discount", *texts]


def _flag(key: str, facet: str, placement: str, held: Held) -> Flag:
    answer = held.answer
    slot = answer.slots[0] if answer.slots else None
    value = _value(facet, slot, answer)
    return Flag(
        key=key,
        value=value,
        reason=_reason(slot, answer) if value is not UNSET else "DISABLED",
        variant=NOTHING if slot is None else slot.action,
        metadata=_metadata(placement, slot, held),
    )


def _value(facet: str, slot: SlotAnswer | None, answer: DecisionAnswer) -> Any:
    """UNSET: the caller's default holds."""
    if facet == "on":
        return slot is not None and not answer.fallback
    if slot is None:
        return NOTHING if facet == "action" else UNSET
    if facet == "action":
        return slot.action
    if facet == "discount":
        return slot.discount
    if facet:
        return slot.content.get(facet, UNSET)
    whole = {
        "decision_id": answer.decision_id,
        "slot": 0,
        "action": slot.action,
        "kind": slot.kind,
        "discount": slot.discount,
        "personalised_price": slot.personalised_price,
        "because": slot.because,
    }
    if slot.products:
        whole["products"] = msgspec.to_builtins(slot.products)
    return {**slot.content, **whole}


def _reason(slot: SlotAnswer | None, answer: DecisionAnswer) -> Reason:
    if slot is None:
        return "DISABLED"
    if answer.fallback:
        return "STATIC"
    return "SPLIT" if slot.propensity < 1 else "TARGETING_MATCH"


def _metadata(placement: str, slot: SlotAnswer | None, held: Held) -> dict[str, str | float | bool]:
    answer = held.answer
    told: dict[str, str | float | bool] = {
        "placement": placement,
        "decision_id": answer.decision_id,
        "slot": 0,
        "fallback": answer.fallback,
        "policy": answer.policy,
    }
    if slot is not None:
        told["propensity"] = slot.propensity
    if held.until:
        told["until"] = rfc3339(held.until)
    return told


def _mark(placement: str, held: Held) -> str:
    """What a flag's part of the ETag is made of; one fallback is like the other."""
    answer = held.answer
    shown = answer.slots[0] if answer.slots else None
    if not answer.fallback:
        return f"{placement} {answer.decision_id}"
    return f"{placement} fallback {None if shown is None else (shown.action, shown.variant)}"
