"""What cannot be asked, and what is meant badly: a clear answer, nothing sold twice, nothing leaked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.app.keys import create_key, key_id_of, revoke_key
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.conftest import NOON, Databases
from tests.flow.api.harness import Answer, Api, identify, opened, track
from tests.flow.deciding.conftest import ACTIONS, PLACEMENTS, decide

AT, NOW = "2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z"
SECRETS = ("Annegret", "Uhlandstrasse", "ann@shop.example", "Bobby", "Evelina")
ADD_STOCK = Statement(
    "stock", "", "insert into inventory (sku, store, on_hand, updated_at) values ('mug', 's1', 1, 0)"
)


def tell(shop: Api) -> None:
    """Three customers who agree to be addressed; nobody else is to learn their names."""
    for who, name in (("ann", "Annegret"), ("bob", "Bobby"), ("eve", "Evelina")):
        traits = {"first_name": name, "street": "Uhlandstrasse", "email": f"{who}@shop.example"}
        granted = {"purpose": "personalisation"}
        shop.happen(
            identify(f"{who}1", AT, user_id=who, traits=traits),
            track("Order Completed", f"{who}2", AT, user_id=who, properties={"order_id": who, "revenue": 9}),
            track("Consent Granted", f"{who}3", AT, user_id=who, properties=granted),
        )


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(scope="module")
def told(databases: Databases, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One shop with its customers for all strange questions: none of them is to change anything."""
    with databases.lend() as url, opened(url, clock, tmp_path_factory.mktemp("told")) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        tell(api)
        yield api


@pytest.fixture(scope="module")
def lab(databases: Databases, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A shop in which definitions are tried."""
    with databases.lend() as url, opened(url, clock, tmp_path_factory.mktemp("lab")) as api:
        yield api


def ask(shop: Api, body: Any, role: str = "decide") -> Answer:
    """The answer to a question, whatever it is."""
    return shop.request("POST", "/api/v1/decisions", role=role, body=body)


def is_clear(answer: Answer) -> None:
    """An answer, or what is wrong and nothing of anybody."""
    text = answer.body.decode()
    assert answer.status in {200, 400, 404, 413}, (answer.status, text)
    assert "Traceback" not in text
    assert not [secret for secret in SECRETS if secret in text]
    if answer.status != 200:
        assert {"code", "message"} <= set(answer.json())


# ── what is no question ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, ""),
        (b"{", 400, ""),
        (b"[]", 400, ""),
        (b'{"placement": "till", "context": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400, "nested"),
        ({"placement": "Till"}, 404, "till"),
        ({"placement": "x" * 5_000}, 404, "no placement"),
        ({"placement": "ti\0ll"}, 404, "no placement"),
        ({"placement": 5}, 400, "placement"),
        ({"placement": "till", "limit": 10**30}, 400, "limit"),
        ({"placement": "till", "identifiers": ["ann"]}, 400, "identifiers"),
        ({"placement": "till", "identifiers": {"user_id": {"$ne": ""}}}, 400, "identifiers"),
        ({"placement": "till", "identifiers": {"user_id": "x" * 501}}, 400, "identifiers.user_id"),
        ({"placement": "till", "identifiers": {f"k{n}": "v" for n in range(101)}}, 400, "identifiers"),
        ({"placement": "till", "context": "rain"}, 400, "context"),
        ({"placement": "till", "events": [{}] * 65}, 400, "at most 64"),
        ({"placement": "till", "events": ["Product Viewed"]}, 400, "events"),
        ({"placement": "till", "identity_token": 7}, 400, "identity_token"),
    ],
)
def test_what_is_no_question_is_said_to_be_none(told: Api, body: Any, status: int, says: str) -> None:
    answer = ask(told, body)
    assert answer.status == status, answer.body
    is_clear(answer)
    assert says in answer.body.decode()


@pytest.mark.parametrize(
    "line",
    [
        {"sku": "a", "price": -0.01},
        {"sku": "a", "price": "free"},
        {"sku": "a", "price": 1e300},
        {"sku": "a", "price": 10**400},
        {"sku": "a", "price": "NaN"},
        {"sku": "a", "price": "inf"},
        {"sku": "a", "price": True},
        {"sku": "a", "price": [1]},
        {"sku": "a", "quantity": -1},
        {"sku": "a", "quantity": None},
        {"sku": ""},
        {"sku": None},
        {"sku": {"a": 1}},
        {"sku": "a" * 501},
        {"sku": "a\0b"},
        None,
        "a",
        [],
    ],
)
def test_a_malformed_basket_is_refused_with_the_line_that_is_wrong(told: Api, line: Any) -> None:
    answer = ask(told, {"placement": "till", "context": {"basket": [{"sku": "fine", "price": 1}, line]}})
    assert answer.status == 400, answer.body
    assert "context.basket.1" in answer.json()["message"]
    is_clear(answer)


LARGE = """
  large:
    kind: offer
    value: 3
    applicable:
      all:
        - {field: basket.value, op: "=", value: 5000}
        - {field: basket.items, op: "=", value: 20000}
        - {field: basket.lines, op: "=", value: 10000}
        - {field: basket.skus, op: contains, value: s9999}
    content: [{format: line, text: "{{ basket.lines }} lines"}]
"""


def test_of_ten_thousand_lines_every_one_counts(lab: Api) -> None:
    lab.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS + LARGE})
    basket = [{"sku": f"s{n}", "quantity": 2, "price": 0.25} for n in range(10_000)]
    answer = decide(lab, "till", context={"basket": basket}, explain=True)
    assert "10000 lines" in [slot["content"].get("text") for slot in answer["slots"]]
    basket[-1]["price"] = -1
    refused = ask(lab, {"placement": "till", "context": {"basket": basket}})
    assert (refused.status, "context.basket.9999" in refused.body.decode()) == (400, True)
    basket[-1]["price"] = 1
    assert ask(lab, {"placement": "till", "context": {"basket": basket * 10}}).status == 413


def test_half_a_character_is_no_fault_of_ours(told: Api) -> None:
    for part in ("store", "page", "locale"):
        is_clear(ask(told, b'{"placement": "till", "context": {"' + part.encode() + b'": "\\ud800"}}'))
    is_clear(ask(told, b'{"placement": "till", "identifiers": {"user_id": "\\udfff"}}'))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["\0", "{{ person }}", "'; drop table contact; --", "ann", "\U0001f600", "../../etc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("store", "zone", "weather", "basket", "locale", "page", "daypart", "campaign", "device", "category")


@settings(max_examples=60, deadline=None)
@given(
    context=st.dictionaries(st.sampled_from(PARTS), JSON, max_size=4),
    identifiers=st.dictionaries(
        st.sampled_from(["user_id", "email", "anonymous_id", "phone", "\0", "no such kind"]),
        st.sampled_from(["ann", "ann@shop.example", "", "\0", "x"]),
        max_size=3,
    ),
    events=st.lists(
        st.dictionaries(st.sampled_from(["type", "userId", "event", "timestamp"]), JSON), max_size=3
    ),
    placement=st.sampled_from(["home_hero", "till", "entrance"]),
)
def test_whatever_is_asked_is_answered_clearly_and_tells_of_nobody(
    told: Api, context: Any, identifiers: Any, events: Any, placement: str
) -> None:
    body = {"placement": placement, "context": context, "identifiers": identifiers, "events": events}
    answer = ask(told, body)
    is_clear(answer)
    if answer.status == 200:
        assert {"person_id", "identity", "explanation"}.isdisjoint(answer.json())
        assert len(answer.json()["slots"]) <= 3


# ── hostile definitions ──────────────────────────────────────────────────────

STORY = "story: {kind: content, content: [{format: banner, headline: Hi}]}"
PLACE = "placements: {home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}}"


def defined(lab: Api, action: str) -> Answer:
    """What becomes of an action beside the story."""
    bodies = {"placements.yaml": PLACE, "actions.yaml": f"actions:\n  {STORY}\n  bad: {action}\n"}
    answer = lab.request("PUT", "/api/v1/definitions", body={"bodies": bodies})
    lab.installation.look_again()
    return answer


def headline(text: str) -> str:
    """An offer that says so."""
    return '{kind: offer, value: 1, content: [{format: banner, headline: "' + text + '"}]}'


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}",
        "{% for a in (1..1000000000) %}{% endfor %}",
        "{{ person }}",
        "{% assign p = person %}{{ p.email }}",
        "{{ config.secret }}",
        "{{ '' | __class__ }}",
        "{{ person.__class__.__mro__ }}{{ self }}",
        "{% include 'etc/passwd' %}",
        "{% render 'etc/passwd' %}",
        "{% if %}",
        "{{",
        "{{ 1 | divided_by: 0 }}",
        "{% for a in (1..1000000000) offset: 999999990 %}x{% endfor %}",
        "{{ (1..1000000000) | join: ',' }}",
        "{% if (1..1000000000) contains 'x' %}y{% endif %}",
    ],
)
def test_a_hostile_template_is_refused_before_it_is_in_force(lab: Api, text: str) -> None:
    answer = defined(lab, headline(text))
    assert answer.status == 400, answer.body
    problem = answer.json()
    assert problem["code"] == "invalid_definition"
    assert "actions.bad" in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in (1..context.hour) %}{% for b in basket.skus %}{{ b }}{% endfor %}{% endfor %}",
        "{{ 10 | divided_by: context.page }}",
        "{% assign x = 'aaaa' %}{% for a in (1..900) %}{% assign x = x | append: x %}{% endfor %}{{ x }}",
        "{{ context.page }}{{ context.page.__class__ }}{{ context.page | slice: 0, 5 }}",
        "{% for a in (1..context.many) offset: 999999990 %}x{% endfor %}",
        "{{ (1..context.many) | sort | first }}{{ (1..context.many) | uniq | size }}",
        "{{ context.long | replace: 'x', context.long | size }}",
    ],
)
def test_a_template_that_fails_with_these_values_harms_no_answer(lab: Api, text: str) -> None:
    answer = defined(lab, headline(text))
    if answer.status == 400:
        return
    basket = [{"sku": "x" * 400} for _ in range(400)]
    context = {"page": 0, "basket": basket, "many": 10**9, "long": "x" * 50_000}
    told = decide(lab, "home", role="decide", context=context)
    assert [slot["action"] for slot in told["slots"]] == ["bad"]
    assert len(told["slots"][0]["content"]["headline"]) <= 20_000


def test_what_a_visitor_sends_is_never_read_as_a_template(lab: Api) -> None:
    assert defined(lab, headline("You look at {{ context.page }}")).status == 200
    told_ = decide(lab, "home", role="decide", context={"page": "{{ person.email }}{% raw %}"})
    assert told_["slots"][0]["content"]["headline"] == "You look at {{ person.email }}{% raw %}"


@pytest.mark.parametrize("multiply", ["1/0", ".nan", ".inf", "-.inf", "-1", "1e9", "null", "'2'", "true"])
def test_a_lever_that_divides_by_zero_is_refused(lab: Api, multiply: str) -> None:
    lever = f"{{when: {{field: context.hour, op: '>', value: 0}}, multiply: {multiply}}}"
    answer = defined(lab, headline("Hi")[:-1] + f", levers: [{lever}]}}")
    assert answer.status == 400
    assert "multiply" in str(answer.json())


def test_levers_of_nothing_and_of_much_leave_chances_that_are_chances(lab: Api) -> None:
    """A lever of zero, ten that multiply a thousandfold each, and as many as go beyond any number."""
    always = "{field: context.hour, op: '>=', value: 0}"
    for levers in ([0], [1_000] * 10, [1_000] * 10 + [0], [1_000] * 200, [1_000] * 200 + [0]):
        said = ", ".join(f"{{when: {always}, multiply: {each}}}" for each in levers)
        assert defined(lab, headline("Hi")[:-1] + f", cost: 0.01, levers: [{said}]}}").status == 200
        answer = decide(lab, "home", explain=True)
        assert [slot["action"] for slot in answer["slots"]] == ["story" if 0 in levers else "bad"]
        assert all(0 < slot["propensity"] <= 1 for slot in answer["slots"])


# ── clocks ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("0001-01-01T00:00:00+14:00", 400),
        ("9999-12-31T23:59:59-14:00", 400),
        ("1969-01-01T00:00:00Z", 400),
        ("2400-01-01T00:00:00Z", 400),
        ("2026-02-30T00:00:00Z", 400),
        ("", 400),
        ("now", 400),
        ("2026-03-01", 200),
        ("2026-03-29T02:30:00+01:00", 200),
        ("2036-02-29T12:00:00Z", 200),
    ],
)
def test_a_moment_that_cannot_be_is_refused(told: Api, at: str, status: int) -> None:
    answer = ask(told, {"placement": "till", "at": at})
    assert answer.status == status, answer.body
    is_clear(answer)


def test_events_of_a_clock_that_is_wrong_bring_nothing_forward(told: Api) -> None:
    """From a till that is years ahead, or behind: she is answered, and a lever does not hold for ever."""
    for number, at in enumerate(("2090-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday", 17, "")):
        viewed = {
            "type": "track", "event": "Product Viewed", "messageId": f"v{number}", "userId": "eve",
            "timestamp": at, "properties": {"product_id": "mug"},
        }  # fmt: skip
        asked = {
            "placement": "home_hero",
            "at": NOW,
            "identifiers": {"user_id": "eve"},
            "events": [viewed],
            "explain": True,
        }
        answer = told.request("POST", "/api/v1/decisions", body=asked)
        assert answer.status == 200, answer.body
        assert not answer.json()["fallback"]


# ── keys and tokens ──────────────────────────────────────────────────────────


def test_a_key_that_was_ended_asks_for_nothing(told: Api) -> None:
    house = told.installation
    key = create_key(house.database, house.clock, role="decide", placement="till", actor="test")
    headers = {"authorization": f"Bearer {key}"}
    body = {"placement": "till", "identifiers": {"user_id": "eve"}}

    def status() -> int:
        return told.request("POST", "/api/v1/decisions", role=None, body=body, headers=headers).status

    assert status() == 200
    revoke_key(house.database, house.clock, key_id_of(key), actor="test")
    # an unknown key has the ring of keys looked at anew, which otherwise happens every second
    unknown = {"authorization": "Bearer segue_000000000000_0"}
    assert told.request("POST", "/api/v1/decisions", role=None, body=body, headers=unknown).status == 401
    assert status() == 401
    refused = told.request("POST", "/api/v1/decisions", role=None, body=body, headers=headers)
    assert set(refused.json()) == {"code", "message", "cure"}


def test_a_token_that_is_old_or_forged_is_a_claim(told: Api, clock: ManualClock) -> None:
    house = told.installation
    key = create_key(house.database, house.clock, role="decide", source="web", actor="test")
    with house.database.transaction() as session:
        [(secret,)] = session.fetch(SECRET_OF)
    now = clock.now() // 1_000_000
    sub = {"sub": "eve"}
    good = jwt.encode({**sub, "exp": now + 60}, secret, algorithm="HS256")
    headers = {"authorization": f"Bearer {key}"}

    def names(token: str | None) -> set[str]:
        found = set()
        for _ in range(12):
            body = {"placement": "home_hero", "identity_token": token, "context": {"locale": "en"}}
            answer = told.request("POST", "/api/v1/decisions", role=None, body=body, headers=headers)
            assert answer.status == 200
            found.add(answer.json()["slots"][0]["content"]["headline"])
        return found

    assert "Good day, Evelina" in names(good)
    for bad in (
        jwt.encode({**sub, "exp": now - 1}, secret, algorithm="HS256"),
        jwt.encode({**sub, "exp": now + 7_200}, secret, algorithm="HS256"),
        jwt.encode({**sub, "exp": now + 60}, "y" * 64, algorithm="HS256"),
        jwt.encode({**sub, "exp": now + 60}, "", algorithm="none"),
        jwt.encode({**sub, "exp": now + 60}, secret, algorithm="HS256", headers={"kid": "segue"}),
        good[:-3],
        "",
    ):
        assert names(bad) == {"The last mug"}


SECRET_OF = Statement("secret", "", "select identity_secret from source where name = 'web'")


# ── twice, and to others ─────────────────────────────────────────────────────


def test_nothing_is_sold_twice_however_often_it_is_asked_again(told: Api) -> None:
    """The last mug: one question and its repetitions, and a batch of forty."""
    with told.installation.database.transaction() as session:
        session.execute(ADD_STOCK)
    batch = {"requests": [{"placement": "till", "context": {"store": "s1"}}] * 40}
    found = told.post("/api/v1/decisions/batch", batch)["decisions"]
    again = [decide(told, "till", context={"store": "s1"}) for _ in range(3)]
    shown = [slot["action"] for answer in (*found, *again) for slot in answer["slots"]]
    assert shown.count("last_mug") == 1


def test_answers_of_one_batch_tell_each_her_own(told: Api) -> None:
    asked: list[dict[str, Any]] = [
        {"placement": "home_hero", "at": NOW, "context": {"locale": "en"}, "identifiers": {"user_id": who}}
        for who in ("ann", "bob", "nobody")
    ] * 20
    found = told.post("/api/v1/decisions/batch", {"requests": asked})["decisions"]
    wrong = {"ann": "Bobby", "bob": "Annegret", "nobody": "A"}
    met = set()
    for question, answer in zip(asked, found, strict=True):
        who = question["identifiers"]["user_id"]
        said = str(answer["slots"])
        assert wrong[who] not in said or who == "nobody"
        if who == "nobody":
            assert not {"Annegret", "Bobby"} & {name for name in ("Annegret", "Bobby") if name in said}
        met |= {name for name in ("Annegret", "Bobby") if name in said}
    assert met == {"Annegret", "Bobby"}, "or nothing was tried"


def test_at_the_same_moment_nobody_gets_another_s_answer(told: Api) -> None:
    """Through one desk, where questions of many touchpoints are answered together."""
    from segue.app.deciding.asking import DecisionRequest
    from segue.app.deciding.desk import Desk
    from segue.app.deciding.facing import Asker

    desk = Desk(told.installation)

    def one(number: int) -> tuple[str, str]:
        who = ("ann", "bob", "nobody")[number % 3]
        request = DecisionRequest(
            placement="home_hero", identifiers={"user_id": who}, context={"locale": "en"}, at=NOW
        )
        [answer] = desk.ask_all([(request, Asker(trusted=True))])
        return who, str(answer)

    try:
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(one, range(120)))
    finally:
        desk.close()
    for who, said in found:
        assert "Annegret" not in said or who == "ann"
        assert "Bobby" not in said or who == "bob"
