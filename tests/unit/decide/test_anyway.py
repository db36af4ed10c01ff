"""What would have been bought without being shown: watched, and taken off what showing is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from segue.decide.anyway import ALIKE, NONE, OTHERS, Watched, rates
from segue.decide.asked import Ask, Known
from segue.decide.bandit import Arm, Learnt, rewarded, saw
from segue.decide.choose import decide
from segue.decide.decided import COLUMNS, Decision
from segue.decide.kept import Given, Noting, Recalling, decision_of, given_of, packed, told_as
from segue.decide.menu import Menu, menus
from segue.domain.actions import Action, Lever
from segue.domain.conditions import Compare
from tests.unit.decide.making import NOW, STORY, Told, action, ask, compile_, contact, placement, stage_of

SOME = ("a", "b", "c", "d", "e")
LOYAL = Compare(("traits", "loyal"), "=", 1)


def selling(name: str, **given: Any) -> Action:
    return action(name, sku=name, **given)


def menu_of(*given: Action, **where: Any) -> Menu:
    [menu] = menus([placement(**where)], [STORY, *given], compile_).values()
    return menu


def once(menu: Menu, mind: Any, seed: int = 7, known: Known | None = None) -> Decision:
    return decide(Ask(placement="home", moment=NOW, seed=seed), known or Known(), menu, mind)


def scores(decision: Decision) -> dict[str, float]:
    return {each.action: each.score for each in decision.scores}


# ── the control ──────────────────────────────────────────────────────────────


def test_a_control_is_drawn_evenly_of_what_sells_and_is_not_shown() -> None:
    """Chi-square over fixed seeds; neither what is shown, nor sells nothing, nor fell out is ever one."""
    menu = menu_of(
        selling("a", value=9_000_000), action("a_too", sku="a"), *[selling(each) for each in SOME[1:]],
        selling("gone"), action("nothing"), action("read", kind="content", sku="r"),
        selling("dear", cost=900_000), exploration=0.0,
    )  # fmt: skip
    known, mind = Known(stock={"gone": 0}), Told({"a": (0.9, 0.0), "dear": (0.1, 0.0)})
    found: Counter[str | None] = Counter()
    for seed in np.random.default_rng(3).integers(2**63, size=4_000).tolist():
        decision = once(menu, mind, seed, known)
        assert [slot.action for slot in decision.slots] == ["a"]
        found[decision.control] += 1
    even = [*SOME[1:], "dear"]
    assert {*found} == {*even}, "what costs too much could still be bought"
    off = sum((found[each] - 800) ** 2 / 800 for each in even)
    assert off < chi2.ppf(0.9999, df=len(even) - 1)


@given(st.integers(0, 2**63), st.integers(0, 40), st.integers(1, 3))
def test_whatever_is_gone_one_that_is_free_is_found(seed: int, gone: int, slots: int) -> None:
    many = [selling(f"a{number:02}") for number in range(41)]
    known = Known(stock={f"a{number:02}": 0 for number in range(gone)})
    decision = once(menu_of(*many, slots=slots), Told(), seed, known)
    shown = {slot.action for slot in decision.slots}
    if 41 - gone <= slots:
        assert decision.control is None
    else:
        assert decision.control not in {None, *shown, *known.stock}
    assert once(menu_of(*many, slots=slots), Told(), seed, known).control == decision.control


def test_where_nothing_sells_there_is_no_control() -> None:
    assert ask([action("offer"), action("read", kind="content", sku="1")]).control is None


# ── the score ────────────────────────────────────────────────────────────────

FEW = st.floats(0, 1, allow_nan=False)
ODDS = st.fixed_dictionaries(dict.fromkeys(SOME, FEW))


def world(costs: bool) -> Menu:
    """Offers at full price, at depths, with a lever, with costs."""
    more = {"cost": 20_000} if costs else {}
    return menu_of(
        selling("a", **more), selling("b", value=3_000_000, **more), selling("c", discounts=(0, 20, 40)),
        selling("d", levers=(Lever(LOYAL, 2.0),)), selling("e", discounts=(30,)), action("f"),
        exploration=0.1, slots=2,
    )  # fmt: skip


KNOWN = Known(
    prices=dict.fromkeys(SOME, 2_000_000), facts={"traits.loyal": 1}, granted=frozenset({"personalisation"}),
    contacts=(contact("a"), contact("f", 2)),
)  # fmt: skip


@given(ODDS, st.integers(0, 2**63), st.booleans(), st.sampled_from([None, 0.0]))
def test_where_nothing_is_bought_anyway_everything_is_as_before(
    accepted: Mapping[str, float], seed: int, costs: bool, nothing: float | None
) -> None:
    """Neither what is chosen, nor a score, nor a propensity: by the formula as it was."""
    told = {name: (mean, 0.05) for name, mean in accepted.items()}
    bought = None if nothing is None else dict.fromkeys(SOME, nothing)
    decision = once(world(costs), Told(told, bought), seed, KNOWN)
    assert decision.slots == once(world(costs), Told(told), seed, KNOWN).slots
    for each in decision.scores:
        mean = told.get(each.action, (0.1, 0.05))[0]
        gain = each.levers * each.lift * each.margin
        assert each.score == mean * gain - (each.cost + each.fatigue)
        assert each.anyway == each.forgone == 0.0


@given(ODDS, ODDS, ODDS, st.integers(0, 2**63), st.booleans())
def test_a_larger_anyway_never_raises_a_score(
    accepted: Mapping[str, float],
    less: Mapping[str, float],
    more: Mapping[str, float],
    seed: int,
    costs: bool,
) -> None:
    told = {name: (mean, 0.05) for name, mean in accepted.items()}
    low = {name: min(less[name], more[name]) for name in SOME}
    high = {name: max(less[name], more[name]) for name in SOME}
    one, other = (once(world(costs), Told(told, each), seed, KNOWN) for each in (low, high))
    before = scores(one)
    for name, score in scores(other).items():
        assert score <= before[name] + 1e-12
        assert name != "f" or score == before[name], "what sells nothing is as it was"
    assert {*scores(other)} <= {*before}


@given(FEW, FEW, st.sampled_from([0, 10, 50]), st.sampled_from([1.0, 2.0]))
def test_the_score_is_uplift_times_margin_less_what_is_given_away(
    accepted: float, anyway: float, percent: int, levers: float
) -> None:
    offer = selling("a", value=3_000_000, discounts=(percent,), levers=(Lever(LOYAL, levers),))
    mind = Told({"a": (accepted, 0.0), "story": (0.0, 0.0)}, {"a": anyway})
    decision = once(menu_of(offer), mind, 1, msgspec.structs.replace(KNOWN, contacts=()))
    given_away = 2.0 * percent / 100
    uplift = max(accepted * (1 + 2.5 * percent / 100) - anyway, 0.0)
    score = levers * (uplift * (3.0 - given_away) - anyway * given_away)
    if score > 1e-9:
        [told] = [each for each in decision.scores if each.action == "a"]
        assert told.score == pytest.approx(score, abs=1e-12)
        assert told.anyway == anyway
        assert told.forgone == pytest.approx(levers * anyway * 3.0)
    elif score < -1e-9:
        [rule] = [each.rule for each in decision.dropped if each.action == "a"]
        assert rule == f"adds less than it costs, since it is bought anyway ({score:.4f})"


def test_what_everybody_buys_anyway_loses_to_what_is_bought_because_it_is_shown() -> None:
    both = [selling("bread", value=2_000_000), selling("jam", value=2_000_000)]
    told = {"bread": (0.4, 0.01), "jam": (0.1, 0.01), "story": (0.0, 0.0)}
    alone = once(menu_of(*both), Told(told))
    assert alone.slots[0].action == "bread"
    uplift = once(menu_of(*both), Told(told, {"bread": 0.38, "jam": 0.01}))
    assert uplift.slots[0].action == "jam"
    assert scores(uplift)["bread"] == pytest.approx(0.04)


def test_what_nobody_was_shown_yet_keeps_its_chance_although_it_is_bought_anyway() -> None:
    """Little is known of its acceptance: believed to be no less, it is explored while it costs nothing."""
    both = [selling("bread"), selling("jam")]
    mind = Told({"bread": (0.05, 0.05), "jam": (0.1, 0.01), "story": (0.0, 0.0)}, {"bread": 0.5})
    menu = menu_of(*both, exploration=0.2)
    assert scores(once(menu, mind))["bread"] == 0.0
    assert {once(menu, mind, seed).slots[0].action for seed in range(60)} == {"bread", "jam"}
    dear = menu_of(selling("bread", cost=1_000), selling("jam"))
    assert stage_of(once(dear, mind), "bread") == "score"


# ── kept ─────────────────────────────────────────────────────────────────────


@given(ODDS, st.one_of(st.none(), ODDS), st.integers(0, 2**63))
def test_what_is_kept_is_decided_again(
    accepted: Mapping[str, float], bought: Mapping[str, float] | None, seed: int
) -> None:
    mind = Noting(Told({name: (mean, 0.05) for name, mean in accepted.items()}, bought))
    decision = once(world(costs=True), mind, seed, KNOWN)
    question = Ask(placement="home", moment=NOW, seed=seed)
    found = given_of(packed(Given(ask=question, known=KNOWN, noted=mind.noted)))
    again = decide(found.ask, KNOWN, world(costs=True), Recalling(found.foretold, found.bought))
    assert again == decision == decision_of(packed(decision)) == told_as(again, decision)


def test_what_was_kept_before_there_were_controls_is_read_and_decided_again() -> None:
    mind = Noting(Told())
    now = once(world(costs=True), mind, 7, KNOWN)
    assert now.control is not None
    plain = msgspec.to_builtins(now, builtin_types=(bytes,))
    del plain["control"]
    then = decision_of(packed(plain))
    assert len(then.ranking.rows) == 8 * len(COLUMNS) * len(then.ranking.actions), "as wide as ever"
    assert {each.anyway for each in then.scores} == {0.0}
    noted = mind.noted
    stored = packed({"ask": Ask(placement="home", moment=NOW, seed=7), "known": KNOWN, "noted": [
        noted.actions, noted.means, noted.spreads]})  # fmt: skip
    found = given_of(stored)
    assert found.bought == {}
    again = decide(found.ask, KNOWN, world(costs=True), Recalling(found.foretold, found.bought))
    assert told_as(again, then) == then


# ── what is believed ─────────────────────────────────────────────────────────

COUNTS = st.lists(
    st.tuples(
        st.sampled_from(["home", "app"]),
        st.sampled_from(SOME),
        st.integers(0, 10**6),
        st.sampled_from([0.0, 0.001, 0.1, 1.0]),
    ),
    unique_by=lambda each: each[:2],
)


@given(COUNTS)
def test_rates_are_chances_between_the_counts_and_nothing(
    counts: list[tuple[str, str, int, float]],
) -> None:
    watched = [Watched(place, name, trials, trials * share) for place, name, trials, share in counts]
    found = rates(watched)
    for place in ("home", "app"):
        hers = [each for each in watched if each.placement == place]
        bought = sum(each.bought for each in hers)
        assert (place in found) is (bought > 0)
        if bought > 0:
            assert {*found[place]} == {OTHERS, *(each.action for each in hers)}
            assert 0 < found[place][OTHERS] < bought / sum(each.trials for each in hers)
    for each in watched:
        if each.placement in found and each.trials:
            rate, common = found[each.placement][each.action], found[each.placement][OTHERS]
            low, high = sorted((each.bought / each.trials, common))
            assert low - 1e-9 <= rate <= high + 1e-9


def test_much_evidence_outweighs_the_others_and_little_does_not() -> None:
    found = rates(
        [Watched("home", "bread", 1e6, 3e5), Watched("home", "jam", 1e6, 1e3), Watched("home", "new", 1, 1)]
    )
    assert found["home"]["bread"] == pytest.approx(0.3, abs=0.001)
    assert found["home"]["jam"] == pytest.approx(0.001, abs=0.0001)
    assert found["home"]["new"] == pytest.approx((1 + ALIKE * 0.15) / (1 + ALIKE), abs=0.001)
    assert rates([Watched("home", "new", 1, 1)])["home"]["new"] < 2 / NONE
    assert rates([Watched("home", "bread", 1e6, 0.0)]) == {}


def test_an_action_that_was_never_watched_is_believed_to_be_like_the_others() -> None:
    mind = Learnt(1, {}, bought={OTHERS: 0.02, "bread": 0.3})
    found = mind.anyway(("bread", "jam"))
    assert found is not None
    assert found.tolist() == [0.3, 0.02]
    assert Learnt(1, {}).anyway(("bread",)) is None


# ── a world ──────────────────────────────────────────────────────────────────

BOUGHT: Mapping[str, float] = {"bread": 0.40, "milk": 0.30, "jam": 0.02, "tea": 0.01, "soap": 0.05}
ADDED: Mapping[str, float] = {"bread": 0.01, "milk": 0.02, "jam": 0.15, "tea": 0.06, "soap": 0.03}
"""The truth: how many buy it anyway within a week, and how many more when it is shown to them."""


def earned(*, heeding: bool, seed: int, visits: int = 6_000, portion: int = 200) -> float:
    """Incremental margin of all visits, where controls are heeded or acceptance alone counts."""
    rng = np.random.default_rng(seed)
    menu = menu_of(*[selling(name) for name in BOUGHT], exploration=0.05)
    arms: dict[str, Arm | None] = {}
    watched: dict[str, tuple[int, int]] = {}
    total = 0.0
    for _ in range(visits // portion):
        counts = [Watched("home", name, trials, bought) for name, (trials, bought) in watched.items()]
        known = rates(counts).get("home") if heeding else None
        mind = Learnt(1, {name: arm for name, arm in arms.items() if arm is not None}, bought=known)
        for draw in rng.integers(2**63, size=portion).tolist():
            decision = once(menu, mind, draw)
            [slot] = decision.slots
            total += ADDED[slot.action]
            arms[slot.action] = saw(arms.get(slot.action), (1.0,))
            if rng.random() < BOUGHT[slot.action] + ADDED[slot.action]:
                arms[slot.action] = rewarded(arms[slot.action], (1.0,))
            assert decision.control is not None
            trials, bought = watched.get(decision.control, (0, 0))
            buys = bool(rng.random() < BOUGHT[decision.control])
            watched[decision.control] = trials + 1, bought + buys
    return total


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_world_where_much_is_bought_anyway_heeding_it_earns_more(seed: int) -> None:
    """Acceptance alone shows the bread that all buy; who watches what is not shown shows the jam."""
    alone, heeding = earned(heeding=False, seed=seed), earned(heeding=True, seed=seed)
    best = 6_000 * max(ADDED.values())
    assert alone < 0.25 * best
    assert heeding > 0.8 * best
