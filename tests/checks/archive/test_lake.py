"""From the log to the lake and back again."""

from __future__ import annotations

from .shop import DAY, Shop, event, fragment


def test_what_was_archived_can_be_queried_with_nested_properties(shop: Shop) -> None:
    now = shop.clock.now()
    shop.happen([event(1, at=now), event(2, at=now - DAY, owner=2, context={"ip": "::1"})])
    rows = shop.ask("select * from events order by message_id")
    assert rows[0]["properties"] == {"revenue": 1, "name": "Zoë \\ 東京"}
    assert rows[0]["timestamp"] == "2026-03-01T12:00:00Z"
    assert rows[0]["fragment_id"] == fragment(1).hex()
    assert rows[1]["context"] == {"ip": "::1"}
    assert shop.ask("select sum(properties.revenue::int) total from events") == [{"total": 3}]
