"""Adding one event to the accumulators of one measure: the hottest code of traits.

Each measure becomes a closure ``add(into, look)``, chosen for what the measure needs. ``into`` is the
number of each measure → bucket → accumulated. What is accumulated is

- count, sum: a whole number; min, max: millionths
- mean: [weights, weighted sum]; share: [of it, of all]; span: [how many, first day, last day]
- first, last: [moment, tagged text]
- set: {text: 1}; tally: {text: [weight, last time]}; with ``by``: {text: one of the above}

Values inside are replaced and never changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segue.enrich.traits.exact import MILLION, amount, kept, multiplied, tagged
from segue.enrich.traits.look import Line, Look, any_line, holds, reader
from segue.enrich.traits.measure import Kind, Measure

Buckets = dict[int, Any]
Into = dict[int, Buckets]
Add = Callable[[Into, Look], None]
Put = Callable[[dict[Any, Any], Any, Any, int, Look], None]
"""Put (value, weight) of an event under a key of a container."""


def adder(measure: Measure, number: int) -> Add:
    """The closure that adds an event, whose name the measure takes, under ``number``."""
    if measure.by_line:
        return _line_adder(measure, number)
    if measure.kind == "count" and measure.weight is None and measure.by is None:
        return _counter(measure, number)
    if measure.kind == "share":
        return _event_sharer(measure, number)
    return _event_adder(measure, number)


def bucket_size(measure: Measure) -> int:
    """Local hours that a bucket holds; 0 where everything is in one."""
    if measure.window is None:
        return 0
    return 1 if measure.window.unit == "hours" else 24


def _condition(measure: Measure) -> Callable[[Look, Line | None], bool] | None:
    """The condition of an event as a whole."""
    if measure.where is None:
        return None
    held = holds(measure.where)
    return any_line(held) if measure.asks_products else held


def _counter(measure: Measure, number: int) -> Add:
    where, hours = _condition(measure), bucket_size(measure)

    def add(into: Into, look: Look) -> None:
        if where is not None and not where(look, None):
            return
        buckets = into.get(number)
        if buckets is None:
            buckets = into[number] = {}
        bucket = look.hour // hours if hours else 0
        buckets[bucket] = buckets.get(bucket, 0) + 1

    return add


def _event_adder(measure: Measure, number: int) -> Add:
    where, by, put = _condition(measure), _by(measure), _put(measure)
    assert put is not None
    value, weight, hours = _value(measure), _weight(measure), bucket_size(measure)

    def add(into: Into, look: Look) -> None:
        if where is not None and not where(look, None):
            return
        found = value(look, None)
        if found is None:
            return
        group = by(look, None) if by is not None else ""
        if group is None:
            return
        buckets = into.get(number)
        if buckets is None:
            buckets = into[number] = {}
        bucket = look.hour // hours if hours else 0
        if by is None:
            put(buckets, bucket, found, weight(look, None), look)
        else:
            put(buckets.setdefault(bucket, {}), group, found, weight(look, None), look)

    return add


def _event_sharer(measure: Measure, number: int) -> Add:
    where, hours = _condition(measure), bucket_size(measure)
    value, weight = _value(measure), _weight(measure)
    assert where is not None

    def add(into: Into, look: Look) -> None:
        found = value(look, None)
        if found is not None:
            _add_share(
                into.setdefault(number, {}),
                look.hour // hours if hours else 0,
                _weighted(measure, found, weight(look, None)),
                where(look, None),
            )

    return add


def _line_adder(measure: Measure, number: int) -> Add:
    """Of each product by itself."""
    where = None if measure.where is None else holds(measure.where)
    by, put, hours = _by(measure), _put(measure), bucket_size(measure)
    value, weight, shares = _value(measure), _weight(measure), measure.kind == "share"

    def add(into: Into, look: Look) -> None:
        buckets = into.get(number)
        bucket = look.hour // hours if hours else 0
        for line in look.lines:
            passes = where is None or where(look, line)
            if not passes and not shares:
                continue
            found = value(look, line)
            group = by(look, line) if by is not None else ""
            if found is None or group is None:
                continue
            if buckets is None:
                buckets = into[number] = {}
            if put is None:
                _add_share(buckets, bucket, _weighted(measure, found, weight(look, line)), passes)
            elif by is None:
                put(buckets, bucket, found, weight(look, line), look)
            else:
                put(buckets.setdefault(bucket, {}), group, found, weight(look, line), look)

    return add


# ── what is read of an event or line ───────────────────────────────────────────────


def _by(measure: Measure) -> Callable[[Look, Line | None], str | None] | None:
    if measure.by is None:
        return None
    read = reader(measure.by)
    return lambda look, line: kept(read(look, line))


def _value(measure: Measure) -> Callable[[Look, Line | None], Any]:
    """What is counted, summed or chosen; occurrences are 1."""
    if measure.field is None:
        return lambda look, line: 1
    read = reader(measure.field)
    if measure.numeric:
        return lambda look, line: amount(read(look, line))
    take = tagged if measure.kind in ("first", "last") else kept
    return lambda look, line: take(read(look, line))


def _weight(measure: Measure) -> Callable[[Look, Line | None], int]:
    """Ones, or millionths where a field weighs."""
    if measure.weight is None:
        return lambda look, line: 1
    read = reader(measure.weight)

    def weigh(look: Look, line: Line | None) -> int:
        found = amount(read(look, line))
        return MILLION if found is None else found

    return weigh


def _weighted(measure: Measure, value: int, weight: int) -> int | None:
    if measure.field is None:
        return weight
    return value if measure.weight is None else multiplied(value, weight)


def _put(measure: Measure) -> Put | None:
    """How a kind takes a value; None for shares, which take what does not pass too."""
    if measure.weight is not None and measure.kind in _WEIGHTED_PUTS:
        return _WEIGHTED_PUTS[measure.kind]
    return _PUTS.get(measure.kind)


# ── kinds ──────────────────────────────────────────────────────────────────────────


def _put_count(into: dict[Any, Any], key: Any, value: Any, weight: int, look: Look) -> None:
    into[key] = into.get(key, 0) + weight


def _put_sum(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    into[key] = into.get(key, 0) + value


def _put_weighted_sum(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    product = multiplied(value, weight)
    if product is not None:
        into[key] = into.get(key, 0) + product


def _put_mean(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    held = into.get(key)
    into[key] = [weight, value] if held is None else [held[0] + weight, held[1] + value]


def _put_weighted_mean(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    product = multiplied(value, weight)
    if product is not None:
        _put_mean(into, key, product, weight, look)


def _put_min(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    held = into.get(key)
    if held is None or value < held:
        into[key] = value


def _put_max(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    held = into.get(key)
    if held is None or value > held:
        into[key] = value


def _put_first(into: dict[Any, Any], key: Any, value: str, weight: int, look: Look) -> None:
    found, held = [look.moment(), value], into.get(key)
    if held is None or found < held:
        into[key] = found


def _put_last(into: dict[Any, Any], key: Any, value: str, weight: int, look: Look) -> None:
    found, held = [look.moment(), value], into.get(key)
    if held is None or found > held:
        into[key] = found


def _put_set(into: dict[Any, Any], key: Any, value: str, weight: int, look: Look) -> None:
    into.setdefault(key, {})[value] = 1


def _put_tally(into: dict[Any, Any], key: Any, value: str, weight: int, look: Look) -> None:
    texts, time = into.setdefault(key, {}), look.event.timestamp
    held = texts.get(value)
    texts[value] = [weight, time] if held is None else [held[0] + weight, max(held[1], time)]


def _put_span(into: dict[Any, Any], key: Any, value: int, weight: int, look: Look) -> None:
    day, held = look.hour // 24, into.get(key)
    into[key] = [1, day, day] if held is None else [held[0] + 1, min(held[1], day), max(held[2], day)]


def _add_share(into: dict[Any, Any], key: Any, value: int | None, of_it: bool) -> None:
    if value is None:
        return
    held = into.get(key, (0, 0))
    into[key] = [held[0] + (value if of_it else 0), held[1] + value]


_PUTS: dict[Kind, Put] = {
    "count": _put_count,
    "sum": _put_sum,
    "mean": _put_mean,
    "min": _put_min,
    "max": _put_max,
    "first": _put_first,
    "last": _put_last,
    "set": _put_set,
    "tally": _put_tally,
    "span": _put_span,
}
_WEIGHTED_PUTS: dict[Kind, Put] = {"sum": _put_weighted_sum, "mean": _put_weighted_mean}
