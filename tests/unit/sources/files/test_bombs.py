"""Files that are small and unpack to far more: they are read in little memory."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from segue.adapters.duckdb.tables import DuckTables
from segue.errors import InvalidInputError
from segue.sources.files import opening
from segue.sources.files.heads import MOST_COLUMNS, head_of
from segue.sources.files.mapping import FileFormat
from segue.sources.files.sniffing import Start, sniff, start_of

MIB = 1 << 20


def peak_of(path: Path) -> int:
    """Bytes that looking at the beginning takes at most."""
    tracemalloc.start()
    try:
        start_of(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_zeros_packed_with_zstandard_are_not_unpacked_at_once(tmp_path: Path) -> None:
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    parts = [packer.compress(bytes(MIB)) for _ in range(512)]
    path = tmp_path / "zeros.csv.zst"
    path.write_bytes(b"".join([*parts, packer.flush()]))
    assert path.stat().st_size < MIB
    assert peak_of(path) < 128 * MIB


def test_a_line_without_an_end_is_kept_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LONGEST_LINE", 10)
    path = tmp_path / "line.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"x" * 35 + b"\n1,2\n" + b"y" * 9 + b"\n3,4"))
    assert list(opening.Source(path, "utf-8").lines()) == ["a,b\n", "x" * 10, "1,2\n", "y" * 9 + "\n", "3,4"]


def test_names_of_their_own_in_every_row_do_not_make_a_table_of_all_of_them(tmp_path: Path) -> None:
    data = b"".join(b'{"%d":1,"x%d":2}\n' % (n, n) for n in range(MOST_COLUMNS))
    with DuckTables(threads=1) as tables, pytest.raises(InvalidInputError, match="columns"):
        head_of(tmp_path / "wide.ndjson", Start(data, True, None), FileFormat(type="ndjson"), tables)


def test_of_a_parquet_file_s_huge_values_few_are_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.parquet"
    pq.write_table(pa.table({"a": pa.array(["x" * MIB] * 500).dictionary_encode()}), path)
    assert path.stat().st_size < 2 * MIB
    with DuckTables(threads=1) as tables:
        head = head_of(path, start_of(path), FileFormat(type="parquet"), tables)
    assert 0 < len(head.rows) < 100
    assert not head.whole


def test_text_that_its_encoding_cannot_say_is_refused_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(b"a,b\n1,\x1b$Bx\x1b(Z\n")
    with DuckTables(threads=1) as tables, pytest.raises(InvalidInputError, match="iso2022_jp"):
        head_of(path, start_of(path), FileFormat(type="csv", encoding="iso2022_jp"), tables)
    assert sniff(path, start_of(path)).type == "csv"
