"""PostgreSQL away: 503 with Retry-After, never a lost event, and everything caught up afterwards."""

from __future__ import annotations

import os
import time
from pathlib import Path

from segue.adapters.postgres.server import EmbeddedServer

from .harness import served, shoppers

AWAY = float(os.environ.get("SEGUE_FAULT_AWAY", "4"))


def test_while_postgresql_is_away_the_collector_says_503_and_later_catches_up(tmp_path: Path) -> None:
    outside = EmbeddedServer(tmp_path / "outside")
    outside.start()
    try:
        with served(tmp_path / "shop", "--database-url", outside.url) as server:
            server.send(shoppers(seed=1, events=50))
            outside.stop()
            batch = {"batch": shoppers(seed=2, events=5), "writeKey": server.key}
            status, answer, headers = server.request("POST", "/v1/batch", batch)
            assert status == 503
            assert int(headers["retry-after"]) >= 1
            assert answer["code"] == "unavailable"
            time.sleep(AWAY)
            outside.start()
            server.send(shoppers(seed=2, events=50))
            server.caught_up()
            said = server.status()
            assert said["log_offset"] == said["processed_offset"] >= 100
    finally:
        outside.stop()
