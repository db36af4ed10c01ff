"""What columns look like: the mark before a number's fraction."""

from __future__ import annotations

import pytest

from segue.sources.files.columns import columns_of
from segue.sources.files.heads import Head


@pytest.mark.parametrize(
    ("values", "decimal"),
    [
        (["19,90", "1.234,50"], ","),
        (["19,90", "1.234"], ","),
        (["1 234,50"], ","),
        (["1,234.50", "2.00"], "."),
        (["0.125", "2.5"], "."),
    ],
)
def test_thousands_do_not_hide_the_mark_of_a_fraction(values: list[str], decimal: str) -> None:
    head = Head(("price",), [(value,) for value in values], [], True)
    (column,) = columns_of(head, "UTC")
    assert (column.decimal, column.looks_like) == (decimal, "money")
