"""Slots of a page: asked together, filled without moving anything, and what became of them told."""
# ruff: noqa: E501 - pages stand here as a shop writes them

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.conformance.sdk.conftest import Page
from tests.flow.conformance.sdk.mall import DECISION, Mall, Question, decided
from tests.flow.conformance.sdk.stroll import Stroll
from tests.flow.conformance.shop import Shop

BELOW = "<p>What stands below stays where it is.</p>"
HERO = (
    '<div data-segue-slot="home_hero" data-segue-height="200"><p>Welcome</p>'
    "<template><section><h2>{{headline}}</h2><a href='{{link}}'>{{ cta }}</a>"
    "<button data-segue-dismiss>No, thanks</button></section></template></div>"
)
COFFEE = {
    "action": "free_coffee",
    "headline": "Free coffee",
    "link": "#coffee",
    "cta": "Get it",
}


@pytest.fixture(autouse=True)
def coffee(mall: Mall) -> None:
    mall.answer = lambda _: decided(COFFEE)


def test_a_slot_is_filled_with_the_pages_template_and_nothing_moves(page: Page, stroll: Stroll) -> None:
    stroll.go(page(HERO + BELOW)).becomes("filled")

    slot = stroll.page.locator("[data-segue-slot]")
    assert slot.locator("h2").inner_text() == "Free coffee"
    assert slot.locator("a").get_attribute("href") == "#coffee"
    assert slot.get_by_text("Welcome").count() == 0
    assert slot.evaluate("one => one.getBoundingClientRect().height") == 200
    assert stroll.shifts() == 0


def test_a_page_that_does_move_would_be_noticed(page: Page, stroll: Stroll) -> None:
    late = "<script>setTimeout(() => { document.querySelector('i').style.height = '300px' }, 300)</script>"
    stroll.go(page(f"<i style='display:block'></i><h1>Down I go</h1>{BELOW}{late}"))
    stroll.until(lambda: stroll.shifts() > 0, "the observer sees nothing")


@pytest.mark.parametrize(
    "slot",
    [
        '<div data-segue-slot="home_hero" style="min-height:150px"></div>',
        '<div data-segue-slot="home_hero" style="aspect-ratio:4/1"></div>',
        '<div data-segue-slot="home_hero" data-segue-height="40"></div>',
        '<div data-segue-slot="home_hero"><p style="height:120px">Our own</p></div>',
        '<div style="display:flex"><div data-segue-slot="home_hero" data-segue-height="90"></div><b>beside</b></div>',
        '<aside data-segue-slot="home_hero" style="position:fixed;bottom:0"></aside>',
    ],
    ids=["min-height", "aspect ratio", "too little height", "its own content", "in a row", "floating"],
)
def test_nothing_moves_however_room_is_kept(page: Page, stroll: Stroll, mall: Mall, slot: str) -> None:
    picture = {
        "headline": "A headline of some length",
        "body": "Text " * 60,
        "image": "/mug.gif",
        "cta": "Go",
    }
    mall.answer = lambda _: decided({**picture, "link": "/mugs"})
    stroll.go(page(slot + BELOW)).becomes("filled")

    assert stroll.page.locator(".segue-headline").inner_text() == "A headline of some length"
    stroll.page.wait_for_function(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )
    assert stroll.shifts() == 0


def test_a_slot_without_room_is_left_empty_and_not_asked_for(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page('<div data-segue-slot="home_hero"></div>' + BELOW)).becomes("no-room")
    assert mall.asked == []
    assert stroll.shifts() == 0


def test_below_the_window_no_room_is_needed(page: Page, stroll: Stroll) -> None:
    stroll.go(
        page('<div style="height:2000px"></div><div data-segue-slot="home_hero"></div>' + BELOW)
    ).becomes("filled")
    assert stroll.shifts() == 0


def test_the_page_s_own_content_is_hidden_until_the_answer_and_shown_when_there_is_none(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    mall.open.clear()
    stroll.go(page(HERO + BELOW, timeout=1500))
    stroll.until(lambda: mall.asked, "nothing was asked")
    assert stroll.state() == "waiting"
    assert not stroll.page.get_by_text("Welcome").is_visible()
    stroll.becomes("own")
    assert stroll.page.get_by_text("Welcome").is_visible()
    mall.open.set()
    stroll.hears("page")

    assert stroll.page.get_by_text("Welcome").is_visible()
    assert "Action Shown" not in stroll.names()
    assert stroll.shifts() == 0


@pytest.mark.parametrize(
    "answer", [{"code": "not_found", "message": "no placement"}, {"decision_id": DECISION, "slots": []}]
)
def test_the_page_s_own_content_is_shown_where_nothing_was_decided(
    page: Page, stroll: Stroll, mall: Mall, answer: dict[str, Any]
) -> None:
    mall.answer = lambda _: answer
    stroll.go(page(HERO)).becomes("own")
    assert stroll.page.get_by_text("Welcome").is_visible()


def test_the_page_s_own_content_is_shown_where_segue_is_away(page: Page, stroll: Stroll, mall: Mall) -> None:
    mall.status = 503
    stroll.go(page(HERO)).becomes("own")
    assert stroll.page.get_by_text("Welcome").is_visible()


def test_all_slots_of_a_page_are_one_question_about_this_page(page: Page, stroll: Stroll, mall: Mall) -> None:
    basket = "data-segue-basket='[{&quot;sku&quot;: &quot;m-1&quot;, &quot;quantity&quot;: 2, &quot;price&quot;: 9.5}]'"
    body = f'<main data-segue-category="Mugs" {basket}>{HERO}<div data-segue-slot="tiles" data-segue-limit="3" data-segue-height="90"></div></main>'
    page(body, "/mugs")
    stroll.go("/mugs?q=blue+mug&token=secret&utm_source=letter").becomes("filled")

    [[hero, tiles]] = mall.asked
    assert mall.keys == ["Bearer dk"]
    assert (hero["placement"], tiles["placement"], tiles["limit"]) == ("home_hero", "tiles", 3)
    assert hero["context"] == {
        "page": {"path": "/mugs", "search": "?q=blue+mug&token=&utm_source=letter"},
        "locale": "en",
        "basket": [{"sku": "m-1", "quantity": 2, "price": 9.5}],
        "query": "blue mug",
        "category": "Mugs",
        "campaign": {"source": "letter"},
    }
    [visit, *_] = stroll.hears("page")
    assert hero["identifiers"] == {"anonymous_id": visit["anonymousId"]}
    assert "identity_token" not in hero


def test_a_placement_may_have_a_key_of_its_own(page: Page, stroll: Stroll, mall: Mall) -> None:
    second = '<div data-segue-slot="tiles" data-segue-key="other" data-segue-height="90"></div>'
    stroll.go(page(HERO + second)).becomes("filled", "tiles")
    stroll.becomes("filled")
    assert sorted(mall.keys) == ["Bearer dk", "Bearer other"]
    assert sorted(batch[0]["placement"] for batch in mall.asked) == ["home_hero", "tiles"]


def test_the_same_visitor_is_known_on_the_next_page_and_a_token_says_who_she_is(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    stroll.go(page(HERO)).hears("page")
    stroll.go(page(HERO, "/in", identity_token="a.b.c")).hears("page", 2)
    first, second = mall.questions()
    assert first["identifiers"] == second["identifiers"]
    assert second["identity_token"] == "a.b.c"
    assert stroll.events("page")[1]["context"]["identityToken"] == "a.b.c"


def test_what_stands_in_a_place_is_text_and_nothing_else(page: Page, stroll: Stroll, mall: Mall) -> None:
    hostile = "<img src=x onerror='window.hurt = 1'>\"'{{cta}}"
    mall.answer = lambda _: decided(
        {"headline": hostile, "link": "java\nscript:window.hurt=2", "cta": "window.hurt = 3", "body": "b"}
    )
    template = (
        "<template><article><h2 title='{{headline}}'>{{headline}}</h2><a href='{{link}}' onclick='{{cta}}'>go</a>"
        "<p style='background:url({{link}})' data-segue-if='body'>{{ body }}</p><p data-segue-if='missing'>gone</p>"
        "<script>{{cta}}</script><iframe srcdoc='{{headline}}'></iframe></article></template>"
    )
    stroll.go(page(f'<div data-segue-slot="home_hero" data-segue-height="200">{template}</div>')).becomes(
        "filled"
    )

    item = stroll.page.locator("article")
    assert item.locator("h2").inner_text() == hostile
    assert item.locator("h2").get_attribute("title") == hostile
    assert [item.locator("a").get_attribute(name) for name in ("href", "onclick")] == [None, None]
    assert item.locator("p").all_inner_texts() == ["b"]
    assert item.locator("p").get_attribute("style") is None
    assert item.locator("img, script, iframe").count() == 0
    item.locator("a").click()
    assert stroll.page.evaluate("() => window.hurt") is None


def test_a_template_is_chosen_by_its_format(page: Page, stroll: Stroll, mall: Mall) -> None:
    mall.answer = lambda _: decided({"format": "line", "headline": "Mug"})
    templates = "<template><b>{{headline}}</b></template><template data-segue-format='line'><i>{{headline}}</i></template>"
    stroll.go(page(f'<div data-segue-slot="home_hero" data-segue-height="50">{templates}</div>')).becomes(
        "filled"
    )
    assert stroll.page.locator("[data-segue-slot] > i").inner_text() == "Mug"
    assert stroll.page.locator("[data-segue-slot] > b").count() == 0


@pytest.mark.parametrize("template", [True, False])
def test_a_recommendation_shows_its_products(page: Page, stroll: Stroll, mall: Mall, template: bool) -> None:
    answer = decided({"headline": "For you"})
    answer["slots"][0]["products"] = [
        {"sku": "m-1", "name": "<b>Mug</b>", "score": 0.2},
        {"sku": "m-2", "name": None},
    ]
    mall.answer = lambda _: answer
    own = (
        "<template><ul><li>{{headline}}</li><template data-segue-products><li><a href='/p/{{sku}}'>{{name}}</a></li>"
        "</template></ul></template>"
    )
    stroll.go(
        page(f'<div data-segue-slot="home_hero" data-segue-height="200">{own * template}</div>')
    ).becomes("filled")
    shown = [text.strip() for text in stroll.page.locator("li, p").all_inner_texts()]
    assert shown == ["For you", "<b>Mug</b>", "" if template else "m-2"]
    links = stroll.page.locator("li a")
    assert [link.get_attribute("href") for link in links.all()] == ["/p/m-1", "/p/m-2"] * template


def test_the_outcomes_of_a_slot_are_told_with_its_decision(page: Page, stroll: Stroll, web: Shop) -> None:
    stroll.go(page(HERO + BELOW)).becomes("filled")
    [shown] = stroll.hears("Action Shown")
    told = {"decision_id": DECISION, "slot": 0, "action": "free_coffee", "placement": "home_hero"}
    assert shown["properties"] == told

    stroll.page.get_by_text("Get it").click()
    stroll.page.get_by_text("Get it").click()
    [clicked] = stroll.hears("Action Clicked")
    stroll.page.get_by_text("No, thanks").click()
    [dismissed] = stroll.hears("Action Dismissed")
    assert clicked["properties"] == dismissed["properties"] == told
    assert stroll.page.get_by_text("Welcome").is_visible()
    assert not {"Link Clicked", "Button Clicked"} & set(stroll.names())
    assert stroll.shifts() == 0
    kept = web.heard(f"anonymous_id:{shown['anonymousId']}", 4)
    assert {"Action Shown", "Action Clicked", "Action Dismissed"} <= {event.get("event") for event in kept}


def test_what_she_takes_up_is_told(page: Page, stroll: Stroll) -> None:
    template = "<template><p>{{headline}} <button data-segue-accept>Take it</button><a data-segue-redeem>Use it</a></p></template>"
    stroll.go(page(f'<div data-segue-slot="home_hero" data-segue-height="200">{template}</div>')).becomes(
        "filled"
    )
    stroll.page.get_by_text("Take it").click()
    stroll.page.get_by_text("Use it").click()
    for name in ("Action Accepted", "Action Redeemed"):
        assert stroll.hears(name)[0]["properties"]["decision_id"] == DECISION
    assert "Action Clicked" not in stroll.names()


def test_what_is_before_her_eyes_already_is_not_taken_away_while_segue_is_asked(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    page(HERO + BELOW)
    script = mall.pages["/"].split("</title>")[1].split("</head>")[0]
    late = """<script>new PerformanceObserver(() => {
      const late = document.createElement('script')
      for (const { name, value } of document.querySelector('template#late').content.firstChild.attributes)
        late.setAttribute(name, value)
      document.head.append(late)
    }).observe({ type: 'paint', buffered: true })</script>"""
    mall.pages["/"] = mall.pages["/"].replace(script, f'{late}<template id="late">{script}</template>')
    stroll.page.add_init_script(
        """window.states = []
        new MutationObserver((all) => all.forEach((one) => window.states.push(one.target.dataset.segueState)))
          .observe(document, { subtree: true, attributeFilter: ['data-segue-state'] })"""
    )
    stroll.go("/").becomes("filled")
    assert stroll.page.evaluate("() => window.states") == ["filled"]


def test_each_slot_of_a_placement_is_told_by_its_number(page: Page, stroll: Stroll, mall: Mall) -> None:
    mall.answer = lambda _: decided({"headline": "One"}, {"headline": "Two"}, {"headline": "Three"})
    template = "<template><p style='height:200px'>{{headline}}</p></template>"
    body = f'<div style="height:300px"></div><div data-segue-slot="tiles" data-segue-height="600">{template}</div>'
    stroll.go(page(body)).becomes("filled", "tiles")
    stroll.hears("Action Shown")  # 300 to 700 is in view: the first whole, of the second nearly all
    assert [
        (event["properties"]["slot"], event["properties"]["action"])
        for event in stroll.events("Action Shown")
    ] == [
        (0, "action_0"),
        (1, "action_1"),
    ]
    stroll.page.mouse.wheel(0, 600)
    stroll.hears("Action Shown", 3)
    assert stroll.events("Action Shown")[2]["properties"]["slot"] == 2


@pytest.mark.parametrize(
    "unseen",
    [
        '<div style="height:540px"></div><div data-segue-slot="unseen" data-segue-height="200"></div>',
        '<div style="height:900px"></div><div data-segue-slot="unseen" data-segue-height="200"></div>',
        '<div style="position:relative"><div data-segue-slot="unseen" data-segue-height="100"></div>'
        '<div style="position:absolute;inset:0;background:#fff">We use cookies</div></div>',
        '<div style="opacity:0"><div data-segue-slot="unseen" data-segue-height="100"></div></div>',
    ],
    ids=["a third in view", "below the window", "covered", "transparent"],
)
def test_what_is_not_really_seen_is_no_impression(page: Page, stroll: Stroll, unseen: str) -> None:
    # the slot that is seen comes last, so that a second has passed for the other too
    late = (
        "<script>setTimeout(() => document.querySelector('#late').innerHTML = `" + HERO + "`, 700)</script>"
    )
    stroll.go(page(f'<div id="late" style="height:100px;overflow:clip"></div>{unseen}{late}')).becomes(
        "filled", "unseen"
    )
    stroll.hears("Action Shown")
    assert [event["properties"]["placement"] for event in stroll.events("Action Shown")] == ["home_hero"]


def test_what_stands_in_a_hidden_tab_is_no_impression_until_it_is_looked_at(
    page: Page, stroll: Stroll
) -> None:
    stroll.page.add_init_script(
        "window.tab = 'hidden'; Object.defineProperty(document, 'visibilityState', { get: () => window.tab })"
    )
    stroll.go(page(HERO)).becomes("filled")
    stroll.page.evaluate("() => new Promise(done => setTimeout(done, 1200))")
    stroll.page.evaluate("() => window.segue.track('Marker')")
    stroll.hears("Marker")
    assert "Action Shown" not in stroll.names()
    stroll.page.evaluate(
        "() => { window.tab = 'visible'; document.dispatchEvent(new Event('visibilitychange')) }"
    )
    stroll.hears("Action Shown")


def test_a_slot_that_appears_later_is_filled_and_so_is_one_of_the_next_page(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    def answer(question: Question) -> dict[str, Any]:
        return decided({"headline": f"For {question['context']['page']['path']}"})

    mall.answer = answer
    stroll.go(page("<main></main>")).hears("page")
    assert mall.asked == []
    stroll.page.evaluate(
        """() => {
          history.pushState({}, '', '/next')
          document.querySelector('main').innerHTML = '<div data-segue-slot="home_hero" data-segue-height="99"></div>'
        }"""
    )
    stroll.becomes("filled")
    assert stroll.page.locator(".segue-headline").inner_text() == "For /next"


def test_another_basket_or_customer_is_asked_for_again(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page(HERO)).becomes("filled")
    stroll.page.evaluate("() => { segue.basket([{sku: 'm-2', quantity: 1}]); segue.identityToken('x.y.z') }")
    stroll.until(lambda: len(mall.asked) == 2, "not asked again")
    again = mall.questions()[1]
    assert (again["identity_token"], again["context"]["basket"]) == ("x.y.z", [{"sku": "m-2", "quantity": 1}])
    stroll.page.locator("h2", has_text="Free coffee").wait_for()
    assert stroll.page.locator("h2").count() == 1
    assert stroll.shifts() == 0


def test_what_is_to_be_left_alone_is_not_filled(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page(f"<div data-segue-ignore>{HERO}</div>")).hears("page")
    assert mall.asked == []
    assert stroll.page.get_by_text("Welcome").is_visible()
