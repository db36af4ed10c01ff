"""The documents that Segment's clients fetch before they send anything."""

from __future__ import annotations

from typing import Any


def settings(write_key: str, api_host: str | None, protocol: str = "https") -> dict[str, Any]:
    """Settings for analytics.js and the mobile libraries. ``api_host`` is host and path without scheme;
    ``protocol`` is said only where it is not the https that every one of them assumes.

    Exactly one integration: any other would make the browser's library load code for it. ``apiKey`` is
    what it then sends as write key, whatever it was loaded with. ``keepalive`` lets the browser finish
    sending what happened just before its page is left.
    """
    segment: dict[str, Any] = {"apiKey": write_key, "unbundledIntegrations": [], "addBundledMetadata": True}
    if api_host is not None:
        segment["apiHost"] = api_host
    if protocol != "https":
        segment["protocol"] = protocol
    segment["deliveryStrategy"] = {"strategy": "standard", "config": {"keepalive": True}}
    enabled = {"__default": {"enabled": True, "integrations": {}}}
    return {
        "integrations": {"Segment.io": segment},
        "plan": {"track": enabled, "identify": enabled, "group": enabled},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
