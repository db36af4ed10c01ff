"""The console in headless Chromium: its first page, a record on the demo's data, 100,000 rows scrolled."""

from __future__ import annotations

import json

from playwright.sync_api import Browser, Page

from bench import stage
from bench.browsing import chromium, frames, of, opened, script_bytes, signed_in
from bench.record import settle
from bench.report import Figure, run
from segue.app.demo.run import run_demo
from segue.app.installation import open_installation
from tests.served import Served, serving

ROUNDS = 10
FIRST_MS, RECORD_MS, SCRIPT_KB = 2_000.0, 1_000.0, 400.0
FRAME_MS = 34.0
STEPS = 1_500
"""Frames of scrolling: a long way down the list, and time for many pages of it to be fetched."""

PROCESSES = "one web, one worker (idle), PostgreSQL"
LOAD = "one headless Chromium on the same two cores"
_BARE = (
    "<main><h1>rows</h1>"
    + "".join(f"<p style='height:40px;margin:0'>row {n}</p>" for n in range(20_000))
    + "</main>"
)


def measure(quick: bool) -> list[Figure]:
    with chromium() as browser:
        return [*_pages(browser, quick), _rows(browser, quick)]


# ── the demo's data ───────────────────────────────────────────────────────────


def _pages(browser: Browser, quick: bool) -> list[Figure]:
    rounds = 3 if quick else ROUNDS
    with stage.folder() as made:
        data = made / "demo"
        with open_installation(data) as installation:
            run_demo(installation, most=100 if quick else None)
        with serving(data) as running:
            _warm(browser, running)
            first, size = _first(browser, running, rounds)
            record = _record(browser, running, rounds)
            plain = _plain(browser, running, rounds)
    return [
        _timed(
            "console_first",
            "the console's first page, empty cache, until it is whole",
            first,
            plain,
            FIRST_MS,
        ),
        _timed(
            "console_record",
            "a golden record's page (the demo's best known household)",
            record,
            plain,
            RECORD_MS,
        ),
        Figure(
            name="console_script",
            what="JavaScript of the first page, as it comes over the wire",
            must=f"≤ {SCRIPT_KB:.0f} KB gzip",
            measured=f"{size / 1000:.0f} KB",
            reached=size / 1000 <= SCRIPT_KB,
            yardstick="",
            processes=PROCESSES,
            load=LOAD,
            values={"bytes": size},
        ),
    ]


def _warm(browser: Browser, running: Served) -> None:
    """The server has answered before; the browser that is measured has not."""
    with signed_in(browser, running) as context:
        opened(context.new_page(), "/console/")


def _first(browser: Browser, running: Served, rounds: int) -> tuple[list[float], int]:
    times, size = [], 0
    for _ in range(rounds):
        with signed_in(browser, running) as context:
            page = context.new_page()
            times.append(opened(page, "/console/"))
            size = script_bytes(page)
    return times, size


def _record(browser: Browser, running: Served, rounds: int) -> list[float]:
    story = json.loads((running.data / "demo.json").read_text())
    path = str(story["steps"][0]["link"])
    with signed_in(browser, running) as context:
        page = context.new_page()
        opened(page, path)
        return [opened(page, path) for _ in range(rounds)]


def _plain(browser: Browser, running: Served, rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        with signed_in(browser, running) as context:
            page = context.new_page()
            page.goto("/api/docs")
            times.append(float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")))
    return times


def _timed(name: str, what: str, times: list[float], plain: list[float], most: float) -> Figure:
    middle, yard = of(times, 0.5), of(plain, 0.5)
    return Figure(
        name=name,
        what=what,
        must=f"≤ {most / 1000:.0f} s (median of {ROUNDS})",
        measured=f"{middle:.0f} ms (slowest {max(times):.0f})",
        reached=middle <= most,
        yardstick=f"a page without scripts from the same server (/api/docs): {yard:.0f} ms",
        processes=PROCESSES,
        load=LOAD,
        values={"ms": times, "plain_ms": plain},
    )


# ── many rows ─────────────────────────────────────────────────────────────────


def _rows(browser: Browser, quick: bool) -> Figure:
    persons = 5_000 if quick else 100_000
    with stage.served() as running:
        settle(running, persons)
        with signed_in(browser, running) as context:
            page = context.new_page()
            opened(page, "/console/customers?tab=all")
            ours = frames(page, STEPS)
            seen = page.evaluate("() => document.documentElement.scrollHeight")
            bare = _bare(context.new_page())
    late, bare_late = of(ours, 0.95), of(bare, 0.95)
    return Figure(
        name="console_rows",
        what=f"the list of {persons:,} customers scrolled, {STEPS:,} frames of 240 pixels",
        must=f"95 % of frames ≤ {FRAME_MS:.0f} ms",
        measured=f"p50 {of(ours, 0.5):.1f}, p95 {late:.1f}, longest {max(ours):.0f} ms",
        reached=late <= FRAME_MS,
        yardstick=f"20,000 plain paragraphs scrolled alike: p95 {bare_late:.1f} ms, longest {max(bare):.0f}",
        processes=PROCESSES,
        load=LOAD,
        values={
            "p50_ms": of(ours, 0.5),
            "p95_ms": late,
            "longest_ms": max(ours),
            "bare_p95_ms": bare_late,
            "height_px": seen,
        },
    )


def _bare(page: Page) -> list[float]:
    page.set_content(_BARE)
    return frames(page, STEPS)


if __name__ == "__main__":
    run(measure)
