"""The journey every client sends, and what the golden record must then say.

Each client has its own customer, so that the clients' tests can share one server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.flow.conformance.shop import Shop

CALLS = ["identify", "track", "page", "screen", "group", "alias"]

ORDER = {
    "order_id": "o-1",
    "total": 27.5,
    "revenue": 25.0,
    "shipping": 2.5,
    "currency": "EUR",
    "products": [{"product_id": "507f", "sku": "45790-32", "name": "Mug", "price": 12.5, "quantity": 2}],
}


@dataclass(frozen=True)
class Customer:
    """Who a client speaks of."""

    client: str

    @property
    def user_id(self) -> str:
        return f"customer-of-{self.client}"

    @property
    def anonymous_id(self) -> str:
        return f"device-of-{self.client}"

    @property
    def email(self) -> str:
        return f"Customer.{self.client}@Example.com"

    @property
    def traits(self) -> dict[str, Any]:
        return {"email": self.email, "firstName": "Zoë", "city": "Berlin"}

    @property
    def order(self) -> dict[str, Any]:
        return {**ORDER, "order_id": f"o-{self.client}"}


def check_arrived(shop: Shop, customer: Customer) -> None:
    """All six calls are hers, once each, and the record says what they said."""
    events = shop.heard(f"user_id:{customer.user_id}", len(CALLS))
    assert sorted(event["type"] for event in events) == sorted(CALLS)
    person = shop.find(f"user_id:{customer.user_id}")
    assert person is not None
    # the normalised address and the device named by alias lead to the same person
    assert shop.find(f"email:{customer.email.lower()}") == person
    assert shop.find(f"anonymous_id:{customer.anonymous_id}") == person
    record = shop.record(person)
    kinds = {identifier["kind"]: identifier["value"] for identifier in record["identifiers"]}
    assert kinds["user_id"] == customer.user_id
    assert kinds["email"] == customer.email.lower()
    assert kinds["anonymous_id"] == customer.anonymous_id
    assert record["attributes"]["city"]["value"] == "Berlin"
    assert "Zoë" in {claim["value"] for claim in record["attributes"].values()}
    assert customer.order["order_id"] in str(record["orders"])
    assert "wholesale" in str(record), "the group she belongs to"
