"""A state stays small and can be stored, whatever is sent, and its bounds obey the same laws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.events import Event
from segue.domain.order import DAY
from segue.enrich import claims, consent, state, summary
from segue.enrich.fold import fold
from segue.enrich.merge import merge
from segue.enrich.names import NAMES
from segue.enrich.state import decode_state, encode_state
from tests.unit.enrich.making import ANN, RULES, event, folded, mention, record, record_of
from tests.unit.enrich.test_laws import BERLIN, in_batches, kept, logs, shown, text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "order_id",
        "revenue",
        "total",
        "products",
        "price",
        "quantity",
        "category",
        "brand",
        "currency",
        "value",
        "cart_value",
        "step",
        "path",
        "url",
        "referrer",
        "store",
        "affiliation",
        "purpose",
        "channel",
        "address",
        "promotion_id",
        "campaign_id",
        "campaign_name",
        "coupon",
        "email",
    ]
)
PARTS = st.sampled_from(
    [
        "channel",
        "device",
        "userAgent",
        "page",
        "campaign",
        "location",
        "consent",
        "consentManagement",
        "sessionId",
        "app",
        "active",
    ]
)
INNER = st.dictionaries(
    st.sampled_from(["type", "name", "source", "path", "store", "categoryPreferences", "allowedConsentIds"]),
    JSON,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(NAMES[5:]) | st.text(max_size=5),
    st.sampled_from(["track", "page", "screen", "identify", "group", "alias"]),
    st.dictionaries(
        FIELDS, JSON | st.lists(st.dictionaries(FIELDS, JSON, max_size=4), max_size=3), max_size=6
    ),
    st.dictionaries(PARTS, JSON | INNER, max_size=5),
    st.dictionaries(st.text(max_size=8), JSON, max_size=4),
)
def test_nothing_that_clients_send_can_stop_the_loop(
    name: str, kind: str, properties: Any, context: Any, traits: Any
) -> None:
    strange = event(
        name, type=kind, properties=properties, context=context, traits=traits, group_id="g", message_id="m"
    )
    state = kept(fold(None, [strange] * 40, RULES).state)
    found = record(state)
    assert found.activity.events
    assert text(found)


def test_sums_beyond_every_shop_are_cut_and_not_fatal() -> None:
    huge = [event("Odd", at=n, properties={"value": 9.9e8}, message_id=str(n)) for n in range(60)]
    held = folded(huge)
    assert held.summary is not None
    whole = summary.decode_summary(held.summary)
    whole.events["Odd"][4]["USD"] = {1: 2**70}
    again = summary.decode_summary(summary.encode_summary(whole))
    assert again.events["Odd"][4]["USD"] == {1: 2**62}


@contextmanager
def tight() -> Iterator[None]:
    """All bounds so low that every log runs into them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summary, "POINTS", 6)
        patch.setattr(summary, "DAYS", 3)
        patch.setattr(summary, "VOCABULARY", 1)
        patch.setattr(summary, "CURRENCIES", 1)
        patch.setattr(summary, "BOUNDS", dict.fromkeys(summary.BOUNDS, 1))
        patch.setattr(claims, "VALUES", 2)
        patch.setattr(consent, "HISTORY", 2)
        patch.setattr(state, "JOURNAL_BYTES", 150)
        yield


@settings(max_examples=50, deadline=None)
@given(logs(), st.lists(st.integers(1, 12), max_size=12), st.randoms(use_true_random=False))
def test_order_and_batching_never_show_at_the_bounds(
    events: list[Event], sizes: list[int], dice: Any
) -> None:
    mixed = list(events)
    dice.shuffle(mixed)
    with tight():
        assert text(shown(in_batches(mixed, sizes))) == text(shown(fold(None, events, BERLIN).state))


@settings(max_examples=50, deadline=None)
@given(logs(), st.integers(0, 40))
def test_merging_never_shows_at_the_bounds(events: list[Event], cut: int) -> None:
    with tight():
        parts = [in_batches(mine, [3, 4, 5]) for mine in (events[:cut], events[cut:]) if mine]
        merged = text(shown(merge(parts, BERLIN.time_zone)))
        assert merged == text(shown(fold(None, events, BERLIN).state))


def test_a_years_customer_fits_into_eight_kilobytes() -> None:
    held = None
    for number in range(250):
        name = ("Product Viewed", "Product Added", "Order Completed")[number % 7 % 3]
        properties = {
            "category": f"c{number % 9}",
            "brand": f"b{number % 5}",
            "price": number / 7,
            "order_id": str(number),
        }
        one = event(
            name,
            at=number * 126_000.5,
            properties=properties,
            context={"channel": "web"},
            mentions=[ANN, mention("anonymous_id", f"d{number % 3}")],
        )
        held = fold(held, [one], RULES).state
    assert held is not None
    assert len(encode_state(held)) + len(held.summary or b"") < 8_192


def test_ten_thousand_identifiers_on_one_person_leave_her_state_small() -> None:
    held = None
    for start in range(0, 10_000, 100):
        crowd = [mention("anonymous_id", f"d{n}") for n in range(start, start + 100)]
        held = fold(held, [event("Odd", at=start, mentions=[ANN, *crowd])], RULES).state
    assert held is not None
    assert len(encode_state(held)) < 8_192


def test_figures_that_were_cut_are_marked() -> None:
    told = [event(f"Odd {n}", at=n, properties={"store": f"s{n}"}) for n in range(200)]
    assert {"events", "store"} <= set(record_of(*told).activity.approximate)
    assert record_of(*told[:5]).activity.approximate == []


def test_the_latest_sessions_are_kept() -> None:
    found = record_of(
        *[event(str(n), type="page", at=n * 7_200, message_id=str(n)) for n in range(400)]
    ).sessions
    assert found.approximate
    assert found.count == summary.POINTS
    assert found.last_at == "2026-04-03T18:00:00Z"
    assert 34 * DAY > 7_200 * 399


def test_a_state_of_a_later_version_is_refused_clearly() -> None:
    with pytest.raises(ValueError, match="version 7f"):
        decode_state(b"\x7f123")


def test_a_state_without_its_summary_can_be_folded_but_not_read() -> None:
    held = folded([event("Odd", at=n) for n in range(200)])
    partly = decode_state(encode_state(held))
    assert not partly.complete
    assert fold(partly, [event("Odd", at=999)], RULES).state.summary is None
    with pytest.raises(ValueError, match="not loaded"):
        record(partly)
