"""Small identity graphs for tests: fragments by name, evidence by what was seen together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from segue.adapters.postgres.database import PostgresDatabase, PostgresSession
from segue.domain.identifiers import FragmentId, fragment_id
from segue.domain.identity import Apart, Evidence, FragmentRow, Link, Sighting, Tier
from segue.domain.order import DAY, OrderKey, order_key
from segue.domain.rules import IdentityRules, KindRule, Limit
from segue.resolve.part import Part
from segue.resolve.persons import Resolution

SECRET = b"0" * 32
NOON = 1_772_366_400_000_000

RULES = IdentityRules(
    kinds={
        "user": KindRule(priority=1, unique=True),
        "card": KindRule(priority=2, limit=Limit(2)),
        "mail": KindRule(priority=3, limit=Limit(2, DAY)),
        "free": KindRule(priority=4),
        "device": KindRule(priority=8, device=True),
        "cookie": KindRule(priority=9, device=True, limit=Limit(3, DAY)),
    },
    paths={},
    blocked={},
)


class Undo(Exception):
    """Ends a transaction without a trace."""


@contextmanager
def scratch(database: PostgresDatabase) -> Iterator[PostgresSession]:
    """A session whose work is thrown away."""
    try:
        with database.transaction() as session:
            yield session
            raise Undo
    except Undo:
        pass


def key(moment: int) -> OrderKey:
    """The order key of an event at this moment."""
    return order_key(moment, 0, f"event-{moment}")


def frag(name: str) -> FragmentId:
    """The fragment of ``kind:value``."""
    kind, _, value = name.partition(":")
    return fragment_id(SECRET, kind, value)


def sighting(name: str, moment: int, *, proven: bool = True) -> Sighting:
    """An event at this moment mentions ``kind:value``."""
    kind, _, value = name.partition(":")
    rule = RULES.kinds.get(kind)
    return Sighting(frag(name), kind, value, key(moment), "web", proven, rule is not None and rule.device)


def link(one: str, other: str, moment: int, tier: Tier = Tier.PROVEN) -> Link:
    """An event at this moment mentions both."""
    a, b = sorted((frag(one), frag(other)))
    return Link(a=a, b=b, tier=tier, first_proof=key(moment), proof={"message_id": f"event-{moment}"})


def seen(one: str, other: str | None, moment: int, tier: Tier = Tier.PROVEN) -> Evidence:
    """What one event with these identifiers says."""
    proven = tier == Tier.PROVEN
    if other is None:
        return Evidence(sightings=(sighting(one, moment, proven=proven),))
    return Evidence(
        sightings=(sighting(one, moment, proven=proven), sighting(other, moment, proven=proven)),
        links=(link(one, other, moment, tier),),
    )


def part_of(evidence: Iterable[Evidence], aparts: Iterable[tuple[str, str]] = ()) -> Part:
    """All of it as one part, each fact at its best."""
    part = Part(fragments={}, links={}, aparts=[])
    for each in evidence:
        for found in each.sightings:
            row = part.fragments.get(found.fragment_id)
            if row is None or found.key < row.first_key:
                part.fragments[found.fragment_id] = _row(found)
        for joint in each.links:
            known = part.links.get(joint.link_id)
            if known is None or joint.position < known.position:
                part.links[joint.link_id] = joint
    for one, other in aparts:
        a, b = sorted((frag(one), frag(other)))
        part.aparts.append(Apart(a=a, b=b, at=NOON, by="test"))
    return part


def _row(found: Sighting) -> FragmentRow:
    fragment = FragmentId(found.fragment_id)
    return FragmentRow(
        fragment_id=fragment,
        kind=found.kind,
        value=found.value,
        person_id=fragment,
        component_id=fragment,
        first_key=OrderKey(found.key),
        source=found.source,
        proven=found.proven,
        device=found.device,
    )


def groups(part: Part, found: Resolution) -> set[frozenset[str]]:
    """The persons as sets of names."""
    persons: dict[bytes, set[str]] = {}
    for fragment, person in found.persons.items():
        row = part.fragments[fragment]
        persons.setdefault(person, set()).add(f"{row.kind}:{row.value}")
    return {frozenset(members) for members in persons.values()}


def reason(found: Resolution, joint: Link) -> str | None:
    """Why the link is inactive."""
    return found.reasons.get(joint.link_id)
