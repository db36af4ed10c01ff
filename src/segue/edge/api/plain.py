"""The plain question, answered with nothing around it.

Touchpoints ask hundreds of times a second, and what a framework does around a question costs as much as the
decision. So a question that is plain (a known key in the header, JSON that can be read, all of it there) is
taken here. Whatever else comes goes the usual way, with what was read of it, and is answered there: no rule
of who may ask, or of what can be asked, is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.domain.access import Caller
from segue.edge.api.decisions import DECISIONS, LARGEST, asker
from segue.edge.api.errors import HEADERS, problem_of
from segue.edge.api.guard import known_caller, may
from segue.edge.api.services import Services
from segue.edge.collecting.application import ASGI
from segue.edge.collecting.request import Message, Receive, Scope, Send

_read: Final = msgspec.json.Decoder().decode
_write: Final = msgspec.json.Encoder().encode


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_HEADERS: Final = _raw({**HEADERS, "Content-Type": "application/json"})


class PlainQuestions:
    """An application that answers plain questions itself, and passes on the rest."""

    def __init__(self, behind: ASGI, services: Services, desk: Desk) -> None:
        self._behind = behind
        self._services = services
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] != DECISIONS or scope["method"] != "POST":
            await self._behind(scope, receive, send)
            return
        caller = self._caller(dict(reversed(scope["headers"])))
        if caller is None:
            await self._behind(scope, receive, send)
            return
        message = await receive()
        question = _question(message)
        if question is None:
            await self._behind(scope, _again(message, receive), send)
            return
        scope["path_template"] = DECISIONS
        await self._answer(question, caller, send)

    def _caller(self, headers: dict[bytes, bytes]) -> Caller | None:
        """Who asks, where that is plain: a key that is known to be live, and may."""
        sent, kind = headers.get(b"authorization"), headers.get(b"content-type", b"")
        if sent is None or not kind.startswith(b"application/json"):
            return None
        caller = known_caller(self._services, sent.decode("latin-1"))
        return caller if caller is not None and may(caller, "decide") else None

    async def _answer(self, question: DecisionRequest, caller: Caller, send: Send) -> None:
        status, headers = 200, _HEADERS
        try:
            who = asker(caller, question, self._services.keyring, self._desk)
            body = _write(await self._desk.ask(question, who))
        except Exception as error:  # noqa: BLE001 - nobody behind us answers for it any more
            status, problem, more = problem_of(error)
            headers, body = [*headers, *_raw(more)], _write(problem)
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _question(message: Message) -> DecisionRequest | None:
    """The question of a message that holds all of it; None where it cannot be read as one."""
    if message["type"] != "http.request" or message.get("more_body"):
        return None
    body: bytes = message.get("body", b"")
    try:
        # read whole first: what no field is for must be JSON too
        return msgspec.convert(_read(body), DecisionRequest) if len(body) <= LARGEST else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _again(message: Message, receive: Receive) -> Receive:
    """What was read already, then what comes."""
    waiting = [message]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


__all__ = ["PlainQuestions"]
