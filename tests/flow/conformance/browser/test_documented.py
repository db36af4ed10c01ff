"""What the documentation and the console give to paste, pasted as it is into a page or a bundle, and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.sources.snippets import snippets, template
from tests.docs.pages import blocks, read
from tests.flow.conformance.browser.conftest import Visiting, bundle
from tests.flow.conformance.browser.street import Site
from tests.flow.conformance.browser.test_delivery import block
from tests.flow.conformance.browser.visit import Kind
from tests.flow.conformance.shop import Shop

_PAGE = "docs/how-to/connect-a-web-shop.md"
_SHOWN = {"{host}": "https://segue.example.com/s", "{write_key}": "KEY"}
_FILES: dict[Kind, str] = {"snippet": "page.html.txt", "npm": "segment.js.txt", "rudder": "rudder.js.txt"}

_CALLS = """
analytics.identify(CUSTOMER, { city: 'Ulm' })
analytics.track('Product Viewed', { product_id: '507f', name: 'Mug', price: 12.5 })
"""


def _shown(kind: Kind) -> str:
    """The text as the page of the documentation has it."""
    expected = template(_FILES[kind])
    for placeholder, shown in _SHOWN.items():
        expected = expected.replace(placeholder, shown)
    [found] = [body for _, body in blocks(read(_PAGE)) if body == expected]
    return found


@pytest.mark.parametrize("kind", list(_FILES))
def test_what_the_page_gives_to_paste_works_and_no_blocker_stops_it(
    web: Shop, visiting: Visiting, site: Site, modules: Path, tmp_path: Path, kind: Kind
) -> None:
    customer = f"documented-{kind}"
    text = _shown(kind).replace(_SHOWN["{host}"], f"{site.origin}/s").replace("'KEY'", f"'{web.write_key}'")
    calls = _CALLS.replace("CUSTOMER", f"'{customer}'")
    if kind == "snippet":
        html = f"<!doctype html><title>Mugs</title>{text}<script>{calls}</script>"
    else:
        (tmp_path / "shop.mjs").write_text(text + calls)
        bundle(modules, {f"shop-{kind}": tmp_path / "shop.mjs"}, site.scripts)
        html = f'<!doctype html><title>Mugs</title><script type="module" src="/js/shop-{kind}.js"></script>'
    visit = visiting(kind, html=html)
    stopped = block(visit)
    visit.open(ready=False)

    events = web.heard(f"user_id:{customer}", 3)
    assert sorted(event["type"] for event in events) == ["identify", "page", "track"]
    assert not stopped


def test_the_console_s_texts_are_the_same_ones() -> None:
    public = snippets("https://segue.example.com", "/s", trusted=False)
    assert [each.code.replace("{write_key}", "KEY") for each in public] == [_shown(kind) for kind in _FILES]


def test_what_servers_paste_stands_on_its_page() -> None:
    shown = [body for _, body in blocks(read("docs/how-to/send-events.md"))]
    for each in snippets("http://127.0.0.1:8765", "/s", trusted=True):
        assert each.code.replace("{write_key}", "KEY") in shown, each.title
