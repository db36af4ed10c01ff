"""Files of rows become drafts: quoting, encodings, compression, grouping, returns, and damage."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.adapters.duckdb.tables import DuckTables
from segue.domain.drafts import Draft, Unreadable
from segue.errors import DefinitionError, InvalidInputError, NotFoundError
from segue.ports.tables import Staged
from segue.sources.files import CutShortError, Meter, drafts, read_mapping
from segue.sources.files.cells import CellError, compile_cell
from segue.sources.files.mapping import Cell

LINES = """
source: till
group_by: [order]
event:
  type: track
  name: Order Completed
  message_id: "{order}"
  timestamp: {column: at, format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}
  identifiers: {loyalty_card: card}
  properties: {order_id: order, currency: {value: EUR}, place.city: city}
  products: {sku: sku, quantity: {column: n, as: number}, price: {column: price, as: number}}
  returns: {when: "n < 0", name: Order Refunded}
"""
ROWS = """
source: crm
event: {type: identify, message_id: 'crm-{id}', identifiers: {user_id: id}, traits: {name: name}}
"""
HEADER = "order,at,card,city,sku,n,price\n"


@pytest.fixture(scope="module")
def tables() -> Iterator[DuckTables]:
    with DuckTables(threads=1) as engine:
        yield engine


def read(path: Path, mapping: str, tables: DuckTables) -> list[Draft | Unreadable]:
    return [item for group in drafts(path, read_mapping(mapping), tables) for item in group]


def only_drafts(items: list[Draft | Unreadable]) -> list[Draft]:
    assert all(isinstance(item, Draft) for item in items), items
    return [item for item in items if isinstance(item, Draft)]


def traits(path: Path, tables: DuckTables, mapping: str = ROWS) -> list[Any]:
    return [(draft.traits or {}).get("name") for draft in only_drafts(read(path, mapping, tables))]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


# ── rows ──────────────────────────────────────────────────────────────────────


def test_quotes_hold_delimiters_quotes_and_line_ends(tmp_path: Path, tables: DuckTables) -> None:
    path = write(tmp_path / "a.csv", 'id,name\n1,"Ann, B."\n2,"say ""hi"""\n3,"two\nlines"\n\n4,5" plate\n')
    assert traits(path, tables) == ["Ann, B.", 'say "hi"', "two\nlines", '5" plate']


@pytest.mark.parametrize(
    ("encoding", "bom"), [("utf-8", "\ufeff"), ("utf-8", ""), ("cp1252", ""), ("utf-16", ""), ("latin-1", "")]
)
def test_encodings_and_byte_order_marks(tmp_path: Path, tables: DuckTables, encoding: str, bom: str) -> None:
    path = write(tmp_path / "a.csv", f"{bom}id,name\r\n1,Zoë\r\n2,Jürgen\r\n", encoding)
    mapping = ROWS + f"\nformat: {{type: csv, encoding: {encoding}}}"
    assert traits(path, tables, mapping) == ["Zoë", "Jürgen"]


def test_another_delimiter_and_a_header_with_spaces(tmp_path: Path, tables: DuckTables) -> None:
    path = write(tmp_path / "a.csv", "id; name\n1;Ann, B.\n")
    assert traits(path, tables, ROWS + "\nformat: {delimiter: ';'}") == ["Ann, B."]


def test_an_unclosed_quote_swallows_no_other_line(tmp_path: Path, tables: DuckTables) -> None:
    body = 'id,name\n1,Ann\n2,"Bob\n' + "".join(f"{n},Name {n}\n" for n in range(3, 400)) + '400,"Zoe"\n'
    items = read(write(tmp_path / "a.csv", body), ROWS, tables)
    broken = [item for item in items if isinstance(item, Unreadable)]
    assert [(item.reason, item.detail) for item in broken] == [
        ("broken_line", "line 3: a quote is not closed")
    ]
    assert broken[0].raw == b'{"file":"a.csv","line":3,"text":"2,\\"Bob"}'
    assert len(items) == 400


def test_a_line_of_another_width_or_encoding_is_broken_alone(tmp_path: Path, tables: DuckTables) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,Ann\n2\n3,Zo\xeb\n4,a,b\n5,B\x00b\n6,Eve\n")
    items = read(path, ROWS, tables)
    details = [item.detail for item in items if isinstance(item, Unreadable)]
    assert details == [
        "line 3: it has 1 fields, the header has 2",
        "line 4: it holds bytes foreign to the file's encoding",
        "line 5: it has 3 fields, the header has 2",
        "line 6: it holds a NUL character",
    ]
    assert [item.message_id for item in items if isinstance(item, Draft)] == ["crm-1", "crm-6"]


def test_objects_nest_and_may_lack_columns(tmp_path: Path, tables: DuckTables) -> None:
    body = '{"id": 7, "name": {"first": "Ann"}, "tags": ["a"]}\n\n{"id": 8}\n'
    path = write(tmp_path / "a.ndjson", body)
    mapping = (
        "source: crm\nevent: {type: identify, message_id: '{id}', identifiers: {user_id: id}, "
        "traits: {first: name.first, tags: tags}}"
    )
    first, second = only_drafts(read(path, mapping, tables))
    assert first.traits == {"first": "Ann", "tags": ["a"]}
    assert (first.identifiers, second.identifiers, second.traits) == (
        (("user_id", "7"),),
        (("user_id", "8"),),
        None,
    )


def test_parquet_keeps_its_types(tmp_path: Path, tables: DuckTables) -> None:
    table = pa.table(
        {
            "id": [17850.0, None],
            "name": ["Ann", None],
            "at": pa.array([datetime(2026, 1, 31, 9, 5, tzinfo=UTC), None], pa.timestamp("us")),
            "score": [float("nan"), 2.5],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    mapping = (
        "source: crm\nevent: {type: identify, message_id: 'c{name}', timestamp: {column: at}, "
        "identifiers: {loyalty_card: id}, traits: {score: score, joined: at}}"
    )
    first, second = read(tmp_path / "a.parquet", mapping, tables)
    assert isinstance(first, Draft)
    assert first.identifiers == (("loyalty_card", "17850"),)
    assert first.timestamp == datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
    assert first.traits == {"joined": "2026-01-31T09:05:00Z"}
    assert isinstance(second, Unreadable)
    assert "message id" in second.detail


# ── groups ────────────────────────────────────────────────────────────────────


def test_an_order_and_its_returns_are_two_events(tmp_path: Path, tables: DuckTables) -> None:
    body = HEADER + (
        "7,31.01.2026 09:05,,Berlin,a,2,1.10\n"
        "7,31.01.2026 09:05,c1,Berlin,b,-1,0.35\n"
        "7,31.01.2026 09:05,c1,,c,1,0.30\n"
    )
    order, refund = only_drafts(read(write(tmp_path / "a.csv", body), LINES, tables))
    assert (order.event, order.message_id, order.position) == ("Order Completed", "7", 0)
    assert order.timestamp == datetime(2026, 1, 31, 8, 5, tzinfo=UTC)
    assert order.identifiers == refund.identifiers == (("loyalty_card", "c1"),)
    assert order.properties == {
        "order_id": "7",
        "currency": "EUR",
        "place": {"city": "Berlin"},
        "products": [{"sku": "a", "quantity": 2, "price": 1.1}, {"sku": "c", "quantity": 1, "price": 0.3}],
        "revenue": 2.5,
    }
    assert (refund.event, refund.message_id, refund.position) == ("Order Refunded", "7:Order Refunded", 1)
    assert refund.properties is not None
    assert (refund.properties["products"], refund.properties["total"]) == (
        [{"sku": "b", "quantity": 1, "price": 0.35}],
        0.35,
    )
    assert "revenue" not in refund.properties
    assert {order.remember, refund.remember} == {"ever"}


def test_rows_without_a_key_are_broken_and_a_bad_product_leaves_the_rest_of_its_order(
    tmp_path: Path, tables: DuckTables
) -> None:
    body = HEADER + (
        "1,31.01.2026 09:05,c1,,a,1,1\n"
        ",31.01.2026 09:05,c1,,b,1,1\n"
        "1,31.01.2026 09:05,c1,,c,many,1\n"
        "2,soon,c1,,d,1,1\n"
    )
    items = read(write(tmp_path / "a.csv", body), LINES, tables)
    made = [item for item in items if isinstance(item, Draft)]
    assert [[product["sku"] for product in (draft.properties or {})["products"]] for draft in made] == [["a"]]
    details = sorted(item.detail for item in items if isinstance(item, Unreadable))
    assert details[0].endswith("'many' is not a number")
    assert details[1] == "line 3: its key (order) is empty"
    assert details[2].endswith("'soon' is not in the format %d.%m.%Y %H:%M")


@settings(max_examples=25, deadline=None)
@given(
    orders=st.dictionaries(
        st.integers(1, 12), st.lists(st.integers(-3, 9).filter(bool), min_size=1, max_size=5), max_size=8
    ),
    seed=st.integers(0, 99),
    kind=st.sampled_from(["csv", "ndjson", "parquet"]),
)
def test_rows_may_stand_anywhere_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, orders: dict[int, list[int]], seed: int, kind: str
) -> None:
    rows = [(order, place, n) for order, counts in orders.items() for place, n in enumerate(counts)]
    random.Random(seed).shuffle(rows)
    path = tmp_path_factory.mktemp("rows") / f"a.{kind}"
    columns = {
        "order": [str(order) for order, _, _ in rows],
        "at": ["31.01.2026 09:05"] * len(rows),
        "card": ["c1"] * len(rows),
        "city": [""] * len(rows),
        "sku": [f"s{place}" for _, place, _ in rows],
        "n": [n for _, _, n in rows],
        "price": [0.1] * len(rows),
    }
    lines = list(zip(*columns.values(), strict=True))
    if kind == "csv":
        write(path, HEADER + "".join(",".join(map(str, line)) + "\n" for line in lines))
    elif kind == "ndjson":
        import msgspec

        path.write_bytes(
            b"\n".join(msgspec.json.encode(dict(zip(columns, line, strict=True))) for line in lines)
        )
    else:
        pq.write_table(pa.table(columns), path)
    with DuckTables(threads=1) as tables:
        made = only_drafts(read(path, LINES, tables))
    worth = {(draft.message_id, draft.event): draft.properties or {} for draft in made}
    assert len(worth) == len(made)
    for order, counts in orders.items():
        bought = sum(n for n in counts if n > 0)
        back = -sum(n for n in counts if n < 0)
        assert worth.pop((str(order), "Order Completed"), {}).get("revenue", 0) == pytest.approx(bought / 10)
        assert worth.pop((f"{order}:Order Refunded", "Order Refunded"), {}).get("total", 0) == pytest.approx(
            back / 10
        )
    assert not worth


@given(st.lists(st.tuples(st.decimals("0", "999.99", places=2), st.integers(1, 9)), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_cents_stay_cents(lines: list[tuple[Any, int]]) -> None:
    from segue.sources.files.drafting import _set_worth

    properties: dict[str, Any] = {}
    _set_worth(properties, "revenue", [{"price": float(price), "quantity": n} for price, n in lines])
    assert properties["revenue"] == float(sum(price * n for price, n in lines))


# ── damage ────────────────────────────────────────────────────────────────────


def rows_of(orders: int, each: int = 3) -> str:
    return HEADER + "".join(
        f"{order:06d},31.01.2026 09:05,c{order},Berlin,s{place},1,{random.Random(order).random():.3f}\n"
        for order in range(orders)
        for place in range(each)
    )


def until_cut(path: Path, mapping: str, tables: DuckTables) -> tuple[list[Draft | Unreadable], CutShortError]:
    items: list[Draft | Unreadable] = []
    try:
        for group in drafts(path, read_mapping(mapping), tables):
            items.extend(group)
    except CutShortError as error:
        return items, error
    raise AssertionError("the cut was not noticed")


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_compressed_files_read_whole_and_in_several_members(
    tmp_path: Path, tables: DuckTables, ending: str
) -> None:
    pack = gzip.compress if ending == "gz" else zstandard.ZstdCompressor().compress
    body = rows_of(2_000).encode()
    path = tmp_path / f"a.csv.{ending}"
    path.write_bytes(pack(body[:30_000]) + pack(body[30_000:]))
    assert len(only_drafts(read(path, LINES, tables))) == 2_000


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_truncated_file_gives_every_whole_order_and_then_says_so(
    tmp_path: Path, tables: DuckTables, ending: str
) -> None:
    pack = gzip.compress if ending == "gz" else zstandard.ZstdCompressor().compress
    packed = pack(rows_of(20_000).encode())
    path = tmp_path / f"a.csv.{ending}"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    items, error = until_cut(path, LINES, tables)
    made = only_drafts(items)
    assert 5_000 < len(made) < 20_000
    assert all(len((draft.properties or {})["products"]) == 3 for draft in made), (
        "a half order is worse than none"
    )
    assert "is cut short or damaged after line" in error.message
    assert error.cure is not None


def test_when_rows_of_an_order_stand_apart_a_truncated_file_gives_nothing(
    tmp_path: Path, tables: DuckTables
) -> None:
    lines = rows_of(20_000).splitlines(keepends=True)
    packed = gzip.compress("".join([lines[0], *lines[2:], lines[1]]).replace("000007", "000000").encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    items, error = until_cut(path, LINES, tables)
    assert items == []
    assert "nothing was imported" in error.message


def test_without_groups_a_truncated_file_gives_every_whole_row(tmp_path: Path, tables: DuckTables) -> None:
    packed = gzip.compress(b"id,name\n" + b"".join(b"%d,Name %d\n" % (n, n * 7919) for n in range(50_000)))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    items, _ = until_cut(path, ROWS, tables)
    names = [(draft.traits or {})["name"] for draft in only_drafts(items)]
    assert len(names) > 10_000
    assert names == [f"Name {n * 7919}" for n in range(len(names))]


def test_what_is_no_parquet_is_refused_by_name(tmp_path: Path, tables: DuckTables) -> None:
    with pytest.raises(InvalidInputError, match=r"a\.parquet"):
        read(write(tmp_path / "a.parquet", "id,name\n"), ROWS, tables)


def test_a_missing_file_or_unknown_type_is_told_before_anything_is_read(
    tmp_path: Path, tables: DuckTables
) -> None:
    with pytest.raises(NotFoundError, match="is not a file"):
        read(tmp_path / "none.csv", ROWS, tables)
    with pytest.raises(DefinitionError, match="cannot be told from its name"):
        read(write(tmp_path / "a.dat", ""), ROWS, tables)


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet"])
def test_a_missing_column_is_named_with_the_nearest(tmp_path: Path, tables: DuckTables, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        write(path, "id,Name\n1,Ann\n")
    elif kind == "ndjson":
        write(path, '{"id":1,"Name":"Ann"}\n')
    else:
        pq.write_table(pa.table({"id": [1], "Name": ["Ann"]}), path)
    with pytest.raises(DefinitionError, match=rf"a\.{kind} has no column 'name', did you mean 'Name'"):
        read(path, ROWS, tables)


# ── engine ────────────────────────────────────────────────────────────────────


def test_the_sorter_sorts_more_than_it_may_hold(tmp_path: Path) -> None:
    rows, size = 60_000, 1_000
    keys = [f"{n // 2:06d}" for n in range(rows)]
    random.Random(1).shuffle(keys)
    with DuckTables(memory="48MB", threads=1, spill=tmp_path) as tables, tables.sorter() as sorter:
        for start in range(0, rows, 5_000):
            numbers = range(start, start + 5_000)
            sorter.add([Staged(keys[n], n, random.Random(n).randbytes(size)) for n in numbers])
        found = []
        for key, number, payload in (row for portion in sorter.rows() for row in portion):
            found.append((key, number))
            assert number % 1_000 or payload == random.Random(number).randbytes(size)
        assert found == sorted((key, number) for number, key in enumerate(keys))
        assert not sorter.contiguous()
    assert not list(tmp_path.iterdir())


def test_progress_tells_rows_and_phases(tmp_path: Path, tables: DuckTables) -> None:
    meter = Meter()
    phases = set()
    meter.tell = lambda: phases.add(meter.phase)
    groups = drafts(write(tmp_path / "a.csv", rows_of(500)), read_mapping(LINES), tables, meter)
    for _ in groups:
        phases.add(meter.phase)
    assert phases == {"reading", "importing"}
    assert (meter.rows, meter.fraction) == (1_500, 1.0)


@pytest.mark.parametrize(
    ("conversion", "given", "becomes"),
    [
        ("number", "12", 12),
        ("number", "-2.50", -2.5),
        ("number", "1e3", 1000.0),
        ("number", "  ", None),
        ("number", float("nan"), None),
        ("number", "nan", CellError),
        ("number", "1,5", CellError),
        ("integer", "17850.0", 17850),
        ("integer", "1.5", CellError),
        ("text", 17850.0, "17850"),
        ("boolean", "Yes", True),
        ("boolean", 0, False),
        ("boolean", "perhaps", CellError),
        ("time", "2026-01-31T10:05:00+01:00", "2026-01-31T09:05:00Z"),
        ("time", 1_769_850_300, "2026-01-31T09:05:00Z"),
        ("time", 1_769_850_300_000, "2026-01-31T09:05:00Z"),
        ("time", "soon", CellError),
        ("time", 1e300, CellError),
        (None, "as it is", "as it is"),
    ],
)
def test_cells_convert_or_say_why_not(conversion: Any, given: Any, becomes: Any) -> None:
    take = compile_cell(Cell(column="c", conversion=conversion), ["c"])
    if becomes is CellError:
        with pytest.raises(CellError, match="column 'c'"):
            take((given,))
    else:
        assert take((given,)) == becomes
