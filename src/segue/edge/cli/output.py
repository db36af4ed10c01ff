"""How commands speak: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

_WIDE = 10_000
_FOLDED = 40
"""Characters of the longest word that a column is made wide for."""


def print_line(text: str) -> None:
    """One line of result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Something a person may want to know, out of the way of scripts."""
    sys.stderr.write(text + "\n")


def print_json(value: Any) -> None:
    """The value as JSON, indented; records as objects."""
    encoded = msgspec.json.encode(value)
    print_line(msgspec.json.format(encoded, indent=2).decode("utf-8"))


def show(value: Any, *, as_json: bool) -> None:
    """The value for a script or for a person."""
    if as_json:
        print_json(value)
    else:
        print_readable(msgspec.to_builtins(value))


def print_readable(value: Any, title: str = "") -> None:
    """Any JSON value as tables and lines: lists of objects as tables, objects as named lines."""
    if isinstance(value, Mapping):
        _print_object(value, title)
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        columns = list(dict.fromkeys(name for each in value for name in each))
        print_table(columns, [[each.get(name) for name in columns] for each in value], title)
    else:
        print_line(f"{title}: {_cell(value)}" if title else _cell(value))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """A table: as wide as it needs when it goes to a file or a program.

    In a terminal that is too narrow for a table's longest words, each row is a block of named lines.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    cells = [[_cell(value) for value in row] for row in rows]
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    if title:
        console.print(f"\n{_escaped(title)}", style="bold", soft_wrap=True)
    if _narrowest(columns, cells) > console.width:
        _print_blocks(columns, cells)
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*map(_escaped, row))
    console.print(table)


def _narrowest(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """How wide a table must be that breaks no word; a very long word may be broken."""
    words = [max(map(len, column.split()), default=0) for column in columns]
    for row in cells:
        for n, cell in enumerate(row):
            words[n] = max(words[n], min(_FOLDED, max(map(len, cell.split()), default=0)))
    return sum(words) + 3 * len(words)


def _print_blocks(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns))
    for row in cells:
        print_line("")
        for column, cell in zip(columns, row, strict=True):
            print_line(f"  {column.ljust(width)}  {cell}")


def _print_object(value: Mapping[str, Any], title: str) -> None:
    plain = {name: each for name, each in value.items() if not _deep(each)}
    deep = {name: each for name, each in value.items() if _deep(each)}
    if plain:
        if title:
            print_line(title)
        width = max(len(name) for name in plain)
        for name, each in plain.items():
            print_line(f"  {name.ljust(width)}  {_cell(each)}")
    for name, each in deep.items():
        print_readable(each, f"{title}.{name}" if title else name)


def _deep(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value)


def _cell(value: Any) -> str:
    if value is None or value in ({}, []):
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not _deep(value):
        return ", ".join(_cell(each) for each in value)
    return msgspec.json.encode(value).decode()


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
