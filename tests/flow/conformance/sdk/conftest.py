"""A real browser, a shop whose pages carry the web SDK, a running Segue behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.flow.conformance.sdk.mall import Mall
from tests.flow.conformance.sdk.stroll import Stroll
from tests.flow.conformance.shop import Shop
from tests.served import Served, serving

ROOT = Path(__file__).parents[4]
BUILT = ROOT / "src" / "segue" / "edge" / "collecting" / "sdk"


def make(*targets: str) -> None:
    """Build; skips where that cannot be done, but never in CI."""
    import os
    import subprocess

    command = ["make", "-s", "-C", str(ROOT), *targets]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"NOT TESTED: {' '.join(targets)} cannot be built: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="session")
def built() -> Path:
    """The SDK and the client are in their place."""
    make("sdk", "browser-client")
    return BUILT


@pytest.fixture(scope="session")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("sdk") / "data") as served:
        yield served


@pytest.fixture(scope="session")
def web(served: Served) -> Shop:
    """The shop whose public key stands in its pages."""
    return Shop(served, "--source", "web")


@pytest.fixture
def mall(served: Served) -> Iterator[Mall]:
    mall = Mall(served.port)
    yield mall
    mall.close()


Page = Callable[..., str]


@pytest.fixture
def page(mall: Mall, web: Shop) -> Page:
    """``page(body, path="/", head="", consent="implied", title="Mugs", **data)``: put a page with the SDK."""

    def put(body: str, path: str = "/", head: str = "", title: str = "Mugs", **data: Any) -> str:
        chosen: dict[str, Any] = {
            "write_key": web.write_key,
            "decide_key": "dk",
            "host": "/s",
            "consent": "implied",
        }
        chosen |= {"timeout": 10_000, **data}  # this machine may be busy
        said = " ".join(f'data-{name.replace("_", "-")}="{value}"' for name, value in chosen.items())
        mall.put(
            path,
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
            f'<script src="/s/sdk.js" {said}></script></head><body style="margin:0">{body}</body></html>',
        )
        return path

    return put


@pytest.fixture
def stroll(chromium: Browser, mall: Mall) -> Iterator[Stroll]:
    """A visitor. What her pages' scripts throw is an error of the test."""
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    stroll = Stroll(context, mall)
    yield stroll
    context.close()
    assert stroll.errors == []
