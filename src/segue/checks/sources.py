"""What every source's dialect must do, whoever writes it.

A dialect is described by a :class:`Dialect`: how to read bytes, how to join single events into one
request or file, and some specimens. Each obligation is a function that raises AssertionError with what
went wrong; a new dialect's test runs all of :data:`OBLIGATIONS` over it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from segue.domain.drafts import Draft, Unreadable
from segue.errors import InvalidInputError

Item = Draft | Unreadable


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """A source's dialect as the obligations see it."""

    name: str
    #: whatever arrives → its events; InvalidInputError when it is not of this dialect at all
    read: Callable[[bytes], Sequence[Item]]
    #: single events → one request or file
    join: Callable[[Sequence[bytes]], bytes]
    #: at least three different events that must be readable
    good: tuple[bytes, ...]
    #: events of which no draft can be made, or only a repaired one
    bad: tuple[bytes, ...]


def _drafts(items: Sequence[Item]) -> list[Draft]:
    return [item for item in items if isinstance(item, Draft)]


def _said(draft: Draft) -> dict[str, Any]:
    """A draft without its place in the request, and what it came as without the white space."""
    said = msgspec.structs.asdict(draft)
    del said["position"]
    return {**said, "raw": json.loads(draft.raw)}


def reads_every_event(dialect: Dialect) -> None:
    """Each good event becomes a draft."""
    items = dialect.read(dialect.join(dialect.good))
    assert len(_drafts(items)) == len(dialect.good), f"{dialect.name}: {items}"


def reads_alone_as_together(dialect: Dialect) -> None:
    """An event means the same whatever stands around it."""
    together = _drafts(dialect.read(dialect.join(dialect.good)))
    alone = [draft for event in dialect.good for draft in _drafts(dialect.read(dialect.join([event])))]
    assert [_said(draft) for draft in together] == [_said(draft) for draft in alone]


def reads_twice_the_same(dialect: Dialect) -> None:
    """Reading draws nothing from clocks, chance or what was read before."""
    whole = dialect.join([*dialect.good, *dialect.bad])
    assert dialect.read(whole) == dialect.read(whole)


def bad_events_harm_no_other(dialect: Dialect) -> None:
    """A bad event anywhere leaves the drafts of all others as they were."""
    expected = [_said(draft) for draft in _drafts(dialect.read(dialect.join(dialect.good)))]
    for bad in dialect.bad:
        for place in range(len(dialect.good) + 1):
            whole = [*dialect.good[:place], bad, *dialect.good[place:]]
            found = [_said(draft) for draft in _drafts(dialect.read(dialect.join(whole)))]
            missing = [draft for draft in expected if draft not in found]
            assert not missing, f"{dialect.name}: {bad!r} at {place} lost {missing}"


def bad_events_are_kept_with_a_reason(dialect: Dialect) -> None:
    """What cannot be read becomes a dead letter: a code, a sentence and the event. Nothing vanishes."""
    for bad in dialect.bad:
        items = dialect.read(dialect.join([*dialect.good, bad]))
        assert len(items) > len(dialect.good), f"{dialect.name}: {bad!r} vanished"
        for item in items:
            if isinstance(item, Unreadable):
                assert item.reason, f"{dialect.name}: {bad!r}"
                assert item.reason == item.reason.lower().replace(" ", "_")
                assert item.detail, f"{dialect.name}: {bad!r}"
                assert item.raw, f"{dialect.name}: {bad!r}"


def drafts_keep_how_they_came(dialect: Dialect) -> None:
    """A draft's ``raw`` is the event alone as JSON, so that its dead letter can be mended and replayed."""
    for draft in _drafts(dialect.read(dialect.join(dialect.good))):
        assert isinstance(json.loads(draft.raw), dict), f"{dialect.name}: {draft.raw!r}"


def positions_grow(dialect: Dialect) -> None:
    """Events of one moment are told apart by their place, or by message ids of their own."""
    drafts = _drafts(dialect.read(dialect.join(dialect.good)))
    keys = [(draft.position, draft.message_id) for draft in drafts]
    assert len(set(keys)) == len(keys), f"{dialect.name}: {keys}"


def nothing_is_beyond_it(dialect: Dialect) -> None:
    """No bytes at all raise anything but InvalidInputError."""
    whole = dialect.join([*dialect.good, *dialect.bad])
    for hostile in (
        b"",
        b"\x00",
        b"\xff\xfe\xfa",
        b"null",
        b"[]",
        b"{}",
        b"[" * 5_000,
        b'{"a":' * 5_000,
        b'{"batch":[{"type":"track","timestamp":1e999}]}',
        b'"\\ud800"',
        whole[: len(whole) // 2],
        whole[::-1],
        whole + b"\x00\xff",
    ):
        never_raises(dialect, hostile)


def never_raises(dialect: Dialect, hostile: bytes) -> None:
    """One body of :func:`nothing_is_beyond_it`; for property tests with bodies of their own."""
    try:
        items = dialect.read(hostile)
    except InvalidInputError:
        return
    assert all(isinstance(item, Draft | Unreadable) for item in items)


Obligation = Callable[[Dialect], None]

OBLIGATIONS: tuple[Obligation, ...] = (
    reads_every_event,
    reads_alone_as_together,
    reads_twice_the_same,
    bad_events_harm_no_other,
    bad_events_are_kept_with_a_reason,
    drafts_keep_how_they_came,
    positions_grow,
    nothing_is_beyond_it,
)
"""All of them; each one's docstring says what it demands."""
