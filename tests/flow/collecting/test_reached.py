"""What browsers fetch before they send: the hosted client and the settings, under every address of theirs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segue.edge.collecting.hosted import HostedClient

from .conftest import OpenShop, Shop

CLIENT = "/analytics.js/v1/KEY/analytics.min.js"
PART = "/analytics-next/bundles/queryString.bundle.0a1b.js"


@pytest.fixture
def hosting(open_shop: OpenShop, tmp_path: Path) -> Shop:
    """With a folder like the one that ``make browser-client`` fills."""
    (tmp_path / "standalone.js").write_bytes(b"client()")
    (tmp_path / "standalone.js.gz").write_bytes(gzip.compress(b"client()"))
    (tmp_path / "queryString.bundle.0a1b.js").write_bytes(b"part()")
    (tmp_path / "LICENSE.txt").write_bytes(b"MIT")
    return open_shop(hosted=HostedClient(tmp_path))


@pytest.mark.parametrize("path", [CLIENT, "/lib.js", f"/s{CLIENT}", "/s/lib.js"])
def test_the_client_is_hosted_for_any_origin(hosting: Shop, path: str) -> None:
    answer = hosting.get(path, auth=None)
    assert (answer.status, answer.body) == (200, b"client()")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "max-age=3600" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "accept-encoding"


def test_the_client_is_sent_once_and_small(hosting: Shop) -> None:
    answer = hosting.get(CLIENT, headers={"accept-encoding": "br, gzip;q=0.9"})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == b"client()"
    again = hosting.get(CLIENT, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert hosting.get(CLIENT, headers={"if-none-match": '"another"'}).status == 200
    plain = hosting.get(CLIENT, headers={"accept-encoding": "gzip;q=0, br"})
    assert (plain.body, "content-encoding" in plain.headers) == (b"client()", False)


def test_a_part_of_the_client_is_kept_for_ever_and_its_licence_stands_beside_it(hosting: Shop) -> None:
    part = hosting.get(PART)
    assert part.body == b"part()"
    assert "immutable" in part.headers["cache-control"]
    for licence in ("/analytics.js/v1/KEY/LICENSE.txt", "/lib.LICENSE.txt"):
        assert hosting.get(licence).body == b"MIT"


@pytest.mark.parametrize(
    "path",
    [
        "/analytics-next/bundles/other.bundle.0a1b.js",
        "/analytics-next/bundles/../standalone.js",
        "/analytics-next/bundles/standalone.js.gz",
        "/analytics.js/v1/a/b/analytics.min.js",
        "/s/s/lib.js",
        "/s",
        "/slib.js",
    ],
)
def test_nothing_else_is_hosted(hosting: Shop, path: str) -> None:
    assert hosting.get(path).status == 404


@pytest.mark.parametrize("path", ["/sdk.js", "/s/sdk.js"])
def test_the_web_sdk_is_hosted_beside_the_client(open_shop: OpenShop, tmp_path: Path, path: str) -> None:
    missing = open_shop(hosted=HostedClient(tmp_path, tmp_path / "sdk")).get(path)
    assert (missing.status, missing.json()["code"]) == (404, "sdk_not_built")
    assert "make sdk" in missing.json()["message"]
    (tmp_path / "sdk").mkdir()
    (tmp_path / "sdk" / "sdk.js").write_bytes(b"sdk()")
    answer = open_shop(hosted=HostedClient(tmp_path, tmp_path / "sdk")).get(path, auth=None)
    assert (answer.status, answer.body) == (200, b"sdk()")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "max-age=3600" in answer.headers["cache-control"]


def test_a_client_that_was_not_built_says_how_to_build_it(open_shop: OpenShop, tmp_path: Path) -> None:
    answer = open_shop(hosted=HostedClient(tmp_path)).get(CLIENT)
    assert answer.status == 404
    assert answer.json()["code"] == "client_not_built"
    assert "make browser-client" in answer.json()["message"]


@pytest.mark.parametrize(
    ("host", "headers", "protocol"),
    [
        ("127.0.0.1:8765", {}, "http"),
        ("localhost:8765", {}, "http"),
        ("shop.localhost", {}, "http"),
        ("[::1]:8765", {}, "http"),
        ("192.168.1.9:8765", {}, "http"),
        ("127.0.0.1:8765", {"x-forwarded-proto": "https"}, None),
        ("shop.example", {}, None),
        ("shop.example:8443", {}, None),
        ("8.8.8.8", {}, None),
    ],
)
def test_settings_name_the_way_by_which_they_were_fetched(
    shop: Shop, host: str, headers: dict[str, str], protocol: str | None
) -> None:
    for prefix in ("", "/s"):
        told = shop.get(f"{prefix}/v1/projects/{shop.key}/settings", headers={"host": host, **headers}).json()
        segment = told["integrations"]["Segment.io"]
        assert segment["apiHost"] == f"{host}{prefix}/v1"
        assert segment.get("protocol") == protocol


@pytest.mark.parametrize("path", ["/s/v1/t", "/s/v1/track", "/s/v1/batch", "/s/beacon/v1/batch"])
def test_every_call_is_heard_below_the_neutral_prefix(shop: Shop, path: str) -> None:
    call = {"type": "track", "event": "Product Viewed", "anonymousId": "a1"}
    body = {"batch": [call]} if path.endswith("batch") else call
    assert shop.send(path, body).status == 200
    assert [event.event for event in shop.events()] == ["Product Viewed"]


def test_the_prefix_is_the_one_that_was_set(open_shop: OpenShop) -> None:
    call = {"type": "track", "event": "Product Viewed", "anonymousId": "a1"}
    shop = open_shop(first_party_prefix="/house/door")
    assert shop.send("/house/door/v1/t", call).status == 200
    assert shop.send("/s/v1/t", call).status == 404
    shop = open_shop(first_party_prefix="")
    assert shop.send("/v1/t", call).status == 200
    assert shop.send("/s/v1/t", call).status == 404
