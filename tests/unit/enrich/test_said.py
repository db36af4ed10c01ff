"""What a decision looks at of a person is what her whole summary says of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.events import Event
from segue.enrich.fold import fold
from segue.enrich.golden import together
from segue.enrich.said import said_in
from tests.unit.enrich.test_laws import BERLIN, in_batches, logs


@settings(max_examples=80, deadline=None)
@given(logs(), logs(), st.lists(st.integers(1, 12), max_size=12))
def test_orders_attributes_and_consent_are_those_of_the_summary(
    events: list[Event], others: list[Event], sizes: list[int]
) -> None:
    states = [in_batches(events, sizes), fold(None, others, BERLIN).state]
    whole, part = together(states, BERLIN), said_in(states)
    assert part.orders == whole.orders
    assert part.attributes == whole.attributes
    assert part.consent == whole.consent
    assert part.zone == whole.zone
    assert part.complaint == whole.complaint


def test_of_nobody_nothing_is_said() -> None:
    assert said_in([]) == together([], BERLIN)
