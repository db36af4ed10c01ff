"""The lake as a source of knowledge: what happened, by whom it is now known to be, as columns.

Everything is read once, up to one offset of the log, with the moments from and until which it was so: an
order as it was first stated, as it was changed, after what came back, until it was called off. So what was
known at a moment is a choice of rows, whatever was learnt afterwards. Persons are those of now.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.surroundings import Surroundings
from segue.learn.given import coded
from segue.learn.knowledge import Happenings, Path, Told
from segue.learn.purchases import Codes, Floats, Ints, Items, Persons, Purchases
from segue.ports.columns import Answer
from segue.ports.statements import Statement, statements

_SQL = statements("segue.learn", "source.sql")
_ROOTS = ("properties", "context", "traits")
_KEPT = 6
"""Answers about happenings that are kept: a model asks for the same ones at many moments."""

END = 2**63 - 1
"""Later than anything."""


class Asking(Protocol):
    """Statements over the lake as of one offset; see :class:`segue.ports.columns.ColumnSession`."""

    def run(self, statement: Statement, /, **values: object) -> None:
        """Run a statement that makes a table."""
        ...

    def fetch(self, statement: Statement, /, **values: object) -> Answer:
        """Run a query."""
        ...


@dataclass(frozen=True, kw_only=True)
class House:
    """What else than events the source needs to know."""

    zone: str
    persons: Persons
    #: a name of an attribute, however it is spelt → the attribute
    attribute: Callable[[str], str] = str
    #: sources of bought-in data: what they say nobody told
    bought_in: Sequence[str] = ()
    #: name of a segment → codes of who is in it now; NotFoundError
    segment: Callable[[str], Codes] | None = None
    #: calendar and weather around the shop
    surroundings: Surroundings = field(default_factory=Surroundings)


class LakeSource:
    """Implements :class:`segue.learn.knowledge.Source`. Reads on first use; for one thread."""

    def __init__(self, asking: Asking, house: House) -> None:
        self._ask = asking
        self._house = house
        self.zone = house.zone
        self.surroundings = house.surroundings
        self._happened: OrderedDict[object, Happenings] = OrderedDict()
        self._words: dict[str, Told] = {}

    # ── purchases ────────────────────────────────────────────────────────────

    def purchases(self, until: int) -> Purchases:
        """Lines of orders as they were known before ``until``."""
        book = self._book
        return book.bought.only((book.since < until) & (book.until >= until))

    @cached_property
    def _book(self) -> _Book:
        for name in ("stated", "article", "item", "line", "version", "named"):
            self._ask.run(_SQL[name])
        names = {kind: self._ask.fetch(_SQL["names"], kind=kind)["name"] for kind in ("store", "channel")}
        currencies = self._ask.fetch(_SQL["currencies"])
        items = _items(self._ask.fetch(_SQL["items"]))
        lines = self._ask.fetch(_SQL["lines"])
        bought = Purchases(
            person=lines["person"], order=lines["order"], time=lines["time"], item=lines["item"],
            pieces=lines["pieces"], amount=lines["amount"], discount=lines["discount"],
            store=lines["store"], channel=lines["channel"],
            persons=self._house.persons, items=items,
            stores=list(names["store"]), channels=list(names["channel"]), zone=self.zone,
            meta={"currencies": _counted(currencies["currency"], currencies["orders"])},
        )  # fmt: skip
        book = _Book(bought, lines["since"], lines["until"])
        refunds = self._ask.fetch(_SQL["refunds"])
        self._ask.run(_SQL["forget"])
        return _returned(book, lines["statement"], refunds)

    # ── what happened, what was told ─────────────────────────────────────────

    def happenings(self, events: Sequence[str], fields: Mapping[str, Path], until: int) -> Happenings:
        """Events of these names before ``until``; ValueError for a field that no event could have."""
        key = (tuple(sorted(events)), tuple(sorted(fields.items())))
        if key not in self._happened:
            self._happened[key] = self._all_happenings(key[0], fields)
            while len(self._happened) > _KEPT:
                self._happened.popitem(last=False)
        self._happened.move_to_end(key)
        every = self._happened[key]
        rows = every.time < until
        return Happenings(
            person=every.person[rows], time=every.time[rows], event=every.event[rows],
            fields={name: column[rows] for name, column in every.fields.items()},
            fragment=every.fragment[rows], persons=every.persons,
        )  # fmt: skip

    def _all_happenings(self, events: Sequence[str], fields: Mapping[str, Path]) -> Happenings:
        wanted: dict[str, list[str]] = {root: [] for root in _ROOTS}
        place: dict[str, tuple[str, int]] = {}
        for name, path in fields.items():
            if len(path) < 2 or path[0] not in wanted:
                raise ValueError(f"{path} is no field of an event: it begins with one of {_ROOTS}")
            place[name] = path[0], len(wanted[path[0]])
            wanted[path[0]].append(json_path(path[1:]))
        found = self._ask.fetch(_SQL["happenings"], events=list(events), **wanted)
        return Happenings(
            person=found["person"].astype(np.int32), time=found["time"], event=found["event"],
            fields={name: found[root][:, nth] if len(found["time"]) else np.empty(0, object)
                    for name, (root, nth) in place.items()},
            fragment=found["fragment"], persons=self._house.persons,
        )  # fmt: skip

    def told(self, attribute: str, until: int) -> Told:
        """The latest word of each person before ``until``."""
        if attribute not in self._words:
            spelt = [key for key in self._spellings if self._house.attribute(key) == attribute]
            paths = [json_path((key,)) for key in spelt]
            found = self._ask.fetch(_SQL["told"], paths=paths, bought_in=list(self._house.bought_in))
            self._words[attribute] = Told(found["person"].astype(np.int32), found["value"], found["time"])
        words = self._words[attribute]
        rows = np.flatnonzero(words.time < until)
        person = words.person[rows]
        last = rows[np.append(person[1:] != person[:-1], True)] if len(rows) else rows
        return Told(words.person[last], words.value[last], words.time[last])

    @cached_property
    def _spellings(self) -> list[str]:
        return list(self._counts(END)["key"])

    def attributes(self, until: int) -> Mapping[str, int]:
        """Which attributes were told before ``until``, and of how many persons."""
        found = self._counts(until)
        counts: dict[str, int] = {}
        for key, count in zip(found["key"], found["persons"], strict=True):
            name = self._house.attribute(key)
            # spellings of one attribute may be of the same persons: the larger is surely right
            counts[name] = max(counts.get(name, 0), int(count))
        return counts

    def _counts(self, until: int) -> Answer:
        return self._ask.fetch(_SQL["told_counts"], until=until, bought_in=list(self._house.bought_in))

    def events(self) -> int:
        """How many events there are."""
        return int(self._ask.fetch(_SQL["event_count"])["events"][0])

    def segment(self, name: str) -> Codes:
        """Who is in a segment now; NotFoundError."""
        if self._house.segment is None:
            raise ValueError("this source was given no segments")
        return self._house.segment(name)


@dataclass(frozen=True, eq=False)
class _Book:
    """All lines that ever held, with the moments from and until which they did."""

    bought: Purchases
    since: Ints
    until: Ints


def json_path(path: Sequence[str]) -> str:
    """A path of names as DuckDB reads it."""
    return "$" + "".join('."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in path)


def _counted(names: NDArray[np.object_], counts: Ints) -> dict[str, int]:
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}


def _items(found: Answer) -> Items:
    columns: dict[str, tuple[Codes, list[str]]] = {}
    for name in ("category", "brand", "department"):
        columns[name] = coded(found[name])
    content = found["content"].astype(bool)
    return Items(
        sku=list(found["sku"]), name=list(found["name"]),
        category=columns["category"][0], brand=columns["brand"][0], department=columns["department"][0],
        categories=columns["category"][1], brands=columns["brand"][1], departments=columns["department"][1],
        content=content if content.any() else None,
    )  # fmt: skip


def _returned(book: _Book, statement: Ints, refunds: Answer) -> _Book:
    """The book with a new row for each line that something was taken off, from when it was."""
    if not len(refunds["time"]):
        return book
    by_statement: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(statement, refunds["statement"])).tolist():
        by_statement.setdefault(int(statement[row]), []).append(row)
    extra = _Extra(book)
    columns = [refunds[name].tolist() for name in ("statement", "item", "time", "pieces", "share")]
    for number, item, time, pieces, share in zip(*columns, strict=True):
        for row in by_statement.get(number, ()):
            if item in (-1, int(book.bought.item[row])):
                extra.take_off(row, time, pieces if item >= 0 else None, share)
    return extra.whole()


class _Extra:
    """Rows to be added while refunds are gone through in order of time."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._until = book.until.copy()
        #: first row of a line → its present row: moment, pieces, amount, discount
        self._now: dict[int, tuple[int, float, float, float]] = {}
        self._rows: list[tuple[int, int, int, float, float, float]] = []

    def take_off(self, row: int, time: int, pieces: float | None, share: float) -> None:
        """Of this line, at this moment: so many pieces, or a share of what it came to."""
        bought = self._book.bought
        since, had, amount, discount = self._now.get(
            row, (int(self._book.since[row]), float(bought.pieces[row]), float(bought.amount[row]),
                  float(bought.discount[row])),
        )  # fmt: skip
        # told of a statement that held no longer, or not yet
        time = max(time, since)
        if time >= self._book.until[row]:
            return
        if pieces is None:
            left = max(0.0, 1.0 - share)
            after = (had if left > 0 else 0.0, amount * left, discount * left)
        else:
            rest = max(0.0, had - pieces)
            left = rest / had if had > 0 else 0.0
            after = (rest, amount * left, discount * left)
        if row in self._now:
            self._rows.append((row, since, time, had, amount, discount))
        else:
            self._until[row] = time
        self._now[row] = (time, *after)

    def whole(self) -> _Book:
        """The book with these rows, in its order."""
        book, rows = self._book, self._rows
        rows += [(row, since, int(book.until[row]), pieces, amount, discount)
                 for row, (since, pieces, amount, discount) in self._now.items() if pieces > 0]  # fmt: skip
        origin = np.asarray([each[0] for each in rows], np.int64)
        every = np.concatenate([np.arange(len(book.bought)), origin])
        # an empty list would make the whole column floats, which END does not survive
        since = np.concatenate([book.since, np.asarray([each[1] for each in rows], np.int64)])
        until = np.concatenate([self._until, np.asarray([each[2] for each in rows], np.int64)])
        bought = book.bought.only(every)
        for place, name in enumerate(("pieces", "amount", "discount"), start=3):
            column: Floats = getattr(bought, name)
            column[len(book.bought) :] = [each[place] for each in rows]
        order = np.lexsort((since, every))
        keep: NDArray[np.int64] = order[until[order] > since[order]]
        return _Book(bought.only(keep), since[keep], until[keep])
