"""A source of knowledge made of arrays: for tests, for benches, and for whoever has data outside of the lake.

:func:`given` takes columns (lists, numpy arrays, the columns of a frame); codes, order and catalogue are made
here. A seeded shop that is invented is in :mod:`segue.checks.models.shop`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.errors import NotFoundError
from segue.learn.knowledge import Happenings, Path, Told
from segue.learn.purchases import Codes, Floats, Ints, Items, Persons, Purchases

Column = Sequence[Any] | NDArray[Any]
Columns = Mapping[str, Column]


@dataclass(frozen=True, eq=False)
class Given:
    """Implements :class:`segue.learn.knowledge.Source` over what is in memory. Made by :func:`given`."""

    everything: Purchases
    #: all happenings, sorted by (person, time); ``fields`` by dotted path (``properties.category``)
    happened: Happenings
    #: attribute → each word that was told, sorted by (person, time)
    words: Mapping[str, Told] = field(default_factory=dict)
    #: name → codes of persons
    segments: Mapping[str, Codes] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The retailer's zone."""
        return self.everything.zone

    def purchases(self, until: int) -> Purchases:
        """Lines of orders before ``until``."""
        return self.everything.before(until)

    def happenings(self, events: Sequence[str], fields: Mapping[str, Path], until: int) -> Happenings:
        """Events of these names before ``until``; a field that nobody gave is None throughout."""
        every = self.happened
        rows = np.flatnonzero(np.isin(every.event, np.asarray(list(events), object)) & (every.time < until))
        nothing = np.full(len(every.event), None, object)
        return Happenings(
            person=every.person[rows],
            time=every.time[rows],
            event=every.event[rows],
            fields={name: every.fields.get(".".join(path), nothing)[rows] for name, path in fields.items()},
            fragment=every.fragment[rows],
            persons=every.persons,
        )

    def told(self, attribute: str, until: int) -> Told:
        """The latest word of each person before ``until``."""
        words = self.words.get(attribute)
        if words is None:
            return Told(np.zeros(0, np.int32), np.zeros(0, object), np.zeros(0, np.int64))
        rows = np.flatnonzero(words.time < until)
        last = np.append(words.person[rows][1:] != words.person[rows][:-1], True)[: len(rows)]
        return Told(words.person[rows][last], words.value[rows][last], words.time[rows][last])

    def attributes(self, until: int) -> Mapping[str, int]:
        """Which attributes were told before ``until``, and of how many persons."""
        counts = {name: len(self.told(name, until).person) for name in sorted(self.words)}
        return {name: count for name, count in counts.items() if count}

    def segment(self, name: str) -> Codes:
        """Who is in a segment; NotFoundError."""
        if name not in self.segments:
            raise NotFoundError(f"there is no segment {name[:80]!r}", cure="see `segue segments list`")
        return self.segments[name]


def given(
    lines: Columns,
    catalogue: Columns | None = None,
    *,
    events: Columns | None = None,
    told: Mapping[str, Columns] | None = None,
    segments: Mapping[str, Column] | None = None,
    persons: Sequence[Any] = (),
    identifiers: Mapping[Any, Sequence[str]] | None = None,
    zone: str = "UTC",
) -> Given:
    """A source out of columns. Persons, skus, stores, … are anything that can be written as text.

    ``lines``: ``person`` (None or negative: a guest), ``time`` (microseconds or datetime64), ``sku``; where
    wanted ``order`` (else lines of one person and moment are one), ``pieces`` (1), ``amount`` or ``price``
    (0), ``discount`` (0), ``store``, ``channel``. ``catalogue``: ``sku`` with ``name``, ``category``,
    ``brand``, ``department``, ``content``. ``events``: ``person``, ``time``, ``event``, ``fragment``, and
    fields by dotted path. ``told``: attribute → ``person``, ``value``, ``time``. ``segments``: name → its
    persons. ``persons``: also those who did nothing.
    """
    told, segments = told or {}, segments or {}
    columns: list[Column] = [lines["person"], np.asarray(list(persons), object)]
    columns += [columns_of["person"] for columns_of in (events or {"person": []}, *told.values())]
    columns += list(segments.values())
    ids = sorted({name for column in columns for name in _known(column)})
    known = {str(key): values for key, values in (identifiers or {}).items()}
    everybody = Persons(ids, [known.get(each, ()) for each in ids])
    place = everybody.code
    return Given(
        _purchases(lines, _items(lines["sku"], catalogue or {"sku": []}), everybody, zone),
        _happenings(events or {"person": [], "time": [], "event": []}, everybody),
        {name: _told(words, place) for name, words in told.items()},
        {name: np.unique(_codes(column, place)) for name, column in segments.items()},
    )


def microseconds(times: Column) -> Ints:
    """Times as microseconds since 1970: integers as they are, datetime64 converted."""
    array = np.asarray(times)
    return (array.astype("datetime64[us]") if array.dtype.kind == "M" else array).astype(np.int64)


def coded(values: Column) -> tuple[Codes, list[str]]:
    """Codes into the sorted distinct texts of these values; -1 for None."""
    names = sorted(set(_known(values)))
    return _codes(values, {name: place for place, name in enumerate(names)}), names


def _known(values: Column) -> list[str]:
    """Distinct values as text, without None, NaN and negative numbers."""
    array = np.asarray(values)
    if array.dtype.kind in "iu":
        return [str(each) for each in np.unique(array) if each >= 0]
    return [str(each) for each in set(array.tolist()) if not _missing(each)]


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _codes(values: Column, place: Mapping[str, int]) -> Codes:
    array = np.asarray(values)
    if array.dtype.kind in "iu":
        distinct, inverse = np.unique(array, return_inverse=True)
        return np.asarray([place.get(str(each), -1) for each in distinct], np.int32)[inverse]
    known = {each: place.get(str(each), -1) for each in set(array.tolist()) if each is not None}
    return np.asarray([known.get(each, -1) for each in array.tolist()], np.int32)


def _items(skus: Column, catalogue: Columns) -> Items:
    names = sorted({*_known(skus), *_known(catalogue["sku"])})
    place = {sku: code for code, sku in enumerate(names)}
    rows = _codes(catalogue["sku"], place)

    def spread(column: str, empty: Any) -> NDArray[np.object_]:
        values = np.full(len(names), empty, object)
        if column in catalogue:
            values[rows] = np.asarray(catalogue[column], object)
        return values

    category, categories = coded(spread("category", None))
    brand, brands = coded(spread("brand", None))
    department, departments = coded(spread("department", None))
    return Items(
        sku=names,
        name=[str(name or sku) for name, sku in zip(spread("name", ""), names, strict=True)],
        category=category, brand=brand, department=department,
        categories=categories, brands=brands, departments=departments,
        content=spread("content", False).astype(bool) if "content" in catalogue else None,
    )  # fmt: skip


def _purchases(lines: Columns, items: Items, persons: Persons, zone: str) -> Purchases:
    rows = len(lines["person"])
    person, time = _codes(lines["person"], persons.code), microseconds(lines["time"])
    order = coded(lines["order"])[0] if "order" in lines else np.zeros(rows, np.int32)
    sorting = np.lexsort((order, time, person))
    person, time, order = person[sorting], time[sorting], order[sorting]
    pieces = _numbers(lines, "pieces", 1.0, rows)
    amount = _numbers(lines, "amount", 0.0, rows)
    if "amount" not in lines:
        amount = _numbers(lines, "price", 0.0, rows) * pieces
    store, stores = coded(lines.get("store", np.full(rows, None, object)))
    channel, channels = coded(lines.get("channel", np.full(rows, None, object)))
    return Purchases(
        person=person,
        order=_numbered(person, time, order),
        time=time,
        item=_codes(lines["sku"], {sku: code for code, sku in enumerate(items.sku)})[sorting],
        pieces=pieces[sorting],
        amount=amount[sorting],
        discount=_numbers(lines, "discount", 0.0, rows)[sorting],
        store=store[sorting],
        channel=channel[sorting],
        persons=persons, items=items, stores=stores, channels=channels, zone=zone,
    )  # fmt: skip


def _numbered(person: Codes, time: Ints, order: Codes) -> Codes:
    """Orders numbered in the order of the rows."""
    if not len(person):
        return np.zeros(0, np.int32)
    fresh = (np.diff(person) != 0) | (np.diff(time) != 0) | (np.diff(order) != 0)
    return np.concatenate(([0], np.cumsum(fresh))).astype(np.int32)


def _numbers(lines: Columns, name: str, default: float, rows: int) -> Floats:
    return np.asarray(lines[name], np.float64) if name in lines else np.full(rows, default)


def _happenings(events: Columns, persons: Persons) -> Happenings:
    person, time = _codes(events["person"], persons.code), microseconds(events["time"])
    sorting = np.lexsort((time, person))
    texts = {
        name: _texts(column)[sorting]
        for name, column in events.items()
        if name not in ("person", "time", "event", "fragment")
    }
    nobody = np.full(len(person), "", object)
    return Happenings(
        person=person[sorting],
        time=time[sorting],
        event=np.asarray(events["event"], object)[sorting],
        fields=texts,
        fragment=_texts(events["fragment"])[sorting] if "fragment" in events else nobody,
        persons=persons,
    )


def _texts(column: Column) -> NDArray[np.object_]:
    texts = np.empty(len(column), object)
    texts[:] = [None if _missing(each) else str(each) for each in np.asarray(column).tolist()]
    return texts


def _told(words: Columns, place: Mapping[str, int]) -> Told:
    person, time = _codes(words["person"], place), microseconds(words["time"])
    sorting = np.lexsort((time, person))
    sorting = sorting[person[sorting] >= 0]
    return Told(person[sorting], _texts(words["value"])[sorting], time[sorting])
