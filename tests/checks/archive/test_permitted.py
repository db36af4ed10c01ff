"""What a query may name: the lake's tables, never its files, which still hold who was erased a moment ago."""

from __future__ import annotations

import pytest

from segue.errors import InvalidInputError

from .shop import NOON, Shop, event


def _file(shop: Shop) -> str:
    shop.happen([event(1, at=NOON)])
    assert shop.ids() == ["m1"]
    [path] = shop.files.folder.glob("loose/*.parquet")
    return str(path)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from '{file}'",
        "select * from read_parquet('{file}')",
        "select * from PARQUET_SCAN('{file}')",
        "from read_blob('{file}')",
        "from parquet_metadata('{file}')",
        "from query('select * from ''{file}''')",
        "from query_table('{file}')",
        "from json_execute_serialized_sql(json_serialize_sql('select * from ''{file}'''))",
        "describe '{file}'",
        "summarize '{file}'",
        "show '{file}'",
        "explain analyze select * from '{file}'",
        "/* */ explain select * from '{file}'",
        "explain (format json) select min(message_id) from '{file}'",
        "select message_id from events where exists (from '{file}')",
        "select (select max(message_id) from read_parquet('{file}'))",
        'with "{file}" as (select 1 as one) from "{file}"',
        'with q as (with "{file}" as (select 1 as one) from "{file}") from q, "{file}"',
        "with q as materialized (from '{file}') from q",
        "from events union all by name from '{file}'",
        "select * from events, lateral (from '{file}')",
        "from (pivot '{file}' on source using count(*))",
        "from pragma_storage_info('events')",
        "from duckdb_logs()",
    ],
)
def test_a_file_of_the_lake_cannot_be_named(shop: Shop, sql: str) -> None:
    file = _file(shop)
    with pytest.raises(InvalidInputError):
        shop.lake.query(sql.replace("{file}", file))


@pytest.mark.parametrize(
    "sql",
    [
        "from events",
        "from main.EVENTS",
        'select "message_id" from "Events" where source in (with s as (select \'a\' as t) select t from s)',
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select * from n",
        "select u from events, unnest([1, 2]) as t(u)",
        "select * from events, json_each(properties)",
        "from range(3)",
        "from generate_series(1, 2)",
        "select properties.revenue, sum(1) over () from events qualify row_number() over () = 1",
        "values (1), (2)",
        "describe events",
        "summarize select message_id from events",
        "show tables",
        "explain select * from events",
        "select table_name from information_schema.tables",
        "from events semi join fragments using (fragment_id)",
        "select count(*) from persons",
        "from events asof join (select timestamp as t from events) e on events.timestamp >= e.t",
    ],
)
def test_what_reads_the_tables_is_let_through(shop: Shop, sql: str) -> None:
    _file(shop)
    shop.lake.query(sql)
