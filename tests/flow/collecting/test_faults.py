"""When the house is on fire: 503 with Retry-After, and nothing that was acknowledged is missing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping, Sequence

import pytest
import structlog

from segue.domain.events import DeadLetter
from segue.errors import UnavailableError
from segue.ports.log import NewEntry

from .conftest import OpenShop, Response, Shop, basic, call, gather

TRACK = {"type": "track", "event": "E", "anonymousId": "a1"}


class Away:
    """An appender whose log cannot be reached."""

    async def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> None:
        raise UnavailableError("the log is away")


class Odd:
    """An appender with a fault nobody thought of."""

    async def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> None:
        raise RuntimeError("ann@example.com")


@pytest.mark.parametrize("appender", [Away(), Odd()])
def test_while_the_log_is_away_clients_are_told_to_come_again(open_shop: OpenShop, appender: object) -> None:
    shop = open_shop(appender=appender)
    answer = shop.send("/v1/track", TRACK)
    assert answer.status == 503
    assert answer.json().keys() == {"code", "message"}
    assert int(answer.headers["retry-after"]) > 0
    assert "retry-after" in answer.headers["access-control-expose-headers"]
    assert "example.com" not in answer.body.decode()


def test_the_pixel_shows_its_image_even_then(open_shop: OpenShop) -> None:
    shop = open_shop(appender=Away())
    answer = shop.get(f"/v1/pixel/track?writeKey={shop.key}&event=E&userId=1", auth=None)
    assert (answer.status, answer.headers["content-type"]) == (503, "image/gif")


def test_too_little_disk_is_refused_before_anything_is_written(open_shop: OpenShop) -> None:
    full = True

    def check() -> None:
        if full:
            raise UnavailableError("too little disk space")

    shop = open_shop(check_space=check)
    answer = shop.send("/v1/track", TRACK)
    assert (answer.status, answer.json()["message"]) == (503, "too little disk space")
    full = False
    assert shop.send("/v1/track", TRACK).status == 200
    assert len(shop.events()) == 1


def test_one_key_and_address_may_send_so_much_a_second(open_shop: OpenShop) -> None:
    shop = open_shop(rate_limit=3)
    answers = [shop.send("/v1/track", TRACK) for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    refused = answers[-1]
    assert refused.json().keys() == {"code", "message"}
    assert refused.headers["retry-after"] == "1"
    assert int(refused.headers["x-ratelimit-reset"]) == shop.clock.now() // 1_000_000 + 1
    assert shop.send("/v1/track", TRACK, address="203.0.113.8").status == 200
    assert shop.send("/v1/track", TRACK, auth=shop.trusted_key).status == 200
    shop.clock.advance(1_000_000)
    assert shop.send("/v1/track", TRACK).status == 200
    assert len(shop.events()) == 6


def test_guessing_keys_is_limited_by_address(open_shop: OpenShop) -> None:
    shop = open_shop(rate_limit=3)
    statuses = [shop.send("/v1/track", TRACK, auth=f"guess-{number}").status for number in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert shop.send("/v1/track", TRACK).status == 200


def test_many_requests_at_once_are_all_durable_when_they_are_answered(shop: Shop) -> None:
    async def one(number: int) -> Response:
        body = f'{{"event":"E","userId":"u{number}","messageId":"{number}"}}'.encode()
        return await call(
            shop.app, "POST", "/v1/track", body, {"authorization": basic(shop.key)}, 1, "203.0.113.7"
        )

    answers = gather(*(one(number) for number in range(200)))
    assert {answer.status for answer in answers} == {200}
    assert {event.message_id for event in shop.events()} == {str(number) for number in range(200)}


def test_a_client_that_leaves_in_the_middle_leaves_nothing(shop: Shop) -> None:
    async def cut_off() -> list[object]:
        messages: list[dict[str, object]] = [
            {"type": "http.request", "body": b'{"event":"E",', "more_body": True},
            {"type": "http.disconnect"},
        ]
        sent: list[object] = []

        async def receive() -> MutableMapping[str, object]:
            return messages.pop(0)

        async def send(message: object) -> None:
            sent.append(message)

        scope: dict[str, object] = {
            "type": "http",
            "method": "POST",
            "path": "/v1/track",
            "query_string": b"",
            "headers": [(b"authorization", basic(shop.key).encode())],
            "client": None,
        }
        await shop.app(scope, receive, send)
        return sent

    assert asyncio.run(cut_off()) == []
    assert (shop.events(), shop.letters()) == ([], [])


def test_nothing_that_was_sent_is_logged(
    open_shop: OpenShop, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        for shop in (open_shop(), open_shop(appender=Odd())):
            shop.send("/v1/track?writeKey=query-secret", TRACK | {"userId": "ann@example.com"})
            shop.get("/v1/pixel/track?writeKey=query-secret&userId=ann@example.com", auth=None)
            shop.send("/v1/track", '{"userId":"ann@example.com",')
    written = str(logs) + caplog.text + str(capfd.readouterr())
    assert "ann@example.com" not in written
    assert "query-secret" not in written


def test_a_body_that_trickles_is_given_up_so_that_the_client_tries_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.edge.collecting.request.SLOWEST_BODY", 0.01)

    async def trickle() -> int:
        statuses: list[int] = []
        parts = [{"type": "http.request", "body": b"{", "more_body": True}]

        async def receive() -> MutableMapping[str, object]:
            if parts:
                return parts.pop()
            return await asyncio.Future()

        async def send(message: MutableMapping[str, object]) -> None:
            statuses.append(int(str(message.get("status", 0))))

        scope: dict[str, object] = {
            "type": "http", "method": "POST", "path": "/v1/track", "query_string": b"", "headers": []
        }  # fmt: skip
        await shop.app(scope, receive, send)
        return statuses[0]

    assert asyncio.run(trickle()) == 503  # not 408: older clients drop what any 4xx but 429 answers
