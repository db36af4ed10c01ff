"""Who is whom, and why, as it is read back."""

from __future__ import annotations

from segue.adapters.postgres.database import PostgresSession
from segue.domain.identity import Tier
from segue.resolve import by_hand, reading
from segue.resolve.forget import forget
from segue.resolve.linker import link
from tests.unit.resolve.graphs import NOON, RULES, frag, seen


def test_any_fragment_finds_its_person(session: PostgresSession) -> None:
    link(session, [seen("cookie:1", "user:ann", 1), seen("mail:a", "user:ann", 2)], RULES, NOON)
    found = {reading.locate(session, frag(name)) for name in ("cookie:1", "user:ann", "mail:a")}
    assert len(found) == 1
    assert reading.locate(session, b"?" * 16) is None


def test_identity_shows_identifiers_links_and_shared_devices(session: PostgresSession) -> None:
    evidence = [
        seen("user:ann", "mail:a", 1_000_000, Tier.CLAIMED),
        seen("user:ann", "device:tablet", 2_000_000),
        seen("user:ben", "device:tablet", 3_000_000),
    ]
    link(session, evidence, RULES, NOON)
    view = reading.identity(session, frag("mail:a"))
    assert view is not None
    assert [(each.kind, each.tier) for each in view.identifiers] == [
        (kind, "deterministic-claimed")
        for kind in (row.kind for row in reading.fragments_of(session, bytes.fromhex(view.person_id)))
    ]
    assert [each.value for each in view.shared_devices] == ["tablet"]
    assert [(each.active, each.reason) for each in view.links][1] == (False, "shared_device")
    assert view.links[0].first_proof_at == "1970-01-01T00:00:01Z"
    assert view.links[0].proof == {"message_id": "event-1000000"}


def test_why_two_are_one_names_the_links_between_them(session: PostgresSession) -> None:
    evidence = [
        seen("user:ann", "mail:a", 1),
        seen("user:ann", "card:1", 2, Tier.CLAIMED),
        seen("card:1", "free:x", 3),
    ]
    link(session, evidence, RULES, NOON)
    answer = reading.why(session, frag("mail:a"), frag("free:x"))
    assert answer is not None
    assert answer.one_person
    ends = [set(each.between) for each in answer.path]
    assert ends == [
        {frag("mail:a").hex(), frag("user:ann").hex()},
        {frag("user:ann").hex(), frag("card:1").hex()},
        {frag("card:1").hex(), frag("free:x").hex()},
    ]
    assert "deterministic-claimed" in answer.because


def test_why_two_are_not_one_names_what_stands_against_it(session: PostgresSession) -> None:
    evidence = [
        seen("user:ann", "mail:a", 1),
        seen("user:ben", "mail:a", 2),
        seen("user:cem", "device:t", 3),
        seen("user:dan", "device:t", 4),
        seen("free:x", "card:1", 5),
    ]
    link(session, evidence, RULES, NOON)
    unique = reading.why(session, frag("user:ann"), frag("user:ben"))
    shared = reading.why(session, frag("user:cem"), frag("user:dan"))
    nothing = reading.why(session, frag("user:ann"), frag("user:cem"))
    joined = by_hand.merge(session, frag("free:x"), frag("user:ann"), by="ops", at=NOON, identity=RULES)
    by_hand.unmerge(session, frag("free:x"), joined.link_id, by="ops", at=NOON, identity=RULES)
    apart = reading.why(session, frag("free:x"), frag("user:ann"))
    assert unique is not None
    assert unique.inactive[0].reason == "unique:user"
    assert shared is not None
    assert shared.met == [frag("device:t").hex()]
    assert [each.reason for each in shared.inactive] == ["shared_device"] * 2
    assert "shared_device" in shared.because
    assert nothing is not None
    assert nothing.because == "nothing was ever seen that names both"
    assert apart is not None
    assert apart.aparts[0].by == "ops"
    assert "ops set them apart" in apart.because
    assert reading.why(session, frag("free:x"), b"?" * 16) is None


def test_the_forgotten_are_nowhere_and_the_rest_is_what_its_links_say(session: PostgresSession) -> None:
    link(
        session,
        [seen("cookie:1", "free:x", 1), seen("free:x", "mail:a", 2), seen("mail:a", "card:1", 3)],
        RULES,
        NOON,
    )
    forget(session, [frag("free:x"), frag("cookie:1"), b"?" * 16])
    assert reading.locate(session, frag("free:x")) is None
    person = reading.locate(session, frag("card:1"))
    assert person == frag("mail:a")
    assert {row.kind for row in reading.fragments_of(session, person)} == {"mail", "card"}
    assert len(reading.links_of(session, [frag("free:x"), frag("mail:a"), frag("cookie:1")])) == 1
    link(session, [seen("card:1", "user:ann", 4)], RULES, NOON)
    assert reading.locate(session, frag("user:ann")) == frag("mail:a")
