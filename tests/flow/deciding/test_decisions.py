"""Decisions over the API: who gets what, why, what it does to the next one, and what is learnt from it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.keys import create_key
from segue.decide import store
from segue.errors import SegueError
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.flow.api.harness import Api, identify, track
from tests.flow.deciding.conftest import decide

AT = "2026-03-01T11:00:00Z"
ADD_STOCK = Statement(
    "stock",
    "",
    "insert into inventory (sku, store, on_hand, updated_at) values ('mug', %(store)s, %(left)s, 0)",
)


@pytest.fixture
def ann(shop: Api) -> Api:
    """Ann has bought once and consents to personalisation at the web, the kiosk and the till."""
    shop.happen(
        identify("a1", AT, user_id="ann", traits={"first_name": "Ann"}),
        track("Order Completed", "a2", AT, user_id="ann", properties={"order_id": "1", "revenue": 9}),
        track("Consent Granted", "a3", AT, user_id="ann", properties={"purpose": "personalisation"}),
    )
    return shop


HOME = "{touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}"


def names(answer: Any) -> list[str]:
    """The actions that an answer shows."""
    return [slot["action"] for slot in answer["slots"]]


def dropped(answer: Any) -> dict[str, str]:
    """Action → the stage at which it fell out."""
    return {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}


def test_a_known_customer_gets_her_offer_and_is_told_why(ann: Api) -> None:
    asked: Any = {"identifiers": {"user_id": "ann"}, "context": {"locale": "en-GB"}, "explain": True}
    moment = "2026-03-01T12:00:00Z"
    drawn = (decide(ann, "home_hero", at=moment, **asked) for _ in range(200))
    answer = next(each for each in drawn if names(each) == ["free_coffee"])
    assert answer["identity"] == "certain"
    assert answer["person_id"] == ann.person("user_id:ann")["person_id"]
    [slot] = answer["slots"]
    assert slot["content"]["headline"] == "Good day, Ann"
    assert slot["because"] == "because you like our coffee"
    assert dropped(answer)["umbrella"] == "format"
    assert {each["action"] for each in answer["explanation"]["scores"]} == {"free_coffee", "last_mug"}
    assert answer["explanation"]["considered"] == 3


def test_nobody_known_is_answered_too(shop: Api) -> None:
    answer = decide(shop, "home_hero", explain=True)
    assert (answer["identity"], answer["person_id"], names(answer)) == ("unknown", None, ["last_mug"])
    assert dropped(answer) == {"umbrella": "format", "free_coffee": "consent"}
    rainy = {"weather": {"rain": True, "temp_c": 4}}
    shown = decide(shop, "entrance", context=rainy)
    umbrella = next(slot for slot in shown["slots"] if slot["action"] == "umbrella")
    assert umbrella["content"]["headline"] == "Dry at 4 degrees"


def test_without_consent_nothing_personal_is_used(shop: Api) -> None:
    shop.happen(
        track("Order Completed", "b1", AT, user_id="bea", properties={"order_id": "1", "revenue": 9}),
        track("Consent Withdrawn", "b2", AT, user_id="bea", properties={"purpose": "personalisation"}),
    )
    answer = decide(shop, "home_hero", identifiers={"user_id": "bea"}, explain=True)
    assert dropped(answer)["free_coffee"] == "consent"


def test_a_cap_holds_from_the_moment_it_is_answered(ann: Api) -> None:
    shown = [names(decide(ann, "home_hero", identifiers={"user_id": "ann"}, limit=1)) for _ in range(200)]
    assert shown.count(["free_coffee"]) == 2
    answer = decide(ann, "home_hero", identifiers={"user_id": "ann"}, explain=True)
    assert dropped(answer)["free_coffee"] == "caps"


def test_a_question_about_another_moment_consumes_nothing(ann: Api) -> None:
    for _ in range(10):
        decide(ann, "home_hero", identifiers={"user_id": "ann"}, at="2026-03-01T12:30:00Z")
    answer = decide(ann, "home_hero", identifiers={"user_id": "ann"}, explain=True)
    assert "free_coffee" not in {name for name, stage in dropped(answer).items() if stage == "caps"}
    early = decide(ann, "home_hero", identifiers={"user_id": "ann"}, at="2026-03-01T08:00:00Z", explain=True)
    assert dropped(early)["free_coffee"] == "applicable"


def test_silence_gives_the_cap_back(ann: Api, clock: ManualClock) -> None:
    for _ in range(200):
        answer = decide(ann, "home_hero", identifiers={"user_id": "ann"}, explain=True)
    assert dropped(answer)["free_coffee"] == "caps"
    clock.advance(31 * 60 * 1_000_000)
    answer = decide(ann, "home_hero", identifiers={"user_id": "ann"}, explain=True)
    assert dropped(answer).get("free_coffee") != "caps"


def test_two_hundred_at_once_never_exceed_a_cap(ann: Api) -> None:
    """Two processes' desks, two hundred questions for one person."""
    desks = [Desk(ann.installation), Desk(ann.installation)]
    request = DecisionRequest(placement="home_hero", identifiers={"user_id": "ann"})
    asker = Asker(trusted=True)
    try:
        with ThreadPoolExecutor(16) as pool:
            found = list(
                pool.map(lambda number: desks[number % 2].ask_all([(request, asker)])[0], range(200))
            )
    finally:
        for desk in desks:
            desk.close()
    assert not [each for each in found if isinstance(each, SegueError)]
    shown = [each.slots[0].action for each in found if not isinstance(each, SegueError)]
    assert len(shown) == 200
    assert shown.count("free_coffee") == 2


def test_the_last_one_in_stock_is_offered_once(shop: Api) -> None:
    with shop.installation.database.transaction() as session:
        session.execute(ADD_STOCK, store="s1", left=1)
    desks = [Desk(shop.installation), Desk(shop.installation)]
    request = DecisionRequest(placement="till", context={"store": "s1"})
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = pool.map(lambda n: desks[n % 2].ask_all([(request, Asker(trusted=True))])[0], range(40))
            found = [each for each in asked if not isinstance(each, SegueError)]
    finally:
        for desk in desks:
            desk.close()
    assert len(found) == 40
    assert sum(slot.action == "last_mug" for each in found for slot in each.slots) == 1


# ── events that come with the question ───────────────────────────────────────


def viewed(message_id: str) -> dict[str, Any]:
    """She looks at a mug, as Segment's client says it."""
    return {
        "type": "track", "event": "Product Viewed", "messageId": message_id, "userId": "ann",
        "timestamp": "2026-03-01T11:59:00Z", "properties": {"product_id": "mug"},
    }  # fmt: skip


def lever(answer: Any) -> float:
    """By how much the coffee is preferred."""
    scores = answer["explanation"]["scores"]
    return next(float(each["levers"]) for each in scores if each["action"] == "free_coffee")


def test_fresh_events_count_at_once_and_only_once(ann: Api) -> None:
    asked: Any = {"identifiers": {"user_id": "ann"}, "explain": True, "at": "2026-03-01T12:00:00Z"}
    assert lever(decide(ann, "home_hero", **asked)) == 1.0
    both = [viewed("v1"), viewed("v2")]
    assert lever(decide(ann, "home_hero", events=both, **asked)) == 2.0
    assert lever(decide(ann, "home_hero", events=[viewed("v1"), viewed("v1")], **asked)) == 1.0
    ann.happen(
        track(
            "Product Viewed", "v1", "2026-03-01T11:59:00Z", user_id="ann", properties={"product_id": "mug"}
        ),
        source="default",
    )
    assert lever(decide(ann, "home_hero", events=[viewed("v1")], **asked)) == 1.0, "the loop has had it"
    assert lever(decide(ann, "home_hero", events=both, **asked)) == 2.0


def test_fresh_events_of_somebody_else_do_not_count(ann: Api) -> None:
    others = [{**viewed(f"w{number}"), "userId": "bob"} for number in range(3)]
    answer = decide(ann, "home_hero", identifiers={"user_id": "ann"}, events=others, explain=True)
    assert lever(answer) == 1.0


def test_events_that_cannot_be_read_harm_no_answer(ann: Api) -> None:
    strange: list[Any] = [
        {},
        {"type": "track"},
        {"type": 5, "userId": ["x"]},
        {"type": "identify", "traits": "x"},
    ]
    assert decide(ann, "home_hero", identifiers={"user_id": "ann"}, events=strange)["slots"]


def test_somebody_new_is_known_by_what_she_does_now(shop: Api) -> None:
    consent = {
        "type": "track", "event": "Consent Granted", "messageId": "n1", "userId": "new",
        "timestamp": "2026-03-01T11:59:00Z", "properties": {"purpose": "personalisation"},
    }  # fmt: skip
    bought = {
        **consent,
        "event": "Order Completed",
        "messageId": "n2",
        "properties": {"order_id": "7", "revenue": 3},
    }
    asked: Any = {"identifiers": {"user_id": "new"}, "explain": True}
    assert dropped(decide(shop, "home_hero", **asked))["free_coffee"] == "consent"
    answer = decide(shop, "home_hero", events=[consent, bought], **asked)
    assert dropped(answer).get("free_coffee") in {None, "arbitration"}


# ── what became of it ────────────────────────────────────────────────────────


def test_what_happened_next_is_learnt_once_whatever_the_order(ann: Api) -> None:
    answer = decide(ann, "home_hero", identifiers={"user_id": "ann"})
    slot = answer["slots"][0]
    said = {"decision_id": answer["decision_id"], "slot": 0, "action": slot["action"]}
    clicked = track("Action Clicked", "c1", AT, user_id="ann", properties=said)
    shown = track("Action Shown", "c2", AT, user_id="ann", properties=said)
    accepted = track("Action Accepted", "c3", AT, user_id="ann", properties=said)
    ann.happen(clicked)
    ann.happen(shown, accepted, clicked)
    whole = ann.get(f"/api/v1/decisions/{answer['decision_id']}")
    assert [each["outcome"] for each in whole["decision"]["slots"]] == ["accepted"]
    with ann.installation.database.transaction(read_only=True) as session:
        arms = store.arms(session, ["home_hero"])
    arm, _ = arms["home_hero", slot["action"]]
    assert arm.seen == 1.0
    assert arm.reward[0] == 1.0


def test_a_dismissal_gives_peace(ann: Api) -> None:
    for number in range(30):
        answer = decide(ann, "home_hero", identifiers={"user_id": "ann"})
        if names(answer) == ["free_coffee"]:
            said = {"decision_id": answer["decision_id"], "action": "free_coffee"}
            ann.happen(track("Action Dismissed", f"d{number}", AT, user_id="ann", properties=said))
            break
    answer = decide(ann, "home_hero", identifiers={"user_id": "ann"}, explain=True)
    assert dropped(answer)["free_coffee"] == "suppressed"


def test_an_order_is_credited_to_what_she_saw_of_the_product(ann: Api) -> None:
    answer = decide(ann, "till", identifiers={"user_id": "ann"})
    number = names(answer).index("last_mug")
    said = {"decision_id": answer["decision_id"], "slot": number}
    ann.happen(track("Action Shown", "e1", "2026-03-01T12:00:01Z", user_id="ann", properties=said))
    bought = {"order_id": "9", "revenue": 5, "products": [{"sku": "mug", "quantity": 1, "price": 5}]}
    ann.happen(track("Order Completed", "e2", "2026-03-01T12:00:05Z", user_id="ann", properties=bought))
    whole = ann.get(f"/api/v1/decisions/{answer['decision_id']}")
    assert whole["decision"]["slots"][number]["outcome"] == "accepted"


def test_law_7_a_kept_decision_comes_out_the_same_again(ann: Api) -> None:
    for placement in ("home_hero", "till", "entrance"):
        for _ in range(5):
            decide(ann, placement, identifiers={"user_id": "ann"}, context={"weather": {"rain": True}})
    page = ann.get("/api/v1/decisions?limit=7")
    assert page["next"]
    more = ann.get(f"/api/v1/decisions?limit=50&after={page['next']}")
    ids = [each["decision_id"] for each in (*page["decisions"], *more["decisions"])]
    assert len(ids) == len(set(ids)) == 15
    for each in ids:
        whole = ann.get(f"/api/v1/decisions/{each}")
        assert whole["replay"] == "same"
        last = whole["funnel"][-1]
        chosen = 0 if whole["decision"]["fallback"] else len(whole["decision"]["slots"])
        assert last["entered"] - last["dropped"] == chosen


def test_law_8_what_was_shown_to_who_is_erased_is_forgotten(ann: Api) -> None:
    answer = decide(ann, "till", identifiers={"user_id": "ann"})
    other = decide(ann, "till")
    assert ann.request("DELETE", f"/api/v1/persons/{answer['person_id']}").status == 202
    assert [each["decision_id"] for each in ann.get("/api/v1/decisions")["decisions"]] == [
        other["decision_id"]
    ]
    ann.get(f"/api/v1/decisions/{answer['decision_id']}", status=404)
    again = decide(ann, "till", identifiers={"user_id": "ann"})
    assert (again["identity"], again["person_id"]) == ("unknown", None)


# ── who may be told what ─────────────────────────────────────────────────────


def test_law_9_a_public_key_learns_nothing_of_her(ann: Api) -> None:
    answer = decide(ann, "home_hero", role="decide", identifiers={"user_id": "ann"}, explain=True)
    assert {"person_id", "identity", "explanation"}.isdisjoint(answer)
    assert names(answer) == ["last_mug"], "her card is a claim here"
    nobody = decide(ann, "home_hero", role="decide", identifiers={"user_id": "nobody"}, explain=True)
    assert answer["slots"][0]["content"] == nobody["slots"][0]["content"]


def test_a_screen_s_key_asks_for_its_placement_only(shop: Api) -> None:
    house = shop.installation
    key = create_key(house.database, house.clock, role="decide", placement="entrance", actor="test")
    headers = {"authorization": f"Bearer {key}"}
    body = {"placement": "entrance"}
    assert shop.request("POST", "/api/v1/decisions", role=None, body=body, headers=headers).status == 200
    refused = shop.request(
        "POST", "/api/v1/decisions", role=None, body={"placement": "till"}, headers=headers
    )
    assert refused.status == 403
    assert "entrance" in refused.json()["message"]


# ── what is wrong ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"placement": "home"}, 404, "no placement"),
        ({}, 400, "placement"),
        ({"placement": "till", "limit": 0}, 400, "limit"),
        ({"placement": "till", "at": "yesterday"}, 400, "no moment"),
        ({"placement": "till", "context": {"basket": {}}}, 400, "no list"),
        ({"placement": "till", "context": {"basket": [{"sku": "a", "price": -1}]}}, 400, "basket.0.price"),
        ({"placement": "till", "context": {"basket": [{"sku": "a", "quantity": "x"}]}}, 400, "quantity"),
        ({"placement": "till", "context": {"basket": ["a"]}}, 400, "basket.0"),
        ({"placement": "till", "context": {"basket": [{}]}}, 400, "no sku"),
    ],
)
def test_what_cannot_be_asked_is_said_clearly(shop: Api, body: Any, status: int, says: str) -> None:
    answer = shop.request("POST", "/api/v1/decisions", body=body)
    assert answer.status == status, answer.body
    assert says in answer.json()["message"]


def test_a_till_with_ten_thousand_lines_is_answered(shop: Api) -> None:
    basket = [{"sku": str(number), "quantity": 1, "price": 1} for number in range(10_000)]
    answer = decide(shop, "till", context={"basket": basket, "store": "no such store"})
    assert answer["slots"]


def test_each_of_a_batch_is_answered_by_itself(ann: Api) -> None:
    asked = [{"placement": "till"}, {"placement": "nowhere"}, {"placement": "entrance"}]
    found = ann.post("/api/v1/decisions/batch", {"requests": asked})
    assert [each is None for each in found["decisions"]] == [False, True, False]
    assert [(each["number"], each["code"]) for each in found["errors"]] == [(1, "not_found")]


def test_a_recommendation_waits_for_a_model(shop: Api) -> None:
    tips = "{tips: {kind: recommendation, value: 1, content: [{format: banner, headline: For you}]}}"
    story = "brand_story: {kind: content, content: [{format: banner, headline: Welcome}]}"
    place = "{touchpoint: web, formats: [banner], fallback: brand_story, timeout_ms: 10000}"
    body = {
        "placements.yaml": f"placements: {{home_hero: {place}}}",
        "actions.yaml": f"actions: {tips[:-1]}, {story}}}",
    }
    answer = shop.request("PUT", "/api/v1/definitions", body={"bodies": body})
    assert answer.status == 200, answer.body
    shop.installation.look_again()
    told = decide(shop, "home_hero", explain=True)
    assert (names(told), told["fallback"]) == (["brand_story"], True)
    assert dropped(told) == {"tips": "stock"}


PREDICT = Statement(
    "predict", "",
    "insert into prediction (fragment_id, name, value, low, high, reasons, model, version, at, sensitive) "
    "values (%(id)s, 'churn_90d', %(value)s, 0, 1, '{}', 'predict', '1', 1, false)",
)  # fmt: skip


@pytest.mark.parametrize(("value", "stage"), [(0.9, None), (0.1, "eligible")])
def test_what_models_predict_can_be_asked(ann: Api, value: float, stage: str | None) -> None:
    asks = "{field: predictions.churn_90d, op: '>', value: 0.5}"
    stay = f"{{kind: offer, value: 1, audience: {asks}, content: [{{format: banner, headline: Stay}}]}}"
    story = "{kind: content, content: [{format: banner, headline: Welcome}]}"
    body = {
        "placements.yaml": f"placements: {{home: {HOME}}}",
        "actions.yaml": f"actions: {{stay: {stay}, story: {story}}}",
    }
    assert ann.request("PUT", "/api/v1/definitions", body={"bodies": body}).status == 200
    ann.installation.look_again()
    person = bytes.fromhex(ann.person("user_id:ann")["person_id"])
    with ann.installation.database.transaction() as session:
        session.execute(PREDICT, id=person, value=value)
    told = decide(ann, "home", identifiers={"user_id": "ann"}, explain=True)
    assert dropped(told).get("stay") == stage


def ask_many(shop: Api, asked: list[DecisionRequest]) -> list[str]:
    """What two processes' desks show in the first slot, asked all at once."""
    desks = [Desk(shop.installation), Desk(shop.installation)]
    try:
        with ThreadPoolExecutor(16) as pool:
            numbered = list(enumerate(asked))
            found = list(
                pool.map(
                    lambda each: desks[each[0] % 2].ask_all([(each[1], Asker(trusted=True))])[0], numbered
                )
            )
    finally:
        for desk in desks:
            desk.close()
    return [each.slots[0].action for each in found if not isinstance(each, SegueError)]


def test_a_cap_holds_by_whatever_name_she_is_asked_about(ann: Api) -> None:
    ann.happen(identify("a9", AT, user_id="ann", anonymous_id="tablet", traits={"email": "ann@shop.example"}))
    names_of_hers = [{"user_id": "ann"}, {"email": "ann@shop.example"}]
    asked = [
        DecisionRequest(placement="home_hero", identifiers=names_of_hers[n // 2 % 2]) for n in range(120)
    ]
    shown = ask_many(ann, asked)
    assert len(shown) == 120
    assert shown.count("free_coffee") == 2


def test_somebody_of_whom_nothing_is_recorded_has_caps_and_is_forgotten_too(shop: Api) -> None:
    gift = (
        "{kind: offer, value: 1, caps: [{max: 2, within: 7 days}], content: [{format: banner, headline: G}]}"
    )
    story = "{kind: content, content: [{format: banner, headline: Welcome}]}"
    body = {
        "placements.yaml": f"placements: {{home: {HOME}}}",
        "actions.yaml": f"actions: {{gift: {gift}, story: {story}}}",
    }
    assert shop.request("PUT", "/api/v1/definitions", body={"bodies": body}).status == 200
    shop.installation.look_again()
    shown = [names(decide(shop, "home", identifiers={"user_id": "new"})) for _ in range(5)]
    assert shown == [["gift"]] * 2 + [["story"]] * 3
    shop.happen(identify("z1", AT, user_id="new", traits={"first_name": "Zoe"}))
    person = shop.person("user_id:new")["person_id"]
    assert len(shop.get(f"/api/v1/decisions?person={person}")["decisions"]) == 5
    assert shop.request("DELETE", f"/api/v1/persons/{person}").status == 202
    assert shop.get("/api/v1/decisions")["decisions"] == []


def test_what_if_without_her_consent(ann: Api) -> None:
    def drops(**suppose: Any) -> dict[str, str]:
        asked: Any = {"identifiers": {"user_id": "ann"}, "at": "2026-03-01T12:00:00Z", "explain": True}
        return dropped(decide(ann, "till", **asked, suppose=suppose))

    assert "free_coffee" not in {name for name, stage in drops().items() if stage == "consent"}
    assert drops(consent=False)["free_coffee"] == "consent"
    assert drops(consent=True) == drops()
    assert ann.get("/api/v1/decisions")["decisions"] == []


def test_the_same_seed_draws_the_same(ann: Api) -> None:
    def drawn(seed: int) -> Any:
        asked: Any = {"identifiers": {"user_id": "ann"}, "at": "2026-03-01T12:00:00Z", "limit": 1}
        return decide(ann, "till", **asked, suppose={"seed": seed})["slots"]

    assert drawn(7) == drawn(7)
    assert {drawn(seed)[0]["action"] for seed in range(200)} == {"free_coffee", "last_mug"}


def test_only_who_is_trusted_supposes_and_nothing_of_it_is_kept(shop: Api) -> None:
    assert decide(shop, "till", status=400, suppose={"consent": True})["message"].startswith(
        "what is supposed"
    )
    assert decide(shop, "till", status=400, at=AT, suppose={"consents": True})["code"]
    body = {"placement": "till", "at": AT, "suppose": {"consent": True}}
    assert shop.request("POST", "/api/v1/decisions", role="decide", body=body).status == 403


def test_the_log_is_filtered_and_tells_what_was_shown(ann: Api) -> None:
    first = decide(ann, "till", identifiers={"user_id": "ann"})
    second = decide(ann, "till", limit=1)
    ann.happen(
        track("Action Clicked", "c1", AT, user_id="ann",
              properties={"decision_id": first["decision_id"], "slot": 0}),
    )  # fmt: skip

    def listed(**query: str) -> list[str]:
        words = "&".join(f"{name}={value}" for name, value in query.items())
        return [each["decision_id"] for each in ann.get(f"/api/v1/decisions?{words}")["decisions"]]

    assert listed(outcome="clicked") == [first["decision_id"]]
    assert set(listed(outcome="returned")) == {first["decision_id"], second["decision_id"]}
    assert listed(fallback="true") == []
    assert len(listed(fallback="false")) == 2
    whole = ann.get(f"/api/v1/decisions/{first['decision_id']}")
    assert [each["content"] for each in whole["slots"]] == [each["content"] for each in first["slots"]]
    assert [each["because"] for each in whole["slots"]] == [each["because"] for each in first["slots"]]
    assert whole["exploration"] == 0.05


def test_what_is_made_ready_before_anybody_asks_is_no_decision(ann: Api) -> None:
    desk = Desk(ann.installation)
    desk.begin()
    request = DecisionRequest(placement="till", identifiers={"user_id": "ann"})
    answer = ann.runner.run(desk.ask(request, Asker(trusted=True)))
    desk.close()
    assert not answer.fallback
    assert [each["decision_id"] for each in ann.get("/api/v1/decisions")["decisions"]] == [answer.decision_id]
