"""Words by which a person is found: those of the text attributes that her sources gave.

A term is a word of a value with what follows it, without case and accents: ``Anna-Maria Müller`` is found
by what ``anna maria muller``, ``maria muller`` and ``muller`` begin with. Terms are derived from the claims
that a state holds, so it does not matter in which order events came. Everything is bounded: who sends much
is found by the newest of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from segue.enrich import claims
from segue.enrich.names import IDENTIFY
from segue.enrich.state import FragmentState, facts_in
from segue.enrich.summary import decode_summary

LONGEST: Final = 128
"""Bytes of the longest term; what is longer is cut."""

TERMS: Final = 12
"""Terms of one attribute of one fragment."""

FIELDS: Final = 64
"""Attributes of one fragment that are searched, proven ones first."""

HIGHEST: Final = "\U0010ffff"
"""Sorts after whatever can follow in a term."""

_WORD = re.compile(r"[^\W_]+")
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def words(text: str) -> list[str]:
    """The words of ``text``, casefolded and without accents."""
    if text.isascii():
        return _WORD.findall(text[: LONGEST * 8].lower())
    plain = unicodedata.normalize("NFKD", text[: LONGEST * 8].casefold()).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _WORD.findall(bare.translate(_UNDECOMPOSED))


@lru_cache(maxsize=8192)
def terms(text: str) -> tuple[str, ...]:
    """The terms of one value, at most :data:`TERMS`. Of an address's domain only the whole is one."""
    found = words(text)
    starts = len(found)
    if "@" in text and " " not in text:
        starts = len(words(text[: text.index("@")])) + 1
    return tuple([_cut(" ".join(found[start:])) for start in range(min(len(found), starts, TERMS))])


def prefix(text: str) -> str:
    """What the terms begin with that ``text`` finds; empty when it holds no word."""
    return _cut(" ".join(words(text)))


def _cut(term: str) -> str:
    return term.encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore").strip()


def texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """``(field, text)`` of an attribute: the text itself, or those in an object such as an address."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for part, inner in value.items():
            if isinstance(inner, str):
                yield f"{name}.{part}", inner


def terms_of(state: FragmentState) -> dict[str, list[str]]:
    """Field → terms of a fragment; ValueError for a state whose summary was not loaded."""
    by_field = _by_field(state)
    fields: Iterable[str] = by_field
    if len(by_field) > FIELDS:
        fields = sorted(by_field, key=lambda field: (not any(one[0] for one in by_field[field]), field))[
            :FIELDS
        ]
    return {_cut(field): found for field in fields if (found := _newest(by_field[field]))}


_Said = list[tuple[bool, int, int, str]]
"""Whether it is proven, time, position and text of each claim."""


def _newest(said: _Said) -> list[str]:
    if len(said) == 1:
        return list(terms(said[0][3]))
    found: dict[str, None] = {}
    for _proven, _time, _position, text in sorted(said, key=lambda one: one[1:], reverse=True):
        found.update(dict.fromkeys(terms(text)))
        if len(found) >= TERMS:
            break
    return list(found)[:TERMS]


def _by_field(state: FragmentState) -> dict[str, _Said]:
    """Field → what was said of it."""
    by_field: dict[str, _Said] = {}
    for proven, name, time, position, value in _claims(state):
        for field, text in texts(name, value):
            by_field.setdefault(field, []).append((proven, time, position, text))
    return by_field


def _claims(state: FragmentState) -> Iterator[tuple[bool, str, int, int, Any]]:
    """Every claim of the state: proven, name, time, position, value."""
    if not state.complete:
        raise ValueError("the state's summary was not loaded")
    if state.summary is not None:
        for standing, table in decode_summary(state.summary).attributes.items():
            for claim in claims.read(table, standing[0] == "1"):
                yield claim.proven, standing[1:], claim.time, claim.position, claim.value
    for fact in facts_in(state.head) if state.head.facts else ():
        if fact[2] == IDENTIFY and len(fact) > 9:
            proven, values = fact[9]
            for name, value in values.items():
                yield proven, name, fact[0], fact[1], value


def rows(found: Mapping[bytes, Mapping[str, Sequence[str]]]) -> list[tuple[bytes, str, str]]:
    """``(fragment id, field, term)`` of each, in the order of the table's key."""
    return [
        (fragment, field, term)
        for fragment in sorted(found)
        for field in sorted(found[fragment])
        for term in sorted(found[fragment][field])
    ]
