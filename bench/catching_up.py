"""How far the loop was behind when the load ended, and how long it took to catch up."""

from __future__ import annotations

import time
from typing import Any

from bench import stage
from segue.app.installation import open_installation
from tests.served import Served


def lag_after(running: Served) -> dict[str, Any]:
    """Call it right after the load: events waiting then, seconds until none did."""
    with open_installation(running.data) as installation:
        reached, head = stage.position(installation)
        began = time.perf_counter()
        stage.await_applied(installation)
        return {
            "events_in_log": head,
            "behind_at_end_events": head - reached,
            "caught_up_after_s": time.perf_counter() - began,
        }
