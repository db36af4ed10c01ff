"""Law 8: what was erased is nowhere."""

from __future__ import annotations

import pytest

from segue.app import erase
from segue.app.definitions import apply
from segue.app.lake import lake_of
from segue.app.ledger import read_ledger
from segue.domain.events import DeadLetter
from segue.errors import NotFoundError

from .house import House, bought


def test_a_person_is_gone_from_everywhere_and_others_stay(house: House) -> None:
    house.happen(
        bought("ann", 1, anonymous="a-1", email="ann@example.com", city="Berlin"),
        bought("bob", 1, anonymous="b-1", email="bob@example.com"),
        *[bought("ann", n) for n in range(2, 9)],
    )
    house.archive()
    house.happen(bought("ann", 20), bought("bob", 20))
    assert b"ann@example.com" in house.everything()

    proof = erase.erase(house.installation, house.person_id("email:ann@example.com"))

    assert proof.fragments == 3
    assert set(proof.left.values()) == {0}
    kept = house.everything()
    for trace in (b"ann@example.com", b"a-1", b"ann-20", b"ann-3", b"Berlin"):
        assert trace not in kept
    for identifier in ("email:ann@example.com", "user_id:ann", "anonymous_id:a-1"):
        assert house.found(identifier) is None
    assert house.found("user_id:bob").identifiers
    assert [row["n"] for row in house.ask("select count(*) n from events")] == [2]


SEGMENTS = """
segments:
  buyers: {when: {field: traits.frequency, op: ">=", value: 1}}
  berliners: {when: {field: attributes.city, op: "=", value: Berlin}}
"""


def test_what_is_counted_of_her_and_where_she_was_in_goes_too(house: House) -> None:
    installation = house.installation
    apply(installation.database, installation.clock, {"segments.yaml": SEGMENTS}, actor="test")
    installation._rules = None
    house.happen(
        bought("ann", 1, anonymous="a-1", city="Berlin"), bought("ann", 2), bought("bob", 1, city="Berlin")
    )
    installation.settle()
    assert house.found("user_id:ann").segments == ["berliners", "buyers"]
    fragments = {bytes.fromhex(each) for each in house.found("user_id:ann").fragments}
    tables = ("trait_state", "segment_member", "segment_change", "segment_due")
    assert all(fragments & {value for row in house.table(name) for value in row} for name in tables)
    house.happen(bought("ann", 3), drain=False)

    erase.erase(installation, house.person_id("user_id:ann"))

    for name in (*tables, "segment_waiting"):
        assert not fragments & {value for row in house.table(name) for value in row}, name
    assert house.found("user_id:bob").segments == ["berliners"]


def test_she_is_hidden_at_once_before_any_file_is_rewritten(house: House) -> None:
    house.happen(bought("ann", 1, email="ann@example.com"), bought("bob", 1))
    house.archive()
    ann = house.person_id("user_id:ann")
    erase.ask(house.installation, ann)
    assert house.found("user_id:ann") is None
    assert house.ask("select message_id from events") == [{"message_id": "bob-1"}]
    assert (
        house.ask("select * from events join fragments using (fragment_id) where message_id = 'ann-1'") == []
    )
    lake = lake_of(house.installation)
    assert lake.timeline([house.fragment("user_id", "ann")]).events == []


def test_what_waits_to_be_processed_goes_too_with_identifiers_nobody_knew_yet(house: House) -> None:
    house.happen(bought("ann", 1, email="ann@example.com"))
    ann = house.person_id("user_id:ann")
    house.happen(bought("ann", 2, loyalty="x", phone="+49 30 901820"), drain=False)
    erase.erase(house.installation, ann)
    assert b"30901820" not in house.everything()
    assert house.found("phone:+4930901820") is None


def test_dead_letters_that_mention_her_go_however_they_spell_it(house: House) -> None:
    def letter(number: int, raw: str) -> DeadLetter:
        return DeadLetter(
            dead_letter_id=f"{number:032x}", source="web", received_at=1, reason="r", detail="d", raw=raw
        )

    house.happen(
        bought("ann", 1, email="ann@example.com", phone="+4930901820"),
        dead=[
            letter(1, '{"properties":{"deep":[{"mail":" Ann@Example.com "}]}}'),
            letter(2, '{"traits":{"tel":"030 901820"}}'),
            letter(3, '{"broken: "ann@example.com"'),
            letter(4, '{"traits":{"email":"bob@example.com"}}'),
        ],
    )
    erase.erase(house.installation, house.person_id("user_id:ann"))
    assert [row[0][-1] for row in house.table("dead_letter")] == ["4"]


def test_who_comes_back_is_somebody_new(house: House) -> None:
    house.happen(*[bought("ann", n) for n in range(1, 4)])
    ann = house.person_id("user_id:ann")
    erasure_id = erase.ask(house.installation, ann)
    house.happen(bought("ann", 10))
    erase.finish(house.installation)
    assert erase.proof_of(house.installation, erasure_id).returned == 1
    assert house.found("user_id:ann").orders.count == 1
    assert house.ask("select message_id from events") == [{"message_id": "ann-10"}]


def test_the_same_events_sent_again_are_still_known_and_stay_away(house: House) -> None:
    house.happen(bought("ann", 1))
    erase.erase(house.installation, house.person_id("user_id:ann"))
    house.happen(bought("ann", 1))
    assert house.found("user_id:ann") is None
    assert house.ask("select * from events") == []


def test_an_erasure_that_was_interrupted_is_finished_by_whoever_looks_next(house: House) -> None:
    house.happen(bought("ann", 1), bought("bob", 1))
    house.archive()
    first = erase.ask(house.installation, house.person_id("user_id:ann"))
    second = erase.ask(house.installation, house.person_id("user_id:bob"))
    assert erase.finish(house.installation) == 2
    assert erase.finish(house.installation) == 0
    for each in (first, second):
        assert set(erase.proof_of(house.installation, each).left.values()) == {0}


def test_nobody_is_erased_twice(house: House) -> None:
    with pytest.raises(NotFoundError):
        erase.ask(house.installation, b"\x01" * 16)
    house.happen(bought("ann", 1))
    ann = house.person_id("user_id:ann")
    erase.ask(house.installation, ann)
    with pytest.raises(NotFoundError):
        erase.ask(house.installation, ann)


def test_ledger_and_audit_hold_ids_only(house: House) -> None:
    house.happen(bought("ann", 1, email="ann@example.com"))
    erase.erase(house.installation, house.person_id("user_id:ann"), by="key-7")
    [line] = read_ledger(house.installation.data)
    assert sorted(line.fragment_ids) == sorted(
        house.fragment(kind, value).hex()
        for kind, value in (("user_id", "ann"), ("email", "ann@example.com"))
    )
    assert "key-7" in repr(house.table("audit"))
    assert "ann" not in repr(house.table("audit")).replace("plan", "")


def test_compaction_never_brings_her_back(house: House) -> None:
    house.happen(bought("ann", 1), bought("bob", 1))
    house.archive()
    erase.ask(house.installation, house.person_id("user_id:ann"))
    house.installation.clock.advance(3 * 86_400_000_000)  # type: ignore[attr-defined]
    lake = lake_of(house.installation)
    assert lake.compact(all_days=True) == 1
    erase.finish(house.installation)
    assert house.ask("select message_id from events") == [{"message_id": "bob-1"}]
    assert b"ann-1" not in house.everything()
