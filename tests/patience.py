"""How long a test waits for what must come. A busy machine is slow, not wrong; a failure alone costs it."""

from __future__ import annotations

PATIENCE = 180.0
"""Seconds."""
