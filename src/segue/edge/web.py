"""A web process: the collector in front, the API behind it, on one port.

Started by ``segue serve`` as ``python -m segue.edge.web``. Several may share the port: the kernel
spreads connections over them (SO_REUSEPORT).
"""

from __future__ import annotations

import argparse
import gc
import socket
from pathlib import Path

import uvicorn

from segue.adapters.postgres.appender import GroupCommit
from segue.adapters.postgres.space import SpaceGuard
from segue.app.installation import Installation, connect
from segue.app.keys import KeyRing
from segue.edge.api.application import create_api
from segue.edge.api.services import Services
from segue.edge.collecting import CollectServices, collect_app
from segue.edge.metrics import Metrics

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
    installation = connect(chosen.data, chosen.database_url)
    try:
        _serve(installation, chosen.host, chosen.port)
    finally:
        installation.close()


def _serve(installation: Installation, host: str, port: int) -> None:
    with KeyRing(installation.database) as keyring:
        appender = GroupCommit(installation.log)
        try:
            api = create_api(Services(installation, keyring, Metrics()))
            app = collect_app(_collecting(installation, keyring, appender), behind=api)
            config = uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                lifespan="off",
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=10,
                backlog=BACKLOG,
            )
            # what start-up made lives for ever: keep the collector from walking over it again
            gc.collect()
            gc.freeze()
            uvicorn.Server(config).run(sockets=[_listen(host, port)])
        finally:
            appender.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener
