"""The running server as a shop's developer sees it, and how a test reads back what a client sent."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from tests.patience import PATIENCE
from tests.served import Served


class Shop:
    """The running server as a shop's developer sees it."""

    def __init__(self, served: Served, *options: str) -> None:
        self.url = served.url
        self.write_key = served.key("ingest", *(options or ("--source", "shop", "--trusted")))
        self._read_key = served.key("read")
        self._served = served

    def find(self, identifier: str) -> str | None:
        """The person id behind ``KIND:VALUE``, None when nobody has it."""
        found = self._get(f"/api/v1/persons?identifier={quote(identifier)}")["persons"]
        assert len(found) <= 1
        return str(found[0]["person_id"]) if found else None

    def record(self, person_id: str) -> dict[str, Any]:
        """Her golden record."""
        record: dict[str, Any] = self._get(f"/api/v1/persons/{person_id}")
        return record

    def heard(self, identifier: str, count: int) -> list[dict[str, Any]]:
        """Her timeline, once ``count`` events have arrived in it."""
        deadline = time.monotonic() + PATIENCE
        events: list[dict[str, Any]] = []
        while time.monotonic() < deadline:
            person = self.find(identifier)
            if person is not None:
                events = self._get(f"/api/v1/persons/{person}/timeline?limit=100")["events"]
                if len(events) >= count:
                    return events
            time.sleep(0.05)
        raise AssertionError(
            f"{identifier}: {len(events)} of {count} events: {[e.get('type') for e in events]}"
        )

    def _get(self, path: str) -> Any:
        answer = self._served.request("GET", path, key=self._read_key)
        assert answer.status == 200, (path, answer.status, answer.body[:500])
        return answer.json()
