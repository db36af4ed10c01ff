"""Events that meet an absent server, a page that is left, a refusal, or a blocker's list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.flow.conformance.browser.conftest import Visiting
from tests.flow.conformance.browser.street import Line, Site
from tests.flow.conformance.browser.visit import KINDS, Kind, Visit, eventually
from tests.flow.conformance.shop import Shop
from tests.served import Served, segue, serving

each_client = pytest.mark.parametrize("kind", KINDS)

BLOCKED = re.compile(r"analytics|segment|track|collect|pixel|telemetry", re.IGNORECASE)
"""What the common lists look for in an address."""


def _settled(served: Served) -> None:
    """Everything that was accepted is in the golden records."""
    eventually(
        lambda: (status := served.get("/api/v1/status"))["log_offset"] == status["processed_offset"],
        "the loop does not come to an end",
    )


def _names(web: Shop, identifier: str) -> list[str]:
    return sorted(event["event"] for event in web.heard(identifier, 1))


@each_client
def test_what_happens_while_the_server_is_away_arrives_once_when_it_is_back(
    web: Shop, served: Served, visiting: Visiting, line: Line, kind: Kind
) -> None:
    visit = visiting(kind, host=line.url).open()
    device = visit.anonymous_id()
    visit.call("track", "Before")
    web.heard(f"anonymous_id:{device}", 1)
    line.cut()
    visit.call("track", "While Away")
    visit.call("track", "While Away Too")
    failed: list[str] = []
    visit.context.on("requestfailed", lambda request: failed.append(request.url))
    while not failed:
        visit.page.wait_for_timeout(50)  # lets the browser's events through to us
    line.mend()
    web.heard(f"anonymous_id:{device}", 3)
    _settled(served)

    assert _names(web, f"anonymous_id:{device}") == ["Before", "While Away", "While Away Too"]


@each_client
def test_what_happens_before_a_page_is_left_while_the_server_is_away_comes_with_the_next_page(
    web: Shop, served: Served, visiting: Visiting, line: Line, kind: Kind
) -> None:
    visit = visiting(kind, host=line.url).open()
    device = visit.anonymous_id()
    line.cut()
    visit.leave("track", "Last Thing")
    line.mend()
    visit.open()
    web.heard(f"anonymous_id:{device}", 1)
    _settled(served)

    assert _names(web, f"anonymous_id:{device}") == ["Last Thing"]


_LEAVING: list[tuple[Kind, dict[str, Any]]] = [
    ("npm", {}),
    ("snippet", {}),
    ("npm", {"integrations": {"Segment.io": {"deliveryStrategy": {"strategy": "batching"}}}}),
    ("rudder", {"useBeacon": True}),
]


@pytest.mark.parametrize(
    ("kind", "options"), _LEAVING, ids=["npm", "snippet", "npm in batches", "rudder beacon"]
)
def test_what_happens_just_before_the_shop_is_left_is_sent_all_the_same(
    web: Shop, visiting: Visiting, kind: Kind, options: dict[str, Any]
) -> None:
    visit = visiting(kind, options=options).open()
    device = visit.anonymous_id()
    visit.leave("track", "Outbound Link Clicked")

    [event] = web.heard(f"anonymous_id:{device}", 1)
    assert event["event"] == "Outbound Link Clicked"


@each_client
def test_a_client_with_an_unknown_key_sends_nothing_and_breaks_no_page(
    web: Shop, visiting: Visiting, kind: Kind
) -> None:
    visit = visiting(kind, key="no-such-key").open(ready=False)
    eventually(
        lambda: _pumped(visit, [status for _, status in visit.answered if status in {401, 404}]), "no answer"
    )
    visit.call("track", "Nobody Hears")
    visit.page.wait_for_timeout(500)

    assert not visit.posts(f"{web.url}/")
    assert visit.page.title() == "Mugs"


@each_client
def test_what_is_refused_for_its_key_is_not_sent_again(
    served: Served, visiting: Visiting, kind: Kind
) -> None:
    data = str(served.data)
    key = segue("keys", "create", "--role", "ingest", "--source", f"closing-{kind}", "--data", data)
    visit = visiting(kind, key=key).open()
    segue("keys", "revoke", key.split("_")[1], "--data", data)
    body = f'{{"writeKey": "{key}", "event": "x", "anonymousId": "x"}}'.encode()
    eventually(lambda: served.request("POST", "/v1/t", body=body).status == 401, "the key goes on")
    visit.call("track", "Too Late")
    eventually(
        lambda: _pumped(visit, [s for url, s in visit.answered if "/v1/" in url and s == 401]), "no answer"
    )
    visit.page.wait_for_timeout(3000)  # a client that tries again does so after one second at the latest

    assert len(visit.posts()) == 1


@pytest.fixture(scope="module")
def slow(hosted: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server that takes one request a second."""
    data: Path = tmp_path_factory.mktemp("slow") / "data"
    data.mkdir()
    (data / "segue.toml").write_text("rate_limit = 1\n")
    with serving(data) as served:
        yield served


@each_client
@pytest.mark.slow
def test_a_client_that_is_told_to_slow_down_does_and_loses_nothing(
    slow: Served, visiting: Visiting, kind: Kind
) -> None:
    shop = Shop(slow, "--source", f"web-{kind}")
    visit = visiting(kind, host=shop.url, key=shop.write_key).open()
    device = visit.anonymous_id()
    names = [f"Event {number}" for number in range(4)]
    with _crowding(slow, shop.write_key):
        for name in names:
            visit.call("track", name)
        eventually(
            lambda: _pumped(visit, 429 in [status for _, status in visit.answered]), "it was never told to"
        )
    shop.heard(f"anonymous_id:{device}", len(names))
    _settled(slow)

    assert _names(shop, f"anonymous_id:{device}") == names


@contextmanager
def _crowding(served: Served, key: str) -> Iterator[None]:
    """Others with the same key who ask so often that the limit is used up all the while."""
    enough = Event()

    def crowd() -> None:
        body = f'{{"writeKey": "{key}", "event": "Crowd", "anonymousId": "crowd"}}'.encode()
        while not enough.wait(0.05):
            served.request("POST", "/v1/t", body=body)

    thread = Thread(target=crowd)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def _pumped(visit: Visit, answer: Any) -> Any:
    """Playwright hands over the browser's events only while it is asked something."""
    visit.page.wait_for_timeout(50)
    return answer


_BATCHES = {"queueOptions": {"batch": {"enabled": True, "maxItems": 1, "flushInterval": 500}}}


@pytest.mark.parametrize(
    ("kind", "options"), [("npm", {}), ("rudder", _BATCHES)], ids=["npm", "rudder in batches"]
)
def test_no_blocker_s_list_knows_the_way_below_the_shop_s_own_address(
    web: Shop, visiting: Visiting, site: Site, kind: Kind, options: dict[str, Any]
) -> None:
    visit = visiting(kind, host=f"{site.origin}/s", options=options)
    stopped = block(visit)
    visit.open()
    device = visit.anonymous_id()
    visit.call("page", "Shop", "Mugs")
    visit.call("track", "Product Viewed", {"product_id": "507f"})
    web.heard(f"anonymous_id:{device}", 2)

    assert not stopped


def test_a_blocker_s_list_stops_the_usual_snippet(visiting: Visiting, site: Site) -> None:
    """Else the tests beside this one would prove nothing."""
    visit = visiting("snippet", host=f"{site.origin}/s")
    stopped = block(visit)
    visit.open(ready=False)
    visit.call("track", "Product Viewed")
    eventually(lambda: _pumped(visit, stopped), "nothing was stopped")
    assert not visit.posts()


def block(visit: Visit) -> list[str]:
    """Stop what a blocker would; answers the addresses it stops, as they come."""
    stopped: list[str] = []

    def stop(route: Route) -> None:
        stopped.append(route.request.url)
        route.abort("blockedbyclient")

    visit.context.route(BLOCKED, stop)
    return stopped
