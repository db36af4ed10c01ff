"""Components too large to be replayed: bounded work, and still nobody is joined who must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segue.adapters.postgres.database import PostgresDatabase, PostgresSession
from segue.domain.identity import Evidence, FragmentRow, Tier
from segue.ports.database import Bound
from segue.ports.statements import Statement
from segue.resolve import by_hand, reading, writing
from segue.resolve.linker import link
from segue.resolve.persons import members, root_of
from tests.checks.identity.test_laws import batches, evidences, laws
from tests.unit.resolve.graphs import NOON, RULES, frag, scratch, seen

ROWS = Statement("rows", "all", "select fragment_id, person_id from fragment order by 1")
PERSONS = Statement("persons", "all", "select distinct person_id from fragment")
ACTIVE = Statement("active", "all", "select a, b from link where active")
LOOSE = Statement(
    "loose",
    "links that connect two components of which neither is frozen",
    """
    select l.a, l.b from link l join fragment f on f.fragment_id = l.a join fragment g on g.fragment_id = l.b
    where f.component_id <> g.component_id
      and l.tier < least(coalesce(f.cut_tier, 9), coalesce(g.cut_tier, 9))
      and not exists (
          select 1 from frozen_component c where c.component_id in (f.component_id, g.component_id))
    """,
)


@contextmanager
def component_links(bound: int) -> Iterator[None]:
    """Components with more links than this are frozen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "COMPONENT_LINKS", bound)
        yield


class Counting:
    """A session that counts statements and the rows they bring."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session
        self.statements = 0
        self.rows = 0

    def fetch(self, statement: Statement, /, **values: object) -> list[tuple[Any, ...]]:
        rows = self._session.fetch(statement, **values)
        self.statements += 1
        self.rows += len(rows)
        return rows

    def send(self, statement: Statement, /, **values: object) -> Callable[[], list[tuple[Any, ...]]]:
        rows = self.fetch(statement, **values)
        return lambda: rows

    def together(self, asked: Sequence[Bound], /) -> list[list[tuple[Any, ...]]]:
        return [self.fetch(each.statement, **each.values) for each in asked]

    def later(self, asked: Sequence[Bound], /) -> None:
        self.together(asked)

    def last(self, asked: Sequence[Bound], /) -> None:
        self.together(asked)

    def by_index(self) -> None:
        self._session.by_index()

    def execute(self, statement: Statement, /, **values: object) -> int:
        self.statements += 1
        return self._session.execute(statement, **values)

    def copy(self, statement: Statement, /, rows: Any) -> None:
        self.statements += 1
        self._session.copy(statement, rows)

    def stream(self, statement: Statement, /, **values: object) -> Iterator[tuple[Any, ...]]:
        return self._session.stream(statement, **values)


def assert_sound(session: PostgresSession) -> None:
    """Persons are what active links join, under their right ids, within unique kinds and limits."""
    rows: dict[bytes, FragmentRow] = {
        row.fragment_id: row
        for (person,) in session.fetch(PERSONS)
        for row in reading.fragments_of(session, person)
    }
    up: dict[bytes, bytes] = {}
    for a, b in session.fetch(ACTIVE):
        one, other = root_of(up, a), root_of(up, b)
        if one != other:
            up[other] = one
    assert {fragment: row.person_id for fragment, row in rows.items()} == members(rows, up)
    for (person,) in session.fetch(PERSONS):
        kinds = [row.kind for row in reading.fragments_of(session, person)]
        assert kinds.count("user") <= 1
        assert kinds.count("card") <= 2
    assert session.fetch(LOOSE) == []


@laws
@given(evidence=evidences(), bound=st.integers(0, 6), data=st.data())
def test_frozen_components_stay_sound_in_any_order(
    shared_database: PostgresDatabase, evidence: list[Evidence], bound: int, data: st.DataObject
) -> None:
    with component_links(bound), scratch(shared_database) as session:
        for batch in batches(data, evidence):
            link(session, batch, RULES, NOON)
            assert_sound(session)
        before = session.fetch(ROWS)
        for batch in batches(data, evidence):
            link(session, batch, RULES, NOON)
        assert session.fetch(ROWS) == before


@laws
@given(evidence=evidences(), data=st.data())
def test_a_join_by_hand_is_undone_exactly_in_frozen_components_too(
    shared_database: PostgresDatabase, evidence: list[Evidence], data: st.DataObject
) -> None:
    with component_links(2), scratch(shared_database) as session:
        for batch in batches(data, evidence):
            link(session, batch, RULES, NOON)
        before = session.fetch(ROWS)
        one, other = data.draw(st.sampled_from(before)), data.draw(st.sampled_from(before))
        assume(one[1] != other[1])
        merged = by_hand.merge(session, one[0], other[0], by="test", at=NOON, identity=RULES)
        assert len({row[1] for row in session.fetch(ROWS)}) == len({row[1] for row in before}) - 1
        by_hand.unmerge(session, one[0], merged.link_id, by="test", at=NOON, identity=RULES)
        assert session.fetch(ROWS) == before


def ten_thousand(one: str, kind: str, tier: Tier = Tier.PROVEN) -> Sequence[Evidence]:
    return [seen(one, f"{kind}:{n}", n + 1, tier) for n in range(10_000)]


@pytest.mark.parametrize(
    ("hub", "kind"),
    [("user:ann", "free"), ("user:ann", "cookie"), ("device:kiosk", "user"), ("device:till", "mail")],
)
def test_ten_thousand_identifiers_around_one_cost_the_next_batch_no_more_than_a_thousand(
    shared_database: PostgresDatabase, hub: str, kind: str
) -> None:
    with scratch(shared_database) as session:
        evidence = ten_thousand(hub, kind)
        for start in range(0, 10_000, 2_500):
            link(session, evidence[start : start + 2_500], RULES, NOON)
        counting = Counting(session)
        link(counting, [seen(hub, f"{kind}:new", NOON)], RULES, NOON)
        assert counting.rows < 2_100
        assert counting.statements < 12
        assert reading.locate(session, frag(f"{kind}:new")) is not None
        view = reading.identity(session, frag(hub))
        assert view is not None
        assert len(view.links) <= reading.LINKS_SHOWN


def test_whoever_floods_a_victim_with_claims_blocks_nothing_that_is_proven(
    shared_database: PostgresDatabase,
) -> None:
    with scratch(shared_database) as session:
        link(session, [seen("user:victim", "mail:victim", NOON)], RULES, NOON)
        link(session, ten_thousand("mail:victim", "cookie", Tier.CLAIMED), RULES, NOON)
        link(session, ten_thousand("mail:victim", "free", Tier.CLAIMED), RULES, NOON)
        flood = [seen("cookie:attacker", f"mail:{n}", n + 1, Tier.CLAIMED) for n in range(2_000)]
        link(session, [*flood, seen("cookie:attacker", "mail:victim", 9_000, Tier.CLAIMED)], RULES, NOON)
        linked = link(session, [seen("card:1", "mail:victim", NOON + 1)], RULES, NOON)
        assert len(linked.merged) <= 1
        person = reading.locate(session, frag("user:victim"))
        assert reading.locate(session, frag("card:1")) == person
        [joint] = reading.links_of(session, [frag("card:1")])
        assert joint.active


def test_the_number_of_statements_does_not_grow_with_the_batch(shared_database: PostgresDatabase) -> None:
    counts = []
    for size in (1, 300):
        with scratch(shared_database) as session:
            link(session, [seen(f"user:{n}", f"mail:{n}", n + 1) for n in range(size)], RULES, NOON)
            counting = Counting(session)
            link(counting, [seen(f"user:{n}", f"cookie:{n}", NOON + n) for n in range(size)], RULES, NOON)
            counts.append(counting.statements)
    assert counts[1] <= counts[0] + 2  # other persons' ids may change, too
