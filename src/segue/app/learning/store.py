"""Rows of training runs and predictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from segue.app.learning.views import RunState
from segue.domain.order import rfc3339
from segue.learn.judged import Drift, Verdict
from segue.ports.database import Session
from segue.ports.statements import statements

SQL = statements("segue.app.learning", "runs.sql")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A training run that is kept."""

    model: str
    version: str
    #: present: in force; replaced: it was; refused: it was worse than the present one
    state: RunState
    #: RFC 3339
    trained_at: str
    #: RFC 3339: nothing at or after this moment was looked at
    until: str
    seed: int
    by: str
    #: how it compares with the one that was in force
    gate: Verdict
    #: of the lake, then
    events: int
    #: RFC 3339: the moment its last predictions are of
    scored_at: str | None
    #: names of its predictions
    says: list[str]
    drift: Drift | None


class PredictionPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One prediction on a golden record."""

    value: float
    low: float
    high: float
    #: ``name@version``
    model: str
    #: in words, best first
    reasons: list[str]
    #: RFC 3339: the moment it is of
    at: str
    #: for classes: the likeliest
    label: str | None = None


class PredictionRow(NamedTuple):
    """One prediction on its way into the table; the fields are its columns."""

    fragment_id: bytes
    name: str
    value: float
    low: float
    high: float
    label: str | None
    reasons: list[str]
    model: str
    version: str
    at: int
    sensitive: bool


def present(session: Session) -> dict[str, Run]:
    """The runs in force, by model."""
    return {row[0]: _run(row) for row in session.fetch(SQL["present"])}


def present_of(session: Session, model: str) -> Run | None:
    """The run in force of a model; None before it was trained."""
    rows = session.fetch(SQL["present_of"], model=model)
    return _run(rows[0]) if rows else None


def latest(session: Session, model: str, limit: int = 50) -> list[Run]:
    """The newest runs of a model."""
    return [_run(row) for row in session.fetch(SQL["latest"], model=model, limit=limit)]


def _run(row: tuple[Any, ...]) -> Run:
    model, version, state, trained, until, seed, by, gate, events, scored, says, drift = row
    return Run(
        model=model,
        version=version,
        state=state,
        trained_at=rfc3339(trained),
        until=rfc3339(until),
        seed=seed,
        by=by,
        gate=msgspec.json.decode(gate, type=Verdict),
        events=events,
        scored_at=None if scored is None else rfc3339(scored),
        says=list(says),
        drift=None if drift is None else msgspec.json.decode(drift, type=Drift),
    )


def put_predictions(
    session: Session, model: str, version: str, at: int, rows: Iterable[PredictionRow]
) -> None:
    """What a model says of everybody takes the place of what it said before."""
    session.execute(SQL["lock_predictions"])
    session.execute(SQL["make_incoming"])
    session.copy(SQL["fill_incoming"], rows)
    session.execute(SQL["put_predictions"])
    session.execute(SQL["drop_outdated"], model=model, version=version, at=at)
    session.execute(SQL["judge_again"], model=model)


def of_person(
    session: Session, fragments: Sequence[bytes], *, personal: bool
) -> tuple[dict[str, PredictionPart], int]:
    """What is predicted of whoever has these fragments, the newest of each name; and how many are withheld.

    ``personal``: she consents to personalisation, so that what is sensitive may be shown.
    """
    return _newest(session.fetch(SQL["of_person"], ids=list(fragments)), personal=personal)


def of_everybody(session: Session) -> Iterator[tuple[bytes, list[tuple[Any, ...]]]]:
    """Rows of everybody's predictions by person, streamed in the order of ids; see :func:`choose`."""
    rows = session.stream(SQL["of_everybody"])
    for person, group in groupby(rows, key=lambda row: row[0]):
        yield bytes(person), [row[1:] for row in group]


def choose(rows: Sequence[tuple[Any, ...]], *, personal: bool) -> dict[str, PredictionPart]:
    """The newest of each name."""
    return _newest(rows, personal=personal)[0]


def _newest(rows: Sequence[tuple[Any, ...]], *, personal: bool) -> tuple[dict[str, PredictionPart], int]:
    found: dict[str, PredictionPart] = {}
    withheld: set[str] = set()
    for name, value, low, high, label, reasons, model, version, at, sensitive in rows:
        if sensitive and not personal:
            withheld.add(name)
        elif name not in found:
            found[name] = PredictionPart(
                value=value,
                low=low,
                high=high,
                label=label,
                reasons=list(reasons),
                model=f"{model}@{version}",
                at=rfc3339(at),
            )
    return dict(sorted(found.items())), len(withheld)
