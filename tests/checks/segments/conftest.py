"""A shop of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .shop import SEGMENTS, TRAITS, Shop, opened


@pytest.fixture
def bare(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    """Without definitions of its own."""
    with opened(tmp_path, database_url) as shop:
        yield shop


@pytest.fixture
def shop(bare: Shop) -> Shop:
    """With traits and segments."""
    bare.define(traits=TRAITS, segments=SEGMENTS)
    return bare
