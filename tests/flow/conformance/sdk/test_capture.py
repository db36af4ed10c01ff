"""What is captured by itself, in Segment's names and shapes; and what never is."""
# ruff: noqa: E501 - pages stand here as a shop writes them

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_plus

import pytest

from tests.flow.conformance.sdk.conftest import Page
from tests.flow.conformance.sdk.mall import Mall
from tests.flow.conformance.sdk.stroll import Stroll
from tests.flow.conformance.shop import Shop

TALL = '<div style="height:5600px">Long</div>'  # eight windows


def properties(stroll: Stroll, name: str, count: int = 1) -> list[dict[str, Any]]:
    """Of the first events of that name."""
    return [event["properties"] for event in stroll.hears(name, count)]


def test_a_page_view_is_told_with_its_campaign(page: Page, stroll: Stroll, web: Shop, mall: Mall) -> None:
    page("<h1>Mugs</h1>", "/mugs")
    stroll.go("/mugs?utm_source=letter&utm_campaign=spring&utm_medium=email&gclid=abc")
    [seen] = stroll.hears("page")
    [campaign] = properties(stroll, "Campaign Seen")

    query = "?utm_source=letter&utm_campaign=spring&utm_medium=email&gclid=abc"
    assert seen["properties"] == {
        "path": "/mugs",
        "referrer": "",
        "search": query,
        "title": "Mugs",
        "url": f"{mall.origin}/mugs{query}",
    }
    assert campaign == {
        "name": "spring",
        "source": "letter",
        "medium": "email",
        "click_id": "abc",
        "click_id_kind": "gclid",
    }
    [kept] = [one for one in web.heard(f"anonymous_id:{seen['anonymousId']}", 2) if one["type"] == "page"]
    assert kept["context"]["campaign"] == {"name": "spring", "source": "letter", "medium": "email"}


def test_pages_of_an_application_are_pages(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page("<h1>Shop</h1><a href='#part'>Part</a>")).hears("page")
    stroll.page.evaluate("() => { history.pushState({}, '', '/mugs'); document.title = 'All mugs' }")
    stroll.hears("page", 2)
    stroll.page.evaluate("() => { history.replaceState({}, '', '/cups?email=ann@example.com') }")
    stroll.hears("page", 3)
    stroll.page.get_by_text("Part").click()  # within the page
    stroll.page.evaluate("() => history.go(-2)")  # past the anchor
    stroll.hears("page", 4)
    stroll.page.evaluate("() => { location.hash = '#/basket' }")
    stroll.hears("page", 5)

    said = [event["properties"] for event in stroll.events("page")]
    assert [one["path"] for one in said][:3] == ["/", "/mugs", "/cups"]
    assert [one["title"] for one in said][:2] == ["Mugs", "All mugs"]
    assert [one["referrer"] for one in said][1:3] == [f"{mall.origin}/", f"{mall.origin}/mugs"]
    assert said[2]["search"] == "?email="
    assert said[4]["url"].endswith("#/basket")
    assert len(stroll.events("page")) == 5


def test_clicks_are_told_by_what_was_clicked(page: Page, stroll: Stroll, mall: Mall) -> None:
    body = """
    <a id="all" href="/mugs?email=ann@example.com&sort=price#top" onclick="event.preventDefault()">All <b>mugs</b></a>
    <a href="mailto:ann@example.com" onclick="event.preventDefault()">Write to ann@example.com</a>
    <button>Sizes</button>
    <div data-segue-click="zoom"><span>Closer</span></div>
    <p>Just text</p>
    <div data-segue-ignore><a href="#x">Account of Ann</a></div>
    <button><textarea>typed</textarea><i contenteditable>typed</i>Send</button>
    """
    stroll.go(page(body))
    for text in ("mugs", "Write to", "Sizes", "Closer", "Just text", "Account", "Send"):
        stroll.page.get_by_text(text).click(position={"x": 2, "y": 2} if text != "Send" else None)
    stroll.page.evaluate("() => document.querySelector('button').click()")  # no visitor did that
    stroll.hears("Button Clicked", 2)

    assert properties(stroll, "Link Clicked", 2) == [
        {"text": "All mugs", "id": "all", "href": f"{mall.origin}/mugs?email=&sort=price"},
        {"text": "Write to …", "href": "mailto:"},
    ]
    assert properties(stroll, "Element Clicked") == [{"text": "Closer", "name": "zoom"}]
    assert [one["text"] for one in properties(stroll, "Button Clicked", 2)] == ["Sizes", "Send"]


def test_three_clicks_on_one_spot_are_rage_and_slow_or_distant_ones_are_not(
    page: Page, stroll: Stroll
) -> None:
    stroll.go(page('<div style="height:600px" id="dead">Nothing happens</div><input id="amount">')).hears(
        "page"
    )
    mouse = stroll.page.mouse
    for x in (100, 200, 300):
        mouse.click(x, 300)
    stroll.page.wait_for_timeout(1100)
    stroll.page.click("#amount", click_count=3)
    stroll.page.evaluate("() => window.segue.track('Marker')")
    stroll.hears("Marker")
    assert stroll.events("Rage Clicked") == []

    mouse.click(100, 100, click_count=5)
    [told] = properties(stroll, "Rage Clicked")
    assert told == {"text": "Nothing happens", "element": "div", "clicks": 3}


def test_how_far_she_scrolls_is_told_once_for_each_mark(page: Page, stroll: Stroll) -> None:
    stroll.go(page(TALL)).hears("page")
    for down in (1500, 0, 1500, 2600):
        stroll.page.evaluate("(y) => scrollTo(0, y)", down)
        stroll.page.wait_for_timeout(50)
    assert [one["depth"] for one in properties(stroll, "Page Scrolled", 2)] == [25, 50]
    stroll.page.evaluate("() => scrollTo(0, 9999)")
    assert [one["depth"] for one in properties(stroll, "Page Scrolled", 4)] == [25, 50, 75, 100]


def test_how_long_a_page_was_visible_is_told_when_it_is_left(
    page: Page, stroll: Stroll, web: Shop, mall: Mall
) -> None:
    device = stroll.go(page(TALL, "/read")).hears("page")[0]["anonymousId"]
    stroll.page.wait_for_timeout(1200)
    stroll.page.goto("about:blank")
    told = [one for one in web.heard(f"anonymous_id:{device}", 2) if one.get("event") == "Page Dwelled"]
    assert [one["context"]["page"]["path"] for one in told] == ["/read"]
    assert 1 <= told[0]["properties"]["seconds"] < 60


def test_the_pages_of_an_application_have_their_own_times(page: Page, stroll: Stroll) -> None:
    stroll.go(page("", "/one")).hears("page")
    stroll.page.wait_for_timeout(1100)
    stroll.page.evaluate("() => history.pushState({}, '', '/two')")
    [told] = stroll.hears("Page Dwelled")
    assert told["context"]["page"]["path"] == "/one"
    assert told["properties"]["seconds"] >= 1


_SEARCHES = [
    '<form action="/found"><input type="search" name="q"></form>',
    '<form role="search" action="/found"><input name="q"></form>',
    '<search><form action="/found"><input type="text" name="q"></form></search>',
    '<form role="search" onsubmit="event.preventDefault()"><input name="anything"></form>',
]


@pytest.mark.parametrize("form", _SEARCHES)
def test_a_search_is_told_once(page: Page, stroll: Stroll, form: str) -> None:
    page("Found", "/found")
    stroll.go(page(form)).hears("page")
    stroll.page.locator("input").fill("  blue mug ")
    stroll.page.locator("input").press("Enter")
    assert properties(stroll, "Products Searched") == [{"query": "blue mug"}]
    if "/found" in form:
        stroll.hears("page", 2)
    stroll.page.evaluate("() => window.segue.track('Marker')")
    stroll.hears("Marker")
    assert len(stroll.events("Products Searched")) == 1
    assert stroll.events("Form Submitted") == []


def test_an_address_that_searches_is_a_search_unless_it_is_personal(page: Page, stroll: Stroll) -> None:
    page("Found", "/found")
    stroll.go("/found?q=red+cup").hears("Products Searched")
    stroll.go("/found?q=ann@example.com").hears("page", 2)
    stroll.go("/found?q=4006381333931").hears("Products Searched", 2)
    said = [one["query"] for one in properties(stroll, "Products Searched", 2)]
    assert said == ["red cup", "4006381333931"]


def test_a_form_is_told_by_the_names_of_its_fields(page: Page, stroll: Stroll, mall: Mall) -> None:
    form = """<form name="letter" action="/thanks" method="post" target="f"><input name="email"><input name="pw" type="password">
    <input type="hidden" name="csrf" value="x"><select name="size"><option>M</select><textarea name="note"></textarea>
    <input name="private" data-segue-ignore><button name="go">Subscribe</button></form><iframe name="f"></iframe>"""
    stroll.go(page(form)).hears("page")
    stroll.page.get_by_text("Subscribe").click()
    assert properties(stroll, "Form Submitted") == [
        {"form": "letter", "action": f"{mall.origin}/thanks", "fields": ["email", "size", "note"]}
    ]


SECRETS = [
    "ann.secret@example.com",
    "hunter2secret",
    "+49 170 5550123",
    "my secret note",
    "4111 1111 1111 1111",
]


def leaks(stroll: Stroll) -> list[Any]:
    """What was sent with a secret in it: the events, or the request where it is none of an event."""
    found: list[Any] = [each for each in stroll.events() if tells(json.dumps(each))]
    told = [f"{path} {body}" for _, path, body in stroll.sent]
    return found or [each for each in told if tells(each)]


def tells(said: str) -> bool:
    texts = (said, unquote_plus(said))
    return any(secret in text or json.dumps(secret)[1:-1] in text for secret in SECRETS for text in texts)


def test_nothing_typed_is_ever_sent(page: Page, stroll: Stroll, mall: Mall) -> None:
    """Typed, clicked around, raged at, submitted by GET and POST, echoed by the page, left."""
    fields = """
    <form action="/next" {method}><label>Mail <input name="email"></label><input type="password" name="password">
    <input type="tel" name="tel"><textarea name="note"></textarea><input name="card"><input type="search" disabled>
    <div contenteditable id="rich" data-segue-click="rich" role="button">Write here</div>
    <input type="text" name="ref_code"><button>Go</button></form>
    <output>Hello <span id="echo"></span></output><button id="again">Send to <span id="echo2"></span></button>
    """
    page(fields.format(method=""), "/first", title="Mail of ann.secret@example.com")
    page(fields.format(method='method="post"'), "/next")
    for start in ("/first", "/next"):
        stroll.go(f"{start}?utm_source={SECRETS[0]}&ref={SECRETS[0]}")
        stroll.page.evaluate("() => { window.analytics.page('Own'); window.analytics.track('Own') }")
        for selector, text in zip(
            ["[name=email]", "[name=password]", "[name=tel]", "[name=note]", "[name=card]"],
            SECRETS,
            strict=True,
        ):
            stroll.page.fill(selector, text)
            stroll.page.click(selector, click_count=4)
        stroll.page.fill("[name=ref_code]", "hunter2secret")
        stroll.page.locator("#rich").fill("my secret note")
        stroll.page.locator("#rich").click(click_count=3)
        stroll.page.evaluate(
            "([mail, phone]) => { echo.textContent = mail; echo2.textContent = mail + ' or ' + phone }",
            [SECRETS[0], SECRETS[2]],
        )
        stroll.page.click("#again", click_count=4)
        stroll.page.get_by_role("button", name="Go").click()
        stroll.page.wait_for_url("**/next*")
    stroll.until(lambda: stroll.names().count("Form Submitted") == 2, f"{stroll.names()}")
    stroll.hears("page", 3)

    stroll.hears("Own", 2)
    assert leaks(stroll) == []
    assert any("/next" in body for _, _, body in stroll.sent)


AT_ONCE = """<script>
  let client = window.analytics;
  client.track("Before"); client.page("Before");
  Object.defineProperty(window, "analytics", {
    get: () => client,
    set: (given) => { client = given; client.track("At Once"); client.page("At Once"); },
  });
</script>"""


def test_what_the_page_says_as_soon_as_the_client_is_there_is_cleaned_too(page: Page, stroll: Stroll) -> None:
    page(AT_ONCE, "/early", title=f"Mail of {SECRETS[0]}")
    stroll.go(f"/early?utm_source={SECRETS[0]}&ref={SECRETS[0]}").hears("At Once")
    stroll.hears("Before")
    stroll.hears("page", 3)
    assert leaks(stroll) == []


LD = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "BreadcrumbList", "itemListElement": []},
        {
            "@type": ["Product"],
            "name": "Blue mug",
            "sku": "m-1",
            "gtin13": "4006381333931",
            "brand": {"@type": "Brand", "name": "Clay"},
            "category": "Mugs",
            "image": ["/mug.gif"],
            "offers": [{"@type": "Offer", "price": "12.50", "priceCurrency": "EUR", "url": "/mugs/m-1"}],
            "isRelatedTo": [{"@type": "Product", "sku": "other", "name": "Other"}],
        },
    ],
}
MICRO = """
<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Blue mug</h1><meta itemprop="sku" content="m-1">
<span itemprop="brand" itemscope itemtype="https://schema.org/Brand"><span itemprop="name">Clay</span></span>
<meta itemprop="category" content="Mugs"><img itemprop="image" src="/mug.gif">
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><a itemprop="url" href="/mugs/m-1">
<meta itemprop="priceCurrency" content="EUR"><span itemprop="price" content="12.50">12,50 €</span></a></div>
<div itemprop="isRelatedTo" itemscope itemtype="https://schema.org/Product"><meta itemprop="sku" content="other"></div></div>
"""
DATA = (
    '<main data-segue-product="m-1" data-segue-name="Blue mug" data-segue-price="12.5" data-segue-currency="EUR" '
    'data-segue-brand="Clay" data-segue-category="Mugs" data-segue-image="/mug.gif" data-segue-url="/mugs/m-1">{}</main>'
)


def ld(content: Any) -> str:
    """A page's description of itself."""
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


@pytest.mark.parametrize(
    "body",
    [ld(LD), MICRO, DATA.format("<h1>Blue mug</h1>"), ld("broken").replace('"broken"', "{broken") + MICRO,
     '<main data-segue-product="m-1">' + ld(LD) + '<a data-segue-product="m-2" href="/m-2">Related</a></main>'],
    ids=["JSON-LD", "microdata", "attributes", "beside broken JSON", "all and a related one"],
)  # fmt: skip
def test_a_product_is_viewed_in_segments_shape(
    page: Page, stroll: Stroll, mall: Mall, web: Shop, body: str
) -> None:
    stroll.go(page(body, "/mugs/m-1"))
    [told] = properties(stroll, "Product Viewed")
    assert told == {
        "product_id": "m-1",
        "sku": "m-1",
        "name": "Blue mug",
        "price": 12.5,
        "category": "Mugs",
        "brand": "Clay",
        "url": f"{mall.origin}/mugs/m-1",
        "image_url": f"{mall.origin}/mug.gif",
        "currency": "EUR",
    }
    person = web.find(f"anonymous_id:{stroll.hears('page')[0]['anonymousId']}")
    stroll.until(lambda: len(stroll.events("Product Viewed")) == 1, "more than once")
    assert person is None or web.record(person)


def test_a_list_of_products_is_a_list_and_its_clicks_are_products_clicked(page: Page, stroll: Stroll) -> None:
    cards = "".join(
        f'<a href="#{sku}" data-segue-product="{sku}" data-segue-price="{price}">{sku}</a>'
        for sku, price in (("a", 1), ("b", "free"), ("a", 1))
    )
    stroll.go(page(f'<main data-segue-category="Mugs">{cards}</main>', "/mugs"))
    [told] = properties(stroll, "Product List Viewed")
    assert told == {
        "list_id": "/mugs",
        "category": "Mugs",
        "products": [
            {"product_id": "a", "sku": "a", "price": 1, "position": 1},
            {"product_id": "b", "sku": "b", "position": 2},
        ],
    }
    stroll.page.get_by_text("b", exact=True).click()
    assert properties(stroll, "Product Clicked") == [{"product_id": "b", "sku": "b"}]
    assert stroll.events("Product Viewed") == []


def test_an_application_s_next_product_is_viewed_too(page: Page, stroll: Stroll) -> None:
    stroll.go(page(DATA.format("<h1>Mug</h1>"), "/m-1")).hears("Product Viewed")
    stroll.page.evaluate(
        """() => {
          history.pushState({}, '', '/m-2')
          setTimeout(() => { document.querySelector('main').dataset.segueProduct = 'm-2' }, 50)
        }"""
    )
    first, second = properties(stroll, "Product Viewed", 2)
    assert (first["sku"], second["sku"]) == ("m-1", "m-2")


def test_what_is_put_into_the_basket_is_told(page: Page, stroll: Stroll) -> None:
    body = DATA.format(
        '<button data-segue-add data-segue-quantity="2">Buy two</button><button data-segue-remove="m-9">Out</button>'
        '<button data-segue-add="m-7" data-segue-price="3">Add a spoon</button><input value="99" name="quantity">'
    )
    stroll.go(page(f'<div data-segue-cart="c-1">{body}</div>'))
    for text in ("Buy two", "Add a spoon", "Out"):
        stroll.page.get_by_text(text).click()
    mug, spoon = properties(stroll, "Product Added", 2)
    assert (mug["sku"], mug["name"], mug["price"], mug["quantity"], mug["cart_id"]) == (
        "m-1",
        "Blue mug",
        12.5,
        2,
        "c-1",
    )
    assert spoon == {"product_id": "m-7", "sku": "m-7", "price": 3, "quantity": 1, "cart_id": "c-1"}
    assert properties(stroll, "Product Removed")[0]["sku"] == "m-9"
    assert stroll.events("Button Clicked") == []


def test_an_ad_counts_when_it_is_seen_and_when_it_is_clicked(page: Page, stroll: Stroll) -> None:
    ad = '<div data-segue-ad="{}" data-segue-name="Sale" data-segue-creative="red" data-segue-position="top">Sale</div>'
    stroll.go(page(ad.format("p-1") + TALL + ad.format("p-2")))
    sale = {"promotion_id": "p-1", "name": "Sale", "creative": "red", "position": "top"}
    assert properties(stroll, "Promotion Viewed") == [sale]
    stroll.page.get_by_text("Sale").first.click()
    assert properties(stroll, "Promotion Clicked") == [sale]
    stroll.page.evaluate("() => scrollTo(0, 99999)")
    assert properties(stroll, "Promotion Viewed", 2)[1]["promotion_id"] == "p-2"


def test_what_is_captured_can_be_chosen(page: Page, stroll: Stroll) -> None:
    stroll.go(page(f"<button>B</button>{DATA.format('')}", capture="page search")).hears("page")
    stroll.page.get_by_text("B", exact=True).click()
    stroll.page.evaluate("() => window.segue.track('Marker', { own: 1 })")
    assert properties(stroll, "Marker") == [{"own": 1}]
    assert set(stroll.names()) == {"page", "Marker"}
