"""The demo's last days of decisions, so that what was learnt and what it was worth can be looked at.

Made once, the ordinary way: the touchpoints of composed visits ask the desk, at the hours of those days, and
the visitors answer by their tastes with ordinary events, which the loop learns from day by day. Only the
clock is set back, so what is known of everybody is what is known today. Those who visit are persons of the
year, by identifiers that are known to be theirs: nobody new comes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.demo.bringing import bring_in
from segue.app.demo.live import Guests, told_of
from segue.app.demo.preparing import ASKING
from segue.app.demo.story import SEED
from segue.app.installation import Installation
from segue.checks.world import (
    TRUSTED_SOURCES,
    Due,
    Question,
    Regular,
    Shelf,
    Shown,
    Tastes,
    Today,
    drawing,
    questions,
)
from segue.domain.order import DAY, HOUR, MINUTE
from segue.errors import SegueError
from segue.ports.clock import ManualClock
from segue.ports.statements import statements

DAYS = 7
VISITS = 250
"""A day at most, and one for each customer."""
HOURS = range(8, 21)

_SQL = statements("segue.app.demo", "past.sql")


def decide_the_past(installation: Installation, shelf: Shelf) -> int:
    """Decisions of the last days with what became of them; none where any was ever made."""
    with installation.database.transaction(read_only=True) as session:
        if session.fetch(_SQL["decided"])[0][0]:
            return 0
    visitors = Guests(installation.database, told_of(installation.data)).everybody()
    clock = ManualClock(installation.clock.now())
    past = Installation(
        installation.data, installation.settings, installation.url, installation.secret, clock
    )
    desk = Desk(past)
    try:
        begins = (installation.clock.now() // DAY - DAYS) * DAY
        days = (begins + day * DAY for day in range(DAYS))
        return sum(_day(installation, desk, clock, _asked(at, visitors, shelf)) for at in days)
    finally:
        desk.close()
        past.close()


def _asked(at: int, visitors: Sequence[Regular], shelf: Shelf) -> Iterator[Question]:
    """What touchpoints ask on the day that begins at ``at``, in order of time."""
    if not visitors:
        return iter(())
    rng = drawing(SEED, f"past:{at}")
    today = Today(SEED, shelf)
    found: list[Question] = []
    for number in range(min(VISITS, len(visitors))):
        moment = at + rng.choice(HOURS) * HOUR + rng.randrange(50) * MINUTE
        visitor = rng.choice(visitors)
        visit = today.visit(f"past-{at // DAY}-{number}", moment, visitor)
        found += (each for each in questions(visit, SEED) if _is_known_to_be_of(visitor, each))
    return iter(sorted(found, key=lambda each: (each.at, each.name)))


def _is_known_to_be_of(visitor: Regular, question: Question) -> bool:
    """Whether all that it names is hers: whoever is new, or at a kiosk, brings a device that nobody had."""
    hers = {visitor.user_id, visitor.card, visitor.browser, *(visitor.phone or ())}
    named = {*question.identifiers.values()}
    named.update(question.always[name] for name in ("anonymousId", "userId") if name in question.always)
    return question.placement in ASKING and bool(named) and hers >= named


def _day(installation: Installation, desk: Desk, clock: ManualClock, asked: Iterator[Question]) -> int:
    """Ask by the quarter of an hour, then tell what became of it; answers how many were decided."""
    tastes, made, told = Tastes(SEED), 0, list[Due]()
    for quarter, some in groupby(asked, lambda each: each.at // (15 * MINUTE)):
        clock.moment = quarter * 15 * MINUTE
        together = list(some)
        answers = desk.ask_all([_request(each) for each in together])
        for question, answer in zip(together, answers, strict=True):
            if isinstance(answer, SegueError) or answer.fallback:
                continue
            made += 1
            shown = [Shown(slot.action, slot.kind, slot.discount, slot.sku) for slot in answer.slots]
            told += tastes.outcomes(question, answer.decision_id, shown)
    bring_in(installation, iter([due.call for due in told]))
    installation.drain()
    return made


def _request(question: Question) -> tuple[DecisionRequest, Asker]:
    request = DecisionRequest(
        placement=question.placement, identifiers=question.identifiers, context=question.context
    )
    return request, Asker(question.source in TRUSTED_SOURCES, question.proven, question.source)
