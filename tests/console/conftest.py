"""The console in a real browser, on a real ``segue serve``.

A page that a test has opened is watched: an error in the browser's console (a breach of the content
security policy is one) or an uncaught exception fails the test at its end.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests import patience
from tests.served import Served, segue, serving
from tests.stories import in_written_order

ROOT = Path(__file__).parents[2]
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
BUILT = ROOT / "src" / "segue" / "edge" / "console" / "built" / "index.html"
SCREENS = ROOT / "docs" / "screens"

PATIENCE = patience.PATIENCE * 1_000
"""Milliseconds that a slow machine has for what a quick one does in a hundred."""

expect.set_options(timeout=PATIENCE)

NOT_SIGNED_IN = re.compile(r"401 \(Unauthorized\).* at \S+/api/v1/session$")
"""Asking who is signed in is answered 401 to who is not, and browsers write every 401 into their console."""


@pytest.fixture(scope="session")
def served(short_folder: Path) -> Iterator[Served]:
    """One server for the tests that do not need one of their own."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(short_folder / "console") as served:
        yield served


@pytest.fixture(scope="session")
def storefront(short_folder: Path) -> Iterator[Any]:
    """The small demo of the till's and the shop's tests (:class:`tests.console.storefront.Storefront`)."""
    from tests.console.storefront import opened

    yield from opened(short_folder / "storefront")


@pytest.fixture(scope="session")
def counter(short_folder: Path) -> Iterator[Any]:
    """The shop of the tablet's and the kiosk's tests (:class:`tests.console.counter.Counter`)."""
    from tests.console.counter import opened

    yield from opened(short_folder / "counter")


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The machine's Chromium."""
    return chromium


class Opening(Protocol):
    """Opens a page of the console; see ``opening``."""

    def __call__(
        self,
        path: str = "/",
        *,
        role: str | None = "admin",
        width: int = 1280,
        scheme: str = "light",
        locale: str = "en-GB",
    ) -> Page:
        """``role=None``: nobody is signed in. 390 pixels of width are a phone's."""


@pytest.fixture
def forgiven() -> list[str]:
    """Patterns of errors in the browser's console that a test provokes on purpose; add to it."""
    return []


@pytest.fixture
def opening(browser: Browser, served: Served, forgiven: list[str]) -> Iterator[Opening]:
    """Opens pages, each in a browser of its own, and holds their errors against the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        said = f"{message.text} at {message.location['url']}"
        if message.type == "error" and not NOT_SIGNED_IN.search(said):
            errors.append(said)

    def open_page(
        path: str = "/",
        *,
        role: str | None = "admin",
        width: int = 1280,
        scheme: Any = "light",
        locale: str = "en-GB",
    ) -> Page:
        context = browser.new_context(
            base_url=served.url,
            viewport={"width": width, "height": 844 if width < 768 else 800},
            has_touch=width < 768,
            color_scheme=scheme,
            locale=locale,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if role is not None:
            sign_in(context, served, role)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
        page.goto(f"/console{path}")
        page.wait_for_selector("main h1")
        return page

    yield open_page
    for context in contexts:
        context.close()
    left = [error for error in errors if not any(re.search(pattern, error) for pattern in forgiven)]
    assert not left, "\n".join(left)


@pytest.fixture
def console(opening: Opening) -> Page:
    """The console's first page, 1280 pixels wide, an admin signed in."""
    return opening()


def sign_in(context: BrowserContext, served: Served, role: str) -> None:
    """The cookie of somebody with that role; users are made as they are needed."""
    if role == "admin":
        link = owners_link(served)
    else:
        link = msgspec.json.decode(invite(served, f"{role}-{os.urandom(4).hex()}", role))["link"]
    token = link.partition("#link=")[2]
    answer = context.request.post(
        f"{served.url}/api/v1/session", data={"link": token}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status == 200, answer.text()


def owners_link(served: Served) -> str:
    """A one-time link of the owner at the machine, as ``segue sign-in`` prints it."""
    return segue("sign-in", "--data", str(served.data)).strip().splitlines()[-1]


def invite(served: Served, name: str, role: str) -> bytes:
    """A new user and her link, as JSON."""
    body = msgspec.json.encode({"name": name, "role": role})
    headers = {"Content-Type": "application/json"}
    answer = served.request("POST", "/api/v1/users", key=served.key("admin"), body=body, headers=headers)
    assert answer.status == 201, answer.body
    return answer.body


@pytest.fixture(scope="session")
def look() -> Callable[[Page, str], None]:
    """``look(page, name)`` keeps a screenshot as ``docs/screens/NAME.png`` when SEGUE_SCREENS=1."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("SEGUE_SCREENS") == "1":
            page.wait_for_timeout(400)  # charts and skeletons settle
            page.screenshot(path=SCREENS / f"{name}.png")

    return keep


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """``assert_accessible(page)``: axe-core finds nothing serious or critical."""
    if not AXE.exists():
        pytest.skip("NOT TESTED: accessibility, because axe-core is not installed (make console)")
    axe = AXE.read_text(encoding="utf-8")

    def check(page: Page) -> None:
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        grave = [
            f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:4]]}"
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]
        assert not grave, "\n".join(grave)

    return check


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of one console module run as they are written, whatever order modules and others run in.

    They share a server, since one takes seconds to start, and tell the story of one shop on it: empty first.
    """
    in_written_order(items, Path(__file__).parent)
