"""What is learnt beside acceptance itself: how discounts are answered, and what new actions begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from segue.app.deciding.policy import PolicyReport, report
from segue.app.folders import with_candidate
from segue.app.learning import acceptance
from segue.decide import depths
from segue.decide.kept import decision_of, packed
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

BEFORE = Statement(
    "before",
    "",
    """with whole as (update decision set answer = %(answer)s where decision_id = %(id)s)
    update contact set propensity = %(propensity)s where decision_id = %(id)s and slot = %(slot)s""",
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


def test_the_report_tells_depths_apart_and_values_a_candidate_by_its_own(shop: Api, tmp_path: Path) -> None:
    """Whoever is shown the mug at 10 % or more takes it; a candidate gives 10 % always."""
    slots = visits(shop, 60, "v", takes=10)
    shown = Counter(slot["discount"] for slot in slots)
    told = shop.get("/api/v1/policies/home")
    [mug] = [each for each in told["earned"] if each["action"] == "mug"]
    assert {each["discount"]: each["shown"] for each in mug["depths"]} == shown
    assert {each["discount"]: each["accepted"] for each in mug["depths"]} == {**shown, 0: 0}
    assert sum(each["value"] for each in mug["depths"]) == pytest.approx(mug["value"])
    [news] = [each for each in told["earned"] if each["action"] == "news"]
    assert news["depths"] == []
    [first] = [each for each in told["actions"] if each["action"] == "mug"]
    assert first["seen"] == sum(each["seen"] for each in first["depths"])
    assert all(0 < each["propensity"] < first["propensity"] for each in first["depths"])

    file = tmp_path / "actions.yaml"
    file.write_text(ACTIONS.replace("[0, 10, 20, 30]", "[10]"))
    bodies = with_candidate(shop.installation.database, file)
    found = values(report(shop.installation, "home", candidate=bodies))
    decided_before_depths_had_a_chance(shop)
    assert values(report(shop.installation, "home", candidate=bodies)) == {
        name: pytest.approx(value) for name, value in found.items()
    }


def values(found: PolicyReport) -> dict[str, float]:
    """Of the candidate, by estimator."""
    [candidate] = [each for each in found.policies if each.policy == "candidate"]
    return {each.estimator: each.value for each in candidate.estimates}


def decided_before_depths_had_a_chance(shop: Api) -> None:
    """What is kept as it was kept then: of each slot the propensity of its action alone."""
    with shop.installation.database.transaction() as session:
        for decision_id, answer in session.fetch(
            Statement("kept", "", "select decision_id, answer from decision")
        ):
            kept = msgspec.to_builtins(decision_of(answer), builtin_types=(bytes,))
            for place, slot in enumerate(kept["slots"]):
                slot["propensity"], _ = slot.pop("action_propensity"), slot.pop("tried")
                session.execute(
                    BEFORE, id=decision_id, slot=place, propensity=slot["propensity"], answer=packed(kept)
                )


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
