"""Fields and conditions as SQL, in DuckDB's dialect: the same answers as :mod:`segue.enrich.traits.look`.

A *term* is what a path says: as raw text, as number (millionths) and as text. Whatever a definition
says goes into a statement only as a quoted literal, and a path only inside one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from segue.domain.conditions import All, AnyOf, Compare, Condition, Not
from segue.enrich.traits.exact import LONGEST, MILLION, amount
from segue.enrich.traits.look import DAYPARTS, LINES, comparable

Path = tuple[str, ...]
_WIDE = 24 * 10_000
"""Hours added before dividing, so that times before 1970 by the local clock round down too."""


class Term(NamedTuple):
    """What a path says, as SQL expressions."""

    #: NULL where nothing, or null, stands there
    raw: str
    #: millionths, BIGINT
    number: str
    #: VARCHAR; NULL for the empty text and what is no scalar
    text: str
    #: the text with its kind before it, for values that keep theirs
    tagged: str
    #: the expression of the JSON that the path begins in, and the path in it; empty for what is computed
    base: str = ""
    steps: str = ""


def quoted(text: str) -> str:
    """A literal."""
    return "'" + text.replace("'", "''") + "'"


def json_path(steps: Path) -> str:
    """The literal of a JSON path of object keys."""
    return quoted("$" + "".join(f'."{step}"' for step in steps))


# ── values ─────────────────────────────────────────────────────────────────────────


def number_of(text: str) -> str:
    """A number's text as millionths; NULL for what is none, and from a billion on.

    DuckDB reads underscores and doubled signs in numbers, which nobody else does.
    """
    double = f"try_cast(replace(replace({text}, '_', 'x'), '+-', 'x') as double)"
    return f"cast(try_cast(round_even({double} * {MILLION}, 0) as decimal(15, 0)) as bigint)"


def decimal_of(exact: str) -> str:
    """Millionths without needless zeros."""
    places = f"cast({exact} as decimal(18, 0)) * cast(0.000001 as decimal(7, 6))"
    return f"rtrim(rtrim(cast({places} as varchar), '0'), '.')"


def text_in(text: str, base: str, steps: str) -> str:
    """A scalar's text. One that begins with a letter needs no look at its kind."""
    letter = f"({text} >= ':' and {text} < '[') or ({text} >= ']' and {text} < '{{') or {text} >= '|'"
    return (
        f"case when {letter} then {text} else case json_type({base}, {steps}) "
        f"when 'VARCHAR' then nullif({text}, '') when 'BIGINT' then {text} when 'UBIGINT' then {text} "
        f"when 'DOUBLE' then {decimal_of(number_of(text))} end end"
    )


def tagged_in(text: str, base: str, steps: str) -> str:
    """The same with its kind before it, as much as is kept."""
    return (
        f"case json_type({base}, {steps}) when 'VARCHAR' then 't' || left(nullif({text}, ''), {LONGEST}) "
        f"when 'BIGINT' then 'n' || {text} when 'UBIGINT' then 'n' || {text} "
        f"when 'BOOLEAN' then 'b' || {text} when 'DOUBLE' then 'n' || {decimal_of(number_of(text))} end"
    )


def halves(above: str, below: str) -> str:
    """The quotient as a whole number, halves to the even one; NULL where ``below`` is 0."""
    size, by = f"abs(cast({above} as hugeint))", f"nullif(abs(cast({below} as hugeint)), 0)"
    whole = f"((2 * {size} + {by} - 1 + ({size} // {by}) % 2) // (2 * {by}))"
    return f"(case when ({above} < 0) = ({below} < 0) then 1 else -1 end * {whole})"


def millionth(above: str) -> str:
    """A product of two millionths as millionths; NULL where it is implausible."""
    size = f"abs({above})"
    whole = f"((2 * {size} + {MILLION - 1} + ({size} // {MILLION}) % 2) // {2 * MILLION})"
    return f"cast(try_cast(case when {above} < 0 then -1 else 1 end * {whole} as decimal(15, 0)) as bigint)"


def local_hour(zone: str, time: str) -> str:
    """Hours since 1970 by the clocks of a zone, of a TIMESTAMPTZ."""
    local = time if zone == "UTC" else f"timezone({quoted(zone)}, {time})"
    return f"((epoch_us({local}) + {_WIDE * 3_600_000_000}) // 3600000000 - {_WIDE})"


def by_hours(hour: str, hours: int) -> str:
    """Buckets of so many hours."""
    return hour if hours == 1 else f"(({hour} + {_WIDE}) // {hours} - {_WIDE // hours})"


# ── terms ──────────────────────────────────────────────────────────────────────────


def json_term(base: str, steps: Path) -> Term:
    """What stands at a path inside JSON."""
    path = json_path(steps)
    raw = f"json_extract_string({base}, {path})"
    return Term(raw, number_of(raw), text_in(raw, base, path), tagged_in(raw, base, path), base, path)


def _text_term(text: str) -> Term:
    return Term(text, number_of(text), text, f"'t' || left({text}, {LONGEST})")


def raw_of(path: Path) -> str:
    """What a path is extracted as, once; :func:`over` makes its term of that."""
    root = path[0]
    if root in ("properties", "context", "products"):
        return term_of(path).raw
    computed = {"value": _value, "store": _store, "channel": _channel, "device": _agent, "daypart": _daypart}
    return computed[root]() if root in computed else root


def over(path: Path, raw: str, number: str) -> Term:
    """The term of a path whose raw text and number are columns."""
    plain = {"properties": "properties", "context": "context", "products": "line"}.get(path[0])
    if plain is not None:
        steps = json_path(path[1:])
        return Term(raw, number, text_in(raw, plain, steps), tagged_in(raw, plain, steps), plain, steps)
    if path[0] == "value":
        return _exact_term(raw)
    return _text_term(_device(raw) if path[0] == "device" else raw)._replace(raw=raw)


def _exact_term(exact: str) -> Term:
    text = decimal_of(exact)
    return Term(exact, exact, text, f"'n' || {text}")


def term_of(path: Path, line: str = "line") -> Term:
    """What a path says of an event, or of the line that stands in column (or variable) ``line``."""
    root = path[0]
    if root in ("properties", "context"):
        return json_term(root, path[1:])
    if root == "products":
        return json_term(line, path[1:])
    raw = raw_of(path)
    return over(path, raw, number_of(raw))


def _store() -> str:
    places = [json_path((name,)) for name in ("store", "store_id", "affiliation")]
    said = [f"json_extract(properties, {steps})" for steps in places]
    said += [f"json_extract(context, {json_path(('location', name))})" for name in ("store", "store_id")]
    text = text_in("json_extract_string(j, '$')", "j", "'$'")
    return f"list_filter(list_transform([{', '.join(said)}], lambda j: {text}), lambda t: t is not null)[1]"


def _said(base: str, steps: str) -> str:
    return (
        f"case when json_type({base}, '{steps}') = 'VARCHAR' then json_extract_string({base}, '{steps}') end"
    )


def _channel() -> str:
    said = (
        f"coalesce({_said('context', '$.channel')}, "
        "case when json_extract_string(context, '$.channel') is not null then '' end, "
        f"{_said('properties', '$.channel')}, '')"
    )
    shape = (
        "case when type = 'page' or json_exists(context, '$.page') then 'web' when type = 'screen' "
        "or (json_exists(context, '$.app') and json_exists(context, '$.device')) then 'app' else source end"
    )
    return (
        f"coalesce(case {said} when 'mobile' then 'app' when 'browser' then 'web' when '' then null "
        f"when 'server' then null when 'http' then null else left({said}, 100) end, {shape})"
    )


def _agent() -> str:
    places = [_said("context", steps) for steps in ("$.device.type", "$.userAgent")]
    first = ", ".join(f"nullif({place}, '')" for place in places)
    return f"lower(left(coalesce({first}), 300))"


def _device(low: str) -> str:
    def names(*words: str) -> str:
        return " or ".join(f"contains({low}, '{word}')" for word in words)

    return (
        f"case when {low} is null then null when {names('ipad', 'tablet')} or (contains({low}, 'android') "
        f"and contains({low}, 'mozilla') and not contains({low}, 'mobile')) then 'tablet' "
        f"when {names('mobile', 'phone', 'android', 'ios')} then 'mobile' "
        f"when {names('windows', 'macintosh', 'x11', 'cros', 'desktop', 'linux')} then 'desktop' "
        "else 'other' end"
    )


def _daypart() -> str:
    cases = " ".join(f"when (hour + {_WIDE}) % 24 < {until} then '{name}'" for until, name in DAYPARTS)
    return f"case {cases} end"


def lines() -> str:
    """The list of an event's products; the properties themselves where there is no list of them."""
    return (
        "case when json_type(properties, '$.products') = 'ARRAY' "
        f"then json_extract(properties, '$.products[*]')[1:{LINES}] else [properties] end"
    )


def _value() -> str:
    def number(name: str) -> str:
        return json_term("properties", (name,)).number

    price, quantity = json_term("l", ("price",)).number, json_term("l", ("quantity",)).number
    priced = f"list_filter({lines()}, lambda l: json_type(l) = 'OBJECT')"
    products = (
        f"list_transform({priced}, lambda l: cast({price} as hugeint) * coalesce({quantity}, {MILLION}))"
    )
    worth = f"list_transform({products}, lambda x: {millionth('x')})"
    in_lines = f"cast(list_sum({worth}) as bigint)"
    discount = f"coalesce({number('discount')}, 0)"
    return (
        f"coalesce({number('revenue')}, "
        f"{number('total')} - coalesce({number('tax')}, 0) - coalesce({number('shipping')}, 0), "
        f"{number('subtotal')} - {discount}, {number('value')}, {in_lines} - {discount})"
    )


# ── conditions ─────────────────────────────────────────────────────────────────────


def condition_sql(condition: Condition, term: Callable[[Path], Term]) -> str:
    """A condition of ``where``; never NULL."""
    if isinstance(condition, (All, AnyOf)):
        word, empty = (" and ", "true") if isinstance(condition, All) else (" or ", "false")
        items = [condition_sql(item, term) for item in condition.items]
        return f"({word.join(items)})" if items else empty
    if isinstance(condition, Not):
        return f"(not {condition_sql(condition.item, term)})"
    assert isinstance(condition, Compare)
    return f"coalesce({_compare(term(condition.path), condition.op, condition.value)}, false)"


def any_line_sql(condition: Condition) -> str:
    """Whether a condition holds of any line of an event."""
    held = condition_sql(condition, lambda path: term_of(path, "l"))
    return f"(len(list_filter({lines()}, lambda l: json_type(l) = 'OBJECT' and {held})) > 0)"


def _compare(term: Term, op: str, value: Any) -> str:
    if op in ("exists", "missing"):
        return f"{term.raw} is {'not ' if op == 'exists' else ''}null"
    if op in ("in", "not_in"):
        return _listed(term, op, value)
    if op == "starts_with":
        return f"starts_with({term.text}, {quoted(value)})"
    if op == "contains":
        return _contains(term, value)
    wanted, read = comparable(value)
    if read is amount:
        return f"{term.number} {_sign(op)} {wanted}"
    return f"{term.text} {_sign(op)} {quoted(wanted)}"


def _sign(op: str) -> str:
    return "<>" if op == "!=" else op


def _listed(term: Term, op: str, values: tuple[Any, ...]) -> str:
    wanted = [comparable(value) for value in values]
    numbers = [str(value) for value, read in wanted if read is amount]
    texts = [quoted(value) for value, read in wanted if read is not amount]
    pairs = [pair for pair in ((term.number, numbers), (term.text, texts)) if pair[1]]
    inside = " or ".join(f"coalesce({read} in ({', '.join(among)}), false)" for read, among in pairs)
    if op == "in":
        return inside
    told = " or ".join(f"{read} is not null" for read, _ in pairs)
    return f"({told}) and not ({inside})"


def _contains(term: Term, value: str) -> str:
    plain = f"contains({term.text}, {quoted(value)})"
    if not term.base:
        return plain
    item = text_in("json_extract_string(x, '$')", "x", "'$'")
    items = f"json_extract({term.base}, {term.steps[:-1]}[*]')"
    found = f"len(list_filter({items}, lambda x: {item} = {quoted(value)})) > 0"
    return f"case when json_type({term.base}, {term.steps}) = 'ARRAY' then {found} else {plain} end"
