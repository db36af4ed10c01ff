"""The ways to install it: one line, a bundle, beside a client; and against Segue's own decisions."""
# ruff: noqa: E501 - pages stand here as a shop writes them

from __future__ import annotations

import gzip
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import blocks, read
from tests.flow.conformance.sdk.conftest import BUILT, ROOT, Page
from tests.flow.conformance.sdk.mall import DECISION, REST, Mall, decided
from tests.flow.conformance.sdk.stroll import Stroll
from tests.flow.conformance.shop import Shop
from tests.patience import PATIENCE
from tests.served import Served

HERO = '<div data-segue-slot="home_hero" data-segue-height="200"><p>Welcome</p></div>'
LARGEST = 35 * 1024
SDK = ROOT / "sdk" / "web"
NODE = str(ROOT / ".ci" / "node")


def test_our_code_is_small(built: Path) -> None:
    script = (built / "sdk.js").read_bytes()
    assert gzip.decompress((built / "sdk.js.gz").read_bytes()) == script
    assert len(gzip.compress(script, 9)) <= LARGEST
    assert b"__esModule" not in script or b"AnalyticsBrowser" not in script  # the client is not within


def test_the_collector_serves_it_small_and_once(built: Path, served: Served) -> None:
    for path in ("/sdk.js", "/s/sdk.js"):
        answer = served.request("GET", path, headers={"Accept-Encoding": "gzip"})
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
        assert gzip.decompress(answer.body) == (built / "sdk.js").read_bytes()
        assert answer.headers["content-type"].startswith("text/javascript")
        again = served.request("GET", path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
    assert served.request("GET", "/sdk.js.gz").status == 404


def test_one_line_is_all_a_page_needs(mall: Mall, web: Shop, stroll: Stroll) -> None:
    [line] = [
        text
        for _, text in blocks(read("docs/how-to/web-sdk.md"))
        if text.startswith("<script src=") and "decide" in text
    ]
    line = line.replace("https://shop.example.com/s", f"{mall.origin}/s").replace("WRITE_KEY", web.write_key)
    assert "DECIDE_KEY" in line
    mall.put("/", f"<!doctype html><head><title>Mugs</title>{line.replace('DECIDE_KEY', 'dk')}</head>{HERO}")
    stroll.go("/")
    stroll.page.evaluate("() => window.segue.consent({ personalisation: true })")
    stroll.becomes("filled")
    [view] = stroll.hears("page")
    assert web.heard(f"anonymous_id:{view['anonymousId']}", 2)


def test_a_page_under_a_strict_policy_works_too(mall: Mall, web: Shop, stroll: Stroll, page: Page) -> None:
    [policy] = re.findall(r"^Content-Security-Policy: (.+)$", read("docs/how-to/web-sdk.md"), re.MULTILINE)
    policy = policy.replace("https://shop.example.com", mall.origin)
    page(HERO + "<p>Below</p>", head=f'<meta http-equiv="Content-Security-Policy" content="{policy}">')
    mall.pages["/"] = mall.pages["/"].replace('<body style="margin:0">', "<body>")
    said: list[str] = []
    stroll.page.on("console", lambda message: said.append(message.text))
    stroll.go("/").becomes("filled")
    stroll.hears("Action Shown")
    assert [text for text in said if "Content Security Policy" in text or "violates" in text] == []
    assert stroll.shifts() == 0


def bundled(mall: Mall, tmp_path: Path, source: str, form: str = "esm") -> None:
    """``source`` as a shop's own bundle, at ``/js/shop.js``; with its types checked."""
    if not (SDK / "dist" / "index.d.ts").exists():
        _run([NODE, "npm", "run", "--silent", "build"])
    entry = tmp_path / "shop.ts"
    entry.write_text(source, encoding="utf-8")
    modules = {
        "@segue/web": SDK / "dist" / "index.js",
        "@segment/analytics-next": SDK / "node_modules/@segment/analytics-next",
    }
    options = {
        "strict": True,
        "noEmit": True,
        "module": "esnext",
        "target": "es2022",
        "moduleResolution": "bundler",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
        "types": [],
        "skipLibCheck": True,
        "paths": {
            "@segue/web": [str(SDK / "dist" / "index.d.ts")],
            "@segment/analytics-next": [str(modules["@segment/analytics-next"])],
        },
    }
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": options, "files": [str(entry)]}), encoding="utf-8")
    _run([NODE, "node", "node_modules/typescript/bin/tsc", "--project", str(config)])
    aliases = [f"--alias:{name}={path}" for name, path in modules.items()]
    out = tmp_path / "shop.js"
    _run(
        [
            NODE,
            "node_modules/.bin/esbuild",
            "--bundle",
            f"--format={form}",
            *aliases,
            f"--outfile={out}",
            str(entry),
            "--log-level=warning",
        ]
    )
    mall.scripts["/js/shop.js"] = out.read_bytes()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=SDK, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]


def documented(number: int) -> str:
    """A module that the page shows."""
    return [text for language, text in blocks(read("docs/how-to/web-sdk.md")) if language == "ts"][number]


def module_page(mall: Mall) -> None:
    mall.put(
        "/", f'<!doctype html><title>Mugs</title><script type="module" src="/js/shop.js"></script>{HERO}'
    )


def test_a_bundle_imports_it_with_its_types(
    mall: Mall, web: Shop, stroll: Stroll, tmp_path: Path, built: Path
) -> None:
    source = documented(0).replace("https://shop.example.com/s", f"{mall.origin}/s")
    bundled(
        mall,
        tmp_path,
        source.replace("'WRITE_KEY'", f"'{web.write_key}'") + "\nsegue.consent({ personalisation: true })\n",
    )
    module_page(mall)
    stroll.go("/").becomes("filled")
    [view] = stroll.hears("page")
    stroll.hears("Action Shown")
    assert stroll.page.evaluate("() => 'analytics' in window") is False
    assert web.heard(f"anonymous_id:{view['anonymousId']}", 3)


def test_it_works_beside_a_client_that_is_there_and_holds_it_back_too(
    mall: Mall, web: Shop, stroll: Stroll, tmp_path: Path, built: Path
) -> None:
    source = documented(1).replace("https://shop.example.com/s", f"{mall.origin}/s")
    source = source.replace("'WRITE_KEY'", f"'{web.write_key}'")
    calls = "\nanalytics.track('Early')\nObject.assign(window, { analytics, segue })\n"
    bundled(mall, tmp_path, source + calls)
    module_page(mall)
    stroll.go("/")
    stroll.page.evaluate("async () => { await window.analytics; await window.analytics.track('Early Too') }")
    assert mall.asked == []
    stroll.page.evaluate("() => { segue.consent({ personalisation: true }); analytics.page('Own') }")
    stroll.becomes("filled")
    [own] = stroll.hears("page")
    stroll.hears("Action Shown")
    assert [event["name"] for event in stroll.events("page")] == ["Own"]
    assert not {"Early", "Early Too"} & set(stroll.names())
    assert {event["anonymousId"] for event in stroll.events()} == {own["anonymousId"]}
    assert mall.questions()[0]["identifiers"] == {"anonymous_id": own["anonymousId"]}


THEIRS = """<script>(function () { var a = (window.analytics = %s); a.invoked = true; a._cdn = location.origin + '/s'
a._writeKey = 'KEY'; 'track page ready setAnonymousId'.split(' ').forEach(function (n) {
a[n] = function () { a.push([n].concat([].slice.call(arguments))); return a } })
var s = document.createElement('script'); s.src = '/s/lib.js'; document.head.appendChild(s); a.page() })()</script>"""


def test_it_uses_the_snippet_that_a_page_has(mall: Mall, web: Shop, stroll: Stroll, page: Page) -> None:
    page(HERO, head=THEIRS.replace("KEY", web.write_key) % "[]")
    stroll.go("/").becomes("filled")
    stroll.hears("Action Shown")
    assert len(stroll.events("page")) == 1
    assert [path for _, path, _ in stroll.sent].count("/s/lib.js") == 1


PROPERTY = """<script>(function () { var it; Object.defineProperty(window, 'analytics', { configurable: true,
get: function () { return it }, set: function (v) { it = v } }) })()</script>"""


@pytest.mark.parametrize(
    ("head", "begun"),
    [
        ("", "window.analytics || []"),
        ("", "[]"),
        (PROPERTY, "[]"),
        ("<script>var analytics = []</script>", "[]"),
    ],
    ids=["our list", "a list of its own", "in a property of its own", "in a variable of its own"],
)
def test_a_snippet_that_comes_later_is_held_back_until_she_agrees(
    mall: Mall, web: Shop, stroll: Stroll, page: Page, head: str, begun: str
) -> None:
    title = "Mail of ann@example.com"
    page(THEIRS.replace("KEY", web.write_key) % begun, head=head, consent="required", title=title)
    stroll.go("/")
    held_back_until_she_agrees(stroll)
    assert not [body for _, _, body in stroll.sent if "ann@example.com" in body]


def held_back_until_she_agrees(stroll: Stroll) -> None:
    """Nothing of a client that the page brings has left, nor does before her yes."""
    stroll.page.wait_for_function("() => window.analytics?.initialized || window.analytics?.instance")
    stroll.page.evaluate("async () => { await window.analytics.track('Early') }")
    assert not [path for method, path, _ in stroll.sent if method == "POST"]
    stroll.mall.whole.set()
    stroll.page.wait_for_load_state()
    stroll.page.evaluate("() => { window.segue.consent({ personalisation: true }) }")
    stroll.page.evaluate("async () => { await window.analytics.track('Agreed') }")
    [agreed] = stroll.hears("Agreed")
    assert "Early" not in stroll.names()
    assert {event["anonymousId"] for event in stroll.events()} == {agreed["anonymousId"]}


@pytest.mark.parametrize("begun", ["window.analytics || []", "[]"], ids=["our list", "a list of its own"])
def test_what_a_snippet_that_comes_later_sends_is_cleaned_where_consent_is_implied(
    mall: Mall, web: Shop, stroll: Stroll, page: Page, begun: str
) -> None:
    page(THEIRS.replace("KEY", web.write_key) % begun + HERO, title="Mail of ann@example.com")
    stroll.go("/").becomes("filled")
    stroll.page.wait_for_function("() => window.analytics?.initialized")
    stroll.page.evaluate("async () => { await window.analytics.track('Own') }")
    stroll.hears("Own")
    stroll.hears("Action Shown")
    [*views] = stroll.hears("page")
    assert len({event["anonymousId"] for event in views}) == 1
    assert not [body for _, _, body in stroll.sent if "ann@example.com" in body]


def test_a_list_of_its_own_is_held_back_before_the_page_is_whole_too(
    mall: Mall, web: Shop, stroll: Stroll, page: Page
) -> None:
    page(THEIRS.replace("KEY", web.write_key) % "[]" + "<p>Soon</p>" + REST + HERO, consent="required")
    mall.whole.clear()
    stroll.page.goto(f"{mall.origin}/", wait_until="commit")
    held_back_until_she_agrees(stroll)
    stroll.becomes("filled")


CLIENT = """import { AnalyticsBrowser } from '@segment/analytics-next'
const analytics = %s
void analytics.page('Own')
Object.assign(window, { analytics, brought: analytics })
"""
LOADED = "AnalyticsBrowser.load({ writeKey: 'KEY', cdnURL: location.origin + '/s' })"
LATER = "new AnalyticsBrowser(); setTimeout(() => analytics.load({ writeKey: 'KEY', cdnURL: location.origin + '/s' }), 200)"


@pytest.mark.parametrize("above", [True, False], ids=["above", "below"])
@pytest.mark.parametrize("client", [LOADED, LATER], ids=["loaded", "loaded later"])
def test_a_client_in_a_bundle_of_the_page_works_and_is_held_back_until_she_agrees(
    mall: Mall, web: Shop, stroll: Stroll, page: Page, tmp_path: Path, above: bool, client: str
) -> None:
    bundled(mall, tmp_path, CLIENT % client.replace("KEY", web.write_key), "iife" if above else "esm")
    if above:
        page(HERO, head='<script src="/js/shop.js"></script>', consent="required")
    else:
        page(HERO + '<script type="module" src="/js/shop.js"></script>', consent="required")
    stroll.go("/")
    held_back_until_she_agrees(stroll)
    stroll.becomes("filled")
    assert stroll.page.evaluate("() => window.analytics === window.brought")
    assert "/s/lib.js" not in [path for _, path, _ in stroll.sent]
    assert stroll.page.evaluate("async () => (await window.segue.analytics) === (await window.analytics)[0]")


def test_what_is_no_client_is_left_alone(mall: Mall, web: Shop, stroll: Stroll, page: Page) -> None:
    theirs = "<script>window.told = []; window.analytics = { track: (name) => told.push(name) }</script>"
    page(HERO, head=theirs)
    stroll.go("/").becomes("filled")
    assert stroll.page.evaluate(
        "() => { analytics.track('Theirs'); return [told, Object.keys(analytics)] }"
    ) == [
        ["Theirs"],
        ["track"],
    ]


PLACEMENTS = """
placements:
  home_hero: {touchpoint: web, formats: [banner], fallback: brand_story, exploration: 0, timeout_ms: 5000}
"""
ACTIONS = """
actions:
  brand_story: {kind: content, content: [{format: banner, headline: "Nothing else"}]}
  free_coffee:
    kind: offer
    value: 5
    content: [{format: banner, headline: "Welcome to our {{ context.page.path }}"}]
"""


@pytest.fixture(scope="module")
def decide_key(served: Served) -> str:
    """A key for the one placement that there is."""
    served.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    key = served.key("decide", "--placement", "home_hero")
    asked = json.dumps({"placement": "home_hero"}).encode()
    until = time.monotonic() + PATIENCE
    while served.request("POST", "/api/v1/decisions", key=key, body=asked).status != 200:
        assert time.monotonic() < until, "the server does not follow its definitions"
        time.sleep(0.1)
    return key


@pytest.mark.parametrize("far", [False, True], ids=["below the shop's address", "another origin"])
def test_a_slot_is_decided_by_segue_itself_and_segue_hears_that_it_was_seen(
    mall: Mall, web: Shop, served: Served, stroll: Stroll, page: Page, decide_key: str, far: bool
) -> None:
    mall.really = True
    host = f"{served.url}/s" if far else "/s"
    page(HERO, "/mugs", decide_key=decide_key, host=host, consent="required")
    stroll.go("/mugs?q=mug")
    stroll.page.evaluate("() => window.segue.consent({ personalisation: true })")
    stroll.becomes("filled")
    assert stroll.page.locator(".segue-headline").inner_text() == "Welcome to our /mugs"
    stroll.page.wait_for_function("() => document.querySelector('[data-segue-action]')")

    device = stroll.page.evaluate("async () => (await window.segue.analytics).user().anonymousId()")
    [shown] = stroll.until(
        lambda: [one for one in web.heard(f"anonymous_id:{device}", 2) if one.get("event") == "Action Shown"],
        "Action Shown does not arrive",
    )
    decision = shown["properties"]["decision_id"]

    def kept() -> Any:
        return served.get(f"/api/v1/decisions/{decision}")["decision"]

    stroll.until(
        lambda: kept()["slots"][0]["outcome"] == "shown", "the decision never hears that it was seen"
    )
    assert (kept()["placement"], kept()["slots"][0]["action"]) == ("home_hero", "free_coffee")


def test_what_stands_in_speaks_as_segue_does(served: Served, decide_key: str, web: Shop) -> None:
    """Nothing that the tests' stand-in answers is missing in a real answer."""
    body = json.dumps({"requests": [{"placement": "home_hero", "context": {"page": {"path": "/"}}}]}).encode()
    answer = served.request("POST", "/s/api/v1/decisions/batch", key=decide_key, body=body).json()
    assert answer["errors"] == []
    [real] = answer["decisions"]
    stand_in = decided({"headline": "x"})
    assert set(stand_in) <= set(real)
    assert set(stand_in["slots"][0]) <= set(real["slots"][0])
    assert len(DECISION) == len(real["decision_id"])
    refused = served.request(
        "POST",
        "/s/api/v1/decisions/batch",
        key=decide_key,
        body=body,
        headers={"Cookie": "x=1", "Origin": "https://a.example"},
    )
    assert refused.status == 200
    assert refused.headers["access-control-allow-origin"] == "*"


def test_only_questions_are_open_to_other_origins(served: Served, decide_key: str, web: Shop) -> None:
    asking = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    open_to = served.request("OPTIONS", "/api/v1/decisions/batch", headers=asking)
    assert (open_to.status, open_to.headers["access-control-allow-headers"]) == (
        200,
        "authorization, content-type",
    )
    for path in ("/api/v1/persons", "/api/v1/decisions/0123", "/s/api/v1/persons"):
        answer = served.request("OPTIONS", path, headers=asking)
        assert "access-control-allow-origin" not in answer.headers, path
    assert served.request("GET", "/s/api/v1/persons", key=decide_key).status == 404
    unknown = served.request(
        "POST", "/s/api/v1/decisions", key="nobody's", body=b'{"placement": "home_hero"}'
    )
    assert (unknown.status, unknown.headers["access-control-allow-origin"]) == (401, "*")
    nobody = served.request("POST", "/api/v1/decisions", body=b'{"placement": "home_hero"}')
    assert nobody.status == 401
    assert "access-control-allow-origin" not in nobody.headers


def test_the_client_that_it_is_built_against_is_the_one_that_is_hosted() -> None:
    pinned = json.loads(read("sdk/web/package.json"))["devDependencies"]["@segment/analytics-next"]
    assert pinned == json.loads(read("browser/package.json"))["dependencies"]["@segment/analytics-next"]
    assert BUILT.relative_to(ROOT).as_posix() in read("pyproject.toml")
