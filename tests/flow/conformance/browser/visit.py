"""A visit to the shop: one browser with its own cookies, one of the clients on its pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page, Request

from tests.patience import PATIENCE

Kind = Literal["npm", "snippet", "rudder"]
KINDS: tuple[Kind, ...] = ("npm", "snippet", "rudder")


_ASK = {
    "npm": "async () => (await window.analytics)[0].user().anonymousId()",
    "snippet": "() => window.analytics.user().anonymousId()",
    "rudder": "() => window.analytics.getAnonymousId()",
}
_READY = {
    "npm": "() => window.analytics.then(() => true)",
    "snippet": "() => new Promise((resolve) => window.analytics.ready(() => resolve(true)))",
    "rudder": "() => new Promise((resolve) => window.analytics.ready(() => resolve(true)))",
}


class Visit:
    """One visitor. ``sent`` notes every request that leaves her pages, as method and address."""

    def __init__(self, context: BrowserContext, kind: Kind, address: str) -> None:
        self.kind = kind
        self.address = address
        self.context = context
        self.sent: list[tuple[str, str]] = []
        self.answered: list[tuple[str, int]] = []
        context.on("request", self._note)
        context.on("response", lambda answer: self.answered.append((answer.url, answer.status)))
        self.page: Page = context.new_page()

    def _note(self, request: Request) -> None:
        self.sent.append((request.method, request.url))

    def open(self, query: str = "", *, ready: bool = True) -> Visit:
        """Open a page of the shop with the client on it."""
        self.page.goto(self.address + query)
        if ready:
            assert self.page.evaluate(_READY[self.kind])
        return self

    def call(self, method: str, *arguments: Any) -> None:
        """One call, as a page's script would write it; does not wait for its delivery."""
        spelled = ", ".join(json.dumps(argument) for argument in arguments)
        self.page.evaluate(f"() => {{ window.analytics.{method}({spelled}) }}")

    def leave(self, method: str, *arguments: Any) -> None:
        """One call, and in the same breath away to another site, which answers as soon as sites do."""
        elsewhere = f"{self.address.replace('//localhost:', '//127.0.0.1:').rpartition('/')[0]}/elsewhere"
        spelled = ", ".join(json.dumps(argument) for argument in arguments)
        self.page.evaluate(
            f"() => {{ window.analytics.{method}({spelled}); location.href = {json.dumps(elsewhere)} }}"
        )
        self.page.wait_for_url(elsewhere)

    def anonymous_id(self) -> str:
        """The id by which the client knows this browser."""
        return str(self.page.evaluate(_ASK[self.kind]))

    def reset(self) -> None:
        """Log out: the next visitor at this browser is another."""
        self.page.evaluate(
            "(all) => { all ? window.analytics.reset(true) : window.analytics.reset() }",
            self.kind == "rudder",
        )

    def posts(self, part: str = "/v1/") -> list[str]:
        """Addresses that events went to."""
        return [address for method, address in self.sent if method == "POST" and part in address]


def eventually(what: Callable[[], Any], says: str) -> Any:
    """The first true answer; AssertionError when there is none in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(says)
