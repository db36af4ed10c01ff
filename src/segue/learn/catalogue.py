"""Which models there are. Each is a package of this room with a ``MODEL``, imported when it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from segue.learn.model import Model
from segue.learn.names import available, check_names


def model(name: str) -> Model:
    """The model of that name; NotFoundError names the nearest."""
    check_names([name])
    found: Model = import_module(f"segue.learn.{name}").MODEL
    return found


def models(names: Sequence[str] = ()) -> list[Model]:
    """These models, or all; NotFoundError. In the catalogue's order, each once."""
    check_names(names)
    return [model(name) for name in available() if not names or name in names]
