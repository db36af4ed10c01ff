"""A visit has the same steps and features whether the lake or a golden record tells of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.app.learning.intents import judged_visit
from segue.domain.events import Event
from segue.enrich.behaviour import Visit as Kept
from segue.enrich.golden import together
from segue.enrich.sessions import visits_in
from segue.learn.given import given as source_of
from segue.learn.intent import reading
from segue.learn.intent.features import NAMES, Progress, Usual, features, usual_of
from segue.learn.intent.steps import (
    CAMPAIGN,
    DIRECT,
    EMAIL,
    REFERRED,
    SEARCHED,
    Seen,
    Step,
    Visit,
    origin_kind,
    visits_of,
)
from segue.learn.knowledge import Knowledge
from tests.unit.enrich.making import NOON, RULES, event, folded, mention

MINUTE = 60
ZONE = "Europe/Berlin"
PHONE = mention("anonymous_id", "phone")
LAMP = {"product_id": "p1", "category": "lamps", "price": 20.5, "quantity": 2}


def browsing(name: str, at: float, properties: Mapping[str, Any] | None = None, **context: Any) -> Event:
    """A step on the phone."""
    kind = name if name in {"page", "screen"} else "track"
    return event(
        "" if kind != "track" else name,
        at=at,
        type=kind,
        mentions=(PHONE,),
        properties=dict(properties or {}),
        context={"device": {"type": "mobile"}, "channel": "web", **context},
    )


def from_record(events: Sequence[Event]) -> list[Visit]:
    """The visits that a golden record would show, as the model takes them."""
    kept: list[Kept] = visits_in(together([folded(events)], RULES))
    found = [judged_visit(kept[: place + 1]) for place in range(len(kept))]
    return [visit for visit in found if visit is not None]


def from_lake(events: Sequence[Event]) -> list[Visit]:
    """The visits that training would read."""
    rows = [each for each in events if each.type in {"track", "page", "screen"}]
    columns: dict[str, list[Any]] = {
        "person": ["ann"] * len(rows),
        "time": [each.timestamp for each in rows],
        "event": [each.event if each.type == "track" else each.type for each in rows],
        "fragment": [each.fragment_id.hex() for each in rows],
    }
    for path in reading.FIELDS.values():
        columns[".".join(path)] = [_field(each, path) for each in rows]
    source = source_of({"person": [], "time": [], "sku": []}, events=columns, zone=ZONE)
    return [read.visit for read in reading.visits(Knowledge(source, 2**62))]


def _field(of: Event, path: Sequence[str]) -> str | None:
    value: Any = {"properties": of.properties, "context": of.context}
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def rows_of(visits: Sequence[Visit]) -> np.ndarray:
    """Their features."""
    usual = usual_of(visits)
    return np.asarray([features(visit, ZONE, usual) for visit in visits]).reshape(-1, len(NAMES))


A_VISIT = (
    browsing(
        "page", 0, {"path": "/", "url": "https://shop.example/", "referrer": "https://www.google.com/x"}
    ),
    browsing("Product List Viewed", 30, {"category": "lamps"}),
    browsing("Product Viewed", 60, LAMP),
    browsing("Product Viewed", 90, {"product_id": "p2", "category": "rugs", "price": 99}),
    browsing("Product Added", 120, LAMP),
    browsing("Product Removed", 130, {"product_id": "p1", "price": 20.5, "quantity": 1}),
    browsing("Checkout Started", 200, {"value": 20.5}),
    browsing("Order Completed", 260, {"order_id": "o1", "revenue": 20.5}),
)
BACK_AGAIN = (
    browsing("page", 3 * 3600, campaign={"name": "May", "source": "newsletter", "medium": "email"}),
    browsing("Product Viewed", 3 * 3600 + 40, LAMP),
)


def test_the_lake_and_the_record_tell_of_the_same_visits() -> None:
    events = [*A_VISIT, *BACK_AGAIN]
    lake, record = from_lake(events), from_record(events)
    assert len(lake) == len(record) == 2
    assert np.allclose(rows_of(lake), rows_of(record), equal_nan=True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                ("page", {"path": "/", "url": "https://shop.example/", "referrer": "https://blog.example/"}),
                ("page", {}),
                ("Products Searched", {"query": "lamp"}),
                ("Product Viewed", LAMP),
                ("Product Viewed", {"product_id": "p3"}),
                ("Product Viewed", {"products": [LAMP, {**LAMP, "category": "rugs", "price": 7}]}),
                ("Product Added", LAMP),
                ("Product Added", {"product_id": "p4", "value": "12.25"}),
                ("Product Removed", LAMP),
                ("Cart Viewed", {"products": [LAMP]}),
                ("Checkout Started", {"value": 41}),
                ("Order Completed", {"order_id": "o", "revenue": 41}),
                ("Something Else", {"value": 3}),
            )
        ),
        st.integers(1, 2 * 3600),
        st.sampled_from((None, None, {"name": "May", "medium": "cpc"}, {"source": "facebook"})),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_whatever_she_does_the_features_are_the_same_from_both(
    steps: list[tuple[tuple[str, dict[str, Any]], int, dict[str, str] | None]],
) -> None:
    at, events = 0, []
    for (name, properties), pause, campaign in steps:
        at += pause
        context = {} if campaign is None else {"campaign": campaign}
        if name != "Something Else":  # what is no step to a model may bridge a pause in the record
            events.append(browsing(name, at, properties, **context))
    if not events:
        return
    lake, record = from_lake(events), from_record(events)
    assert [len(visit.steps) for visit in lake] == [len(visit.steps) for visit in record]
    assert np.allclose(rows_of(lake), rows_of(record), equal_nan=True)


def test_each_beginning_of_a_visit_has_the_features_of_a_visit_that_ended_there() -> None:
    (visit,) = from_lake(A_VISIT)
    usual = usual_of([visit])
    progress = Progress(visit, ZONE)
    for end, step in enumerate(visit.steps, 1):
        progress.add(step)
        alone = features(visit._replace(steps=visit.steps[:end]), ZONE, usual)
        assert np.array_equal(progress.row(usual), alone, equal_nan=True)


def test_the_features_say_what_was_done() -> None:
    (visit,) = from_lake(A_VISIT[:6])
    usual = Usual(price=41.0, prices={"rugs": 49.5}, exits=(0.1,) * 8)
    row = dict(zip(NAMES, features(visit, ZONE, usual), strict=True))
    assert (row["steps"], row["pages"], row["lists"], row["products"]) == (6, 1, 1, 2)
    assert (row["adds"], row["removals"], row["cart_pieces"]) == (1, 1, 1)
    assert row["cart_value"] == pytest.approx(20.5)
    assert (row["seconds"], row["page_seconds"], row["list_seconds"]) == (130, 30, 30)
    assert (row["product_seconds"], row["cart_seconds"], row["last_seconds"]) == (60, 10, 10)
    assert (row["categories"], row["focus"]) == (2, 0.5)
    assert row["price"] == pytest.approx((41 + 99) / 2)
    assert row["price_to_category"] == pytest.approx(math.log(2))
    assert row["price_to_usual"] == pytest.approx(math.log(99 / 41))
    assert row["origin"] == SEARCHED
    assert row["device"] == 1
    # noon in UTC is one in the afternoon in Berlin
    assert (row["hour"], row["weekday"]) == (13, 6)


def test_what_a_device_did_before_counts_once_it_is_over() -> None:
    first, second = from_lake([*A_VISIT, *BACK_AGAIN])
    assert (first.before, first.bought_before) == (0, 0)
    assert (second.before, second.bought_before) == (1, 1)
    assert second.last == NOON + 260_000_000


def test_an_order_at_a_till_is_no_step_of_a_visit() -> None:
    till = event(
        "Order Completed", at=300, mentions=(mention("loyalty_card", "7"),), source="till",
        properties={"order_id": "o2", "revenue": 5},
    )  # fmt: skip
    (visit,) = from_lake([*A_VISIT[:4], till])
    assert [step.what for step in visit.steps] == [
        "page",
        "Product List Viewed",
        "Product Viewed",
        "Product Viewed",
    ]


def test_a_pause_another_campaign_and_the_client_begin_a_visit() -> None:
    page = Step(0, "page")
    later = [Seen(page, "a"), Seen(Step(31 * MINUTE * 1_000_000, "page"), "a")]
    assert len(visits_of(later)) == 2
    brought = [Seen(page, "a"), Seen(Step(1_000_000, "page", ("May", None, "email")), "a")]
    assert len(visits_of(brought)) == 2
    told = [Seen(page, "a", None, "1"), Seen(Step(1_000_000, "page"), "a", None, "2"),
            Seen(Step(3600 * 1_000_000, "page"), "a", None, "1")]  # fmt: skip
    assert [len(visit.steps) for visit in visits_of(told)] == [2, 1]
    assert visits_of([Seen(Step(0, "Order Completed"), "a")]) == []


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        (None, DIRECT),
        ((None, "google.de"), SEARCHED),
        ((None, "blog.example"), REFERRED),
        (("May", "newsletter", "email"), EMAIL),
        (("May", None, None), CAMPAIGN),
    ],
)
def test_what_brought_her(origin: tuple[str | None, ...] | None, kind: int) -> None:
    assert origin_kind(origin) == kind
