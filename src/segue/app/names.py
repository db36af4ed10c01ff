"""Names that somebody asks for: whether they are there, and which is meant where they are not."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Literal

from segue.errors import NotFoundError


def known(name: str, names: Collection[str], of: Literal["trait", "segment"]) -> None:
    """NotFoundError, with the nearest, unless the name is one of these."""
    if name in names:
        return
    near = get_close_matches(name, names, n=1)
    cure = f"did you mean {near[0]!r}?" if near else f"see `segue {of}s list`"
    raise NotFoundError(f"there is no {of} {name[:80]!r}", cure=cure)
