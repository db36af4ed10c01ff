"""Any number of workers on one log come to the same records, also when their number changes."""

from __future__ import annotations

from pathlib import Path

from .harness import Served, batches, served, shoppers
from .test_killed import records


def feed(server: Served, events: int) -> None:
    for batch in batches(shoppers(seed=3, events=events), 100):
        server.send(batch)
    server.caught_up()


def test_two_workers_and_a_change_of_their_number_give_the_records_of_one(tmp_path: Path) -> None:
    with served(tmp_path / "one") as server:
        feed(server, 900)
        expected = records(server)
    with served(tmp_path / "two", "--workers", "2") as server:
        feed(server, 600)
    with served(tmp_path / "two", "--workers", "3") as server:
        feed(server, 900)
        assert records(server) == expected
