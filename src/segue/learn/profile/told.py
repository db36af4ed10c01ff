"""What customers told, as classes: which attributes can be learnt, and which are delicate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segue.learn.knowledge import Knowledge

Ints = NDArray[np.int64]

PERSONS: Final = 100
"""Persons who must have told an attribute for it to be learnt."""
CLASSES: Final = (2, 12)
"""So many different values an attribute may have."""
EACH: Final = 10
"""Persons who must have told a value for it to be a class; rarer ones are left out."""
LONGEST: Final = 60
"""Characters of a value; longer ones are texts, not classes."""

_SENSITIVE: Final = re.compile(
    r"age|birth|gender|sex|income|salary|wealth|marital|married|spouse|partner|child|kid|baby|household|family"
    r"|ethnic|race|nationality|religion|faith|politic|union|health|disab|diet|allerg|pregnan|orientation"
    r"|home_?owner|housing|education|employment|occupation|credit"
)
_HARMLESS: Final = re.compile(
    r"(?:l(?=angu)|package|page|message|usage|image|storage|average|village|manage|engage)"
)

SENSITIVE_AXES: Final = ("health", "baby")
"""Axes that say as much of her as an attribute would."""


@dataclass(frozen=True, eq=False)
class Answers:
    """One attribute as it was told."""

    name: str
    #: in their natural order
    classes: list[str]
    person: Ints
    #: code into ``classes``, -1 for a value that is none
    code: Ints
    value: list[str]


def is_sensitive(attribute: str) -> bool:
    """Whether an attribute is of the kind that needs a purpose's consent, by its name."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", attribute).lower()
    words = [word for word in re.split(r"[^a-z]+", text) if not _HARMLESS.search(word)]
    return bool(_SENSITIVE.search("_".join(words)))


def learnable(known: Knowledge, enough: NDArray[np.bool_]) -> list[Answers]:
    """The attributes that can be learnt from persons of whom enough is known, by name."""
    found = [
        answers_of(known, name, enough)
        for name, count in sorted(known.attributes().items())
        if count >= PERSONS
    ]
    return [answers for answers in found if answers is not None]


def answers_of(known: Knowledge, attribute: str, enough: NDArray[np.bool_]) -> Answers | None:
    """One attribute, or None where it has too few answers or too many kinds of them."""
    told = known.told(attribute)
    text = np.asarray([_text(value) for value in told.value], object)
    rows = [row for row, value in enumerate(text) if value is not None]
    person = told.person[rows].astype(np.int64)
    value = [str(text[row]) for row in rows]
    usable = enough[person]
    counts: dict[str, int] = {}
    for each, counted in zip(value, usable, strict=True):
        if counted:
            counts[each] = counts.get(each, 0) + 1
    common = [each for each, count in counts.items() if count >= EACH]
    if len(counts) > 4 * CLASSES[1] or not CLASSES[0] <= len(common) <= CLASSES[1]:
        return None
    if sum(counts[each] for each in common) < max(PERSONS, 0.5 * sum(counts.values())):
        return None
    classes = sorted(common, key=natural)
    place = {each: code for code, each in enumerate(classes)}
    return Answers(
        attribute, classes, person, np.asarray([place.get(each, -1) for each in value], np.int64), value
    )


def natural(value: str) -> tuple[float, str]:
    """Sorts ``Under 15K`` before ``15-24K`` before ``100-124K``: by the first number, then by the text."""
    number = re.search(r"\d+(?:\.\d+)?", value)
    if number is None:
        return (float("inf"), value)
    below = re.match(r"(?i)\s*(under|below|less|up to|<)", value) is not None
    return (float(number[0]) - 0.5 * below, value)


def held_out(ids: Mapping[int, str] | list[str]) -> NDArray[np.bool_]:
    """Which persons no model is ever fitted on: a fifth, by a hash of their id, the same in every run."""
    texts = ids.values() if isinstance(ids, Mapping) else ids
    return np.asarray([blake2b(text.encode(), digest_size=2).digest()[0] < 51 for text in texts], bool)


def _text(value: object) -> str | None:
    text = str(value).strip() if value is not None else ""
    return text if text and len(text) <= LONGEST else None
