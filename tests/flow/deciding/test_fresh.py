"""Events that come with a question count at once, and each of them once, whoever tells of it and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue import flow
from segue.adapters.postgres.database import PostgresSession
from segue.adapters.postgres.pipeline import Row
from segue.app.deciding import fresh
from segue.app.deciding.facing import Seen
from segue.domain.drafts import Sender
from segue.domain.identifiers import FragmentId
from segue.enrich.counting import NOTHING
from segue.enrich.fold import fold
from segue.enrich.golden import PersonParts
from segue.enrich.state import RECENT, FragmentState
from segue.ports.database import Bound
from tests.flow.api.harness import Api, identify, track
from tests.flow.deciding.conftest import decide
from tests.unit.enrich.making import ANN, RULES, event

SEGMENTS = "segments: {open_complaint: {when: {did: Complaint Opened, at_least: 1, within: 30 days}}}"
WHO = FragmentId(ANN.fragment_id)
ASKED: Any = {"identifiers": {"user_id": "ann"}, "explain": True}


def said(name: str, message_id: str, user: str = "ann", **properties: Any) -> dict[str, Any]:
    """As Segment's client says it."""
    return {
        "type": "track", "event": name, "messageId": message_id, "userId": user,
        "timestamp": "2026-03-01T11:59:00Z", "properties": properties,
    }  # fmt: skip


def stages(answer: Any) -> dict[str, str]:
    """Where each action fell out."""
    return {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}


@pytest.fixture
def ann(shop: Api) -> Api:
    """Ann has bought once, so the coffee is for her; what she agrees to is said in each test."""
    shop.define({"segments.yaml": SEGMENTS})
    shop.happen(
        identify("a1", "2026-03-01T09:00:00Z", user_id="ann", traits={"first_name": "Ann"}),
        track("Order Completed", "a2", "2026-03-01T09:00:00Z", user_id="ann", properties={"order_id": "1"}),
        track("Consent Granted", "a3", "2026-03-01T09:30:00Z", user_id="ann",
              properties={"purpose": "personalisation"}),
    )  # fmt: skip
    return shop


@pytest.mark.parametrize("moment", ["before her record is read", "after it"])
def test_what_the_loop_applies_meanwhile_counts_once(
    ann: Api, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    house, twice = ann.installation, [said("Product Viewed", f"v{number}") for number in (1, 2)]
    waiting = [
        track("Product Viewed", each["messageId"], each["timestamp"], user_id="ann") for each in twice[:1]
    ]
    sender = Sender(source=fresh.DEFAULT_SOURCE, trusted=True)
    accepted = flow.accept(waiting, sender, house.rules(), house.secret, house.clock.now())
    house.log.append(accepted.entries, accepted.dead)
    together, reads = PostgresSession.together, 0

    def meanwhile(session: PostgresSession, asked: Sequence[Bound]) -> list[list[Row]]:
        nonlocal reads
        if "read_asked" not in {each.statement.name for each in asked}:
            return together(session, asked)
        reads += 1
        if moment.startswith("before"):
            house.drain()
        rows = together(session, asked)
        house.drain()
        return rows

    monkeypatch.setattr(PostgresSession, "together", meanwhile)
    for events, lever in ((twice[:1], 1.0), (twice, 2.0)):  # doubled from two views on
        answer = decide(ann, "home_hero", events=events, at="2026-03-01T12:00:00Z", **ASKED)
        scores = {each["action"]: each["levers"] for each in answer["explanation"]["scores"]}
        assert scores["free_coffee"] == lever
    assert reads == 2


@pytest.mark.parametrize("source", ["default", "web"])
@pytest.mark.parametrize("trusted", [True, False])
def test_it_does_not_matter_who_told_the_loop_of_it(ann: Api, source: str, trusted: bool) -> None:
    """The shop's server asks with what the browser will tell too, or has told."""
    house, [view] = ann.installation, [said("Product Viewed", "v1")]
    draft = track("Product Viewed", "v1", view["timestamp"], user_id="ann")
    sender = Sender(source=source, trusted=trusted)
    accepted = flow.accept([draft], sender, house.rules(), house.secret, house.clock.now())
    house.log.append(accepted.entries, accepted.dead)
    house.drain()
    answer = decide(ann, "home_hero", events=[view], at="2026-03-01T12:00:00Z", **ASKED)
    scores = {each["action"]: each["levers"] for each in answer["explanation"]["scores"]}
    assert scores["free_coffee"] == 1.0


def test_a_complaint_that_she_opens_now_silences_what_sells(ann: Api) -> None:
    assert stages(decide(ann, "home_hero", **ASKED)).get("free_coffee") != "suppressed"
    opened = said("Complaint Opened", "c1")
    answer = decide(ann, "home_hero", events=[opened], **ASKED)
    assert "free_coffee" in stages(answer)
    assert answer["slots"][0]["action"] == "brand_story"


def test_what_she_dismisses_now_is_not_shown_again(ann: Api) -> None:
    shown = decide(ann, "till", **ASKED)  # with two slots, so both are
    assert {each["action"] for each in shown["slots"]} == {"free_coffee", "last_mug"}
    told = {"decision_id": shown["decision_id"], "action": "free_coffee"}
    dismissed = said("Action Dismissed", "d1", **told)
    assert stages(decide(ann, "till", events=[dismissed], **ASKED))["free_coffee"] == "suppressed"
    bobs = said("Action Dismissed", "d2", "bob", **told)
    assert "free_coffee" not in stages(decide(ann, "till", events=[bobs], **ASKED))


@given(st.lists(st.integers(0, 90), max_size=120), st.lists(st.integers(0, 90), max_size=12))
def test_none_of_the_last_64_counts_twice(applied: list[int], asked: list[int]) -> None:
    once = list(dict.fromkeys(applied))
    state: FragmentState | None = None
    for number in once:
        state = fold(state, [event(message_id=f"m{number}")], RULES).state
    states: dict[bytes, FragmentState] = {} if state is None else {WHO: state}
    parts = PersonParts(person_id=WHO, fragments=[], states=states, standing=NOTHING)
    seen = Seen(WHO, WHO, parts, frozenset((WHO,)), "unknown")
    found = fresh.of_hers([event(message_id=f"m{number}") for number in asked], seen)
    counted = [each.message_id for each in found.get(WHO, ())]
    assert counted == [f"m{number}" for number in dict.fromkeys(asked) if number not in once[-RECENT:]]
