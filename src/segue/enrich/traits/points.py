"""The points of a measure as SQL: what each event adds, one row each.

A point is (owner, bucket, day, time, moment, grp, v, w, passes): whose it is, when, under which text of
``by``, which value, counting how much, and for shares whether it is of the kind asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segue.enrich.traits import packing, terms
from segue.enrich.traits.adding import bucket_size
from segue.enrich.traits.exact import LONGEST, MILLION
from segue.enrich.traits.measure import CANCELLED, ORDER, TYPES, UPDATED, Measure
from segue.enrich.traits.terms import Path, Places, Term, quoted

MOMENT = f"{packing.whole('time')} || {packing.digits('position', 8)} || left(md5(message_id), 16)"
"""40 hexadecimal digits that compare like (time, position, a hash of the message id)."""
COLUMNS = "owner, message_id, source, type, event, time, position, proven, hour, p, c"


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


_ORDER_IDS: tuple[Path, ...] = (("properties", "order_id"), ("properties", "checkout_id"))


def places_of(measures: Sequence[Measure]) -> Places:
    """Everything that these measures look at."""
    paths = [path for measure in measures for path in measure.paths]
    if any(measure.ordered for measure in measures):
        paths += _ORDER_IDS
    return Places(place for path in paths for place in terms.places_of(path))


def picked(owner: str, measures: Sequence[Measure], places: Places, source: str, where: str) -> str:
    """The events that matter, with whose they are, the local hour and what is looked at."""
    zone = measures[0].zone if measures else "UTC"
    hour = terms.local_hour(zone, "timestamp")
    return (
        f"select {owner} as owner, message_id, source, type, event, epoch_us(timestamp) as time, position, "
        f"proven, {hour} as hour, {places.columns()} from {source} where {where}"
    )


def orders(places: Places) -> dict[str, str]:
    """CTEs over ``picked``: ``said`` of orders; ``stated`` last of each; ``cancelled``."""
    jsons = [terms.json_of(path, places) for path in _ORDER_IDS]
    raws = ", ".join(f"json_extract_string({json}, '$') as id{n}" for n, json in enumerate(jsons))
    texts = ", ".join(terms.json_term(json, f"id{n}").text for n, json in enumerate(jsons))
    of_orders = f"type = 'track' and event in ({', '.join(map(quoted, (ORDER, UPDATED, CANCELLED)))})"
    key = f"case when proven then '01' else '00' end || {MOMENT}"
    with_id = f"order_id is not null and event {{}} {quoted(CANCELLED)}"
    return {
        "said": f"select {COLUMNS}, left(coalesce({texts}), {LONGEST}) as order_id, {key} as okey "
        f"from (select *, {raws} from picked where {of_orders})",
        "last": f"select owner, order_id, max(okey || source) as best from said where {with_id.format('<>')} "
        "group by owner, order_id",
        "stated": "select s.* from said s join last l "
        "on s.owner = l.owner and s.order_id = l.order_id and s.okey || s.source = l.best "
        f"where s.event <> {quoted(CANCELLED)}",
        "cancelled": "select owner, order_id, max(okey) as ckey from said "
        f"where {with_id.format('=')} group by owner, order_id",
        "single": f"select * from said where order_id is null and event = {quoted(ORDER)}",
    }


STANDING = (
    "select s.* from stated s left join cancelled c on s.owner = c.owner and s.order_id = c.order_id "
    "where c.ckey is null or s.okey > c.ckey union all select * from single"
)
"""Orders as they are stated last, and not cancelled since."""


def happened(measure: Measure) -> str:
    """Of ``picked``, what counts each time it happens."""
    return f"select {COLUMNS}, cast(null as varchar) as order_id from picked where {named(measure.names)}"


def everything(measure: Measure) -> str:
    """What the measure takes: events as they happen, and orders that stand."""
    parts = [happened(measure)] if measure.names else []
    if measure.ordered:
        parts.append(f"select {COLUMNS}, order_id from standing")
    return " union all ".join(parts)


def points(measure: Measure, places: Places, source: str) -> str:
    """The points of ``source`` (a query with the columns of ``picked`` and order_id)."""
    looks = _Looks(measure, places)
    inner = f"select *, {terms.by_hours('hour', 24)} as day, {_bucket(measure)} as bucket from ({source})"
    if measure.by_line:
        inner = f"select *, unnest({terms.lines(places, _line_names(measure))}) as line from ({inner})"
    inner = looks.layered(inner)
    moment = MOMENT if measure.kind in ("first", "last") else "null"
    found = (
        f"select owner, order_id, bucket, day, time, {moment} as moment, {looks.group()} as grp, "
        f"{looks.value()} as v, {looks.weight()} as w, {looks.holds()} as passes from ({inner})"
    )
    keeps = "v is not null and grp is not null" + ("" if measure.kind == "share" else " and passes")
    return f"select * from ({found}) where {keeps}"


def _bucket(measure: Measure) -> str:
    hours = bucket_size(measure)
    return terms.by_hours("hour", hours) if hours else "0"


def _line_names(measure: Measure) -> list[str]:
    return [path[1] for path in measure.paths if path[0] == "products"]


class _Looks:
    """The paths that a measure reads, each extracted once, in a layer of its own."""

    def __init__(self, measure: Measure, places: Places) -> None:
        self._measure = measure
        self._places = places
        self._of_any_line = measure.asks_products and not measure.by_line
        own = [path for path in (measure.field, measure.weight, measure.by) if path is not None]
        paths = own if self._of_any_line else [*own, *measure.asked]
        #: path → number of its columns: j (JSON), r (raw), n (number)
        self._number = {path: number for number, path in enumerate(dict.fromkeys(paths))}

    def layered(self, inner: str) -> str:
        """``inner`` with the columns of all terms; x is value times weight."""
        jsons = {path: n for path, n in self._number.items() if terms.is_json(path)}
        if jsons:
            columns = ", ".join(f"{terms.json_of(path, self._places)} as j{n}" for path, n in jsons.items())
            inner = f"select *, {columns} from ({inner})"
        if self._number:
            raws = ", ".join(f"{self._raw(path)} as r{n}" for path, n in self._number.items())
            inner = f"select *, {raws} from ({inner})"
            numbers = ", ".join(f"{self._exact(path)} as n{n}" for path, n in self._number.items())
            inner = f"select *, {numbers} from ({inner})"
        if self._is_product:
            assert self._measure.field is not None
            value = f"cast({self.term(self._measure.field).number} as hugeint)"
            inner = f"select *, {value} * {self.weight()} as x from ({inner})"
        return inner

    def _raw(self, path: Path) -> str:
        if terms.is_json(path):
            return f"json_extract_string(j{self._number[path]}, '$')"
        return terms.computed(path, self._places)

    def _exact(self, path: Path) -> str:
        raw = f"r{self._number[path]}"
        return raw if path[0] == "value" else terms.number_of(raw)

    @property
    def _is_product(self) -> bool:
        measure = self._measure
        return measure.numeric and measure.weight is not None and measure.kind not in ("min", "max")

    def term(self, path: Path) -> Term:
        """The term of a path over the layers' columns."""
        n = self._number[path]
        if terms.is_json(path):
            return terms.json_term(f"j{n}", f"r{n}", f"n{n}")
        return terms.computed_term(path, f"r{n}", f"n{n}")

    def holds(self) -> str:
        """Whether its condition does."""
        where = self._measure.where
        if where is None:
            return "true"
        if self._of_any_line:
            return terms.any_line_sql(where, self._places, _line_names(self._measure))
        return terms.condition_sql(where, self.term)

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
