"""Every path, every way of sending the key, every encoding: exactly 200, and the event is in the log."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote

import pytest

from segue.domain.order import rfc3339

from .conftest import OpenShop, Shop, basic

TRACK = {"type": "track", "event": "Product Viewed", "anonymousId": "a1", "messageId": "m1"}
METHODS: dict[str, dict[str, Any]] = {
    "identify": {"userId": "u1", "traits": {"email": "ann@example.com"}},
    "track": {"userId": "u1", "event": "Product Viewed", "properties": {"sku": "1"}},
    "page": {"anonymousId": "a1", "name": "Home", "properties": {"url": "https://shop.example/"}},
    "screen": {"anonymousId": "a1", "name": "Start"},
    "group": {"userId": "u1", "groupId": "g1", "traits": {"name": "Club"}},
    "alias": {"userId": "u1", "previousId": "a1"},
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("short", [False, True])
def test_every_call_is_taken_on_its_long_and_its_short_path(shop: Shop, method: str, short: bool) -> None:
    answer = shop.send(f"/v1/{method[0] if short else method}", METHODS[method])
    assert (answer.status, answer.body) == (200, b'{"success":true}')
    [event] = shop.events()
    assert (event.type, event.source) == (method, "web")
    assert event.event == str(METHODS[method].get("event", METHODS[method].get("name", "")))


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/v1/batch/", "/beacon/v1/batch"])
def test_batches_are_taken_in_order(shop: Shop, path: str) -> None:
    body = {
        "batch": [
            {"type": "page", "anonymousId": "a1", "messageId": "1"},
            {"type": "track", "event": "X", "userId": "u1", "messageId": "2"},
        ],
        "context": {"library": {"name": "test"}},
        "sentAt": "2026-03-01T12:00:00Z",
    }
    answer = shop.send(path, body)
    assert answer.status == 200
    first, second = shop.events()
    assert (first.message_id, first.position, second.message_id, second.position) == ("1", 0, "2", 1)
    assert first.context == second.context == {"library": {"name": "test"}}
    assert answer.body == (b"OK" if path.startswith("/beacon") else b'{"success":true}')


def test_the_key_may_stand_wherever_clients_put_it(shop: Shop) -> None:
    key = shop.key
    plain = base64.b64encode(key.encode()).decode()
    ways: list[dict[str, Any]] = [
        {"auth": key},
        {"auth": None, "headers": {"authorization": f"Basic {plain}"}},
        {"auth": None, "headers": {"authorization": f"basic {plain.rstrip('=')}"}},
        {"auth": None, "headers": {"authorization": f"Bearer {key}"}},
        {"auth": None, "body": TRACK | {"writeKey": key}},
        {"auth": None, "body": TRACK | {"writeKey": key}, "headers": {"authorization": "Bearer oauth-token"}},
        {"auth": None, "body": TRACK | {"writeKey": key}, "headers": {"authorization": "Basic ???"}},
        {"auth": None, "path": f"/v1/track?writeKey={key}"},
    ]
    for way in ways:
        arguments: dict[str, Any] = {"path": "/v1/track", "body": TRACK} | way
        assert shop.send(**arguments).status == 200, way
    assert len(shop.events()) == len(ways)


@pytest.mark.parametrize("presented", [None, "unknown", "segue_000000000000_" + "0" * 40])
def test_without_a_known_key_nothing_is_taken(shop: Shop, presented: str | None) -> None:
    answer = shop.send("/v1/track", TRACK, auth=presented)
    assert answer.status == 401
    assert set(answer.json()) == {"code", "message"}
    assert shop.events() == []


def test_an_expired_write_key_is_told_so(shop: Shop) -> None:
    from segue.app.keys import create_key

    key = create_key(shop.database, shop.clock, role="ingest", source="fair", expires="1d", actor="test")
    assert shop.send("/v1/track", TRACK, auth=key).status == 200
    shop.clock.advance(86_400_000_000)
    answer = shop.send("/v1/track", {**TRACK, "messageId": "m2"}, auth=key)
    assert (answer.status, answer.json()["code"]) == (401, "key_expired")
    assert "expired at" in answer.json()["message"]
    assert len(shop.events()) == 1


def test_a_key_of_another_role_may_not_send(shop: Shop) -> None:
    from segue.app.keys import create_key

    reader = create_key(shop.database, shop.clock, role="read", actor="test")
    answer = shop.send("/v1/track", TRACK, auth=reader)
    assert (answer.status, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/plain;charset=UTF-8", ""])
@pytest.mark.parametrize("zipped", [False, True])
def test_content_types_and_gzip_do_not_matter(shop: Shop, kind: str, zipped: bool) -> None:
    body = json.dumps(TRACK).encode()
    headers = {"content-type": kind} | ({"content-encoding": "gzip"} if zipped else {})
    answer = shop.send("/v1/t", gzip.compress(body) if zipped else body, headers=headers, chunks=3)
    assert answer.status == 200
    assert shop.events()[0].message_id == "m1"


def test_a_byte_order_mark_is_passed_over(shop: Shop) -> None:
    assert shop.send("/v1/t", b"\xef\xbb\xbf" + json.dumps(TRACK).encode()).status == 200
    assert len(shop.events()) == 1


def test_the_pixel_always_shows_its_image(shop: Shop) -> None:
    data = base64.urlsafe_b64encode(json.dumps(TRACK | {"writeKey": shop.key}).encode()).decode().rstrip("=")
    plain = f"writeKey={shop.key}&userId=u2&event=Email%20Opened&properties.campaign_id=c1&messageId=m2"
    queries = [
        f"data={quote(data)}",
        plain,
        "data=%%%",
        "data=bm9qc29u",
        "writeKey=wrong&userId=1&event=E",
        "",
    ]
    for query in queries:
        answer = shop.get(f"/v1/pixel/track?{query}", auth=None)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/gif"), query
        assert answer.body.startswith(b"GIF89a")
    first, second = shop.events()
    assert (first.message_id, first.event) == ("m1", "Product Viewed")
    assert (second.event, second.properties) == ("Email Opened", {"campaign_id": "c1"})


def test_clients_figures_about_themselves_are_ignored(shop: Shop) -> None:
    for path in ("/v1/m", "/rsaMetrics"):
        assert shop.send(path, b"whatever", auth=None).status == 200
    assert shop.events() == []


@pytest.mark.parametrize("path", ["/v1/projects/{key}/settings", "/projects/{key}/settings"])
def test_settings_name_the_key_and_one_integration(shop: Shop, path: str) -> None:
    answer = shop.get(path.format(key=shop.key), auth=None)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    document = answer.json()
    assert list(document["integrations"]) == ["Segment.io"]
    assert document["integrations"]["Segment.io"]["apiKey"] == shop.key
    assert document["integrations"]["Segment.io"]["apiHost"] == "collect.example/v1"
    assert document["metrics"] == {"sampleRate": 0}
    assert document["plan"]["track"]["__default"]["enabled"] is True
    assert shop.get(path.format(key="unknown"), auth=None).status == 404


def test_a_strange_host_is_not_repeated(shop: Shop) -> None:
    answer = shop.get(
        f"/v1/projects/{shop.key}/settings", auth=None, headers={"host": "evil.example/x?y=<script>"}
    )
    assert "apiHost" not in answer.json()["integrations"]["Segment.io"]


def test_rudder_gets_its_configuration(shop: Shop) -> None:
    for answer in (
        shop.get("/sourceConfig/?p=npm&v=3.0.0", auth=shop.key),
        shop.get(f"/sourceConfig?writeKey={shop.key}", auth=None),
    ):
        assert answer.status == 200
        source = answer.json()["source"]
        assert (source["id"], source["enabled"], source["destinations"]) == ("web", True, [])
        assert isinstance(source["config"], dict)
    assert shop.get("/sourceConfig", auth=None).status == 401


def test_a_beacon_has_its_key_in_the_query(shop: Shop) -> None:
    body = {"batch": [{"type": "page", "anonymousId": "a1"}]}
    answer = shop.send(
        f"/beacon/v1/batch?writeKey={shop.key}", body, auth=None, headers={"content-type": "text/plain"}
    )
    assert answer.status == 200
    assert len(shop.events()) == 1


def test_preflight_allows_what_is_asked_for_without_credentials(shop: Shop) -> None:
    asked = "authorization, content-type, x-retry-count, anonymousid"
    answer = shop.send(
        "/v1/t",
        method="OPTIONS",
        auth=None,
        headers={"origin": "https://shop.example", "access-control-request-headers": asked},
    )
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == asked
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert int(answer.headers["access-control-max-age"]) > 0
    assert "access-control-allow-credentials" not in answer.headers


def test_other_methods_and_paths_are_told_apart(shop: Shop) -> None:
    assert shop.get("/v1/track").status == 405
    assert shop.send("/v1/pixel/track").status == 405
    assert shop.send("/v1/unknown", TRACK).status == 404
    assert shop.send("/v1/pixel/batch?data=e30", method="GET").status == 200


def test_what_is_not_the_collectors_goes_behind_it(shop: Shop, open_shop: OpenShop) -> None:
    from segue.edge.collecting import collect_app

    behind = shop.app
    shop.app = collect_app(open_shop().app.services, behind=behind)  # type: ignore[attr-defined]
    assert shop.send("/api/v1/persons").status == 404
    assert shop.send("/v1/track", TRACK).status == 200


def test_time_is_corrected_by_what_the_clients_own_clock_says(shop: Shop) -> None:
    now = shop.clock.now()
    hour = 3_600_000_000
    wrong = TRACK | {"timestamp": rfc3339(now - 3 * hour), "sentAt": rfc3339(now - 2 * hour)}
    explicit = TRACK | {
        "originalTimestamp": rfc3339(now - 3 * hour),
        "timestamp": rfc3339(now - 5 * hour),
        "sentAt": rfc3339(now),
        "messageId": "m2",
    }
    rudder = TRACK | {
        "originalTimestamp": rfc3339(now - 3 * hour), "sentAt": rfc3339(now - hour), "messageId": "m3"
    }  # fmt: skip
    bare = TRACK | {"timestamp": "2026-03-01T10:00:00.250+01:00", "messageId": "m4"}
    for body in (wrong, explicit, rudder, bare):
        assert shop.send("/v1/track", body).status == 200
    times = [event.timestamp for event in shop.events()]
    assert times == [now - hour, now - 5 * hour, now - 2 * hour, now - 3 * hour + 250_000]


@pytest.mark.parametrize(
    "time",
    [{"timestamp": "9999-12-31T23:59:59Z"}, {"timestamp": "1850-01-01"}, {"timestamp": "soon"},
     {"timestamp": "2026-03-01T12:00:00Z", "sentAt": "9999-01-01T00:00:00Z"}, {"timestamp": {"a": 1}},
     {"timestamp": 1e300}, {"timestamp": 10**400}],
)  # fmt: skip
def test_an_impossible_time_becomes_the_received_one_and_is_marked(shop: Shop, time: object) -> None:
    assert isinstance(time, dict)
    assert shop.send("/v1/track", TRACK | time).status == 200
    [event] = shop.events()
    assert event.timestamp == event.received_at == shop.clock.now()
    assert "time_replaced" in event.marks


def test_the_clients_address_is_kept_where_it_asks_for_that(shop: Shop) -> None:
    shop.send("/v1/track", TRACK | {"context": {"direct": True}})
    shop.send("/v1/track", TRACK | {"context": {}})
    first, second = shop.events()
    assert first.context["ip"] == "203.0.113.7"
    assert "ip" not in second.context


def test_trust_goes_with_the_key(shop: Shop) -> None:
    shop.send("/v1/identify", {"userId": "u1", "anonymousId": "a1"})
    shop.send("/v1/identify", {"userId": "u1", "anonymousId": "a1"}, auth=shop.trusted_key)
    public, trusted = shop.events()
    assert (public.source, public.proven) == ("web", False)
    assert (trusted.source, trusted.proven) == ("till", True)
    assert not any(mention.proven for mention in public.mentions)
    assert all(mention.proven for mention in trusted.mentions)


def test_basic_is_what_it_says() -> None:
    assert basic("k") == "Basic azo="


def test_who_sends_a_wrong_key_is_told_what_to_do_in_two_keys(shop: Shop) -> None:
    for auth in (None, "segue_000000000000_0"):
        answer = shop.send("/v1/track", {"event": "E", "userId": "u"}, auth=auth)
        assert answer.status == 401
        assert set(answer.json()) == {"code", "message"}
        assert "make the source a new one" in answer.json()["message"]
