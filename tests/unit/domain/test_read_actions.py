"""placements.yaml and actions.yaml: what they mean, what is wrong with them, and the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segue.domain.actions import ATTRIBUTION, Action, Cap, Content, Lever, Placement, Quiet, Suppression
from segue.domain.conditions import All, Compare, Condition, Did, InSegment, Not, Window
from segue.domain.rules.actions import Names, actions_to_yaml, read_actions
from segue.domain.rules.placements import check_fallbacks, placements_to_yaml, read_placements
from segue.domain.rules.traits import read_traits
from segue.errors import DefinitionError

TRAITS = read_traits("traits: {orders_90d: {count: Order Completed, window: 90 days}}")
NAMES = Names(TRAITS, ("personalisation", "service"))

FORMATS = """
placements:
  home_hero: {touchpoint: web, slots: 1, formats: [banner], fallback: brand_story, seen_by: one, exploration: 0.05, timeout_ms: 100, personal_facts: 1}
  entrance:  {touchpoint: display, slots: 3, formats: [portrait], fallback: brand_story, seen_by: many}
"""  # noqa: E501
COFFEE = """
actions:
  brand_story: {kind: content, content: [{format: banner, headline: Welcome}, {format: portrait, headline: Welcome}]}
  free_coffee:
    kind: offer
    group: coffee
    valid: {from: 2026-01-01, until: 2026-12-31}
    audience: {field: traits.orders_90d, op: ">=", value: 1}
    applicable: {field: context.daypart, op: "=", value: morning}
    suitable: {not: {segment: open_complaint}}
    value: 1.80
    cost: 0.05
    purpose: personalisation
    sensitivity: none
    stock: {sku: "123"}
    discounts: [0, 5, 10]
    floor: 2.49
    caps: [{per: person, max: 2, within: 7 days}, {per: person, group: coffee, max: 3, within: 7 days}]
    suppress: [{outcome: dismissed, count: 3, within: 7 days, pause: 30 days}]
    levers: [{when: {did: Product Viewed, at_least: 2, within: 7 days}, multiply: 2}]
    content:
      - {format: banner, locale: en, headline: "Good morning, {{ person.first_name | default: 'there' }}", because: "because you like our coffee"}
      - {format: banner, locale: de, headline: "Guten Morgen"}
"""  # noqa: E501


def test_what_the_format_says_is_read_to_the_letter() -> None:
    hero, entrance = read_placements(FORMATS)
    assert hero == Placement(name="home_hero", touchpoint="web", formats=("banner",), fallback="brand_story")
    assert (entrance.slots, entrance.seen_by, entrance.touchpoint) == (3, "many", "display")
    story, coffee = read_actions(COFFEE, NAMES)
    assert story.content == (
        Content("banner", None, (("headline", "Welcome"),)),
        Content("portrait", None, (("headline", "Welcome"),)),
    )
    week = Window("days", 7)
    assert coffee == Action(
        name="free_coffee",
        kind="offer",
        group="coffee",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        audience=Compare(("traits", "orders_90d"), ">=", 1),
        applicable=Compare(("context", "daypart"), "=", "morning"),
        suitable=Not(InSegment("open_complaint")),
        value=1_800_000,
        cost=50_000,
        purpose="personalisation",
        sku="123",
        discounts=(0, 5, 10),
        floor=2_490_000,
        caps=(Cap(2, week), Cap(3, week, "person", "coffee")),
        suppress=(Suppression("dismissed", 3, week, Window("days", 30)),),
        levers=(Lever(Did("Product Viewed", None, 2, week), 2.0),),
        content=coffee.content,
    )
    assert coffee.content[0].because == "because you like our coffee"


def test_fallbacks_exist() -> None:
    placements = read_placements(FORMATS)
    check_fallbacks(placements, {"brand_story"})
    with pytest.raises(DefinitionError, match="no action 'brand_story'") as caught:
        check_fallbacks(placements, {"brand_stories"})
    assert caught.value.cure == "did you mean 'brand_stories'?"


@pytest.mark.parametrize(
    ("change", "says", "cure"),
    [
        ({"kind": "ofer"}, "'ofer' is not one of them", "did you mean 'offer'?"),
        ({"vale": 1}, "'vale' is not known", "did you mean 'value'?"),
        ({"value": -1}, "no amount of money", "1.80"),
        ({"value": "much"}, "no amount of money", "1.80"),
        ({"value": float("nan")}, "no amount of money", "1.80"),
        ({"valid": {"from": "2026-13-01"}}, "is no day", "2026-12-31"),
        ({"valid": {"from": "2026-02-01", "until": "2026-01-01"}}, "ends before it begins", "exchange"),
        (
            {"audience": {"field": "traits.orders_9d", "op": ">", "value": 1}},
            "no traits.orders_9d",
            "orders_90d",
        ),
        ({"audience": {"field": "context.wether", "op": "exists"}}, "no context.wether", "weather"),
        ({"purpose": "personalization"}, "no purpose", "personalisation"),
        ({"discounts": [5, 101]}, "percentages from 0 to 95", "[0, 5, 10]"),
        ({"caps": [{"per": "person", "within": "7 days"}]}, "max is missing", "max: 2"),
        ({"caps": [{"max": 1, "group": "tea"}]}, "no action is of group 'tea'", "coffee"),
        ({"suppress": [{"outcome": "hated", "within": "1 day", "pause": "1 day"}]}, "'hated'", ""),
        ({"suppress": [{"outcome": "dismissed", "pause": "1 day"}]}, "how long is missing", "7 days"),
        ({"levers": [{"when": {"segment": "x"}, "multiply": -1}]}, "a number from 0", "multiply: 2"),
        ({"levers": [{"multiply": 2}]}, "when is missing", "condition"),
        ({"content": [{"headline": "x"}]}, "format is missing", "banner"),
        ({"content": [{"format": "banner", "headline": ["x"]}]}, "expected a text", "shorten"),
        ({"content": [{"format": "banner", "headline": "{{ person.name"}]}, "no template", "Liquid"),
        ({"content": [{"format": "banner", "headline": "{{ customer.name }}"}]}, "no 'customer'", "person"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(change: dict[str, Any], says: str, cure: str) -> None:
    action = {"kind": "offer", "group": "coffee", **change}
    with pytest.raises(DefinitionError) as caught:
        read_actions(yaml.safe_dump({"actions": {"free_coffee": action}}), NAMES)
    assert says in caught.value.message
    assert cure in (caught.value.cure or "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"touchpoint": "web site"}, "'web site' is not one of them"),
        ({"touchpoint": None}, "touchpoint is missing"),
        ({"slots": 21}, "more than 20"),
        ({"slots": 0}, "at least 1"),
        ({"exploration": 0.6}, "share of 0 to 0.5"),
        ({"silence": "1 month"}, "no time from 1 minute"),
        ({"seen_by": "all"}, "'all' is not one of them"),
        ({"touchpoint": "till", "personal_facts": 1}, "tells nothing of her"),
        ({"quiet": "21:00-08:00"}, "nobody is disturbed by web"),
        ({"touchpoint": "sms", "quiet": "21-8"}, "no hours of a day"),
        ({"touchpoint": "sms", "quiet": "24:00-08:00"}, "no hours of a day"),
        ({"touchpoint": "sms", "quiet": 1260}, "no hours of a day"),
        ({"touchpoint": "sms", "quiet": "08:00-8:00"}, "ends when it begins"),
    ],
)
def test_placements_tell_what_is_wrong(change: dict[str, Any], says: str) -> None:
    whole = {"touchpoint": "web", "formats": ["banner"], "fallback": "brand_story", **change}
    with pytest.raises(DefinitionError) as caught:
        read_placements(yaml.safe_dump({"placements": {"home": whole}}))
    assert says in caught.value.message


# ── there and back ─────────────────────────────────────────────────────────────────

NAME = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
WINDOWS = st.builds(Window, st.just("days"), st.integers(1, 60)) | st.builds(
    Window, st.just("hours"), st.integers(1, 48)
)
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, st.just(("traits", "orders_90d")), st.just(">="), st.integers(0, 9)),
    st.builds(Compare, st.just(("context", "weather", "temp_c")), st.just("<"), st.integers(-9, 30)),
    st.builds(Compare, st.just(("basket", "value")), st.just(">"), st.integers(0, 99)),
    st.builds(InSegment, NAME),
    st.builds(Did, st.just("Product Viewed"), st.none(), st.integers(1, 4), WINDOWS),
).flatmap(lambda one: st.sampled_from([one, Not(one), All((one, one))]))
TEXT = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="{"), min_size=1, max_size=20
)
CONTENTS = st.builds(
    Content,
    st.sampled_from(["banner", "portrait"]),
    st.none() | st.sampled_from(["de", "en-GB"]),
    st.dictionaries(st.sampled_from(["headline", "body", "image"]), TEXT).map(
        lambda told: tuple(told.items())
    ),
    st.none() | TEXT,
)
ACTIONS = st.builds(
    Action,
    name=NAME,
    kind=st.sampled_from(["offer", "recommendation", "content", "service", "message"]),
    title=st.just(""),
    group=st.just("coffee"),
    valid_from=st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1)),
    valid_until=st.none() | st.dates(date(2025, 1, 2), date(2030, 1, 1)),
    audience=st.none() | CONDITIONS,
    applicable=st.none() | CONDITIONS,
    suitable=st.none() | CONDITIONS,
    value=st.integers(0, 10_000).map(lambda cents: cents * 10_000),
    cost=st.integers(0, 10_000).map(lambda cents: cents * 10_000),
    purpose=st.sampled_from([None, "service", "personalisation"]),
    sensitivity=st.sampled_from(["none", "health"]),
    sku=st.none() | NAME,
    discounts=st.sets(st.integers(0, 95), max_size=4).map(lambda them: tuple(sorted(them))),
    floor=st.none() | st.integers(0, 999).map(lambda cents: cents * 10_000),
    caps=st.lists(
        st.builds(
            Cap,
            st.integers(0, 9),
            st.none() | WINDOWS,
            st.sampled_from(["person", "everybody"]),
            st.sampled_from([None, "coffee"]),
            st.sampled_from([None, "web", "till"]),
        ),
        max_size=3,
    ).map(tuple),
    suppress=st.lists(
        st.builds(
            Suppression,
            st.sampled_from(["ignored", "dismissed"]),
            st.integers(1, 5),
            WINDOWS,
            WINDOWS,
            st.sampled_from([None, "coffee"]),
        ),
        max_size=2,
    ).map(tuple),
    levers=st.lists(
        st.builds(Lever, when=CONDITIONS, multiply=st.integers(0, 10).map(float)), max_size=2
    ).map(tuple),
    content=st.lists(CONTENTS, max_size=3).map(tuple),
)


@given(st.lists(ACTIONS, max_size=4, unique_by=lambda action: action.name))
def test_actions_come_back_as_they_were(actions: list[Action]) -> None:
    assert list(read_actions(actions_to_yaml(actions), NAMES)) == actions


@given(
    st.lists(
        st.builds(
            Placement,
            name=NAME,
            touchpoint=st.sampled_from(["web", "display", "sms"]),
            slots=st.integers(1, 20),
            formats=st.lists(NAME, min_size=1, max_size=3).map(tuple),
            fallback=NAME,
            seen_by=st.sampled_from(["one", "many"]),
            exploration=st.sampled_from([0.0, 0.05, 0.5]),
            timeout_ms=st.integers(1, 10_000),
            personal_facts=st.integers(0, 3),
            silence=st.integers(1, 100).map(lambda minutes: minutes * 60),
        ),
        max_size=4,
        unique_by=lambda placement: placement.name,
    ),
    st.lists(st.integers(0, 1_439), min_size=2, max_size=2, unique=True).map(lambda both: Quiet(*both)),
)
def test_placements_come_back_as_they_were(placements: list[Placement], quiet: Quiet) -> None:
    placements = [
        msgspec.structs.replace(each, quiet=quiet) if each.touchpoint == "sms" else each
        for each in placements
    ]
    assert list(read_placements(placements_to_yaml(placements))) == placements


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ("", ATTRIBUTION),
        ("attribution: 7 days", ATTRIBUTION),
        ("attribution: 1 minute", Window("minutes", 1)),
        ("attribution: 2 weeks", Window("days", 14)),
        ("attribution: 90 days", Window("days", 90)),
        ("attribution: 2160 hours", Window("hours", 2_160)),
    ],
)
def test_how_long_an_order_is_credited(said: str, window: Window) -> None:
    text = f"actions: {{mug: {{kind: offer, {said}}}}}"
    [found] = read_actions(text, NAMES)
    assert found.attribution == window
    assert read_actions(actions_to_yaml([found]), NAMES) == (found,)


@pytest.mark.parametrize("said", ["ever", "91 days", "0 days", "soon", "129601 minutes", "7"])
def test_an_order_is_credited_neither_for_ever_nor_for_no_time(said: str) -> None:
    with pytest.raises(DefinitionError, match="attribution"):
        read_actions(f"actions: {{mug: {{kind: offer, attribution: {said}}}}}", NAMES)


def test_caps_and_suppressions_may_move_by_the_minute() -> None:
    text = """
actions:
  mug:
    kind: offer
    caps: [{max: 1, within: 30 minutes}]
    suppress: [{outcome: dismissed, within: 90 minutes, pause: 45 minutes}]
"""
    [found] = read_actions(text, NAMES)
    assert [each.within for each in found.caps] == [Window("minutes", 30)]
    [peace] = found.suppress
    assert (peace.within, peace.pause) == (Window("minutes", 90), Window("minutes", 45))
    assert read_actions(actions_to_yaml([found]), NAMES) == (found,)
    with pytest.raises(DefinitionError, match="counted by whole hours or days") as refused:
        read_actions("actions: {mug: {kind: offer, audience: {did: page, within: 30 minutes}}}", NAMES)
    assert "minutes are for caps" in str(refused.value.cure)


def test_how_often_is_enough_in_a_placement_s_channel() -> None:
    text = """
placements:
  letter:
    touchpoint: email
    formats: [letter]
    fallback: story
    caps: [{max: 2, within: 7 days}, {per: person, max: 1, within: 90 minutes}, {max: 50}]
"""
    [found] = read_placements(text)
    assert found.caps == (Cap(2, Window("days", 7)), Cap(1, Window("minutes", 90)), Cap(50, None))
    assert found.counted
    assert read_placements(placements_to_yaml([found])) == (found,)
    assert not msgspec.structs.replace(found, touchpoint="web").counted


@pytest.mark.parametrize(
    ("caps", "says"),
    [
        ("[{within: 7 days}]", "max is missing"),
        ("[{max: 0, within: 7 days}]", "caps.0.max"),
        ("[{max: 2, per: everybody}]", "caps.0.per"),
        ("[{max: 2, group: tea}]", "group"),
        ("{max: 2}", "expected a list of at most 10"),
        ("[{max: 2, within: soon}]", "is no duration"),
    ],
)
def test_a_cap_of_a_placement_that_is_none(caps: str, says: str) -> None:
    text = f"placements: {{a: {{touchpoint: email, formats: [x], fallback: s, caps: {caps}}}}}"
    with pytest.raises(DefinitionError, match=says):
        read_placements(text)


def test_a_condition_asks_what_touchpoints_send_and_a_slip_is_told() -> None:
    text = "actions: {mug: {kind: offer, applicable: {field: context.%s, op: '>', value: 3}}}"
    for name in ("temperature", "currency", "cart.total", "lane"):
        [found] = read_actions(text % name, NAMES)
        assert found.applicable == Compare(("context", *name.split(".")), ">", 3)
    for slip, meant in (("wether.temp_c", "weather"), ("stor", "store"), ("Daypart", "daypart")):
        with pytest.raises(DefinitionError, match="there is no context") as refused:
            read_actions(text % slip, NAMES)
        assert meant in str(refused.value.cure)
    with pytest.raises(DefinitionError, match="there is no basket"):
        read_actions(text.replace("context", "basket") % "temperature", NAMES)
