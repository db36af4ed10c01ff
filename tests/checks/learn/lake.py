"""A lake of a few events for the source: who (a letter) → what she did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from segue.adapters.duckdb.columns import DuckColumns
from segue.adapters.duckdb.lake import ParquetLake
from segue.domain.order import DAY
from segue.learn.purchases import Persons
from segue.learn.source import House, LakeSource
from segue.ports.columns import Answer, ColumnSession
from segue.ports.lake import Erased, LakeRow
from segue.ports.statements import Statement

NOON = 1_772_366_400_000_000


def event(
    who: str,
    day: int,
    name: str = "Order Completed",
    *,
    kind: str = "track",
    source: str = "till",
    proven: bool = True,
    position: int = 0,
    context: dict[str, Any] | None = None,
    traits: dict[str, Any] | None = None,
    **properties: Any,
) -> LakeRow:
    """One event of fragment ``who`` at noon of a day; its offset is set when it is written."""
    moment = NOON + day * DAY
    body = msgspec.json.encode
    return LakeRow(
        "", source, kind, name if kind == "track" else "", moment, moment, who, body(properties),
        body(context or {}), body(traits or {}), (), (), None, proven, position, 0, moment // DAY,
    )  # fmt: skip


def line(sku: str, pieces: float | None = None, price: float = 1.0, **more: Any) -> dict[str, Any]:
    """A line of an order."""
    return {"product_id": sku, "price": price, **({} if pieces is None else {"quantity": pieces}), **more}


class Asking:
    """As of everything."""

    def __init__(self, session: ColumnSession) -> None:
        self._session = session

    def run(self, statement: Statement, /, **values: object) -> None:
        self._session.run(statement, upto=2**62, **values)

    def fetch(self, statement: Statement, /, **values: object) -> Answer:
        return self._session.fetch(statement, upto=2**62, **values)


@contextmanager
def source_of(
    folder: Path,
    events: Sequence[LakeRow],
    persons: dict[str, str] | None = None,
    erased: Sequence[Erased] = (),
) -> Iterator[LakeSource]:
    """The events in a lake. Fragments of lower case are persons of that name; ``persons`` says otherwise."""
    rows = [
        each._replace(message_id=f"m{place}", log_offset=place + 1, fragment_id=hexed(each.fragment_id))
        for place, each in enumerate(events)
    ]
    lake = ParquetLake(folder)
    file = lake.write(f"{len(list(folder.glob('*/*')))}", [rows]) if rows else None
    known = {each.fragment_id: each.fragment_id for each in events if each.fragment_id.islower()}
    known.update(persons or {})
    ids = sorted(set(known.values()))
    with DuckColumns(folder).session() as session:
        session.see(
            [] if file is None else [file.file_id], [Erased(hexed(who), upto) for who, upto in erased]
        )
        fragments = sorted(known)
        session.keep(
            "person_of",
            {
                "fragment_id": np.asarray([hexed(each) for each in fragments], object),
                "person": np.asarray([ids.index(known[each]) for each in fragments], np.int32),
            },
        )
        yield LakeSource(Asking(session), House(zone="UTC", persons=Persons(ids, [[each] for each in ids])))


def hexed(who: str) -> str:
    """The id of the fragment of that name."""
    return who.encode().hex().rjust(32, "0")


Bought = list[tuple[str | None, int, str, float, float]]


def bought(source: LakeSource, day: float = 1_000) -> Bought:
    """``(person, day, sku, pieces, amount)`` of each line as known before noon of a day."""
    found = source.purchases(NOON + int(day * DAY))
    rows = zip(
        found.person.tolist(), found.time.tolist(), found.item.tolist(), found.pieces.tolist(),
        np.round(found.amount, 6).tolist(), strict=True,
    )  # fmt: skip
    return [
        (
            None if who < 0 else found.persons.ids[who],
            (time - NOON) // DAY,
            found.items.sku[item],
            pieces,
            paid,
        )
        for who, time, item, pieces, paid in rows
    ]
