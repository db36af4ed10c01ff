"""The decision itself: a pure function of what is asked, what is known, what there is and what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from segue.decide.anyway import Worths, control_of, worths
from segue.decide.asked import Ask, Known
from segue.decide.bandit import Mind
from segue.decide.decided import COLUMNS, WITHOUT, Decision, Fallen, Ranking, Slot
from segue.decide.explore import BREADTH, Draws
from segue.decide.funnel import Question, Through, held_back, limited, sift, variant_of
from segue.decide.menu import Choice, Menu, Variant
from segue.decide.score import Candidate, draw_of, draws_of, row_of
from segue.decide.table import Fall, grouped
from segue.domain.templates import WHOLE

if TYPE_CHECKING:
    from segue.decide.bandit import Floats

_OWN, _LIFT = COLUMNS.index("acceptance"), COLUMNS.index("lift")
_BEYOND = f"not among the best {BREADTH}"
_UNDRAWN = "others were drawn for the slots"


def decide(ask: Ask, known: Known, menu: Menu, mind: Mind) -> Decision:
    """What each slot shows, and why nothing else does. The same given gives the same decision."""
    question = Question(ask, known, menu)
    through = sift(question)
    names, fallen = through.sifted.names, through.sifted.fallen
    if through.gone:
        fallen += grouped((names[place], fall) for place, fall in through.gone.items())
    slots: list[Slot] = []
    ranking = Ranking()
    if len(through.gone) < len(names):
        ranked = _rank(through, question, mind)
        slots, after = _fill(ranked, question)
        fallen += ranked.fallen + after
        ranking = ranked.told()
    fallback, considered = not slots, len(menu.choices) + len(menu.misfits)
    if fallback and menu.fallback is not None:
        fall = held_back(menu.fallback, question)
        if fall is None:
            slots = [_fallback(menu.fallback, question)]
        else:
            fallen += grouped([(menu.fallback.action.name, fall)])
            considered += 1
    return Decision(
        slots=tuple(slots),
        fallback=fallback,
        considered=considered,
        fallen=fallen,
        ranking=ranking,
        control=control_of(through, _skus(slots, menu), ask.seed),
    )


def _skus(slots: Sequence[Slot], menu: Menu) -> set[str | None]:
    """What these sell."""
    return {choice.action.sku for slot in slots if (choice := menu.choice(slot.action)) is not None}


# ── score and arbitrate ──────────────────────────────────────────────────────


class _Ranked(NamedTuple):
    """The best candidates, best first, and draws of their scores."""

    best: list[Candidate]
    #: their numbers in the menu
    numbers: list[int]
    #: acceptance, its deviation, score
    means: Floats
    spreads: Floats
    worth: Floats
    worths: Worths
    draws: Draws | None
    fallen: tuple[Fallen, ...]

    def told(self) -> Ranking:
        """Their scores, in their order."""
        import numpy as np

        if self.draws is None:
            return Ranking()
        anyway, forgone = self.worths.anyway, self.worths.forgone
        width = len(COLUMNS) + (0 if anyway is None else len(WITHOUT))
        rows = np.empty((len(self.best), width), "<f8")
        rows[:, :_OWN] = [row_of(one) for one in self.best]
        np.minimum(self.means * rows[:, _LIFT], 1.0, out=rows[:, _OWN])
        rows[:, _OWN + 1], rows[:, _OWN + 2] = self.spreads, self.worth
        rows[:, _OWN + 3] = self.draws.weights(range(len(self.best)))
        if anyway is not None:
            rows[:, -2], rows[:, -1] = anyway, forgone
        return Ranking(tuple([one.choice.action.name for one in self.best]), rows.tobytes())


def _rank(through: Through, question: Question, mind: Mind) -> _Ranked:
    import numpy as np

    sifted, gone = through.sifted, through.gone
    means, spreads = mind.foretell(question.known.features, sifted.names)
    worthy = worths(through, mind.anyway(question.known.features, sifted.names))
    worth = worthy.at(means)
    if gone:
        worth[list(gone)] = -np.inf
    order = np.argsort(-worth, kind="stable")  # of equal ones the first by name
    paying = int(np.count_nonzero(worth >= 0))
    best, places = order[: min(paying, BREADTH)], order.tolist()
    draws, first = None, worthy.of(best)
    if len(best):
        draws = Draws(question.ask.seed, means[best], spreads[best], first.at)
    names = sifted.names
    dear = [
        (names[place], Fall("score", f"{_why(worthy, place)} ({worth[place]:.4f})"))
        for place in places[paying : len(places) - len(gone)]
    ]
    beyond = tuple([names[place] for place in places[BREADTH:paying]])
    return _Ranked(
        [through.candidates[place] for place in places[: len(best)]],
        [sifted.numbers[place] for place in places[: len(best)]],
        means[best],
        spreads[best],
        worth[best],
        first,
        draws,
        grouped(dear) + ((Fallen("arbitration", _BEYOND, beyond),) if beyond else ()),
    )


def _why(worthy: Worths, place: int) -> str:
    """Why showing it does not pay."""
    if worthy.forgone is not None and worthy.forgone[place] > 0:
        return "adds less than it costs, since it is bought anyway"
    return "costs more than it earns"


# ── explore and fill ─────────────────────────────────────────────────────────


def _fill(ranked: _Ranked, question: Question) -> tuple[list[Slot], tuple[Fallen, ...]]:
    """Slots one after the other, without replacement; each uses up its caps before the next is drawn."""
    placement, limit = question.menu.placement, question.ask.limit
    wanted = placement.slots if limit is None else min(limit, placement.slots)
    slots: list[Slot] = []
    falls: list[tuple[str, Fall]] = []
    left = list(range(len(ranked.best)))
    told: frozenset[str] = frozenset()
    while ranked.draws is not None and left and len(slots) < wanted:
        place, propensity = ranked.draws.draw(left, placement.exploration)
        left.remove(place)
        slot, told = _filled(ranked, question, (place, propensity), told)
        slots.append(slot)
        if len(slots) < wanted:
            left = _with_room(ranked, left, (ranked.best[place].choice, question), falls)
    undrawn = tuple([ranked.best[place].choice.action.name for place in left])
    after = (Fallen("arbitration", _UNDRAWN, undrawn),) if undrawn else ()
    return slots, grouped(falls) + after


def _filled(
    ranked: _Ranked, question: Question, drawn: tuple[int, float], told: frozenset[str]
) -> tuple[Slot, frozenset[str]]:
    """The slot of the candidate that was drawn, and the facts of her told by it and those before."""
    place, propensity = drawn
    one = ranked.best[place]
    variant = _variant(one.choice, question.ask.locale)
    personal = bool(variant.facts) and _may_tell(variant.facts | told, question)
    tried = _tried(one, question)
    slot = Slot(
        action=one.choice.action.name,
        variant=variant.number,
        discount=one.discount,
        score=float(ranked.worth[place]),
        propensity=propensity * (tried[1] - tried[0]),
        personal=personal,
        personalised=one.personalised,
        action_propensity=propensity,
        tried=tried,
    )
    return slot, told | variant.facts if personal else told


def _tried(one: Candidate, question: Question) -> tuple[float, float]:
    """The draws that bring its depth, this decision's among them, however numbers were rounded."""
    if not one.choice.priced:
        return 0.0, 1.0
    draw = draw_of(question.ask)
    begins, ends = draws_of(one.choice, question.known, one.discount)
    return min(begins, draw), max(ends, draw + 2.0**-53)


def _with_room(
    ranked: _Ranked, left: list[int], taken: tuple[Choice, Question], falls: list[tuple[str, Fall]]
) -> list[int]:
    """Those whose caps have room after one more slot."""
    choice, question = taken
    used, table = question.used, question.menu.table
    keys, everybody = used.add(choice.action, question.menu.placement.touchpoint, choice.limits)
    gone = limited(table, used, keys, everybody)
    if not gone:
        return left
    found = []
    for place in left:
        fall = gone.get(ranked.numbers[place])
        if fall is None:
            found.append(place)
        else:
            name = ranked.best[place].choice.action.name
            falls.append((name, Fall("caps", f"{fall.rule}, with the slots before")))
    return found


def _may_tell(facts: frozenset[str], question: Question) -> bool:
    """Whether so many different facts of her may be told by one answer of the placement."""
    known, placement = question.known, question.menu.placement
    if not known.told or known.identity == "likely" or not placement.tells or WHOLE in facts:
        return False
    return len(facts) <= placement.personal_facts


def _variant(choice: Choice, locale: str | None) -> Variant:
    return variant_of(choice, locale) or choice.variants[0]


def _fallback(choice: Choice, question: Question) -> Slot:
    """Nothing else could be shown."""
    number = _variant(choice, question.ask.locale).number
    return Slot(
        action=choice.action.name, variant=number, discount=0, score=0.0, propensity=1.0, personal=False
    )
