"""Groups of rows → drafts: the files dialect's translation.

An order whose mapping gives no revenue gets the sum of its products, so that a till's file needs no
column for it; its returned rows become a second event, with quantities and total as positive numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from segue.domain.drafts import Draft, Unreadable
from segue.ports.tables import Row
from segue.sources.files.cells import (
    CellError,
    Take,
    as_text,
    compile_cell,
    compile_condition,
    compile_instant,
    compile_template,
    plain,
)
from segue.sources.files.grouping import Group
from segue.sources.files.mapping import Cell, FileMapping
from segue.sources.files.reading import Broken

MONEY_OF_AN_ORDER = ("revenue", "total", "subtotal", "value", "shipping", "tax", "discount", "coupon")
"""Properties that say something about an order as a whole: they are not copied to its returns."""

_MILLION = 1_000_000


class Drafter:
    """A mapping compiled: ``drafts`` translates one group."""

    def __init__(self, mapping: FileMapping, file: str) -> None:
        self._columns = columns = mapping.columns
        self._file = file
        event = mapping.event
        self._type = event.type
        self._name = compile_cell(event.name, columns) if event.name else None
        self._message_id = compile_template(event.message_id, columns)
        self._timestamp = compile_instant(event.timestamp, columns) if event.timestamp else None
        self._group_id = compile_cell(event.group_id, columns) if event.group_id else None
        self._identifiers = self._compiled(event.identifiers)
        self._properties = self._compiled(event.properties)
        self._traits = self._compiled(event.traits)
        self._context = self._compiled(event.context)
        self._products = self._compiled(event.products)
        self._returns = event.returns.name if event.returns else ""
        self._returned: Callable[[Row], bool] | None = None
        if event.returns:
            self._returned = compile_condition(event.returns.when, columns)

    def _compiled(self, cells: dict[str, Cell]) -> list[tuple[str, Take]]:
        return [(name, compile_cell(cell, self._columns)) for name, cell in cells.items()]

    def drafts(self, item: Group | Broken) -> list[Draft | Unreadable]:
        """The events of a group, and what of it could not be read."""
        if isinstance(item, Broken):
            return [
                self._unreadable("broken_line", f"line {item.number}: {item.why}", item.number, item.text)
            ]
        made: list[Draft | Unreadable] = []
        kept, returned, products, goods_back = self._shared_out(item, made)
        try:
            if kept:
                made.append(self._draft(kept, products))
            if returned:
                made.append(self._return(returned, goods_back))
        except CellError as error:
            row = kept[0] if kept else returned[0]
            made.append(self._unreadable("wrong_type", f"line {item.number}: {error}", item.number, row))
        return made

    def _shared_out(
        self, group: Group, made: list[Draft | Unreadable]
    ) -> tuple[list[Row], list[Row], list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows kept and returned with the product of each; a row whose product is wrong stands alone."""
        kept: list[Row] = []
        returned: list[Row] = []
        products: list[dict[str, Any]] = []
        goods_back: list[dict[str, Any]] = []
        for row in group.rows:
            try:
                product = _taken(self._products, (row,)) if self._products else {}
            except CellError as error:
                detail = f"a row of the group at line {group.number}: {error}"
                made.append(self._unreadable("wrong_type", detail, group.number, row))
                continue
            if self._returned is not None and self._returned(row):
                returned.append(row)
                goods_back.append(product)
            else:
                kept.append(row)
                products.append(product)
        return kept, returned, products, goods_back

    def _draft(self, rows: list[Row], products: list[dict[str, Any]]) -> Draft:
        properties = _taken(self._properties, rows)
        if self._products:
            properties["products"] = products
            if not any(name in properties for name in ("revenue", "total", "subtotal", "value")):
                _set_worth(properties, "revenue", products, properties.get("discount"))
        name = self._name(rows[0]) if self._name else None
        return self._made(rows, name, self._message_id(rows[0]), properties, 0)

    def _return(self, rows: list[Row], products: list[dict[str, Any]]) -> Draft:
        properties = _taken(self._properties, rows)
        for money in MONEY_OF_AN_ORDER:
            properties.pop(money, None)
        for product in products:
            quantity = product.get("quantity")
            if isinstance(quantity, int | float):
                product["quantity"] = abs(quantity)
        properties["products"] = products
        _set_worth(properties, "total", products)
        natural = self._message_id(rows[0])
        message_id = f"{natural}:{self._returns}" if natural else None
        return self._made(rows, self._returns, message_id, properties, 1)

    def _made(
        self,
        rows: list[Row],
        name: Any,
        message_id: str | None,
        properties: dict[str, Any],
        position: int,
    ) -> Draft:
        if message_id is None:
            raise CellError("the column that the message id is made of is empty")
        stamp = _first(self._timestamp, rows) if self._timestamp else None
        if stamp is None and self._timestamp is not None:
            raise CellError("the column of the timestamp is empty")
        found = ((kind, _first(take, rows)) for kind, take in self._identifiers)
        draft = Draft(
            type=self._type,
            event=name,
            message_id=message_id,
            timestamp=stamp,
            group_id=_first(self._group_id, rows) if self._group_id else None,
            properties=properties or None,
            traits=_taken(self._traits, rows) or None,
            context=_taken(self._context, rows) or None,
            identifiers=tuple([(kind, as_text(value)) for kind, value in found if value is not None]),
            position=position,
            remember="ever",
        )
        return msgspec.structs.replace(draft, raw=_raw(draft))

    def _unreadable(self, reason: str, detail: str, number: int, raw: str | Row) -> Unreadable:
        said: dict[str, Any] = {"file": self._file, "line": number}
        if isinstance(raw, str):
            said["text"] = raw.encode("utf-8", "replace").decode()
        else:
            said["row"] = {name: plain(value) for name, value in zip(self._columns, raw, strict=True)}
        encoded = msgspec.json.encode(said)
        return Unreadable(reason=reason, detail=detail, raw=encoded, position=number, remember="ever")


def line_in(raw: bytes) -> tuple[str, int] | None:
    """File and line of what is kept of a line that no draft could be made of; None for anything else."""
    try:
        said = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(said, dict) or said.keys() not in ({"file", "line", "text"}, {"file", "line", "row"}):
        return None
    file, line = said["file"], said["line"]
    return (file, line) if isinstance(file, str) and isinstance(line, int) else None


def _raw(draft: Draft) -> bytes:
    """The event in the tracking API's form: what a dead letter keeps, and replays once it is mended."""
    context = draft.context
    if draft.identifiers:
        named = [{"id": value, "type": kind} for kind, value in draft.identifiers]
        context = {**(context or {}), "externalIds": named}
    said = {
        "type": draft.type,
        "event": draft.event,
        "messageId": draft.message_id,
        "timestamp": draft.timestamp,
        "groupId": draft.group_id,
        "properties": draft.properties,
        "traits": draft.traits,
        "context": context,
    }
    try:
        return msgspec.json.encode({name: value for name, value in said.items() if value is not None})
    except (UnicodeEncodeError, OverflowError):
        return b""  # admission repairs it and says so


def _first(take: Take, rows: Sequence[Row]) -> Any:
    """The value of the first row that has one."""
    for row in rows:
        value = take(row)
        if value is not None:
            return value
    return None


def _taken(cells: list[tuple[str, Take]], rows: Sequence[Row]) -> dict[str, Any]:
    """Each named value of the first row that has one; dotted names nest, empty ones are left out."""
    found: dict[str, Any] = {}
    row = rows[0]
    for name, take in cells:
        value = take(row)
        if value is None:
            value = _first(take, rows[1:])
            if value is None:
                continue
        if "." in name:
            _nest(found, name, value)
        else:
            found[name] = value
    return found


def _nest(found: dict[str, Any], name: str, value: Any) -> None:
    *path, last = name.split(".")
    for step in path:
        found = found.setdefault(step, {})
    found[last] = value


def _set_worth(
    properties: dict[str, Any], name: str, products: list[dict[str, Any]], discount: Any = None
) -> None:
    """Sum of price × quantity less the discount, summed in millionths so that cents stay cents.

    Nothing is set when no product has a price.
    """
    total: float = 0
    priced = False
    for product in products:
        price, quantity = product.get("price"), product.get("quantity", 1)
        if isinstance(price, int | float) and isinstance(quantity, int | float):
            total += round(price * _MILLION) * quantity
            priced = True
    if isinstance(discount, int | float):
        total -= round(discount * _MILLION)
    if priced:
        properties[name] = round(total) / _MILLION
