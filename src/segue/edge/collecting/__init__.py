"""The collector: an ASGI application of its own, without a framework between the socket and the log."""

from __future__ import annotations

from segue.edge.collecting.application import collect_app
from segue.edge.collecting.services import CollectServices

__all__ = ["CollectServices", "collect_app"]
