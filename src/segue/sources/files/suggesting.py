"""A mapping to begin with, from how the columns of a file look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from segue.ports.tables import Row
from segue.sources.files.columns import Column, words_of
from segue.sources.files.heads import Head
from segue.sources.files.mapping import FileFormat
from segue.sources.files.vocabulary import CHANGED, ROLES, TIME, TRAITS
from segue.sources.files.writing import format_object

_MOST_OF_A_KEY = 6
_BETWEEN = {"to", "from", "until", "bis", "von", "do", "od"}
_KNOWN_PEOPLE = ("user_id", "loyalty_card", "email", "phone", "anonymous_id", "device_id")
_MONEY = {"price", "total", "discount", "quantity"}


class Suggestion(NamedTuple):
    """A mapping as an object, and what of it is a guess."""

    mapping: dict[str, Any]
    notes: list[str]


class About(NamedTuple):
    """What is known besides the columns."""

    file: str
    zone: str
    #: ISO date of the file: what tells one state of the customers from a later one
    day: str
    currency: str | None = None


def suggest(head: Head, columns: list[Column], form: FileFormat, about: About) -> Suggestion:
    """Orders with products, customers with traits, or else one event a row."""
    usable = [each for each in columns if each.name and not set(each.name) & set("{}")]
    return _Suggesting(head, usable, form, about).made()


class _Suggesting:
    def __init__(self, head: Head, columns: list[Column], form: FileFormat, about: About) -> None:
        self._head = head
        self._columns = columns
        self._form = form
        self._about = about
        self._notes: list[str] = []
        self._taken: set[str] = set()
        self._roles: dict[str, Column] = {}
        for column in columns:
            role = _role(column)
            if role is not None and (role not in self._roles or column.filled > self._roles[role].filled):
                self._roles.setdefault(role, column)
        self._identifiers = {kind: self._roles[kind] for kind in _KNOWN_PEOPLE if kind in self._roles}
        self._time = self._moment()

    def made(self) -> Suggestion:
        body = self._body()
        said: dict[str, Any] = {"source": _slug(self._about.file)}
        if shown := format_object(self._form):
            said["format"] = shown
        if group_by := body.pop("group_by", None):
            said["group_by"] = group_by
        said["event"] = body
        if not self._identifiers:
            self._notes.append(
                "no column looks like an identifier (customer number, card, e-mail, phone): "
                "name one, else every event is refused"
            )
        return Suggestion(said, self._notes)

    def _body(self) -> dict[str, Any]:
        roles = self._roles
        if "order" in roles and (self._time is not None or (self._identifiers and _MONEY & roles.keys())):
            return self._order(roles["order"])
        people = [kind for kind in ("user_id", "loyalty_card", "email", "phone") if kind in self._identifiers]
        unique = people and max(self._identifiers[kind].variety for kind in people) > 0.95
        if unique and "event" not in roles and (self._time is None or self._traits()):
            return self._customers(people)
        return self._event()

    # ── orders ────────────────────────────────────────────────────────────────────

    def _order(self, order: Column) -> dict[str, Any]:
        roles = self._roles
        lines = "sku" in roles or "product_name" in roles or "quantity" in roles
        lines = lines or "price" in roles or order.variety < 0.95
        properties: dict[str, Any] = {"order_id": self._use(order)}
        body: dict[str, Any] = {"type": "track", "name": "Order Completed", "message_id": f"{{{order.name}}}"}
        if lines:
            body["group_by"] = [order.name]
        self._common(body)
        if "currency" in roles:
            properties["currency"] = self._use(roles["currency"])
        elif self._about.currency:
            properties["currency"] = {"value": self._about.currency}
        else:
            self._notes.append("no column names the currency: add currency: {value: EUR} to properties")
        products = self._products() if lines else {}
        if not lines and "total" in roles:
            properties["revenue"] = self._number(roles["total"])
        for role, name in (("discount", "discount"), ("store", "affiliation")):
            if role in roles and not (lines and role == "discount"):
                properties[name] = self._use(roles[role])
        if lines:
            rest = self._rest(self._varying(order))
            products |= {name: cell for name, cell in rest.items() if name not in products}
        properties.update(self._rest())
        body["properties"] = properties
        if products:
            body["products"] = products
            quantity = roles.get("quantity")
            if quantity is not None and "quantity" in products and quantity.decimal == ".":
                body["returns"] = {"when": f"{quantity.name} < 0", "name": "Order Refunded"}
        return body

    def _products(self) -> dict[str, Any]:
        roles = self._roles
        products: dict[str, Any] = {}
        for role, name in (("sku", "sku"), ("product_name", "name")):
            if role in roles:
                products[name] = self._use(roles[role])
        price, quantity, total = roles.get("price"), roles.get("quantity"), roles.get("total")
        if price is not None:
            if quantity is not None:
                products["quantity"] = self._number(quantity)
            products["price"] = self._number(price)
        elif total is not None:
            products["price"] = self._number(total)
            if quantity is not None:
                products["units"] = self._number(quantity)
                self._notes.append(
                    f"{total.name!r} is taken for the sum of a line, {quantity.name!r} for information only"
                )
        elif quantity is not None:
            products["quantity"] = self._number(quantity)
        return products

    # ── customers ─────────────────────────────────────────────────────────────────

    def _customers(self, people: Iterable[str]) -> dict[str, Any]:
        key = max((self._identifiers[kind] for kind in people), key=lambda each: (each.filled, each.variety))
        body: dict[str, Any] = {"type": "identify", "message_id": f"{self._about.day}:{{{key.name}}}"}
        times = [each for each in self._columns if each.looks_like == "time"]
        updated = next((each for each in times if CHANGED.search(each.words)), None)
        if updated is not None:
            body["message_id"] = f"{{{key.name}}}:{{{updated.name}}}"
            body["timestamp"] = self._instant(updated)
        else:
            self._notes.append("the message_id begins with a date, so that their later state is imported too")
        body["identifiers"] = {kind: self._whole(each) for kind, each in self._identifiers.items()}
        self._taken |= {
            each.name for kind, each in self._identifiers.items() if kind not in {"email", "phone"}
        }
        traits = {name: self._value(column) for name, column in self._traits().items()}
        traits.update(self._rest())
        body["traits"] = traits
        return body

    def _traits(self) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for kind in ("email", "phone"):
            if kind in self._identifiers:
                found[kind] = self._identifiers[kind]
        for column in self._columns:
            for trait, pattern in TRAITS:
                if trait not in found and pattern.search(column.words):
                    found[trait] = column
                    break
        return found

    # ── anything else ─────────────────────────────────────────────────────────────

    def _event(self) -> dict[str, Any]:
        named = self._roles.get("event")
        stem = words_of(_stem(self._about.file)).replace("_", " ").title()
        name: Any = {"column": named.name} if named is not None else stem or "Row Imported"
        if named is not None:
            self._taken.add(named.name)
        body: dict[str, Any] = {"type": "track", "name": name, "message_id": self._natural_key(named)}
        self._common(body)
        properties = self._rest()
        if properties:
            body["properties"] = properties
        return body

    def _natural_key(self, named: Column | None) -> str:
        whole = [each for each in self._columns if each.variety >= 1.0 and each.filled >= 1.0]
        ids = [each for each in whole if each.looks_like == "id"]
        found = self._roles.get("event_id")
        if found is not None and found in whole:
            return f"{{{found.name}}}"
        if ids:
            return f"{{{ids[0].name}}}"
        telling = [each for each in self._columns if each.looks_like in {"id", "money", "number"}]
        parts = [*self._identifiers.values(), self._time, named, *telling[:_MOST_OF_A_KEY]]
        key = [each for each in parts if each is not None and each.filled >= 1.0]
        if not key:
            key = [each for each in self._columns if each.filled >= 1.0] or self._columns
        self._notes.append(
            "no column is a row's own key: rows that agree in all columns of message_id count once"
        )
        return ":".join(f"{{{name}}}" for name in dict.fromkeys(each.name for each in key))

    # ── pieces ────────────────────────────────────────────────────────────────────

    def _common(self, body: dict[str, Any]) -> None:
        if self._time is not None:
            body["timestamp"] = self._instant(self._time)
            self._taken.add(self._time.name)
        else:
            self._notes.append("no column is a time that can be read: events get the time of the import")
        if self._identifiers:
            body["identifiers"] = {kind: self._whole(each) for kind, each in self._identifiers.items()}
            self._taken |= {each.name for each in self._identifiers.values()}

    def _moment(self) -> Column | None:
        times = [each for each in self._columns if each.looks_like == "time" and each.filled > 0.5]
        return max(times, key=lambda each: (bool(TIME.search(each.words)), each.filled), default=None)

    def _instant(self, column: Column) -> dict[str, Any]:
        clock = column.clock
        said: dict[str, Any] = {"column": column.name}
        if clock is not None and clock.format is not None:
            said["format"] = clock.format
        if self._about.zone != "UTC" and not (clock and clock.format and clock.format.endswith("%z")):
            said["zone"] = self._about.zone
        if clock is not None and clock.unsure:
            order = "the month" if (clock.format or "").startswith("%m") else "the day"
            self._notes.append(f"in {column.name!r} {order} is taken to come first: the values fit both")
        return said

    def _whole(self, column: Column) -> Any:
        return {"column": column.name, "as": "integer"} if column.whole else column.name

    def _use(self, column: Column) -> Any:
        self._taken.add(column.name)
        return self._whole(column)

    def _number(self, column: Column) -> dict[str, Any]:
        self._taken.add(column.name)
        said: dict[str, Any] = {"column": column.name, "as": "number"}
        if column.decimal != ".":
            said["decimal"] = column.decimal
        return said

    def _varying(self, order: Column) -> frozenset[str]:
        """Columns whose values differ between the rows of one order: they say something of its lines."""
        place = self._head.columns.index(order.name)
        first: dict[Any, Row] = {}
        varying: set[int] = set()
        for row in self._head.rows:
            known = first.setdefault(row[place], row)
            varying |= {at for at, (a, b) in enumerate(zip(known, row, strict=True)) if a != b}
        return frozenset(self._head.columns[at] for at in varying)

    def _rest(self, only: frozenset[str] | None = None) -> dict[str, Any]:
        """What nothing else has taken, under its own name; columns that are all empty are left out."""
        left: dict[str, Any] = {}
        for column in self._columns:
            if column.name in self._taken or not column.filled:
                continue
            if only is not None and column.name not in only:
                continue
            name = column.words or column.name
            if name in left:
                name = column.name
            left[name] = self._value(column)
        return left

    def _value(self, column: Column) -> Any:
        """A column as what it looks like; a day without an hour is not moved into another zone."""
        if column.looks_like in {"number", "money"}:
            return self._number(column)
        cell = self._use(column)
        if column.looks_like != "time" or column.clock is None or column.clock.format is None:
            return cell
        cell = {**self._instant(column), "as": "time"}
        if ":" not in column.clock.format:
            cell.pop("zone", None)
        return cell


def _role(column: Column) -> str | None:
    if column.looks_like in {"email", "phone"}:
        return column.looks_like
    if column.looks_like == "time":
        return None
    for role, pattern in ROLES:
        if pattern.search(column.words) and _plausible(role, column):
            return role
    return None


def _plausible(role: str, column: Column) -> bool:
    """A role that needs a number is not given to a column of words."""
    if role in {"quantity", "price", "total", "discount"}:
        return column.looks_like in {"number", "money"}
    if role == "product_name":
        return column.looks_like == "text"
    return column.filled > 0


def _stem(file: str) -> str:
    return file.split(".", maxsplit=1)[0]


def _slug(file: str) -> str:
    """A source's name from a file's: its words without dates and numbers."""
    words: Iterable[str] = (word for word in words_of(_stem(file)).split("_") if word and not word.isdigit())
    return (
        "_".join(word for word in words if word not in {"to", "from", "until", "bis", "do"})[:40] or "import"
    )
