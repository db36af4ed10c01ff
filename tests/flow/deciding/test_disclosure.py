"""What is told to whom: typing opens nothing, tills tell of offers, nights are quiet, her price is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.domain.order import DAY
from segue.errors import SegueError
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.conftest import NOON, Databases
from tests.flow.api.harness import Api, identify, opened, track

AT, NOW = "2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z"
DEFINITIONS = {
    "placements.yaml": """
placements:
  web:     {touchpoint: web, PLACE, exploration: 0.5, personal_facts: 2}
  app:     {touchpoint: app, PLACE}
  kiosk:   {touchpoint: kiosk, PLACE, personal_facts: 5}
  till:    {touchpoint: till, PLACE}
  display: {touchpoint: display, PLACE}
  sms:     {touchpoint: sms, PLACE, quiet: "21:00-08:00"}
""".replace("PLACE", "formats: [any], fallback: story, slots: 9, timeout_ms: 10000"),
    "traits.yaml": """
traits:
  mugs: {count: Order Completed, window: 90 days}
  teas: {count: Product Viewed, window: 90 days}
""",
    "actions.yaml": """
actions:
  story: {kind: content, content: [{format: any, text: Welcome}]}
  regular:
    kind: offer
    audience: {field: traits.mugs, op: ">=", value: 1}
    value: 3
    content:
      - format: any
        text: "{{ person.first_name }} of {{ person.city }}"
        because: "you bought, {{ person.first_name }}"
  viewed:
    kind: offer
    value: 0.1
    levers: [{when: {field: traits.teas, op: ">=", value: 1}, multiply: 3}]
    content: [{format: any, text: "Hello {{ person.size }}"}]
  mug:
    kind: offer
    value: 30
    stock: {sku: mug}
    discounts: [5, 10, 15, 20]
    floor: 1
    content: [{format: any, text: "{{ discount }} % off"}]
  hers:
    kind: offer
    audience: {field: traits.mugs, op: ">=", value: 1}
    value: 30
    stock: {sku: mug}
    discounts: [10]
    content: [{format: any, text: For you}]
  test: {kind: offer, value: 2, stock: {sku: test}, content: [{format: any, text: A test}]}
  parcel: {kind: service, value: 0.1, content: [{format: any, text: Your parcel is here}]}
""",
}  # fmt: skip
PRODUCT = Statement(
    "product", "",
    "insert into product (sku, name, price, sensitivity, updated_at) "
    "values (%(sku)s, %(sku)s, %(price)s, %(of)s, 0) on conflict (sku) do update set price = excluded.price",
)  # fmt: skip
CUSTOMERS = [f"customer-{number}" for number in range(20)]
FACTS = ("Annegret", "Ulm", "XXL")

TOKYO = {"timezone": "Asia/Tokyo"}


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(scope="module")
def shop(databases: Databases, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A shop that knows Ann well and Bob hardly."""
    with databases.lend() as url, opened(url, clock, tmp_path_factory.mktemp("told")) as api:
        api.define(DEFINITIONS)
        price(api, 10)
        price(api, 3, sku="test", of="health")
        traits = {"first_name": "Annegret", "city": "Ulm", "size": "XXL", "email": "ann@shop.example"}
        granted = {"purpose": "personalisation"}
        api.happen(
            identify("a1", AT, user_id="ann", traits={**traits, "timezone": "Asia/Tokyo"}),
            track("Order Completed", "a2", AT, user_id="ann", properties={"order_id": "1", "revenue": 9}),
            track("Product Viewed", "a3", AT, user_id="ann", properties={"product_id": "tea"}),
            track("Consent Granted", "a4", AT, user_id="ann", properties=granted),
            identify("b1", AT, user_id="bob", traits={"timezone": "Atlantis"}),
            track("Product Viewed", "c1", AT, user_id="cleo", anonymous_id="c", context=TOKYO),
            identify("d1", AT, user_id="dora", anonymous_id="d", traits={"timezone": "UTC"}, context=TOKYO),
        )
        yield api


def price(shop: Api, amount: float, sku: str = "mug", of: str = "none") -> None:
    """What a product costs from now on."""
    with shop.installation.database.transaction() as session:
        session.execute(PRODUCT, sku=sku, price=int(amount * 1_000_000), of=of)


def ask(shop: Api, placement: str, who: str | None = "ann", **also: Any) -> Any:
    """The answer to a trusted key."""
    identifiers = {} if who is None else {"user_id": who}
    body = {"placement": placement, "identifiers": identifiers, "explain": True, **also}
    answer = shop.request("POST", "/api/v1/decisions", body=body)
    assert answer.status == 200, answer.body
    return answer.json()


def texts(answer: Any) -> str:
    """All that an answer would show or have read out."""
    return str([(slot["content"], slot["because"], slot["products"]) for slot in answer["slots"]])


# ── typed at a kiosk ─────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def desk(shop: Api) -> Iterator[Desk]:
    """A desk whose dice always fall the same, so that answers differ by what they are made of alone."""
    desk = Desk(shop.installation, random_bytes=lambda n: b"\x07" * n)
    yield desk
    desk.close()


CLAIMS = st.dictionaries(
    st.sampled_from(["user_id", "email", "phone", "loyalty_card", "customer_id", "no such kind"]),
    st.sampled_from(["ann", "ann@shop.example", "bob", "+49301234567", "1"]),
    max_size=4,
)
HERS = st.sampled_from(["Product Viewed", "Order Completed", "Consent Granted"])


@settings(max_examples=80, deadline=None)
@given(
    claims=CLAIMS,
    events=st.lists(HERS, max_size=3),
    placement=st.sampled_from(["kiosk", "web", "display"]),
    basket=st.lists(st.sampled_from(["mug", "tea"]), max_size=2),
)
def test_law_9_what_is_typed_changes_nothing_of_a_public_answer(
    desk: Desk, claims: dict[str, str], events: list[str], placement: str, basket: list[str]
) -> None:
    """Whatever a visitor says that she is, and whatever she says that she did."""
    said = [
        {"type": "track", "event": each, "messageId": f"m{n}", "userId": "ann", "timestamp": AT,
         "properties": {"purpose": "personalisation", "order_id": "7", "product_id": "mug"}}
        for n, each in enumerate(events)
    ]  # fmt: skip
    context = {"basket": [{"sku": sku} for sku in basket]}
    question = DecisionRequest(placement=placement, context=context, at=NOW)
    plain = told(desk, question)
    typed = told(desk, msgspec.structs.replace(question, identifiers=claims, events=said))
    assert typed == plain
    assert not [fact for fact in FACTS if fact in str(typed)]


def told(desk: Desk, request: DecisionRequest, proven: frozenset[tuple[str, str]] = frozenset()) -> Any:
    """The answer to a public key, but for how long it took."""
    [answer] = desk.ask_all([(request, Asker(trusted=False, proven=proven, source="kiosk"))])
    assert not isinstance(answer, SegueError)
    return {**msgspec.to_builtins(answer), "took_ms": 0}


def test_who_is_proven_is_told_what_the_placement_may_tell(desk: Desk) -> None:
    request = DecisionRequest(placement="kiosk", at=NOW)
    answer = told(desk, request, frozenset({("user_id", "ann")}))
    assert "Annegret of Ulm" in texts(answer)
    assert "XXL" in texts(answer)
    assert {"person_id", "identity", "explanation"}.isdisjoint(answer), "a public key sees no reasons"


def test_different_facts_of_all_slots_together_are_capped(shop: Api) -> None:
    for _ in range(10):
        said = texts(ask(shop, "web", at=NOW))
        assert ("Annegret" in said) is ("Ulm" in said)
        assert ("Annegret" in said) != ("XXL" in said), "two facts, or one: which came first"


# ── at the till ──────────────────────────────────────────────────────────────


def test_a_scanned_card_shows_offers_and_never_history(shop: Api) -> None:
    answer = ask(shop, "till", at=NOW)
    assert answer["identity"] == "certain"
    assert "regular" in {slot["action"] for slot in answer["slots"]}, "an offer for whom she is"
    assert not [fact for fact in FACTS if fact in texts(answer)]


def test_at_a_till_no_more_is_looked_at_than_offers_ask(shop: Api) -> None:
    """What its decision was made from holds the traits of its conditions, and no fact that a text names."""
    answer = ask(shop, "till")
    kept = shop.get(f"/api/v1/decisions/{answer['decision_id']}")
    assert not [fact for fact in FACTS if fact in str(kept)]
    desk = Desk(shop.installation)
    try:
        request = DecisionRequest(placement="till", identifiers={"user_id": "ann"}, at=NOW)
        wanted = desk._checked(request, Asker(trusted=True))
        [answered] = desk._decider.decide([wanted])
    finally:
        desk.close()
    facts = answered.kept.given.known.facts
    assert set(facts.traits) == {"mugs", "teas"}
    assert (dict(facts.attributes), facts.orders, facts.sessions, facts.predictions) == ({}, {}, {}, {})
    assert not answered.kept.given.known.told
    assert not any(slot.personal for slot in answered.kept.decision.slots)


# ── where many see it ────────────────────────────────────────────────────────


def test_a_sensitive_product_is_on_no_screen_that_many_see(shop: Api) -> None:
    answer = ask(shop, "display", at=NOW)
    assert {"action": "test", "stage": "guard"}.items() <= next(
        each for each in answer["explanation"]["dropped"] if each["action"] == "test"
    ).items()
    assert not [fact for fact in FACTS if fact in texts(answer)]
    assert "test" in {slot["action"] for slot in ask(shop, "web", at=NOW)["slots"]}


# ── at night ─────────────────────────────────────────────────────────────────


def test_it_is_night_where_she_is_not_where_the_shop_is(shop: Api) -> None:
    """At noon in Greenwich it is nine in the evening in Tokyo; of Bob nobody knows a zone that there is."""
    hers, his = ask(shop, "sms", at=NOW), ask(shop, "sms", "bob", at=NOW)
    assert [slot["action"] for slot in hers["slots"]] == ["parcel"]
    rules = {each["rule"] for each in hers["explanation"]["dropped"] if each["action"] == "mug"}
    assert rules == {"quiet hours 21:00-08:00: it is 21:00 in Asia/Tokyo"}
    assert "mug" in {slot["action"] for slot in his["slots"]}
    early = ask(shop, "sms", at="2026-03-01T11:59:59Z")
    assert "mug" in {slot["action"] for slot in early["slots"]}
    by_device, told = ask(shop, "sms", "cleo", at=NOW), ask(shop, "sms", "dora", at=NOW)
    assert "mug" not in {slot["action"] for slot in by_device["slots"]}, "her phone says where she is"
    assert "mug" in {slot["action"] for slot in told["slots"]}, "she says it herself"
    late = ask(shop, "sms", "bob", at="2026-03-01T23:00:00Z")
    assert [slot["action"] for slot in late["slots"]] == ["parcel"]


# ── prices ───────────────────────────────────────────────────────────────────


def test_her_price_is_the_same_in_every_channel_and_is_called_hers_when_it_differs(
    shop: Api, clock: ManualClock
) -> None:
    """Offered in the web shop, the same in the app and at the till while it holds, whatever others get."""
    who = next(each for each in CUSTOMERS if mug(ask(shop, "web", each))["discount"] == 20)
    fresh = mug(ask(shop, "web", None, at=NOW))
    assert not fresh["personalised_price"], "anybody may get it at this moment"
    price(shop, 100)
    others = [mug(ask(shop, "app", None)) for _ in range(5)]
    assert all(each["discount"] < 20 and not each["personalised_price"] for each in others)
    for placement in ("app", "till", "kiosk", "web"):
        hers = mug(ask(shop, placement, who))
        assert (hers["discount"], hers["personalised_price"]) == (20, True)
    clock.advance(15 * DAY)
    later = mug(ask(shop, "app", who))
    assert later["discount"] < 20
    assert not later["personalised_price"], "it is over, and she is as all others"
    price(shop, 10)


def test_an_offer_for_whom_she_is_has_a_price_of_hers(shop: Api) -> None:
    """Others do not get it at all."""
    slots = {slot["action"]: slot for slot in ask(shop, "web", at=NOW)["slots"]}
    assert (slots["hers"]["discount"], slots["hers"]["personalised_price"]) == (10, True)
    assert not slots["regular"]["personalised_price"], "it has no price"
    assert "hers" not in {slot["action"] for slot in ask(shop, "web", None, at=NOW)["slots"]}


def test_answers_of_one_round_offer_her_one_price(shop: Api) -> None:
    """Which discount is tried is drawn by each decision; hers is not drawn anew."""
    price(shop, 40)
    asked = [{"placement": each, "identifiers": {"user_id": "bob"}} for each in ("app", "web", "till")] * 10
    hers = shop.post("/api/v1/decisions/batch", {"requests": asked})["decisions"]
    assert len({mug(each)["discount"] for each in hers}) == 1
    many = [{"placement": "app", "identifiers": {"user_id": f"one-of-{n}"}} for n in range(30)]
    drawn = shop.post("/api/v1/decisions/batch", {"requests": many})["decisions"]
    assert len({mug(each)["discount"] for each in drawn}) > 1, "or nothing was tried"
    assert not any(mug(each)["personalised_price"] for each in drawn), "by lot, and for nothing that she is"


def mug(answer: Any) -> Any:
    """The slot of the mug."""
    return next(slot for slot in answer["slots"] if slot["action"] == "mug")
