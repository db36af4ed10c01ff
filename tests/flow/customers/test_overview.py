"""The installation on one page."""

from __future__ import annotations

from typing import Any

from segue.app.overview import holds
from segue.domain.events import DeadLetter
from segue.domain.order import DAY, HOUR, MINUTE
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.flow.api.harness import Api, identify, track

AT = "2026-03-01T11:00:00Z"


def clock_of(api: Api) -> ManualClock:
    clock = api.installation.clock
    assert isinstance(clock, ManualClock)
    return clock


def test_an_empty_installation_has_no_rate_and_nothing_to_say(api: Api) -> None:
    told = api.get("/api/v1/overview")
    assert told["persons"] == {"total": 0, "known": 0, "anonymous": 0}
    assert told["match"] == {"devices": 0, "joined": 0, "rate": None}
    assert told["events"]["by"] == told["events"]["series"] == []
    assert told["age_seconds"] == 0


def test_persons_devices_and_events_are_counted(api: Api) -> None:
    api.happen(
        track("Seen", "1", AT, anonymous_id="a1"),
        track("Seen", "2", AT, anonymous_id="a2", context={"channel": "kiosk"}),
        identify("3", AT, anonymous_id="a2", user_id="ann"),
        identify("4", AT, anonymous_id="tablet", user_id="bob"),
        identify("5", AT, anonymous_id="tablet", user_id="cid"),
    )
    told = api.get("/api/v1/overview")
    assert told["persons"] == {"total": 4, "known": 3, "anonymous": 1}
    assert told["identifiers"] == 6
    assert told["shared_devices"] == 1
    assert told["match"] == {"devices": 2, "joined": 1, "rate": 0.5}
    assert told["freshness"] == {"lag_seconds": 0.0, "waiting": 0}
    assert told["events"]["total"] == told["events"]["last_hour"] == told["events"]["last_day"] == 5
    assert {(each["channel"], each["last_day"]) for each in told["events"]["by"]} == {
        ("kiosk", 1),
        ("shop", 4),
    }
    assert sum(each["events"] for each in told["events"]["series"]) == 5
    assert told["persons"]["total"] == api.get("/api/v1/status")["persons"]


def test_hours_and_days_pass(api: Api) -> None:
    api.happen(track("Seen", "1", AT, anonymous_id="a1"))
    for later, hour, day in ((2 * HOUR, 0, 1), (23 * HOUR, 0, 0)):
        clock_of(api).advance(later)
        events = api.get("/api/v1/overview")["events"]
        assert (events["total"], events["last_hour"], events["last_day"]) == (1, hour, day)


def test_it_is_counted_anew_after_a_second_and_says_how_old_it_is(api: Api) -> None:
    assert api.get("/api/v1/overview")["persons"]["total"] == 0
    api.happen(track("Seen", "1", AT, anonymous_id="a1"))
    clock_of(api).advance(900_000)
    told = api.get("/api/v1/overview")
    assert (told["persons"]["total"], told["age_seconds"]) == (0, 0.9)
    clock_of(api).advance(100_000)
    told = api.get("/api/v1/overview")
    assert (told["persons"]["total"], told["age_seconds"]) == (1, 0.0)


def test_where_counting_takes_long_it_holds_for_longer_and_never_more_than_half_a_minute() -> None:
    assert [holds(took) / 1_000_000 for took in (0, 5_000, 50_000, 10_000_000)] == [1, 1, 5, 30]


def attention(api: Api) -> dict[str, Any]:
    clock_of(api).advance(30_000_000)
    return {each["what"]: each for each in api.get("/api/v1/overview")["attention"]}


def test_dead_letters_frozen_links_and_erasures_that_wait_are_pointed_at(api: Api) -> None:
    assert attention(api) == {}
    letter = DeadLetter(
        dead_letter_id="1" * 32, source="web", received_at=1, reason="odd", detail="d", raw="{}"
    )
    api.installation.log.append([], [letter])
    waiting = Statement(
        "waiting", "an erasure nobody finished",
        "insert into erasure (erasure_id, asked_at, asked_by, before_offset, fragment_ids)"
        " values ('e', 1, 'x', 1, '{}')",
    )  # fmt: skip
    with api.installation.database.transaction() as session:
        session.execute(waiting)
    found = attention(api)
    assert found["dead letters"]["link"] == "/dead-letters"
    assert found["erasures"]["verdict"] == "wrong"
    assert all(each["says"] and each["cure"] for each in found.values())
    assert api.get("/api/v1/overview")["dead_letters"] == {
        "waiting": 1, "by_reason": [{"reason": "odd", "letters": 1}],
    }  # fmt: skip


def test_a_source_that_usually_speaks_at_this_time_and_does_not_is_pointed_at(api: Api) -> None:
    clock = clock_of(api)
    for day in range(5):
        api.happen(track("Seen", f"till-{day}", AT, user_id="ann"), source="till")
        if day % 2:
            api.happen(track("Seen", f"mail-{day}", AT, user_id="ann"), source="mail")
        clock.advance(DAY)
    clock.advance(20 * MINUTE)
    found = attention(api)
    assert "source till" in found
    assert found["source till"]["link"] == "/sources/till"
    assert "source mail" not in found
    clock.advance(8 * HOUR)  # at night it never speaks
    assert "source till" not in attention(api)
    clock.advance(16 * HOUR)
    api.happen(track("Seen", "till-now", AT, user_id="ann"), source="till")
    assert "source till" not in attention(api)
