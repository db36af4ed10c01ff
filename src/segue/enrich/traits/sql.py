"""The same definitions as SQL over the lake, in DuckDB's dialect as far as it transpiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from segue.domain.rules import Rules
from segue.enrich.traits.measure import Measure
from segue.enrich.traits.plan import TraitPlan


class Question(msgspec.Struct, frozen=True):
    """One statement and the values to bind."""

    text: str
    #: name of a parameter (``$name``) → value
    values: dict[str, Any]


def backfill_sql(measure: Measure, upto: Sequence[int], low: str = "", high: str = "g") -> Question:
    """Accumulators of one measure by fragment, of events at or below the offsets.

    Reads the relation ``events`` (the view of the lake). ``upto`` holds for each of the log's 64 slots the
    last offset that counts; ``low`` ≤ fragment id (hexadecimal) < ``high`` cuts the work into portions. The
    columns are opaque: hand the record batches to :func:`backfilled`.
    """
    raise NotImplementedError


def backfilled(
    plan: TraitPlan, measure: Measure, batches: Iterable[Any]
) -> Iterator[list[tuple[bytes, bytes]]]:
    """From the Arrow record batches of :func:`backfill_sql` to portions of (fragment id, encoded state).

    Each fragment comes once; its state is to be merged into what is there for it, exactly once.
    """
    raise NotImplementedError


def values_sql(plan: TraitPlan, at: int, names: Sequence[str] | None = None) -> Question:
    """The values of traits of every person as of ``at``, microseconds.

    Reads the relations ``events`` and ``fragments`` (fragment_id, person_id; without shared ones). Columns:
    ``person_id``, one per trait under its name, and ``approximate`` (list of names). Numbers are DOUBLE,
    text is VARCHAR, ``first`` and ``last`` are JSON scalars, ``by`` is MAP(VARCHAR, DOUBLE).
    """
    raise NotImplementedError


def column_type(plan: TraitPlan, name: str) -> str:
    """``number``, ``text``, ``json`` or ``map``: what a trait's column of :func:`values_sql` holds."""
    raise NotImplementedError


__all__ = ["Question", "Rules", "backfill_sql", "backfilled", "column_type", "values_sql"]
