"""RudderStack: its clients speak Segment's tracking API, with paths and a configuration of their own.

The differences on the wire: a beacon whose key stands in the query, ``originalTimestamp`` for the time
(and ``timestamp`` only where it was set by hand), ``channel`` beside the context, consent under
``context.consentManagement``. :func:`read_body` reads all of it.
"""

from __future__ import annotations

from segue.sources.rudder.configuration import source_config
from segue.sources.segment.wire import Reading, read_body

PATHS: dict[str, str] = {"/beacon/v1/batch": "batch"}
"""Paths that only RudderStack's clients use → the call; all others are Segment's."""

SUCCESS = b"OK"
"""What its data plane answers."""

__all__ = ["PATHS", "SUCCESS", "Reading", "read_body", "source_config"]
