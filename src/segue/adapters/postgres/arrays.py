"""Lists as array parameters, packed fast: the loop binds thousands of ids and numbers at once.

The driver's own way costs about a microsecond an element; ids of one length cost almost nothing here.
Lists of bytes, integers, texts, floats and truths are always ``bytea[]``, ``bigint[]``, ``text[]``,
``double precision[]`` and ``boolean[]``, so that a statement is prepared once; the rest (empty lists too) is
left to the driver.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import Any

from psycopg import DataError, postgres
from psycopg.abc import Dumper as AnyDumper
from psycopg.abc import PyFormat
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.array import ListBinaryDumper

_HEAD = struct.Struct("!iiIii")
_LENGTH = struct.Struct("!i").pack
_INTEGER = partial(struct.Struct("!iq").pack, 8)
_FLOAT = partial(struct.Struct("!id").pack, 8)
_TRUTHS = {truth: struct.pack("!i?", 1, truth) for truth in (False, True)}
_MISFIT = (struct.error, TypeError, AttributeError, KeyError)
_NULL = _LENGTH(-1)


def _oid(name: str) -> tuple[int, int]:
    known = postgres.types[name]
    return known.oid, known.array_oid


class _Array(Dumper):
    """One dimension of one element type; None is NULL."""

    format = Format.BINARY
    element: int

    def dump(self, obj: list[Any]) -> bytes:
        """The array in PostgreSQL's binary form."""
        has_null = False
        try:
            body = self.pack(obj)
        except _MISFIT:  # seldom; looking for None in advance would cost more than packing
            has_null = True
            body = self.pack_with_nulls(obj)
        return _HEAD.pack(1, has_null, self.element, len(obj), 1) + body

    def pack(self, items: list[Any]) -> bytes:
        """The elements, each after its length."""
        raise NotImplementedError

    def pack_with_nulls(self, items: list[Any]) -> bytes:
        """The same where some are None."""
        try:
            return b"".join([_NULL if item is None else self.pack([item]) for item in items])
        except _MISFIT as error:
            raise DataError("a list mixes types, or a number is too large") from error


class BytesArray(_Array):
    """``list[bytes]`` as ``bytea[]``."""

    element, oid = _oid("bytea")

    def pack(self, items: list[Any]) -> bytes:
        """The elements, each after its length."""
        sizes = set(map(len, items))
        if len(sizes) == 1:
            length = _LENGTH(sizes.pop())
            return length + length.join(items)
        parts = [b""] * (2 * len(items))
        parts[0::2] = map(_LENGTH, map(len, items))
        parts[1::2] = items
        return b"".join(parts)


class TextArray(BytesArray):
    """``list[str]`` as ``text[]``."""

    element, oid = _oid("text")

    def pack(self, items: list[Any]) -> bytes:
        """The elements, each after its length."""
        return super().pack([item.encode() for item in items])


class IntegerArray(_Array):
    """``list[int]`` as ``bigint[]``."""

    element, oid = _oid("int8")

    def pack(self, items: list[Any]) -> bytes:
        """The elements, each after its length."""
        return b"".join(map(_INTEGER, items))


class FloatArray(_Array):
    """``list[float]`` as ``double precision[]``."""

    element, oid = _oid("float8")

    def pack(self, items: list[Any]) -> bytes:
        """The elements, each after its length."""
        return b"".join(map(_FLOAT, items))


class TruthArray(_Array):
    """``list[bool]`` as ``boolean[]``."""

    element, oid = _oid("bool")

    def pack(self, items: list[Any]) -> bytes:
        """The elements, each after its length."""
        return b"".join([_TRUTHS[item] for item in items])


_ARRAYS: dict[type, type[_Array]] = {
    bytes: BytesArray,
    str: TextArray,
    int: IntegerArray,
    float: FloatArray,
    bool: TruthArray,
}


class ArrayDumper(ListBinaryDumper):
    """Chooses by the first element that is not None."""

    def get_key(self, obj: list[Any], format: PyFormat) -> Any:
        """What the chosen way is remembered by."""
        chosen = _chosen(obj)
        return chosen if chosen is not None else super().get_key(obj, format)

    def upgrade(self, obj: list[Any], format: PyFormat) -> Any:
        """The chosen way."""
        chosen = _chosen(obj)
        ours: AnyDumper | None = chosen(list) if chosen is not None else None
        return ours if ours is not None else super().upgrade(obj, format)


def _chosen(items: list[Any]) -> type[_Array] | None:
    for item in items:
        if item is not None:
            return _ARRAYS.get(type(item))
    return None
