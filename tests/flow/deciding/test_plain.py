"""A plain question is answered beside the framework, and nobody can tell: same answers, same headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from segue.app.deciding.desk import Desk
from segue.app.keys import create_key
from segue.edge.api.decisions import DECISIONS, LARGEST
from segue.edge.api.plain import PlainQuestions
from segue.ports.clock import ManualClock
from tests.conftest import NOON, Databases
from tests.flow.api.harness import Answer, Api, ask_app, opened
from tests.flow.deciding.conftest import ACTIONS, PLACEMENTS


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One shop for all questions."""
    with (
        databases.lend() as url,
        opened(url, ManualClock(NOON), tmp_path_factory.mktemp("plain")) as api,
    ):
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        yield api


QUESTION = {"placement": "till", "context": {"store": "s1"}, "explain": True}
BEARER = "Bearer "


def usual(shop: Api, body: Any, role: str | None = "admin", **headers: str) -> Answer:
    """Asked as Litestar alone would answer it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainQuestions, "_caller", _nobody)
        return plain(shop, body, role, **headers)


def _nobody(*_: object) -> None:
    return None


def plain(shop: Api, body: Any, role: str | None = "admin", **headers: str) -> Answer:
    return shop.request("POST", "/api/v1/decisions", role=role, body=body, headers=headers)


def told(answer: Answer) -> tuple[Any, ...]:
    """An answer without what differs each time."""
    said = answer.json()
    for name in ("decision_id", "took_ms"):
        said.pop(name, None)
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return answer.status, said, headers


def test_the_framework_sees_what_is_not_plain_and_nothing_else(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def called(*_: object) -> None:
        raise AssertionError("the framework was asked")

    monkeypatch.setattr(Litestar, "__call__", called)
    assert plain(shop, QUESTION).status == 200
    assert plain(shop, {**QUESTION, "placement": "nowhere"}).status == 404
    for body, role in ((b"{", "admin"), (QUESTION, "ingest"), (QUESTION, None)):
        with pytest.raises(AssertionError, match="the framework was asked"):
            plain(shop, body, role)


class Twice(dict[str, str]):
    """Headers of which one stands twice."""

    def __init__(self, *sent: tuple[str, str]) -> None:
        super().__init__(sent)
        self.sent = sent

    def items(self) -> Any:
        return self.sent


@pytest.mark.parametrize("roles", [("ingest", "admin"), ("admin", "ingest")], ids=str)
def test_of_two_keys_the_same_one_counts(shop: Api, roles: tuple[str, str]) -> None:
    keys = [("authorization", BEARER + shop.keys[role]) for role in roles]
    headers = Twice(*keys, ("content-type", "application/json"))
    body = msgspec.json.encode(QUESTION)

    def asked() -> Answer:
        return shop.runner.run(ask_app(shop.app, "POST", DECISIONS, headers, body))

    answer = asked()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainQuestions, "_caller", _nobody)
        assert told(answer) == told(asked())


@pytest.mark.parametrize("role", ["admin", "decide", "marketer", "ingest", "read", None])
@pytest.mark.parametrize(
    "body",
    [
        QUESTION,
        {**QUESTION, "placement": "nowhere"},
        {**QUESTION, "identifiers": {"shoe_size": "38"}},
        {**QUESTION, "at": "yesterday"},
        {**QUESTION, "unheard": 1},
        {**QUESTION, "limit": "1"},
        {**QUESTION, "identity_token": "a.b.c"},
        {},
        [],
        b"",
        b"{",
        b"\xff",
        b'{"placement":"till","x":"\xff"}',
        b'{"placement":"\xff"}',
        b'{"placement":"till","\xff":1}',
        b'{"placement":"till","x":"\\ud800"}',
        b'{"placement":"till","x":1e999}',
        b'{"placement":"till","x":NaN}',
        b'{"placement":"till","x":' + b"9" * 5_000 + b"}",
        b'{"placement":"till","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"placement":"nowhere","placement":"till"}',
        b'{"placement":"till","limit":1.0}',
        b'{"placement":"till","limit":true}',
        b'{"placement":"till","events":null}',
        b"[" * 100_000,
        b"{" + b" " * LARGEST + b"}",
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_question_has_the_answer_that_it_would_have_the_usual_way(
    shop: Api, body: Any, role: str | None
) -> None:
    assert told(plain(shop, body, role)) == told(usual(shop, body, role))


@pytest.mark.parametrize("ask", [plain, usual], ids=["beside the framework", "the usual way"])
def test_a_key_that_no_question_has_is_refused_with_the_one_that_was_meant(
    shop: Api, ask: Callable[..., Answer]
) -> None:
    answer = ask(shop, {"placement": "till", "contxt": {"store": "s1"}})
    assert (answer.status, answer.json()["code"]) == (400, "invalid_input")
    assert "`contxt`" in answer.json()["message"]
    assert answer.json()["cure"] == "did you mean 'context'?"
    batch = shop.request(
        "POST", f"{DECISIONS}/batch", body={"requests": [{"placement": "till", "limits": 1}]}
    )
    assert (batch.status, batch.json()["cure"]) == (400, "did you mean 'limit'?")


@pytest.mark.parametrize("ask", [plain, usual], ids=["beside the framework", "the usual way"])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"placement":"till","x":"\xff"}', "not UTF-8"),
        (b'{"placement":"till","context":{"\xff":1}}', "not UTF-8"),
        (b'{"placement":"till","x":1e999}', "out of range"),
        (b'{"placement":"till","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nested"),
    ],
    ids=lambda part: str(part)[:40],
)
def test_what_is_not_json_is_the_senders_fault_also_where_nobody_reads_it(
    shop: Api, ask: Callable[..., Answer], body: bytes, says: str
) -> None:
    answer = ask(shop, body)
    assert (answer.status, answer.json()["code"]) == (400, "invalid_input")
    assert says in answer.json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer segue_unknown"},
        {"authorization": "Basic YTpi"},
        {"authorization": BEARER},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=utf-8"},
    ],
    ids=str,
)
def test_headers_are_read_as_they_are_the_usual_way(shop: Api, headers: dict[str, str]) -> None:
    assert told(plain(shop, QUESTION, **headers)) == told(usual(shop, QUESTION, **headers))


def test_a_key_of_another_placement_is_refused_alike(shop: Api) -> None:
    house = shop.installation
    key = create_key(
        house.database, house.clock, role="decide", source="web", placement="home_hero", actor="test"
    )
    sent = {"authorization": BEARER + key}
    answer = plain(shop, QUESTION, None, **sent)
    assert answer.status == 403
    assert told(answer) == told(usual(shop, QUESTION, None, **sent))


def test_a_question_that_comes_in_parts_is_put_together(shop: Api) -> None:
    body = msgspec.json.encode(QUESTION)
    headers = {"authorization": BEARER + shop.keys["admin"], "content-type": "application/json"}
    asked = ask_app(shop.app, "POST", DECISIONS, headers, body[:10], body[10:20], body[20:])
    assert told(shop.runner.run(asked)) == told(plain(shop, QUESTION))


def test_a_fault_of_ours_is_answered_as_one_and_says_nothing_of_her(
    shop: Api, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("ann@shop.example")

    monkeypatch.setattr(Desk, "ask", broken)
    answer = plain(shop, QUESTION)
    assert (answer.status, answer.json()["code"]) == (500, "internal")
    assert told(answer) == told(usual(shop, QUESTION))
    assert "ann@shop.example" not in "".join(capfd.readouterr())


def test_it_is_counted_like_any_other(shop: Api) -> None:
    before = counted(shop)
    plain(shop, QUESTION)
    usual(shop, QUESTION)
    assert counted(shop) == before + 2


def counted(shop: Api) -> float:
    """Questions that were answered with 200, as the metrics count them."""
    labels = ('method="POST"', 'route="/api/v1/decisions"', 'status="200"')
    lines = shop.request("GET", "/metrics").body.decode().splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if "_created" not in line and "requests_total" in line and all(each in line for each in labels)
    )
