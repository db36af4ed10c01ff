"""What is the same for many is remembered: it never shows, and nothing is asked that may not be."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from segue.decide.asked import Ask, Known, Moment
from segue.decide.choose import decide
from segue.decide.kept import Given as Made
from segue.decide.kept import Noting, Recalling, decision_of, given_of, packed
from segue.decide.menu import Truth, menus
from segue.domain.actions import Cap, Content, Lever, Suppression
from segue.domain.conditions import Compare, Condition, Window
from tests.unit.decide.making import BANNER, NOW, STORY, Told, action, compile_, contact, placement

WEEK = Window("days", 7)
HERS = Compare(("traits", "loyal"), "=", 1)
MORNING = Compare(("context", "daypart"), "=", "morning")
ACTIONS = [
    STORY,
    action("loyal", audience=HERS, group="hot", caps=(Cap(2, WEEK, "person", "hot"),)),
    action("early", applicable=MORNING, levers=(Lever(HERS, 3.0),)),
    action("german", content=(Content("banner", "de", (("headline", "Hallo"),)),)),
    action("march", valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 1)),
    action("mug", sku="mug", discounts=(0, 10), value=3_000_000, floor=2_000_000),
    action("mailed", purpose="marketing"),
    action("hot tea", group="hot", caps=(Cap(3, WEEK, "everybody"), Cap(1, None))),
    action("pushy", suppress=(Suppression("dismissed", 1, WEEK, WEEK),)),
    action("repairs", kind="service"),
]
PLACE = placement(slots=3, exploration=0.2)

questions = st.builds(
    Ask,
    placement=st.just("home"),
    moment=st.sampled_from([NOW, Moment(NOW.at + 86_400_000_000, NOW.day + 1, NOW.hour + 24)]),
    locale=st.sampled_from([None, "de", "de-AT", "en"]),
    seed=st.integers(0, 2**63),
)
contacts = st.builds(
    contact,
    st.sampled_from([each.name for each in ACTIONS]),
    st.integers(0, 9),
    group=st.sampled_from([None, "hot"]),
    outcome=st.sampled_from(["returned", "shown", "dismissed", "clicked"]),
)
persons = st.builds(
    Known,
    identity=st.sampled_from(["certain", "likely", "unknown"]),
    facts=st.fixed_dictionaries(
        {}, optional={"traits.loyal": st.just(1), "context.daypart": st.just("morning")}
    ),
    granted=st.frozensets(st.sampled_from(["personalisation", "marketing"])),
    complaint=st.booleans(),
    contacts=st.lists(contacts, max_size=5).map(tuple),
    everybody=st.sampled_from([{}, {"action hot tea, 7 days": 3}]),
    stock=st.sampled_from([{}, {"mug": 0}, {"mug": 2}]),
    prices=st.sampled_from([{}, {"mug": 4_000_000}, {"mug": 1_000_000}]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(questions, persons), min_size=1, max_size=8))
def test_what_was_asked_before_changes_no_answer(asked: list[tuple[Ask, Known]]) -> None:
    menu = menus([PLACE], ACTIONS, compile_)["home"]
    for ask, known in asked:
        alone = menus([PLACE], ACTIONS, compile_)["home"]
        assert decide(ask, known, menu, Told()) == decide(ask, known, alone, Told())


@settings(max_examples=60, deadline=None)
@given(questions, persons)
def test_law_7_what_is_kept_makes_the_same_decision(ask: Ask, known: Known) -> None:
    menu = menus([PLACE], ACTIONS, compile_)["home"]
    mind = Noting(Told({"mug": (0.123456789, 0.0123456789)}))
    decision = decide(ask, known, menu, mind)
    given_ = given_of(packed(Made(ask=ask, known=known, noted=mind.noted)))
    assert decision_of(packed(decision)) == decision
    assert decide(given_.ask, given_.known, menu, Recalling(given_.foretold)) == decision
    told = [each.action for each in decision.dropped] + [slot.action for slot in decision.slots]
    assert sorted({*told, "story"}) == sorted(each.name for each in ACTIONS)


def test_a_condition_is_asked_once_and_only_for_a_purpose_that_holds() -> None:
    asked: list[Any] = []

    def counting(condition: Condition) -> Truth:
        def truth(facts: Any) -> bool:
            asked.append(facts)
            return True

        assert condition == HERS
        return truth

    many = [action(f"a{number}", audience=HERS, content=BANNER) for number in range(50)]
    menu = menus([PLACE], [STORY, *many], counting)["home"]
    ask = Ask(placement="home", moment=NOW)
    decide(ask, Known(), menu, Told())
    assert asked == []
    decide(ask, Known(granted=frozenset({"personalisation"})), menu, Told())
    assert len(asked) == 1
