"""The unmodified Python clients of Segment and RudderStack against a running server."""

from __future__ import annotations

from typing import Any

import pytest
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from tests.flow.conformance.journey import Customer, check_arrived
from tests.flow.conformance.shop import Shop


def _journey(client: Any, customer: Customer) -> None:
    client.identify(customer.user_id, traits=customer.traits)
    client.track(customer.user_id, "Order Completed", properties=customer.order)
    client.page(customer.user_id, "Shop", "Mugs", properties={"url": "https://shop.example/mugs"})
    client.screen(customer.user_id, "Shop", "Basket", properties={"items": 2})
    client.group(customer.user_id, "wholesale", traits={"name": "Wholesale"})
    client.alias(customer.anonymous_id, customer.user_id)
    client.flush()


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("client_class", [SegmentClient, RudderClient], ids=["segment", "rudder"])
def test_what_a_python_client_sends_becomes_the_golden_record(
    shop: Shop, client_class: Any, gzip: bool
) -> None:
    failures: list[Exception] = []
    name = f"{client_class.__module__.split('.')[0]}-{'gzip' if gzip else 'plain'}"
    client = client_class(
        shop.write_key,
        host=shop.url,
        gzip=gzip,
        max_retries=2,
        upload_interval=0.05,
        on_error=lambda error, _batch: failures.append(error),
    )
    try:
        _journey(client, Customer(name))
    finally:
        client.join()
    assert not failures
    check_arrived(shop, Customer(name))


@pytest.mark.parametrize("client_class", [SegmentClient, RudderClient], ids=["segment", "rudder"])
def test_a_client_that_sends_each_event_at_once_is_served_too(shop: Shop, client_class: Any) -> None:
    customer = Customer(f"{client_class.__module__.split('.')[0]}-sync")
    client = client_class(shop.write_key, host=shop.url, sync_mode=True, max_retries=2)
    _journey_without_flush(client, customer)
    check_arrived(shop, customer)


def _journey_without_flush(client: Any, customer: Customer) -> None:
    client.flush = lambda: None  # in this mode there is no queue to flush
    _journey(client, customer)


def test_a_wrong_key_is_refused_once_and_never_retried_into_the_record(shop: Shop) -> None:
    failures: list[Exception] = []
    client = SegmentClient(
        "no-such-key",
        host=shop.url,
        max_retries=2,
        upload_interval=0.05,
        on_error=lambda error, _batch: failures.append(error),
    )
    try:
        client.identify("customer-of-nobody", traits={"city": "Nowhere"})
        client.flush()
    finally:
        client.join()
    assert len(failures) == 1
    assert shop.find("user_id:customer-of-nobody") is None
