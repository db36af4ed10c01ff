"""The story's seven steps are true of the installation, as anybody may read it over HTTP."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.app.demo.acts import ACTOR
from segue.app.demo.decided import tell_of_a_decision
from segue.app.demo.run import run_demo
from segue.app.demo.story import FILE
from segue.app.persons import Persons
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, opened

from .conftest import MOST

NAMES = ["household", "anonymous", "shared_tablet", "conflict", "unmerge", "erasure", "decision"]


@pytest.fixture
def story(shown: Api) -> dict[str, Any]:
    return {step["name"]: step for step in shown.get("/api/v1/story")["steps"]}


@pytest.fixture
def api(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Api]:
    """A demo to be changed."""
    with opened(database_url, clock, tmp_path) as api:
        yield api


def identity(api: Api, person: str) -> Any:
    return api.get(f"/api/v1/persons/{person}/identity")


def test_the_story_has_seven_steps_in_order_each_with_its_place_in_the_console(shown: Api) -> None:
    told = shown.get("/api/v1/story")
    assert [(step["step"], step["name"]) for step in told["steps"]] == list(enumerate(NAMES, 1))
    for step in told["steps"]:
        assert step.keys() == {"step", "name", "link", "person_id", "facts", "composed", "note"}
        assert step["note"]
        if step["name"] not in {"erasure", "decision"}:
            assert step["link"] == f"/console/customers/{step['person_id']}"
    file = shown.installation.data / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_composed_is_labelled_and_nothing_else(shown: Api) -> None:
    composed = set(shown.get("/api/v1/story")["composed_sources"])
    sources = {source["name"] for source in shown.get("/api/v1/sources")["sources"]}
    assert sources - {"default"} == {*composed, "till", "crm", "direct_mail"}, (
        "default: of the test's own key"
    )


def test_the_household_is_known_by_many_identifiers_in_many_channels(shown: Api, story: Any) -> None:
    step = story["household"]
    facts = step["facts"]
    record = shown.get(f"/api/v1/persons/{step['person_id']}")
    assert shown.person(f"loyalty_card:{facts['card']}") == record
    assert len(record["identifiers"]) == facts["identifiers"] >= 5
    assert {each["kind"] for each in record["identifiers"]} == set(facts["kinds"])
    assert len(facts["kinds"]) >= 4
    assert record["orders"]["count"] == facts["orders"] > 0
    assert record["orders"]["revenue"] == facts["revenue"]
    assert sum(each["count"] for each in record["activity"]["events"].values()) == facts["events"] > 50


def test_an_anonymous_session_became_hers_by_the_link_that_is_named(shown: Api, story: Any) -> None:
    step = story["anonymous"]
    facts = step["facts"]
    found = identity(shown, step["person_id"])
    identifiers = {(each["kind"], each["value"]): each["fragment_id"] for each in found["identifiers"]}
    browser = identifiers["anonymous_id", facts["identifier"]["value"]]
    assert browser == facts["fragment_id"]
    whose = identifiers[facts["joined_to"]["kind"], facts["joined_to"]["value"]]
    [link] = [each for each in found["links"] if each["link_id"] == facts["link_id"]]
    assert link["active"]
    assert set(link["between"]) == {browser, whose}
    assert (link["proof"], link["first_proof_at"]) == (facts["proof"], facts["joined_at"])
    events = shown.get(f"/api/v1/persons/{step['person_id']}/timeline?limit=1000")["events"]
    before = [
        each for each in events if each["fragment_id"] == browser and each["timestamp"] < facts["joined_at"]
    ]
    assert len(before) == facts["events_before"] > 2
    assert min(each["timestamp"] for each in before) == facts["first_seen"]


def test_a_shared_tablet_is_nobodys_and_the_record_says_why_not(shown: Api, story: Any) -> None:
    step = story["shared_tablet"]
    facts = step["facts"]
    assert facts["customers"] == len(facts["persons"]) == 2
    device = f"{facts['device']['kind']}:{facts['device']['value']}"
    for person in facts["persons"]:
        found = identity(shown, person)
        assert facts["fragment_id"] in {each["fragment_id"] for each in found["shared_devices"]}
        assert facts["fragment_id"] not in {each["fragment_id"] for each in found["identifiers"]}
    user = f"{facts['user']['kind']}:{facts['user']['value']}"
    why = shown.post("/api/v1/persons/why", {"a": device, "b": user})
    assert not why["one_person"]
    assert why["because"] == facts["because"]
    assert facts["reason"] in {each["reason"] for each in why["inactive"]}
    assert facts["events_of_nobody"] > 0


def test_a_conflict_is_settled_for_the_source_that_can_prove_it(shown: Api, story: Any) -> None:
    step = story["conflict"]
    facts = step["facts"]
    attribute = shown.get(f"/api/v1/persons/{step['person_id']}")["attributes"][facts["attribute"]]
    assert (attribute["value"], attribute["source"], attribute["claimed"]) == (facts["value"], "crm", False)
    [other] = attribute["others"]
    assert [other] == facts["others"]
    assert (other["source"], other["claimed"]) == ("web_form", True)
    assert other["value"] != attribute["value"]
    assert other["observed_at"] > attribute["observed_at"], "the later one, and yet it did not win"


def test_a_merge_was_made_and_undone_and_both_stand_in_the_audit(shown: Api, story: Any) -> None:
    facts = story["unmerge"]["facts"]
    one, other = facts["persons"]
    assert one != other
    for person, count in zip((one, other), facts["orders"], strict=True):
        record = shown.get(f"/api/v1/persons/{person}")
        assert record["person_id"] == person
        assert record["orders"]["count"] == count
        [apart] = identity(shown, person)["aparts"]
        assert set(apart["between"]) == {one, other}
        assert apart["by"] == facts["by"]
    acts = [act for act in shown.get("/api/v1/audit")["acts"] if act["actor"] == facts["by"]]
    merged = next(act for act in acts if act["act"] == "persons merged")
    undone = next(act for act in acts if act["act"] == "unmerge")
    assert (merged["at"], undone["at"]) == (facts["merged_at"], facts["unmerged_at"])
    assert merged["detail"]["link"] == undone["detail"]["link"] == facts["link_id"]


def test_an_erasure_is_proven_and_her_id_finds_nobody(shown: Api, story: Any) -> None:
    step = story["erasure"]
    facts = step["facts"]
    shown.get(f"/api/v1/persons/{step['person_id']}", 404)
    state = shown.get(f"/api/v1/erasures/{facts['erasure_id']}")
    assert state["state"] == "proven"
    proof = state["proof"]
    assert (proof["proven_at"], proof["fragments"]) == (facts["proven_at"], facts["identifiers"])
    assert proof["left"] == facts["left"]
    assert not any(proof["left"].values())
    assert proof["searched"]["lake_rows"] == facts["searched"]["lake_rows"] > 1_000
    kept = (shown.installation.data / FILE).read_text()
    assert "Lena" not in kept
    assert "leaving" not in kept


def test_a_decision_for_one_of_its_customers_is_told_with_its_reasons_and_what_became_of_it(
    shown: Api, story: Any
) -> None:
    step = story["decision"]
    facts = step["facts"]
    assert step["link"] == f"/console/decisions/{facts['decision_id']}"
    whole = shown.get(f"/api/v1/decisions/{facts['decision_id']}")
    decision = whole["decision"]
    assert (decision["person_id"], decision["identity"]) == (step["person_id"], "certain")
    assert shown.person(f"loyalty_card:{facts['card']}")["person_id"] == step["person_id"]
    assert (facts["at"], facts["placement"]) == (decision["at"], decision["placement"])
    [first, *_] = decision["slots"]
    assert (facts["action"], facts["outcome"], facts["outcome_at"]) == (
        first["action"], "accepted", first["at"],
    )  # fmt: skip
    assert facts["because"] == whole["slots"][0]["because"] != ""
    assert facts["funnel"] == whole["funnel"]
    assert sum(each["dropped"] for each in facts["funnel"]) == facts["considered"] - len(decision["slots"])
    assert facts["competed"] == len(whole["explanation"]["scores"]) > 0
    # no other that could have been told had more kinds of reasons
    taken = shown.get("/api/v1/decisions?outcome=accepted&limit=500")["decisions"]
    could = [
        each["decision_id"]
        for each in taken
        if each["identity"] == "certain" and each["slots"][0]["outcome"] == "accepted"
        if "loyalty_card" in kinds_of(shown, each["person_id"])
    ]
    assert facts["decision_id"] in could
    reasons = [stages(shown.get(f"/api/v1/decisions/{each}")["funnel"]) for each in could[:20]]
    assert stages(facts["funnel"]) >= max(reasons)


def kinds_of(api: Api, person: str) -> set[str]:
    """Kinds of what she is known by."""
    return {each["kind"] for each in api.get(f"/api/v1/persons/{person}")["identifiers"]}


def stages(funnel: list[dict[str, Any]]) -> int:
    """At how many stages something fell out."""
    return sum(each["dropped"] > 0 for each in funnel)


def test_where_nothing_was_decided_no_decision_is_told(api: Api) -> None:
    assert tell_of_a_decision(api.installation) is None
    assert not (api.installation.data / FILE).exists()


def test_where_no_demo_was_run_there_is_no_story(api: Api) -> None:
    answer = api.request("GET", "/api/v1/story", role="read")
    assert (answer.status, answer.json()["code"]) == (404, "not_found")
    (api.installation.data / FILE).write_text("{")
    assert api.request("GET", "/api/v1/story").status == 404


@pytest.mark.slow
def test_run_again_the_demo_does_nothing_twice_and_tells_the_same(api: Api) -> None:
    installation = api.installation
    first = run_demo(installation, most=MOST)
    told = api.get("/api/v1/story")
    acts = api.get("/api/v1/audit")["acts"]
    again = run_demo(installation, most=MOST)
    later = api.get("/api/v1/story")
    assert later["steps"] == told["steps"]
    assert api.get("/api/v1/audit")["acts"] == acts, "keys, merge, unmerge and erasure were there"
    assert (again.identity, again.persons) == (first.identity, first.persons)

    # a demo that was interrupted between the merge and its undoing is set right by the next
    one, other = later["steps"][4]["facts"]["persons"]
    Persons(installation).merge(one, other, actor=ACTOR)
    (installation.data / FILE).unlink()
    run_demo(installation, most=MOST)
    assert api.get(f"/api/v1/persons/{one}")["person_id"] == one
    assert api.get(f"/api/v1/persons/{other}")["person_id"] == other
    assert set(api.get("/api/v1/story")["steps"][4]["facts"]["persons"]) == {one, other}


def test_the_story_forgets_whom_segue_forgets(api: Api) -> None:
    run_demo(api.installation, most=MOST)
    before = {step["name"]: step for step in api.get("/api/v1/story")["steps"]}
    hers = before["shared_tablet"]["facts"]["persons"][0]
    record = api.get(f"/api/v1/persons/{hers}")
    assert api.request("DELETE", f"/api/v1/persons/{hers}").status == 202
    kept = (api.installation.data / FILE).read_text()
    for gone in (hers, *record["fragments"], *(each["value"] for each in record["identifiers"])):
        assert f'"{gone}"' not in kept
    steps = {step["name"]: step for step in api.get("/api/v1/story")["steps"]}
    assert steps["shared_tablet"]["facts"] == {}
    assert steps["shared_tablet"]["person_id"] is None
    assert steps["unmerge"] == before["unmerge"]
    told_of = before["decision"]
    assert steps["decision"] == told_of
    assert api.request("DELETE", f"/api/v1/persons/{told_of['person_id']}").status == 202
    kept = (api.installation.data / FILE).read_text()
    assert told_of["person_id"] not in kept
    assert told_of["facts"]["decision_id"] not in kept
