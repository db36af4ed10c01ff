"""Sessions, carts, checkouts and transactions against tables that somebody else expects.

Snowplow publishes test events of a web shop with the exact tables that its own model makes of them.
Here the events are translated into ours and folded, and what the sessions say is compared.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segue.domain.events import Event
from segue.domain.identifiers import Mention, fragment_id
from segue.domain.order import SECOND, micros
from segue.domain.rules import default_rules
from segue.enrich.fold import fold
from segue.enrich.golden import PersonParts, golden_record
from segue.enrich.merge import unfolded
from segue.enrich.sessions import Session, sessions_of
from segue.enrich.state import FragmentState
from segue.enrich.summary import trim
from tests.unit.enrich import making

SHARED = Path(os.environ.get("SEGUE_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
FOLDER = SHARED / "snowplow_ecommerce"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not FOLDER.exists(), reason=f"the shared data is not at {SHARED}: set SEGUE_SHARED_DATA"
    ),
]
RULES = default_rules()
NAMES = {
    "product_view": "Product Viewed",
    "list_view": "Product List Viewed",
    "list_click": "Product Clicked",
    "add_to_cart": "Product Added",
    "remove_from_cart": "Product Removed",
    "checkout_step": "Checkout Step Viewed",
    "transaction": "Order Completed",
    "refund": "Order Refunded",
    "promo_view": "Promotion Viewed",
    "promo_click": "Promotion Clicked",
}
Row = dict[str, Any]
THEIR_CLOCK = 6 * SECOND
"""They take a session's bounds from when the collector had the events, we from when they happened."""


def table(name: str) -> list[Row]:
    with duckdb.connect() as connection:
        found = connection.execute(f"select * from '{FOLDER}/{name}.parquet'")
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, values, strict=True)) for values in found.fetchall()]


def expected(name: str) -> list[Row]:
    return table(f"expected__snowplow_ecommerce_{name}_expected")


def moment(text: str) -> int:
    return micros(datetime.fromisoformat(text if "+" in text else text + "+00:00"))


def one(row: Row, name: str) -> Row:
    """The first entity of a kind that an event carries."""
    [column] = [column for column in row if column.startswith("contexts_") and f"_{name}_1_0_" in column]
    entities = json.loads(row[column] or "[]")
    return entities[0] if entities else {}


def products_of(row: Row) -> list[Row]:
    found = json.loads(row["contexts_com_snowplowanalytics_snowplow_ecommerce_product_1_0_0"] or "[]")
    return [{name: value for name, value in product.items() if value is not None} for product in found]


def event_of(row: Row) -> Event:
    action = json.loads(
        row["unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1_0_0"] or "{}"
    )
    client = one(row, "client_session")
    user = row["domain_userid"] or client["userId"]
    properties: Row = {"products": products_of(row)}
    cart, step, sale = one(row, "ecommerce_cart"), one(row, "checkout_step"), one(row, "transaction")
    if cart:
        properties["cart_value"] = cart["total_value"]
    if step:
        properties["step"] = step["step"]
    if sale:
        properties |= {
            "order_id": sale["transaction_id"],
            "revenue": sale["revenue"],
            "currency": sale["currency"],
        }
    return Event(
        message_id=row["event_id"],
        source=row["app_id"],
        type="track",
        event=NAMES.get(action.get("type", ""), "Something else"),
        timestamp=moment(row["derived_tstamp"]),
        received_at=moment(row["collector_tstamp"]),
        mentions=(Mention("anonymous_id", user, fragment_id(b"0" * 32, "anonymous_id", user), False, True),),
        properties=properties,
        context={"sessionId": row["domain_sessionid"] or client["sessionId"], "channel": "web"},
    )


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return sorted(
        (event_of(row) for row in table("source__snowplow_ecommerce_events") if row["app_id"] != "skip-me"),
        key=lambda e: e.order_key,
    )


@pytest.fixture(scope="module")
def states(events: list[Event]) -> dict[str, FragmentState]:
    """The state of every visitor."""
    found: dict[str, FragmentState] = {}
    for event in events:
        who = event.mentions[0].value
        found[who] = fold(found.get(who), [event], RULES).state
    return found


@pytest.fixture(scope="module")
def sessions(states: dict[str, FragmentState]) -> dict[str, Session]:
    found = {}
    for state in states.values():
        summary = unfolded(state, "UTC")
        trim(summary)
        found.update({str(s.scene.session): s for s in sessions_of(summary)})
    return found


def truth(text: str) -> bool:
    return text.lower() == "true"


def whole(text: str) -> int:
    return int(text or 0)


def at(text: str) -> int:
    return moment(text) if text else 0


def test_every_expected_session_is_there_and_its_bounds_are_right(sessions: dict[str, Session]) -> None:
    rows = expected("sessions")
    assert len(rows) == 63
    for row in rows:
        session = sessions[row["domain_sessionid"]]
        assert abs(session.start - moment(row["start_tstamp"])) < THEIR_CLOCK
        assert abs(session.end - moment(row["end_tstamp"])) < THEIR_CLOCK
    assert len(sessions) == 63


def test_products_in_sessions(sessions: dict[str, Session]) -> None:
    for row in expected("sessions"):
        session = sessions[row["domain_sessionid"]]
        views, lists = session.views, session.lists
        assert views.count + lists.count == whole(row["number_product_views"])
        assert session.added.count == whole(row["number_add_to_carts"])
        assert session.removed.count == whole(row["number_remove_from_carts"])
        firsts = [span.first for span in (views, lists) if span.count]
        assert min(firsts, default=0) == at(row["first_product_view"])
        assert max(views.last, lists.last) == at(row["last_product_view"])
        assert (session.added.first, session.added.last) == (
            at(row["first_product_add_to_cart"]),
            at(row["last_product_add_to_cart"]),
        )
        assert (session.removed.first, session.removed.last) == (
            at(row["first_product_remove_from_cart"]),
            at(row["last_product_remove_from_cart"]),
        )


def test_carts_in_sessions(sessions: dict[str, Session]) -> None:
    for row in expected("sessions"):
        session = sessions[row["domain_sessionid"]]
        assert session.carts_created.count == whole(row["number_carts_created"])
        assert session.carts_emptied.count == whole(row["number_carts_emptied"])
        assert session.bought.count == whole(row["number_carts_transacted"])
        assert session.cart_abandoned == truth(row["session_cart_abandoned"])
        assert session.carts_created.first == at(row["first_cart_created"])
        assert session.carts_created.last == at(row["last_cart_created"])
        assert session.bought.first == at(row["first_cart_transacted"])
        assert session.bought.last == at(row["last_cart_transacted"])


def test_checkouts_in_sessions(sessions: dict[str, Session]) -> None:
    for row in expected("sessions"):
        session = sessions[row["domain_sessionid"]]
        assert len(session.steps) + bool(session.bought.count) == whole(
            row["number_unique_checkout_steps_attempted"]
        )
        # to them the order is the last step
        assert session.checkout.count + session.bought.count == whole(row["number_checkout_steps_visited"])
        assert session.entered_at_checkout == truth(row["session_entered_at_checkout"])
        assert bool(session.bought.count) == truth(row["checkout_succeeded"])
        assert session.checkout_begun.first == at(row["first_checkout_attempted"])
        assert session.checkout_begun.last == at(row["last_checkout_attempted"])
        assert session.bought.first == at(row["first_checkout_succeeded"])
        assert session.bought.last == at(row["last_checkout_succeeded"])


def test_transactions_in_sessions(sessions: dict[str, Session]) -> None:
    for row in expected("sessions"):
        session = sessions[row["domain_sessionid"]]
        assert len(session.orders) == whole(row["total_number_transactions"])
        revenue = sum(value for value, _ in session.orders.values())
        assert revenue == round(float(row["total_transaction_revenue"] or 0) * 1e6)
        assert sum(pieces for _, pieces in session.orders.values()) == whole(row["total_transacted_products"])
        assert session.bought.first == at(row["first_transaction_completed"])
        assert session.bought.last == at(row["last_transaction_completed"])


def steps(events: list[Event]) -> Iterator[tuple[str, Session | None, Session]]:
    """Every event's id, with its session before it and after it."""
    told: dict[str, list[Event]] = defaultdict(list)
    before: dict[str, Session] = {}
    for event in events:
        visit = event.context["sessionId"]
        told[visit].append(event)
        state = fold(None, told[visit], RULES).state
        summary = unfolded(state, "UTC")
        trim(summary)
        [session] = sessions_of(summary)
        yield event.message_id, before.get(visit), session
        before[visit] = session


def test_each_cart_interaction(events: list[Event]) -> None:
    rows = {row["event_id"]: row for row in expected("cart_interactions")}
    seen = 0
    for event_id, before, after in steps(events):
        if event_id in rows:
            row = rows[event_id]
            created = after.carts_created.count - (before.carts_created.count if before else 0)
            emptied = after.carts_emptied.count - (before.carts_emptied.count if before else 0)
            bought = after.bought.count - (before.bought.count if before else 0)
            said = [truth(row[f"cart_{what}"]) for what in ("created", "emptied", "transacted")]
            assert [created == 1, emptied == 1, bought == 1] == said
            seen += 1
    assert seen == len(rows) == 67


def test_each_checkout_interaction(events: list[Event]) -> None:
    rows = {row["event_id"]: row for row in expected("checkout_interactions")}
    seen = 0
    for event_id, before, after in steps(events):
        if event_id in rows:
            row = rows[event_id]
            succeeded = after.bought.count > (before.bought.count if before else 0)
            assert succeeded == truth(row["checkout_succeeded"])
            assert succeeded or row["checkout_step_number"] in after.steps
            assert (before is None and after.entered_at_checkout) == truth(row["session_entered_at_step"])
            seen += 1
    assert seen == len(rows) == 52


def test_each_transaction_is_one_order_of_its_visitor(states: dict[str, FragmentState]) -> None:
    rows = expected("transaction_interactions")
    assert len(rows) == 14
    orders: dict[str, dict[str, Any]] = {}
    for who, state in states.items():
        of = making.row(
            Mention("anonymous_id", who, fragment_id(b"0" * 32, "anonymous_id", who), False, True)
        )
        parts = PersonParts(person_id=of.fragment_id, fragments=[of], states={of.fragment_id: state})
        recent = golden_record(parts, RULES, 0).orders.recent
        orders[who] = {order.order_id: order for order in recent}
    for found in rows:
        order = orders[found["domain_userid"]][found["transaction_id"]]
        assert float(order.value) == float(found["transaction_revenue"])
        assert order.currency == found["transaction_currency"]
        assert order.items == int(found["number_products"])
