"""Sessions, favourites, campaigns, groups and counts in the record."""

from __future__ import annotations

from typing import Any

import msgspec

from segue.domain.events import Event
from segue.domain.order import DAY, MINUTE, SECOND
from segue.enrich.record import SessionsPart
from tests.unit.enrich.making import ANN, NOON, RULES, event, folded, mention, record, record_of

PHONE, LAPTOP = mention("anonymous_id", "phone"), mention("anonymous_id", "laptop")


def page(path: str = "/", at: float = 0, **fields: Any) -> Event:
    fields.setdefault("message_id", f"{path}{at}")
    return event(
        "Home", type="page", at=at, properties={"path": path, **fields.pop("properties", {})}, **fields
    )


def click(name: str, at: float, **properties: Any) -> Event:
    """A step on the web."""
    return event(name, at=at, properties=properties, context={"channel": "web"})


def sessions_of(*events: Event, now: int = NOON + 30 * DAY) -> SessionsPart:
    return record(folded(events), now=now).sessions


# ── sessions ─────────────────────────────────────────────────────────────────


def test_a_pause_of_more_than_thirty_minutes_ends_a_session() -> None:
    found = sessions_of(page("/a"), page("/b", 1_800), page("/c", 3_601))
    assert found.count == 2
    latest, first = found.recent
    assert (first.landing, first.exit, first.pages, first.dwell_seconds) == ("/a", "/b", 2, 1_800.0)
    assert (latest.landing, latest.exit, latest.pages) == ("/c", "/c", 1)


def test_a_late_event_joins_what_it_fell_between() -> None:
    ends = page("/a"), page("/c", 3_000)
    assert sessions_of(*ends).count == 2
    assert sessions_of(*ends, page("/b", 1_500)).count == 1


def test_another_campaign_begins_another_session_the_same_one_does_not() -> None:
    spring = {"campaign": {"name": "spring", "source": "mail", "medium": "email"}}
    found = sessions_of(
        page("/a"), page("/b", 60, context=spring), page("/c", 120, context=spring), page("/d", 180)
    )
    assert found.count == 2
    latest = found.recent[0]
    assert (latest.campaign, latest.campaign_source, latest.campaign_medium) == ("spring", "mail", "email")
    assert latest.pages == 3


def test_a_referrer_counts_where_she_landed_and_only_from_elsewhere() -> None:
    url = "https://shop.example/a"
    came = page("/a", properties={"referrer": "https://www.search.example/q", "url": url})
    own = page("/b", 60, properties={"referrer": url, "url": "https://shop.example/b"})
    paid = page("/c", 120, properties={"referrer": "https://pay.example/", "url": url})
    assert sessions_of(came, own, paid).recent[0].referrer == "search.example"
    assert sessions_of(own, paid).recent[0].referrer is None


def test_two_devices_at_once_are_two_sessions() -> None:
    found = sessions_of(page("/a", mentions=[ANN, PHONE]), page("/b", 60, mentions=[ANN, LAPTOP]))
    assert found.count == 2


def test_a_session_goes_on_when_she_logs_in() -> None:
    before = folded([page("/a", mentions=[PHONE]), page("/b", 60, mentions=[PHONE])])
    after = folded([page("/c", 120, mentions=[ANN, PHONE])])
    found = record(before, after).sessions
    assert (found.count, found.recent[0].pages) == (1, 3)


def test_the_clients_own_session_id_decides_where_it_sends_one() -> None:
    def visit(path: str, at: float, session: object) -> Event:
        return page(path, at, context={"sessionId": session})

    found = sessions_of(visit("/a", 0, 1700), visit("/b", 4_000, 1700), visit("/c", 4_010, 1701))
    assert [(part.session_id, part.pages) for part in found.recent] == [("1701", 1), ("1700", 2)]


def test_receipts_and_mailings_make_no_sessions() -> None:
    found = sessions_of(
        event("Order Completed", source="till", properties={"order_id": "A", "revenue": 5}),
        event("Email Opened", at=60, source="mailer", properties={"campaign_name": "spring"}),
    )
    assert found.count == 0


def test_what_became_of_the_cart() -> None:
    viewed, added = click("Product Viewed", 0), click("Product Added", 60, price=10, quantity=2)
    removed = click("Product Removed", 120, price=10, quantity=2)
    order = click("Order Completed", 180, order_id="A", revenue=20)
    soon, later = NOON + 5 * MINUTE, NOON + DAY

    def cart(*events: Event, now: int = later) -> tuple[str, int] | None:
        part = sessions_of(*events, now=now).cart
        return None if part is None else (part.state, part.items)

    assert cart(viewed) is None
    assert cart(viewed, added, now=soon) == ("open", 2)
    assert cart(viewed, added) == ("abandoned", 2)
    assert cart(viewed, added, removed) == ("emptied", 0)
    assert cart(viewed, added, order) == ("bought", 0)
    assert cart(viewed, added, order, click("Product Added", 240)) == ("abandoned", 1)


def test_a_cart_seen_whole_corrects_what_was_counted() -> None:
    lines = [{"price": 10, "quantity": 3}, {"price": 5}]
    found = sessions_of(click("Product Added", 0, price=10), click("Cart Viewed", 60, products=lines)).cart
    assert found is not None
    assert (found.items, found.value, found.currency) == (4, "35.00", "USD")
    assert sessions_of(click("Product Added", 0)).recent[0].cart.currency is None


def test_how_far_the_checkout_came() -> None:
    steps = click("Checkout Started", 0), click("Checkout Step Viewed", 60, step=1)
    assert sessions_of(*steps).checkout == "abandoned"
    assert sessions_of(*steps, now=NOON + 5 * MINUTE).checkout == "started"
    done = sessions_of(*steps, click("Order Completed", 90, order_id="A", revenue=20, currency="EUR"))
    assert done.checkout == "succeeded"
    assert done.recent[0].checkout_steps == ["1"]
    assert (done.recent[0].orders, done.recent[0].revenue, done.recent[0].currency) == (1, "20.00", "EUR")


# ── what else she did ────────────────────────────────────────────────────────


def test_counts_and_value_by_event_and_day_of_the_retailers_zone() -> None:
    auckland = msgspec.structs.replace(RULES, time_zone="Pacific/Auckland")
    told = [
        event("Gift Card Bought", at=at, properties={"value": 12.5, "currency": "EUR"})
        for at in (0, 60, 86_400)
    ]
    found = record(folded(told, rules=auckland), rules=auckland).activity.events["Gift Card Bought"]
    assert found.count == 3
    assert found.days == {"2026-03-02": 2, "2026-03-03": 1}
    assert found.value == {"EUR": "37.50"}
    assert found.value_by_day == {"EUR": {"2026-03-02": "25.00", "2026-03-03": "12.50"}}


def test_days_follow_the_clocks_when_they_change() -> None:
    berlin = msgspec.structs.replace(RULES, time_zone="Europe/Berlin")
    midnight = 27.5 * 86_400  # 2026-03-29T00:00Z is 01:00 in Berlin, whose clocks go forward an hour later
    told = [event("Odd", at=midnight + hour * 3_600) for hour in (-1, 0, 21.9, 22)]
    found = record(folded(told, rules=berlin), rules=berlin)
    assert found.activity.events["Odd"].days == {"2026-03-29": 3, "2026-03-30": 1}
    assert {part.value: part.seen for part in found.favourites["hour"]} == {"00": 2, "01": 1, "23": 1}


def test_first_and_last_seen_and_what_does_not_count_as_activity() -> None:
    found = record_of(
        event("Odd"), event("Odd", at=60), event("Odd", at=90, context={"active": False})
    ).activity
    assert (found.first_seen, found.last_seen) == ("2026-03-01T12:00:00Z", "2026-03-01T12:01:00Z")


def test_campaigns_promotions_and_mailings_are_told_apart() -> None:
    found = record_of(
        page("/a", context={"campaign": {"name": "spring", "source": "mail"}}),
        event("Promotion Viewed", at=60, properties={"promotion_id": "banner"}),
        event("Promotion Clicked", at=70, properties={"promotion_id": "banner"}),
        event("Email Opened", at=80, properties={"campaign_name": "autumn", "campaign_id": "7"}),
        event("Coupon Redeemed", at=90, properties={"campaign_id": "18"}),
    ).campaigns
    assert [(part.kind, part.name, part.seen, part.engaged) for part in found] == [
        ("campaign", "18", 1, 1),
        ("email", "autumn", 1, 0),
        ("promotion", "banner", 2, 1),
        ("campaign", "spring", 1, 1),
    ]
    assert found[-1].source == "mail"


def test_groups_keep_their_latest_name() -> None:
    told = [
        event(type="group", at=at, group_id="g", traits=traits)
        for at, traits in ((60, {"name": "New"}), (0, {"name": "Old"}), (90, {}))
    ]
    [group] = record_of(*told).groups
    assert (group.group_id, group.name, group.last_at) == ("g", "New", "2026-03-01T12:01:30Z")


def test_channels_and_devices_are_read_from_what_clients_send() -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"
    found = record_of(
        page("/a", context={"userAgent": agent}),
        event("Odd", at=1, context={"page": {}, "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"}),
        event("Odd", at=2, context={"app": {"name": "x"}, "device": {"type": "android"}}),
        event("Odd", at=3, source="till", context={"library": {"name": "x"}}),
        event("Odd", at=4, context={"channel": "kiosk"}),
    ).favourites
    assert {part.value: part.seen for part in found["channel"]} == {"web": 2, "app": 1, "till": 1, "kiosk": 1}
    assert {part.value: part.seen for part in found["device"]} == {"mobile": 2, "desktop": 1}


def test_times_are_told_to_the_microsecond() -> None:
    found = record_of(event("Odd", at=0.000123))
    assert found.activity.last_seen == "2026-03-01T12:00:00.000123Z"
    assert SECOND > 123
