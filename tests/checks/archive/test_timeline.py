"""A person's timeline, of which only some is wanted."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.archive import timeline as timelines
from segue.archive.timeline import Filters
from segue.domain.events import Event
from segue.errors import InvalidInputError

from .shop import DAY, NOON, Shop, event, fragment

SOURCES = ("till", "web", "app")
KINDS = (("track", "Order Completed"), ("track", "Product Viewed"), ("page", "Home"), ("identify", ""))
CHANNELS: tuple[dict[str, Any], ...] = (
    {},
    {"channel": "web"},
    {"channel": "mobile"},
    {"channel": "server"},
    {"page": {"path": "/"}},
)


def some(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(SOURCES), st.sampled_from(KINDS), st.sampled_from(CHANNELS)),
    max_size=25,
)
FILTERS = st.builds(
    Filters,
    some(*SOURCES, "nobody"),
    some("track", "page", "identify"),
    some("Order Completed", "Home", ""),
    some("web", "app", "till"),
)


def happened(number: int, what: tuple[int, str, tuple[str, str], dict[str, Any]]) -> Event:
    back, source, (kind, name), context = what
    made = event(number, at=NOON - back * DAY + number % 3, context=context)
    return msgspec.structs.replace(made, source=source, type=kind, event=name)


def wanted(each: dict[str, Any], only: Filters) -> bool:
    said = (
        (only.sources, "source"),
        (only.types, "type"),
        (only.events, "event"),
        (only.channels, "channel"),
    )
    return all(not values or each[name] in values for values, name in said)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    batches=st.lists(EVENTS, min_size=1, max_size=3),
    only=FILTERS,
    limit=st.integers(1, 6),
    most=st.integers(1, 9),
)
def test_filtered_pages_in_a_row_are_the_whole_timeline_filtered(
    clean: Shop, monkeypatch: pytest.MonkeyPatch, batches: list[Any], only: Filters, limit: int, most: int
) -> None:
    shop = clean.again()
    number = 0
    for batch in batches:
        events = [happened(number := number + 1, what) for what in batch]
        if events:
            shop.happen(events)
        shop.lake.flush()
    whole = shop.lake.timeline([fragment(1)], limit=1_000).events
    pages: list[dict[str, Any]] = []
    cursors: list[str | None] = [None]
    looked_at: list[int] = []
    real = timelines._rows

    def counting(*given: Any) -> Any:
        rows = real(*given)
        looked_at[-1] += min(len(rows), given[2].wanted - 1)
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(timelines, "MOST_SCANNED", most)
        patched.setattr(timelines, "_rows", counting)
        while True:
            looked_at.append(0)
            page = shop.lake.timeline([fragment(1)], limit=limit, after=cursors[-1], only=only)
            assert len(page.events) <= limit
            pages += page.events
            if page.next is None:
                break
            cursors.append(page.next)
    assert pages == [each for each in whole if wanted(each, only)]
    assert max(looked_at) <= max(limit, most)
    assert all(one != other for one, other in pairwise(cursors))


def test_a_rare_event_is_found_behind_many_others_in_pages_that_may_be_empty(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "MOST_SCANNED", 20)
    rare = msgspec.structs.replace(event(1, at=NOON - 90 * DAY), event="Complaint")
    shop.happen([rare, *(event(n, at=NOON - n * DAY // 3) for n in range(2, 102))])
    only = Filters(events=frozenset({"Complaint"}))
    pages = [shop.lake.timeline([fragment(1)], limit=10, only=only)]
    while pages[-1].next is not None:
        pages.append(shop.lake.timeline([fragment(1)], limit=10, after=pages[-1].next, only=only))
    assert [len(page.events) for page in pages] == [0, 0, 0, 0, 0, 1]


def test_a_timeline_may_begin_in_the_past_and_goes_on_from_there(shop: Shop) -> None:
    shop.happen([event(n, at=NOON - n * DAY) for n in range(10)])
    whole = shop.lake.timeline([fragment(1)]).events
    first = shop.lake.timeline([fragment(1)], until=NOON - 4 * DAY, limit=3)
    assert first.events == whole[4:7]
    rest = shop.lake.timeline([fragment(1)], until=NOON - 4 * DAY, after=first.next)
    assert rest.events == whole[7:]
    assert shop.lake.timeline([fragment(1)], until=NOON - 4 * DAY - 1, limit=1).events == whole[5:6]
    assert shop.lake.timeline([fragment(1)], until=-(10**17)).events == []


def test_every_event_tells_its_channel(shop: Shop) -> None:
    shop.happen([happened(n, (n, "till", KINDS[0], context)) for n, context in enumerate(CHANNELS)])
    told = shop.lake.timeline([fragment(1)]).events
    assert [each["channel"] for each in told] == ["till", "web", "app", "till", "web"]


def test_a_cursor_that_is_none_of_ours_is_refused_with_filters_too(shop: Shop) -> None:
    with pytest.raises(InvalidInputError, match="place in a timeline"):
        shop.lake.timeline([fragment(1)], after="nonsense", only=Filters(types=frozenset({"track"})))
