"""RFM scores: the same on records, in segments and in the snapshot, by edges that all of them go by."""

from __future__ import annotations

import pytest

from segue.app.definitions import in_force
from segue.app.segments.preview import Previews
from segue.app.segments.taking import is_due, take
from segue.app.traits import Traits
from segue.domain.conditions import Compare, InSegment
from segue.domain.order import DAY, HOUR, rfc3339
from segue.errors import UnavailableError

from .shop import NOON, Shop, bought, viewed

SEGMENTS = """
segments:
  often: {when: {field: traits.frequency_score, op: ">=", value: 4}}
  champions: {when: {field: traits.rfm, op: in, value: [5-5-5, 5-5-4]}}
  unscored: {when: {field: traits.rfm, op: missing}}
"""


@pytest.fixture
def buyers(bare: Shop) -> Shop:
    """Number n of ten has bought n times, the last time n days ago, for n each."""
    bare.define(segments=SEGMENTS)
    for number in range(1, 11):
        bare.happen(
            *(
                bought(f"u{number}", each, days_ago=number + each, revenue=float(number))
                for each in range(number)
            ),
            drain=False,
        )
    bare.catch_up()
    return bare


def test_nobody_is_scored_before_the_first_snapshot(buyers: Shop) -> None:
    record = buyers.record("user_id:u5")
    assert (record.traits["rfm"], record.traits["recency_score"]) == (None, None)
    assert record.traits_marks.scored_as_of is None
    assert record.segments == ["unscored"]


def test_records_segments_and_snapshot_tell_the_same_scores(buyers: Shop) -> None:
    previews = Previews(buyers.installation)
    take(buyers.installation, previews.snapshots)
    buyers.installation._rules = None
    buyers.settle()
    records = {number: buyers.record(f"user_id:u{number}") for number in range(1, 11)}
    told = {number: record.traits["rfm"] for number, record in records.items()}
    assert told[1] == "5-1-1"
    assert told[10] == "1-5-5"
    assert [told[n][0] for n in range(1, 11)] == list("5544332211")
    assert [told[n][2] for n in range(1, 11)] == list("1122334455")
    assert records[1].traits["recency_score"] == 5
    assert records[1].traits_marks.scored_as_of == rfc3339(NOON)
    often = {record.person_id for record in records.values() if "often" in record.segments}
    assert often == {records[n].person_id for n in (7, 8, 9, 10)}
    # a snapshot taken now has the members that were judged by the edges
    buyers.clock.advance(HOUR)
    take(buyers.installation, previews.snapshots)
    for when in (Compare(("traits", "frequency_score"), ">=", 4), InSegment("often")):
        assert {each.person_id for each in previews.preview(when).sample} == often
    for rfm in set(told.values()):
        found = previews.preview(Compare(("traits", "rfm"), "=", rfm))
        assert found.count == list(told.values()).count(rfm)
    spread = previews.distribution("recency_score")
    assert spread is not None
    assert (spread.known, spread.quantiles[0], spread.quantiles[-1]) == (10, 1.0, 5.0)


def test_edges_stay_for_a_day_and_a_snapshot_causes_no_other(buyers: Shop) -> None:
    previews = Previews(buyers.installation)
    take(buyers.installation, previews.snapshots)
    buyers.installation._rules = None
    first = buyers.installation.rules()
    buyers.settle()
    take(buyers.installation, previews.snapshots)
    buyers.clock.advance(HOUR)
    buyers.happen(*(bought(f"new{number}", 1, days_ago=2) for number in range(20)))
    take(buyers.installation, previews.snapshots)
    buyers.installation._rules = None
    assert buyers.installation.rules().version == first.version
    assert not is_due(buyers.installation, previews.snapshots)
    buyers.clock.advance(DAY)
    take(buyers.installation, previews.snapshots)
    buyers.installation._rules = None
    again = buyers.installation.rules()
    assert again.version == first.version + 1
    assert again.edges is not None
    assert first.edges is not None
    assert again.edges.frequency != first.edges.frequency


def test_edges_are_nobodys_file(buyers: Shop) -> None:
    take(buyers.installation, Previews(buyers.installation).snapshots)
    with buyers.installation.database.transaction(read_only=True) as session:
        assert "rfm.edges" not in {each.name for each in in_force(session)}


def test_scores_are_listed_beside_traits(buyers: Shop) -> None:
    listed = {each.name: each for each in Traits(buyers.installation).all().traits}
    assert listed["rfm"].how == "score"
    assert listed["frequency_score"].used_by == ["often"]
    assert listed["rfm"].backfill.state == "done"


def test_a_score_before_anybody_bought_cannot_be_tried(bare: Shop) -> None:
    bare.happen(viewed("u1", 1))
    previews = Previews(bare.installation)
    take(bare.installation, previews.snapshots)
    with pytest.raises(UnavailableError, match=r"traits\.rfm is scored among all who buy"):
        previews.preview(Compare(("traits", "rfm"), "exists"))
