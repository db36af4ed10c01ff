"""An open complaint, as the record keeps it: the last word holds, and strangers settle nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.domain.events import Event
from segue.enrich.complaints import is_open
from segue.enrich.fold import fold
from segue.enrich.golden import together
from segue.enrich.said import said_in
from tests.unit.enrich.making import RULES, event
from tests.unit.enrich.test_laws import in_batches

OPENED, UPDATED, RESOLVED = "Complaint Opened", "Complaint Updated", "Complaint Resolved"


def opens(events: Sequence[Event]) -> bool:
    """Whether the record of these events has an open complaint, as a decision reads it."""
    state = fold(None, list(events), RULES).state
    assert together([state], RULES).complaint == said_in([state]).complaint
    return is_open(said_in([state]).complaint)


@pytest.mark.parametrize(
    ("names", "open_"),
    [
        ([], False),
        ([OPENED], True),
        ([OPENED, RESOLVED], False),
        ([OPENED, "Complaint Closed"], False),
        ([OPENED, RESOLVED, OPENED], True),
        ([OPENED, RESOLVED, UPDATED], True),
        ([RESOLVED], False),
        (["Complaint Filed"], False),
    ],
)
def test_the_last_word_holds(names: list[str], open_: bool) -> None:
    said = [event(name, at=number) for number, name in enumerate(names)]
    assert opens([event("Odd", at=-1), *said, event("Product Viewed", at=99)]) is open_


def test_who_proves_nothing_opens_one_and_settles_none() -> None:
    assert opens([event(OPENED, proven=False)])
    assert opens([event(OPENED), event(RESOLVED, at=1, proven=False)])
    assert not opens([event(OPENED, proven=False), event(RESOLVED, at=1)])


@given(
    st.lists(st.tuples(st.sampled_from([OPENED, UPDATED, RESOLVED]), st.integers(0, 9)), max_size=12),
    st.lists(st.integers(1, 4), max_size=6),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_of_arrival_the_last_word_is_told(
    said: list[tuple[str, int]], sizes: list[int], dice: object
) -> None:
    events = [event(name, at=at, message_id=f"c{n}") for n, (name, at) in enumerate(said)]
    mixed = [*events, event("Odd", at=3)]
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    opened = max((at for name, at in said if name != RESOLVED), default=-1)
    settled = max((at for name, at in said if name == RESOLVED), default=-1)
    assert is_open(said_in([in_batches(mixed, sizes)]).complaint) is (opened >= settled and opened >= 0)
