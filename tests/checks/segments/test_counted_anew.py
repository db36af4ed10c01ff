"""Counting a trait anew: what was counted before is replaced, once."""

from __future__ import annotations

from segue.app import backfill
from segue.app.traits import Traits
from segue.enrich.traits.plan import plan
from segue.ports.statements import Statement

from .shop import TRAITS, Shop, bought

KEEN = 'segments: {keen: {when: {field: traits.orders_90d, op: ">=", value: 2}}}'


def lose_states(shop: Shop) -> None:
    with shop.installation.database.transaction() as session:
        session.execute(Statement("lose", "as a fault of ours might", "truncate trait_state"))
        session.execute(Statement("leave", "so might they", "truncate segment_member"))


def anew(shop: Shop) -> bool:
    rules = shop.installation.rules()
    return backfill.begin_anew(shop.installation, plan(rules).needs["orders_90d"])


def test_what_was_lost_is_counted_again_and_judged_again(bare: Shop) -> None:
    bare.define(traits=TRAITS, segments=KEEN)
    bare.happen(bought("ann", 1), bought("ann", 2), bought("bob", 1))
    lose_states(bare)
    assert Traits(bare.installation).backfill("orders_90d").backfill.state == "done"
    assert bare.record("user_id:ann").traits["orders_90d"] == 2
    assert bare.segments("user_id:ann") == ["keen"]
    assert bare.segments("user_id:bob") == []


def test_what_happens_meanwhile_counts_once_and_the_value_is_incomplete(bare: Shop) -> None:
    bare.define(traits=TRAITS)
    bare.happen(bought("ann", 1))
    bare.catch_up()
    assert anew(bare)
    assert not anew(bare), "it has begun already"
    bare.happen(bought("ann", 2))
    record = bare.record("user_id:ann")
    assert "orders_90d" in record.traits_marks.incomplete
    bare.catch_up()
    record = bare.record("user_id:ann")
    assert record.traits["orders_90d"] == 2
    assert "orders_90d" not in record.traits_marks.incomplete


def test_counting_again_and_again_changes_nothing(bare: Shop) -> None:
    bare.define(traits=TRAITS)
    bare.happen(bought("ann", 1), bought("ann", 2))
    bare.catch_up()
    before = bare.record("user_id:ann").traits
    for _ in range(3):
        assert anew(bare)
        bare.catch_up()
    assert bare.record("user_id:ann").traits == before
