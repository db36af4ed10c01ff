"""A segment's life over the API: a file is applied, an event brings her in, time alone takes her out."""

from __future__ import annotations

from typing import Any

import pytest

from segue import flow
from segue.domain.drafts import Draft, Sender
from segue.domain.order import DAY, rfc3339
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, track

TRAITS = "traits:\n  orders_30d: {count: Order Completed, window: 30 days}\n"
SEGMENTS = """segments:
  buyers: {title: Bought lately, when: {field: traits.orders_30d, op: ">=", value: 1}}
  loyal: {when: {all: [{segment: buyers}, {field: traits.orders_30d, op: ">=", value: 3}]}}
"""


def begin(api: Api) -> None:
    bodies = {"traits.yaml": TRAITS, "segments.yaml": SEGMENTS}
    answer = api.request("PUT", "/api/v1/definitions", body={"bodies": bodies})
    assert answer.status == 200, answer.body
    api.installation.look_again()
    api.installation.settle()


def order(clock: ManualClock, who: str, number: int) -> Draft:
    properties = {"order_id": f"{who}-{number}", "revenue": 10, "currency": "EUR"}
    return track(
        "Order Completed", f"{who}-{number}", rfc3339(clock.now()), user_id=who, properties=properties
    )


def segment(api: Api, name: str) -> Any:
    """As it stands, counted anew."""
    api.installation.clock.advance(10_000_000)  # type: ignore[attr-defined]
    return api.get(f"/api/v1/segments/{name}")


def changes(api: Api, person: str) -> list[tuple[str, str, str]]:
    told = api.get(f"/api/v1/persons/{person}/segments/history")["changes"]
    return [(each["event"], each["segment"], each["cause"]) for each in told]


def timeline(api: Api, person: str, query: str = "") -> list[tuple[str, str | None]]:
    events: list[tuple[str, str | None]] = []
    after = ""
    while True:
        page = api.get(f"/api/v1/persons/{person}/timeline?limit=2{query}{after}")
        events += [(each["event"], each["properties"].get("segment")) for each in page["events"]]
        if page["next"] is None:
            return events
        after = f"&after={page['next']}"


def test_she_is_a_member_in_the_very_step_of_her_event(api: Api, clock: ManualClock) -> None:
    begin(api)
    house = api.installation
    drafts = [order(clock, "ann", 1)]
    accepted = flow.accept(
        drafts, Sender(source="till", trusted=True), house.rules(), house.secret, clock.now()
    )
    house.log.append(accepted.entries)
    assert segment(api, "buyers")["count"] == 0
    house.step(0)  # one step, and no other
    assert api.person("user_id:ann")["segments"] == ["buyers"]
    assert segment(api, "buyers")["count"] == 1
    [member] = api.get("/api/v1/segments/buyers/members")["members"]
    assert member["person_id"] == api.person("user_id:ann")["person_id"]


def test_time_alone_takes_her_out_and_all_of_it_is_told(api: Api, clock: ManualClock) -> None:
    begin(api)
    began = clock.now()
    api.happen(order(clock, "ann", 1))
    person = api.person("user_id:ann")["person_id"]
    clock.advance(29 * DAY)
    api.installation.settle()
    assert api.person("user_id:ann")["segments"] == ["buyers"]
    clock.advance(1 * DAY)
    api.installation.settle()
    assert api.person("user_id:ann")["segments"] == []
    assert changes(api, person) == [
        ("Segment Exited", "buyers", "time"),
        ("Segment Entered", "buyers", "events"),
    ]
    told = segment(api, "buyers")
    assert (told["count"], told["exited_7d"], told["entered_7d"]) == (0, 1, 0)
    days = api.get("/api/v1/segments/buyers/history?days=40")["days"]
    assert sum(each["entered"] for each in days) == sum(each["exited"] for each in days) == 1
    by_day = {each["day"]: each["count"] for each in days}
    assert by_day[rfc3339(began)[:10]] == 1
    assert by_day[rfc3339(clock.now())[:10]] == 0
    assert by_day[rfc3339(began - DAY)[:10]] == 0


def test_entries_and_exits_stand_on_the_timeline_among_what_caused_them(api: Api, clock: ManualClock) -> None:
    begin(api)
    for number in range(3):
        api.happen(order(clock, "ann", number))
        clock.advance(3_600_000_000)
    clock.advance(31 * DAY)
    api.installation.settle()
    person = api.person("user_id:ann")["person_id"]
    told = timeline(api, person)
    assert sorted(told[:2]) == [("Segment Exited", "buyers"), ("Segment Exited", "loyal")]
    assert told[2:] == [
        ("Segment Entered", "loyal"),
        ("Order Completed", None),
        ("Order Completed", None),
        ("Segment Entered", "buyers"),
        ("Order Completed", None),
    ]
    only = timeline(api, person, "&event=Segment%20Entered")
    assert only == [("Segment Entered", "loyal"), ("Segment Entered", "buyers")]
    assert {name for name, _ in timeline(api, person, "&source=shop")} == {"Order Completed"}


def test_a_merge_judges_both_and_its_undoing_gives_back_what_was(api: Api, clock: ManualClock) -> None:
    begin(api)
    api.happen(order(clock, "ann", 1), order(clock, "ann", 2), order(clock, "bob", 1))
    ann, bob = (api.person(f"user_id:{who}")["person_id"] for who in ("ann", "bob"))
    merged = api.post(f"/api/v1/persons/{ann}/merge", {"person_id": bob})
    api.installation.settle()
    assert api.person("user_id:bob")["segments"] == ["buyers", "loyal"]
    assert segment(api, "buyers")["count"] == segment(api, "loyal")["count"] == 1
    api.post(f"/api/v1/persons/{ann}/unmerge", {"link_id": merged["link_id"]})
    api.installation.settle()
    assert [api.person(f"user_id:{who}")["segments"] for who in ("ann", "bob")] == [["buyers"], ["buyers"]]
    assert (segment(api, "buyers")["count"], segment(api, "loyal")["count"]) == (2, 0)


@pytest.mark.parametrize("gone", ["taken away", "changed"])
def test_a_definition_that_goes_or_changes_is_left_by_whom_it_leaves(
    api: Api, clock: ManualClock, gone: str
) -> None:
    begin(api)
    api.happen(order(clock, "ann", 1))
    clock.advance(DAY)
    left = "segments: {}\n" if gone == "taken away" else SEGMENTS.replace("value: 1}", "value: 2}")
    answer = api.request("PUT", "/api/v1/definitions", body={"bodies": {"segments.yaml": left}})
    assert answer.status == 200, answer.body
    api.installation.look_again()
    api.installation.settle()
    person = api.person("user_id:ann")
    assert person["segments"] == []
    assert changes(api, person["person_id"])[0] == ("Segment Exited", "buyers", "definition")
