"""Listing everybody: each once, whatever is joined meanwhile; and who was active lately."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.domain.order import rfc3339
from segue.ports.statements import Statement
from tests.conftest import NOON
from tests.flow.api.harness import Api, identify, track


def shoppers(api: Api, name: str, count: int) -> None:
    """Half of them known."""
    for n in range(count):
        who: dict[str, Any] = {"anonymous_id": f"{name}-a{n}"}
        if n % 2:
            who["user_id"] = f"{name}-u{n}"
        api.happen(track("Seen", f"{name}-{n}", rfc3339(NOON - 10**9 + n // 2 * 10**6), **who))


def pages(api: Api, limit: int, more: str = "") -> list[Any]:
    listed, after = [], ""
    while True:
        page = api.get(f"/api/v1/persons/list?limit={limit}{after}{more}")
        listed += page["persons"]
        if page["next"] is None:
            return listed
        after = f"&after={page['next']}"


def test_everybody_is_listed_once_newest_known_first(api: Api) -> None:
    shoppers(api, "s", 23)
    for limit in (1, 4, 23, 100):
        listed = pages(api, limit)
        firsts = [each["first_seen"] for each in listed]
        assert len({each["person_id"] for each in listed}) == len(listed) == 23
        assert firsts == sorted(firsts, reverse=True)
        assert all(each["matched"] is None for each in listed)
    assert api.get("/api/v1/persons/list")["total"] == 23


def test_the_known_and_the_others_share_everybody_out(api: Api) -> None:
    shoppers(api, "s", 9)
    known, others = pages(api, 2, "&known=true"), pages(api, 2, "&known=false")
    assert (len(known), len(others)) == (4, 5)
    assert all(each["known"] for each in known)
    assert not any(each["known"] for each in others)
    assert api.get("/api/v1/persons/list?known=true")["total"] == 4
    assert api.get("/api/v1/persons/list?known=false")["total"] == 5


def test_a_shared_device_is_nobody(api: Api) -> None:
    for user in ("ann", "bob"):
        api.happen(identify(user, "2026-02-01T10:00:00Z", user_id=user, anonymous_id="tablet"))
    assert sorted(each["label"] for each in pages(api, 10)) == ["ann", "bob"]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_is_left_alone_is_listed_once_whoever_is_joined_or_parted_meanwhile(
    api: Api, data: st.DataObject
) -> None:
    name = f"n{data.draw(st.integers(0, 2**60))}"
    shoppers(api, name, 10)
    everybody = {each["person_id"] for each in pages(api, 100)}
    touched: set[str] = set()
    joined: list[tuple[str, str]] = []
    listed: list[str] = []
    after = ""
    while True:
        page = api.get(f"/api/v1/persons/list?limit=3{after}")
        listed += [each["person_id"] for each in page["persons"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
        if data.draw(st.booleans()) and joined:
            person, link = joined.pop()
            api.post(f"/api/v1/persons/{person}/unmerge", {"link_id": link})
        elif len(free := sorted(everybody - touched)) > 3 and data.draw(st.booleans()):
            one, other = data.draw(st.permutations(free))[:2]
            merged = api.post(f"/api/v1/persons/{one}/merge", {"person_id": other})
            joined.append((merged["person_id"], merged["link_id"]))
            touched |= {one, other}
    assert {each for each in everybody - touched if listed.count(each) != 1} == set()
    assert len(set(listed)) == len(listed)


def test_rare_ones_are_passed_to_in_bounded_pages(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.app.customers.PORTION", 2)
    monkeypatch.setattr("segue.app.customers.AT_MOST", 4)
    for n in range(9):
        api.happen(track("Seen", f"{n}", rfc3339(NOON + n), anonymous_id=f"a{n}"))
    api.happen(track("Seen", "u", rfc3339(NOON - 5), user_id="ann"))
    first = api.get("/api/v1/persons/list?known=true")
    assert first["persons"] == []
    assert first["next"] is not None
    assert [each["label"] for each in pages(api, 5, "&known=true")] == ["ann"]


@pytest.mark.parametrize("after", ["x", "00-00", "-", "0" * 40, "zz-" + "0" * 32, "%00"])
def test_a_place_that_is_none_of_ours_is_refused(api: Api, after: str) -> None:
    answer = api.request("GET", f"/api/v1/persons/list?after={after}")
    assert answer.status == 400
    assert "cure" in answer.json()


def test_recent_ones_are_those_whose_events_came_last(api: Api) -> None:
    shoppers(api, "s", 6)
    api.happen(track("Seen", "again", rfc3339(NOON), user_id="s-u1"))
    labels = [each["label"] for each in api.get("/api/v1/persons/recent?limit=3")["persons"]]
    assert labels[0] == "s-u1"
    assert len(labels) == 3


def test_a_page_is_read_from_its_index(api: Api) -> None:
    from segue.ports.statements import statements

    fill = Statement(
        "fill", "many persons",
        "insert into fragment (fragment_id, kind, value, person_id, component_id, first_key, source, proven,"
        " device) select id, 'k', n::text, id, id, id || int4send(0), 's', true, false"
        " from generate_series(1, 20000) n, lateral (select int8send(n) || int8send(n) as id) one",
    )  # fmt: skip
    with api.installation.database.transaction() as session:
        session.execute(fill)
        session.execute(Statement("analyze", "statistics", "analyze fragment"))
        text = statements("segue.app", "customers.sql")["listed"].text
        plan = str(
            session.fetch(Statement("plan", "how", f"explain {text}"), key=b"\xff" * 21, id=b"", limit=50)
        )
    assert "fragment_newest" in plan
    assert "Sort" not in plan
