"""Which models there are. Each is a package of this room with a ``MODEL``, imported when it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec

from segue.errors import NotFoundError
from segue.learn.model import Model

NAMES = ("recommend", "predict", "intent", "profile", "lookalike")
"""In the order in which they are trained."""


def available() -> tuple[str, ...]:
    """The names of those whose package is there."""
    return tuple(name for name in NAMES if _is_there(name))


def _is_there(name: str) -> bool:
    found = find_spec(f"segue.learn.{name}")
    return found is not None and found.origin is not None


def model(name: str) -> Model:
    """The model of that name; NotFoundError names the nearest."""
    if name not in NAMES:
        near = get_close_matches(name, NAMES, n=1)
        known = f"there are {', '.join(NAMES)}"
        raise NotFoundError(
            f"there is no model {name[:80]!r}", cure=f"did you mean {near[0]!r}?" if near else known
        )
    if name not in available():
        raise NotFoundError(f"the model {name!r} is not installed", cure="install Segue whole")
    found: Model = import_module(f"segue.learn.{name}").MODEL
    return found


def models(names: Sequence[str] = ()) -> list[Model]:
    """These models, or all; NotFoundError. In the catalogue's order, each once."""
    for name in names:
        model(name)
    return [model(name) for name in available() if not names or name in names]
