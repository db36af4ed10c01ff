"""A mapping as an object of plain values, and as the YAML file that :func:`read_mapping` reads again."""

from __future__ import annotations

import re
from typing import Any

import yaml

from segue.sources.files.mapping import Cell, Condition, EventMapping, FileFormat, FileMapping

_BARE = re.compile(r"[\w.+-]+")
_FORMAT = FileFormat()
_CELL = Cell()
_PARTS = ("identifiers", "properties", "traits", "context", "products")


def mapping_object(mapping: FileMapping) -> dict[str, Any]:
    """The mapping as its file would hold it; defaults are left out."""
    said: dict[str, Any] = {}
    if mapping.source is not None:
        said["source"] = mapping.source
    if shown := format_object(mapping.format):
        said["format"] = shown
    if mapping.group_by:
        said["group_by"] = list(mapping.group_by)
    said["event"] = _event(mapping.event)
    return said


def mapping_yaml(mapping: FileMapping) -> str:
    """The mapping as a file."""
    text: str = yaml.safe_dump(
        mapping_object(mapping), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return text


def format_object(form: FileFormat) -> dict[str, str]:
    """A format without its defaults."""
    return {
        name: getattr(form, name)
        for name in form.__struct_fields__
        if getattr(form, name) != getattr(_FORMAT, name)
    }


def _event(event: EventMapping) -> dict[str, Any]:
    said: dict[str, Any] = {"type": event.type}
    if event.name is not None:
        said["name"] = _name(event.name)
    parts = event.message_id.parts
    said["message_id"] = "".join(f"{{{part}}}" if place % 2 else part for place, part in enumerate(parts))
    if event.timestamp is not None:
        said["timestamp"] = _whole_cell(event.timestamp)
    if event.group_id is not None:
        said["group_id"] = _cell(event.group_id)
    for name in _PARTS:
        cells: dict[str, Cell] = getattr(event, name)
        if cells:
            said[name] = {key: _cell(cell) for key, cell in cells.items()}
    if event.returns is not None:
        said["returns"] = {"when": _condition(event.returns.when), "name": event.returns.name}
    return said


def _name(cell: Cell) -> Any:
    plain = isinstance(cell.value, str) and cell.value != "" and cell == Cell(value=cell.value)
    return cell.value if plain else _whole_cell(cell)


def _cell(cell: Cell) -> Any:
    return cell.column if cell == Cell(column=cell.column) and cell.column else _whole_cell(cell)


def _whole_cell(cell: Cell) -> dict[str, Any]:
    said: dict[str, Any] = {"value": cell.value} if cell.column is None else {"column": cell.column}
    names = {"as": "conversion", "format": "format", "zone": "zone", "decimal": "decimal"}
    for key, field in names.items():
        value = getattr(cell, field)
        if value != getattr(_CELL, field):
            said[key] = value
    return said


def _condition(condition: Condition) -> str:
    """In quotes wherever a blank or a sign could be taken for something else."""
    value = condition.value if _BARE.fullmatch(condition.value) else f'"{condition.value}"'
    return f"{condition.column} {condition.op} {value}"
