"""Admission: a draft becomes an event, or one dead letter; nothing around it is touched.

Pure: the same draft, sender, rules, secret and received time always give the same answer. In turn:
types and size, time, identifiers, consent to collection, the tracking plan. What can be put right is,
and the event says so in its marks; what cannot is kept as a dead letter with the reason and the cure.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, get_args

import msgspec

from segue.collect.consent import STATEMENTS, consented, strip
from segue.collect.ecommerce import V2_NAMES
from segue.collect.identify import IDENTIFIERS_CUT, Finding, Places, find
from segue.collect.letters import dead_letter, raw_of
from segue.collect.plan import Plan
from segue.collect.times import corrected
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.domain.events import DeadLetter, Event, EventType
from segue.domain.repair import TooDeepError, repair
from segue.domain.rules import Rules
from segue.domain.rules.normalise import text_of

LARGEST_EVENT = 32 * 1024
"""Bytes of JSON that one event may have."""

LONGEST_MESSAGE_ID = 100
LONGEST_NAME = 500
"""Characters of the longest event, page or group name."""

REPAIRED = "repaired"
MESSAGE_ID_MADE = "message_id_made"
MESSAGE_ID_SHORTENED = "message_id_shortened"

_TYPES = frozenset(get_args(EventType))
_BODIES = ("properties", "traits", "context")
_IDS = ("user_id", "anonymous_id", "group_id", "previous_id", "message_id")
_OF_BODIES = frozenset({dict, type(None)})
_OF_NO_ID = frozenset({dict, list, bool})
_SHALLOW = 40
"""An event with fewer brackets than this cannot nest too deep, so nobody needs to look."""

_OUTLINE = bytes.maketrans(b"0123456789[", b"0000000000{")
"""Of JSON, what a quick look needs: every digit alike, and every bracket that opens."""

_LARGE_NUMBER = b"0" * 19
"""The outline of an integer beyond 64 bits."""


class _Refused(Exception):
    """Not an error: the event becomes a dead letter with this reason and detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Admission:
    """Rules and secret, prepared once for many events."""

    def __init__(self, rules: Rules, secret: bytes) -> None:
        self.rules = rules
        self.secret = secret
        self._places = Places(rules.identity, secret)
        self._plan = Plan(rules.plan)
        self._collection = rules.purposes.collection

    def admit(self, draft: Draft | Unreadable, sender: Sender, now: int) -> Event | DeadLetter | None:
        """The event, or the dead letter that says why not; None where the sender's visitors must not be
        recorded at all (collection mode ``drop``). ``now`` is the received time in microseconds.
        """
        held_back = ""
        try:
            if isinstance(draft, Unreadable):
                raise _Refused(draft.reason, draft.detail)
            draft = _sound(draft)
            name = _name(draft)
            held_back = self._held_back(draft, sender, name)
            if held_back == "drop":
                return None
            if held_back:
                draft = strip(draft, self._places.all, secret=self.secret, source=sender.source, day_of=now)
            finding = find(draft, sender, self._places)
            return self._event(draft, sender, name, finding, now)
        except _Refused as refused:
            return self._letter(draft, sender, refused, now, stripped=bool(held_back))

    def recognised(self, draft: Draft, sender: Sender) -> tuple[bytes, ...]:
        """The fragments that a draft names, so that erasing them finds its dead letter."""
        found = find(draft, sender, self._places)
        return tuple(mention.fragment_id for mention in found.mentions)

    def _letter(
        self, draft: Draft | Unreadable, sender: Sender, refused: _Refused, now: int, *, stripped: bool
    ) -> DeadLetter | None:
        """The refused draft's letter; of a visitor who has not agreed it keeps as little as an event."""
        mode = self._collection.get(sender.source, "store")
        context = draft.context if isinstance(draft, Draft) and isinstance(draft.context, dict) else {}
        if mode != "store" and not stripped and not consented(context):
            if mode == "drop":
                return None
            draft = Unreadable(reason="", detail="", raw=b"{}", position=draft.position)
        return dead_letter(
            draft,
            source=sender.source,
            received_at=now,
            reason=refused.reason,
            detail=refused.detail,
            fragment_ids=self.recognised(draft, sender) if isinstance(draft, Draft) else (),
        )

    def _held_back(self, draft: Draft, sender: Sender, name: str) -> str:
        """``drop`` or ``strip_identifiers`` when the source's visitor has not agreed; else empty."""
        mode = self._collection.get(sender.source, "store") if self._collection else "store"
        if mode == "store" or name in STATEMENTS or consented(draft.context or {}):
            return ""
        return mode

    def _event(self, draft: Draft, sender: Sender, name: str, finding: Finding, now: int) -> Event:
        mentions = finding.mentions
        if not mentions:
            raise _Refused("no_identifier", "no usable identifier: send userId or anonymousId, not blocked")
        marks = list(draft.marks)
        if finding.cut:
            marks.append(IDENTIFIERS_CUT)
        timestamp, mark = corrected(draft.timestamp, draft.sent_at, now)
        if mark:
            marks.append(mark)
        message_id = _message_id(draft, sender, now, marks)
        if name in V2_NAMES and draft.type == "track":
            marks.append(f"renamed:{name}")
            name = V2_NAMES[name]
        properties, traits = self._planned(draft, name, marks)
        return Event(
            message_id=message_id,
            source=sender.source,
            type=draft.type,
            event=name,
            timestamp=timestamp,
            received_at=now,
            position=draft.position,
            mentions=mentions,
            unlinked=finding.unlinked,
            properties=properties,
            traits=traits,
            context=_context(draft.context or {}, sender),
            group_id=text_of(draft.group_id),
            proven=mentions[0].proven,
            marks=tuple(marks),
            remember=draft.remember,
            trusted=sender.trusted,
        )

    def _planned(self, draft: Draft, name: str, marks: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Properties and traits as the tracking plan leaves them."""
        properties, traits = draft.properties or {}, draft.traits or {}
        if self._plan.idle:
            return properties, traits
        of_traits = draft.type in {"identify", "group"}
        outcome = self._plan.judge(draft.type, name, traits if of_traits else properties)
        if outcome.refused is not None:
            raise _Refused("plan_violation", outcome.refused)
        marks.extend(outcome.marks)
        return (properties, outcome.values) if of_traits else (outcome.values, traits)


def admit(
    draft: Draft | Unreadable, sender: Sender, rules: Rules, secret: bytes, now: int
) -> Event | DeadLetter | None:
    """:meth:`Admission.admit` under ``rules``, whose preparation is remembered."""
    return admission(rules, secret).admit(draft, sender, now)


_PREPARED: dict[tuple[int, bytes], Admission] = {}


def admission(rules: Rules, secret: bytes) -> Admission:
    """The admission under these rules, prepared at most once while they are in force."""
    key = (id(rules), secret)
    found = _PREPARED.get(key)
    if found is None:
        if len(_PREPARED) >= 8:
            _PREPARED.clear()
        found = _PREPARED[key] = Admission(rules, secret)  # holds the rules, so that the id stays theirs
    return found


# ── the draft itself ───────────────────────────────────────────────────────────────


def _sound(draft: Draft) -> Draft:
    """The draft with its types checked and its values fit to be kept."""
    raw = draft.raw
    if len(raw) > LARGEST_EVENT:
        raise _Refused("too_large", f"{len(raw)} bytes; an event may have {LARGEST_EVENT}: send less in it")
    if not raw or _may_need_repair(raw):
        draft = _repaired(draft)
        if not raw and (size := len(raw_of(draft))) > LARGEST_EVENT:
            raise _Refused("too_large", f"{size} bytes; an event may have {LARGEST_EVENT}: send less in it")
    if not _OF_BODIES.issuperset(map(type, (draft.properties, draft.traits, draft.context))):
        name = next(name for name in _BODIES if type(getattr(draft, name)) not in _OF_BODIES)
        raise _Refused("wrong_type", f"{name} is no object: send {{…}}")
    ids = draft.user_id, draft.anonymous_id, draft.group_id, draft.previous_id, draft.message_id
    if not _OF_NO_ID.isdisjoint(map(type, ids)):
        name = next(name for name in _IDS if type(getattr(draft, name)) in _OF_NO_ID)
        raise _Refused("wrong_type", f"{name} is neither text nor a number")
    return draft


def _may_need_repair(raw: bytes) -> bool:
    """A quick look: only escapes, many brackets or long digits can hide what must be put right."""
    if b"\\u" in raw:
        return True
    outline = raw.translate(_OUTLINE)
    return _LARGE_NUMBER in outline or outline.count(b"{") > _SHALLOW


def _repaired(draft: Draft) -> Draft:
    fields = (
        draft.type,
        draft.event,
        draft.message_id,
        draft.user_id,
        draft.anonymous_id,
        draft.group_id,
        draft.previous_id,
        [list(pair) for pair in draft.identifiers],
        draft.properties,
        draft.traits,
        draft.context,
    )
    try:
        values, changed = repair(fields)
    except TooDeepError as error:
        raise _Refused("too_deep", f"it is {error}") from None
    if not changed and draft.raw:
        return draft
    kind, event, message_id, user_id, anonymous_id, group_id, previous_id, identifiers, *bodies = values
    return msgspec.structs.replace(
        draft,
        type=kind,
        event=event,
        message_id=message_id,
        user_id=user_id,
        anonymous_id=anonymous_id,
        group_id=group_id,
        previous_id=previous_id,
        identifiers=tuple((name, value) for name, value in identifiers),
        properties=bodies[0],
        traits=bodies[1],
        context=bodies[2],
        marks=(*draft.marks, REPAIRED) if changed and REPAIRED not in draft.marks else draft.marks,
    )


def _name(draft: Draft) -> str:
    """What the event is called; checks its type on the way."""
    kind = draft.type
    if not isinstance(kind, str) or kind not in _TYPES:
        raise _Refused("unknown_type", f"type is not one of {', '.join(sorted(_TYPES))}")
    if kind not in {"track", "page", "screen"}:
        return ""
    name = draft.event
    if name is None and kind != "track":
        return ""
    if not isinstance(name, str):
        raise _Refused("wrong_type", "the event's name is missing or no text: send event (track) or name")
    name = name.strip()
    if len(name) > LONGEST_NAME or (not name and kind == "track"):
        raise _Refused("no_event_name", f"an event's name has 1 to {LONGEST_NAME} characters")
    return name


def _message_id(draft: Draft, sender: Sender, now: int, marks: list[str]) -> str:
    """The client's id; one derived from content, time and place where there is none (or one too long)."""
    given = text_of(draft.message_id)
    if given and len(given) <= LONGEST_MESSAGE_ID:
        return given
    if given:
        marks.append(MESSAGE_ID_SHORTENED)
        return blake2b(given.encode(), digest_size=16).hexdigest()
    marks.append(MESSAGE_ID_MADE)
    place = f"{sender.source}\0{now}\0{draft.position}\0".encode("utf-8", "surrogatepass")
    return blake2b(place + (draft.raw or raw_of(draft)), digest_size=16).hexdigest()


def _context(context: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """The context without credentials, and with the client's address where the client asks for it."""
    if "identityToken" in context:
        context = {key: value for key, value in context.items() if key != "identityToken"}
    if sender.address is not None and context.get("direct") is True and not context.get("ip"):
        context = {**context, "ip": sender.address}
    return context
