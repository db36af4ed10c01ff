"""The story's last step: a decision of the demo's week, why it came out so, and what became of it.

It is told once that week is there. Which one follows from the data: of the decisions in the first days that
there are, to somebody known for certain who has a card, and who took what was shown first, the one with most
kinds of reasons. So running the demo again tells the same. Where none is like that, nothing is told.
"""

from __future__ import annotations

from typing import Any

import msgspec

from segue.app.deciding.showing import Decisions, DecisionWhole
from segue.app.demo.past import DAYS
from segue.app.demo.story import KeptStep, add_step
from segue.app.installation import Installation
from segue.app.persons import Persons
from segue.decide.kept import decision_of
from segue.domain.order import DAY
from segue.enrich.record import GoldenRecord
from segue.ports.statements import statements

CANDIDATES = 500

_SQL = statements("segue.app.demo", "story.sql")


def tell_of_a_decision(installation: Installation) -> KeptStep | None:
    """Add the step to the story in the data directory, and answer it; None where no decision fits."""
    found = _most_telling(installation)
    if found is None:
        return None
    whole = Decisions(installation).show(found.hex())
    record = Persons(installation).show(str(whole.decision.person_id))
    step = KeptStep(
        step=7,
        name="decision",
        link=f"/console/decisions/{whole.decision.decision_id}",
        person_id=record.person_id,
        facts=_facts(installation, whole, record),
        composed=True,
        note="The visit and what came of it are composed; the card's orders, products and prices are real.",
        fragments=sorted(record.fragments),
    )
    add_step(installation.data, step)
    return step


def _most_telling(installation: Installation) -> bytes | None:
    """The decision at which actions fell out at most stages; of equal ones the earliest."""
    with installation.database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["taken"], span=(DAYS + 1) * DAY, most=CANDIDATES)
    stages = {bytes(row[0]): len({each.stage for each in decision_of(row[1]).fallen}) for row in rows}
    return max(stages, key=lambda each: stages[each], default=None)


def _facts(installation: Installation, whole: DecisionWhole, record: GoldenRecord) -> dict[str, Any]:
    decision, rules = whole.decision, installation.rules()
    first = decision.slots[0]
    titles = {each.name: each.title for each in rules.actions}
    placement = next((each for each in rules.placements if each.name == decision.placement), None)
    return {
        "decision_id": decision.decision_id,
        "card": next(each.value for each in record.identifiers if each.kind == "loyalty_card"),
        "at": decision.at,
        "placement": decision.placement,
        "placement_title": (placement and placement.title) or decision.placement,
        "touchpoint": placement.touchpoint if placement else "",
        "considered": decision.considered,
        "funnel": msgspec.to_builtins(whole.funnel),
        "competed": len(whole.explanation.scores),
        "action": first.action,
        "action_title": titles.get(first.action) or first.action,
        "discount": first.discount,
        "because": whole.slots[0].because if whole.slots else "",
        "outcome": first.outcome,
        "outcome_at": first.at,
    }
