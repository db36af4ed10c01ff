"""The policy report: of decisions of which it is known what became of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.app.deciding import weighing
from segue.app.deciding.policy import report
from segue.app.folders import with_candidate
from segue.domain.order import DAY
from segue.errors import NotFoundError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, track
from tests.flow.deciding.conftest import ACTIONS, decide

AT = "2026-03-01T12:00:00Z"


@pytest.fixture
def seen(shop: Api) -> list[Any]:
    """Sixty visitors of the entrance; whoever is shown the umbrella takes it."""
    answers, events = [], []
    for number in range(60):
        rain: Any = {"weather": {"rain": True, "temp_c": 5}}
        answer = decide(shop, "entrance", context=rain, limit=1, explain=True)
        answers.append(answer)
        said = {"decision_id": answer["decision_id"], "slot": 0}
        events.append(track("Action Shown", f"s{number}", AT, user_id=f"v{number}", properties=said))
        if answer["slots"][0]["action"] == "umbrella":
            events.append(track("Action Accepted", f"t{number}", AT, user_id=f"v{number}", properties=said))
    shop.happen(*events)
    return answers


def test_the_logged_policy_is_worth_what_it_earned(shop: Api, seen: list[Any]) -> None:
    told = shop.get("/api/v1/policies/entrance")
    taken = sum(each["slots"][0]["action"] == "umbrella" for each in seen)
    logged = next(each for each in told["policies"] if each["policy"] == "logged")
    value = {each["estimator"]: each["value"] for each in logged["estimates"]}
    assert told["decisions"] == 60
    assert value["ips"] == value["snips"] == pytest.approx(4 * taken / 60)
    assert {each["action"]: each["accepted"] for each in told["actions"]}.get("umbrella", 0) == taken
    assert logged["effective"] == pytest.approx(60)
    for found in told["policies"]:
        for each in found["estimates"]:
            assert each["low"] - 1e-9 <= each["value"] <= each["high"] + 1e-9


def test_a_candidate_is_told_from_the_same_log(shop: Api, seen: list[Any], tmp_path: Path) -> None:
    file = tmp_path / "actions.yaml"
    file.write_text(ACTIONS.replace("value: 4", "value: 4000"))
    bodies = with_candidate(shop.installation.database, file)
    found = report(shop.installation, "entrance", candidate=bodies)
    chances = {each.policy: each for each in found.policies}
    always = {each.estimator: each.value for each in chances["candidate"].estimates}
    even = {each.estimator: each.value for each in chances["even"].estimates}
    assert always["snips"] > even["snips"], "it would nearly always show what everybody takes"


def test_what_each_action_did_is_told_with_an_interval(shop: Api, seen: list[Any]) -> None:
    shown = [each["slots"][0]["action"] for each in seen]
    earned = {each["action"]: each for each in shop.get("/api/v1/policies/entrance")["earned"]}
    assert {name: each["shown"] for name, each in earned.items()} == {
        name: shown.count(name) for name in shown
    }
    umbrella = earned["umbrella"]
    assert (umbrella["clicked"], umbrella["accepted"]) == (umbrella["shown"], umbrella["shown"])
    assert umbrella["value"] == pytest.approx(4 * umbrella["shown"])
    assert (umbrella["low"], umbrella["high"]) == (pytest.approx(4), pytest.approx(4))


def test_every_placement_stands_in_the_overview(shop: Api, seen: list[Any]) -> None:
    found = shop.get("/api/v1/policies")["placements"]
    assert [each["placement"] for each in found] == ["home_hero", "entrance", "till"]
    [day] = found[1]["series"]
    assert (day["decisions"], day["impressions"], day["actions"]) == (60, 60, [])
    assert found[0]["series"] == []


def test_nothing_seen_is_an_empty_report(shop: Api) -> None:
    decide(shop, "entrance")
    told = report(shop.installation, "entrance")
    assert (told.decisions, told.policies, told.actions) == (0, [], [])
    with pytest.raises(NotFoundError, match="no placement"):
        report(shop.installation, "nowhere")


def test_the_days_are_told_one_by_one(shop: Api, seen: list[Any], clock: ManualClock) -> None:
    clock.advance(2 * DAY)
    decide(shop, "entrance", context={"weather": {"rain": True}}, limit=1)
    found = shop.get("/api/v1/policies/entrance")
    first, between, last = found["series"]
    taken = sum(each["slots"][0]["action"] == "umbrella" for each in seen)
    assert (first["day"], first["decisions"], first["impressions"], first["acceptances"]) == (
        "2026-03-01", 60, 60, taken,
    )  # fmt: skip
    assert first["value"] == pytest.approx(4 * taken)
    assert first["low"] <= first["mean"] <= first["high"]
    assert first["mean"] == pytest.approx(4 * taken / 60)
    explored = {each["action"]: each["explored"] for each in first["actions"]}
    best = {each["action"] for each in seen[0]["explanation"]["scores"][:1]}
    assert explored.keys() == {each["slots"][0]["action"] for each in seen}
    assert [explored[name] for name in best & explored.keys()] == [0]
    assert first["exploration"] == pytest.approx(sum(explored.values()) / 60)
    assert (between["decisions"], between["mean"], between["exploration"], between["actions"]) == (
        0,
        None,
        None,
        [],
    )
    assert (last["day"], last["decisions"], last["impressions"]) == ("2026-03-03", 1, 0)


def test_a_long_log_gets_the_intervals_that_resampling_gives(
    shop: Api, seen: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resampled = report(shop.installation, "entrance")
    monkeypatch.setattr(weighing, "RESAMPLED", 10)
    found = report(shop.installation, "entrance")
    for one, other in zip(resampled.policies, found.policies, strict=True):
        assert (one.policy, one.effective, one.warnings) == (other.policy, other.effective, other.warnings)
        for a, b in zip(one.estimates, other.estimates, strict=True):
            assert a.estimator == b.estimator
            assert a.value == pytest.approx(b.value)
            if one.policy == "logged" and a.estimator in {"ips", "dr"}:
                assert (b.high - b.low) == pytest.approx(a.high - a.low, rel=0.25)
    assert len(report(shop.installation, "entrance", most=7).actions) <= 7


def test_what_the_log_never_tried_is_warned_of(shop: Api, seen: list[Any], tmp_path: Path) -> None:
    file = tmp_path / "actions.yaml"
    file.write_text(ACTIONS.replace("  umbrella:\n", "  parasol:\n"))
    found = report(shop.installation, "entrance", candidate=with_candidate(shop.installation.database, file))
    [candidate] = [each for each in found.policies if each.policy == "candidate"]
    assert candidate.effective < 60
    assert candidate.warnings
