"""What conditions and traits can speak of: what happened here, and nothing that tells who somebody is."""

from __future__ import annotations

from typing import Any

import msgspec

from segue.app.segments.preview import Previews
from segue.app.segments.taking import ensure
from segue.app.vocabulary import FRESH_FOR, SEVERAL
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, identify, track

AT = "2026-03-01T11:00:00Z"
PLAN = "events: {Table Booked: {schema: schemas/table.json}}"
SCHEMA = """{"type": "object", "properties": {
    "seats": {"type": "integer"}, "room": {"enum": ["inside", "garden"]},
    "products": {"type": "array", "items": {"properties": {"dish": {"type": "string"}}}}}}"""


def viewed(n: int, category: str, **more: Any) -> Any:
    """Somebody of her own looks at something."""
    return track("Product Viewed", f"v{n}", AT, user_id=f"u{n}", properties={"category": category, **more})


def told(api: Api) -> Any:
    return api.get("/api/v1/vocabulary")


def fields(of: Any) -> dict[str, Any]:
    return {each["path"]: each for each in of["fields"]}


def test_nothing_has_happened_yet(api: Api) -> None:
    found = told(api)
    assert found["events"] == []
    assert "traits.frequency" in fields(found)
    assert {"name": "marketing", "channels": ["email", "sms", "push", "messenger"]} in found["purposes"]


def test_events_are_told_with_what_they_carry(api: Api) -> None:
    api.happen(
        *(viewed(n, "shoes", price=n, new=True) for n in range(SEVERAL)),
        track(
            "Order Completed",
            "o",
            AT,
            user_id="u1",
            properties={"order_id": "1", "products": [{"brand": "B"}]},
        ),
    )
    viewing, ordering = told(api)["events"]
    assert (viewing["name"], viewing["events"], ordering["name"]) == ("Product Viewed", 3, "Order Completed")
    known = fields(viewing)
    assert known["properties.category"] == {
        "path": "properties.category",
        "kind": "text",
        "values": ["shoes"],
    }
    assert known["properties.price"]["kind"] == "number"
    assert known["properties.new"]["values"] == [True]
    assert known["source"]["values"] == ["shop"]
    assert "products.brand" in fields(ordering)


def test_a_value_is_told_only_if_several_have_it_and_never_of_what_names_somebody(api: Api) -> None:
    often = [viewed(n, "shoes", email="all@example.com", query="of all") for n in range(SEVERAL)]
    seldom = [viewed(n + 10, "boots") for n in range(SEVERAL - 1)]
    again = [
        track("Product Viewed", f"a{n}", AT, user_id="u10", properties={"category": "boots"}) for n in (1, 2)
    ]
    api.happen(*often, *seldom, *again)
    [event] = told(api)["events"]
    assert fields(event)["properties.category"]["values"] == ["shoes"]
    assert "properties.email" not in fields(event)
    assert b"example.com" not in msgspec.json.encode(told(api))


def test_fields_of_the_record_come_with_what_several_were_told_to_be(api: Api) -> None:
    people = [
        identify(f"i{n}", AT, user_id=f"u{n}", traits={"city": "Ulm", "first_name": "Ann", "size": n})
        for n in range(SEVERAL)
    ]
    api.happen(*people, identify("other", AT, user_id="other", traits={"city": "Trier"}))
    previews = Previews(api.installation)
    ensure(api.installation, previews.snapshots)
    known = fields(told(api))
    assert known["attributes.city"] == {"path": "attributes.city", "kind": "text", "values": ["Ulm"]}
    assert known["attributes.first_name"]["values"] == []
    assert known["attributes.size"]["kind"] == "number"
    assert known["orders.revenue"]["kind"] == "number"


def test_what_is_planned_is_told_before_it_happens(api: Api) -> None:
    bodies = {"plan.yaml": PLAN, "schemas/table.json": SCHEMA}
    assert api.request("PUT", "/api/v1/definitions", body={"bodies": bodies}).status == 200
    [event] = told(api)["events"]
    assert (event["name"], event["events"]) == ("Table Booked", 0)
    known = fields(event)
    assert known["properties.room"]["values"] == ["inside", "garden"]
    assert (known["properties.seats"]["kind"], known["products.dish"]["kind"]) == ("number", "text")


def test_it_is_told_again_for_a_while(api: Api) -> None:
    clock = api.installation.clock
    assert isinstance(clock, ManualClock)
    api.happen(viewed(1, "shoes"))
    first = told(api)
    api.happen(track("Product Added", "a", AT, user_id="u1"))
    assert told(api) == first
    clock.advance(FRESH_FOR)
    assert [each["name"] for each in told(api)["events"]] == ["Product Added", "Product Viewed"]
