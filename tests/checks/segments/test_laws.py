"""Laws 1 to 3 with segments: crashes, order of arrival and hands leave no trace in who is in what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segue.adapters.postgres.database import PostgresSession
from segue.domain.drafts import Draft
from segue.domain.order import DAY

from .shop import SEGMENTS, TRAITS, Shop, bought, opened, told, viewed

WHO = ["ann", "bob", "cid"]
laws = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CITIES = st.sampled_from(["Berlin", "Bonn"])


@st.composite
def days(draw: st.DrawFn) -> list[Draft]:
    """Up to sixteen things that three people do, over the last hundred days."""
    drafts: list[Draft] = []
    for number in range(draw(st.integers(1, 16))):
        who, ago = draw(st.sampled_from(WHO)), draw(st.integers(0, 100))
        kind = draw(st.sampled_from(["bought", "bought", "viewed", "told", "granted"]))
        if kind == "bought":
            drafts.append(bought(who, number, days_ago=ago))
        elif kind == "viewed":
            drafts.append(viewed(who, number, days_ago=ago % 10))
        elif kind == "told":
            drafts.append(told(who, number, city=draw(CITIES)))
        else:
            drafts.append(_granted(who, number))
    return drafts


def _granted(who: str, number: int) -> Draft:
    return Draft(
        type="track", event="Consent Granted", message_id=f"{who}-g{number}", user_id=who,
        properties={"purpose": "marketing", "channel": "email"},
    )  # fmt: skip


class Shops:
    """New shops, each with a database of its own."""

    def __init__(self, folder: Path, databases: Any) -> None:
        self._folder = folder
        self._databases = databases
        self._made = 0

    @contextmanager
    def new(self) -> Iterator[tuple[Shop, str]]:
        self._made += 1
        with self._databases.lend() as url, opened(self.place(), url) as shop:
            shop.define(traits=TRAITS, segments=SEGMENTS)
            yield shop, url

    def place(self) -> Path:
        return self._folder / str(self._made)


@pytest.fixture
def shops(tmp_path: Path, databases: Any) -> Shops:
    return Shops(tmp_path, databases)


def present(shop: Shop) -> list[str]:
    return [one for one in WHO if shop.rows(f"select 1 from fragment where value = '{one}'")]


def inside(shop: Shop) -> dict[str, list[str]]:
    """Who is in what."""
    return {one: shop.segments(f"user_id:{one}") for one in present(shop)}


def counts(shop: Shop) -> dict[str, int]:
    """Entries less exits of each segment."""
    rows = shop.rows(
        "select segment, sum(case when entered then 1 else -1 end) from segment_change group by 1"
    )
    return {segment: int(count) for segment, count in rows if count}


def consistent(shop: Shop) -> None:
    """Entries less exits are always how many are in a segment, and nobody is in one under two ids."""
    rows = shop.rows("select segment, count(*), count(distinct person_id) from segment_member group by 1")
    assert counts(shop) == {segment: count for segment, count, _ in rows}
    strangers = "select 1 from segment_member m join fragment f on f.fragment_id = m.person_id"
    assert shop.rows(f"{strangers} where f.person_id <> m.person_id") == []


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """The process dies at its so manieth statement that writes."""
    left = [statement]

    def dying(real: Any) -> Any:
        def run(self: Any, *args: Any, **values: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(self, *args, **values)

        return run

    with (
        mock.patch.object(PostgresSession, "execute", dying(PostgresSession.execute)),
        mock.patch.object(PostgresSession, "send", dying(PostgresSession.send)),
    ):
        yield


@laws
@given(drafts=days(), kills=st.lists(st.integers(0, 25), max_size=3), limit=st.integers(1, 6))
@example(drafts=[bought("ann", 1), bought("ann", 2), bought("ann", 3)], kills=[4, 6, 9], limit=1)
def test_from_any_crash_point_and_processed_twice_everybody_is_in_the_same_segments(
    shops: Shops, drafts: list[Draft], kills: list[int], limit: int
) -> None:
    with shops.new() as (straight, _):
        straight.happen(*drafts)
        expected, sums = inside(straight), counts(straight)
    with shops.new() as (shop, url):
        shop.happen(*drafts, drain=False)
        for kill in kills:
            with opened(shops.place(), url) as dying, killed_at(kill):
                try:
                    while dying.installation.step(0, limit=limit).read:
                        pass
                except Killed:
                    continue
        with opened(shops.place(), url) as again:
            again.settle()
            assert (inside(again), counts(again)) == (expected, sums)
            again.happen(*reversed(drafts))
            assert (inside(again), counts(again)) == (expected, sums)
            consistent(again)


@laws
@given(drafts=days(), data=st.data(), later=st.integers(0, 120))
def test_another_order_of_arrival_gives_the_same_segments_now_and_later(
    shops: Shops, drafts: list[Draft], data: st.DataObject, later: int
) -> None:
    found = []
    mixed = data.draw(st.permutations(drafts))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(mixed) - 1)), max_size=3)))
    batches = [mixed[a:b] for a, b in zip([0, *cuts], [*cuts, len(mixed)], strict=True) if a < b]
    for portions in ([drafts], batches):
        with shops.new() as (shop, _):
            for portion in portions:
                shop.happen(*portion)
            at_once = inside(shop)
            shop.clock.advance(later * DAY)
            shop.settle()
            consistent(shop)
            found.append((at_once, inside(shop)))
    assert found[0] == found[1]


@laws
@given(drafts=days(), later=st.integers(0, 60))
def test_a_merged_person_is_where_her_events_put_her_and_unmerging_gives_back_what_was(
    shops: Shops, drafts: list[Draft], later: int
) -> None:
    drafts = [*drafts, viewed("ann", 90), viewed("bob", 91)]
    with shops.new() as (shop, _):
        shop.happen(*drafts)
        before = inside(shop)
        link = shop.merge("user_id:ann", "user_id:bob")
        shop.settle()
        merged = shop.segments("user_id:ann")
        assert shop.segments("user_id:bob") == merged
        consistent(shop)
        shop.unmerge("user_id:ann", link)
        shop.settle()
        assert inside(shop) == before
        consistent(shop)
        shop.clock.advance(later * DAY)
        shop.settle()
        apart = inside(shop)
    with shops.new() as (one, _):
        one.happen(*(_as_ann(draft) for draft in drafts))
        assert one.segments("user_id:ann") == merged
    with shops.new() as (never, _):
        never.happen(*drafts)
        never.clock.advance(later * DAY)
        never.settle()
        assert inside(never) == apart


def _as_ann(draft: Draft) -> Draft:
    return msgspec.structs.replace(draft, user_id="ann") if draft.user_id == "bob" else draft
