"""Traits and segments over the API: whatever is wrong in what is sent is named, and breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.api.harness import Api, track

DONE = {"did": "Order Completed", "at_least": 1}


def refused(api: Api, method: str, path: str, body: Any, status: int = 400) -> Any:
    answer = api.request(method, f"/api/v1/{path}", body=body)
    assert answer.status == status, (answer.status, answer.body)
    told = answer.json()
    assert {"code", "message"} <= set(told)
    assert "Traceback" not in told["message"]
    return told


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "segments/preview"),
        ("POST", "segments/discover"),
        ("POST", "traits/preview"),
        ("PUT", "segments/some"),
        ("PUT", "traits/some"),
    ],
)
@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe", b'{"nothing": 1}', b"null", b""])
def test_what_is_no_such_json_is_refused(api: Api, method: str, path: str, body: bytes) -> None:
    if path == "segments/discover" and body in (b"null", b""):
        pytest.skip("it may be asked without a word")
    refused(api, method, path, body)


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ({"field": "traits.recencyy", "op": ">", "value": 1}, "recencyy"),
        ({"field": "nothing.at_all", "op": "=", "value": 1}, "nothing"),
        ({"field": "traits.recency", "op": "~", "value": 1}, "op"),
        ({"field": "traits.recency", "op": ">", "value": "late"}, "is a number"),
        ({"field": "traits.recency", "op": ">"}, "needs a value"),
        ({"field": "traits.recency", "op": "in", "value": 3}, "list"),
        ({"field": "traits.recency.x", "op": ">", "value": 3}, "no parts"),
        ({"field": "traits.category_affinity", "op": ">", "value": 3}, "each"),
        ({"field": "traits.recency_score", "op": ">", "value": "x"}, "number from 1 to 5"),
        ({"field": "orders.revenue", "op": ">", "value": "x"}, "is a number"),
        ({"field": "orders.last_at", "op": ">", "value": "soon"}, "is a time"),
        ({"field": "orders.revnue", "op": ">", "value": 1}, "revnue"),
        ({"segment": "nobody"}, "nobody"),
        ({"consent": "nothing", "is": "granted"}, "nothing"),
        ({"did": "Order Completed", "within": "3 fortnights"}, "within"),
        ({"did": "Order Completed", "at_least": 0}, "at_least"),
        ({"al": [DONE]}, "al"),
        ({"all": DONE}, "all"),
        ({}, "when"),
    ],
)
def test_a_condition_that_says_nothing_sensible_is_named(api: Api, when: Any, says: str) -> None:
    for method, path in (("POST", "segments/preview"), ("PUT", "segments/odd")):
        told = refused(api, method, path, {"when": when})
        assert says in told["message"], told


def test_a_huge_condition_is_refused_and_not_worked_through(api: Api) -> None:
    deep: Any = DONE
    for _ in range(400):
        deep = {"not": deep}
    wide = {"any": [DONE] * 20_000}
    for when in (deep, wide):
        for method, path in (("POST", "segments/preview"), ("PUT", "segments/huge")):
            answer = api.request(method, f"/api/v1/{path}", body={"when": when})
            assert answer.status in {400, 413}, answer.body
    many = {"field": "attributes.city", "op": "in", "value": ["x" * 100] * 100_000}
    answer = api.request("POST", "/api/v1/segments/preview", body={"when": many})
    assert answer.status in {400, 413}, answer.body


def test_segments_in_a_circle_are_refused_with_the_circle(api: Api) -> None:
    put = {"when": DONE}
    assert api.request("PUT", "/api/v1/segments/one", body=put).status == 200
    assert api.request("PUT", "/api/v1/segments/two", body={"when": {"segment": "one"}}).status == 200
    told = refused(api, "PUT", "segments/one", {"when": {"segment": "two"}})
    assert "one → two → one" in told["message"]
    told = refused(api, "PUT", "segments/me", {"when": {"not": {"segment": "me"}}})
    assert "me → me" in told["message"]
    assert api.get("/api/v1/segments/one")["when"] == DONE


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({"count": "Order Completed", "sum": "properties.revenue"}, ""),
        ({"sum": "properties.revenue"}, ""),
        ({"ratio": ["frequency"]}, ""),
        ({"ratio": ["frequency", "nothing"]}, "nothing"),
        ({"count": "Order Completed", "window": "soon"}, "window"),
        ({"count": "Order Completed", "where": {"field": "properties.x", "op": "??", "value": 1}}, "op"),
        ({}, ""),
    ],
)
def test_a_trait_that_says_nothing_sensible_is_refused(api: Api, definition: Any, says: str) -> None:
    told = refused(api, "PUT", "traits/odd", {"definition": definition})
    assert says in told["message"]
    assert "odd" not in {each["name"] for each in api.get("/api/v1/traits")["traits"]}


def test_ratios_in_a_circle_are_refused(api: Api) -> None:
    text = "traits:\n  a: {ratio: [b, frequency]}\n  b: {ratio: [a, frequency]}\n"
    told = refused(api, "PUT", "definitions", {"bodies": {"traits.yaml": text}})
    assert "circle" in told["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "segments/nobody"),
        ("GET", "segments/nobody/members"),
        ("GET", "segments/nobody/history"),
        ("DELETE", "segments/nobody"),
        ("GET", "traits/nothing"),
        ("POST", "traits/nothing/backfill"),
        ("DELETE", "traits/nothing"),
        ("DELETE", "traits/recency"),
        ("GET", "persons/00000000000000000000000000000000/segments/history"),
    ],
)
def test_what_is_not_there_is_said_not_to_be(api: Api, method: str, path: str) -> None:
    refused(api, method, path, None, 404)


def test_names_that_are_nearly_right_get_a_suggestion(api: Api) -> None:
    api.request("PUT", "/api/v1/segments/buyers", body={"when": DONE})
    assert "buyers" in refused(api, "GET", "segments/buyer", None, 404)["cure"]
    assert "recency" in refused(api, "GET", "traits/recencyy", None, 404)["cure"]


@pytest.mark.parametrize(
    "path",
    [
        "segments/buyers/members?limit=0",
        "segments/buyers/members?limit=x",
        "segments/buyers/members?after=nowhere",
        "segments/buyers/history?days=0",
        "segments/buyers/history?days=100000",
    ],
)
def test_pages_that_are_none_are_refused(api: Api, path: str) -> None:
    api.request("PUT", "/api/v1/segments/buyers", body={"when": DONE})
    refused(api, "GET", path, None)


def test_groups_among_too_few_are_a_conflict(api: Api) -> None:
    said = {"order_id": "1", "revenue": 5}
    api.happen(track("Order Completed", "o1", "2026-03-01T10:00:00Z", user_id="ann", properties=said))
    assert "too few" in refused(api, "POST", "segments/discover", {}, 409)["message"]
    for wrong in ({"groups": 1}, {"groups": 99}, {"seed": -1}, {"sed": 1}):
        refused(api, "POST", "segments/discover", wrong)


def test_a_preview_of_nobody_names_whom_it_does_not_know(api: Api) -> None:
    body = {"definition": "traits:\n  a: {count: X}\n", "persons": ["user_id:nobody"]}
    told = refused(api, "POST", "traits/preview", body, 404)
    assert "user_id" in told["message"]
    assert "nobody:" not in told["message"]
