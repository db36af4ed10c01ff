"""Numbers as tills and shops write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.sources.files.cells import CellError, compile_cell
from segue.sources.files.mapping import Cell


def read(text: str, decimal: str = ".") -> int | float | None:
    cell = Cell(column="n", conversion="number", decimal="," if decimal == "," else ".")
    found: int | float | None = compile_cell(cell, ["n"])((text,))
    return found


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12,50", ",", 12.5),
        ("1.234,50", ",", 1234.5),
        ("1.234", ",", 1234),
        ("-3", ",", -3),
        ("12,50 €", ",", 12.5),
        ("1 234,50 zł", ",", 1234.5),
        ("1\u00a0234,50", ",", 1234.5),
        ("12,50-", ",", -12.5),
        ("$1,234.50", ".", 1234.5),
        ("-$5.00", ".", -5),
        ("£ 3.39", ".", 3.39),
        ("EUR 7", ".", 7),
        ("1e3", ".", 1000),
        (" 5 ", ".", 5),
    ],
)
def test_an_amount_is_read(text: str, decimal: str, number: float) -> None:
    assert read(text, decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("1,234", "."),
        ("12,50", "."),
        ("1.5", ","),
        ("1.23.4", ","),
        ("A12", "."),
        ("12 kg", "."),
        ("1,2,3", ","),
        ("--5", "."),
        ("1.2.3", "."),
        ("€", "."),
    ],
)
def test_what_could_be_another_number_is_none(text: str, decimal: str) -> None:
    with pytest.raises(CellError, match="not a number"):
        read(text, decimal)


@given(st.decimals(-(10**9), 10**9, places=2), st.booleans())
def test_an_amount_written_in_german_is_the_amount(amount: Decimal, parted: bool) -> None:
    english = f"{amount:,.2f}" if parted else f"{amount:.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert read(german, ",") == float(amount)
    assert read(english, ".") == float(amount)


@pytest.mark.parametrize("text", [" " * 5_000 + "x", "1" + " " * 5_000 + "x", "1 " * 5_000 + "x"])
def test_a_long_text_is_no_amount_and_nobody_waits_for_that(text: str) -> None:
    """With no bound on the text each of these takes hours, and the whole process waits."""
    with pytest.raises(CellError):
        read(text)
