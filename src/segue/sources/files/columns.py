"""What the columns of a file look like, by their names and first values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from segue.sources.files.cells import as_text, compile_cell
from segue.sources.files.clocks import Clock, clock_of
from segue.sources.files.heads import Head
from segue.sources.files.mapping import Cell
from segue.sources.files.vocabulary import IDENTITY, MONEY, PHONE

Looks = Literal["email", "phone", "time", "number", "money", "id", "text"]

EXAMPLES = 5
_LONGEST_EXAMPLE = 120
_LONGEST_JUDGED = 400
"""Characters of a value by which its column is judged; what is longer is a text."""
_ENOUGH = 0.9
"""Share of the values that must look alike."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+?[\d(][\d\s().\-/]{5,20}\d")
_WHOLE_FLOAT = re.compile(r"\d+\.0")
_COMMA = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:[.\s]\d{3})+|\d+),\d{1,4}(?![.,]?\d)")
_POINT = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d+)\.(?:\d{1,2}|\d{4,})(?![.,]?\d)")
"""Three digits after a point may be thousands, so they are no sign of a fraction beside a comma."""
_CENTS = re.compile(r"-?[\d.,]*\d[.,]\d{2}")
_PADDED = re.compile(r"0\d")
_UUID = re.compile(r"[0-9A-Fa-f-]{16,}")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_UNMARKED = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss"})


class Column(NamedTuple):
    """A column as it looks."""

    name: str
    #: the name in lower-case words: ``invoice_no``
    words: str
    examples: tuple[str, ...]
    #: share of rows with a value
    filled: float
    looks_like: Looks
    #: different values in each filled row, 0 … 1
    variety: float
    clock: Clock | None = None
    #: ``,`` or ``.`` before a number's fraction
    decimal: str = "."
    #: whole numbers written like 17850.0
    whole: bool = False
    negative: bool = False


def columns_of(head: Head, zone: str) -> list[Column]:
    """How each column of a beginning looks; ``zone`` settles what its times leave open."""
    return [_column(name, [row[place] for row in head.rows], zone) for place, name in enumerate(head.columns)]


def words_of(name: str) -> str:
    """``InvoiceNo``, ``invoice-no`` and ``INVOICE_NO`` → ``invoice_no``; accents are left out."""
    bare = unicodedata.normalize("NFKD", name.translate(_UNMARKED)).encode("ascii", "ignore").decode()
    return "_".join(word.lower() for word in _WORD.findall(bare))


def _column(name: str, values: Sequence[Any], zone: str) -> Column:
    present = [value for value in values if as_text(value)]
    texts = [as_text(value)[:_LONGEST_JUDGED] for value in present]
    distinct = list(dict.fromkeys(texts))
    words = words_of(name)
    clock = None if _typed_number(present) else clock_of(distinct, zone)
    if present and isinstance(present[0], date | datetime):
        clock = Clock(None)
    decimal = "," if _share(distinct, _COMMA) and not _share(distinct, _POINT) else "."
    numeric = _numbers(distinct, decimal) and not any(map(_PADDED.match, distinct[:1000]))
    if clock is not None and clock.format is None and all(text.isdigit() for text in distinct[:20]):
        clock = (
            clock if re.search(r"time|date|(^|_)(at|ts)$|created|updated|epoch|datum|czas", words) else None
        )
    return Column(
        name=name,
        words=words,
        examples=tuple(text[:_LONGEST_EXAMPLE] for text in distinct[:EXAMPLES]),
        filled=round(len(present) / len(values), 4) if values else 0.0,
        looks_like=_looks(words, distinct, clock, numeric, len(distinct) / max(len(texts), 1)),
        variety=len(distinct) / max(len(texts), 1),
        clock=clock,
        decimal=decimal,
        whole=bool(distinct) and all(map(_WHOLE_FLOAT.fullmatch, distinct)),
        negative=numeric and any(text.lstrip().startswith("-") for text in distinct),
    )


def _looks(words: str, texts: list[str], clock: Clock | None, numeric: bool, variety: float) -> Looks:
    if _most(texts, _EMAIL):
        return "email"
    if clock is None and _is_phone(words, texts, numeric):
        return "phone"
    if clock is not None:
        return "time"
    if texts and (IDENTITY.search(words) or (_most(texts, _UUID) and variety > 0.5)):
        return "id"
    if not numeric:
        return "text"
    return "money" if MONEY.search(words) or _most(texts, _CENTS) else "number"


def _is_phone(words: str, texts: list[str], numeric: bool) -> bool:
    """By its name, or by the mark of a country before every value."""
    marked = not numeric and all(text.startswith(("+", "00")) for text in texts[:20])
    return _most(texts, _PHONE) and (marked or PHONE.search(words) is not None)


def _numbers(texts: Sequence[str], decimal: str) -> bool:
    """Whether nearly all can be read as numbers."""
    take = compile_cell(Cell(column="n", conversion="number", decimal="," if decimal == "," else "."), ["n"])
    good = 0
    for text in texts[:200]:
        try:
            good += take((text,)) is not None
        except ValueError:
            continue
    return bool(texts) and good >= _ENOUGH * len(texts[:200])


def _typed_number(values: Sequence[Any]) -> bool:
    return bool(values) and isinstance(values[0], int | float)


def _most(texts: Sequence[str], pattern: re.Pattern[str]) -> bool:
    sample = texts[:200]
    return bool(sample) and sum(1 for text in sample if pattern.fullmatch(text)) >= _ENOUGH * len(sample)


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(text) for text in texts[:200])
