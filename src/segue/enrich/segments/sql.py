"""Conditions as SQL over the columns of the snapshot: the same truth as their closures.

The text is made of our own words, of names of columns that are numbers of ours, and of names of bound
values. Nothing that a person wrote is ever part of it. Truth is two-valued, as everywhere: each
comparison is made false where SQL would say null.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from segue.domain.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Consented,
    Did,
    InSegment,
    Not,
)
from segue.domain.rules import Purposes
from segue.enrich.segments.columns import Field, Path, real, tagged
from segue.enrich.segments.typed import typed
from segue.enrich.traits.plan import did_name
from segue.errors import InvalidInputError

TRUE, FALSE = "true", "false"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked: where each field and consent lies, and what the segments are.

    How often she did something is a field of the traits, under its hidden name.
    """

    fields: Mapping[Path, Field]
    #: purpose → channel → the column: true granted, false denied, null unstated
    consents: Mapping[str, Mapping[str, str]]
    #: segments whose membership is a column
    members: Mapping[str, str]
    #: all segments by name
    segments: Mapping[str, Condition]
    purposes: Purposes
    #: beginnings of paths of which every field that anybody has is known
    complete: frozenset[str] = frozenset({"attributes", "predictions", "orders", "sessions"})


class Predicate(NamedTuple):
    """A boolean expression and the values it binds by name."""

    text: str
    values: dict[str, object]


Leaf = Compare | Did
"""What may not be known."""


def unknown(condition: Condition, known: Known) -> list[Leaf]:
    """The parts that the columns cannot answer, each once, in order."""
    found: dict[Leaf, None] = {}
    for leaf in _leaves(condition, known):
        if isinstance(leaf, Compare | Did) and not _answers(leaf, known):
            found[leaf] = None
    return list(found)


def _leaves(condition: Condition, known: Known) -> Iterable[Condition]:
    match condition:
        case All(items=items) | AnyOf(items=items):
            for each in items:
                yield from _leaves(each, known)
        case Not(item=item):
            yield from _leaves(item, known)
        case InSegment(name=name):
            if name not in known.members:
                yield from _leaves(_segment(name, known), known)
        case _:
            yield condition


def _answers(leaf: Leaf, known: Known) -> bool:
    if isinstance(leaf, Did):
        return ("traits", did_name(leaf)) in known.fields
    field, _ = _find(leaf, known)
    if field is None:
        return leaf.path[0] in known.complete or leaf.path[0] in {"context", "basket"}
    return field.whole or leaf.op in {"exists", "missing"}


def _segment(name: str, known: Known) -> Condition:
    if name not in known.segments:
        raise InvalidInputError(f"there is no segment {name[:80]!r}", cure="see `segue segments list`")
    return known.segments[name]


def predicate(condition: Condition, known: Known, prefix: str = "p") -> Predicate:
    """The condition as an expression that is true or false for every row, never null.

    Args:
        condition: with nothing in it that :func:`unknown` answers.
        known: the columns.
        prefix: what the names of bound values begin with, to tell those of several expressions apart.

    Raises:
        InvalidInputError: a segment does not exist, or a part cannot be answered.
    """
    writer = _Writer(known, prefix)
    text = writer.text(condition)
    return Predicate(text, writer.values)


class _Writer:
    def __init__(self, known: Known, prefix: str) -> None:
        self._known = known
        self._prefix = prefix
        self.values: dict[str, object] = {}

    def text(self, condition: Condition) -> str:
        match condition:
            case All(items=items):
                return self._joined(items, " and ", TRUE)
            case AnyOf(items=items):
                return self._joined(items, " or ", FALSE)
            case Not(item=item):
                return f"(not {self.text(item)})"
        return self._leaf(condition)

    def _leaf(self, leaf: Condition) -> str:
        match leaf:
            case Compare():
                asked = typed(leaf)
                return self._compare(asked) if isinstance(asked, Compare) else self.text(asked)
            case Did():
                return self._did(leaf)
            case Consented():
                return self._consented(leaf)
            case InSegment(name=name):
                column = self._known.members.get(name)
                return f'coalesce("{column}", false)' if column else self.text(_segment(name, self._known))
        return FALSE  # near: nothing tells yet where she is

    def _joined(self, items: Iterable[Condition], word: str, empty: str) -> str:
        parts = list(dict.fromkeys(self.text(each) for each in items))
        return f"({word.join(parts)})" if parts else empty

    def _bind(self, value: object) -> str:
        name = f"{self._prefix}{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def _did(self, did: Did) -> str:
        field = self._known.fields.get(("traits", did_name(did)))
        if field is None:
            raise _unanswered(did)
        column = field.of("n")
        often = f'coalesce("{column}", 0)' if column else "0"
        return f"({often} >= {self._bind(did.at_least)})"

    # ── fields ───────────────────────────────────────────────────────────────

    def _compare(self, leaf: Compare) -> str:
        field, key = _find(leaf, self._known)
        if field is None:
            if not _answers(leaf, self._known):
                raise _unanswered(leaf)
            return TRUE if leaf.op == "missing" else FALSE
        columns = _Columns(field, key, self._bind)
        if leaf.op == "exists":
            return columns.present()
        if leaf.op == "missing":
            return f"(not {columns.present()})"
        if not field.whole:
            raise _unanswered(leaf)
        return _false_if_null(_OPERATORS[leaf.op](columns, leaf.value))

    # ── consent ──────────────────────────────────────────────────────────────

    def _consented(self, leaf: Consented) -> str:
        purpose = self._known.purposes.purposes.get(leaf.purpose)
        columns = self._known.consents.get(leaf.purpose, {})
        otherwise = TRUE if purpose is not None and purpose.basis != "consent" else FALSE
        if "*" in columns:
            otherwise = f'coalesce("{columns["*"]}", {otherwise})'
        if leaf.channel is not None:
            held = self._said(columns.get(leaf.channel), otherwise)
        else:
            held = self._anywhere(columns, purpose.channels if purpose else (), otherwise)
        return held if leaf.state == "granted" else f"(not {held})"

    def _anywhere(self, columns: Mapping[str, str], declared: Collection[str], otherwise: str) -> str:
        """In any channel that is declared, or of which she has spoken herself."""
        parts = [self._said(columns.get(each), otherwise) for each in declared if each != "*"]
        others = [column for each, column in columns.items() if each != "*" and each not in declared]
        parts += [self._said(each, FALSE) for each in others]
        if all(each == "*" for each in declared):
            unspoken = [f'"{each}" is null' for each in others]
            parts.append(f"({' and '.join([*unspoken, otherwise])})")
        return f"({' or '.join(dict.fromkeys(parts))})"

    @staticmethod
    def _said(column: str | None, otherwise: str) -> str:
        return otherwise if column is None else f'coalesce("{column}", {otherwise})'


def _find(leaf: Compare, known: Known) -> tuple[Field | None, str | None]:
    """The field of a path, or the trait in whose map its last part is a key."""
    path = leaf.path
    if path[0] == "predictions":
        return _predicted(".".join(path[1:]), known, textual=_is_text(leaf.value)), None
    field = known.fields.get(path)
    if field is not None:
        return field, None
    if path[0] == "traits" and len(path) == 3:
        return known.fields.get(path[:-1]), path[-1]
    return None, None


def _predicted(name: str, known: Known, *, textual: bool) -> Field | None:
    """A prediction's value, or what it says where a text is asked; else a part of it."""
    if ("predictions", name, "value") in known.fields:
        return known.fields.get(("predictions", name, "label" if textual else "value"))
    whole, _, part = name.rpartition(".")
    return known.fields.get(("predictions", whole, part))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and any(isinstance(one, str) for one in value))


def _unanswered(part: Condition) -> InvalidInputError:
    return InvalidInputError(
        f"the snapshot does not know {name_of(part)}", cure="it does once a segment that needs it is saved"
    )


def name_of(part: Condition) -> str:
    """What a message calls a part of a condition."""
    if isinstance(part, Compare):
        return ".".join(part.path)[:120]
    if isinstance(part, Did):
        return f"how often she did {part.event[:80]!r}"
    return "this"


def _false_if_null(parts: list[str]) -> str:
    return f"coalesce({' or '.join(f'({each})' for each in parts)}, false)" if parts else FALSE


class _Columns:
    """A field's columns as expressions; a key picks one value out of a map."""

    def __init__(self, field: Field, key: str | None, bind: Callable[[object], str]) -> None:
        self._field = field
        self._key = key
        self.bind = bind

    def of(self, letter: Any) -> str | None:
        """The value of this type, null where it is of another; None when it never is."""
        if self._key is None:
            name = self._field.of(letter)
            return None if name is None else f'"{name}"'
        name = self._field.of("m") if letter == "n" else None
        return None if name is None else f'map_extract_value("{name}", {self.bind(self._key)})'

    def present(self) -> str:
        """Whether there is a value of any type."""
        if self._key is not None:
            value = self.of("n")
            return FALSE if value is None else f"({value} is not null)"
        columns = [f'"{self._field.column}_{letter}" is not null' for letter in self._field.letters]
        return f"({' or '.join(columns)})" if columns else FALSE

    def like(self, value: object) -> tuple[str | None, object]:
        """The column of values that are of the type of this one, and this one as it is there."""
        if isinstance(value, str):
            return self.of("t"), value
        if isinstance(value, bool):
            return self.of("f"), value
        if isinstance(value, int | float):
            return self.of("n"), real(value)
        return None, None


def _with(sign: str) -> Callable[[_Columns, Any], list[str]]:
    """A comparison of two values of one type; flags have no order."""

    def compared(columns: _Columns, value: Any) -> list[str]:
        column, bound = columns.like(value)
        if column is None or (isinstance(bound, bool) and sign not in {"=", "<>"}):
            return []
        return [f"{column} {sign} {columns.bind(bound)}"]

    return compared


def _among(columns: _Columns, values: Any) -> list[str]:
    """One of these values."""
    return [f"list_contains({columns.bind(same)}, {column})" for column, same in _by_type(columns, values)]


def _not_among(columns: _Columns, values: Any) -> list[str]:
    """A value of a type that is among these, and none of them."""
    return [
        f"not list_contains({columns.bind(same)}, {column})" for column, same in _by_type(columns, values)
    ]


def _by_type(columns: _Columns, values: Any) -> list[tuple[str, list[object]]]:
    found: dict[str, list[object]] = {}
    for value in values:
        column, bound = columns.like(value)
        if column is not None:
            found.setdefault(column, []).append(bound)
    return list(found.items())


def _contains(columns: _Columns, value: Any) -> list[str]:
    """A text within a text, or a value in a list."""
    text, several = columns.of("t"), columns.of("l")
    parts = [f"list_contains({several}, {columns.bind(tagged(value))})"] if several else []
    if text and isinstance(value, str):
        parts.append(f"contains({text}, {columns.bind(value)})")
    return parts


def _starts_with(columns: _Columns, value: Any) -> list[str]:
    text = columns.of("t")
    return [f"starts_with({text}, {columns.bind(value)})"] if text and isinstance(value, str) else []


_OPERATORS: Mapping[str, Callable[[_Columns, Any], list[str]]] = {
    "=": _with("="),
    "!=": _with("<>"),
    "<": _with("<"),
    "<=": _with("<="),
    ">": _with(">"),
    ">=": _with(">="),
    "in": _among,
    "not_in": _not_among,
    "contains": _contains,
    "starts_with": _starts_with,
}
