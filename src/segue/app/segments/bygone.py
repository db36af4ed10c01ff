"""Buyers of a moment that has passed, where hardly any bought lately: the year before the last orders.

A shop whose data ends years ago has nobody whose traits of a year say anything as of today. Like the models,
groups are then looked for as of its last orders, with the same traits, counted from the lake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.segments.comparing import FEWEST, SAMPLED, Ground, too_few, wanted
from segue.archive import manifest
from segue.domain.rules import Rules
from segue.enrich.calendar import begins, day_and_hour
from segue.enrich.segments.columns import Field, Letter
from segue.enrich.traits.plan import plan
from segue.ports.statements import statements

_SQL = statements("segue.archive")

YEAR: Final = 365
LATELY: Final = 0.1
"""Of all who ever bought, how many must have done so within a year for the present to be the moment."""


def bought_last(ground: Ground) -> str | None:
    """The column of days since her last order: of the record, which needs nothing counted."""
    field = ground.fields.get(("orders", "days_since_last"))
    return ground.number("recency") if field is None else field.of("n")


def moment_of(ground: Ground, rules: Rules, as_of: int) -> int | None:
    """The end of the day of the last orders; None where enough have bought within a year of ``as_of``.

    A few orders that stand alone, years after the others, do not count: it is the last day with a
    year before it in which at least half as many bought for the last time as in any other.
    ConflictError when too few ever bought.
    """
    column = bought_last(ground)
    rows: list[tuple[Any, ...]] = []
    if column is not None:
        sql = f"select {column}, count(*) from persons where {column} >= 0 group by 1 order by 1"
        rows = ground.select(sql, {})
    days = {int(day): int(persons) for day, persons in rows}
    lately = sum(persons for day, persons in days.items() if day < YEAR)
    ever = sum(days.values())
    if ever < FEWEST:
        raise too_few(lately)
    if lately >= LATELY * ever:
        return None
    within = {day: sum(n for other, n in days.items() if day <= other < day + YEAR) for day in days}
    least = max(within.values()) / 2
    back = min(day for day, persons in within.items() if persons >= least)
    today, _ = day_and_hour(rules.time_zone, as_of)
    return begins(rules.time_zone, (today - back + 1) * 24) - 1


@contextmanager
def bygone(installation: Installation, rules: Rules, ground: Ground, at: int) -> Iterator[Ground]:
    """Who of ``ground`` ever bought (of many, a sample), with their traits as they were at ``at``.

    MissingFileError when the lake's files are replaced meanwhile: ask again. UnavailableError.
    """
    bought = f"persons where {bought_last(ground)} >= 0"
    [(total,)] = ground.select(f"select count(*) from {bought}", {})
    chosen = ground.select(f"select person_id from {bought} order by hash(person_id) limit {SAMPLED}", {})
    persons = {bytes(person).hex() for (person,) in chosen}
    lake_of(installation).flush()
    with installation.database.transaction(read_only=True) as session:
        # the manifest before the erasures: one that is finished in between has deleted its files
        files = [file.file_id for file in manifest.files(session)]
        erased = manifest.pending_erasures(session)
        rows = [row for row in session.stream(_SQL["fragments"]) if row[1] in persons]
    known = {"fragment_id": [row[0] for row in rows], "person_id": [row[1] for row in rows]}
    from segue.adapters.duckdb.questions import LakeQuestions

    with LakeQuestions(installation.data / LAKE).over(files, erased, until=at) as events:
        events.know("fragments", known)
        fields, text, values = _traits(rules, at)
        events.keep("persons", text, values)
        yield Ground({field.path: field for field in fields}, events.select, total / max(1, len(persons)))


def _traits(rules: Rules, at: int) -> tuple[Sequence[Field], str, dict[str, object]]:
    """What they are compared by, in columns that are named as a snapshot's."""
    from segue.enrich.traits.sql import column_type, values_sql

    ours, names = plan(rules), [trait.name for trait in wanted(rules)]
    asked = values_sql(ours, at, names)
    fields, columns = [], ["person_id"]
    for number, name in enumerate(names):
        letter: Letter = "m" if column_type(ours, name) == "map" else "n"
        fields.append(Field(path=("traits", name), column=f"f{number}", letters=(letter,)))
        columns.append(f'"{name}" as f{number}_{letter}')
    return fields, f"select {', '.join(columns)} from ({asked.text})", dict(asked.values)


__all__ = ["bygone", "moment_of"]
