"""What can be shown, how it did, and one action or placement changed by whom the files are not."""

from __future__ import annotations

from typing import Any

from tests.flow.api.harness import Api, identify, track
from tests.flow.deciding.conftest import decide

AT = "2026-03-01T11:00:00Z"
DRAFT = {"kind": "offer", "title": "Tea", "value": 2, "content": [{"format": "banner", "headline": "Tea"}]}


def tell(shop: Api, event: str, decision: str, slot: int) -> None:
    said = {"decision_id": decision, "slot": slot}
    shop.happen(track(event, f"{event}-{slot}", AT, user_id="ann", properties=said))


def put(shop: Api, name: str, definition: Any, status: int = 200, **more: Any) -> Any:
    body = {"definition": definition, **more}
    answer = shop.request("PUT", f"/api/v1/actions/{name}", role="marketer", body=body)
    assert answer.status == status, answer.body
    return answer.json()


def test_actions_say_where_they_can_appear_and_what_they_earned(shop: Api) -> None:
    found = decide(shop, "till", identifiers={"user_id": "ann"})
    [mug] = [n for n, slot in enumerate(found["slots"]) if slot["action"] == "last_mug"]
    tell(shop, "Action Shown", found["decision_id"], mug)
    tell(shop, "Action Accepted", found["decision_id"], mug)
    listed = {each["name"]: each for each in shop.get("/api/v1/actions")["actions"]}
    assert list(listed) == ["brand_story", "free_coffee", "last_mug", "umbrella"]
    assert listed["brand_story"]["fallback_of"] == ["home_hero", "entrance", "till"]
    assert listed["umbrella"]["placements"] == ["entrance"]
    earned = listed["last_mug"]["earned"]
    assert (earned["answered"], earned["shown"], earned["accepted"], earned["won"]) == (1, 1, 1, 1)
    assert earned["margin"] == "5"
    whole = shop.get("/api/v1/actions/last_mug")
    assert [each["earned"]["won"] for each in whole["days"]] == [1]
    assert {each["placement"]: each["earned"]["won"] for each in whole["places"]} == {
        "home_hero": 0, "entrance": 0, "till": 1,
    }  # fmt: skip


def test_it_is_told_why_an_action_is_not_shown(shop: Api) -> None:
    for _ in range(3):
        decide(shop, "till")
    falls = shop.get("/api/v1/actions/free_coffee")["falls"]
    assert (falls["decisions"], falls["chosen"]) == (3, 0)
    [stage] = falls["stages"]
    assert (stage["stage"], stage["count"]) == ("consent", 3)
    assert stage["rules"][0]["rule"] == "no consent to personalisation"
    assert shop.get("/api/v1/actions/last_mug")["falls"]["chosen"] == 3


def test_placements_say_what_they_show_now(shop: Api) -> None:
    decide(shop, "till")
    listed = {each["name"]: each for each in shop.get("/api/v1/placements")["placements"]}
    assert listed["till"]["decisions"] == 1
    assert listed["till"]["showing"] == [{"action": "last_mug", "share": 1.0}]
    assert listed["entrance"]["asked_at"] is None
    whole = shop.get("/api/v1/placements/till")
    assert {each["name"]: each["earned"]["answered"] for each in whole["actions"]} == {
        "free_coffee": 0, "last_mug": 1,
    }  # fmt: skip
    assert whole["misfits"] == ["umbrella"]


def test_a_marketer_defines_one_action_and_the_file_around_it_stays(shop: Api) -> None:
    assert put(shop, "tea", DRAFT, revision="")["changed"]
    body = next(
        each["body"]
        for each in shop.get("/api/v1/definitions")["definitions"]
        if each["name"] == "actions.yaml"
    )
    assert "free_coffee:\n    kind: offer\n    group: coffee" in body
    found = shop.get("/api/v1/actions/tea")["action"]
    assert found["definition"]["title"] == "Tea"
    dated = {**found["definition"], "valid": {"from": "2026-01-01", "until": "2026-01-31"}}
    put(shop, "tea", dated, revision=found["revision"])
    assert shop.get("/api/v1/actions/tea")["action"]["valid"] in {"over", "later", "now"}
    history = shop.get("/api/v1/actions/tea/history")["versions"]
    assert ["2026-01-01" in each["text"] for each in history] == [True, False]
    assert shop.get("/api/v1/actions/last_mug/history")["versions"][0]["version"] == 1


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(shop: Api) -> None:
    put(shop, "tea", DRAFT, revision="")
    assert put(shop, "tea", DRAFT, status=409, revision="")["code"] == "conflict"
    before = shop.get("/api/v1/actions/tea")["action"]["revision"]
    put(shop, "tea", {**DRAFT, "value": 3}, revision=before)
    assert put(shop, "tea", {**DRAFT, "value": 4}, status=409, revision=before)["code"] == "conflict"
    put(shop, "tea", {**DRAFT, "value": 4})  # who names none says: whatever it is


def test_what_a_placement_falls_back_to_cannot_be_taken_out(shop: Api) -> None:
    answer = shop.request("DELETE", "/api/v1/actions/brand_story", role="marketer")
    assert answer.status == 400
    assert "fallback" in answer.json()["message"]
    assert shop.request("DELETE", "/api/v1/placements/entrance", role="marketer").status == 200
    assert shop.request("DELETE", "/api/v1/actions/umbrella", role="marketer").status == 200


def test_a_draft_is_tried_with_all_that_is_wrong_at_its_place(shop: Api) -> None:
    wrong = {**DRAFT, "floor": "dear", "caps": [{"max": -1}]}
    told = shop.post("/api/v1/actions/try", {"name": "tea", "definition": wrong})
    assert {each["place"] for each in told["problems"]} == {"floor", "caps.0.max"}
    text = "kind: offer\nfloor: dear\n"
    told = shop.post("/api/v1/actions/try", {"name": "tea", "definition": text})
    assert [(each["place"], each["line"]) for each in told["problems"]] == [("floor", 2)]
    told = shop.post("/api/v1/actions/try", {"name": "tea", "definition": "kind: [offer"})
    assert told["problems"][0]["line"] == 1
    assert told["definition"] is None


def test_a_draft_whose_price_goes_by_a_protected_trait_is_refused_at_its_place(shop: Api) -> None:
    text = "kind: offer\nvalue: 8\ndiscounts: [10]\naudience:\n  all:\n    - {segment: ladies}\n"
    ladies = "segments: {ladies: {when: {field: attributes.gender, op: '=', value: f}}}"
    shop.define({"segments.yaml": ladies})
    told = shop.post("/api/v1/actions/try", {"name": "tea", "definition": text})
    [problem] = told["problems"]
    assert (problem["place"], problem["line"]) == ("audience.all.0", 6)
    assert "attributes.gender, through segment ladies: sex or gender is protected" in problem["message"]
    body = {"definition": told["definition"], "revision": ""}
    answer = shop.request("PUT", "/api/v1/actions/tea", role="marketer", body=body)
    assert answer.status == 400
    assert "discount of tea" in answer.json()["message"]
    plain = text.replace("discounts: [10]\n", "")
    assert shop.post("/api/v1/actions/try", {"name": "tea", "definition": plain})["problems"] == []


def test_a_draft_that_names_a_segment_that_does_not_exist_is_hinted_at(shop: Api) -> None:
    shop.define({"segments.yaml": "segments: {loyal: {when: {did: Order Completed}}}"})
    text = "kind: offer\naudience:\n  all:\n    - {segment: loyal}\n    - {segment: loyl}\n"
    told = shop.post("/api/v1/actions/try", {"name": "tea", "definition": text})
    assert told["problems"] == []
    assert told["definition"] is not None
    [hint] = told["hints"]
    assert (hint["place"], hint["line"], hint["cure"]) == (
        "audience.all.1.segment",
        5,
        "did you mean 'loyal'?",
    )
    right = {"kind": "offer", "audience": {"segment": "loyal"}}
    assert shop.post("/api/v1/actions/try", {"name": "tea", "definition": right})["hints"] == []


def test_contents_are_written_out_for_her_and_for_nobody(shop: Api) -> None:
    shop.happen(identify("a1", AT, user_id="ann", traits={"first_name": "Ann"}))
    person = shop.person("user_id:ann")["person_id"]
    coffee = shop.get("/api/v1/actions/free_coffee")["action"]["definition"]
    asked = {"name": "free_coffee", "definition": coffee}
    nobody = shop.post("/api/v1/actions/try", asked)
    assert nobody["contents"][0]["content"]["headline"] == "Good day, there"
    assert nobody["contents"][0]["facts"] == ["first_name"]
    assert nobody["contents"][0]["because"] == "because you like our coffee"
    assert nobody["placements"] == ["home_hero", "entrance", "till"]
    hers = shop.post("/api/v1/actions/try", {**asked, "person_id": person})
    assert hers["contents"][0]["content"]["headline"] == "Good day, Ann"
    assert shop.request("POST", "/api/v1/actions/try", body={**asked, "person_id": "f" * 32}).status == 404


def test_a_placement_is_tried_with_who_would_compete(shop: Api) -> None:
    definition = {"touchpoint": "kiosk", "formats": ["portrait"], "fallback": "brand_story"}
    told = shop.post("/api/v1/placements/try", {"name": "kiosk", "definition": definition})
    assert (told["competing"], told["problems"]) == (["umbrella"], [])
    told = shop.post(
        "/api/v1/placements/try", {"name": "kiosk", "definition": {**definition, "fallback": "brand_stori"}}
    )
    assert told["problems"][0]["place"] == "fallback"
    assert "brand_story" in told["problems"][0]["cure"]
