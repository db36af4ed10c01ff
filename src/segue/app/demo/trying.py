"""Things to try after the demo, with ids that are really there."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import msgspec

from segue.checks.world import Truth
from segue.domain.identifiers import FragmentId

Identity = tuple[str, str]

VIEWED_THEN_VISITED = (
    "select v.source, count(*) as views, round(avg(exists(select 1 from events o join fragments g using "
    "(fragment_id) where o.event = 'Order Completed' and g.person_id = f.person_id and o.timestamp between "
    "v.timestamp and v.timestamp + interval 2 day)::int), 2) as then_in_the_store from events v join "
    "fragments f using (fragment_id) where v.event = 'Product Viewed' group by all order by views desc"
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
            Try("A golden record, found by loyalty card", f"segue persons find loyalty_card:{card}{where}"),
            Try("Why all these are one person, with the proofs", f"segue persons identity {person}{where}"),
            Try(
                "What she did in store, web, app and mail, newest first",
                f"segue persons timeline {person} --limit 20{where}",
            ),
        ]
    if shared is not None:
        found = f"segue persons find {shared[0]}:{shared[1]}{where}"
        tries.append(Try("A kiosk or shared tablet: its history belongs to nobody", found))
    query = f'segue sql "{VIEWED_THEN_VISITED}"{where}'
    screens = f"segue screens{where}"
    tries.append(Try("The pages of its touchpoints: web shop, display, kiosk, tablet, till", screens))
    tries.append(Try("How many looks online are followed by a visit to the store within two days", query))
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
