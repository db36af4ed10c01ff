"""A real browser, the shop's web server, and a running Segue."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.flow.conformance.browser.street import Line, Site, line_to
from tests.flow.conformance.browser.visit import Kind, Visit
from tests.flow.conformance.shop import Shop
from tests.served import Served, segue, serving

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[3]
_NODE = str(ROOT / ".ci" / "node")
"""Runs what follows with the system's Node, or with the wheel's."""


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    """The machine's Chromium."""
    return chromium


@pytest.fixture(scope="session")
def modules() -> Path:
    """The clients from npm; skips where they cannot be installed."""
    if not (FOLDER / "node_modules" / ".package-lock.json").exists():
        _run([_NODE, "npm", "ci", "--no-audit", "--no-fund"], "the browser's clients cannot be installed")
    return FOLDER / "node_modules"


@pytest.fixture(scope="session")
def hosted(modules: Path) -> None:
    """The client that Segue hosts is in its place."""
    _run(["make", "-s", "-C", str(ROOT), "browser-client"], "the hosted client cannot be built")


@pytest.fixture(scope="session")
def scripts(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's own bundles, with a client in each."""
    folder: Path = tmp_path_factory.mktemp("scripts")
    bundle(
        modules,
        {"npm": FOLDER / "client" / "segment.mjs", "rudder": FOLDER / "client" / "rudder.mjs"},
        folder,
    )
    return folder


def bundle(modules: Path, entries: dict[str, Path], folder: Path) -> None:
    """Each entry as a browser's module ``NAME.js`` in ``folder``, with what it imports, and no address in it
    that a blocker could know.
    """
    command = [_NODE, str(modules / ".bin" / "esbuild"), "--bundle", "--splitting", "--format=esm"]
    command += ["--chunk-names=part-[hash]", f"--outdir={folder}", "--log-level=warning"]
    environment = {**os.environ, "NODE_PATH": str(modules)}
    done = subprocess.run(
        [*command, *(f"{name}={entry}" for name, entry in entries.items())],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=FOLDER,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def _run(command: list[str], otherwise: str) -> None:
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"NOT TESTED: {otherwise}: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="session")
def served(hosted: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("browser") / "data") as served:
        yield served


@pytest.fixture(scope="session")
def web(served: Served) -> Shop:
    """The shop whose public key stands in its pages."""
    return Shop(served, "--source", "web")


@pytest.fixture(scope="session")
def secret(served: Served) -> str:
    """Signs who is logged in at the shop."""
    return segue("keys", "identity-secret", "--source", "web", "--data", str(served.data)).split()[-1]


@pytest.fixture(scope="session")
def site(scripts: Path, served: Served) -> Iterator[Site]:
    site = Site(scripts, served.port)
    yield site
    site.close()


@pytest.fixture
def line(served: Served) -> Iterator[Line]:
    """A line to the server that a test may cut."""
    with line_to(served.port) as line:
        yield line


Visiting = Callable[..., Visit]


@pytest.fixture
def visiting(browser: Browser, site: Site, web: Shop) -> Iterator[Visiting]:
    """Makes visitors: ``visiting(kind, host=…, key=…, options=…)``, each with cookies of her own."""
    contexts: list[Any] = []

    def visit(
        kind: Kind,
        *,
        host: str = "",
        key: str = "",
        options: dict[str, Any] | None = None,
        html: str = "",
    ) -> Visit:
        page = html or page_of(kind, host or web.url, key or web.write_key, options)
        address = site.put(f"{kind}-{len(site.pages)}.html", page)
        context = browser.new_context()
        contexts.append(context)
        return Visit(context, kind, address)

    yield visit
    for context in contexts:
        context.close()


def page_of(kind: Kind, host: str, key: str, options: dict[str, Any] | None) -> str:
    """A page of the shop that loads the client from ``host`` or points it there."""
    if kind == "snippet":
        script = f"<script>{snippet(host, key, options)}</script>"
    else:
        script = (
            f'<script type="module" src="/js/{kind}.js"></script>'
            f'<script type="module">window.load({dumps(host)}, {dumps(key)}, {dumps(options or {})})</script>'
        )
    return f"<!doctype html><title>Mugs</title>{script}<h1>Mugs</h1>"


def snippet(host: str, key: str, options: dict[str, Any] | None) -> str:
    """Segment's own snippet. Its https is a plain server's http here, and a plain server is named in
    ``_cdn``, since the client derives its address from the script's only over https.
    """
    scheme, _, rest = host.partition("://")
    command = [_NODE, "node", "snippet.mjs", rest, key]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=60, check=True)
    text = done.stdout.replace(f'"https://{rest}', f'"{scheme}://{rest}')
    load = f'analytics.load("{key}");'
    assert load in text
    return text.replace(load, f'analytics._cdn = "{host}"; analytics.load("{key}", {dumps(options or {})});')
