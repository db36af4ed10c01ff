"""The sorter in memory gives out what the one on disk does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from segue.adapters.duckdb.tables import DuckTables
from segue.ports.tables import Sorter, Staged
from segue.sources.files.nearby import NearbySorter

keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=3)


def given_out(sorter: Sorter, staged: list[Staged], without: str | None) -> tuple[bool, list[object]]:
    sorter.add(staged)
    return sorter.contiguous(), [row for portion in sorter.rows(without=without) for row in portion]


@settings(max_examples=25, deadline=None)
@given(st.lists(keys, max_size=12), st.none() | keys)
def test_both_sort_alike(found: list[str], without: str | None) -> None:
    staged = [Staged(key, number, key.encode()) for number, key in enumerate(found)]
    with DuckTables(threads=1) as tables, tables.sorter() as disk:
        assert given_out(NearbySorter(), staged, without) == given_out(disk, staged, without)
