"""The simulated world: the same for the same seed, composed and said so, with a truth that holds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.checks.world import (
    TRUSTED_SOURCES,
    Call,
    Household,
    Regular,
    Shelf,
    Today,
    Truth,
    compose,
    invent,
    leaving,
    left_as,
    surroundings,
)
from segue.checks.world.lives import named_in
from segue.checks.world.retailer import catalogue
from segue.collect.admit import admit
from segue.domain.drafts import Sender
from segue.domain.events import Event
from segue.domain.rules import Rules, default_identity
from segue.sources.segment.wire import read_body

NOON = 1_772_366_400_000_000


def live(households: tuple[Household, ...], seed: int = 7) -> tuple[list[Call], Truth]:
    visits = Counter(trip.store for household in households for trip in household.trips)
    around = surroundings(seed, dict(visits), [household.card for household in households])
    truth = Truth()
    return list(compose(households, around, truth)), truth


@pytest.fixture(scope="module")
def world() -> tuple[list[Call], Truth]:
    return live(invent(7, 400, trips=60))


World = tuple[list[Call], Truth]


def test_the_same_seed_gives_the_same_world_and_another_gives_another() -> None:
    assert live(invent(1, 30))[0] == live(invent(1, 30))[0]
    assert live(invent(1, 30))[0] != live(invent(1, 30), seed=8)[0]


def test_a_household_lives_the_same_whoever_else_is_there() -> None:
    households = invent(7, 60)
    cards = [household.card for household in households]
    around = surroundings(7, {"s0": 1}, cards)
    alone = list(compose(households[40:41], around, Truth()))
    together = list(compose(households, around, Truth()))
    assert [call for call in together if call.body["messageId"].startswith(f"composed-{cards[40]}-")] == alone


def test_every_call_is_labelled_identified_and_has_an_id_of_its_own(world: World) -> None:
    calls, _ = world
    assert all(call.body["context"]["composed"] is True for call in calls)
    assert len({call.body["messageId"] for call in calls}) == len(calls)
    assert not any(call.body.get("event", "").startswith("Order ") for call in calls), (
        "purchases are real ones"
    )


def test_every_call_is_admitted_by_the_dialect_it_is_written_in(world: World) -> None:
    rules = Rules(identity=default_identity())
    for call in world[0]:
        [draft] = read_body(msgspec.json.encode(call.body), call.body["type"]).items
        sender = Sender(source=call.source, trusted=call.source in TRUSTED_SOURCES, proven=call.proven)
        event = admit(draft, sender, rules, b"0" * 32, NOON)
        assert isinstance(event, Event)
        assert not event.marks
        assert {(mention.kind, mention.value) for mention in event.mentions} == set(named_in(call.body))


def test_it_holds_what_it_promises(world: World) -> None:
    calls, truth = world
    events = Counter(call.body.get("event", call.body["type"]) for call in calls)
    for event in (
        "page",
        "screen",
        "identify",
        "Products Searched",
        "Product Viewed",
        "Product Added",
        "Checkout Started",
        "Email Delivered",
        "Email Opened",
        "Email Link Clicked",
        "Consent Granted",
        "Consent Withdrawn",
    ):
        assert events[event], event
    assert {call.source for call in calls} == {"web", "app", "kiosk", "shop", "email"}
    nobodys = truth.nobodys()
    assert any(value.startswith("kiosk-") for _, value in nobodys)
    assert any(value.startswith("t-") for _, value in nobodys)
    assert any("campaign" in call.body["context"] for call in calls)


def test_sessions_come_before_the_visit_and_look_at_what_is_then_bought(world: World) -> None:
    households = {household.card: household for household in invent(7, 400, trips=60)}
    viewed = before = 0
    for call in world[0]:
        if call.body.get("event") != "Product Viewed" or call.source not in {"web", "app"}:
            continue
        card = call.body["messageId"].split("-")[1]
        viewed += 1
        before += any(
            call.body["properties"]["product_id"] in {product.product_id for product in trip.products}
            for trip in households[card].trips
        )
    assert viewed == before > 100


def test_kiosks_and_shared_tablets_serve_several_and_belong_to_nobody(world: World) -> None:
    calls, truth = world
    users: dict[str, set[str]] = {}
    for call in calls:
        if "userId" in call.body and "anonymousId" in call.body:
            users.setdefault(call.body["anonymousId"], set()).add(call.body["userId"])
    shared = {value for _, value in truth.nobodys()}
    tablets = {value for value in shared if value.startswith("t-")}
    assert tablets
    assert all(len(users[tablet]) == 2 for tablet in tablets)
    owned = {device: len(who) for device, who in users.items() if device not in shared}
    visited = {device for device, count in owned.items() if count > 1}
    assert len(visited) <= len(owned) * 0.05, "only friends' visits put a second account on a device"


def test_only_servers_say_which_card_an_account_has_but_for_mistakes(world: World) -> None:
    for call in world[0]:
        if any(kind == "loyalty_card" for kind, _ in named_in(call.body)):
            assert call.source in {"shop", "app"}
            assert call.source in TRUSTED_SOURCES or not call.proven


def test_what_happens_is_in_order_of_time_within_a_household(world: World) -> None:
    last: dict[str, datetime] = {}
    for call in world[0]:
        card = call.body["messageId"].split("-")[1]
        moment = datetime.fromisoformat(call.body["timestamp"])
        assert moment >= last.get(card, moment)
        last[card] = moment


# ── the truth ─────────────────────────────────────────────────────────────────


def test_an_identifier_has_one_owner() -> None:
    truth = Truth()
    truth.belongs(("email", "a"), "1")
    truth.belongs(("email", "a"), "1")
    with pytest.raises(ValueError, match="belongs to 1, not to 2"):
        truth.belongs(("email", "a"), "2")


def test_pairs_are_counted_as_a_person_would_count_them() -> None:
    truth = Truth()
    for value, card in (("a", "1"), ("b", "1"), ("c", "1"), ("d", "2"), ("e", "2"), ("k", None)):
        truth.belongs(("x", value), card)
    truth.seen_together([("x", "a"), ("x", "b")])
    truth.seen_together([("x", "d"), ("x", "k")])
    truth.seen_together([("x", "k"), ("x", "e")])
    one, two, three = b"1", b"2", b"3"
    persons = {"a": one, "b": two, "c": two, "d": three, "k": three, "unheard of": three}
    found = truth.compare({("x", value): person for value, person in persons.items()})
    assert (found.identifiers, found.households, found.persons) == (5, 2, 3)
    assert (found.true_pairs, found.joined, found.falsely_joined) == (3, 2, 1)  # a-b a-c b-c; b-c d-k; d-k
    assert (found.missed, found.missed_with_evidence) == (
        2,
        1,
    )  # a-b a-c; a-b, as nobody's device proves nothing
    assert found.precision == 0.5
    assert found.recall == pytest.approx(1 / 3)


@settings(max_examples=60, deadline=None)
@given(
    owners=st.lists(st.sampled_from(["1", "2", "3", None]), min_size=1, max_size=12),
    seen=st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=3), max_size=12),
    persons=st.lists(st.integers(0, 4), min_size=12, max_size=12),
)
def test_counting_pairs_agrees_with_looking_at_each(
    owners: list[str | None], seen: list[list[int]], persons: list[int]
) -> None:
    truth = Truth()
    for number, owner in enumerate(owners):
        truth.belongs(("x", str(number)), owner)
    for numbers in seen:
        truth.seen_together([("x", str(number)) for number in numbers if number < len(owners)])
    found = truth.compare({("x", str(n)): bytes([persons[n]]) for n in range(len(owners))})
    pairs = [(a, b) for b in range(len(owners)) for a in range(b)]
    same = {(a, b) for a, b in pairs if owners[a] is not None and owners[a] == owners[b]}
    joined = {(a, b) for a, b in pairs if persons[a] == persons[b]}
    told = {(a, b) for a, b in same if truth.evidence(("x", str(a))) == truth.evidence(("x", str(b)))}
    assert found.true_pairs == len(same)
    assert found.joined == len(joined)
    assert found.falsely_joined == len(joined - same)
    assert found.missed == len(same - joined)
    assert found.missed_with_evidence == len(told - joined)


def test_who_joins_by_evidence_alone_misses_only_the_unknowable(world: World) -> None:
    _, truth = world
    seen = {identity: repr(truth.evidence(identity)).encode() for identity in truth.owners}
    assert truth.compare(seen).missed_with_evidence == 0


ANN = Regular(
    user_id="u-ann", email="ann@mail.example", card="7", browser="a-web-0", phone=("a-app-0", "d-app")
)
HERS = {
    *ANN.names,
    ("loyalty_card", "7"),
    ("anonymous_id", "a-web-0"),
    ("anonymous_id", "a-app-0"),
    ("device_id", "d-app"),
}


@given(seed=st.integers(0, 5), name=st.text("0123456789abcdef", min_size=1, max_size=8), known=st.booleans())
def test_a_visit_of_today_is_in_order_and_says_nothing_of_anybody_else(
    seed: int, name: str, known: bool
) -> None:
    today = Today(seed, Shelf(products=catalogue(), stores=("1", "2")))
    regular = ANN if known else None
    made = today.visit(name, NOON, regular)
    assert made == today.visit(name, NOON, regular)
    assert made
    assert [due.at for due in made] == sorted(due.at for due in made)
    assert made[0].at >= NOON
    assert len({due.call.body["messageId"] for due in made}) == len(made)
    for due in made:
        assert due.call.body["context"]["composed"] is True
        assert due.call.proven <= (HERS if "u-ann" in str(due.call.body) else due.call.proven)
        for kind, value in set(named_in(due.call.body)) - HERS:
            assert value.startswith(("n-", "u-", "visitor.", "kiosk-")), (kind, value)
        if not known:
            assert not set(named_in(due.call.body)) & HERS


def test_all_that_today_says_is_admitted_but_for_what_is_wrong_on_purpose() -> None:
    today = Today(1, Shelf(products=catalogue(), stores=("1", "2")))
    rules, refused, sources = Rules(identity=default_identity()), Counter[str](), Counter[str]()
    for number in range(600):
        for due in today.visit(str(number), NOON, ANN):
            sources[due.call.source] += 1
            [item] = read_body(msgspec.json.encode(due.call.body), str(due.call.body["type"])).items
            sender = Sender(source=due.call.source, trusted=due.call.source in TRUSTED_SOURCES)
            admitted = admit(item, sender, rules, b"0" * 32, NOON)
            refused[type(admitted).__name__] += 1
    assert set(sources) == {"web", "app", "kiosk", "till_live"}
    assert 0 < refused["DeadLetter"] < 0.02 * refused["Event"]
    assert set(refused) == {"Event", "DeadLetter"}


def test_who_is_made_up_to_be_erased_is_known_first_by_her_browser() -> None:
    calls = list(leaving(3))
    assert calls == list(leaving(3))
    assert named_in(calls[0].body) == [left_as(3)]
    assert [call.body["timestamp"] for call in calls] == sorted(call.body["timestamp"] for call in calls)
    assert all(call.body["context"]["composed"] for call in calls)
