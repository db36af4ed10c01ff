"""The points of a measure as SQL: what each event adds, one row each.

A point is (owner, bucket, day, time, moment, grp, v, w, passes): whose it is, when, under which text of
``by``, which value, counting how much, and for shares whether it is of the kind asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segue.enrich.traits import terms
from segue.enrich.traits.adding import bucket_size
from segue.enrich.traits.exact import LONGEST, MILLION
from segue.enrich.traits.measure import CANCELLED, ORDER, TYPES, UPDATED, Measure
from segue.enrich.traits.terms import Path, Term, quoted

MOMENT = (
    "lpad(cast(time as varchar), 16, '0') || lpad(cast(position as varchar), 10, '0') || "
    "left(md5(message_id), 16)"
)
"""42 characters that compare like (time, position, a hash of the message id)."""
COLUMNS = "owner, message_id, source, type, event, time, position, proven, hour, properties, context"


def named(names: Iterable[str]) -> str:
    """Whether a row of ``events`` is one of these."""
    chosen = sorted(set(names))
    types = [quoted(name) for name in chosen if name in TYPES]
    tracks = [quoted(name) for name in chosen if name not in TYPES]
    either = [f"type in ({', '.join(types)})"] if types else []
    if tracks:
        either.append(f"(type = 'track' and event in ({', '.join(tracks)}))")
    return f"({' or '.join(either)})" if either else "false"


def names_of(measures: Sequence[Measure]) -> set[str]:
    """Every event that any of these needs."""
    names = {name for measure in measures for name in measure.names}
    if any(measure.ordered for measure in measures):
        names |= {ORDER, UPDATED, CANCELLED}
    return names


def picked(owner: str, zone: str, source: str, where: str) -> str:
    """The events that matter, with whose they are and the local hour."""
    hour = terms.local_hour(zone, "timestamp")
    return (
        f"select {owner} as owner, message_id, source, type, event, epoch_us(timestamp) as time, position, "
        f"proven, {hour} as hour, properties, context from {source} where {where}"
    )


def orders() -> dict[str, str]:
    """CTEs over ``picked``: ``said`` of orders; ``stated`` last of each; ``cancelled``; what ``stands``."""
    paths: list[Path] = [("properties", "order_id"), ("properties", "checkout_id")]
    raw = ", ".join(f"{terms.raw_of(path)} as i{number}" for number, path in enumerate(paths))
    ids = ", ".join(terms.over(path, f"i{number}", "null").text for number, path in enumerate(paths))
    order_id = f"left(coalesce({ids}), {LONGEST})"
    of_orders = f"type = 'track' and event in ({', '.join(map(quoted, (ORDER, UPDATED, CANCELLED)))})"
    key = f"case when proven then '1' else '0' end || {MOMENT}"
    return {
        "said": f"select {COLUMNS}, {order_id} as order_id, {key} as okey "
        f"from (select *, {raw} from picked where {of_orders})",
        "stated": f"select * from said where order_id is not null and event <> {quoted(CANCELLED)} "
        "qualify row_number() over (partition by owner, order_id order by okey desc) = 1",
        "cancelled": "select owner, order_id, max(okey) as ckey from said "
        f"where order_id is not null and event = {quoted(CANCELLED)} group by owner, order_id",
        "single": f"select * from said where order_id is null and event = {quoted(ORDER)}",
        "standing": "select s.* from stated s left join cancelled c "
        "on s.owner = c.owner and s.order_id = c.order_id where c.ckey is null or s.okey > c.ckey "
        "union all select * from single",
    }


def happened(measure: Measure) -> str:
    """Of ``picked``, what counts each time it happens."""
    return f"select {COLUMNS}, cast(null as varchar) as order_id from picked where {named(measure.names)}"


def everything(measure: Measure) -> str:
    """What the measure takes: events as they happen, and orders that stand."""
    parts = [happened(measure)] if measure.names else []
    if measure.ordered:
        parts.append(f"select {COLUMNS}, order_id from standing")
    return " union all ".join(parts)


def points(measure: Measure, source: str) -> str:
    """The points of ``source`` (a query with the columns of ``picked`` and order_id)."""
    looks = _Looks(measure)
    inner = f"select *, {terms.by_hours('hour', 24)} as day, {_bucket(measure)} as bucket from ({source})"
    if measure.by_line:
        inner = (
            f"select * from (select *, unnest({terms.lines()}) as line from ({inner})) "
            "where json_type(line) = 'OBJECT'"
        )
    inner = looks.layered(inner)
    holds = _holds(measure, looks)
    moment = MOMENT if measure.kind in ("first", "last") else "null"
    found = (
        f"select owner, order_id, bucket, day, time, {moment} as moment, {looks.group()} as grp, "
        f"{looks.value()} as v, {looks.weight()} as w, {holds} as passes from ({inner})"
    )
    keeps = "v is not null and grp is not null" + ("" if measure.kind == "share" else " and passes")
    return f"select * from ({found}) where {keeps}"


def _bucket(measure: Measure) -> str:
    hours = bucket_size(measure)
    return terms.by_hours("hour", hours) if hours else "0"


def _holds(measure: Measure, looks: _Looks) -> str:
    if measure.where is None:
        return "true"
    if measure.asks_products and not measure.by_line:
        return terms.any_line_sql(measure.where)
    return terms.condition_sql(measure.where, looks.term)


class _Looks:
    """The paths that a measure reads, each extracted once, in a layer of its own."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        by_lambda = measure.asks_products and not measure.by_line
        own = [path for path in (measure.field, measure.weight, measure.by) if path is not None]
        paths = own if by_lambda else [*own, *measure.asked]
        #: path → number of its columns: r (raw), d (as double), n (number) and t (text)
        self._number = {path: number for number, path in enumerate(dict.fromkeys(paths))}

    def layered(self, inner: str) -> str:
        """``inner`` with the columns of all terms: r (raw), n (number); x is value times weight."""
        if not self._number:
            return inner
        raw = ", ".join(f"{terms.raw_of(path)} as r{n}" for path, n in self._number.items())
        inner = f"select *, {raw} from ({inner})"
        numbers = [
            f"{f'r{n}' if path[0] == 'value' else terms.number_of(f'r{n}')} as n{n}"
            for path, n in self._number.items()
        ]
        inner = f"select *, {', '.join(numbers)} from ({inner})"
        if self._is_product:
            assert self._measure.field is not None
            value = f"cast({self.term(self._measure.field).number} as hugeint)"
            inner = f"select *, {value} * {self.weight()} as x from ({inner})"
        return inner

    @property
    def _is_product(self) -> bool:
        measure = self._measure
        return measure.numeric and measure.weight is not None and measure.kind not in ("min", "max")

    def term(self, path: Path) -> Term:
        """The term of a path over the layers' columns."""
        number = self._number[path]
        return terms.over(path, f"r{number}", f"n{number}")

    def value(self) -> str:
        """What is counted, summed or chosen."""
        measure = self._measure
        if measure.field is None:
            return "1"
        term = self.term(measure.field)
        if not measure.numeric:
            return term.tagged if measure.kind in ("first", "last") else f"left({term.text}, {LONGEST})"
        return terms.millionth("x") if self._is_product else term.number

    def weight(self) -> str:
        """Ones, or millionths where a field weighs."""
        path = self._measure.weight
        return "1" if path is None else f"coalesce({self.term(path).number}, {MILLION})"

    def group(self) -> str:
        """The text of ``by``; the empty one where there is none."""
        path = self._measure.by
        return "''" if path is None else f"left({self.term(path).text}, {LONGEST})"
