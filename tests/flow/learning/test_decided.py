"""A decision keeps which version of a model said what it was made from, also once another is trained."""

from __future__ import annotations

from typing import Any

from segue.app.learning.training import Order, train
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, track
from tests.flow.deciding.conftest import decide

from .simple import Simple, order

PLACEMENTS = "placements: {home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}}"
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  again:
    kind: offer
    value: 5
    audience: {field: predictions.orders_soon, op: ">=", value: 2}
    content: [{format: banner, headline: Back so soon}]
  named:
    kind: offer
    value: 50
    audience: {field: predictions.orders_soon.model, op: exists}
    content: [{format: banner, headline: By whom}]
"""


def trained(api: Api, clock: ManualClock) -> str:
    """The version that is in force from now on."""
    clock.advance(1_000_000)
    [found] = train(api.installation, Order())
    assert found.state == "ready"
    return f"predict@{found.version}"


def test_predictions_that_a_decision_used_are_kept_with_the_version_that_made_them(
    api: Api, clock: ManualClock, simple: Simple
) -> None:
    api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    api.happen(order("ann", 1), order("ann", 5, "a", "b"), order("bob", 3))
    agreed = {"purpose": "personalisation"}
    api.happen(track("Consent Granted", "c", "2026-02-20T00:00:00Z", user_id="ann", properties=agreed))
    hers: Any = {"identifiers": {"user_id": "ann"}, "explain": True}
    before = decide(api, "home", **hers)
    assert before["explanation"]["models"] == [], "nothing is trained yet"
    versions, answers = [], []
    for quality in (0.7, 0.9):
        simple.quality = quality
        versions.append(trained(api, clock))
        answers.append(decide(api, "home", **hers))
    assert versions[0] != versions[1]
    for version, answer in zip(versions, answers, strict=True):
        assert [slot["action"] for slot in answer["slots"]] == ["again"], str(answer)
        used = [{"model": version, "predictions": ["orders_soon"], "products": []}]
        assert answer["explanation"]["models"] == used
        whole = api.get(f"/api/v1/decisions/{answer['decision_id']}")
        assert (whole["explanation"]["models"], whole["replay"]) == (used, "same")
    whole = api.get(f"/api/v1/decisions/{before['decision_id']}")
    assert (whole["explanation"]["models"], whole["replay"]) == ([], "same")
