"""A web process: the collector in front, the console and the API behind it, on one port.

Started by ``segue serve`` as ``python -m segue.edge.web``. Several may share the port: the kernel
spreads connections over them (SO_REUSEPORT).
"""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from segue.adapters.postgres.appender import GroupCommit
from segue.adapters.postgres.space import SpaceGuard
from segue.app.installation import Installation, connect
from segue.app.keys import KeyRing
from segue.app.processes.children import end_with_parent
from segue.app.processes.memory import settled
from segue.edge.across import across
from segue.edge.api.application import create_api
from segue.edge.api.services import Services
from segue.edge.collecting import CollectServices, collect_app
from segue.edge.collecting.application import ASGI
from segue.edge.console.application import console_app
from segue.edge.metrics import Metrics
from segue.settings import proxies

BACKLOG = 2048
"""Connections the kernel may hold for us."""


def main() -> None:
    """Parse the supervisor's arguments and serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    end_with_parent()
    installation = connect(chosen.data, chosen.database_url)
    # as served: options are stronger than what the settings say
    installation.settings = msgspec.structs.replace(installation.settings, host=chosen.host, port=chosen.port)
    try:
        _serve(installation, chosen.host, chosen.port)
    finally:
        installation.close()


def _serve(installation: Installation, host: str, port: int) -> None:
    with installation.watching_rules(), KeyRing(installation.database, installation.clock) as keyring:
        appender = GroupCommit(installation.log)
        try:
            endings: list[Callable[[], None]] = []
            app = _front(installation, keyring, appender, endings)
            _run(app, _listen(host, port), proxies(installation.settings), endings)
        finally:
            appender.close()


def _front(
    installation: Installation, keyring: KeyRing, appender: GroupCommit, endings: list[Callable[[], None]]
) -> ASGI:
    """The one application of the process: the collector, behind it the console, behind that the API; what
    touchpoints of other origins ask of the API is let through beside the collector.
    """
    metrics = Metrics()
    space = SpaceGuard(installation.data, installation.settings.disk_floor_mb)
    services = CollectServices(
        keyring=keyring,
        appender=appender,
        rules=installation.rules,
        clock=installation.clock,
        secret=installation.secret,
        check_space=space.check,
        rate_limit=installation.settings.rate_limit,
        first_party_prefix=installation.settings.first_party_prefix,
        observe=metrics.observe,
        count=metrics.count,
    )
    api: Any = create_api(Services(installation, keyring, metrics, endings, awaited=True))
    asked = across(console_app(behind=api), installation.settings.first_party_prefix)
    return collect_app(services, behind=asked)


class _Server(uvicorn.Server):
    """Ends the answers that last before it waits for all answers to end."""

    def __init__(self, config: uvicorn.Config, endings: Sequence[Callable[[], None]]) -> None:
        super().__init__(config)
        self._endings = endings

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and let what was asked be answered."""
        for end in self._endings:
            end()
        await super().shutdown(sockets)


def _run(
    app: ASGI, listener: socket.socket, believed: list[str], endings: Sequence[Callable[[], None]]
) -> None:
    """Serve; ``believed`` proxies say for whom they ask. Nobody else's counts, not even this machine's."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(believed),
        forwarded_allow_ips=believed,
        timeout_graceful_shutdown=10,
        backlog=BACKLOG,
    )
    with settled():
        _Server(config, endings).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


if __name__ == "__main__":
    main()
