"""Events for the tests of folding, as short as they can be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from segue.domain.events import Event
from segue.domain.identifiers import FragmentId, Mention, fragment_id
from segue.domain.identity import FragmentRow
from segue.domain.order import DAY, SECOND, OrderKey
from segue.domain.rules import Rules, default_rules
from segue.enrich.fold import fold
from segue.enrich.golden import PersonParts, golden_record
from segue.enrich.record import GoldenRecord
from segue.enrich.state import FragmentState

SECRET = b"0" * 32
NOON = 1_772_366_400_000_000
RULES = default_rules()


def mention(kind: str, value: str, *, proven: bool = True) -> Mention:
    """An identifier on an event."""
    device = kind in {"anonymous_id", "device_id"}
    return Mention(kind, value, fragment_id(SECRET, kind, value), proven, device)


ANN = mention("user_id", "ann")


def event(
    name: str = "",
    *,
    at: float = 0,
    type: str | None = None,
    mentions: Sequence[Mention] = (ANN,),
    proven: bool = True,
    message_id: str = "",
    **fields: Any,
) -> Event:
    """An event ``at`` seconds after noon; a track unless it has another type."""
    when = NOON + round(at * SECOND)
    fields.setdefault("source", "web")
    properties = {**fields.pop("properties", {})}
    kind = type or "track"
    return Event(
        message_id=message_id or f"{name}-{kind}-{at}",
        type=kind,  # type: ignore[arg-type]
        event=name,
        timestamp=when,
        received_at=when + SECOND,
        mentions=tuple(mentions),
        proven=proven,
        properties=properties,
        **fields,
    )


def folded(
    events: Iterable[Event], state: FragmentState | None = None, rules: Rules = RULES
) -> FragmentState:
    """The state of events, one at a time."""
    for one in events:
        state = fold(state, [one], rules).state
    assert state is not None
    return state


def record(*states: FragmentState, rules: Rules = RULES, now: int = NOON + 30 * DAY) -> GoldenRecord:
    """The record of a person of these states, all under one identifier's name."""
    rows = [row(mention("user_id", f"u{number}")) for number, _ in enumerate(states)]
    parts = PersonParts(
        person_id=rows[0].fragment_id,
        fragments=rows,
        states={row.fragment_id: state for row, state in zip(rows, states, strict=True)},
    )
    return golden_record(parts, rules, now)


def record_of(*events: Event, rules: Rules = RULES) -> GoldenRecord:
    """The record of these events."""
    return record(folded(events, rules=rules), rules=rules)


def row(of: Mention, person: FragmentId | None = None) -> FragmentRow:
    """The identity row of a mention's fragment."""
    fragment = FragmentId(of.fragment_id)
    return FragmentRow(
        fragment_id=fragment,
        kind=of.kind,
        value=of.value,
        person_id=person or fragment,
        component_id=fragment,
        first_key=OrderKey(NOON.to_bytes(8, "big") + b"\0" * 12),
        source="web",
        proven=of.proven,
        device=of.device,
    )
