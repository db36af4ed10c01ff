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
    question = Question(ask, known, menu, Used(known, ask.moment))
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
    """Candidates best first, as far as they pay; and draws of the best ones' scores."""

    candidates: list[Candidate]
    means: Floats
    spreads: Floats
    worth: Floats
    draws: Draws | None
    dropped: list[Dropped]

    @property
    def best(self) -> list[Candidate]:
        """Those that are explored among."""
        return self.candidates[:BREADTH]

    def told(self) -> list[Scored]:
        """The scores of all, in their order."""
        weights = [] if self.draws is None else self.draws.weights(range(len(self.best))).tolist()
        weights += [0.0] * (len(self.candidates) - len(weights))
        columns = (self.means.tolist(), self.spreads.tolist(), self.worth.tolist(), weights)
        return [scored(one, *given) for one, *given in zip(self.candidates, *columns, strict=True)]


def _rank(through: list[Candidate], question: Question, mind: Mind) -> _Ranked:
    import numpy as np

    names = [one.choice.action.name for one in through]
    means, spreads = mind.foretell(question.known.features, names)
    worth = values(through, means)
    order = sorted(range(len(through)), key=lambda place: (-worth[place], names[place]))
    paying = [place for place in order if worth[place] >= 0]
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
    if best:
        draws = Draws(question.ask.seed, means[best], spreads[best], lambda drawn: values(chosen, drawn))
    kept = np.array(paying, dtype=np.intp)
    return _Ranked(
        [through[place] for place in paying], means[kept], spreads[kept], worth[kept], draws, dropped
    )


# ── explore and fill ─────────────────────────────────────────────────────────


def _fill(ranked: _Ranked, question: Question, dropped: list[Dropped]) -> list[Slot]:
    """Slots one after the other, without replacement; each uses up its caps before the next is drawn."""
    placement, limit, used = question.menu.placement, question.ask.limit, question.used
    wanted = placement.slots if limit is None else min(limit, placement.slots)
    slots: list[Slot] = []
    left = list(range(len(ranked.best)))
    told = 0
    while ranked.draws is not None and len(slots) < wanted:
        for place in left:
            full = used.full(ranked.best[place].choice.limits)
            if full is not None:
                action = ranked.best[place].choice.action.name
                dropped.append(Dropped(action, "caps", f"{full}, with the slots before"))
        left = [place for place in left if used.full(ranked.best[place].choice.limits) is None]
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
