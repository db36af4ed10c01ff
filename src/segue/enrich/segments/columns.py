"""How a value of a golden record lies in the columns of the snapshot.

A field (``attributes.city``) may be of several types over all persons, so it has a column for each type
that occurs, named by a number of the field and a letter of the type; nothing that anybody sent ever
becomes part of a name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

Letter = Literal["n", "t", "f", "l", "m", "x"]
"""Number, text, flag, list of scalars, map of text to numbers, or something else that is there."""

LETTERS: Final[Mapping[Letter, Literal["number", "text", "flag", "list", "map"]]] = {
    "n": "number",
    "t": "text",
    "f": "flag",
    "l": "list",
    "m": "map",
    "x": "flag",
}
"""What kind of column holds which."""

DEEPEST = 12
"""Steps of a path that a condition may have."""

Path = tuple[str, ...]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field and its columns."""

    path: Path
    #: what the names of its columns begin with: ``f12``
    column: str
    letters: tuple[Letter, ...]
    #: the values are there; else only whether there is one, in the column of ``x``
    whole: bool = True

    def of(self, letter: Letter) -> str | None:
        """The column of values of this type; None when there are none."""
        return f"{self.column}_{letter}" if letter in self.letters else None


def tagged(value: object) -> str:
    """A scalar as text that only an equal scalar gives: 3 and 3.0 are equal, 3 and "3" are not."""
    if isinstance(value, str):
        return f"t{value}"
    if isinstance(value, bool):
        return f"f{int(value)}"
    if isinstance(value, int):
        return f"n{value}"
    if isinstance(value, float):
        return f"n{int(value)}" if value.is_integer() else f"n{value!r}"
    return "x"


def stored(value: Any, *, maps: bool = False) -> tuple[Letter, object] | None:
    """Which column takes a value, and as what; None for null.

    ``maps``: an object is a map of text to numbers (a trait by category), else what is in it has fields
    of its own.
    """
    if value is None or isinstance(value, str | bool):
        return None if value is None else ("t" if isinstance(value, str) else "f", value)
    if isinstance(value, int | float):
        return "n", real(value)
    if isinstance(value, list | tuple):
        return "l", [tagged(each) for each in value if each is not None]
    if maps and isinstance(value, Mapping):
        return "m", [(str(key), real(each)) for key, each in value.items() if isinstance(each, int | float)]
    return "x", True


def real(value: float) -> float:
    """A number as the columns hold it: whole ones are exact up to 2⁵³."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def inside(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """A value and everything in it that a path may name."""
    yield path, value
    if isinstance(value, Mapping) and len(path) < DEEPEST:
        for key, each in value.items():
            yield from inside((*path, str(key)), each)
