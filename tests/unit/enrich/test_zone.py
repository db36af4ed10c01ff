"""The time zone that her devices say: the last one that there is, however the events came."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import msgspec

from segue.domain.events import Event
from segue.enrich.fold import fold
from segue.enrich.merge import merge
from segue.enrich.state import Head, decode_state, encode_state
from segue.enrich.summary import decode_summary, encode_summary
from tests.unit.enrich.making import ANN, RULES, event, folded, mention, record

PHONE, TABLET = mention("anonymous_id", "a1"), mention("device_id", "d1")


def said(zone: Any, at: float, *, by: Any = (ANN, PHONE), position: int = 0) -> Event:
    return event("Tea", at=at, mentions=by, position=position, context={"timezone": zone})


def zone_of(*events: Event) -> str | None:
    return record(folded(events)).activity.time_zone


def test_the_last_one_counts_whatever_the_order_and_the_batches() -> None:
    told = [
        said("Europe/Berlin", 0),
        said("Asia/Tokyo", 5, by=(ANN, TABLET)),
        said("Europe/Paris", 5, position=1),
        event("Tea", at=9),
    ]
    for events in permutations(told):
        assert zone_of(*events) == "Europe/Paris"
        one, other = fold(None, events[:2], RULES).state, fold(None, events[2:], RULES).state
        for states in ((one, other), (other, one), (merge((one, other)),), (merge((other, one)),)):
            assert record(*states).activity.time_zone == "Europe/Paris"


def test_only_a_device_says_where_it_is_and_only_places_that_there_are() -> None:
    assert zone_of(said("Asia/Tokyo", 0, by=(ANN,))) is None, "a server's events say where the server is"
    for strange in ("Atlantis", "", "../etc/passwd", "x" * 10_000, 9, None, ["Asia/Tokyo"], {"a": 1}):
        assert zone_of(said("Asia/Tokyo", 0), said(strange, 5)) == "Asia/Tokyo"


def test_what_was_stored_before_zones_were_is_read() -> None:
    state = folded([said("Asia/Tokyo", 0)])
    head: list[Any] = msgspec.msgpack.decode(encode_state(state)[1:])
    places = Head.__struct_fields__.index("scenes")
    head[places] = [scene[:-1] for scene in head[places]]
    before = decode_state(b"\x01" + msgspec.msgpack.encode(head))
    assert record(before).activity.time_zone is None
    summary: list[Any] = msgspec.msgpack.decode(bytes(encode_summary(decode_summary(None)))[1:])
    assert decode_summary(b"\x01" + msgspec.msgpack.encode(summary[:-1])).zone == []
    again = fold(before, [said("Europe/Paris", 9)], RULES).state
    assert record(again).activity.time_zone == "Europe/Paris"
