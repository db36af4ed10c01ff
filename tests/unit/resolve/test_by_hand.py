"""Merging, unmerging and deleting by hand."""

from __future__ import annotations

import pytest

from segue.adapters.postgres.database import PostgresSession
from segue.domain.identity import Tier
from segue.errors import ConflictError, NotFoundError
from segue.ports.statements import Statement
from segue.resolve import by_hand, reading
from segue.resolve.by_hand import Merged, Unmerged
from segue.resolve.linker import link
from tests.unit.resolve.graphs import NOON, RULES, frag, seen
from tests.unit.resolve.graphs import link as link_between

DERIVED = Statement("derived", "all", "select name from derived_event order by at, name")


def merge(session: PostgresSession, one: str, other: str, at: int = NOON) -> Merged:
    return by_hand.merge(session, frag(one), frag(other), by="key-1", at=at, identity=RULES)


def unmerge(session: PostgresSession, person: bytes, link_id: bytes, *, everything: bool = False) -> Unmerged:
    return by_hand.unmerge(session, person, link_id, all=everything, by="key-1", at=NOON, identity=RULES)


def members(session: PostgresSession, name: str) -> set[str]:
    person = reading.locate(session, frag(name))
    assert person is not None
    return {f"{row.kind}:{row.value}" for row in reading.fragments_of(session, person)}


def test_two_persons_become_one_and_two_again(session: PostgresSession) -> None:
    link(session, [seen("user:ann", "card:1", 1), seen("user:ben", "card:2", 2)], RULES, NOON)
    merged = merge(session, "card:1", "card:2")
    assert merged.person_id == reading.locate(session, frag("user:ben"))
    assert members(session, "user:ann") == {"user:ann", "card:1", "user:ben", "card:2"}
    apart = unmerge(session, merged.person_id, merged.link_id)
    assert set(apart.persons) == {
        reading.locate(session, frag("user:ann")),
        reading.locate(session, frag("user:ben")),
    }
    assert members(session, "user:ann") == {"user:ann", "card:1"}
    assert members(session, "user:ben") == {"user:ben", "card:2"}
    assert {name for (name,) in session.fetch(DERIVED)} == {"Persons Merged", "Person Split"}


def test_an_unmerge_lasts_whatever_evidence_comes(session: PostgresSession) -> None:
    link(session, [seen("card:1", "mail:a", 1)], RULES, NOON)
    joint = link_between("card:1", "mail:a", 1)
    unmerge(session, frag("card:1"), joint.link_id)
    link(
        session,
        [seen("card:1", "free:x", 2), seen("free:x", "mail:a", 3), seen("card:1", "mail:a", 0)],
        RULES,
        NOON,
    )
    assert "mail:a" not in members(session, "card:1")


def test_a_merge_after_an_unmerge_counts_and_can_be_undone_again(session: PostgresSession) -> None:
    link(session, [seen("card:1", "mail:a", 1), seen("free:x", "card:1", 2)], RULES, NOON)
    unmerge(session, frag("card:1"), link_between("card:1", "mail:a", 1).link_id)
    for _ in range(2):
        merged = merge(session, "free:x", "mail:a")
        assert members(session, "card:1") == {"card:1", "free:x", "mail:a"}
        unmerge(session, frag("mail:a"), merged.link_id)
        assert members(session, "card:1") == {"card:1", "free:x"}


def test_what_else_joins_the_two_is_told_and_separated_only_on_demand(session: PostgresSession) -> None:
    evidence = [seen("user:ann", "mail:a", 1), seen("user:ann", "free:x", 2), seen("free:x", "mail:a", 3)]
    link(session, evidence, RULES, NOON)
    direct, detour = link_between("user:ann", "mail:a", 1), link_between("free:x", "mail:a", 3)
    told = unmerge(session, frag("user:ann"), direct.link_id)
    assert told.persons == (reading.locate(session, frag("user:ann")),) * 2
    assert told.still_joined_by == (detour.link_id,)
    assert members(session, "mail:a") == {"user:ann", "mail:a", "free:x"}
    done = unmerge(session, frag("user:ann"), direct.link_id, everything=True)
    assert len(set(done.persons)) == 2
    assert members(session, "user:ann") == {"user:ann", "free:x"}


def test_a_deleted_identifier_stays_away_though_evidence_comes_again(session: PostgresSession) -> None:
    link(session, [seen("user:ann", "mail:a", 1), seen("user:ann", "card:1", 2)], RULES, NOON)
    gone = by_hand.delete_identifier(
        session, frag("user:ann"), frag("mail:a"), by="key-1", at=NOON, identity=RULES
    )
    assert gone.identifier_of == frag("mail:a")
    link(session, [seen("card:1", "mail:a", 3), seen("user:ann", "mail:a", 0)], RULES, NOON)
    assert members(session, "user:ann") == {"user:ann", "card:1"}
    with pytest.raises(NotFoundError):
        by_hand.delete_identifier(session, frag("user:ann"), frag("mail:a"), by="k", at=NOON, identity=RULES)
    with pytest.raises(ConflictError):
        by_hand.delete_identifier(session, frag("mail:a"), frag("mail:a"), by="k", at=NOON, identity=RULES)


def test_what_cannot_be_done_says_why(session: PostgresSession) -> None:
    link(session, [seen("user:ann", "mail:a", 1), seen("user:ben", "mail:a", 2)], RULES, NOON)
    with pytest.raises(NotFoundError):
        merge(session, "user:ann", "user:nobody")
    with pytest.raises(ConflictError):
        merge(session, "user:ann", "mail:a")
    with pytest.raises(NotFoundError):
        unmerge(session, frag("user:ann"), b"?" * 16)
    with pytest.raises(ConflictError, match="unique:user"):
        unmerge(session, frag("user:ann"), link_between("user:ben", "mail:a", 2).link_id)


def test_a_join_by_hand_is_made_at_no_device(session: PostgresSession) -> None:
    link(session, [seen("cookie:1", "free:x", 1), seen("user:ann", None, 2)], RULES, NOON)
    merge(session, "cookie:1", "user:ann")
    [joint] = [each for each in reading.links_of(session, [frag("user:ann")]) if each.tier == Tier.MANUAL]
    assert {joint.a, joint.b} == {frag("free:x"), frag("user:ann")}
    assert joint.proof == {"by": "key-1", "at": NOON}
