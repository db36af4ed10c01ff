"""Signing in with an OpenID provider, over real HTTP, and what is not believed of one."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from segue.domain.order import MINUTE, SECOND
from segue.ports.clock import ManualClock
from segue.settings import Settings
from tests.flow.api.harness import Answer, Api, opened
from tests.flow.people.provider import CLIENT, SECRET, FakeProvider, providing


@pytest.fixture
def provider(clock: ManualClock) -> Iterator[FakeProvider]:
    with providing() as provider:
        provider.now = clock.now() / SECOND
        yield provider


@pytest.fixture
def api(database_url: str, clock: ManualClock, tmp_path: Path, provider: FakeProvider) -> Iterator[Api]:
    settings = Settings(
        oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_name="The Shop"
    )
    with opened(database_url, clock, tmp_path, settings) as api:
        api.post("/api/v1/users", {"name": "Ann@Shop.example", "role": "associate"}, status=201)
        yield api


def leave(api: Api) -> tuple[str, str]:
    """Where the browser is sent, and the cookie it goes with."""
    answer = api.request("GET", "/api/v1/session/oidc", role=None)
    assert answer.status == 302, answer.body
    [cookie] = answer.cookies
    assert {"httponly", "samesite=lax", "path=/", "max-age=600"} <= {
        part.strip().lower() for part in cookie.split(";")
    }
    return answer.headers["location"], cookie.partition(";")[0]


def at_the_provider(there: str) -> str:
    """What the browser does there: it follows, and is sent back to this address of ours."""
    parts = urlsplit(there)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    back = urlsplit(str(answer.getheader("Location")))
    connection.close()
    assert back.netloc == "127.0.0.1:8765"
    return f"{back.path}?{back.query}"


def come_back(api: Api, target: str, cookie: str) -> Answer:
    answer = api.request("GET", target, role=None, headers={"cookie": cookie})
    assert answer.status == 302, answer.body
    assert any("segue-oidc" in each and "Max-Age=0" in each for each in answer.cookies)
    return answer


def travel(api: Api) -> Answer:
    there, cookie = leave(api)
    return come_back(api, at_the_provider(there), cookie)


def refusal(answer: Answer) -> str:
    """Why she is not signed in."""
    assert not any(cookie.startswith("segue=") for cookie in answer.cookies)
    path, _, reason = answer.headers["location"].partition("?error=oidc_")
    assert path == "/console/sign-in"
    return reason


def test_a_user_signs_in_with_her_verified_address(api: Api) -> None:
    assert api.get("/api/v1/session/ways") == {"password": False, "oidc": True, "oidc_name": "The Shop"}
    answer = travel(api)
    assert answer.headers["location"] == "/console/"
    [cookie] = [each for each in answer.cookies if each.startswith("segue=")]
    assert "samesite=strict" in cookie.lower()
    told = api.request(
        "GET", "/api/v1/session", role=None, headers={"cookie": cookie.partition(";")[0]}
    ).json()
    assert (told["user"]["name"], told["user"]["role"]) == ("Ann@Shop.example", "associate")
    [act] = [act for act in api.get("/api/v1/audit")["acts"] if act["act"] == "signed in"]
    assert (act["actor"], act["detail"]) == (f"user:{told['user']['user_id']}", {"way": "oidc"})


def test_the_provider_is_asked_as_it_wants_to_be_and_its_papers_are_kept(
    api: Api, provider: FakeProvider
) -> None:
    provider.basic = False  # client_secret_post
    for _ in range(3):
        assert travel(api).headers["location"] == "/console/"
    assert provider.fetched.count("/.well-known/openid-configuration") == 1
    assert provider.fetched.count("/keys") == 1


def test_nothing_of_the_trip_can_be_used_again_or_guessed(api: Api) -> None:
    first, second = (parse_qs(urlsplit(leave(api)[0]).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 32
    there, cookie = leave(api)
    target = at_the_provider(there)
    assert come_back(api, target, cookie).headers["location"] == "/console/"
    assert refusal(come_back(api, target, cookie)) == "refused"  # the provider takes a code once


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"exp": 1_772_366_400 - 61},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 1_772_366_400 + 3600},
        {"nbf": 1_772_366_400 + 3600},
    ],
)
def test_a_token_that_is_not_for_this_trip_is_not_believed(
    api: Api, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert refusal(travel(api)) == "token"


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "false"},
        {"email_verified": 1},
        {"email": None},
        {"email": ["ann@shop.example"]},
    ],
)
def test_an_address_that_the_provider_has_not_verified_is_nobody_s(
    api: Api, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert refusal(travel(api)) == "unverified"


def test_a_token_that_another_key_signed_is_not_believed(api: Api, provider: FakeProvider) -> None:
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refusal(travel(api)) == "token"


def test_a_token_without_the_provider_s_own_signature_is_not_believed(
    api: Api, provider: FakeProvider
) -> None:
    provider.algorithm, provider.signing_key = "none", None
    assert refusal(travel(api)) == "token"
    # what everybody can read is no secret to sign with
    provider.algorithm, provider.signing_key = "HS256", str(provider.keys()["keys"][0]["n"])
    assert refusal(travel(api)) == "token"


def test_keys_that_the_provider_has_changed_are_fetched_again(
    api: Api, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert travel(api).headers["location"] == "/console/"
    provider.key = provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    provider.kid = "two"
    assert refusal(travel(api)) == "token"  # not more often than now and then
    monkeypatch.setattr("segue.app.oidc._KEYS_AGAIN_SECONDS", 0.0)
    assert travel(api).headers["location"] == "/console/"


def test_who_comes_back_from_another_trip_is_refused(api: Api, clock: ManualClock) -> None:
    there, cookie = leave(api)
    target = at_the_provider(there)
    other = leave(api)[1]
    for sent in (other, "segue-oidc=", "segue-oidc=e30.e30.e30", "x=y", cookie[:-3] + "abc"):
        assert refusal(come_back(api, target, sent)) == "state", sent
    without = target.partition("&state=")[0]
    assert refusal(come_back(api, without, cookie)) == "state"
    clock.advance(10 * MINUTE)
    assert refusal(come_back(api, target, cookie)) == "state"


def test_who_did_not_want_to_or_made_the_code_up_is_refused(api: Api) -> None:
    there, cookie = leave(api)
    state = parse_qs(urlsplit(there).query)["state"][0]
    callback = "/api/v1/session/oidc/callback"
    assert refusal(come_back(api, f"{callback}?error=access_denied&state={state}", cookie)) == "refused"
    assert refusal(come_back(api, f"{callback}?state={state}", cookie)) == "refused"
    for _ in range(10):
        assert refusal(come_back(api, f"{callback}?code=made-up&state={state}", cookie)) == "refused"
    assert refusal(come_back(api, f"{callback}?code=made-up&state={state}", cookie)) == "too_many"


def test_nobody_is_made_a_user_by_a_provider(api: Api, provider: FakeProvider) -> None:
    provider.email = "stranger@shop.example"
    assert refusal(travel(api)) == "unknown"
    assert len(api.get("/api/v1/users")["users"]) == 1
    provider.email = "ann@shop.example"
    [ann] = api.get("/api/v1/users")["users"]
    api.request("PATCH", f"/api/v1/users/{ann['user_id']}", body={"enabled": False})
    assert refusal(travel(api)) == "unknown"


@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_a_provider_that_fails_is_called_away_and_no_failure_of_hers(
    api: Api, provider: FakeProvider, path: str
) -> None:
    provider.broken = {path: 500}
    for _ in range(12):
        assert refusal(travel(api)) == "away"
    provider.broken = {}
    assert travel(api).headers["location"] == "/console/"


def test_a_provider_that_cannot_be_reached_or_is_another_is_called_away(
    database_url: str, clock: ManualClock, tmp_path: Path, provider: FakeProvider
) -> None:
    for issuer in ("http://127.0.0.1:9", f"{provider.issuer}/another"):
        settings = Settings(oidc_issuer=issuer, oidc_client_id=CLIENT)
        with opened(database_url, clock, tmp_path, settings) as api:
            answer = api.request("GET", "/api/v1/session/oidc", role=None)
            assert answer.status == 302
            assert refusal(answer) == "away"


def test_without_a_provider_there_is_no_such_way(
    database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    with opened(database_url, clock, tmp_path) as api:
        assert api.get("/api/v1/session/ways") == {"password": False, "oidc": False, "oidc_name": None}
        assert refusal(api.request("GET", "/api/v1/session/oidc", role=None)) == "off"
        assert refusal(api.request("GET", "/api/v1/session/oidc/callback?code=1&state=2", role=None)) == "off"


@pytest.mark.parametrize(
    "email",
    ["ann@\uff53hop.example", "ann@\u017fhop.example", "ann@shop.example\u0301", "\uff21nn@shop.example"],
)
def test_an_address_that_only_reads_like_hers_is_not_hers(
    api: Api, provider: FakeProvider, email: str
) -> None:
    provider.email = email
    assert refusal(travel(api)) == "unknown"
