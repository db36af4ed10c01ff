"""Who is in a segment: from the step of the event on, and by time alone."""

from __future__ import annotations

from segue.domain.order import DAY

from .shop import SEGMENTS, TRAITS, Shop, bought, told, viewed

ANN = "user_id:ann"


def test_an_event_brings_her_in_with_the_step_that_applies_it(shop: Shop) -> None:
    shop.happen(bought("ann", 1))
    assert shop.segments(ANN) == ["buyers"]
    shop.happen(bought("ann", 2), bought("ann", 3))
    assert shop.segments(ANN) == ["buyers", "loyal"]
    assert shop.changes() == [("buyers", True, "events"), ("loyal", True, "events")]


def test_the_record_tells_her_traits_as_of_now(shop: Shop) -> None:
    shop.happen(bought("ann", 1, days_ago=3), bought("ann", 2, revenue=2.5))
    traits = shop.record(ANN).traits
    assert (traits["orders_90d"], traits["spend_90d"], traits["days_since_order"]) == (2, 12.5, 0)
    shop.clock.advance(2 * DAY)
    assert shop.record(ANN).traits["days_since_order"] == 2


def test_a_condition_without_an_event_holds_for_whoever_is_new(shop: Shop) -> None:
    shop.happen(told("bob", 1, city="Rome"))
    assert shop.segments("user_id:bob") == ["silent"]


def test_time_alone_takes_her_out_and_puts_her_in(shop: Shop) -> None:
    shop.happen(bought("ann", 1), viewed("ann", 1), viewed("ann", 2))
    assert shop.segments(ANN) == ["buyers", "looking"]
    shop.clock.advance(8 * DAY)
    shop.settle()
    assert shop.segments(ANN) == ["buyers"]
    shop.clock.advance(40 * DAY)
    shop.settle()
    assert shop.segments(ANN) == ["buyers", "slipping"]
    shop.clock.advance(60 * DAY)
    shop.settle()
    assert shop.segments(ANN) == ["silent", "slipping"]
    assert {cause for *_, cause in shop.changes()[2:]} == {"time"}


def test_attributes_and_consent_count_as_the_record_has_them(shop: Shop) -> None:
    shop.happen(told("ann", 1, city="Berlin"))
    assert "berliners" in shop.segments(ANN)
    shop.happen(told("ann", 2, city="Hamburg"))
    assert "berliners" not in shop.segments(ANN)
    shop.happen(told("ann", 3, city="Berlin"))
    assert "berliners" in shop.segments(ANN)
    granted = bought("ann", 9)
    consent = type(granted)(
        type="track", event="Consent Granted", message_id="c1", user_id="ann",
        properties={"purpose": "marketing", "channel": "email"},
    )  # fmt: skip
    shop.happen(consent)
    assert "reachable" in shop.segments(ANN)


def test_a_merge_and_its_undoing_judge_both_sides(shop: Shop) -> None:
    shop.happen(bought("ann", 1), bought("ann", 2), bought("bob", 1, days_ago=50))
    before = shop.segments(ANN), shop.segments("user_id:bob")
    assert before == (["buyers"], ["buyers", "slipping"])
    link = shop.merge(ANN, "user_id:bob")
    assert shop.segments(ANN) == ["buyers", "loyal"]
    assert len(shop.rows("select * from segment_member where segment = 'buyers'")) == 1
    shop.unmerge(ANN, link)
    assert (shop.segments(ANN), shop.segments("user_id:bob")) == before
    entered_less_exited = (
        "select segment, sum(case when entered then 1 else -1 end) from segment_change group by 1"
    )
    members = "select segment, count(*) from segment_member group by 1 order by 1"
    told_of = {name: int(n) for name, n in shop.rows(entered_less_exited) if n}
    assert told_of == {name: int(n) for name, n in shop.rows(members)}


def test_a_new_definition_is_counted_over_the_past_and_judges_everybody(bare: Shop) -> None:
    bare.happen(*[bought(f"u{n}", 1, days_ago=50) for n in range(30)], bought("ann", 1, days_ago=60))
    bare.define(traits=TRAITS, segments=SEGMENTS)
    bare.happen(bought("ann", 2))
    assert "orders_90d" in bare.record(ANN).traits_marks.incomplete
    assert bare.segments(ANN) == []  # nobody is judged by half a count
    bare.catch_up()
    assert bare.record(ANN).traits["orders_90d"] == 2
    assert bare.record(ANN).traits_marks.incomplete == []
    assert bare.segments(ANN) == ["buyers"]
    assert bare.segments("user_id:u7") == ["buyers", "slipping"]
    assert {cause for *_, cause in bare.changes()} == {"definition"}


def test_counting_from_the_lake_twice_counts_once(bare: Shop) -> None:
    bare.happen(bought("ann", 1))
    bare.define(traits=TRAITS)
    for _ in range(2):
        bare.catch_up()
    assert bare.record(ANN).traits["orders_90d"] == 1


def test_a_definition_taken_away_and_brought_back_counts_what_came_between(shop: Shop) -> None:
    shop.happen(bought("ann", 1))
    shop.define(traits="traits: {}\n", segments="segments: {}\n")
    shop.happen(bought("ann", 2))
    shop.define(traits=TRAITS, segments=SEGMENTS)
    shop.happen(bought("ann", 3))
    shop.catch_up()
    assert shop.record(ANN).traits["orders_90d"] == 3
    assert shop.segments(ANN) == ["buyers", "loyal"]


def test_a_segment_taken_away_is_left_by_everybody(shop: Shop) -> None:
    shop.happen(bought("ann", 1), bought("bob", 1))
    shop.define(segments="segments: {}\n")
    shop.settle()
    assert shop.segments(ANN) == []
    assert shop.rows("select * from segment_member") == []
    assert [change for change in shop.changes() if not change[1]] == [("buyers", False, "definition")] * 2


def test_a_changed_definition_moves_who_it_moves(shop: Shop) -> None:
    shop.happen(bought("ann", 1), bought("bob", 1), bought("bob", 2))
    shop.define(segments=SEGMENTS.replace("value: 3", "value: 2"))
    shop.settle()
    assert (shop.segments(ANN), shop.segments("user_id:bob")) == (["buyers"], ["buyers", "loyal"])


def test_an_order_told_twice_is_one(shop: Shop) -> None:
    order = bought("ann", 1)
    shop.happen(order, order)
    assert shop.record(ANN).traits["orders_90d"] == 1
    shop.happen(order)
    assert shop.record(ANN).traits["orders_90d"] == 1


def test_a_shared_device_is_in_no_segment(shop: Shop) -> None:
    shop.happen(*[viewed(user, n, anonymous_id="kiosk") for user in ("ann", "bob", "cid") for n in (1, 2)])
    anonymous = type(bought("x", 1))(
        type="track", event="Product Viewed", message_id="k1", anonymous_id="kiosk", properties={}
    )
    shop.happen(anonymous)
    assert shop.segments("anonymous_id:kiosk") == []
    assert "looking" in shop.segments(ANN)
