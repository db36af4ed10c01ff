"""Any number of workers on one log come to the same records, also when their number changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.faults.harness import batches, caught_up, send, shoppers
from tests.flow.faults.test_killed import records
from tests.served import Served, serving


def feed(server: Served, events: int) -> None:
    for batch in batches(shoppers(seed=3, events=events), 100):
        send(server, batch)
    caught_up(server)


@pytest.mark.slow
def test_two_workers_and_a_change_of_their_number_give_the_records_of_one(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as server:
        feed(server, 900)
        expected = records(server)
    with serving(tmp_path / "two", ["--workers", "2"]) as server:
        feed(server, 600)
    with serving(tmp_path / "two", ["--workers", "3"]) as server:
        feed(server, 900)
        assert records(server) == expected
