"""A lake in memory: what the archive would write of events, and what SQL over it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from segue.adapters.duckdb.parquet import table_of
from segue.archive.rows import lake_row
from segue.domain.events import Event, encode_event
from segue.enrich.traits.sql import Question


def lake_of(events: Iterable[Event], persons: Mapping[bytes, str]) -> Any:
    """A connection with the relations ``events`` and ``fragments``."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("set TimeZone = 'UTC'")
    rows = [lake_row(offset, encode_event(event)) for offset, event in enumerate(events, 1)]
    if rows:
        connection.register("written", table_of(rows))
        connection.execute(
            "create table events as select * exclude (properties, context, traits), "
            "properties::json as properties, context::json as context, traits::json as traits from written"
        )
    else:
        connection.execute(
            "create table events (message_id varchar, source varchar, type varchar, event varchar, "
            "timestamp timestamptz, received_at timestamptz, fragment_id varchar, properties json, "
            "context json, proven boolean, position bigint, log_offset bigint)"
        )
    pairs = pa.table(
        {
            "fragment_id": pa.array([fragment.hex() for fragment in persons], pa.string()),
            "person_id": pa.array(list(persons.values()), pa.string()),
        }
    )
    connection.register("known", pairs)
    connection.execute("create table fragments as select * from known")
    return connection


def asked(connection: Any, question: Question) -> dict[str, dict[str, Any]]:
    """The rows of :func:`~segue.enrich.traits.sql.values_sql` by person."""
    found = connection.execute(question.text, question.values)
    names = [column[0] for column in found.description]
    rows = {}
    for row in found.fetchall():
        each = dict(zip(names, row, strict=True))
        rows[each.pop("person_id")] = each
    return rows


def json_of(text: str | None) -> Any:
    """A JSON scalar."""
    return None if text is None else msgspec.json.decode(text)
