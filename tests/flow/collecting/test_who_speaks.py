"""What a public key may claim, what an identity token proves, and what is kept without consent."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from segue.collect.tokens import Bound, mint
from segue.domain.identifiers import fragment_id
from segue.domain.order import DAY
from segue.domain.rules import Purposes, Rules, default_rules

from .conftest import SECRET, OpenShop, Shop

LOGIN = {"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": {"email": "Ann@Example.com"}}


def token(shop: Shop, *, secret: str | None = None, lives: int = 600, **claims: Any) -> str:
    expires = shop.clock.now() // 1_000_000 + lives
    return jwt.encode({"exp": expires, **claims}, secret or shop.identity_secret(), algorithm="HS256")


def proven(shop: Shop) -> dict[str, bool]:
    return {mention.kind: mention.proven for mention in shop.events()[-1].mentions}


@pytest.mark.parametrize("way", ["header", "body", "context"])
def test_a_token_proves_what_it_names_and_the_device_that_sends_it(shop: Shop, way: str) -> None:
    text = token(shop, sub="u1")
    body, headers = dict(LOGIN), {}
    if way == "header":
        headers["X-Segue-Identity"] = text
    elif way == "body":
        body["identityToken"] = text
    else:
        body["context"] = {"identityToken": text, "locale": "en"}
    assert shop.send("/v1/identify", body, headers=headers).status == 200
    assert proven(shop) == {"user_id": True, "anonymous_id": True, "email": False}
    event = shop.events()[-1]
    assert event.proven
    assert text not in repr(event)


def test_a_token_may_name_every_kind(shop: Shop) -> None:
    text = token(shop, user_id="u1", email=["ann@example.com", "other@example.com"])
    shop.send("/v1/identify", LOGIN, headers={"X-Segue-Identity": text})
    assert proven(shop) == {"user_id": True, "anonymous_id": True, "email": True}


@pytest.mark.parametrize(("source", "believed"), [("web", True), ("kiosk", False), (None, False)])
def test_a_token_of_ours_proves_for_the_source_whose_key_brought_the_proof(
    shop: Shop, source: str | None, believed: bool
) -> None:
    now = shop.clock.now()
    text = mint([("user_id", "u1")], Bound("key", source), SECRET, now=now, expires_at=now + 300_000_000)
    shop.send("/v1/identify", LOGIN, headers={"X-Segue-Identity": text})
    assert proven(shop) == {"user_id": believed, "anonymous_id": believed, "email": False}
    assert (shop.events()[-1].marks == ("identity_token_refused", "message_id_made")) is not believed


def test_nobody_else_can_make_a_token_of_ours(shop: Shop) -> None:
    now = shop.clock.now()
    theirs: dict[str, Any] = {"iss": "segue", "who": [["user_id", "u1"]], "key": "key", "source": "web"}
    theirs |= {"exp": now // 1_000_000 + 300}
    for secret in (shop.identity_secret(), "0" * 32, SECRET):
        text = jwt.encode(theirs, secret, algorithm="HS256", headers={"kid": "segue"})
        shop.send("/v1/identify", LOGIN, headers={"X-Segue-Identity": text})
        assert not any(proven(shop).values())


def test_each_event_of_a_batch_may_bring_its_own_token(shop: Shop) -> None:
    other = LOGIN | {"userId": "u2", "context": {"identityToken": token(shop, sub="u2")}}
    shop.send("/v1/batch", {"batch": [LOGIN, other, other | {"userId": "u3"}]})
    assert [event.proven for event in shop.events()] == [False, True, False]


@pytest.mark.parametrize(
    "forged",
    [
        lambda shop: token(shop, secret="x" * 64, sub="u1"),
        lambda shop: token(shop, lives=-1, sub="u1"),
        lambda shop: token(shop, lives=3601, sub="u1"),
        lambda shop: token(shop, sub="u1", nbf=shop.clock.now() // 1_000_000 + 60),
        lambda shop: token(shop, sub="u1", exp="soon"),
        lambda shop: jwt.encode({"sub": "u1"}, shop.identity_secret(), algorithm="HS256"),
        lambda shop: jwt.encode({"sub": "u1", "exp": 1772366500}, "", algorithm="none"),
        lambda shop: jwt.encode({"sub": "u1", "exp": 1772366500}, shop.identity_secret(), algorithm="HS512"),
        lambda shop: token(shop, sub="u1")[:-2],
        lambda shop: token(shop, sub="u1", pad="x" * 5000),
        lambda shop: "nonsense",
        lambda shop: "é",
        lambda shop: "",
    ],
)
def test_a_token_that_is_not_to_be_believed_leaves_a_claim(shop: Shop, forged: Any) -> None:
    answer = shop.send("/v1/identify", LOGIN, headers={"X-Segue-Identity": forged(shop)})
    assert answer.status == 200
    [event] = shop.events()
    assert not event.proven
    assert not any(mention.proven for mention in event.mentions)
    assert event.marks[0] == "identity_token_refused"


@pytest.mark.parametrize("value", [1, None, {}, ["x"], True])
def test_a_token_that_is_no_text_harms_nothing(shop: Shop, value: object) -> None:
    shop.send("/v1/identify", LOGIN | {"context": {"identityToken": value}})
    [event] = shop.events()
    assert not event.proven
    assert "identityToken" not in event.context


def test_who_identifies_as_the_victim_only_claims_it(shop: Shop) -> None:
    shop.send("/v1/identify", LOGIN, auth=shop.trusted_key)
    mine = token(shop, sub="attacker")
    shop.send("/v1/identify", LOGIN | {"anonymousId": "evil"}, headers={"X-Segue-Identity": mine})
    assert proven(shop) == {"user_id": False, "email": False, "anonymous_id": True}
    assert not shop.events()[-1].proven


# ── without consent ────────────────────────────────────────────────────────────────


def rules_with(mode: Any) -> Rules:
    return Rules(identity=default_rules().identity, purposes=Purposes(collection={"web": mode}))


VISIT = {
    "type": "track",
    "event": "Product Viewed",
    "userId": "u1",
    "anonymousId": "a1",
    "properties": {"sku": "1", "email": "ann@example.com"},
    "traits": {"phone": "+491711234567"},
    "context": {
        "ip": "203.0.113.9",
        "direct": True,
        "userAgent": "Browser",
        "page": {"path": "/"},
        "traits": {"email": "ann@example.com"},
        "externalIds": [{"id": "c1", "type": "loyalty_card"}],
        "device": {"id": "d1"},
    },
}


def test_stripped_events_say_what_happened_but_not_to_whom(open_shop: OpenShop) -> None:
    shop = open_shop(rules_with("strip_identifiers"))
    for _ in range(2):
        shop.send("/v1/track", VISIT)
    shop.send("/v1/track", VISIT | {"anonymousId": "a2"})
    shop.clock.advance(DAY)
    shop.send("/v1/track", VISIT)
    first, again, other, tomorrow = shop.events()
    for event in (first, again, other, tomorrow):
        assert "identifiers_stripped" in event.marks
        assert event.properties == {"sku": "1"}
        assert event.context == {"page": {"path": "/"}}
        assert (event.traits, event.unlinked, event.group_id) == ({}, (), None)
        assert [mention.kind for mention in event.mentions] == ["anonymous_id"]
        assert event.mentions[0].value.startswith("stripped-")
    assert first.fragment_id == again.fragment_id
    assert len({first.fragment_id, other.fragment_id, tomorrow.fragment_id}) == 3
    assert first.fragment_id != fragment_id(SECRET, "anonymous_id", "a1")


def test_dropped_visitors_leave_nothing(open_shop: OpenShop) -> None:
    shop = open_shop(rules_with("drop"))
    assert shop.send("/v1/batch", {"batch": [VISIT, VISIT | {"properties": 3}, 7]}).status == 200
    assert (shop.events(), shop.letters()) == ([], [])


@pytest.mark.parametrize("mode", ["strip_identifiers", "drop"])
@pytest.mark.parametrize(
    "consent",
    [
        {"consent": {"categoryPreferences": {"analytics": True, "marketing": False}}},
        {"consentManagement": {"allowedConsentIds": ["analytics"]}},
    ],
)
def test_who_has_agreed_is_recorded_in_full(open_shop: OpenShop, mode: str, consent: object) -> None:
    shop = open_shop(rules_with(mode))
    shop.send("/v1/track", VISIT | {"context": consent})
    [event] = shop.events()
    assert event.mentions[0].value == "u1"
    assert event.marks == ("message_id_made",)


@pytest.mark.parametrize("mode", ["strip_identifiers", "drop"])
@pytest.mark.parametrize(
    "event", ["Consent Withdrawn", "Consent Granted", "Segment Consent Preference Updated"]
)
def test_statements_about_consent_are_always_kept(open_shop: OpenShop, mode: str, event: str) -> None:
    shop = open_shop(rules_with(mode))
    shop.send("/v1/track", VISIT | {"event": event, "properties": {"purpose": "marketing"}})
    assert shop.events()[0].mentions[0].value == "u1"


def test_the_dead_letter_of_who_has_not_agreed_keeps_nobody(open_shop: OpenShop) -> None:
    shop = open_shop(rules_with("strip_identifiers"))
    refused = [VISIT | {"event": 3}, VISIT | {"properties": "x"}, VISIT | {"pad": "x" * 40_000}]
    shop.send("/v1/batch", {"batch": [*refused, ["ann@example.com"]]})
    letters = shop.letters()
    assert len(letters) == 4
    assert all(json.loads(letter.raw) == {} and not letter.fragments for letter in letters)


def test_other_sources_are_not_held_back(open_shop: OpenShop) -> None:
    shop = open_shop(rules_with("drop"))
    shop.send("/v1/track", VISIT, auth=shop.trusted_key)
    assert shop.events()[0].mentions[0].value == "u1"
