"""Laws of identity on a real database: order and batches do not matter, hands undo exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from segue.adapters.postgres.database import PostgresDatabase, PostgresSession
from segue.domain.identity import Evidence, Tier
from segue.domain.order import HOUR
from segue.ports.statements import Statement
from segue.resolve import by_hand
from segue.resolve.linker import link
from segue.resolve.persons import resolve
from tests.unit.resolve.graphs import NOON, RULES, groups, part_of, scratch, seen

NAMES = [
    *(f"user:{n}" for n in range(3)),
    *(f"card:{n}" for n in range(3)),
    *(f"mail:{n}" for n in range(4)),
    "free:x",
    *(f"device:{n}" for n in range(3)),
    *(f"cookie:{n}" for n in range(4)),
]
FRAGMENTS = Statement(
    "f",
    "all",
    "select fragment_id, person_id, component_id, first_key, source, proven, shared, cut_tier"
    " from fragment order by 1",
)
LINKS = Statement(
    "l", "all", "select link_id, a, b, tier, first_proof, proof, active, reason from link order by 1"
)

laws = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
tiers = st.sampled_from([Tier.PROVEN, Tier.CLAIMED])


@st.composite
def evidences(draw: st.DrawFn) -> list[Evidence]:
    """What up to 14 events say, at distinct times."""
    facts = draw(
        st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 60), tiers),
            min_size=1,
            max_size=14,
            unique_by=lambda fact: fact[2],
        )
    )
    return [
        seen(one, None if one == other else other, NOON + at * HOUR, tier) for one, other, at, tier in facts
    ]


def batches(draw: st.DataObject, evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """The evidence in another order, cut into batches."""
    rest = draw.draw(st.permutations(evidence))
    cuts = sorted(draw.draw(st.sets(st.integers(1, max(1, len(rest) - 1)), max_size=5)))
    return [rest[a:b] for a, b in zip([0, *cuts], [*cuts, len(rest)], strict=True) if a < b]


def everything(session: PostgresSession) -> tuple[object, object]:
    return session.fetch(FRAGMENTS), session.fetch(LINKS)


@laws
@given(evidence=evidences(), data=st.data())
def test_any_order_and_any_batches_give_the_same_persons(
    shared_database: PostgresDatabase, evidence: list[Evidence], data: st.DataObject
) -> None:
    with scratch(shared_database) as session:
        link(session, evidence, RULES, NOON)
        at_once = everything(session)
    with scratch(shared_database) as session:
        for batch in batches(data, evidence):
            link(session, batch, RULES, NOON)
        assert everything(session) == at_once
        for batch in batches(data, evidence):
            assert not link(session, batch, RULES, NOON).persons_changed
        assert everything(session) == at_once


@laws
@given(evidence=evidences())
def test_what_is_stored_is_what_the_pure_rule_says_of_all_evidence(
    shared_database: PostgresDatabase, evidence: list[Evidence]
) -> None:
    part = part_of(evidence)
    found = resolve(part, RULES)
    with scratch(shared_database) as session:
        for each in evidence:
            link(session, [each], RULES, NOON)
        rows = session.fetch(FRAGMENTS)
        assert {row[0]: row[1] for row in rows} == found.persons
        assert {row[0]: row[2] for row in rows} == found.components
        assert {row[0] for row in rows if row[6]} == set(found.sharing.out)
        fates = {row[0]: row[7] for row in session.fetch(LINKS)}
        assert fates == {link_id: found.reasons.get(link_id) for link_id in part.links}


@laws
@given(evidence=evidences())
def test_claims_never_put_out_what_is_proven(evidence: list[Evidence]) -> None:
    everything_said, proven = part_of(evidence), part_of(evidence)
    proven.links = {i: each for i, each in proven.links.items() if each.tier == Tier.PROVEN}
    with_claims, without = resolve(everything_said, RULES), resolve(proven, RULES)
    assert {i: with_claims.reasons.get(i) for i in proven.links} == {
        i: without.reasons.get(i) for i in proven.links
    }
    for members in groups(proven, without):
        assert any(members <= larger for larger in groups(everything_said, with_claims))


@laws
@given(evidence=evidences(), later=evidences(), data=st.data())
def test_undoing_a_join_by_hand_gives_back_exactly_what_would_be_there_without_it(
    shared_database: PostgresDatabase, evidence: list[Evidence], later: list[Evidence], data: st.DataObject
) -> None:
    with scratch(shared_database) as session:
        link(session, evidence, RULES, NOON)
        before = _persons(session)
        one, other = data.draw(st.sampled_from(before)), data.draw(st.sampled_from(before))
        assume(one[1] != other[1])
        merged = by_hand.merge(session, one[0], other[0], by="test", at=NOON, identity=RULES)
        _undo(session, merged)
        assert _persons(session) == before
        merged = by_hand.merge(session, one[0], other[0], by="test", at=NOON, identity=RULES)
        a, b = next((row[1], row[2]) for row in session.fetch(LINKS) if row[0] == merged.link_id)
        link(session, later, RULES, NOON)
        _undo(session, merged)
        part = part_of([*evidence, *later])
        expected = resolve(part, RULES)
        assume(expected.persons[a] != expected.persons[b])
        assume(all({each.a, each.b} != {a, b} for each in part.links.values()))
        assert {row[0]: row[1] for row in session.fetch(FRAGMENTS)} == expected.persons


def _undo(session: PostgresSession, merged: by_hand.Merged) -> None:
    end = next(row[1] for row in session.fetch(LINKS) if row[0] == merged.link_id)
    by_hand.unmerge(session, end, merged.link_id, by="test", at=NOON, identity=RULES, all=True)


def _persons(session: PostgresSession) -> list[tuple[Any, ...]]:
    """All of the fragments but the components, which keep links together that were decided about."""
    return [(*row[:2], *row[3:]) for row in session.fetch(FRAGMENTS)]
