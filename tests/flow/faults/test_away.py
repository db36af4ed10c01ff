"""PostgreSQL away: 503 with Retry-After, never a lost event, and everything caught up afterwards."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from segue.adapters.postgres.server import EmbeddedServer
from tests.flow.faults.harness import caught_up, offer, send, shoppers, status
from tests.served import serving

AWAY = 20.0 if int(os.environ.get("SEGUE_ROUNDS", "5")) >= 100 else 3.0


@pytest.mark.soak
def test_while_postgresql_is_away_the_collector_says_503_and_later_catches_up(tmp_path: Path) -> None:
    outside = EmbeddedServer(tmp_path / "outside")
    outside.start()
    try:
        with serving(tmp_path / "shop", ["--database-url", outside.url]) as server:
            send(server, shoppers(seed=1, events=50))
            outside.stop()
            code, answer, headers = offer(server, shoppers(seed=2, events=5))
            assert code == 503
            assert int(headers["retry-after"]) >= 1
            assert answer["code"] == "unavailable"
            time.sleep(AWAY)
            outside.start()
            send(server, shoppers(seed=2, events=50))
            caught_up(server)
            said = status(server)
            assert said["log_offset"] == said["processed_offset"] >= 100
    finally:
        outside.stop()
