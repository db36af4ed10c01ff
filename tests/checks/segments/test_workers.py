"""Several workers agree: records and memberships are those of one worker, however their steps interleave."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from segue import flow
from segue.app.installation import Installation
from segue.domain.drafts import Draft

from .shop import NOON, SEGMENTS, TRAITS, Shop, bought, opened, told, viewed

LINKING = 7_305_001
"""The lock of whoever links, as flow.sql has it."""


def day(seed: int) -> list[Draft]:
    """Customers who view on a device, order by name, and tell who they are in between."""
    dice, drafts = random.Random(seed), []
    for n in range(240):
        who = f"u{dice.randrange(24)}"
        device = f"d-{who}-{dice.randrange(3)}" if dice.random() < 0.5 else None
        kind = dice.randrange(4)
        if kind == 0:
            drafts.append(bought(who, n, days_ago=dice.randrange(60), anonymous_id=device))
        elif kind == 1:
            drafts.append(told(who, n, city=dice.choice(["Berlin", "Bonn"])))
        elif kind == 2:
            drafts.append(viewed(who, n, days_ago=dice.randrange(10), anonymous_id=device))
        else:
            drafts.append(
                Draft(
                    type="track", event="Product Viewed", message_id=f"a{n}",
                    anonymous_id=f"d-{who}-{dice.randrange(3)}", timestamp=NOON, properties={},
                )
            )  # fmt: skip
    return drafts


def picture(shop: Shop) -> Any:
    """Who is in what, and everybody's traits, by identifier."""
    kept = shop.rows("select person_id, segment from segment_member order by 1, 2")
    persons = [f"user_id:u{n}" for n in range(24)]
    present = [one for one in persons if shop.rows(f"select 1 from fragment where value = '{one[8:]}'")]
    return kept, [(one, shop.record(one).traits, shop.segments(one)) for one in present]


@pytest.mark.parametrize("seed", [1, 2])
def test_two_workers_at_once_give_the_records_of_one(
    tmp_path: Path, database_url: str, databases: Any, seed: int
) -> None:
    with opened(tmp_path / "one", database_url) as alone:
        alone.define(traits=TRAITS, segments=SEGMENTS)
        alone.happen(*day(seed))
        expected = picture(alone)
    with databases.lend() as url, opened(tmp_path / "two", url) as shop:
        shop.define(traits=TRAITS, segments=SEGMENTS)
        with shop.installation.database.transaction() as session:
            flow.relane(session, 2)
        shop.happen(*day(seed), drain=False)
        _work_at_once(shop, 2)
        shop.settle()
        assert picture(shop) == expected


def test_what_waits_is_judged_whole_whatever_the_next_step_brings(shop: Shop) -> None:
    shop.happen(viewed("u1", 1))
    with shop.installation.database.locked(LINKING):  # another worker links and judges at this moment
        shop.happen(told("u1", 2, city="Berlin"), drain=False)
        shop.installation.step()
    shop.happen(viewed("u1", 3))  # which by itself matters to `looking` only
    assert shop.segments("user_id:u1") == ["berliners", "looking", "silent"]


def _work_at_once(shop: Shop, workers: int) -> None:
    """Each worker in a thread and an installation of its own, in small steps, until all is applied."""
    failed: list[BaseException] = []

    def work(number: int) -> None:
        mine = Installation(
            shop.installation.data, shop.installation.settings, shop.installation.url,
            shop.installation.secret, shop.clock,
        )  # fmt: skip
        try:
            while mine.step(number, limit=7).read:
                pass
        except BaseException as error:
            failed.append(error)
        finally:
            mine.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_definitions_that_change_while_two_workers_step_lose_nothing(
    tmp_path: Path, database_url: str
) -> None:
    with opened(tmp_path, database_url) as shop:
        with shop.installation.database.transaction() as session:
            flow.relane(session, 2)
        events = day(3)
        shop.happen(*events[:80])
        shop.define(traits=TRAITS, segments=SEGMENTS)
        shop.happen(*events[80:160], drain=False)
        shop.installation.step(0, limit=20)  # one worker has the new definitions, the other not yet
        assert shop.rows("select * from segment_member") == []
        shop.settle()
        shop.happen(*events[160:])
        shop.catch_up()
        found = picture(shop)
    with opened(tmp_path / "again", database_url) as shop:
        counts = shop.rows("select count(*) from segment_member")
        assert counts[0][0] == len(found[0]) > 0


@pytest.mark.parametrize("order", ["late", "split"])
def test_order_and_batches_of_arrival_never_show(
    tmp_path: Path, database_url: str, databases: Any, order: str
) -> None:
    """Laws 1 and 2 with traits and segments."""
    events = day(5)
    with opened(tmp_path / "one", database_url) as straight:
        straight.define(traits=TRAITS, segments=SEGMENTS)
        straight.happen(*events)
        expected = picture(straight)
    mixed = list(events)
    random.Random(9).shuffle(mixed)
    with databases.lend() as url, opened(tmp_path / "two", url) as shop:
        if order == "late":  # definitions come in the middle: half is live, half from the lake
            shop.happen(*mixed[:120])
            shop.define(traits=TRAITS, segments=SEGMENTS)
            shop.happen(*mixed[120:])
            shop.catch_up()
        else:
            shop.define(traits=TRAITS, segments=SEGMENTS)
            for start in range(0, len(mixed), 13):
                shop.happen(*mixed[start : start + 13], *mixed[:start:17])  # some are sent again
        assert picture(shop) == expected
