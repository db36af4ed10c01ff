"""Every source's dialect under the obligations of ``segue.checks.sources``."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.adapters.duckdb.tables import DuckTables
from segue.checks.sources import OBLIGATIONS, Dialect, Item, never_raises
from segue.sources import files, rudder
from segue.sources.segment.wire import read_body

CALLS = tuple(
    json.dumps(call).encode()
    for call in (
        {
            "type": "track",
            "event": "Product Viewed",
            "anonymousId": "a1",
            "messageId": "m1",
            "properties": {"sku": "1"},
        },
        {"type": "identify", "userId": "u1", "messageId": "m2", "traits": {"email": "ann@example.com"}},
        {
            "type": "page",
            "name": "Home",
            "anonymousId": "a1",
            "messageId": "m3",
            "timestamp": "2026-01-01T00:00:00Z",
        },
    )
)
BAD_CALLS = (b"42", b'"text"', b"null", b'{"type":"track","event":"x","userId":NaN}', b"[" * 400 + b"]" * 400)


def batch(calls: Sequence[bytes]) -> bytes:
    return b'{"batch":[' + b",".join(calls) + b"]}"


TILL = """
source: till
format: {type: csv}
event:
  type: track
  name: Order Completed
  message_id: "{order}"
  timestamp: {column: at}
  identifiers: {loyalty_card: card}
  properties: {order_id: order, revenue: {column: value, as: number}}
"""
GROUPED_TILL = (
    TILL.replace("event:", "group_by: [order]\nevent:")
    + "  products: {sku: sku, price: {column: value, as: number}}\n"
)
HEADER = b"order,at,card,value,sku"
ROWS = (
    b"o1,2026-01-01T10:00:00,c1,1.50,s1",
    b'o2,2026-01-02T10:00:00,c2,2.50,"s 2, blue"',
    b"o3,2026-01-03T10:00:00,,3.50,s3",
)
BAD_ROWS = (
    b"o9,2026-01-01T10:00:00,c1",
    b"o9,2026-01-01T10:00:00,c1,many,s1",
    b"o9,yesterday,c1,1,s1",
    b'o9,"2026-01-01T10:00:00,c1,1,s1',
    b"o9,2026-01-01T10:00:00,\xff,1,s1",
    b",2026-01-01T10:00:00,c1,1,s1",
)
OBJECTS = tuple(
    json.dumps(dict(zip(HEADER.decode().split(","), fields, strict=True))).encode()
    for fields in (
        ("o1", "2026-01-01", "c1", 1.5, "s1"),
        ("o2", "2026-01-02", "c2", 2, "s2"),
        ("o3", "2026-01-03", None, 3, "s3"),
    )
)
BAD_OBJECTS = (b"{", b"17", b'{"order":"o9","at":"2026-01-01","value":"many"}', b'{"at":"2026-01-01"}')


def file_reader(mapping: str, name: str) -> Callable[[bytes], Sequence[Item]]:
    read = files.read_mapping(mapping)

    def items(body: bytes) -> list[Item]:
        with tempfile.TemporaryDirectory() as folder, DuckTables(threads=1) as tables:
            path = Path(folder) / name
            path.write_bytes(body)
            return [item for group in files.drafts(path, read, tables) for item in group]

    return items


DIALECTS = (
    Dialect(
        name="segment",
        read=lambda body: read_body(body, "batch").items,
        join=batch,
        good=CALLS,
        bad=BAD_CALLS,
    ),
    Dialect(
        name="rudder",
        read=lambda body: rudder.read_body(body, "batch").items,
        join=batch,
        good=CALLS,
        bad=BAD_CALLS,
    ),
    Dialect(
        name="csv",
        read=file_reader(TILL, "till.csv"),
        join=lambda rows: b"\n".join([HEADER, *rows]) + b"\n",
        good=ROWS,
        bad=BAD_ROWS,
    ),
    Dialect(
        name="csv, grouped",
        read=file_reader(GROUPED_TILL, "till.csv"),
        join=lambda rows: b"\n".join([HEADER, *rows]) + b"\n",
        good=ROWS,
        bad=BAD_ROWS,
    ),
    Dialect(
        name="ndjson",
        read=file_reader(TILL.replace("csv", "ndjson"), "till.ndjson"),
        join=lambda rows: b"\n".join(rows) + b"\n",
        good=OBJECTS,
        bad=BAD_OBJECTS,
    ),
)


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda obligation: obligation.__name__)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_dialect_meets_obligation(dialect: Dialect, obligation: Callable[[Dialect], None]) -> None:
    obligation(dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_bytes_are_beyond_a_dialect(dialect: Dialect) -> None:
    @settings(max_examples=20, deadline=None)
    @given(
        st.one_of(
            st.binary(max_size=200),
            st.text(max_size=100).map(lambda text: batch([text.encode("utf-8", "replace")])),
        )
    )
    def holds(body: bytes) -> None:
        never_raises(dialect, body)

    holds()
