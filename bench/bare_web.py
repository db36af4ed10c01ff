"""The yardstick of HTTP figures: a server that reads the request and answers a fixed body, no more.

Same uvicorn, same loop and parser as Segue's web process; no key, no JSON, no database.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.served import free_port

Message = dict[str, Any]


def app(length: int) -> Callable[..., Awaitable[None]]:
    """An ASGI application that answers ``length`` bytes to everything."""
    body = b"." * length
    head = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(length).encode())],
    }
    tail = {"type": "http.response.body", "body": body}

    async def answer(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await send(head)
        await send(tail)

    return answer


def _serve(port: int, length: int) -> None:
    uvicorn.run(
        app(length),
        port=port,
        log_level="error",
        access_log=False,
        loop="uvloop",
        http="httptools",
        lifespan="off",
    )


@contextmanager
def bare_web(length: int) -> Iterator[int]:
    """The bare server in a process of its own; gives its port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port, length), daemon=True)
    process.start()
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.join(10)


def _await(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--length", type=int, default=16)
    chosen = parser.parse_args()
    _serve(chosen.port, chosen.length)
