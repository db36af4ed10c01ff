"""A fitted model of profiles in files: numbers as numpy arrays, the rest as JSON; no person in either."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from segue.learn.profile.abstain import Threshold
from segue.learn.profile.axes import Axis
from segue.learn.profile.stack import Stack
from segue.learn.profile.views import Kind, View

WORDS: Final = "views.json"
ARRAYS: Final = "views.npz"
_COLUMNS: Final = ("rarity", "directions", "centre", "scale")


class LearntAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute that can be guessed."""

    name: str
    classes: list[str]
    stack: Stack
    threshold: Threshold
    #: values too rare to be learnt
    left_out: list[str] = []
    #: who told it, of those it was fitted on
    persons: int = 0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Everything but the views."""

    attributes: list[LearntAttribute]
    axes: list[Axis]


class _Words(msgspec.Struct, frozen=True):
    kind: Kind
    words: list[str]


def write_views(folder: Path, views: Mapping[str, View]) -> None:
    """Write the views."""
    words = {name: _Words(view.kind, view.words) for name, view in views.items()}
    (folder / WORDS).write_bytes(msgspec.json.encode(words))
    arrays = {
        f"{name}.{column}": getattr(view, column) for name, view in views.items() for column in _COLUMNS
    }
    with (folder / ARRAYS).open("wb") as file:
        np.savez(file, **arrays)


def read_views(folder: Path) -> dict[str, View]:
    """Read what :func:`write_views` wrote."""
    words = msgspec.json.decode((folder / WORDS).read_bytes(), type=dict[str, _Words])
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        return {
            name: View(each.kind, each.words, *(arrays[f"{name}.{column}"] for column in _COLUMNS))
            for name, each in words.items()
        }
