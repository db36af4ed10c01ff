"""A visitor of the shop whose browser's every word is noted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.flow.conformance.sdk.mall import Mall
from tests.patience import PATIENCE

_WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts.push(entry.value);
}).observe({ type: 'layout-shift', buffered: true });
"""


class Stroll:
    """One browser with its own cookies."""

    def __init__(self, context: BrowserContext, mall: Mall) -> None:
        self.context = context
        self.mall = mall
        self.errors: list[str] = []
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page: Page = context.new_page()
        self.page.add_init_script(_WATCH)

    @property
    def sent(self) -> list[tuple[str, str, str]]:
        """Every request to Segue as it arrived, beacons too: method, path and body."""
        return self.mall.sent

    def go(self, path: str) -> Stroll:
        """Open a page of the shop."""
        self.page.goto(f"{self.mall.origin}{path}")
        return self

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Events that have left, in order, each once; of one name, or ``page``."""
        bodies = [
            body for method, path, body in list(self.sent) if method == "POST" and "/v1/" in path and body
        ]
        events = [event for body in bodies if '"messageId"' in body for event in _events_in(json.loads(body))]
        found = {event["messageId"]: event for event in events}.values()
        return [event for event in found if name is None or name in {event.get("event"), event["type"]}]

    def names(self) -> list[str]:
        """Their names."""
        return [event.get("event") or event["type"] for event in self.events()]

    def hears(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """The first ``count`` events of that name, once they have left."""
        self.until(lambda: len(self.events(name)) >= count, f"{count} × {name}, but {self.names()}")
        return self.events(name)

    def until(self, what: Callable[[], Any], says: str) -> Any:
        """The first true answer, while the browser goes on."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = what()
            if found:
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(says)

    def shifts(self) -> float:
        """How much of the page has moved by itself."""
        return float(self.page.evaluate("() => window.shifts.reduce((sum, one) => sum + one, 0)"))

    def state(self, slot: str = "home_hero") -> str | None:
        """The state of a slot."""
        return self.page.locator(f"[data-segue-slot={slot}]").first.get_attribute("data-segue-state")

    def becomes(self, state: str, slot: str = "home_hero") -> None:
        """Wait for a slot's state."""
        self.until(lambda: self.state(slot) == state, f"{slot} is {self.state(slot)}, not {state}")


def _events_in(body: dict[str, Any]) -> list[dict[str, Any]]:
    return list(body["batch"]) if "batch" in body else [body]
