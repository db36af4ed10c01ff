"""``--context k=v …``: the moment and the place of a question, as it is written on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from typer.core import TyperCommand

from segue.errors import InvalidInputError

TEXTS: Final = frozenset(
    ("store", "zone", "locale", "page", "query", "category", "campaign", "device", "season", "holiday")
)
"""What is a text whatever it looks like: the store 367 is called so, and is no number."""

_OPTION: Final = "--context"
_AS_JSON: Final = '--context \'basket=[{"sku": "mug", "quantity": 2}]\''


class SeveralPairs(TyperCommand):
    """A command whose ``--context`` takes every word up to the next option, and may be repeated too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words, each pair behind an option of its own."""
        return super().parse_args(ctx, apart(args))


def apart(words: Iterable[str]) -> list[str]:
    """``--context a=1 b=2`` as ``--context a=1 --context b=2``."""
    found: list[str] = []
    more = False
    for word in words:
        if word.startswith("-"):
            more = word == _OPTION or word.startswith(f"{_OPTION}=")
        elif more and found[-1] != _OPTION:
            found.append(_OPTION)
        found.append(word)
    return found


def context_of(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``weather.temp_c=3`` as ``{"weather": {"temp_c": 3}}``; InvalidInputError."""
    whole: dict[str, Any] = {}
    for path, text in pairs:
        *steps, last = path.split(".")
        below = whole
        for step in steps:
            below = below.setdefault(step, {})
            if not isinstance(below, dict):
                raise InvalidInputError(f"--context {path}: {step} is a value already", cure="name it once")
        below[last] = _value(path, text)
    return whole


def _value(path: str, text: str) -> Any:
    """Numbers, ``true``, ``false`` and whatever is written as JSON as that; everything else as a text."""
    if path in TEXTS and not text.startswith('"'):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        if text[0] in '[{"' or path == "basket":
            raise InvalidInputError(
                f"--context {path}: {text[:80]!r} is no JSON ({error})", cure=f"write it as {_AS_JSON}"
            ) from None
        return text
