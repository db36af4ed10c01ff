"""``segue import`` from the file to the golden record: once, whatever happens in between."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from segue.app.imports.run import Progress, import_file, mapping_in
from segue.app.installation import Installation
from segue.app.intake import Intake
from segue.app.persons import Persons
from segue.collect.dedupe import rotate
from segue.domain.drafts import Draft, Sender
from segue.domain.events import DeadLetter
from segue.domain.order import DAY
from segue.errors import DefinitionError, NotFoundError, UnavailableError
from segue.ports.clock import ManualClock
from segue.ports.log import NewEntry
from segue.ports.statements import Statement
from segue.sources.files import read_mapping

SHARED = Path(os.environ.get("SEGUE_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
RETAIL = SHARED / "online_retail" / "invoices_2010_12_to_2011_06.csv.gz"
EXAMPLES = Path(__file__).parents[3] / "examples"

TILL = read_mapping(
    """
source: till
group_by: [order]
event:
  type: track
  name: Order Completed
  message_id: "{order}"
  timestamp: {column: at}
  identifiers: {loyalty_card: card}
  properties: {order_id: order, currency: {value: EUR}}
  products: {sku: sku, quantity: {column: n, as: number}, price: {column: price, as: number}}
  returns: {when: "n < 0", name: Order Refunded}
"""
)
HEADER = "order,at,card,sku,n,price\n"


def rows(orders: range) -> str:
    """Orders of seven cards, of two rows each, every fifth with something brought back."""
    return "".join(
        f"o{order},2026-01-{order % 28 + 1:02d}T10:00:00,c{order % 7},s{place},{n},1.25\n"
        for order in orders
        for place, n in enumerate((2, -1 if order % 5 == 0 else 1))
    )


def till(folder: Path, orders: range, more: str = "") -> Path:
    path = folder / "till.csv"
    path.write_text(HEADER + rows(orders) + more, encoding="utf-8")
    return path


def records(installation: Installation, identifiers: Sequence[str]) -> dict[str, Any]:
    persons = Persons(installation)
    return {each: msgspec.to_builtins(persons.find(each).persons) for each in identifiers}


CARDS = [f"loyalty_card:c{number}" for number in range(7)]


def letters(installation: Installation) -> list[tuple[str, str]]:
    query = Statement("letters", "all", "select reason, detail from dead_letter order by detail")
    with installation.database.transaction(read_only=True) as session:
        return [(reason, detail) for reason, detail in session.fetch(query)]


def log_length(installation: Installation) -> int:
    with installation.database.transaction(read_only=True) as session:
        return installation.log.head(session)


def test_orders_and_returns_become_records(installation: Installation, tmp_path: Path) -> None:
    report = import_file(installation, till(tmp_path, range(35)), TILL)
    installation.drain()
    assert (report.source, report.rows, report.events, report.known, report.rejected) == (
        "till",
        70,
        42,
        0,
        (),
    )
    found = records(installation, CARDS)
    for record in found.values():
        assert (record[0]["orders"]["count"], record[0]["orders"]["refunds"]) == (5, "1.25")
        assert record[0]["orders"]["revenue"] == "16.25"  # 4 × 3.75 + 2.50, less the 1.25 brought back


def test_an_import_run_again_doubles_nothing_also_after_a_month(
    installation: Installation, tmp_path: Path, clock: ManualClock
) -> None:
    path = till(tmp_path, range(35))
    import_file(installation, path, TILL)
    installation.drain()
    once, length = records(installation, CARDS), log_length(installation)
    for _ in range(3):
        again = import_file(installation, path, TILL)
        assert (again.events, again.known) == (0, 42)
        clock.advance(20 * DAY)
        with installation.database.transaction() as session:
            rotate(session, clock.now(), installation.settings.dedupe_days)
    assert log_length(installation) == length
    clock.advance(-60 * DAY)
    assert records(installation, CARDS) == once
    more = import_file(installation, till(tmp_path, range(42)), TILL)
    assert (more.events, more.known) == (9, 42)
    installation.drain()
    assert sum(found[0]["orders"]["count"] for found in records(installation, CARDS).values()) == 42


def test_what_the_loop_has_not_seen_yet_is_not_doubled_either(
    installation: Installation, tmp_path: Path
) -> None:
    path = till(tmp_path, range(35))
    import_file(installation, path, TILL)
    import_file(installation, path, TILL)
    installation.drain()
    assert sum(found[0]["orders"]["count"] for found in records(installation, CARDS).values()) == 35


def test_an_interrupted_import_continues_where_it_was(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.app.intake.GROUP", 10)
    path = till(tmp_path, range(140))
    append = installation.log.append
    appended: list[int] = []

    def interrupted(entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        if len(appended) == 6:
            raise KeyboardInterrupt
        appended.append(len(entries))
        return append(entries, dead)

    monkeypatch.setattr(installation.log, "append", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_file(installation, path, TILL)
    monkeypatch.setattr(installation.log, "append", append)
    installation.drain()
    report = import_file(installation, path, TILL)
    installation.drain()
    assert report.known == sum(appended)
    assert report.events + report.known == 168
    assert sum(found[0]["orders"]["count"] for found in records(installation, CARDS).values()) == 140


def test_a_database_that_goes_away_is_waited_for_and_nothing_is_doubled(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, failures = installation.log.append, [True, True, False, True]

    def shaky(entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        if failures:
            if failures.pop():
                append(entries, dead)  # it was committed, only the answer was lost
            raise UnavailableError("the database is away")
        return append(entries, dead)

    monkeypatch.setattr(installation.log, "append", shaky)
    monkeypatch.setattr("segue.app.intake.GROUP", 10)
    waited: list[float] = []
    with Intake(installation, wait=waited.append) as intake:
        sender, rules, now = (
            Sender(source="till", trusted=True),
            installation.rules(),
            installation.clock.now(),
        )
        for number in range(25):
            draft = Draft(
                type="track",
                event="Order Completed",
                message_id=f"o{number}",
                identifiers=(("loyalty_card", f"c{number % 7}"),),
                properties={"order_id": f"o{number}", "revenue": 1},
                remember="ever",
            )
            intake.add([draft], sender, rules, now)
    assert (intake.events, len(waited)) == (25, 4)
    installation.drain()
    assert sum(found[0]["orders"]["count"] for found in records(installation, CARDS).values()) == 25


def test_a_database_that_stays_away_is_told(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        raise UnavailableError("the database is away")

    monkeypatch.setattr(installation.log, "append", away)
    monkeypatch.setattr("segue.app.intake.PATIENCE", 0.0)
    with pytest.raises(UnavailableError, match="the database is away") as caught:
        import_file(installation, till(tmp_path, range(5)), TILL)
    assert caught.value.cure == "run the import again; nothing will be doubled"


def test_a_broken_line_in_the_middle_is_a_dead_letter_and_nothing_around_it_is_lost(
    installation: Installation, tmp_path: Path
) -> None:
    path = till(tmp_path, range(5), 'o90,2026-01-01T10:00:00,"c1,s1,1\n' + rows(range(5, 35)))
    report = import_file(installation, path, TILL)
    installation.drain()
    assert report.events == 42
    assert [(each.reason, each.events) for each in report.rejected] == [("broken_line", 1)]
    assert letters(installation) == [("broken_line", "line 12: a quote is not closed")]
    assert sum(found[0]["orders"]["count"] for found in records(installation, CARDS).values()) == 35


def test_what_was_rejected_is_kept_once_however_often_the_file_is_imported(
    installation: Installation, clock: ManualClock, tmp_path: Path
) -> None:
    guests = "g1,2026-01-01T10:00:00,,s1,1,2\ng2,2026-01-01T10:00:00,null,s1,1,2\n"
    path = till(tmp_path, range(5), 'o90,2026-01-01T10:00:00,"c1,s1,1\n' + guests)
    import_file(installation, path, TILL)
    kept = letters(installation)
    clock.advance(31 * DAY)
    again = import_file(installation, path, TILL)
    assert sum(each.events for each in again.rejected) == 3
    assert letters(installation) == kept
    assert len(kept) == 3


def test_guests_without_an_id_are_counted_and_kept(installation: Installation, tmp_path: Path) -> None:
    path = till(tmp_path, range(7), "g1,2026-01-01T10:00:00,,s1,1,2\ng2,2026-01-01T10:00:00,null,s1,1,2\n")
    report = import_file(installation, path, TILL)
    assert [(each.reason, each.events) for each in report.rejected] == [("no_identifier", 2)]
    assert [reason for reason, _ in letters(installation)] == ["no_identifier"] * 2


def test_a_truncated_file_is_told_and_the_whole_one_completes_it(
    installation: Installation, tmp_path: Path
) -> None:
    packed = gzip.compress((HEADER + rows(range(20_000))).encode())
    path = tmp_path / "till.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    cut = import_file(installation, path, TILL)
    assert cut.trouble is not None
    assert "is cut short or damaged after line" in cut.trouble
    assert cut.cure is not None
    assert cut.events > 1_000
    installation.drain()
    path.write_bytes(packed)
    whole = import_file(installation, path, TILL)
    assert (whole.trouble, whole.known) == (None, cut.events)
    assert whole.events + whole.known == 24_000


def test_progress_is_told_and_ends_at_the_end(installation: Installation, tmp_path: Path) -> None:
    told: list[Progress] = []
    import_file(installation, till(tmp_path, range(35)), TILL, progress=told.append)
    assert (told[-1].phase, told[-1].fraction, told[-1].rows, told[-1].events) == ("importing", 1.0, 70, 42)


def test_the_source_can_be_named_and_must_be(installation: Installation, tmp_path: Path) -> None:
    path = till(tmp_path, range(7))
    assert import_file(installation, path, TILL, "old_till").source == "old_till"
    with pytest.raises(DefinitionError, match="names no source"):
        import_file(installation, path, msgspec.structs.replace(TILL, source=None))
    with pytest.raises(NotFoundError):
        mapping_in(tmp_path / "none.yaml")
    path.write_text("Order,at,card,sku,n,price\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="no column 'order'"):
        import_file(installation, path, TILL)


def test_attributes_come_as_claims_of_their_source(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "crm.ndjson"
    path.write_text('{"id":"c1","city":"Berlin","kids":2}\n{"id":"c2","city":null}\n', encoding="utf-8")
    mapping = read_mapping(
        "source: crm\nevent: {type: identify, message_id: 'crm-{id}', timestamp: {value: 2026-01-01}, "
        "identifiers: {loyalty_card: id}, traits: {city: city, kids: kids}}"
    )
    assert import_file(installation, path, mapping).events == 2
    installation.drain()
    [person] = records(installation, ["loyalty_card:c1"])["loyalty_card:c1"]
    assert (person["attributes"]["city"]["value"], person["attributes"]["city"]["source"]) == (
        "Berlin",
        "crm",
    )
    assert (person["attributes"]["kids"]["value"], person["attributes"]["kids"]["claimed"]) == (2, False)


@pytest.mark.data
@pytest.mark.skipif(not RETAIL.exists(), reason=f"the shared data are not at {SHARED}: set SEGUE_SHARED_DATA")
def test_a_real_retailers_half_year_with_returns_and_guests_adds_up(installation: Installation) -> None:
    report = import_file(installation, RETAIL, EXAMPLES / "online_retail" / "mapping.yaml")
    installation.drain()
    expected = {
        card: (orders, Decimal(str(net)))
        for card, orders, net in duckdb.connect().execute(
            "select cast(CustomerID as bigint), count(distinct InvoiceNo) filter (Quantity >= 0), "
            "cast(sum(cast(UnitPrice as decimal(18,3)) * Quantity) as decimal(18,2)) "
            f"from read_csv('{RETAIL}', all_varchar = false, types = {{'InvoiceNo': 'VARCHAR'}}) "
            "where CustomerID is not null group by 1"
        ).fetchall()
    }  # fmt: skip
    assert report.rows == 240_007
    # guests, of whom some are whole days of the web shop in one invoice of more than 32 KB
    assert [(each.reason, each.events) for each in report.rejected][1:] == [("too_large", 27)]
    assert report.rejected[0].reason == "no_identifier"
    assert report.events + report.rejections == 12_468
    some = sorted(expected)[:: max(len(expected) // 150, 1)]
    found = records(installation, [f"loyalty_card:{card}" for card in some])
    for card in some:
        [person] = found[f"loyalty_card:{card}"]
        orders, net = expected[card]
        assert person["orders"]["count"] >= orders
        assert abs(Decimal(person["orders"]["revenue"]) - net) <= Decimal("0.01"), (
            card,
            person["orders"],
            net,
        )
