"""Whatever moment a writer dies at, every event is in the lake once; whoever reads goes on reading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ParamSpec

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.adapters.duckdb.lake import ParquetLake
from segue.adapters.duckdb.parquet import ParquetFile
from segue.archive import manifest, upkeep
from segue.ports.lake import Rewrite

from .shop import DAY, NOON, Shop, event, open_shop

P = ParamSpec("P")


class DiedError(BaseException):
    """The process is gone: nothing tidies up."""


class Mortal:
    """Dies at the n-th step from now on."""

    def __init__(self) -> None:
        self.left: int | None = None

    def step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise DiedError


@contextmanager
def dying(mortal: Mortal) -> Iterator[None]:
    """Make every step of writing one that can be the last."""
    publish = ParquetFile.publish

    def dying_publish(temporary: Path, path: Path) -> None:
        mortal.step()
        publish(temporary, path)
        mortal.step()

    def last(commit: Callable[P, None]) -> Callable[P, None]:
        def change(*args: P.args, **kwargs: P.kwargs) -> None:
            mortal.step()
            commit(*args, **kwargs)
            mortal.step()

        return change

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ParquetFile, "publish", staticmethod(dying_publish))
        patch.setattr(ParquetFile, "abandon", lambda file: None)
        patch.setattr(ParquetLake, "delete", last(ParquetLake.delete))
        patch.setattr(manifest, "advance", last(manifest.advance))
        patch.setattr(manifest, "replace", last(manifest.replace))
        yield


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["flush", "compact", "grow"]), st.integers(0, 8)), min_size=1, max_size=8
    )
)
def test_a_writer_that_dies_loses_nothing_and_doubles_nothing(
    clean: Shop, acts: list[tuple[str, int]]
) -> None:
    shop = clean.again()
    mortal = Mortal()
    number = 0
    with dying(mortal):
        for act, dies_at in acts:
            mortal.left = None
            if act == "grow":
                shop.happen([event(number + n, at=NOON - n % 3 * DAY) for n in range(4)])
                number += 4
                continue
            mortal.left = dies_at
            with suppress(DiedError):
                if act == "flush":
                    shop.lake.flush()
                else:
                    shop.lake.flush()
                    shop.lake.compact(all_days=True)
            shop = open_shop(shop.database, shop.log, ParquetLake(shop.files.folder), shop.clock)
            found = [
                row["message_id"] for row in shop.lake.query("select message_id from events", wait=False).rows
            ]
            assert len(found) == len(set(found))
        mortal.left = None
    assert sorted(shop.ids()) == sorted(f"m{n}" for n in range(number))
    shop.clock.advance(upkeep.GRACE)
    fresh = open_shop(shop.database, shop.log, ParquetLake(shop.files.folder), shop.clock)
    fresh.lake.compact()
    assert len(fresh.files.names()) == fresh.count("lake_file") + fresh.count("lake_retired")


def test_two_writers_waste_work_but_never_an_event(shop: Shop) -> None:
    other = open_shop(shop.database, shop.log, ParquetLake(shop.files.folder), shop.clock, flush_events=10)
    stop = threading.Event()
    failures: list[BaseException] = []

    def write(mine: Shop) -> None:
        try:
            while not stop.is_set():
                mine.lake.flush()
                mine.lake.compact(all_days=True)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(each,)) for each in (shop, other)]
    for writer in writers:
        writer.start()
    for number in range(20):
        shop.happen([event(number * 10 + n, at=NOON - n % 2 * DAY) for n in range(10)])
    stop.set()
    for writer in writers:
        writer.join()
    assert failures == []
    assert sorted(shop.ids()) == sorted(f"m{n}" for n in range(200))


def test_readers_go_on_while_files_are_replaced_and_deleted(shop: Shop) -> None:
    shop.happen([event(n, owner=n % 5, at=NOON - n % 4 * DAY) for n in range(400)])
    shop.lake.flush()
    stop = threading.Event()
    counts: list[int] = []

    def read() -> None:
        while not stop.is_set():
            counts.append(shop.lake.query("select count(*) n from events", wait=False).rows[0]["n"])
            counts.append(
                100 + 4 * len(shop.lake.timeline([event(1, at=0).fragment_id], limit=500).events) - 20
            )

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(6):
        with shop.database.transaction(read_only=True) as session:
            names = [file.file_id for file in manifest.files(session)]
        written = shop.files.rewrite(Rewrite(name=f"r{_}", inputs=tuple(names)))
        with shop.database.transaction() as session:
            manifest.replace(session, names, written, NOON, retire=False)
        shop.files.delete(names)
    stop.set()
    reader.join()
    assert counts
    assert set(counts) == {400}
