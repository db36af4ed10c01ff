"""The decision itself: a pure function of what is asked, what is known, what there is and what was learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segue.decide.asked import Ask, Known
from segue.decide.bandit import Mind
from segue.decide.caps import Used
from segue.decide.decided import Decision, Dropped, Scored, Slot
from segue.decide.explore import BREADTH, Draws
from segue.decide.funnel import Fall, Question, sift, variant_of
from segue.decide.menu import Choice, Menu
from segue.decide.score import Candidate, scored, values

if TYPE_CHECKING:
    from segue.decide.bandit import Floats


def decide(ask: Ask, known: Known, menu: Menu, mind: Mind) -> Decision:
    """What each slot shows, and why nothing else does. The same given gives the same decision."""
    question = Question(ask, known, menu)
    dropped = [Dropped(name, "format", "no content in a format of the placement") for name in menu.misfits]
    through: list[Candidate] = []
    for choice in menu.choices:
        found = sift(choice, question)
        if isinstance(found, Fall):
            dropped.append(Dropped(choice.action.name, found.stage, found.rule))
        else:
            through.append(found)
    slots: list[Slot] = []
    scores: list[Scored] = []
    if through:
        ranked = _rank(through, question, mind)
        dropped += ranked.dropped
        slots = _fill(ranked, question, dropped)
        scores = ranked.told()
    fallback = not slots
    if fallback and menu.fallback is not None:
        slots = _fallback(menu.fallback, ask)
    return Decision(
        slots=tuple(slots),
        fallback=fallback,
        considered=len(menu.choices) + len(menu.misfits),
        dropped=tuple(dropped),
        scores=tuple(scores),
    )


# ── score and arbitrate ──────────────────────────────────────────────────────


class _Ranked(NamedTuple):
    """The best candidates, best first, and draws of their scores."""

    best: list[Candidate]
    means: Floats
    spreads: Floats
    worth: Floats
    draws: Draws | None
    dropped: list[Dropped]

    def told(self) -> list[Scored]:
        """Their scores, in their order."""
        weights = [] if self.draws is None else self.draws.weights(range(len(self.best))).tolist()
        columns = (self.means.tolist(), self.spreads.tolist(), self.worth.tolist(), weights)
        return [scored(one, *given) for one, *given in zip(self.best, *columns, strict=True)]


def _rank(through: list[Candidate], question: Question, mind: Mind) -> _Ranked:
    import numpy as np

    names = [one.choice.action.name for one in through]
    means, spreads = mind.foretell(question.known.features, names)
    worth = values(through, means)
    order = np.argsort(-worth, kind="stable")  # of equal ones the first by name
    paying = order[: int(np.count_nonzero(worth >= 0))]
    dropped = [
        Dropped(names[place], "score", f"costs more than it earns ({worth[place]:.4f})")
        for place in order[len(paying) :]
    ]
    dropped += [
        Dropped(names[place], "arbitration", f"not among the best {BREADTH}") for place in paying[BREADTH:]
    ]
    best = paying[:BREADTH]
    chosen = [through[place] for place in best]
    draws = None
    if chosen:
        draws = Draws(question.ask.seed, means[best], spreads[best], lambda drawn: values(chosen, drawn))
    return _Ranked(chosen, means[best], spreads[best], worth[best], draws, dropped)


# ── explore and fill ─────────────────────────────────────────────────────────


def _fill(ranked: _Ranked, question: Question, dropped: list[Dropped]) -> list[Slot]:
    """Slots one after the other, without replacement; each uses up its caps before the next is drawn."""
    placement, limit, used = question.menu.placement, question.ask.limit, question.used
    wanted = placement.slots if limit is None else min(limit, placement.slots)
    slots: list[Slot] = []
    left = list(range(len(ranked.best)))
    told = 0
    while ranked.draws is not None and len(slots) < wanted:
        if slots:
            left = _with_room(ranked, left, used, dropped)
        if not left:
            break
        place, propensity = ranked.draws.draw(left, placement.exploration)
        left.remove(place)
        one = ranked.best[place]
        personal = question.known.told and placement.seen_by == "one" and told < placement.personal_facts
        told += personal
        slots.append(
            Slot(
                action=one.choice.action.name,
                variant=_number(one.choice, question.ask.locale),
                discount=one.discount,
                score=float(ranked.worth[place]),
                propensity=propensity,
                personal=personal,
            )
        )
        used.add(one.choice.action, placement.touchpoint, one.choice.limits)
    others = (ranked.best[place].choice.action.name for place in left)
    dropped += [Dropped(name, "arbitration", "others were drawn for the slots") for name in others]
    return slots


def _with_room(ranked: _Ranked, left: list[int], used: Used, dropped: list[Dropped]) -> list[int]:
    """Those whose caps have room after the slots before."""
    found = []
    for place in left:
        choice = ranked.best[place].choice
        full = used.full(choice.limits) if used.concerns(choice.limits) else None
        if full is None:
            found.append(place)
        else:
            dropped.append(Dropped(choice.action.name, "caps", f"{full}, with the slots before"))
    return found


def _number(choice: Choice, locale: str | None) -> int:
    variant = variant_of(choice, locale) or choice.variants[0]
    return variant.number


def _fallback(choice: Choice, ask: Ask) -> list[Slot]:
    if not choice.variants:
        return []
    number = _number(choice, ask.locale)
    return [
        Slot(action=choice.action.name, variant=number, discount=0, score=0.0, propensity=1.0, personal=False)
    ]
