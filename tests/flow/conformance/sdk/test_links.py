"""Links of messages: who comes by one sees what is hers, once; nobody else does, nor hears who she is."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from segue import flow
from segue.adapters.postgres.database import PostgresDatabase
from segue.app.directory import server_record
from segue.app.proofs import signed
from segue.domain.order import MINUTE, SECOND
from segue.ports.clock import SystemClock
from tests.flow.conformance.sdk.conftest import Page
from tests.flow.conformance.sdk.mall import Mall, Question, decided
from tests.flow.conformance.sdk.stroll import Stroll
from tests.flow.conformance.shop import Shop
from tests.patience import PATIENCE
from tests.served import Served

SLOT = '<div data-segue-slot="greeting" data-segue-height="200"><p>Welcome</p></div>'
PROOF, OTHER = "p-_1" * 14, "q" * 55
BROWSERS = "Failed to load resource"
"""How a browser's own lines begin about an answer's status: no page can keep them quiet."""
EXCHANGE = "/s/api/v1/proofs/exchange"

# ── with Segue itself ─────────────────────────────────────────────────────────

PLACEMENTS = """
placements:
  greeting: {touchpoint: web, formats: [banner], fallback: brand_story, exploration: 0, timeout_ms: 5000,
             personal_facts: 1}
"""
ACTIONS = """
actions:
  brand_story: {kind: content, content: [{format: banner, headline: "Nothing else"}]}
  hello:
    kind: offer
    value: 5
    audience: {field: traits.frequency, op: ">=", value: 1}
    content: [{format: banner, headline: "Good day, {{ person.first_name | default: 'you' }}"}]
"""


@pytest.fixture(scope="module")
def greeting(served: Served) -> str:
    """A public key for a placement that greets customers by name, and Ann, who is one and agrees to it."""
    served.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    till = Shop(served)
    who = {"userId": "ann", "timestamp": "2026-03-01T11:00:00Z"}
    ordered = {"order_id": "ann-1", "revenue": 9}
    batch: list[dict[str, Any]] = [
        {"type": "identify", "traits": {"first_name": "Ann"}},
        {"type": "track", "event": "Order Completed", "properties": ordered},
        {"type": "track", "event": "Consent Granted", "properties": {"purpose": "personalisation"}},
    ]
    body = {
        "writeKey": till.write_key,
        "batch": [{**event, **who, "messageId": f"ann-{number}"} for number, event in enumerate(batch)],
    }
    assert served.request("POST", "/v1/batch", body=json.dumps(body).encode()).status == 200
    till.heard("user_id:ann", 3)
    key = served.key("decide", "--source", "web")
    question = {"placement": "greeting", "identifiers": {"user_id": "ann"}}
    until = time.monotonic() + PATIENCE
    while b"Good day, Ann" not in _asked(served, question):
        assert time.monotonic() < until, _asked(served, question)
        time.sleep(0.1)
    return key


def _asked(served: Served, question: Question) -> bytes:
    body = json.dumps(question).encode()
    return served.request("POST", "/api/v1/decisions", key=served.key("admin"), body=body).body


def link(served: Served, url: str) -> str:
    """The address that a message to Ann carries."""
    wish = json.dumps({"identifiers": {"user_id": "ann"}, "kind": "link", "url": url}).encode()
    answer = served.request("POST", "/api/v1/proofs", key=served.key("admin"), body=wish)
    assert answer.status == 201, answer.body
    return str(answer.json()["url"])


def headline(stroll: Stroll, address: str) -> str:
    """What the slot shows to whoever opens this address."""
    stroll.page.goto("about:blank")
    stroll.page.goto(address)
    stroll.becomes("filled", "greeting")
    return stroll.page.locator(".segue-headline").inner_text()


def test_a_link_opens_what_is_hers_once(
    mall: Mall, served: Served, stroll: Stroll, page: Page, greeting: str
) -> None:
    mall.really = True
    page(SLOT, "/offers", decide_key=greeting)
    address = link(served, f"{mall.origin}/offers?q=mug#top")
    token = address.partition("segue=")[2]
    assert headline(stroll, address) == "Good day, Ann"
    assert stroll.page.url == f"{mall.origin}/offers?q=mug#top"

    assert headline(stroll, f"{mall.origin}/offers") == "Good day, Ann", "the tab's next page"
    assert headline(stroll, address) == "Nothing else", "the link again"
    assert stroll.page.url == f"{mall.origin}/offers?q=mug#top"
    assert headline(stroll, f"{mall.origin}/offers") == "Nothing else"
    stroll.hears("page", 4)
    assert [path for _, path, body in stroll.sent if token in path + body] == [EXCHANGE] * 2


@pytest.mark.parametrize("why", ["expired", "forged", "changed"])
def test_what_proves_nothing_shows_what_everybody_sees(
    mall: Mall, served: Served, stroll: Stroll, page: Page, greeting: str, why: str
) -> None:
    mall.really = True
    said: list[str] = []
    stroll.page.on("console", lambda message: said.append(message.text))
    page(SLOT, "/offers", decide_key=greeting)
    good = link(served, f"{mall.origin}/offers").partition("segue=")[2]
    token = {
        "expired": expired(served),
        "forged": "A" * len(good),
        "changed": f"{'B' if good[0] == 'A' else 'A'}{good[1:]}",
    }[why]
    assert headline(stroll, f"{mall.origin}/offers#segue={token}") == "Nothing else"
    assert stroll.page.url == f"{mall.origin}/offers"
    assert [text for text in said if not text.startswith(BROWSERS)] == []


def expired(served: Served) -> str:
    """A link's token as Segue signed it, a minute too old."""
    record = server_record(served.data)
    assert record is not None
    database = PostgresDatabase(record["database_url"])
    try:
        with database.transaction() as session:
            [(secret,)] = session.fetch(flow.SECRET)
    finally:
        database.close()
    at = (SystemClock().now() - MINUTE) // SECOND * SECOND
    text = signed.sign("link", at, b"0123456789abcdef", bytes(secret))
    assert signed.read(text, bytes(secret)) == signed.Read("link", at)
    return text


# ── in which order, and who hears of it ───────────────────────────────────────


@pytest.fixture
def personal(mall: Mall) -> None:
    """A shop that greets whoever has proven who she is."""
    mall.vouches = {PROOF: "i.t.t"}
    mall.answer = lambda question: decided(
        {"headline": "Good day, Ann" if question.get("identity_token") == "i.t.t" else "Good day"}
    )


pytestmark = pytest.mark.usefixtures("personal")

WATCH = """window.shown = []
new MutationObserver(() => {
  const line = document.querySelector('.segue-headline')
  if (line && window.shown.at(-1) !== line.textContent) window.shown.push(line.textContent)
}).observe(document, { subtree: true, childList: true })"""


def exchanges(stroll: Stroll) -> list[str]:
    """The tokens that were brought to be exchanged."""
    return [json.loads(body)["proof"] for _, path, body in list(stroll.sent) if path == EXCHANGE]


def shown(stroll: Stroll) -> list[str]:
    """What the slot has shown, one after the other."""
    found: list[str] = stroll.page.evaluate("() => window.shown")
    return found


def test_slots_wait_for_the_exchange_and_are_filled_once(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.page.add_init_script(WATCH)
    mall.vouching.clear()
    stroll.go(page(SLOT) + f"#segue={PROOF}")
    assert stroll.page.url == f"{mall.origin}/"
    stroll.until(lambda: exchanges(stroll), "nothing was exchanged")
    # a page that says again who is not logged in, as single-page applications do, changes nothing
    stroll.page.evaluate("() => segue.identityToken(null)")
    stroll.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    assert (mall.asked, stroll.state("greeting")) == ([], "waiting")
    mall.vouching.set()
    stroll.becomes("filled", "greeting")
    stroll.hears("Action Shown")
    assert [question["identity_token"] for question in mall.questions()] == ["i.t.t"]
    assert (exchanges(stroll), shown(stroll)) == ([PROOF], ["Good day, Ann"])
    assert stroll.shifts() == 0


def test_they_do_not_wait_for_ever_and_what_comes_late_serves_later(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    stroll.page.add_init_script(WATCH)
    mall.vouching.clear()
    stroll.go(page(SLOT, timeout=1500) + f"#segue={PROOF}").becomes("filled", "greeting")
    assert shown(stroll) == ["Good day"]
    mall.vouching.set()
    stroll.until(lambda: stroll.page.evaluate("() => sessionStorage.length"), "the answer is lost")
    stroll.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    assert shown(stroll) == ["Good day"]
    stroll.page.evaluate("() => segue.refresh()")
    stroll.until(lambda: shown(stroll) == ["Good day", "Good day, Ann"], "it serves nothing")


def test_before_a_yes_nothing_is_exchanged_and_afterwards_it_is(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    stroll.page.add_init_script(WATCH)
    stroll.go(page(SLOT, consent="required") + f"#top&segue={PROOF}")
    assert stroll.page.url == f"{mall.origin}/#top"
    stroll.page.evaluate("() => segue.consent({ marketing: true })")
    stroll.hears("page")
    assert (exchanges(stroll), mall.asked) == ([], [])
    assert (
        stroll.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])").count(PROOF)
        == 0
    )
    stroll.page.evaluate("() => segue.consent({ personalisation: true })")
    stroll.becomes("filled", "greeting")
    assert (exchanges(stroll), shown(stroll)) == ([PROOF], ["Good day, Ann"])

    stroll.page.evaluate("() => segue.consent({ personalisation: false })")
    stroll.becomes("own", "greeting")
    assert stroll.page.evaluate("() => sessionStorage.getItem('segue_link')") is None
    stroll.page.evaluate("() => segue.consent({ personalisation: true })")
    stroll.until(lambda: len(mall.asked) == 2, "not asked again")
    assert "identity_token" not in mall.questions()[1]


def test_who_she_is_goes_with_questions_and_nowhere_else(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page(SLOT + '<button id="b">Press</button>') + f"#/mugs&segue={PROOF}")
    stroll.becomes("filled", "greeting")
    stroll.page.click("#b")
    stroll.page.evaluate("() => { segue.track('Own'); analytics.track('Own Too'); segue.identify('c-1') }")
    for name in ("page", "Action Shown", "Button Clicked", "Own", "Own Too", "identify"):
        stroll.hears(name)
    stroll.page.goto(f"{mall.origin}/?next")
    stroll.hears("page", 2)
    asking = {EXCHANGE, "/s/api/v1/decisions/batch"}
    told = [path + body for _, path, body in list(stroll.sent) if path not in asking]
    assert [text for text in told if PROOF in text or "i.t.t" in text] == []
    kept = stroll.page.evaluate("() => JSON.stringify({...localStorage}) + document.cookie")
    assert "i.t.t" not in kept
    assert PROOF not in kept


def test_a_used_one_is_said_in_the_console_only_where_that_is_asked_for(page: Page, stroll: Stroll) -> None:
    said: list[tuple[str, str]] = []
    stroll.page.on("console", lambda message: said.append((message.type, message.text)))
    for debug in ({}, {"debug": "true"}):
        stroll.page.goto("about:blank")
        stroll.go(page(SLOT, **debug) + f"#segue={OTHER}").becomes("filled", "greeting")
        assert stroll.page.locator(".segue-headline").inner_text() == "Good day"
    [(kind, text)] = [one for one in said if not one[1].startswith(BROWSERS)]
    assert kind == "warning"
    assert "the link's token" in text


@pytest.mark.parametrize("how", ["before", "after"])
def test_whoever_is_logged_in_is_not_taken_for_somebody_else(
    page: Page, stroll: Stroll, mall: Mall, how: str
) -> None:
    stroll.go(page(SLOT, **({"identity_token": "x.y.z"} if how == "before" else {})) + f"#segue={PROOF}")
    stroll.becomes("filled", "greeting")
    if how == "after":
        stroll.page.evaluate("() => segue.identityToken('x.y.z')")
        stroll.until(lambda: len(mall.asked) == 2, "not asked again")
    stroll.page.evaluate("() => segue.reset()")
    stroll.until(lambda: len(mall.asked) == (2 if how == "before" else 3), "not asked again")
    tokens = [question.get("identity_token") for question in mall.questions()]
    assert tokens == (["x.y.z", None] if how == "before" else ["i.t.t", "x.y.z", None])
    assert exchanges(stroll) == ([] if how == "before" else [PROOF])
    assert stroll.page.url == f"{mall.origin}/"


def test_only_questions_of_the_key_that_exchanged_it_carry_it(page: Page, stroll: Stroll, mall: Mall) -> None:
    other = '<div data-segue-slot="tiles" data-segue-key="other" data-segue-height="90"></div>'
    stroll.go(page(SLOT + other) + f"#segue={PROOF}").becomes("filled", "greeting")
    stroll.becomes("filled", "tiles")
    carried = {question["placement"]: question.get("identity_token") for question in mall.questions()}
    assert carried == {"greeting": "i.t.t", "tiles": None}


def test_a_page_whose_slots_have_keys_of_their_own_exchanges_it_with_the_first(
    page: Page, stroll: Stroll
) -> None:
    own = SLOT.replace("<div ", '<div data-segue-key="own" ', 1)
    stroll.go(page(own, decide_key="") + f"#segue={PROOF}").becomes("filled", "greeting")
    assert stroll.page.locator(".segue-headline").inner_text() == "Good day, Ann"
    assert exchanges(stroll) == [PROOF]


def test_a_link_that_is_opened_on_the_page_itself_counts_too(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page(SLOT)).becomes("filled", "greeting")
    stroll.page.evaluate("(token) => { location.hash = `top&segue=${token}` }", PROOF)
    stroll.page.locator(".segue-headline", has_text="Good day, Ann").wait_for()
    assert stroll.page.url == f"{mall.origin}/#top"
    stroll.hears("Action Shown")
    assert len(stroll.events("page")) == 1
