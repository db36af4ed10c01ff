"""What somebody's SQL may name: the lake's own tables, and functions that make rows out of nothing.

The engine's own lock keeps a statement from every file but the lake's. Those it must be able to read for
the view ``events``; named directly they would show what the view hides, the rows of who was erased a
moment ago. So the statement's parsed form is walked before it runs, and what is not known here is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from segue.errors import InvalidInputError

TABLES = frozenset({"events", "fragments", "persons"})

FUNCTIONS = frozenset(
    {
        "unnest", "range", "generate_series", "repeat", "repeat_row", "json_each", "json_tree",
        "histogram", "histogram_values", "summary", "duckdb_columns", "duckdb_functions", "duckdb_tables",
        "duckdb_types", "duckdb_keywords", "pragma_table_info", "pragma_version", "pg_timezone_names",
    }
)  # fmt: skip
"""Table functions that read no file and run no text as SQL."""

_CATALOGS = frozenset({"information_schema", "pg_catalog"})
_PLAIN = re.compile(r"\w+")
_EXPLAIN = re.compile(r"\s*explain(\s+analyze)?(\s*\([^)]*\))?\s", re.IGNORECASE)
_CURE = "a query reads events, fragments and persons"


def check_names(connection: Any, sql: str) -> None:
    """InvalidInputError when the one statement that reads names a file, or a function that could read one."""
    text = _EXPLAIN.sub("", sql, count=1) if _EXPLAIN.match(sql) else sql
    [(parsed,)] = connection.execute("select json_serialize_sql(?::varchar)", [text]).fetchall()
    tree = msgspec.json.decode(parsed)
    if tree.get("error"):
        raise InvalidInputError("the query cannot be examined", cure="write it as one plain SELECT")
    nodes = list(_nodes(tree))
    known = TABLES | {name.lower() for node in nodes for name in _named_here(node)}
    for node in nodes:
        kind = node.get("type")
        if kind in {"BASE_TABLE", "SHOW_REF"} and not _is_table(node, known):
            name = ".".join(node.get("qualified_name", {}).get("path") or [str(node.get("table_name"))])
            raise InvalidInputError(f"there is no table {name[:200]!r}", cure=_CURE)
        if kind == "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in FUNCTIONS:
                raise InvalidInputError(f"a query may not use {name[:200]!r}", cure=_CURE)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the parsed statement, at whatever depth."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _named_here(node: dict[str, Any]) -> list[str]:
    """The names that this part of the statement gives to queries (WITH); none that could be a file's."""
    names = node["cte_map"].get("map", []) if isinstance(node.get("cte_map"), dict) else []
    return [each["key"] for each in names if _PLAIN.fullmatch(each["key"])]


def _is_table(node: dict[str, Any], known: frozenset[str]) -> bool:
    schema, name = str(node.get("schema_name") or ""), str(node.get("table_name") or "")
    if node["type"] == "SHOW_REF" and (not name or node.get("show_type") == "SHOW_SPECIAL"):
        return True  # DESCRIBE and SUMMARIZE of a query, which is walked by itself; SHOW TABLES
    if schema.lower() in _CATALOGS:
        return _PLAIN.fullmatch(name) is not None
    return schema.lower() in {"", "main"} and name.lower() in known
