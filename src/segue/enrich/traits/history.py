"""Counting the past: a measure's accumulators by fragment, asked of the lake and made states of.

DuckDB groups; what it answers are columns of lists, one row a fragment. Turning those into states is all
that is left to Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from segue.enrich.traits import points
from segue.enrich.traits.measure import Kind, Measure
from segue.enrich.traits.orders import Entry
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.state import TraitState, encode
from segue.enrich.traits.terms import Places


class Question(msgspec.Struct, frozen=True):
    """One statement and the values to bind."""

    text: str
    #: name of a parameter (``$name``) → value
    values: dict[str, Any]


_BASE: Final = 10**15
"""Sums that may pass 64 bits are answered as two numbers: times this, and the rest."""
_MOMENT: Final = 42
_HEX: Final = "'0123456789abcdef'"


def _wide(total: str) -> list[str]:
    return [f"cast(({total}) // {_BASE} as bigint)", f"cast(({total}) % {_BASE} as bigint)"]


def _accumulated(measure: Measure) -> list[str]:
    """The aggregates of a kind, as many columns as its accumulator needs."""
    taken = "w" if measure.field is None else "v"
    if measure.kind == "count":
        return ["count(*)"] if measure.weight is None else _wide("sum(cast(w as hugeint))")
    if measure.kind == "share":
        return _wide(f"sum(case when passes then {taken} else 0 end)") + _wide(f"sum({taken})")
    return {
        "sum": _wide("sum(v)"),
        "mean": _wide("sum(w)") + _wide("sum(v)"),
        "min": ["min(v)"],
        "max": ["max(v)"],
        "first": ["min(moment || v)"],
        "last": ["max(moment || v)"],
        "set": ["1"],
        "tally": [*_wide("sum(w)"), "max(time)"],
        "span": ["count(*)", "min(day)", "max(day)"],
    }[measure.kind]


def _read(kind: Kind, weighted: bool) -> Callable[..., Any]:
    """From those columns to the accumulator."""
    if kind == "count":
        return _total if weighted else _same
    readers: dict[Kind, Callable[..., Any]] = {
        "sum": _total,
        "mean": lambda a, b, c, d: [a * _BASE + b, c * _BASE + d],
        "share": lambda a, b, c, d: [a * _BASE + b, c * _BASE + d],
        "first": _moment,
        "last": _moment,
        "tally": lambda a, b, last: [a * _BASE + b, last],
        "span": lambda count, first, last: [count, first, last],
    }
    return readers.get(kind, _same)


def _same(value: Any) -> Any:
    return value


def _total(high: int, low: int) -> int:
    return high * _BASE + low


def _moment(text: str) -> list[Any]:
    key = int(text[:16]).to_bytes(8, "big") + int(text[16:26]).to_bytes(4, "big")
    return [key + bytes.fromhex(text[26:_MOMENT]), text[_MOMENT:]]


# ── the question ─────────────────────────────────────────────────────────────


def backfill_sql(measure: Measure, upto: Sequence[int], low: str = "", high: str = "g") -> Question:
    """Accumulators of one measure by fragment, of events at or below the offsets.

    Reads the relation ``events`` (the view of the lake). ``upto`` holds for each of the log's 64 slots the
    last offset that counts; ``low`` ≤ fragment id (hexadecimal) < ``high`` cuts the work into portions. The
    columns are opaque: hand the record batches to :func:`backfilled`.
    """
    where = [points.named(points.names_of([measure])), _offsets(upto)]
    values: dict[str, Any] = {"upto": list(upto) if len(set(upto)) > 1 else upto[0]}
    if (low, high) != ("", "g"):
        where.append("fragment_id >= $low and fragment_id < $high")
        values |= {"low": low, "high": high}
    places = points.places_of([measure])
    parts = {"picked": points.picked("fragment_id", [measure], places, "events", " and ".join(where))}
    columns = [f"a{number}" for number, _ in enumerate(_accumulated(measure))]
    if not measure.ordered:
        found = _happened(measure, places, points.happened(measure), columns)
    else:
        parts |= points.orders(places)
        alone = [points.happened(measure)] if measure.names else []
        alone.append(f"select {points.COLUMNS}, order_id from single")
        found = _happened(measure, places, " union all ".join(alone), columns)
        found = f"{found} union all {_stated(measure, places, columns)}"
    listed = ", ".join(f"list({column}) as {column}" for column in ("bucket", "grp", *_KEYS, *columns))
    queries = ",\n".join(f"{name} as ({query})" for name, query in parts.items())
    return Question(f"with {queries}\nselect owner, {listed} from ({found}) group by owner", values)


_KEYS: Final = ("id", "okey", "ckey")


def _offsets(upto: Sequence[int]) -> str:
    """Whether an event's offset is at or below what its slot of the log says."""
    if len(set(upto)) == 1:
        return "log_offset <= $upto"
    first, second = (f"strpos({_HEX}, substr(fragment_id, {place}, 1))" for place in (1, 2))
    return f"log_offset <= list_extract(cast($upto as bigint[]), (({first} - 1) % 4) * 16 + {second})"


def _text(measure: Measure) -> str:
    """The text under which a value is kept apart."""
    return "grp" if measure.by is not None else "v" if measure.kind in ("set", "tally") else "''"


def _happened(measure: Measure, places: Places, source: str, columns: Sequence[str]) -> str:
    each = ", ".join(f"{a} as {name}" for a, name in zip(_accumulated(measure), columns, strict=True))
    no_keys = ", ".join(f"cast(null as varchar) as {key}" for key in _KEYS)
    return (
        f"select owner, bucket, {_text(measure)} as grp, {no_keys}, {each} "
        f"from ({points.points(measure, places, source)}) group by owner, bucket, {_text(measure)}"
    )


def _stated(measure: Measure, places: Places, columns: Sequence[str]) -> str:
    """What each order adds by its last statement; orders that add nothing, too, so that older ones yield."""
    each = ", ".join(f"{a} as {name}" for a, name in zip(_accumulated(measure), columns, strict=True))
    source = f"select {points.COLUMNS}, order_id from stated"
    adds = (
        f"select owner, order_id, bucket, {_text(measure)} as grp, {each} "
        f"from ({points.points(measure, places, source)}) group by owner, order_id, bucket, {_text(measure)}"
    )
    known = (
        "select coalesce(s.owner, c.owner) as owner, coalesce(s.order_id, c.order_id) as order_id, "
        "okey, ckey from stated s full join cancelled c on s.owner = c.owner and s.order_id = c.order_id"
    )
    chosen = ", ".join(f"p.{column}" for column in columns)
    return (
        f"select k.owner, p.bucket, p.grp, left(md5(k.order_id), 16) as id, k.okey, k.ckey, {chosen} "
        f"from ({known}) k left join ({adds}) p on k.owner = p.owner and k.order_id = p.order_id"
    )


# ── the answer ───────────────────────────────────────────────────────────────


def backfilled(
    plan: TraitPlan, measure: Measure, batches: Iterable[Any]
) -> Iterator[list[tuple[bytes, bytes]]]:
    """From the Arrow record batches of :func:`backfill_sql` to portions of (fragment id, encoded state).

    Each fragment comes once; its state is to be merged into what is there for it, exactly once.
    """
    number, is_apart = plan.numbers[measure.key], _text(measure) != "''"
    read = _read(measure.kind, measure.weight is not None)
    for batch in batches:
        if measure.ordered:
            yield [
                (fragment, encode(_state_of_orders(plan, number, is_apart, rows)))
                for fragment, rows in _rows(batch, read)
            ]
        elif is_apart:
            yield [
                (fragment, encode(TraitState({number: _buckets(rows, is_apart=True)})))
                for fragment, rows in _rows(batch, read)
            ]
        else:
            yield _plain(number, batch, read)


def _plain(number: int, batch: Any, read: Callable[..., Any]) -> list[tuple[bytes, bytes]]:
    """The common case, with as little in between as can be."""
    names = [name for name in batch.schema.names if name[0] == "a"]
    buckets, offsets = _flat(batch, "bucket")
    columns = [_flat(batch, name)[0] for name in names]
    values = columns[0] if read is _same else list(map(read, *columns))
    owners = batch.column("owner").to_pylist()
    pairs = zip(owners, offsets, offsets[1:], strict=False)
    return [
        (
            bytes.fromhex(owner),
            encode(TraitState({number: dict(zip(buckets[start:end], values[start:end], strict=True))})),
        )
        for owner, start, end in pairs
    ]


def _flat(batch: Any, name: str) -> tuple[list[Any], list[int]]:
    """A column of lists as one list, and where each begins."""
    column = batch.column(name)
    offsets = column.offsets.to_pylist()
    first = offsets[0]
    return column.flatten().to_pylist(), [offset - first for offset in offsets]


Rows = list[tuple[Any, ...]]
"""(bucket, text, hash of the order's id, its key, its cancellation's key, accumulated)"""


def _rows(batch: Any, read: Callable[..., Any]) -> Iterator[tuple[bytes, Rows]]:
    names = [name for name in batch.schema.names if name[0] == "a"]
    buckets, offsets = _flat(batch, "bucket")
    columns = [_flat(batch, name)[0] for name in names]
    held = [
        None if bucket is None else read(*parts) for bucket, *parts in zip(buckets, *columns, strict=True)
    ]
    beside = [_flat(batch, name)[0] for name in ("grp", *_KEYS)]
    rows = list(zip(buckets, *beside, held, strict=True))
    for owner, start, end in zip(batch.column("owner").to_pylist(), offsets, offsets[1:], strict=False):
        yield bytes.fromhex(owner), rows[start:end]


def _buckets(rows: Iterable[tuple[Any, ...]], *, is_apart: bool) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for bucket, text, *_, held in rows:
        if bucket is None:
            continue
        if is_apart:
            found.setdefault(bucket, {})[text] = held
        else:
            found[bucket] = held
    return found


def _state_of_orders(plan: TraitPlan, number: int, is_apart: bool, rows: Rows) -> TraitState:
    state = TraitState()
    by_order: dict[str, Rows] = {}
    alone: Rows = []
    for row in rows:
        if row[2] is None:
            alone.append(row)
        else:
            by_order.setdefault(row[2], []).append(row)
    if alone:
        state.measures[number] = _buckets(alone, is_apart=is_apart)
    entries: dict[bytes, Entry] = {}
    for order_hash, parts in by_order.items():
        adds = _buckets(parts, is_apart=is_apart)
        identity = bytes.fromhex(order_hash)
        keys = [_key(parts[0][place]) for place in (3, 4)]
        entries[identity] = [identity, keys[0], {number: adds} if adds else {}, keys[1]]
    plan.rewrite(state, entries)
    return state


def _key(text: str | None) -> bytes:
    """The key of a statement from its text: proven, time, position, hash."""
    if text is None:
        return b""
    moment, _ = _moment(text[1:])
    return bytes((text[0] == "1",)) + bytes(moment)


__all__ = ["Question", "backfill_sql", "backfilled"]
