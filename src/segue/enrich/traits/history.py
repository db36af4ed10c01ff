"""Counting the past: a measure's accumulators by fragment, asked of the lake and made states of.

DuckDB groups, and writes what is to be stored of each fragment in hexadecimal (see
:mod:`segue.enrich.traits.packing`). Putting it together is all that is left to Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Raw

from segue.domain.traits import BREADTH
from segue.enrich.traits import packing, points
from segue.enrich.traits.adding import bucket_size
from segue.enrich.traits.joining import tidied
from segue.enrich.traits.measure import Measure
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.state import MARK, TraitState, encode, opened
from segue.enrich.traits.terms import Places


class Question(msgspec.Struct, frozen=True):
    """One statement and the values to bind."""

    text: str
    #: name of a parameter (``$name``) → value
    values: dict[str, Any]


_HEX: Final = "'0123456789abcdef'"

# ── the question ─────────────────────────────────────────────────────────────


class Span(msgspec.Struct, frozen=True):
    """Which events are asked for."""

    #: for each of the log's 64 slots the last offset that counts
    upto: Sequence[int]
    #: low ≤ fragment id (hexadecimal) < high
    low: str = ""
    high: str = "g"
    #: the present local hour: what no window will reach any more is left out; None: everything
    hour: int | None = None


def backfill_sql(plan: TraitPlan, measure: Measure, span: Span) -> Question:
    """Accumulators of one measure by fragment, of the events of a span.

    Reads the relation ``events`` (the view of the lake). The columns are opaque: hand the record batches to
    :func:`backfilled`.
    """
    where = [points.named(points.names_of([measure])), _offsets(span.upto)]
    values: dict[str, Any] = {"upto": list(span.upto) if len(set(span.upto)) > 1 else span.upto[0]}
    if (span.low, span.high) != ("", "g"):
        where.append("fragment_id >= $low and fragment_id < $high")
        values |= {"low": span.low, "high": span.high}
    places = points.places_of([measure])
    parts = {"picked": points.picked("fragment_id", [measure], places, "events", " and ".join(where))}
    asked = _Asked(measure, places, _floor(measure, span.hour))
    if measure.ordered:
        parts |= _orders(asked, plan.numbers[measure.key])
        last = (
            "select owner, a.map as map, s.map as ordered, marks, orders, "
            "greatest(coalesce(a.size, 0), coalesce(s.size, 0)) as size "
            "from entries full join alone a using (owner) full join standing s using (owner)"
        )
    else:
        last = _maps(measure, asked.grouped(points.happened(measure)), "owner")
    queries = ",\n".join(f"{name} as {_bracketed(name, query)}" for name, query in parts.items())
    return Question(f"with {queries}\n{last}", values)


def _bracketed(name: str, query: str) -> str:
    """What is read more than once is kept, so that the lake is read once."""
    return f"materialized ({query})" if name in _KEPT else f"({query})"


_KEPT: Final = frozenset({"said", "stated", "known", "adds"})


def _floor(measure: Measure, hour: int | None) -> int | None:
    if hour is None or measure.window is None:
        return None
    return hour // bucket_size(measure) - measure.window.length


def _offsets(upto: Sequence[int]) -> str:
    """Whether an event's offset is at or below what its slot of the log says."""
    if len(set(upto)) == 1:
        return "log_offset <= $upto"
    first, second = (f"strpos({_HEX}, substr(fragment_id, {place}, 1))" for place in (1, 2))
    return f"log_offset <= list_extract(cast($upto as bigint[]), (({first} - 1) % 4) * 16 + {second})"


def _text(measure: Measure) -> str:
    """The text under which a value is kept apart; none where nothing is."""
    return "grp" if measure.by is not None else "v" if measure.kind in ("set", "tally") else ""


class _Asked(NamedTuple):
    measure: Measure
    places: Places
    #: buckets at or below it are left out
    floor: int | None

    def grouped(self, source: str, keys: str = "owner") -> str:
        """(keys, bucket, txt, a0, …): what the points of ``source`` come to."""
        each = ", ".join(f"{a} as a{n}" for n, a in enumerate(packing.accumulators(self.measure)))
        text = _text(self.measure)
        named, by = (f"{text} as txt, ", f", {text}") if text else ("", "")
        where = "" if self.floor is None else f" where bucket > {self.floor}"
        found = points.points(self.measure, self.places, source)
        return f"select {keys}, bucket, {named}{each} from ({found}){where} group by {keys}, bucket{by}"


def _maps(measure: Measure, grouped: str, keys: str) -> str:
    """(keys, map, size): bucket → accumulated (or text → accumulated); ``size``: most texts of a bucket."""
    held = packing.accumulated(measure)
    if _text(measure):
        entry = f"{packing.text('txt')} || {held}"
        texts = f"select {keys}, bucket, string_agg({entry}, '') as body, count(*) as n from ({grouped})"
        grouped = f"{texts} group by {keys}, bucket"
        held = packing.mapping("n", "body")
        size = "max(n)"
    else:
        size = "1"
    body = f"string_agg({packing.integer('bucket')} || {held}, '')"
    made = packing.mapping("count(*)", body)
    return f"select {keys}, {made} as map, {size} as size from ({grouped}) group by {keys}"


def _orders(asked: _Asked, number: int) -> dict[str, str]:
    """CTEs: every order as an entry of a state, what those that stand come to, and what has no order's id.

    Orders that add nothing are among the entries, too, so that older statements yield.
    """
    measure = asked.measure
    alone = [points.happened(measure)] if measure.names else []
    alone.append(f"select {points.COLUMNS}, order_id from single")
    stated = f"select {points.COLUMNS}, order_id from stated"
    again = ", ".join(f"{a} as a{n}" for n, a in enumerate(packing.joined(measure)))
    text = ", txt" if _text(measure) else ""
    same = "k.owner = p.owner and k.order_id = p.order_id"
    standing = (
        f"select p.owner as owner, bucket{text}, {again} from adds p join known k on {same} "
        f"where ckey is null or okey > ckey group by p.owner, bucket{text}"
    )
    return points.orders(asked.places) | {
        "known": "select coalesce(s.owner, c.owner) as owner, coalesce(s.order_id, c.order_id) as order_id, "
        "okey, ckey from stated s full join cancelled c on s.owner = c.owner and s.order_id = c.order_id",
        "adds": asked.grouped(stated, "owner, order_id"),
        "bodies": _maps(measure, "select * from adds", "owner, order_id"),
        "entries": f"select k.owner as owner, string_agg(left(md5(k.order_id), {2 * MARK}), '') as marks, "
        f"string_agg({_entry(number)}, '') as orders "
        f"from known k left join bodies p on {same} group by k.owner",
        "alone": _maps(measure, asked.grouped(" union all ".join(alone)), "owner"),
        "standing": _maps(measure, standing, "owner"),
    }


def _entry(number: int) -> str:
    """See :mod:`segue.enrich.traits.orders`."""
    okey, ckey = (f"case when {key} is null then 'c400' else 'c415' || {key} end" for key in ("okey", "ckey"))
    adds = f"case when p.map is null then '80' else '81{msgspec.msgpack.encode(number).hex()}' || p.map end"
    return f"'94c408' || left(md5(k.order_id), 16) || {okey} || {adds} || {ckey}"


# ── the answer ───────────────────────────────────────────────────────────────


def backfilled(
    plan: TraitPlan, measure: Measure, batches: Iterable[Any]
) -> Iterator[list[tuple[bytes, bytes]]]:
    """From the Arrow record batches of :func:`backfill_sql` to portions of (fragment id, encoded state).

    Each fragment comes once; its state is to be merged into what is there for it, exactly once.
    """
    for batch in batches:
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        found = zip(*(columns.get(name, repeat(None)) for name in _COLUMNS), strict=False)
        yield [(bytes.fromhex(owner), encode(_state(plan, measure, rest))) for owner, *rest in found]


_COLUMNS: Final = ("owner", "map", "size", "ordered", "marks", "orders")


def _state(plan: TraitPlan, measure: Measure, columns: Sequence[Any]) -> TraitState:
    held, size, ordered, marks, orders = columns
    number = plan.numbers[measure.key]
    state = TraitState(
        {} if held is None else {number: Raw(bytes.fromhex(held))},
        {} if ordered is None else {number: Raw(bytes.fromhex(ordered))},
        bytes.fromhex(marks or ""),
        bytes.fromhex(orders or ""),
    )
    if size is not None and size > BREADTH:  # more texts than are kept
        for each in (state.measures, state.ordered):
            if (buckets := opened(each, number)) is not None:
                each[number] = tidied(measure, buckets)
    return state


__all__ = ["Question", "Span", "backfill_sql", "backfilled"]
