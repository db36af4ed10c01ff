"""Five things to try after the demo, with ids that are really there."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import msgspec

from segue.checks.world import Truth
from segue.domain.identifiers import FragmentId

Identity = tuple[str, str]

VIEWED_THEN_BOUGHT = (
    "select json_extract_string(properties, '$.category') as category, count(*) as views "
    "from events where event = 'Product Viewed' group by category order by views desc limit 5"
)


class Try(msgspec.Struct, frozen=True):
    """Something to try."""

    title: str
    command: str


def things_to_try(data: Path, truth: Truth, persons: Mapping[Identity, FragmentId]) -> tuple[Try, ...]:
    """Commands about the household of whom most was joined, about a device of nobody, and on the lake."""
    card, person = _best_known(truth, persons)
    shared = next((identity for identity in truth.nobodys() if identity in persons), None)
    where = f" --data {shlex.quote(str(data))}"
    tries = []
    if card is not None and person is not None:
        tries = [
            Try("Find a customer by her loyalty card", f"segue persons find loyalty_card:{card}{where}"),
            Try(
                "Read her golden record: till, web, app and mail in one",
                f"segue persons show {person}{where}",
            ),
            Try(
                "See why all these are one person, with the proofs", f"segue persons identity {person}{where}"
            ),
        ]
    if shared is not None:
        found = f"segue persons find {shared[0]}:{shared[1]}{where}"
        tries.append(Try("A kiosk or shared tablet: its history belongs to nobody", found))
    query = f"segue sql {shlex.quote(VIEWED_THEN_BOUGHT)}{where}"
    tries.append(Try("Ask the lake what is looked at most before a visit", query))
    return tuple(tries)


def _best_known(truth: Truth, persons: Mapping[Identity, FragmentId]) -> tuple[str | None, str | None]:
    """The card of the household with most identifiers in the person of its card; then by card."""
    best: tuple[int, str, str] | None = None
    for card, identities in sorted(truth.of_household().items()):
        person = persons.get(("loyalty_card", card))
        if person is None:
            continue
        joined = sum(persons.get(identity) == person for identity in identities)
        if best is None or joined > best[0]:
            best = (joined, card, person.hex())
    return (best[1], best[2]) if best else (None, None)
