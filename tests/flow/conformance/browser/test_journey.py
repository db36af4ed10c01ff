"""What a shopper does in a real browser, with each client, and what the golden record says afterwards."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from tests.flow.conformance.browser.conftest import Visiting
from tests.flow.conformance.browser.street import Site
from tests.flow.conformance.browser.visit import KINDS, Kind
from tests.flow.conformance.journey import Customer
from tests.flow.conformance.shop import Shop

each_client = pytest.mark.parametrize("kind", KINDS)


def _types(events: list[dict[str, Any]]) -> list[str]:
    return sorted(event["type"] for event in events)


@each_client
def test_what_a_browser_sends_becomes_the_golden_record(web: Shop, visiting: Visiting, kind: Kind) -> None:
    customer = Customer(f"browser-{kind}")
    visit = visiting(kind).open()
    device = visit.anonymous_id()
    visit.call("page", "Shop", "Mugs", {"url": "https://shop.example/mugs"})
    visit.call("track", "Product Viewed", {"product_id": "507f", "name": "Mug", "price": 12.5})
    assert _types(web.heard(f"anonymous_id:{device}", 2)) == ["page", "track"]

    visit.call("identify", customer.user_id, customer.traits)
    visit.call("track", "Order Completed", customer.order)
    visit.call("group", "wholesale", {"name": "Wholesale"})
    events = web.heard(f"user_id:{customer.user_id}", 5)

    assert _types(events) == ["group", "identify", "page", "track", "track"]
    person = web.find(f"user_id:{customer.user_id}")
    assert person is not None
    assert web.find(f"anonymous_id:{device}") == person, "what she did before she said who she is, is hers"
    assert web.find(f"email:{customer.email.lower()}") == person
    record = web.record(person)
    assert record["attributes"]["city"]["value"] == "Berlin"
    assert "Zoë" in {claim["value"] for claim in record["attributes"].values()}
    [order] = record["orders"]["recent"]
    assert (order["order_id"], order["value"], order["currency"]) == (
        customer.order["order_id"],
        "25.00",
        "EUR",
    )
    assert "wholesale" in str(record["groups"])


@each_client
def test_after_a_reset_the_browser_is_somebody_else(web: Shop, visiting: Visiting, kind: Kind) -> None:
    first, second = f"first-at-{kind}", f"second-at-{kind}"
    visit = visiting(kind).open()
    devices = [visit.anonymous_id()]
    visit.call("identify", first, {"email": f"{first}@example.com"})
    web.heard(f"user_id:{first}", 1)
    visit.reset()
    devices.append(visit.anonymous_id())
    visit.call("track", "Product Viewed", {"product_id": "507f"})
    visit.call("identify", second, {"email": f"{second}@example.com"})
    web.heard(f"user_id:{second}", 2)

    assert devices[0] != devices[1]
    persons = [web.find(f"user_id:{name}") for name in (first, second)]
    assert persons[0] != persons[1], "two people stay two"
    assert [web.find(f"anonymous_id:{device}") for device in devices] == persons


@each_client
def test_an_alias_ties_a_device_to_its_owner(web: Shop, visiting: Visiting, kind: Kind) -> None:
    owner = f"owner-by-{kind}"
    visit = visiting(kind).open()
    device = visit.anonymous_id()
    visit.call("track", "Product Viewed", {"product_id": "507f"})
    visit.call("alias", owner, device)
    events = web.heard(f"user_id:{owner}", 2)

    assert _types(events) == ["alias", "track"]
    assert web.find(f"anonymous_id:{device}") == web.find(f"user_id:{owner}")


@each_client
def test_ids_in_a_page_s_address_are_adopted(web: Shop, visiting: Visiting, kind: Kind) -> None:
    """A code in a shop window, or a link in an e-mail, says who comes."""
    device, customer = f"window-{kind}", f"from-an-email-{kind}"
    visit = visiting(kind).open(
        f"?ajs_aid={device}&ajs_uid={customer}&ajs_trait_city=Bonn&ajs_event=Code%20Scanned&ajs_prop_shop=7"
    )
    events = web.heard(f"user_id:{customer}", 2)

    assert visit.anonymous_id() == device
    assert _types(events) == ["identify", "track"]
    assert {event["event"] for event in events} == {"", "Code Scanned"}
    person = web.find(f"anonymous_id:{device}")
    assert person is not None
    assert person == web.find(f"user_id:{customer}")
    assert web.record(person)["attributes"]["city"]["value"] == "Bonn"


@each_client
def test_consent_comes_with_the_event(web: Shop, visiting: Visiting, kind: Kind) -> None:
    visit = visiting(kind).open()
    device = visit.anonymous_id()
    said = {"consent": {"categoryPreferences": {"Advertising": False}}}
    visit.call("track", "Product Viewed", {"product_id": "507f"}, {"context": said})
    [event] = web.heard(f"anonymous_id:{device}", 1)

    assert event["context"]["consent"] == said["consent"]
    person = web.find(f"anonymous_id:{device}")
    assert person is not None
    assert web.record(person)["consent"]["Advertising"]["*"]["state"] == "denied"


@each_client
def test_an_identity_token_makes_proven_what_was_claimed(
    web: Shop, visiting: Visiting, kind: Kind, secret: str
) -> None:
    claimed, proven = f"claimed-{kind}", f"proven-{kind}"
    token = jwt.encode({"sub": proven, "exp": int(time.time()) + 600}, secret, algorithm="HS256")
    tiers = []
    for customer, context in ((claimed, {}), (proven, {"identityToken": token})):
        visit = visiting(kind).open()
        visit.call("identify", customer, {"city": "Ulm"}, {"context": context})
        [event] = web.heard(f"user_id:{customer}", 1)
        assert "identityToken" not in str(event), "a token is never kept"
        person = web.find(f"user_id:{customer}")
        assert person is not None
        [tier] = [each["tier"] for each in web.record(person)["identifiers"] if each["kind"] == "user_id"]
        tiers.append(tier)
    assert tiers == ["deterministic-claimed", "deterministic-proven"]


@each_client
def test_below_the_shop_s_own_address_nothing_is_another_origin_s(
    web: Shop, visiting: Visiting, site: Site, kind: Kind
) -> None:
    customer = f"first-party-{kind}"
    visit = visiting(kind, host=f"{site.origin}/s").open()
    visit.call("identify", customer, {"city": "Ulm"})
    visit.call("track", "Product Viewed", {"product_id": "507f"})
    assert _types(web.heard(f"user_id:{customer}", 2)) == ["identify", "track"]

    elsewhere = [address for _, address in visit.sent if not address.startswith(site.origin)]
    assert not elsewhere
    assert not [method for method, _ in visit.sent if method == "OPTIONS"]
    assert visit.posts("/s/v1/")
