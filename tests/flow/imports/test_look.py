"""What a file seems to be, and the first events that a mapping makes of it."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from segue.sources.files import sniffing
from tests.flow.api.harness import Api

SHARED = Path(os.environ.get("SEGUE_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
RETAIL = SHARED / "online_retail" / "invoices_2010_12_to_2011_06.csv.gz"

ORDERS = (
    "Bestellnummer;Datum;Kundennummer;Artikelnummer;Bezeichnung;Menge;Einzelpreis\n"
    "A1;31.01.2026 10:15;K7;00417;Müsli;2;3,49\n"
    "A1;31.01.2026 10:15;K7;00418;Käse;1;12,00\n"
    "A2;01.02.2026 09:00;K8;00417;Müsli;-1;3,49\n"
)


def look(api: Api, name: str, status: int = 200, **more: Any) -> Any:
    return api.post("/api/v1/imports/look", {"file": name, **more}, status)


def preview(api: Api, name: str, mapping: Any) -> Any:
    text = mapping if isinstance(mapping, str) else json.dumps(mapping)
    return api.post("/api/v1/imports/preview", {"file": name, "mapping": text})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("ending", ["csv", "txt", "dat", "csv.gz", "csv.zst", "gz"])
def test_a_german_till_s_file_becomes_orders_whatever_its_encoding(
    api: Api, inbox: Path, encoding: str, ending: str
) -> None:
    raw = ORDERS.encode(encoding)
    packed = {"gz": gzip.compress, "zst": zstandard.ZstdCompressor().compress}
    (inbox / f"kasse.{ending}").write_bytes(packed.get(ending[-3:].strip("."), bytes)(raw))
    found = look(api, f"kasse.{ending}")
    assert (found["format"]["type"], found["format"]["delimiter"]) == ("csv", ";")
    assert {each["name"]: each["looks_like"] for each in found["columns"]} == {
        "Bestellnummer": "id",
        "Datum": "time",
        "Kundennummer": "id",
        "Artikelnummer": "id",
        "Bezeichnung": "text",
        "Menge": "number",
        "Einzelpreis": "money",
    }
    assert found["rows"][0] == ["A1", "31.01.2026 10:15", "K7", "00417", "Müsli", "2", "3,49"]
    shown = preview(api, f"kasse.{ending}", found["suggested"])
    assert (shown["problem"], shown["rejected"], shown["rows"]) == (None, [], 3)
    first, second = shown["events"]
    assert first["event"] == "Order Completed"
    assert first["identifiers"] == [{"kind": "user_id", "value": "K7"}]
    assert first["timestamp"] == "2026-01-31T10:15:00Z"
    assert first["properties"]["revenue"] == 18.98
    assert first["properties"]["products"][0] == {
        "sku": "00417",
        "name": "Müsli",
        "quantity": 2,
        "price": 3.49,
    }
    assert (second["event"], second["properties"]["total"]) == ("Order Refunded", 3.49)


@pytest.mark.skipif(not RETAIL.exists(), reason="the shared data are not here")
def test_the_year_of_a_real_shop_is_mapped_without_a_word_from_us(api: Api, inbox: Path) -> None:
    (inbox / RETAIL.name).symlink_to(RETAIL)
    found = look(api, RETAIL.name)
    event = found["suggested"]["event"]
    assert found["suggested"]["group_by"] == ["InvoiceNo"]
    assert event["timestamp"] == {"column": "InvoiceDate", "format": "%m/%d/%y %H:%M"}
    assert event["identifiers"] == {"user_id": {"column": "CustomerID", "as": "integer"}}
    assert event["returns"] == {"when": "Quantity < 0", "name": "Order Refunded"}
    assert "'InvoiceDate' the month is taken to come first" in found["note"]
    assert "currency" in found["note"]
    shown = preview(api, RETAIL.name, found["suggested"])
    assert len(shown["events"]) == 10
    assert shown["events"][0]["identifiers"] == [{"kind": "user_id", "value": "17850"}]
    assert "Only the first" in shown["note"]


def test_customers_become_traits_that_a_later_state_may_replace(api: Api, inbox: Path) -> None:
    (inbox / "kunden_2026.csv").write_text(
        "customer_id,E-Mail,Phone,First Name,Geburtsdatum,PLZ,Segment\n"
        + "".join(
            f"{n},a{n}@example.com,+49 30 1234{n:03},Ann,{n % 28 + 1:02}.05.1980,01{n:03},gold\n"
            for n in range(1, 41)
        )
    )
    found = look(api, "kunden_2026.csv")
    looks = {each["name"]: each["looks_like"] for each in found["columns"]}
    assert looks["E-Mail"] == "email"
    assert looks["Phone"] == "phone"
    assert looks["Geburtsdatum"] == "time"
    event = found["suggested"]["event"]
    assert event["type"] == "identify"
    assert event["identifiers"] == {"user_id": "customer_id", "email": "E-Mail", "phone": "Phone"}
    assert event["message_id"].endswith(":{customer_id}")
    assert "segment" in event["traits"]
    assert found["suggested"]["source"] == "kunden"
    [first, *_] = preview(api, "kunden_2026.csv", found["suggested"])["events"]
    assert first["traits"]["address"] == {"postalCode": "01001"}
    assert first["traits"]["birthday"].startswith("1980-05-02")
    assert {each["kind"] for each in first["identifiers"]} == {"user_id", "email", "phone"}


def test_lines_of_objects_reach_into_each_other(api: Api, inbox: Path) -> None:
    rows = [
        {"id": f"e{n}", "user": {"email": f"u{n}@example.com"}, "at": 1_770_000_000 + n, "action": "Viewed"}
        for n in range(30)
    ]
    (inbox / "clicks.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = look(api, "clicks.jsonl")
    assert found["format"] == {"type": "ndjson"}
    assert [each["name"] for each in found["columns"]] == ["id", "user.email", "at", "action"]
    shown = preview(api, "clicks.jsonl", found["suggested"])
    assert (shown["events"][0]["event"], shown["events"][0]["message_id"]) == ("Viewed", "e0")
    assert shown["events"][0]["identifiers"] == [{"kind": "email", "value": "u0@example.com"}]
    assert shown["rows"] <= 20


def test_parquet_is_seen_in_its_bytes_and_its_lines_tell_what_varies(api: Api, inbox: Path) -> None:
    table = pa.table(
        {
            "basket_id": [1, 1, 2],
            "household_id": ["h1", "h1", "h2"],
            "store_id": [5, 5, 6],
            "product_id": ["p1", "p2", "p1"],
            "sales_value": [1.5, 2.25, 3.0],
            "aisle": ["x", "y", "x"],
            "sold_at": pa.array(["2026-01-01T10:00:00"] * 3).cast(pa.timestamp("us")),
        }
    )
    pq.write_table(table, inbox / "lines.bin")
    found = look(api, "lines.bin")
    assert found["format"] == {"type": "parquet"}
    assert found["rows"][0][0] == 1
    event = found["suggested"]["event"]
    assert event["identifiers"] == {"loyalty_card": "household_id"}
    assert event["products"]["aisle"] == "aisle"
    assert event["properties"]["affiliation"] == "store_id"
    shown = preview(api, "lines.bin", found["suggested"])
    assert [each["properties"]["revenue"] for each in shown["events"]] == [3.75, 3.0]


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "is empty"),
        ("book.xlsx", b"PK\x03\x04" + bytes(500), "Excel"),
        ("book.csv", b"PK\x03\x04" + bytes(500), "Excel"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(500), "Excel"),
        ("noise.csv", bytes(range(256)) * 40, "no text of rows"),
        ("list.json", b'[{"a": 1}]', "one JSON list"),
        ("long.csv", b"a" * (2 << 20), "first line"),
        ("cut.parquet", b"PAR1" + bytes(500), "cannot be read"),
        ("text.parquet", b"a,b\n1,2\n", "no Parquet"),
        ("twice.csv.gz", gzip.compress(gzip.compress(b"a,b\n1,2\n", mtime=0), mtime=0), "compressed twice"),
        ("cut.csv.gz", gzip.compress(Random(1).randbytes(2000), mtime=0)[:12], "damaged"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
        ("broken.ndjson", b"{nonsense\n" * 3, "no rows that can be read"),
    ],
)
def test_what_holds_no_rows_is_refused_with_a_cure(
    api: Api, inbox: Path, name: str, raw: bytes, says: str
) -> None:
    (inbox / name).write_bytes(raw)
    problem = look(api, name, 400)
    assert says in problem["message"]
    assert problem["cure"]
    shown = preview(api, name, "event: {name: Seen, message_id: '{a}'}")
    assert shown["problem"] or shown["rejected"]
    assert shown["events"] == []


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (
            b"id,email\n1,a@example.com\n2\n3,b@example.com,x\n",
            "2 of the first 3 lines cannot be read (line 3",
        ),
        (b"17,2026-01-01,5.50\n18,2026-01-02,6.50\n", "first line looks like a row"),
        (b"id,id,email\n1,2,a@example.com\n", "'id' is there more than once"),
        (b"id,,email\n1,2,a@example.com\n", "a column has no name"),
        (b"id,email\n", "no rows"),
        (b"id email\n1 a@example.com\n2 b@example.com\n", "only one column"),
        (b"id,name\n1,M\xfcller\n", "read as cp1252"),
        (b"id,name\n1,Ann\n2,Be\n3", "is the file whole?"),
        (b"a,b\n1,2\n", "identifier"),
    ],
)
def test_what_is_odd_is_said(api: Api, inbox: Path, raw: bytes, says: str) -> None:
    (inbox / "odd.csv").write_bytes(raw)
    assert says.lower() in look(api, "odd.csv")["note"].lower()


def test_a_compressed_file_that_is_cut_is_shown_as_far_as_it_goes(api: Api, inbox: Path) -> None:
    lines = "".join(f"{n},u{n}@example.com,{os.urandom(8).hex()}\n" for n in range(2000))
    (inbox / "cut.csv.gz").write_bytes(gzip.compress(f"id,email,note\n{lines}".encode())[:-4000])
    found = look(api, "cut.csv.gz")
    assert "cut short or damaged" in found["note"]
    assert len(found["rows"]) == 20


def test_what_was_seen_wrongly_can_be_said(api: Api, inbox: Path) -> None:
    (inbox / "pipes.csv").write_text("a~b\n1~u1@example.com\n")
    found = look(api, "pipes.csv", format={"type": "csv", "delimiter": "~"})
    assert [each["name"] for each in found["columns"]] == ["a", "b"]
    assert found["suggested"]["format"] == {"type": "csv", "delimiter": "~"}
    assert "delimiter" in look(api, "pipes.csv", 400, format={"type": "csv", "delimiter": "~~"})["message"]
    assert "'type'" in look(api, "pipes.csv", 400, format={"delimiter": ";"})["message"]


def test_single_quotes_are_seen_and_kept(api: Api, inbox: Path) -> None:
    (inbox / "q.csv").write_text("id,name\n" + "".join(f"'{n}','a, b{n}'\n" for n in range(20)))
    found = look(api, "q.csv")
    assert found["format"]["quote"] == "'"
    assert found["rows"][0] == ["0", "a, b0"]


def test_a_wrong_mapping_is_told_with_its_cure_and_nothing_else(api: Api, inbox: Path) -> None:
    (inbox / "a.csv").write_text("order,email\n1,a@example.com\n")
    wrong = "event: {type: track, name: Seen, message_id: '{ordre}'}"
    shown = preview(api, "a.csv", wrong)
    assert "did you mean 'order'" in shown["problem"]["message"]
    assert shown["problem"]["cure"]
    assert shown["yaml"] == wrong
    for text in ("", "[", "event: {}", "{", "a: &a [*a]", "\tx", "event: 7"):
        shown = preview(api, "a.csv", text)
        assert shown["problem"], text
        assert shown["yaml"] == text


def test_rejected_rows_come_with_their_reasons(api: Api, inbox: Path) -> None:
    (inbox / "a.csv").write_text("id,email,n\n1,a@example.com,5\n2,,6\n3,c@example.com,many\nx\n")
    mapping = {
        "source": "shop",
        "event": {
            "name": "Seen",
            "message_id": "{id}",
            "identifiers": {"email": "email"},
            "properties": {"n": {"column": "n", "as": "number"}},
        },
    }
    shown = preview(api, "a.csv", mapping)
    assert [each["message_id"] for each in shown["events"]] == ["1"]
    assert [each["reason"] for each in shown["rejected"]] == ["no_identifier", "wrong_type", "broken_line"]
    assert "'many' is not a number" in shown["rejected"][1]["detail"]
    assert json.loads(shown["rejected"][1]["raw"])["row"]["n"] == "many"
    with api.installation.database.transaction(read_only=True) as session:
        assert api.installation.log.head(session) == 0, "nothing is written"


def test_a_large_file_is_answered_from_its_beginning(
    api: Api, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (inbox / "large.csv").open("w") as file:
        file.write("order,customer_id,sku,price,at\n")
        for n in range(400_000):
            file.write(f"o{n // 3},c{n % 97},s{n % 11},1.50,2026-01-01T10:00:00\n")
    read: list[int] = []

    def noted(path: Path, most: int = sniffing.HEAD) -> sniffing.Start:
        start = sniffing.start_of(path, most)
        read.append(len(start.data))
        return start

    monkeypatch.setattr("segue.app.imports.look.start_of", noted)
    found = look(api, "large.csv")
    shown = preview(api, "large.csv", found["suggested"])
    assert max(read) <= 2 << 20
    assert len(shown["events"]) == 10
    assert shown["rows"] < 100_000
    assert "the import reads them all" in shown["note"]
