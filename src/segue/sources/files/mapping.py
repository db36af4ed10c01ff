"""The mapping: how a file's columns become one kind of event. Reading it from YAML, with errors that cure.

A *cell* says where one value comes from: a column's name, ``{column, as, format, zone}`` or ``{value}``.
Everything is checked here except the columns themselves, which :func:`require_columns` checks against
the file once its header is known.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from segue.domain.rules.yamls import choice, close_to, fields, load_mapping, of_file, texts, wrong
from segue.errors import DefinitionError

FileType = Literal["csv", "ndjson", "parquet"]
Conversion = Literal["text", "number", "integer", "boolean", "time"]
Decimal = Literal[".", ","]
CallType = Literal["identify", "track", "page", "screen", "group", "alias"]

_NO_CHARACTERS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
"""Encodings by Python's word that no file of rows is written in."""

_LONGEST_CONDITION = 500
_LONGEST_FORMAT = 100
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_WHEN = re.compile(r"^\s*(?P<column>.+?)\s*(?P<op><=|>=|!=|==|=|<|>)\s*(?P<value>.+?)\s*$")


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Where one value comes from: a column, or ``value`` itself when ``column`` is None."""

    column: str | None = None
    value: Any = None
    #: None: the cell as it is (text in CSV, its own type elsewhere)
    conversion: Conversion | None = None
    #: strptime format of a time
    format: str | None = None
    #: IANA zone of a time that carries none
    zone: str = "UTC"
    #: what stands before the fraction of a number in a text; the other one may part its thousands
    decimal: Decimal = "."


class Template(msgspec.Struct, frozen=True):
    """Text with ``{column}`` placeholders: ``parts`` alternate literal text and column name."""

    parts: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names."""
        return self.parts[1::2]


class Condition(msgspec.Struct, frozen=True):
    """``COLUMN OP VALUE`` of a row."""

    column: str
    op: str
    value: str


class Returns(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that become a second event of the same key."""

    when: Condition
    name: str


class FileFormat(msgspec.Struct, frozen=True, kw_only=True):
    """What the bytes are. Whether they are compressed is seen in the bytes themselves."""

    type: FileType | None = None
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"


class EventMapping(msgspec.Struct, frozen=True, kw_only=True):
    """What one event is made of."""

    type: CallType
    name: Cell | None = None
    message_id: Template
    timestamp: Cell | None = None
    group_id: Cell | None = None
    identifiers: dict[str, Cell] = {}
    properties: dict[str, Cell] = {}
    traits: dict[str, Cell] = {}
    context: dict[str, Cell] = {}
    products: dict[str, Cell] = {}
    returns: Returns | None = None


class FileMapping(msgspec.Struct, frozen=True, kw_only=True):
    """A whole mapping file."""

    source: str | None
    format: FileFormat
    group_by: tuple[str, ...]
    event: EventMapping

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it names, each once, in a fixed order."""
        event = self.event
        cells: list[Cell | None] = [event.name, event.timestamp, event.group_id]
        for part in (event.identifiers, event.properties, event.traits, event.context, event.products):
            cells.extend(part.values())
        names = [*self.group_by, *event.message_id.columns]
        names += [cell.column for cell in cells if cell is not None and cell.column is not None]
        if event.returns is not None:
            names.append(event.returns.when.column)
        return tuple(dict.fromkeys(names))


def read_mapping(text: str, name: str = "mapping") -> FileMapping:
    """The mapping in a YAML text; DefinitionError names the place and the nearest known key or word."""
    with of_file(name):
        return _file(load_mapping(text))


def _file(body: Any) -> FileMapping:
    top = fields(body, "mapping", ("source", "format", "group_by", "event"))
    if "event" not in top:
        raise wrong("event", "'event' is missing", "say what event a row becomes")
    group_by = texts(top.get("group_by") or [], "group_by")
    event = _event(top["event"], "event")
    if event.returns is not None and not event.products:
        raise wrong("event.returns", "needs event.products", "map the columns of a product")
    if event.products and not group_by:
        raise wrong("event.products", "needs group_by", "name the columns that make an order's key")
    return FileMapping(
        source=_text(top["source"], "source") if top.get("source") is not None else None,
        format=_format(top.get("format") or {}, "format"),
        group_by=group_by,
        event=event,
    )


def require_columns(mapping: FileMapping, present: Collection[str], file: str) -> None:
    """DefinitionError when the mapping names a column that the file does not have."""
    if not present:
        raise DefinitionError(
            f"{file} has no columns", cure="is it empty, or of another type than its mapping's format says?"
        )
    for column in mapping.columns:
        if column not in present:
            near = close_to(column, present)
            asked = f", did you mean {near!r}?" if near else ""
            raise DefinitionError(
                f"{file} has no column {column!r}{asked}",
                cure=f"its columns are: {', '.join(map(repr, sorted(present)[:40]))}",
            )


def _format(body: Any, where: str) -> FileFormat:
    found = fields(body, where, ("type", "delimiter", "quote", "encoding"))
    kind = found.get("type")
    if kind is not None:
        choice(kind, f"{where}.type", get_args(FileType))
    delimiter = found.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise wrong(f"{where}.delimiter", "must be one character", 'write delimiter: ","')
    quote = found.get("quote", '"')
    if not isinstance(quote, str) or len(quote) != 1 or quote == delimiter:
        raise wrong(f"{where}.quote", "must be one character", 'write quote: "\'"')
    encoding = found.get("encoding", "utf-8")
    try:
        "".encode(encoding)
        known = codecs.lookup(encoding).name.replace("_", "-") not in _NO_CHARACTERS
    except (LookupError, TypeError, ValueError):
        known = False
    if not known:
        cure = "write utf-8, cp1252, utf-16, …"
        raise wrong(f"{where}.encoding", f"{encoding!r} is not an encoding", cure)
    return FileFormat(type=kind, delimiter=delimiter, quote=quote, encoding=encoding)


def _event(body: Any, where: str) -> EventMapping:
    found = fields(body, where, EventMapping.__struct_fields__)
    call = found.get("type", "track")
    choice(call, f"{where}.type", get_args(CallType))
    if found.get("name") is None and call == "track":
        raise wrong(where, "'name' is missing", "name the event, for example Order Completed")
    if found.get("message_id") is None:
        raise wrong(
            where, "'message_id' is missing", 'make it of the row\'s natural key, for example "{order_id}"'
        )
    timestamp = found.get("timestamp")
    return EventMapping(
        type=call,
        name=_name(found.get("name"), f"{where}.name"),
        message_id=_template(found["message_id"], f"{where}.message_id"),
        timestamp=_cell(timestamp, f"{where}.timestamp") if timestamp is not None else None,
        group_id=_cell(found["group_id"], f"{where}.group_id") if "group_id" in found else None,
        identifiers=_cells(found.get("identifiers"), f"{where}.identifiers"),
        properties=_cells(found.get("properties"), f"{where}.properties"),
        traits=_cells(found.get("traits"), f"{where}.traits"),
        context=_cells(found.get("context"), f"{where}.context"),
        products=_cells(found.get("products"), f"{where}.products"),
        returns=_returns(found["returns"], f"{where}.returns") if found.get("returns") else None,
    )


def _name(body: Any, where: str) -> Cell | None:
    """An event's name is written as it is; ``{column: …}`` takes it from the row."""
    if body is None:
        return None
    return _cell(body, where) if isinstance(body, dict) else Cell(value=_text(body, where))


def _returns(body: Any, where: str) -> Returns:
    found = fields(body, where, ("when", "name"))
    matched = _WHEN.match(str(found.get("when", ""))[:_LONGEST_CONDITION])
    if matched is None:
        raise wrong(f"{where}.when", f"{found.get('when')!r} is no condition", 'write when: "Quantity < 0"')
    op = "=" if matched["op"] == "==" else matched["op"]
    condition = Condition(matched["column"], op, matched["value"].strip("'\""))
    return Returns(when=condition, name=_text(found.get("name", "Order Refunded"), f"{where}.name"))


def _template(body: Any, where: str) -> Template:
    text = _text(body, where)
    parts = _PLACEHOLDER.split(text)
    if len(parts) == 1:
        raise wrong(
            where, f"{text!r} names no column", 'make it of the row\'s natural key, for example "{order_id}"'
        )
    return Template(tuple(parts))


def _cells(body: Any, where: str) -> dict[str, Cell]:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise wrong(where, "must be names with columns", "write NAME: COLUMN")
    return {_text(name, where): _cell(cell, f"{where}.{name}") for name, cell in body.items()}


def _cell(body: Any, where: str) -> Cell:
    if isinstance(body, str):
        return Cell(column=body)
    if not isinstance(body, dict):
        raise wrong(where, f"{body!r} is neither a column nor {{value: …}}", f"write {{value: {body}}}")
    found = fields(body, where, ("column", "value", "as", "format", "zone", "decimal"))
    if ("column" in found) == ("value" in found):
        raise wrong(where, "needs either 'column' or 'value'", "write {column: NAME} or {value: TEXT}")
    if "as" in found:
        choice(found["as"], f"{where}.as", get_args(Conversion))
    choice(found.get("decimal", "."), f"{where}.decimal", get_args(Decimal))
    zone = _text(found.get("zone", "UTC"), f"{where}.zone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        cure = "write its IANA name, as Europe/London"
        raise wrong(f"{where}.zone", f"{zone!r} is not a time zone", cure) from error
    value = found.get("value")
    if isinstance(value, date | datetime):
        value = _instant(value, zone)
    return Cell(
        column=_text(found["column"], f"{where}.column") if "column" in found else None,
        value=value,
        conversion=found.get("as"),
        format=_pattern(found.get("format"), f"{where}.format"),
        zone=zone,
        decimal=found.get("decimal", "."),
    )


def _pattern(body: Any, where: str) -> str | None:
    """A format of times; what Python cannot make a pattern of is told here, not at the first row."""
    if body is None:
        return None
    text = _text(body, where)
    cure = 'write one like "%d.%m.%Y %H:%M", each part once'
    if len(text) > _LONGEST_FORMAT:
        raise wrong(where, "is too long for a format of times", cure)
    try:
        datetime.strptime("", text)  # noqa: DTZ007 - only whether it can be a pattern
    except ValueError as error:
        if "bad directive" in str(error) or "stray %" in str(error):
            raise wrong(where, f"{text!r} is no format of times", cure) from error
    except re.error as error:
        raise wrong(where, f"{text!r} is no format of times", cure) from error
    return text


def _instant(value: date | datetime, zone: str) -> datetime:
    """YAML's own dates and times; a bare date is its midnight."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        raise wrong(where, f"{value!r} is not a text", "put it in quotes")
    return str(value)
