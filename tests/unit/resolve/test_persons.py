"""The pure rule: which fragments are one person, and why not."""

from __future__ import annotations

from collections.abc import Sequence

from segue.domain.identity import Evidence, Link, Tier
from segue.domain.order import DAY, HOUR, OrderKey, order_key
from segue.resolve.persons import PERSON_LINKS, Resolution, resolve
from tests.unit.resolve.graphs import NOON, RULES, frag, groups, link, part_of, seen

CLAIMED = Tier.CLAIMED


def resolved(
    *evidence: Evidence, aparts: Sequence[tuple[str, str]] = ()
) -> tuple[set[frozenset[str]], Resolution]:
    part = part_of(evidence, aparts)
    found = resolve(part, RULES)
    return groups(part, found), found


def by_hand(one: str, other: str, moment: int) -> Evidence:
    a, b = sorted((frag(one), frag(other)))
    proof = OrderKey(order_key(moment, 0, "hand"))
    return Evidence(links=(Link(a=a, b=b, tier=Tier.MANUAL, first_proof=proof, proof={"by": "test"}),))


def persons(*members: str) -> set[frozenset[str]]:
    return {frozenset(each.split()) for each in members}


def test_anonymous_history_joins_on_log_in() -> None:
    got, found = resolved(seen("cookie:1", None, 1), seen("user:ann", "cookie:1", 2))
    assert got == persons("cookie:1 user:ann")
    assert set(found.persons.values()) == {frag("cookie:1")}  # she is known since the first visit


def test_a_unique_kind_is_never_there_twice() -> None:
    got, found = resolved(seen("user:ann", "mail:x", 1), seen("user:ben", "mail:x", 2))
    assert got == persons("user:ann mail:x", "user:ben")
    assert found.reasons == {link("user:ben", "mail:x", 2).link_id: "unique:user"}


def test_only_the_offending_link_stays_out() -> None:
    got, _ = resolved(
        seen("user:ann", "card:1", 1),
        seen("user:ann", "card:2", 2),
        seen("user:ann", "card:3", 3),
        seen("card:3", "free:z", 3),
        seen("user:ann", "mail:x", 4),
    )
    assert got == persons("user:ann card:1 card:2 mail:x", "card:3 free:z")


def test_a_windowed_limit_counts_first_proofs_by_event_time() -> None:
    crowded, found = resolved(*(seen("user:ann", f"mail:{n}", n * HOUR) for n in range(3)))
    assert crowded == persons("user:ann mail:0 mail:1", "mail:2")
    assert set(found.reasons.values()) == {"limit:mail"}
    spread, _ = resolved(*(seen("user:ann", f"mail:{n}", n * DAY // 2) for n in range(5)))
    assert spread == persons("user:ann mail:0 mail:1 mail:2 mail:3 mail:4")


def test_claims_use_up_no_limit_of_what_is_proven() -> None:
    got, _ = resolved(
        seen("user:ann", "card:fake1", 1, CLAIMED),
        seen("user:ann", "card:fake2", 2, CLAIMED),
        seen("user:ann", "card:1", 3),
        seen("user:ann", "card:2", 4),
    )
    assert got == persons("user:ann card:1 card:2", "card:fake1", "card:fake2")


def test_two_people_on_one_tablet_stay_two_and_its_history_is_nobodys() -> None:
    got, found = resolved(
        seen("user:ann", "device:tablet", 1),
        seen("user:ben", "device:tablet", 2),
        seen("user:ben", "mail:b", 3),
    )
    assert got == persons("user:ann", "user:ben mail:b", "device:tablet")
    assert set(found.reasons.values()) == {"shared_device"}
    assert found.sharing.cut == {frag("device:tablet"): Tier.PROVEN}


def test_a_claim_does_not_take_a_device_from_its_proven_owner() -> None:
    got, found = resolved(
        seen("user:ann", "device:phone", 2),
        seen("user:eve", "device:phone", 1, CLAIMED),
        seen("device:phone", "mail:a", 3, CLAIMED),
    )
    assert got == persons("user:ann device:phone", "user:eve", "mail:a")
    assert found.sharing.cut == {frag("device:phone"): CLAIMED}


def test_a_cookie_seen_on_two_peoples_devices_only_is_nobodys() -> None:
    got, _ = resolved(
        seen("user:ann", "device:1", 1),
        seen("user:ben", "device:2", 2),
        seen("cookie:x", "device:1", 3),
        seen("cookie:x", "device:2", 4),
    )
    assert got == persons("user:ann device:1", "user:ben device:2", "cookie:x")


def test_a_cookie_with_an_owner_of_its_own_is_hers_even_on_a_shared_device() -> None:
    got, _ = resolved(
        seen("user:ann", "device:1", 1),
        seen("user:ben", "device:1", 2),
        seen("cookie:x", "device:1", 3),
        seen("user:ann", "cookie:x", 4),
    )
    assert got == persons("user:ann cookie:x", "user:ben", "device:1")


def test_a_join_by_hand_overrides_limits_and_puts_nothing_out() -> None:
    got, found = resolved(
        *(seen("user:ann", f"card:a{n}", n) for n in range(2)),
        *(seen("user:ben", f"card:b{n}", n) for n in range(2)),
        by_hand("user:ann", "user:ben", NOON),
    )
    assert got == persons("user:ann user:ben card:a0 card:a1 card:b0 card:b1")
    assert not found.reasons


def test_an_apart_keeps_two_from_being_one_by_any_way() -> None:
    evidence = (seen("user:ann", "free:x", 1), seen("free:x", "free:y", 2), seen("mail:m", "free:y", 3))
    got, found = resolved(*evidence, aparts=[("user:ann", "mail:m")])
    assert got == persons("user:ann free:x free:y", "mail:m")
    assert found.reasons == {link("mail:m", "free:y", 3).link_id: "apart"}


def test_of_a_join_and_an_apart_by_hand_the_later_one_counts() -> None:
    evidence = (seen("user:ann", None, 1), seen("mail:m", None, 2))
    apart = [("user:ann", "mail:m")]
    earlier, found = resolved(*evidence, by_hand("user:ann", "mail:m", NOON), aparts=apart)
    assert earlier == persons("user:ann", "mail:m")
    assert set(found.reasons.values()) == {"apart"}
    later, _ = resolved(*evidence, by_hand("user:ann", "mail:m", NOON + 1), aparts=apart)
    assert later == persons("user:ann mail:m")


def test_uncertain_links_join_no_certain_person() -> None:
    got, found = resolved(seen("user:ann", "mail:m", 1, Tier.PROBABILISTIC))
    assert got == persons("user:ann", "mail:m")
    assert set(found.reasons.values()) == {"uncertain"}


def test_a_person_takes_a_thousand_links_and_no_more() -> None:
    evidence = [seen("user:ann", f"free:{n}", n, CLAIMED) for n in range(PERSON_LINKS + 5)]
    evidence.append(seen("user:ann", "mail:proven", NOON))
    got, found = resolved(*evidence)
    assert max(len(members) for members in got) == PERSON_LINKS + 1
    assert sorted(found.reasons.values()) == ["frozen"] * 6
    assert any({"user:ann", "mail:proven"} <= members for members in got)  # claims never crowd it out
