"""What visitors are asked to look at, and what becomes of it: the same for the same seed, by their tastes."""

from __future__ import annotations

from collections import Counter

import msgspec

from segue.checks.world import (
    TRUSTED_SOURCES,
    Due,
    Question,
    Regular,
    Shelf,
    Shown,
    Tastes,
    Today,
    at_the_entrance,
    delivery,
    questions,
)
from segue.checks.world.retailer import catalogue
from segue.checks.world.tempted import SEEN, weather
from segue.collect.admit import admit
from segue.domain.drafts import Sender
from segue.domain.events import Event
from segue.domain.order import DAY
from segue.domain.rules import Rules, default_identity
from segue.enrich import shelves
from segue.sources.segment.wire import read_body

NOON = 1_772_366_400_000_000
SHELF = Shelf(products=catalogue(), stores=("1", "2"))
ANN = Regular(user_id="u-ann", email="ann@mail.example", card="12", browser="a-1-0", phone=("a-2-0", "d-2"))
OFFER = Shown("soda", "offer", 0, "p00")
CONTENT = Shown("story", "content", 0, None)


def asked(visits: int = 400) -> list[tuple[list[Due], Question]]:
    """Questions with the visits they are of."""
    today = Today(1, SHELF)
    made = [today.visit(str(number), NOON, ANN if number % 2 else None) for number in range(visits)]
    return [(visit, question) for visit in made for question in questions(visit, 5)]


def test_touchpoints_ask_while_somebody_is_there_with_what_is_known_there() -> None:
    found = asked()
    assert found == asked()
    assert {question.placement for _, question in found} == {
        "home_hero", "product_page", "cart", "app_home", "kiosk", "till",
    }  # fmt: skip
    for visit, question in found:
        sources = {due.call.source for due in visit}
        assert question.source in sources
        assert visit[0].at - 3_000_000 <= question.at <= visit[-1].at + 1_000_000
        assert all(isinstance(value, str) for value in question.identifiers.values())
        if question.placement == "till":
            assert question.identifiers == {"loyalty_card": "12"}
            assert question.context["basket"][0].keys() == {"sku", "quantity", "price", "category"}
            order = next(due for due in visit if due.call.body.get("event") == "Order Completed")
            assert question.at < order.at, "a till asks before it is paid"
        if question.placement in {"kiosk", "till"}:
            assert question.context["store"] in SHELF.stores
    display = at_the_entrance(5, "x", NOON, "2")
    assert display.identifiers == {}, "a display looks at nobody"
    assert display.context["store"] == "2"


def test_what_becomes_of_an_answer_is_admitted_in_order_and_the_same_again() -> None:
    tastes, rules = Tastes(3), Rules(identity=default_identity())
    seen: Counter[str] = Counter()
    slots = 0
    for _, question in asked():
        told = tastes.outcomes(question, "0" * 32, [OFFER, CONTENT])
        assert told == Tastes(3).outcomes(question, "0" * 32, [OFFER, CONTENT])
        assert [due.at for due in told] == sorted(due.at for due in told)
        slots += 2
        shown = {
            due.call.body["properties"]["slot"] for due in told if due.call.body["event"] == "Action Shown"
        }
        for due in told:
            body = due.call.body
            seen[body["event"]] += 1
            assert body["properties"]["slot"] in shown, "only what was seen is touched"
            assert body["context"]["composed"] is True
            if body["event"] == "Action Accepted":
                assert body["properties"]["action"] == "soda"
            [item] = read_body(msgspec.json.encode(body), "track").items
            sender = Sender(source=due.call.source, trusted=due.call.source in TRUSTED_SOURCES)
            assert isinstance(admit(item, sender, rules, b"0" * 32, NOON + DAY), Event)
    assert abs(seen["Action Shown"] / slots - SEEN) < 0.05
    assert min(seen[f"Action {each}"] for each in ("Clicked", "Dismissed", "Accepted")) > 0


def test_tastes_are_different_and_a_discount_helps() -> None:
    tastes = Tastes(3)
    cheaper = Shown("soda", "offer", 20, "p00")
    assert all(tastes.likes(f"u{n}", OFFER) < tastes.likes(f"u{n}", cheaper) for n in range(50))
    many = [tastes.likes(f"u{n}", OFFER) for n in range(200)]
    assert max(many) > 3 * min(many), "persons differ"
    means = [
        sum(tastes.likes(f"u{n}", Shown(name, "offer", 0, None)) for n in range(50)) for name in "abcdefgh"
    ]
    assert max(means) > 2 * min(means), "actions differ"


def test_it_rains_now_and_then_and_july_is_warm() -> None:
    july, january = 1_783_080_000_000_000, 1_768_478_400_000_000
    warm = [weather(1, july + day * DAY, "s1")["temp_c"] for day in range(20)]
    cold = [weather(1, january + day * DAY, "s1")["temp_c"] for day in range(20)]
    assert sum(warm) / 20 > 20 > 5 > sum(cold) / 20
    assert 40 < sum(weather(1, day * DAY, "s1")["rain"] for day in range(200)) < 80


def test_a_delivery_is_counted() -> None:
    due = delivery(1, "x", NOON, SHELF)
    [item] = read_body(msgspec.json.encode(due.call.body), "track").items
    admitted = admit(
        item, Sender(source="till_live", trusted=True), Rules(identity=default_identity()), b"0" * 32, NOON
    )
    assert isinstance(admitted, Event)
    said = shelves.told_by([admitted])
    assert len(said.inventory) == 12
    assert all(told["on_hand"][1] >= 30 for told in said.inventory.values())
