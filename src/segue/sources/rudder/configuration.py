"""What RudderStack's clients fetch before they send anything."""

from __future__ import annotations

from typing import Any


def source_config(source: str) -> dict[str, Any]:
    """``/sourceConfig`` for a source: no destinations, no statistics about itself."""
    silent = {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    return {
        "source": {
            "id": source,
            "name": source,
            "writeKey": "",
            "workspaceId": "segue",
            "enabled": True,
            "config": {"statsCollection": silent},
            "connections": [],
            "destinations": [],
            "dataplanes": {},
        },
        "updatedAt": "1970-01-01T00:00:00.000Z",
    }
