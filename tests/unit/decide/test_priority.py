"""Other systems' priority, propensity × context × value × levers, as the special case of our score."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from segue.decide.asked import Known
from segue.domain.actions import Action, Lever
from segue.domain.conditions import Compare
from tests.unit.decide.making import Told, action, ask, placement, stage_of

MORNING = Compare(("context", "daypart"), "=", "morning")
ALWAYS = Compare(("context", "touchpoint"), "=", "web")
FACTS = {"context.daypart": "morning", "context.touchpoint": "web"}


class Offer(NamedTuple):
    """What another system would be told of an action."""

    propensity: float
    #: cents
    value: int
    #: weight in the morning, and at any other time
    contexts: tuple[float, float]
    #: percent, which are added up
    levers: tuple[int, ...]

    def priority(self, *, morning: bool) -> float:
        """As that system would work it out."""
        factor = 1 + sum(self.levers) / 100
        return self.propensity * self.contexts[0 if morning else 1] * (self.value / 100) * factor

    def action(self, name: str) -> Action:
        """The same action of ours, as docs/how-to/deciding.md says."""
        evening = Compare(("context", "daypart"), "=", "evening")
        levers = (
            Lever(MORNING, self.contexts[0]),
            Lever(evening, self.contexts[1]),
            Lever(ALWAYS, 1 + sum(self.levers) / 100),
        )
        return action(name, value=self.value * 10_000, cost=0, levers=levers)


WEIGHT = st.floats(0.05, 20)
OFFERS = st.lists(
    st.builds(
        Offer,
        st.floats(0.001, 1),
        st.integers(1, 100_000),
        st.tuples(WEIGHT, WEIGHT),
        st.lists(st.integers(-20, 100), max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


@given(OFFERS, st.booleans(), st.integers(0, 2**62))
def test_without_cost_fatigue_and_exploring_the_score_is_that_priority_and_the_order_is_its_order(
    offers: list[Offer], morning: bool, seed: int
) -> None:
    expected = {f"a{number}": each.priority(morning=morning) for number, each in enumerate(offers)}
    ordered = sorted(expected.values())
    assume(all(more > less * 1.000_001 for less, more in pairwise(ordered)))
    decision = ask(
        [each.action(f"a{number}") for number, each in enumerate(offers)],
        Known(facts={**FACTS, "context.daypart": "morning" if morning else "evening"}),
        placement(exploration=0.0, slots=len(offers)),
        Told({f"a{number}": (each.propensity, 0.0) for number, each in enumerate(offers)}),
        seed=seed,
    )
    assert {each.action: each.score for each in decision.scores} == pytest.approx(expected, rel=1e-9)
    first_to_last = sorted(expected, key=lambda name: -expected[name])
    assert [slot.action for slot in decision.slots] == first_to_last
    assert [slot.propensity for slot in decision.slots] == [1.0] * len(offers)


@given(OFFERS)
def test_each_factor_of_it_is_there(offers: list[Offer]) -> None:
    """Twice the value, the propensity, the weight or the lever is twice the score: none is left out."""
    offer = offers[0]._replace(propensity=offers[0].propensity / 2)
    twice = [
        offer,
        offer._replace(propensity=offer.propensity * 2),
        offer._replace(value=offer.value * 2),
        offer._replace(contexts=(offer.contexts[0] * 2, offer.contexts[1])),
        offer._replace(levers=(*offer.levers, 100 + sum(offer.levers))),
    ]
    scores = []
    for each in twice:
        decision = ask(
            [each.action("a")], Known(facts=FACTS), placement(), Told({"a": (each.propensity, 0.0)})
        )
        assert stage_of(decision, "a") is None
        scores.append(decision.scores[0].score)
    assert scores[1:] == pytest.approx([2 * scores[0]] * 4)


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=300), st.lists(st.sampled_from([0.0, 1_000.0])))
@example([1_000.0] * 200, [])
@example([1_000.0] * 200, [0.0])
def test_however_many_levers_there_are_the_score_is_a_number_and_the_largest_wins(
    many: list[float], more: list[float]
) -> None:
    levers = tuple(Lever(ALWAYS, each) for each in (*many, *more))
    decision = ask([action("a", levers=levers), action("b", value=1)], Known(facts=FACTS))
    scores = {each.action: each.score for each in decision.scores}
    assert all(isfinite(each) for each in scores.values())
    if 0.0 in {*many, *more}:
        assert scores["a"] == 0.0
    assert all(0 < slot.propensity <= 1 for slot in decision.slots)
    if all(each > 1 for each in (*many, *more)):
        assert decision.slots[0].action == "a"


def test_levers_that_are_added_up_elsewhere_are_one_of_ours() -> None:
    """As the documentation has it: 40 and 15 per cent are a factor of 1.55."""
    offer = Offer(0.1, 1_000, (1.0, 1.0), (40, 15))
    [told] = ask([offer.action("a")], Known(facts=FACTS), mind=Told({"a": (0.1, 0.0)})).scores
    assert told.levers == pytest.approx(1.55)
    assert told.score == pytest.approx(1.55)
