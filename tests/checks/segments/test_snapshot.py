"""A snapshot holds what records hold, and nothing that names anybody; who was erased is in none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from segue.app import erase
from segue.app.demo.acts import proof_of_leaving
from segue.app.installation import Installation
from segue.app.segments import taking
from segue.app.segments.everybody import Everybody
from segue.app.segments.preview import Previews
from segue.app.segments.snapshot import Snapshots
from segue.app.segments.taking import is_due, take
from segue.domain.conditions import All, Compare, Did, InSegment, Not, Window
from segue.domain.order import DAY, MINUTE
from segue.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from tests.patience import PATIENCE

from .shop import Shop, bought, told, viewed

USERS = [f"u{number}" for number in range(12)]


@pytest.fixture
def full(shop: Shop) -> Shop:
    """Twelve people: user number n has bought n % 4 times, and lives in one of three cities."""
    for number, user in enumerate(USERS):
        city = ["Berlin", "Hamburg", "Köln"][number % 3]
        shop.happen(
            told(user, number, city=city, email=f"{user}@example.com", name=f"Name {user}"), drain=False
        )
        shop.happen(*(bought(user, each, days_ago=each) for each in range(number % 4)), drain=False)
        shop.happen(*(viewed(user, each) for each in range(number % 3)), drain=False)
    shop.catch_up()
    return shop


@pytest.fixture
def previews(full: Shop) -> Previews:
    found = Previews(full.installation)
    assert take(full.installation, found.snapshots) is not None
    return found


def files(shop: Shop) -> list[Path]:
    return [each for each in (shop.installation.data / "snapshot").rglob("*") if each.is_file()]


def test_members_of_segments_are_those_that_records_tell(full: Shop, previews: Previews) -> None:
    for segment in full.installation.rules().segments:
        found = previews.preview(InSegment(segment.name))
        of_condition = previews.preview(segment.when)
        really = {
            full.record(f"user_id:{user}").person_id
            for user in USERS
            if segment.name in full.segments(f"user_id:{user}")
        }
        assert {each.person_id for each in found.sample} == really
        assert {each.person_id for each in of_condition.sample} == really
        assert (found.count, found.of, found.from_) == (len(really), len(USERS), "snapshot")


def test_who_asks_while_the_first_one_is_taken_waits_for_it(full: Shop) -> None:
    house = full.installation
    previews, other = Previews(house), Snapshots(house)
    with ThreadPoolExecutor(1) as pool:
        lock = other.writing()
        assert lock is not None
        with lock:
            asked = pool.submit(previews.preview, InSegment("buyers"))
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.5)  # somebody else is taking it
        assert asked.result(timeout=PATIENCE).of == len(USERS)


@pytest.mark.parametrize("erasing", [erase.erase, proof_of_leaving], ids=["a command", "the demo"])
def test_who_erases_and_wants_the_proof_waits_for_the_snapshot_that_somebody_takes(
    full: Shop, previews: Previews, erasing: Callable[[Installation, bytes], erase.Proof]
) -> None:
    person = full.record("user_id:u3").person_id
    with ThreadPoolExecutor(1) as pool:
        lock = previews.snapshots.writing()
        assert lock is not None
        with lock:
            erased = pool.submit(erasing, full.installation, bytes.fromhex(person))
            with pytest.raises(TimeoutError):
                erased.result(timeout=8.0)  # longer than what runs by itself waits
            with pytest.raises(UnavailableError):  # what runs by itself has more to do, and comes again
                erase.finish(full.installation, patience=0.1)
        assert erased.result(timeout=PATIENCE).left["snapshot"] == 0


def test_overlap_counts_who_is_in_both(full: Shop, previews: Previews) -> None:
    found = previews.preview(Compare(("traits", "orders_90d"), ">=", 3), name="loyal")
    overlap = {each.segment: (each.count, each.share, each.of) for each in found.overlap}
    assert found.count == 3
    assert overlap["buyers"] == (3, 1.0, 9)
    assert "loyal" not in overlap
    assert "silent" not in overlap


def test_a_sample_is_shown_as_lists_show_people(previews: Previews) -> None:
    found = previews.preview(Compare(("attributes", "city"), "=", "Berlin"), sample=2)
    assert found.count == 4
    assert len(found.sample) == 2
    assert all(each.label.startswith("Name u") and each.city == "Berlin" for each in found.sample)


def test_what_no_segment_asks_yet_is_counted_from_the_lake(full: Shop, previews: Previews) -> None:
    ever = previews.preview(Did("Product Viewed", None, 1, None))
    assert (ever.count, ever.from_) == (8, "lake")
    kept = previews.preview(Did("Product Viewed", None, 2, Window("days", 7)))
    assert (kept.count, kept.from_) == (4, "snapshot")
    both = previews.preview(All((Did("Product Viewed", None, 2, None), Not(InSegment("berliners")))))
    assert (both.count, both.from_) == (4, "lake")


def test_a_trait_that_was_defined_since_is_counted_from_the_lake(full: Shop, previews: Previews) -> None:
    full.define(
        traits="traits: {orders_90d: {count: Product Viewed}, "
        "biggest: {max: properties.revenue, of: Order Completed}}",
        segments="segments: {}",
    )
    anew = previews.preview(Compare(("traits", "orders_90d"), ">=", 2))
    assert (anew.count, anew.from_) == (4, "lake")
    biggest = previews.preview(Compare(("traits", "biggest"), ">", 5))
    assert (biggest.count, biggest.from_) == (9, "lake")


def test_nobody_can_be_found_in_the_file(full: Shop, previews: Previews) -> None:
    [file] = files(full)
    table = pq.read_table(file)
    texts = {
        value for name in table.column_names for value in table[name].to_pylist() if isinstance(value, str)
    }
    assert "Berlin" in texts
    assert not any("example.com" in text or text.startswith("Name") for text in texts)
    assert previews.preview(Compare(("attributes", "email"), "exists")).count == 12
    assert previews.preview(Compare(("attributes", "email"), "missing")).count == 0
    with pytest.raises(InvalidInputError, match="tells single persons apart"):
        previews.preview(Compare(("attributes", "name"), "starts_with", "Name u1"))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_who_is_erased_is_gone_at_once_and_then_from_the_file(full: Shop, previews: Previews) -> None:
    hers = bytes.fromhex(full.record("user_id:u7").person_id)
    everybody = All(())
    assert previews.preview(everybody).count == 12
    asked = erase.ask(full.installation, hers)
    after = previews.preview(everybody)
    assert (after.count, after.of) == (11, 11)
    assert hers.hex() not in {each.person_id for each in after.sample}
    erase.finish(full.installation)
    assert erase.proof_of(full.installation, asked).left["snapshot"] == 0
    [file] = files(full)
    assert hers not in pq.read_table(file)["person_id"].to_pylist()
    assert previews.preview(everybody).count == 11


def test_with_her_goes_the_row_that_her_data_went_into(full: Shop, previews: Previews) -> None:
    link = full.merge("user_id:u1", "user_id:u2")
    take(full.installation, previews.snapshots)
    assert previews.preview(All(())).count == 11
    full.unmerge("user_id:u1", link)
    gone = bytes.fromhex(full.record("user_id:u2").person_id)
    erase.erase(full.installation, gone)
    # u1 is back with the next snapshot: her row was also of who is erased
    assert previews.preview(All(())).count == 10
    take(full.installation, previews.snapshots)
    assert previews.preview(All(())).count == 11


def test_who_comes_back_after_an_erasure_is_in_the_next_one(full: Shop, previews: Previews) -> None:
    erase.erase(full.installation, bytes.fromhex(full.record("user_id:u3").person_id))
    full.happen(bought("u3", 99))
    take(full.installation, previews.snapshots)
    assert previews.preview(All(())).count == 12


def test_it_is_taken_when_it_is_old_and_something_has_changed(full: Shop, previews: Previews) -> None:
    assert not is_due(full.installation, previews.snapshots)
    full.clock.advance(11 * MINUTE)
    assert not is_due(full.installation, previews.snapshots)
    full.happen(viewed("u1", 77))
    assert is_due(full.installation, previews.snapshots)
    before = previews.snapshots.present()
    take(full.installation, previews.snapshots)
    assert previews.snapshots.present().about.as_of > before.about.as_of
    assert not is_due(full.installation, previews.snapshots)
    full.clock.advance(DAY)
    assert is_due(full.installation, previews.snapshots)
    assert len(files(full)) == 1


def test_two_do_not_take_one_at_once(full: Shop, previews: Previews) -> None:
    lock = previews.snapshots.writing()
    assert lock is not None
    with lock:
        assert take(full.installation, previews.snapshots) is None
    assert take(full.installation, previews.snapshots) is not None


def test_an_installation_without_anybody_has_an_empty_one(bare: Shop) -> None:
    found = Previews(bare.installation).preview(All(()))
    assert (found.count, found.of, found.share, found.sample, found.overlap) == (0, 0, 0.0, [], [])


def test_an_answer_reads_as_the_api_says(previews: Previews) -> None:
    shown = msgspec.to_builtins(previews.preview(InSegment("buyers")))
    assert set(shown) == {"count", "share", "of", "as_of", "from", "sample", "overlap", "took_ms"}
    assert shown["share"] == 0.75


def test_a_trait_is_spread_as_people_have_it(full: Shop, previews: Previews) -> None:
    orders = previews.distribution("orders_90d")
    assert orders is not None
    assert (orders.of, orders.known, sum(bar.count for bar in orders.histogram)) == (12, 12, 12)
    assert (orders.quantiles[0], orders.quantiles[3], orders.quantiles[-1]) == (0.0, 1.5, 3.0)
    store = previews.distribution("favourite_channel")
    assert store is not None
    assert store.known == sum(each.count for each in store.common) == 9
    with pytest.raises(NotFoundError):
        previews.distribution("nothing")


def test_fifths_of_the_buyers(previews: Previews) -> None:
    edges = previews.snapshots.present().about.edges
    assert len(edges.frequency) == 4
    assert edges.frequency == sorted(edges.frequency)
    assert edges.monetary[0] >= 10.0


def test_too_few_buyers_are_said_to_be_too_few(previews: Previews) -> None:
    from segue.app.segments.discover import discover

    with pytest.raises(ConflictError, match="9 persons have bought in a year, too few"):
        discover(previews)


def test_an_erasure_is_not_kept_waiting_by_who_takes_a_snapshot(
    full: Shop, previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes lets go, and nothing that was staged of her is left."""
    before = previews.snapshots.newest()
    person = full.record("user_id:u1").person_id

    class Interrupted(Everybody):
        def __iter__(self) -> Iterator[Any]:
            for number, one in enumerate(super().__iter__()):
                if number == 5:
                    erase.ask(full.installation, bytes.fromhex(person))
                yield one

    full.clock.advance(DAY)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "Everybody", Interrupted)
        assert take(full.installation, previews.snapshots) is None
    after = previews.snapshots.newest()
    assert before is not None
    assert after is not None
    assert after.name == before.name
    assert previews.snapshots.folder.strays() == []
    assert previews.snapshots.purge(1.0) == 0  # it is free for her erasure
    assert take(full.installation, previews.snapshots) is not None
    found = previews.preview(Compare(("traits", "orders_90d"), ">=", 0))
    assert found.of == len(USERS) - 1
