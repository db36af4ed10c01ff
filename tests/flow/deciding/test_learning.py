"""What is learnt beside acceptance itself: how discounts are answered, and what new actions begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.app.learning import acceptance
from segue.decide import depths
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.conftest import NOON
from tests.flow.api.harness import Api, identify, opened, track
from tests.flow.deciding.conftest import decide

AT = "2026-03-01T12:00:00Z"
PLACEMENTS = """
placements:
  home: {touchpoint: web, slots: 2, formats: [banner], fallback: story, timeout_ms: 10000, exploration: 0.2}
  app:  {touchpoint: web, formats: [card], fallback: story, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Hi}, {format: card, headline: Hi}]}
  mug: {kind: offer, group: mugs, value: 8, stock: {sku: mug}, discounts: [0, 10, 20, 30],
        content: [{format: banner, headline: Mug}]}
  news: {kind: content, value: 8, content: [{format: banner, headline: News}]}
  other_mug: {kind: offer, group: mugs, value: 1, content: [{format: card, headline: Another}]}
  letter: {kind: content, value: 1, content: [{format: card, headline: Letter}]}
"""
PRICE = Statement(
    "price", "", "insert into product (sku, name, price, updated_at) values ('mug', 'Mug', 20000000, 0)"
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def shop(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    with opened(database_url, clock, tmp_path) as api:
        house = api.installation
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        with house.database.transaction() as session:
            session.execute(PRICE)
        yield api


def visits(shop: Api, many: int, name: str, *, takes: int) -> list[Any]:
    """Visitors of the home page; who is shown the mug with so much off or more takes it. Their mug slots."""
    events, found = [], []
    for number in range(many):
        who = f"{name}{number}"
        answer = decide(shop, "home", identifiers={"user_id": who}, explain=True)
        for place, slot in enumerate(answer["slots"]):
            said = {"decision_id": answer["decision_id"], "slot": place}
            events.append(track("Action Shown", f"s-{who}-{place}", AT, user_id=who, properties=said))
            if slot["action"] == "mug":
                found.append({"decision_id": answer["decision_id"], **slot})
                if slot["discount"] >= takes:
                    accepted = track("Action Accepted", f"a-{who}", AT, user_id=who, properties=said)
                    events.append(accepted)
    shop.happen(*events)
    return found


def answers(shop: Api) -> float:
    """β of the mug."""
    with shop.installation.database.transaction(read_only=True) as session:
        found = depths.lifts(session)
    return (found.get("home") or found[""]).get("mug", found[""][""])[0]


def until_learnt(
    shop: Api, clock: ManualClock, ask: Callable[[int], Any], done: Callable[[Any], bool]
) -> Any:
    """Ask until what was learnt is known: minds are made anew beside the answers."""
    for number in range(500):
        clock.advance(1_100_000)
        answer = ask(number)
        if done(answer):
            return answer
    raise AssertionError("it is never known")


def mugs(answer: Any) -> list[Any]:
    """Scores of the mug with a discount."""
    scores = answer["explanation"]["scores"]
    return [each for each in scores if each["action"] == "mug" and each["discount"]]


def test_the_answer_to_discounts_is_learnt_from_outcomes_and_replays(shop: Api, clock: ManualClock) -> None:
    before = answers(shop)
    slots = visits(shop, 120, "v", takes=10)
    assert len({slot["discount"] for slot in slots}) > 1, "depths are tried"
    assert answers(shop) > before + 0.5, "only those with a discount were taken"
    later = until_learnt(
        shop,
        clock,
        lambda number: decide(shop, "home", identifiers={"user_id": f"w{number}"}, explain=True),
        lambda answer: any(
            each["lift"] > 1 + (before + 0.5) * each["discount"] / 100 for each in mugs(answer)
        ),
    )
    for each in (*slots[:10], later):
        assert shop.get(f"/api/v1/decisions/{each['decision_id']}")["replay"] == "same"


def test_who_was_offered_a_discount_keeps_it(shop: Api) -> None:
    first = visits(shop, 10, "v", takes=100)
    again = visits(shop, 10, "v", takes=100)
    assert [slot["discount"] for slot in again] == [slot["discount"] for slot in first]


def foretold(shop: Api) -> dict[str, float]:
    """Action → acceptance, where nothing was ever shown."""
    answer = decide(shop, "app", explain=True, at=AT)
    return {each["action"]: each["acceptance"] for each in answer["explanation"]["scores"]}


def test_a_training_after_outcomes_changes_what_new_actions_begin_with(shop: Api, clock: ManualClock) -> None:
    before = foretold(shop)
    assert before["other_mug"] == before["letter"] == pytest.approx(0.05)
    purpose = {"purpose": "personalisation"}
    visitors = [f"v{number}" for number in range(60)]
    shop.happen(
        *(track("Consent Granted", f"c-{who}", AT, user_id=who, properties=purpose) for who in visitors)
    )
    visits(shop, 60, "v", takes=0)
    assert foretold(shop) == before, "not before the next training"
    assert acceptance.train(shop.installation) == 120
    after = until_learnt(shop, clock, lambda _: foretold(shop), lambda found: found["other_mug"] > 0.1)
    assert after["other_mug"] > 0.2
    assert after["letter"] < after["other_mug"] / 3


def test_outcomes_of_who_does_not_consent_are_not_learnt_from_nor_of_who_was_erased(shop: Api) -> None:
    for name in ("ann", "bea"):
        shop.happen(identify(f"i-{name}", AT, user_id=f"{name}0", traits={"first_name": name}))
    shop.happen(
        track("Consent Granted", "c1", AT, user_id="ann0", properties={"purpose": "personalisation"}),
        track("Consent Withdrawn", "c2", AT, user_id="bea0", properties={"purpose": "personalisation"}),
    )
    for name in ("ann", "bea"):
        visits(shop, 1, name, takes=0)
    slots = acceptance.train(shop.installation)
    assert slots == 2, "hers who agrees"
    person = shop.person("user_id:ann0")["person_id"]
    assert shop.request("DELETE", f"/api/v1/persons/{person}").status == 202
    assert acceptance.train(shop.installation) == 0
    assert foretold(shop)["other_mug"] == pytest.approx(0.05)
