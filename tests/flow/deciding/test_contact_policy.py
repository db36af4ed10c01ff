"""How often is enough in a channel: two e-mails a week, whatever they show and however many ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.domain.order import DAY, MINUTE
from segue.errors import SegueError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, identify, track
from tests.flow.deciding.conftest import decide

AT = "2026-03-01T11:00:00Z"
RULE = "at most 2 per person in email, whatever they show, 7 days"
PLACEMENTS = """
placements:
  letter: {touchpoint: email, slots: 2, formats: [letter], fallback: story, timeout_ms: 10000,
    silence: 2 days, caps: [{max: 2, within: 7 days}]}
  flash:  {touchpoint: email, formats: [letter], fallback: story, timeout_ms: 10000, silence: 2 days,
    caps: [{per: person, max: 2, within: 7 days}]}
  order:  {touchpoint: email, formats: [letter], fallback: story, timeout_ms: 10000, silence: 2 days}
  hero:   {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000, silence: 1 day}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: letter, text: Hello}, {format: banner, text: Hello}]}
  tea:   {kind: offer, value: 2, content: [{format: letter, text: Tea}]}
  cake:  {kind: offer, value: 3, content: [{format: letter, text: Cake}]}
  jam:   {kind: offer, value: 4, content: [{format: letter, text: Jam}]}
  now:
    kind: offer
    value: 3
    caps: [{per: person, max: 1, within: 30 minutes}, {per: everybody, max: 2, within: 45 minutes}]
    content: [{format: banner, text: Now}]
"""
ANN: Any = {"identifiers": {"user_id": "ann"}}


@pytest.fixture
def post(shop: Api) -> Api:
    """A shop that writes letters, and Ann."""
    shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    shop.happen(identify("a1", AT, user_id="ann"))
    return shop


def test_two_letters_a_week_and_no_third_whatever_it_would_say(post: Api, clock: ManualClock) -> None:
    for placement in ("letter", "flash"):
        assert not decide(post, placement, **ANN)["fallback"]
    for placement in ("letter", "flash"):
        third = decide(post, placement, explain=True, **ANN)
        assert (third["slots"], third["fallback"]) == ([], True)
        dropped = third["explanation"]["dropped"]
        fell = {each["action"]: (each["stage"], each["rule"]) for each in dropped}
        assert [fell[name] for name in ("tea", "cake", "jam")] == [("caps", RULE)] * 3
    assert decide(post, "order", **ANN)["slots"], "what has no caps is not held back"
    assert decide(post, "letter", identifiers={"user_id": "bob"})["slots"], "and nobody else is"
    clock.advance(7 * DAY)
    assert decide(post, "letter", **ANN)["slots"], "nobody saw them, and the week is over"


def test_a_letter_that_nobody_saw_gives_way_after_its_silence(post: Api, clock: ManualClock) -> None:
    seen = decide(post, "letter", **ANN)["decision_id"]
    post.happen(track("Action Shown", "s1", AT, user_id="ann", properties={"decision_id": seen}))
    decide(post, "letter", **ANN)
    assert decide(post, "letter", **ANN)["slots"] == []
    clock.advance(2 * DAY + 1)
    assert len(decide(post, "letter", **ANN)["slots"]) == 2
    assert decide(post, "letter", **ANN)["slots"] == []


def test_two_hundred_at_once_never_exceed_what_a_channel_may(post: Api) -> None:
    """Two processes' desks, two placements of the channel, two hundred questions about one person."""
    desks = [Desk(post.installation), Desk(post.installation)]
    asked = [DecisionRequest(placement=each, identifiers={"user_id": "ann"}) for each in ("letter", "flash")]
    try:
        with ThreadPoolExecutor(16) as pool:
            found = list(
                pool.map(
                    lambda n: desks[n % 2].ask_all([(asked[n // 2 % 2], Asker(trusted=True))])[0], range(200)
                )
            )
    finally:
        for desk in desks:
            desk.close()
    assert not [each for each in found if isinstance(each, SegueError)]
    assert sum(bool(each.slots) for each in found if not isinstance(each, SegueError)) == 2


def test_in_one_batch_the_second_letter_counts_for_the_third(post: Api) -> None:
    requests = [{"placement": "letter", **ANN}, {"placement": "flash", **ANN}, {"placement": "letter", **ANN}]
    answer = post.post("/api/v1/decisions/batch", {"requests": requests})
    assert [bool(each["slots"]) for each in answer["decisions"]] == [True, True, False]


def test_minutes_are_counted_for_her_and_for_everybody(post: Api, clock: ManualClock) -> None:
    def shown(who: str) -> str:
        [slot] = decide(post, "hero", identifiers={"user_id": who})["slots"]
        return str(slot["action"])

    assert [shown("ann"), shown("ann"), shown("bob"), shown("cid")] == ["now", "story", "now", "story"]
    clock.advance(29 * MINUTE)
    assert shown("ann") == "story"
    clock.advance(MINUTE)
    assert shown("ann") == "story", "everybody's cap is still full"
    clock.advance(14 * MINUTE)
    assert shown("ann") == "story"
    clock.advance(MINUTE)
    assert [shown("ann"), shown("ann"), shown("cid"), shown("dan")] == ["now", "story", "now", "story"]


def test_a_kept_letter_says_the_same_when_it_is_made_again(post: Api) -> None:
    for _ in range(3):
        last = decide(post, "letter", **ANN)
    assert last["slots"] == []
    replayed = post.get(f"/api/v1/decisions/{last['decision_id']}")
    assert replayed["replay"] == "same"
    assert RULE in {each["rule"] for each in replayed["explanation"]["dropped"]}
