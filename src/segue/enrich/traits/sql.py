"""The same definitions as SQL over the lake, in DuckDB's dialect as far as it transpiles.

Definitions enter a statement as quoted literals, offsets and bounds as bound values. Numbers inside are
whole millionths as in :mod:`segue.enrich.traits.telling`, so that both give the same values (law 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from segue.domain.traits import BREADTH, Trait
from segue.enrich.calendar import local_hour
from segue.enrich.traits import packing, points, terms
from segue.enrich.traits.adding import bucket_size
from segue.enrich.traits.exact import MILLION
from segue.enrich.traits.history import Question, Span, backfill_sql, backfilled
from segue.enrich.traits.joining import is_apart
from segue.enrich.traits.measure import Measure
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.telling import hours
from segue.enrich.traits.terms import Places, quoted

Parts = dict[str, str]
"""Names of common table expressions → their queries, in order."""


def values_sql(plan: TraitPlan, at: int, names: Sequence[str] | None = None) -> Question:
    """The values of traits of every person as of ``at``, microseconds.

    Reads the relations ``events`` and ``fragments`` (fragment_id, person_id; without shared ones). What
    ``events`` holds counts, later than ``at`` or not. Columns: ``person_id``, one per trait under its name,
    and ``approximate`` (names). Numbers are DOUBLE, text is VARCHAR, ``first`` and ``last`` are JSON
    scalars, ``by`` is MAP(VARCHAR, DOUBLE).
    """
    chosen = [plan.trait(name) for name in (_visible(plan) if names is None else names)]
    traits = _with_parts(plan, chosen)
    measures = plan.measures_of(trait.name for trait in traits)
    hour = local_hour(plan.zone, at)
    places = points.places_of(measures)
    parts = _base(measures, places)
    for measure in measures:
        parts[f"p_{measure.key}"] = _inside(measure, places, hour)
        if is_apart(measure):
            parts[f"c_{measure.key}"] = _cut(measure)
    plain = [trait for trait in traits if trait.parts is None]
    told = [_told(plan, trait, hour, f"t_{number}") for number, trait in enumerate(plain)]
    for one in told:
        parts[one.table] = one.query
    columns = ", ".join(_column(plan.trait(one.name), one.table) for one in told)
    joins = " ".join(f"left join {one.table} on {one.table}.owner = p.owner" for one in told)
    parts["told"] = f"select p.owner{', ' if columns else ''}{columns} from persons p {joins}"
    last = "told"
    for trait in _in_turn(traits):
        assert trait.parts is not None
        above, below = (f'"{part}"' for part in trait.parts)
        exact = terms.halves(f"({above} * {MILLION})", below)
        query = f'select *, case when {below} <> 0 then {exact} end as "{trait.name}" from {last}'
        last = f"ratio_{len(parts)}"
        parts[last] = query
    shown = ", ".join(f'{_plain(trait)} as "{trait.name}"' for trait in chosen)
    shown += f"{', ' if shown else ''}{_approximate(plan, chosen)}"
    source = f"{last} t {_cut_joins(plan, chosen)}"
    return Question(f"{_with(parts)} select t.owner as person_id, {shown} from {source}", {})


def column_type(plan: TraitPlan, name: str) -> str:
    """``number``, ``text``, ``json`` or ``map``: what a trait's column of :func:`values_sql` holds."""
    trait = plan.trait(name)
    if trait.by is not None:
        return "map"
    if trait.how in ("first", "last"):
        return "json"
    return "text" if trait.how == "most_frequent" else "number"


def _visible(plan: TraitPlan) -> list[str]:
    return [trait.name for trait in plan.traits]


def _with_parts(plan: TraitPlan, chosen: Sequence[Trait]) -> list[Trait]:
    """The traits with everything that their ratios need, each once."""
    found: dict[str, Trait] = {}
    waiting = list(chosen)
    while waiting:
        trait = waiting.pop(0)
        if trait.name not in found:
            found[trait.name] = trait
            waiting += [plan.trait(part) for part in trait.parts or ()]
    return list(found.values())


def _in_turn(traits: Sequence[Trait]) -> list[Trait]:
    """The ratios, those that others need before them."""
    ready = {trait.name for trait in traits if trait.parts is None}
    waiting = [trait for trait in traits if trait.parts is not None]
    turn: list[Trait] = []
    while waiting:
        now = [trait for trait in waiting if ready.issuperset(trait.parts or ())]
        turn += now
        ready |= {trait.name for trait in now}
        waiting = [trait for trait in waiting if trait.name not in ready]
    return turn


def _with(parts: Mapping[str, str]) -> str:
    return "with " + ",\n".join(f"{name} as ({query})" for name, query in parts.items()) + "\n"


def _base(measures: Sequence[Measure], places: Places) -> Parts:
    source = "events e join fragments f using (fragment_id)"
    where = f"f.person_id is not null and {points.named(points.names_of(measures))}"
    parts = {"persons": "select distinct person_id as owner from fragments where person_id is not null"}
    parts["picked"] = points.picked("f.person_id", measures, places, source, where)
    if any(measure.ordered for measure in measures):
        parts |= {**points.orders(places), "standing": points.STANDING}
    return parts


def _inside(measure: Measure, places: Places, hour: int) -> str:
    """The points of a measure that lie in its window."""
    query = points.points(measure, places, points.everything(measure))
    if measure.window is None:
        return query
    floor = hour // bucket_size(measure) - measure.window.length
    return f"select * from ({query}) where bucket > {floor}"


def _cut(measure: Measure) -> str:
    """Owners of whom a bucket holds more texts than are kept apart."""
    text = "grp" if measure.by is not None else "v"
    return (
        f"select distinct owner from (select owner, bucket from p_{measure.key} "
        f"group by owner, bucket having count(distinct {text}) > {BREADTH})"
    )


def _column(trait: Trait, table: str) -> str:
    """A trait's exact value, also of those of whom nothing is known."""
    none = trait.by is None and trait.how in ("count", "sum", "distinct", "rate")
    return f'{f"coalesce({table}.x, 0)" if none else f"{table}.x"} as "{trait.name}"'


class _Told(NamedTuple):
    name: str
    table: str
    query: str


def _told(plan: TraitPlan, trait: Trait, hour: int, table: str) -> _Told:
    """(owner, x): a trait's exact value, for owners with a point."""
    measure = plan.measure(trait.name)
    assert measure is not None
    source = f"p_{measure.key}"
    if trait.by is not None:
        return _Told(trait.name, table, _by(trait, measure, source, hour // 24))
    if trait.how == "most_frequent":
        return _Told(trait.name, table, _most_frequent(source))
    if trait.how in ("first", "last"):
        best = f"{'min' if trait.how == 'first' else 'max'}(moment || v)"
        return _Told(
            trait.name,
            table,
            f"select owner, substr({best}, {packing.MOMENT + 1}) as x from {source} group by owner",
        )
    exact = _exact(trait, measure, hour // 24)
    return _Told(trait.name, table, _grouped(exact, source, "owner"))


class _Exact(NamedTuple):
    """Aggregates, and what they make of a number: an expression over their columns a and b."""

    a: str
    b: str
    made: str


def _exact(trait: Trait, measure: Measure, today: int) -> _Exact:
    """What makes a number's exact value."""
    weighted = measure.weight is not None
    taken = "w" if measure.field is None else "v"
    since = {"days_since_last": "max(day)", "days_since_first": "min(day)"}
    if trait.how in since:
        return _Exact(since[trait.how], "null", f"greatest(0, {today} - a) * {MILLION}")
    if trait.how == "gap":
        days = f"(max(day) - min(day)) * {MILLION}"
        return _Exact(days, "count(*) - 1", terms.halves("a", "b"))
    if trait.how == "rate":
        assert trait.per is not None
        assert trait.window is not None
        above = f"count(*) * {MILLION * hours(trait.per)}"
        return _Exact(above, str(hours(trait.window)), terms.halves("a", "b"))
    if trait.how == "mean":
        return _Exact(f"sum(v) * {MILLION if weighted else 1}", "sum(w)", terms.halves("a", "b"))
    if trait.how == "share":
        kind = f"sum(case when passes then {taken} else 0 end)"
        return _Exact(f"{kind} * {MILLION}", f"sum({taken})", terms.halves("a", "b"))
    plain = {
        "count": f"sum(w) * {1 if weighted else MILLION}",
        "sum": "sum(v)",
        "min": "min(v)",
        "max": "max(v)",
        "distinct": f"count(distinct v) * {MILLION}",
    }
    return _Exact(plain[trait.how], "null", "a")


def _grouped(exact: _Exact, source: str, by: str) -> str:
    inner = f"select {by}, {exact.a} as a, {exact.b} as b from {source} group by {by}"
    return f"select {by}, {exact.made} as x from ({inner})"


def _most_frequent(source: str) -> str:
    tally = f"select owner, v, sum(w) as n, max(time) as last from {source} group by owner, v"
    return (
        f"select owner, v as x from ({tally}) where n > 0 "
        "qualify row_number() over (partition by owner order by n desc, last desc, v desc) = 1"
    )


def _by(trait: Trait, measure: Measure, source: str, today: int) -> str:
    """(owner, x): x is the map from text to number, the largest ones."""
    if trait.how == "share":
        taken = "w" if measure.field is None else "v"
        groups = f"select owner, grp, sum({taken}) as n from {source} group by owner, grp"
        share = terms.halves("a", "b")
        of_all = f"select *, n * {MILLION} as a, sum(n) over (partition by owner) as b from ({groups})"
        each = f"select owner, grp, {share} as x from ({of_all})"
    else:
        each = _grouped(_exact(trait, measure, today), source, "owner, grp")
    largest = (
        f"select * from ({each}) where x is not null "
        f"qualify row_number() over (partition by owner order by x desc, grp) <= {BREADTH}"
    )
    number = f"cast(x as double) / {MILLION}"
    order = "order by x desc, grp"
    return (
        f"select owner, map(list(grp {order}), list({number} {order})) as x from ({largest}) group by owner"
    )


def _plain(trait: Trait) -> str:
    """A trait's exact column as people see it."""
    column = f't."{trait.name}"'
    if trait.by is not None:
        return f"coalesce({column}, map(cast([] as varchar[]), cast([] as double[])))"
    if trait.how == "most_frequent":
        return column
    if trait.how in ("first", "last"):
        rest = f"substr({column}, 2)"
        return f"cast(case when {column} like 't%' then to_json({rest}) else {rest} end as json)"
    return f"cast({column} as double) / {MILLION}"


def _approximate(plan: TraitPlan, chosen: Sequence[Trait]) -> str:
    """The names of inexact traits, sorted."""
    marks = [
        f"case when {' or '.join(f'c_{key}.owner is not null' for key in keys)} then {quoted(trait.name)} end"
        for trait in sorted(chosen, key=lambda trait: trait.name)
        if (keys := _apart(plan, trait))
    ]
    listed = ", ".join(marks) or "null"
    return f"list_filter(cast([{listed}] as varchar[]), lambda x: x is not null) as approximate"


def _cut_joins(plan: TraitPlan, chosen: Sequence[Trait]) -> str:
    keys = dict.fromkeys(key for trait in chosen for key in _apart(plan, trait))
    return " ".join(f"left join c_{key} on c_{key}.owner = t.owner" for key in keys)


def _apart(plan: TraitPlan, trait: Trait) -> list[str]:
    keys = plan.needs[trait.name]
    return sorted(measure.key for measure in plan.measures if measure.key in keys and is_apart(measure))


__all__ = ["Question", "Span", "backfill_sql", "backfilled", "column_type", "values_sql"]
