"""What she says at the counter holds at once, whatever was said before; nothing personal outlives a no."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.app.definitions import apply
from tests.flow.api.harness import Api, track
from tests.flow.associate.conftest import agree
from tests.flow.associate.test_brief import WITHHELD, brief
from tests.flow.associate.test_telling import note, timeline

ASKED = "May our staff use what you bought and looked at with us to advise you?"
PERSONAL = "It goes with your size M."


def say(shop: Api, person: str, yes: bool, *, status: int = 201, drained: bool = False, **more: Any) -> Any:
    """What she says to an associate who is signed in; by default the loop has not reached it yet."""
    body = {"person_id": person, "granted": yes, "wording": ASKED, "locale": "en", "store": "s1", **more}
    headers = shop.signed_in("associate")
    answer = shop.request("POST", "/api/v1/associate/consents", role=None, body=body, headers=headers)
    assert answer.status == status, answer.body
    if drained:
        shop.installation.drain()
    return answer.json()


def assert_nothing_personal(told: dict[str, Any]) -> None:
    assert told["consent"]["personal"] is False
    assert set(told["withheld"]) == WITHHELD
    assert (told["who"]["city"], told["who"]["value"]) == (None, None)
    assert (told["last_online"], told["last_in_store"]) == (None, None)
    assert told["looked_at"] == told["sizes"] == told["preferences"] == []
    assert all(each["about"] == "service" for each in told["notes"])
    said = [slot["because"] for slot in told["suggestions"]["slots"]]
    assert said
    assert PERSONAL not in said


@pytest.mark.parametrize("drained", [False, True])
def test_a_yes_and_a_no_hold_at_once(shop: Api, ann: str, drained: bool) -> None:
    assert_nothing_personal(brief(shop, ann))
    said = say(shop, ann, True, drained=drained)["agreement"]
    told = brief(shop, ann)
    assert told["consent"]["personal"]
    assert told["withheld"] == []
    assert PERSONAL in [slot["because"] for slot in told["suggestions"]["slots"]]
    assert told["agreements"][0] == said
    assert (said["purpose"], said["channel"], said["state"], said["store"]) == (
        "personalisation", "associate", "granted", "Old Town",
    )  # fmt: skip
    assert said["by"].startswith("associate-")
    say(shop, ann, False, drained=drained)
    told = brief(shop, ann)
    assert_nothing_personal(told)
    assert told["consent"]["state"] == told["agreements"][0]["state"] == "denied"


def test_what_she_said_stands_on_the_timeline_with_its_proof(shop: Api, ann: str) -> None:
    before = shop.person("user_id:ann")["activity"]["last_seen"]
    by = say(shop, ann, True, drained=True)["agreement"]["by"]
    [event] = [each for each in timeline(shop, ann) if each["event"] == "Consent Granted"]
    said = event["properties"]
    assert (event["source"], event["channel"]) == ("associate", "associate")
    assert (said["purpose"], said["channel"], said["wording"], said["locale"]) == (
        "personalisation", "associate", ASKED, "en",
    )  # fmt: skip
    assert said["proof"] == f"said to {by} at Old Town"
    assert said["author"].startswith("user:")
    record = shop.person("user_id:ann")
    assert record["consent"]["personalisation"]["associate"]["source"] == "associate"
    assert record["activity"]["last_seen"] == before  # the staff acted
    [act] = [act for act in shop.get("/api/v1/audit")["acts"] if act["act"] == "consent recorded"]
    assert (act["subject"], act["actor_name"]) == (ann, by)
    assert act["detail"] == {"purpose": "personalisation", "channel": "associate", "state": "granted"}


def test_sent_again_it_is_recorded_once(shop: Api, ann: str) -> None:
    for _ in range(2):
        say(shop, ann, True, drained=True, statement_id="tablet-0001")
    assert [each["event"] for each in timeline(shop, ann)].count("Consent Granted") == 1


def test_it_speaks_for_its_purpose_and_channel_alone(shop: Api, ann: str) -> None:
    say(shop, ann, True, purpose="marketing", channel="email")
    told = brief(shop, ann)
    assert_nothing_personal(told)
    states = {(each["purpose"], each["channel"]): each["state"] for each in told["agreements"]}
    assert states["marketing", "email"] == "granted"
    assert states["marketing", "sms"] == states["personalisation", "associate"] == "unstated"
    assert ("service", None) not in states  # a contract needs it: nobody is asked


def test_a_preference_may_be_noted_as_soon_as_she_agrees(shop: Api, ann: str) -> None:
    note(shop, ann, "She likes blue", about="preference", status=409)
    say(shop, ann, True)
    note(shop, ann, "She likes blue", about="preference")
    assert [each["text"] for each in brief(shop, ann)["notes"]] == ["She likes blue"]
    say(shop, ann, False)
    note(shop, ann, "She likes green", about="preference", status=409)
    assert brief(shop, ann)["notes"] == []


def test_what_cannot_be_asked_is_said(shop: Api, ann: str) -> None:
    say(shop, "0" * 32, True, status=404)
    assert "wording" in say(shop, ann, True, wording=" ", status=400)["cure"]
    say(shop, ann, False, wording="")  # a no needs no words of ours
    for wrong in (
        {"purpose": "gossip"}, {"purpose": "service", "channel": None}, {"channel": "fax"}, {"channel": None},
        {"statement_id": "'; drop"}, {"granted": "maybe"}, {"wording": "x" * 2001},
    ):  # fmt: skip
        assert say(shop, ann, True, status=400, **wrong)["code"] == "invalid_input"
    house = shop.installation
    apply(house.database, house.clock, {"plan.yaml": "events: {}\nunplanned: {event: reject}\n"}, actor="t")
    house.look_again()
    assert "associate" in say(shop, ann, False, status=409)["message"]


def test_a_yes_is_always_recorded_whole(shop: Api, ann: str) -> None:
    """A source of which nothing is collected without consent still records what she says of it."""
    apply(
        shop.installation.database, shop.installation.clock,
        {"purposes.yaml": "collection: {associate: drop}\n"}, actor="t",
    )  # fmt: skip
    shop.installation.look_again()
    say(shop, ann, False, drained=True)
    assert_nothing_personal(brief(shop, ann))


EARLIER = st.lists(
    st.tuples(
        st.sampled_from(["shop", "till", "associate"]),
        st.booleans(),
        st.sampled_from(["associate", None, "kiosk"]),
        st.integers(0, 59),
        st.booleans(),
    ),
    max_size=6,
)


@given(earlier=EARLIER, applied=st.booleans())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_withdrawal_at_the_counter_beats_whatever_was_said_before(
    shop: Api, earlier: list[tuple[str, bool, str | None, int, bool]], applied: bool
) -> None:
    number = len(_PERSONS)
    user = f"law{number}"
    _PERSONS.append(user)
    attributes = {"shirt_size": "M", "city": "Berlin"}
    shop.happen(
        track("Product Viewed", f"{user}-v", "2026-02-01T10:00:00Z", user_id=user, properties={"sku": "coat"})
    )
    person = shop.person(f"user_id:{user}")["person_id"]
    for nth, (source, yes, channel, minute, drained) in enumerate(earlier):
        if source == "associate":
            if channel is not None:
                say(shop, person, yes, channel=channel, drained=drained)
            continue
        said = {"purpose": "personalisation", **({"channel": channel} if channel else {})}
        name = "Consent Granted" if yes else "Consent Withdrawn"
        at = f"2026-03-01T11:{minute:02}:00Z"
        shop.happen(track(name, f"{user}-{nth}", at, user_id=user, properties=said, traits=attributes),
                    source=source)  # fmt: skip
    say(shop, person, False, drained=applied)
    told = brief(shop, person)
    assert_nothing_personal(told)
    # and once the loop has caught up
    shop.installation.drain()
    assert_nothing_personal(brief(shop, person))
    say(shop, person, True, drained=applied)
    assert brief(shop, person)["consent"]["personal"]
    shop.installation.drain()
    assert brief(shop, person)["consent"]["personal"]


_PERSONS: list[str] = []


def test_another_s_later_word_beats_what_was_said_at_the_counter(shop: Api, ann: str, clock: Any) -> None:
    say(shop, ann, False, drained=True)
    clock.advance(60_000_000)
    said = {"purpose": "personalisation", "channel": "associate"}
    shop.happen(track("Consent Granted", "later", "2026-03-01T12:00:30Z", user_id="ann", properties=said))
    told = brief(shop, ann)
    assert told["consent"]["personal"]
    assert told["agreements"][0]["by"] is None  # she told the shop, and nobody of the staff


def test_the_export_holds_it_and_an_erasure_takes_it(shop: Api, ann: str) -> None:
    agree(shop)
    say(shop, ann, True, drained=True)
    assert "said to associate-" in str(shop.get(f"/api/v1/persons/{ann}/export"))
    assert shop.request("DELETE", f"/api/v1/persons/{ann}").status == 202
    brief(shop, ann, status=404)
    say(shop, ann, False, status=404)
