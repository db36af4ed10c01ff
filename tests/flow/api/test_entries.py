"""A marketer defines one segment or trait; the rest of its file stays as somebody wrote it."""

from __future__ import annotations

from typing import Any

from tests.flow.api.harness import Api

FILE = """# looked at on Mondays
segments:
  loyal: {title: Loyal, when: {field: traits.orders, op: ">=", value: 3}}   # by orders
"""
TRAITS = """traits:
  orders: {count: Order Completed}   # ever
"""
WHEN = {"all": [{"segment": "loyal"}, {"not": {"did": "Order Refunded", "at_least": 1}}]}


def body_of(api: Api, file: str) -> str:
    found = {each["name"]: each["body"] for each in api.get("/api/v1/definitions")["definitions"]}
    return str(found[file])


def begin(api: Api) -> None:
    answer = api.request(
        "PUT", "/api/v1/definitions", body={"bodies": {"segments.yaml": FILE, "traits.yaml": TRAITS}}
    )
    assert answer.status == 200, answer.body


def put(api: Api, path: str, body: Any, status: int = 200, role: str = "marketer") -> Any:
    answer = api.request("PUT", f"/api/v1/{path}", body=body, role=role)
    assert answer.status == status, answer.body
    return answer.json()


def test_a_segment_is_put_beside_the_others_and_taken_out_again(api: Api) -> None:
    begin(api)
    told = put(api, "segments/happy", {"when": WHEN, "title": "Happy"})
    assert told == {"file": "segments.yaml", "version": 2, "changed": True}
    assert all(line in body_of(api, "segments.yaml") for line in FILE.splitlines())
    assert put(api, "segments/happy", {"when": WHEN, "title": "Happy"})["changed"] is False
    gone = api.request("DELETE", "/api/v1/segments/happy", role="marketer")
    assert gone.status == 200, gone.body
    assert body_of(api, "segments.yaml") == FILE


def test_a_first_segment_begins_the_file(api: Api) -> None:
    put(api, "traits/orders", {"definition": {"count": "Order Completed"}})
    put(api, "segments/some", {"when": {"field": "traits.orders", "op": ">=", "value": 1}})
    assert "some" in body_of(api, "segments.yaml")


def test_what_is_wrong_is_named_and_changes_nothing(api: Api) -> None:
    begin(api)
    told = put(api, "segments/odd", {"when": {"field": "traits.ordres", "op": ">=", "value": 3}}, 400)
    assert "ordres" in told["message"]
    assert "orders" in told["cure"]
    assert body_of(api, "segments.yaml") == FILE


def test_what_others_rest_on_cannot_go(api: Api) -> None:
    begin(api)
    put(api, "segments/happy", {"when": WHEN})
    assert api.request("DELETE", "/api/v1/segments/loyal").status == 400
    assert api.request("DELETE", "/api/v1/traits/orders").status == 400
    assert api.request("DELETE", "/api/v1/segments/nobody").status == 404
    assert body_of(api, "traits.yaml") == TRAITS
