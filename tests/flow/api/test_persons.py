"""Persons over HTTP, from events to the answers of the API."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.lake import lake_of
from tests.flow.api.harness import Api, identify, track


@pytest.fixture
def two(api: Api) -> Api:
    """Ann with an order and Bob, strangers to each other."""
    api.happen(
        identify(
            "1", "2026-02-01T10:00:00Z", user_id="ann", traits={"email": "Ann@Example.com", "city": "Bonn"}
        ),
        track(
            "Order Completed",
            "2",
            "2026-02-02T10:00:00Z",
            user_id="ann",
            properties={"order_id": "o1", "revenue": 12.5, "currency": "EUR"},
        ),
        identify("3", "2026-02-03T10:00:00Z", user_id="bob", traits={"email": "bob@example.com"}),
    )
    return api


def test_a_person_is_found_by_an_identifier_however_it_is_written(two: Api) -> None:
    for target in ("email:ANN@example.com", "user_id:ann", "email:%20ann@example.com%20"):
        [record] = two.get(f"/api/v1/persons?identifier={target}")["persons"]
        assert {each["value"] for each in record["identifiers"]} == {"ann", "ann@example.com"}
        assert record["view"] == "certain"
    assert two.person("user_id:ann") == two.person("email:ann@example.com")


@pytest.mark.parametrize(
    "nobody", ["email:nobody@example.com", "email:none", "unheard_of:1", "email:not-one"]
)
def test_nobody_is_an_empty_list(two: Api, nobody: str) -> None:
    assert two.get(f"/api/v1/persons?identifier={nobody}") == {"persons": []}
    assert two.post("/api/v1/persons/find", {"identifier": nobody}) == {"persons": []}


@pytest.mark.parametrize("malformed", ["", "email", "email:", ":ann", "%20:%20", "x" * 1001 + ":1"])
def test_a_malformed_identifier_is_refused(api: Api, malformed: str) -> None:
    answer = api.request("GET", f"/api/v1/persons?identifier={malformed}")
    assert answer.status == 400
    assert set(answer.json()) <= {"code", "message", "cure"}


def test_identity_and_record_tell_the_same_of_an_identifier(two: Api) -> None:
    ann = two.person("user_id:ann")
    told = two.get(f"/api/v1/persons/{ann['person_id']}/identity")["identifiers"]
    assert {each.pop("fragment_id") for each in told} == set(ann["fragments"])
    assert sorted(told, key=lambda each: each["kind"]) == ann["identifiers"]
    assert told[0]["last_seen"]


def test_every_id_of_a_person_finds_her(two: Api) -> None:
    ann = two.person("user_id:ann")
    for each in ann["fragments"]:
        assert two.get(f"/api/v1/persons/{each}")["person_id"] == ann["person_id"]
    assert two.get(f"/api/v1/persons/{ann['person_id']}?view=likely")["view"] == "likely"


@pytest.mark.parametrize("unknown", ["0" * 32, "nobody", "%00", "%F0%9F%9B%92"])
@pytest.mark.parametrize("part", ["", "/timeline", "/identity", "/export"])
def test_an_unknown_person_is_not_found(api: Api, unknown: str, part: str) -> None:
    assert api.get(f"/api/v1/persons/{unknown}{part}", status=404)["code"] == "not_found"


def test_a_timeline_is_newest_first_and_comes_in_pages(two: Api) -> None:
    ann = two.person("user_id:ann")["person_id"]
    whole = two.get(f"/api/v1/persons/{ann}/timeline")
    assert [each["message_id"] for each in whole["events"]] == ["2", "1"]
    assert whole["next"] is None
    first = two.get(f"/api/v1/persons/{ann}/timeline?limit=1")
    second = two.get(f"/api/v1/persons/{ann}/timeline?limit=1&after={first['next']}")
    assert first["events"] + second["events"] == whole["events"]


def test_a_filtered_timeline_leaves_only_what_was_asked_for(two: Api) -> None:
    target = f"/api/v1/persons/{two.person('user_id:ann')['person_id']}/timeline"
    for query, ids in (
        ("?type=track", ["2"]),
        ("?type=track&type=identify&source=shop", ["2", "1"]),
        ("?event=Order%20Completed&event=Nothing", ["2"]),
        ("?channel=shop", ["2", "1"]),
        ("?channel=web&type=track", []),
        ("?source=till", []),
    ):
        page = two.get(target + query)
        assert ([each["message_id"] for each in page["events"]], page["next"]) == (ids, None), query
    assert {each["channel"] for each in two.get(target)["events"]} == {"shop"}
    assert two.get(f"{target}?type=tracks", status=400)["code"] == "invalid_input"


def test_a_merge_by_hand_is_undone_exactly(two: Api) -> None:
    ann, bob = two.person("user_id:ann"), two.person("user_id:bob")
    merged = two.post(f"/api/v1/persons/{ann['person_id']}/merge", {"person_id": bob["person_id"]})
    assert merged["person_id"] == ann["person_id"]
    both = two.person("user_id:bob")
    assert both["person_id"] == ann["person_id"]
    assert set(both["fragments"]) == {*ann["fragments"], *bob["fragments"]}
    [link] = [
        each
        for each in two.get(f"/api/v1/persons/{bob['person_id']}/identity")["links"]
        if each["tier"] == "manual"
    ]
    assert link["link_id"] == merged["link_id"]
    assert link["proof"]["at"] == link["first_proof_at"]
    undone = two.post(f"/api/v1/persons/{ann['person_id']}/unmerge", {"link_id": merged["link_id"]})
    assert sorted(undone["persons"]) == sorted([ann["person_id"], bob["person_id"]])
    assert undone["still_joined_by"] == []
    assert (two.person("user_id:ann"), two.person("user_id:bob")) == (ann, bob)


def test_merging_twice_or_with_oneself_is_a_conflict(two: Api) -> None:
    ann, bob = (two.person(f"user_id:{name}")["person_id"] for name in ("ann", "bob"))
    assert two.post(f"/api/v1/persons/{ann}/merge", {"person_id": ann}, status=409)["code"] == "conflict"
    two.post(f"/api/v1/persons/{ann}/merge", {"person_id": bob})
    two.post(f"/api/v1/persons/{bob}/merge", {"person_id": ann}, status=409)
    two.post(f"/api/v1/persons/{bob}/merge", {"person_id": "0" * 32}, status=404)
    two.post(f"/api/v1/persons/{ann}/unmerge", {"link_id": "0" * 32}, status=404)
    two.post(f"/api/v1/persons/{ann}/unmerge", {"link_id": "what"}, status=400)


def test_what_else_joins_two_is_told_and_all_separates_them(api: Api) -> None:
    api.happen(
        identify("1", "2026-02-01T10:00:00Z", user_id="ann", traits={"email": "a@example.com"}),
        identify("2", "2026-02-01T11:00:00Z", user_id="ann", traits={"phone": "+4915112345678"}),
        track(
            "Seen",
            "3",
            "2026-02-01T12:00:00Z",
            identifiers=(("email", "a@example.com"), ("phone", "+4915112345678")),
        ),
    )
    ann = api.person("user_id:ann")["person_id"]
    links = api.get(f"/api/v1/persons/{ann}/identity")["links"]
    assert len(links) == 3
    first = links[0]
    told = api.post(f"/api/v1/persons/{ann}/unmerge", {"link_id": first["link_id"]})
    assert told["persons"] == [ann, ann]
    assert told["still_joined_by"]
    assert all(each["link_id"] != first["link_id"] for each in told["still_joined_by"])
    apart = api.post(f"/api/v1/persons/{ann}/unmerge", {"link_id": first["link_id"], "all": True})
    assert len(set(apart["persons"])) == 2
    assert apart["still_joined_by"] == []


def test_an_identifier_can_be_taken_away(two: Api) -> None:
    ann = two.person("user_id:ann")["person_id"]
    target = f"/api/v1/persons/{ann}/delete-identifier"
    two.post(target, {"identifier": "email:ann@example.com"})
    [kept] = two.person("user_id:ann")["identifiers"]
    assert kept["kind"] == "user_id"
    two.post(target, {"identifier": "email:ann@example.com"}, status=404)
    two.post(target, {"identifier": "email:none"}, status=404)


def test_why_two_are_one_and_why_not(two: Api) -> None:
    why = two.post("/api/v1/persons/why", {"a": "user_id:ann", "b": "email:ann@example.com"})
    assert why["one_person"]
    assert [each["proof"]["message_id"] for each in why["path"]] == ["1"]
    assert not two.post("/api/v1/persons/why", {"a": "user_id:ann", "b": "user_id:bob"})["one_person"]
    two.post("/api/v1/persons/why", {"a": "user_id:ann", "b": "user_id:carl"}, status=404)


def test_an_export_holds_everything(two: Api) -> None:
    ann = two.person("user_id:ann")
    export = two.get(f"/api/v1/persons/{ann['person_id']}/export")
    assert export["person"] == {**ann, "view": "likely"}
    assert [each["message_id"] for each in export["events"]] == ["2", "1"]
    assert export["identity"] == two.get(f"/api/v1/persons/{ann['person_id']}/identity")
    assert export["dead_letters"] == []


def test_what_changes_or_discloses_a_person_is_audited_without_personal_data(two: Api) -> None:
    ann, bob = (two.person(f"user_id:{name}")["person_id"] for name in ("ann", "bob"))
    link = two.post(f"/api/v1/persons/{ann}/merge", {"person_id": bob})["link_id"]
    two.post(f"/api/v1/persons/{ann}/unmerge", {"link_id": link})
    two.get(f"/api/v1/persons/{ann}/export")
    two.post(f"/api/v1/persons/{ann}/delete-identifier", {"identifier": "email:ann@example.com"})
    page = two.get("/api/v1/audit?limit=4")
    acts = [each["act"] for each in page["acts"]]
    assert acts == ["identifier deleted", "person exported", "unmerge", "persons merged"]
    key_id = two.keys["admin"].split("_")[1]
    assert {each["actor"] for each in page["acts"]} == {key_id}
    assert b"example.com" not in two.request("GET", "/api/v1/audit").body
    rest = two.get(f"/api/v1/audit?before={page['next']}")
    assert {each["act"] for each in rest["acts"]} == {"key created"}
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("find", {}),
        ("find", {"identifier": 3}),
        ("find", {"identifier": "email:a@b.c", "more": 1}),
        ("find", b"{"),
        ("find", b"\xff"),
        ("find", b"[]"),
        ("find", b'{"identifier": "email:\\ud800@b.c"}'),
        ("find", b'{"identifier": "email:' + b"x" * 70_000 + b'"}'),
        ("why", {"a": "user_id:ann"}),
        ("0" * 32 + "/merge", {"person_id": None}),
        ("0" * 32 + "/unmerge", {"link_id": "0" * 32, "all": "yes"}),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(api: Api, path: str, body: Any) -> None:
    answer = api.request("POST", f"/api/v1/persons/{path}", body=body)
    assert answer.status in {400, 413}, answer.body
    assert {"code", "message"} <= set(answer.json())


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=x", "after=-"])
def test_a_wrong_parameter_is_refused(two: Api, query: str) -> None:
    ann = two.person("user_id:ann")["person_id"]
    assert two.request("GET", f"/api/v1/persons/{ann}/timeline?{query}").status == 400


def test_a_place_beyond_all_time_is_no_fault(two: Api) -> None:
    ann = two.person("user_id:ann")["person_id"]
    lake_of(two.installation).flush()
    for after in ("f" * 20 + "-" + "f" * 19, "0-0", "-1-1", "1-" + "f" * 30, "7" + "f" * 15 + "-0"):
        assert two.request("GET", f"/api/v1/persons/{ann}/timeline?after={after}").status in {200, 400}, after
