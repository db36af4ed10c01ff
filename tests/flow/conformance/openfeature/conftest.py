"""A shop with placements, for OpenFeature's own clients; the server is that of all clients."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.flow.conformance.browser.street import Site
from tests.flow.conformance.shop import Shop
from tests.patience import PATIENCE
from tests.served import Served

FOLDER = Path(__file__).parent
_NODE = str(FOLDER.parents[3] / ".ci" / "node")
PLACEMENTS = """
placements:
  home_hero: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}
  app_home:  {touchpoint: app, formats: [banner], fallback: story, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  coffee:
    kind: offer
    value: 2
    caps: [{max: 2, within: 7 days}]
    suppress: [{outcome: dismissed, count: 1, within: 7 days, pause: 30 days}]
    content: [{format: banner, headline: "Coffee?", link: /coffee}]
"""


@pytest.fixture(scope="session")
def served(shop: Shop) -> Served:
    """The server of all clients, with these placements in force."""
    served: Served = shop._served
    bodies = {"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS}
    answer = served.request(
        "PUT", "/api/v1/definitions", key=served.key("admin"),
        headers={"Content-Type": "application/json"}, body=msgspec.json.encode({"bodies": bodies}),
    )  # fmt: skip
    assert answer.status == 200, answer.body
    _await_flag(served)
    return served


def _await_flag(served: Served) -> None:
    """Until the web process goes by the definitions that were just put in force."""
    asked: Any = {
        "key": served.key("admin"), "headers": {"Content-Type": "application/json"},
        "body": b'{"context": {"targetingKey": "nobody"}}',
    }  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        flag = served.request("POST", "/ofrep/v1/evaluate/flags/home_hero", **asked)
        if flag.status == 200:
            return
        time.sleep(0.05)
    raise AssertionError(f"the flag is never there: {flag.body!r}")


@pytest.fixture(scope="session")
def decide_key(served: Served) -> str:
    """As it stands in a page or an app: anybody can read it."""
    return served.key("decide")


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's bundle with the provider in it; skips where it cannot be installed."""
    if not (FOLDER / "node_modules" / ".package-lock.json").exists():
        _run([_NODE, "npm", "ci", "--no-audit", "--no-fund"])
    folder: Path = tmp_path_factory.mktemp("flags")
    esbuild = [_NODE, str(FOLDER / "node_modules/.bin/esbuild"), "--bundle", "--format=esm"]
    _run([*esbuild, "--log-level=warning", f"--outfile={folder / 'flags.js'}", "provider.mjs"])
    return folder


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"NOT TESTED: @openfeature/ofrep-web-provider: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="session")
def site(scripts: Path, served: Served) -> Iterator[Site]:
    """The shop's own web server: another origin than Segue's."""
    site = Site(scripts, served.port)
    yield site
    site.close()
