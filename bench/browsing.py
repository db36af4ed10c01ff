"""A Chromium that measures pages of the console as a person meets them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.served import Served, segue

PROGRAM = next(
    (path for path in map(Path, ("/usr/bin/chromium", "/usr/bin/google-chrome")) if path.exists()), None
)
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

_READY = """() => {
  const heading = document.querySelector('main h1');
  return heading && !document.querySelector('main [aria-busy=true]') && performance.now();
}"""
"""Milliseconds since the navigation began, once the page has its heading and nothing on it still loads."""

_SCRIPTS = """() => performance.getEntriesByType('resource')
  .filter((entry) => entry.name.endsWith('.js')).reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""

_FRAMES = """async (steps) => {
  const times = [];
  let last = performance.now();
  for (let step = 0; step < steps; step++) {
    window.scrollBy(0, 240);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; SystemExit in one line where there is none."""
    if PROGRAM is None:
        raise SystemExit("the console is not measured: there is no /usr/bin/chromium (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def signed_in(
    browser: Browser, served: Served, width: int = 1280, scheme: Any = "light", locale: str = "en-GB"
) -> Iterator[BrowserContext]:
    """An empty browser whose session is the owner's."""
    context = browser.new_context(
        base_url=served.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        has_touch=width < 768,
        locale=locale,
    )
    try:
        link = segue("sign-in", "--data", str(served.data)).strip().splitlines()[-1]
        answer = context.request.post(
            f"{served.url}/api/v1/session",
            data={"link": link.partition("#link=")[2]},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        if answer.status != 200:
            raise AssertionError(f"signing in was answered {answer.status}")
        yield context
    finally:
        context.close()


def opened(page: Page, path: str) -> float:
    """Go there; milliseconds until the page is whole and can be used."""
    page.goto(path, wait_until="commit")
    return float(page.wait_for_function(_READY, polling="raf", timeout=60_000).json_value())


def script_bytes(page: Page) -> int:
    """Bytes of JavaScript that the page has loaded, as they came over the wire."""
    return int(page.evaluate(_SCRIPTS))


def frames(page: Page, steps: int) -> list[float]:
    """Milliseconds of each frame while the window scrolls down by 240 pixels a frame."""
    times: Any = page.evaluate(_FRAMES, steps)
    return [float(each) for each in times]


def of(times: list[float], share: float) -> float:
    """The quantile of these times; 0.5 is the median."""
    return median(times) if share == 0.5 else sorted(times)[min(len(times) - 1, int(len(times) * share))]
