"""Reading a mapping: what it says, and errors that name the place and the nearest word."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.errors import DefinitionError
from segue.sources.files.mapping import read_mapping, require_columns

WHOLE = """
source: till
format: {type: csv, delimiter: ",", encoding: utf-8}
group_by: [InvoiceNo]
event:
  type: track
  name: Order Completed
  message_id: "{InvoiceNo}"
  timestamp: {column: InvoiceDate, format: "%m/%d/%y %H:%M", zone: Europe/London}
  identifiers: {loyalty_card: CustomerID}
  properties: {order_id: InvoiceNo, currency: {value: GBP}, affiliation: Country}
  products:
    {sku: StockCode, name: Description,
     quantity: {column: Quantity, as: number}, price: {column: UnitPrice, as: number}}
  returns: {when: "Quantity < 0", name: Order Refunded}
"""

EXAMPLES = Path(__file__).parents[4] / "examples"


def test_a_mapping_names_each_of_its_columns_once() -> None:
    assert read_mapping(WHOLE).columns == (
        "InvoiceNo",
        "InvoiceDate",
        "CustomerID",
        "Country",
        "StockCode",
        "Description",
        "Quantity",
        "UnitPrice",
    )


def test_an_identify_mapping_needs_neither_name_nor_group() -> None:
    mapping = read_mapping(
        "source: crm\nformat: {type: parquet}\n"
        'event: {type: identify, message_id: "crm-{household_id}", timestamp: {value: 2017-01-01T00:00:00Z}, '
        "identifiers: {loyalty_card: household_id}, traits: {age_band: age}}"
    )
    assert mapping.event.type == "identify"
    assert mapping.columns == ("household_id", "age")


@pytest.mark.parametrize(
    "file", sorted(EXAMPLES.glob("*/*.yaml")), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_every_example_is_a_good_mapping(file: Path) -> None:
    assert read_mapping(file.read_text(encoding="utf-8"), file.name).source


@pytest.mark.parametrize(
    ("change", "by", "says"),
    [
        ("source: till", "sauce: till", "'sauce' is not known: did you mean 'source'?"),
        ("message_id:", "mesage_id:", "event: 'mesage_id' is not known: did you mean 'message_id'?"),
        (
            "zone: Europe/London",
            "zon: Europe/London",
            "event.timestamp: 'zon' is not known: did you mean 'zone'?",
        ),
        ("zone: Europe/London", "zone: Europe/Londn", "'Europe/Londn' is not a time zone"),
        ("type: csv", "type: cvs", "format.type: 'cvs' is not one of them: did you mean 'csv'?"),
        ("type: track", "type: trak", "event.type: 'trak' is not one of them: did you mean 'track'?"),
        ("as: number", "as: nummer", "'nummer' is not one of them: did you mean 'number'?"),
        ('"Quantity < 0"', '"Quantity negative"', "is no condition"),
        ('message_id: "{InvoiceNo}"', 'message_id: "InvoiceNo"', "'InvoiceNo' names no column"),
        ("  name: Order Completed\n", "", "'name' is missing"),
        ('  message_id: "{InvoiceNo}"\n', "", "'message_id' is missing"),
        ("group_by: [InvoiceNo]\n", "", "event.products: needs group_by"),
        ("{value: GBP}", "{value: GBP, column: Country}", "needs either 'column' or 'value'"),
        ("{value: GBP}", "12", "12 is neither a column nor {value: …}"),
        ("encoding: utf-8", "encoding: utf-9", "'utf-9' is not an encoding"),
        ('delimiter: ","', "delimiter: ';;'", "must be one character"),
        ("source: till", "source: [", "mapping.yaml: line "),
        ("source: till", "- till", "mapping.yaml:"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_probably_meant(change: str, by: str, says: str) -> None:
    assert change in WHOLE
    with pytest.raises(DefinitionError) as caught:
        read_mapping(WHOLE.replace(change, by), "mapping.yaml")
    assert says in f"{caught.value.message}: {caught.value.cure}"
    assert caught.value.cure


@pytest.mark.parametrize("text", ["", "null", "[]", "event", "event: 3", "event: {}", "event: {type: track}"])
def test_no_yaml_is_beyond_reading(text: str) -> None:
    with pytest.raises(DefinitionError):
        read_mapping(text)


def test_a_missing_column_is_named_with_the_nearest() -> None:
    present = [
        "InvoiceNo",
        "StockCode",
        "Description",
        "quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ]
    with pytest.raises(DefinitionError, match="has no column 'Quantity', did you mean 'quantity'") as caught:
        require_columns(read_mapping(WHOLE), present, "invoices.csv")
    assert "'StockCode'" in str(caught.value.cure)


def test_a_file_without_columns_is_called_so() -> None:
    with pytest.raises(DefinitionError, match="has no columns"):
        require_columns(read_mapping(WHOLE), (), "invoices.csv")


@pytest.mark.parametrize(
    ("said", "instead", "place"),
    [
        ('"%m/%d/%y %H:%M"', '"%Y%Y"', "event.timestamp.format"),
        ('"%m/%d/%y %H:%M"', '"%!"', "event.timestamp.format"),
        ('"%m/%d/%y %H:%M"', "[5]", "event.timestamp.format"),
        ('"%m/%d/%y %H:%M"', '"' + "%d" * 100 + '"', "event.timestamp.format"),
        ("Europe/London", "Europe", "event.timestamp.zone"),
        ("Europe/London", "x" * 5_000, "event.timestamp.zone"),
        ("encoding: utf-8", "encoding: idna", "format.encoding"),
        ("encoding: utf-8", "encoding: undefined", "format.encoding"),
        ("encoding: utf-8", "encoding: punycode", "format.encoding"),
        ("encoding: utf-8", 'encoding: "a\\0"', "format.encoding"),
        ('"Quantity < 0"', '"a' + " " * 50_000 + 'b"', "event.returns.when"),
    ],
)
def test_what_python_would_stumble_over_later_is_refused_by_its_place(
    said: str, instead: str, place: str
) -> None:
    with pytest.raises(DefinitionError, match=place):
        read_mapping(WHOLE.replace(said, instead))
