"""Fields and conditions as SQL, in DuckDB's dialect: the same answers as :mod:`segue.enrich.traits.look`.

A *term* is what a path says: as raw text, as number (millionths) and as text. Whatever a definition
says goes into a statement only as a quoted literal, and a path only inside one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    #: the JSON that it is the text of; empty for what is computed
    json: str = ""


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


def text_in(text: str, json: str) -> str:
    """A scalar's text. One that begins with a letter needs no look at its kind."""
    letter = f"({text} >= ':' and {text} < '[') or ({text} >= ']' and {text} < '{{') or {text} >= '|'"
    return (
        f"case when {letter} then {text} else case json_type({json}) "
        f"when 'VARCHAR' then nullif({text}, '') when 'BIGINT' then {text} when 'UBIGINT' then {text} "
        f"when 'DOUBLE' then {decimal_of(number_of(text))} end end"
    )


def tagged_in(text: str, json: str) -> str:
    """The same with its kind before it, as much as is kept."""
    return (
        f"case json_type({json}) when 'VARCHAR' then 't' || left(nullif({text}, ''), {LONGEST}) "
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


# ── places ─────────────────────────────────────────────────────────────────────────

Place = tuple[str, Path]
"""``properties`` or ``context``, and the way inside it."""

_PRODUCTS: Place = ("properties", ("products",))
_STORES: tuple[Place, ...] = (
    *(("properties", (name,)) for name in ("store", "store_id", "affiliation")),
    *(("context", ("location", name)) for name in ("store", "store_id")),
)
_VALUE = ("revenue", "total", "tax", "shipping", "discount", "subtotal", "value", "price", "quantity")
_COMPUTED: dict[str, tuple[Place, ...]] = {
    "store": _STORES,
    "channel": (
        ("properties", ("channel",)),
        *(("context", (n,)) for n in ("channel", "page", "app", "device")),
    ),
    "device": (("context", ("device", "type")), ("context", ("userAgent",))),
    "value": (_PRODUCTS, *(("properties", (name,)) for name in _VALUE)),
}


def places_of(path: Path) -> tuple[Place, ...]:
    """Everything of an event that is looked at where a definition says ``path``."""
    root, *steps = path
    if root in ("properties", "context"):
        return ((root, tuple(steps)),)
    if root == "products":  # and what stands in for a list of them
        return (_PRODUCTS, ("properties", (steps[0],)))
    return _COMPUTED.get(root, ())


class Places:
    """Which parts of an event's JSON are extracted: in one go, because each look would parse all of it."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._number: dict[Place, int] = {}
        self._paths: dict[str, list[str]] = {"properties": [], "context": []}
        for base, steps in dict.fromkeys(places):
            self._paths[base].append(json_path(steps))
            self._number[base, steps] = len(self._paths[base])

    def columns(self) -> str:
        """The extracted parts as two columns, ``p`` and ``c``."""
        columns = []
        for base, paths in self._paths.items():
            found = f"json_extract({base}, [{', '.join(paths)}])" if paths else "null"
            columns.append(f"{found} as {base[0]}")
        return ", ".join(columns)

    def at(self, base: str, *steps: str) -> str:
        """The JSON at a place."""
        return f"{base[0]}[{self._number[base, steps]}]"


# ── terms ──────────────────────────────────────────────────────────────────────────


def json_term(json: str, raw: str = "", number: str = "") -> Term:
    """What JSON in a column (or small expression) says; with its raw text and number, if known."""
    raw = raw or f"json_extract_string({json}, '$')"
    return Term(raw, number or number_of(raw), text_in(raw, json), tagged_in(raw, json), json)


def is_json(path: Path) -> bool:
    """Whether a path leads into JSON, rather than to what is computed of an event."""
    return path[0] in ("properties", "context", "products")


def json_of(path: Path, places: Places, line: str = "line") -> str:
    """The JSON that stands at a path."""
    if path[0] == "products":
        return f"json_extract({line}, {json_path(path[1:])})"
    return places.at(path[0], *path[1:])


def computed(path: Path, places: Places) -> str:
    """What is computed of an event, raw; :func:`computed_term` makes its term of that as a column."""
    root = path[0]
    if root in ("source", "daypart"):
        return root if root == "source" else _daypart()
    return {"value": _value, "store": _store, "channel": _channel, "device": _agent}[root](places)


def computed_term(path: Path, raw: str, number: str = "") -> Term:
    """The term of what was computed."""
    if path[0] == "value":
        text = decimal_of(raw)
        return Term(raw, raw, text, f"'n' || {text}")
    text = _device(raw) if path[0] == "device" else raw
    return Term(raw, number or number_of(text), text, f"'t' || left({text}, {LONGEST})")


def term_of(path: Path, places: Places, line: str) -> Term:
    """What a path says, all in one expression."""
    if is_json(path):
        return json_term(json_of(path, places, line))
    return computed_term(path, computed(path, places))


def _store(places: Places) -> str:
    said = ", ".join(places.at(base, *steps) for base, steps in _STORES)
    text = text_in("json_extract_string(j, '$')", "j")
    return f"list_filter(list_transform([{said}], lambda j: {text}), lambda t: t is not null)[1]"


def _said(json: str) -> str:
    return f"case when json_type({json}) = 'VARCHAR' then json_extract_string({json}, '$') end"


def _channel(places: Places) -> str:
    said, page, app, device = (places.at("context", name) for name in ("channel", "page", "app", "device"))
    first = (
        f"coalesce({_said(said)}, case when json_extract_string({said}, '$') is not null then '' end, "
        f"{_said(places.at('properties', 'channel'))}, '')"
    )
    shape = (
        f"case when type = 'page' or {page} is not null then 'web' when type = 'screen' "
        f"or ({app} is not null and {device} is not null) then 'app' else source end"
    )
    return (
        f"coalesce(case {first} when 'mobile' then 'app' when 'browser' then 'web' when '' then null "
        f"when 'server' then null when 'http' then null else left({first}, 100) end, {shape})"
    )


def _agent(places: Places) -> str:
    told = [places.at("context", "device", "type"), places.at("context", "userAgent")]
    first = ", ".join(f"nullif({_said(json)}, '')" for json in told)
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


def lines(places: Places, names: Iterable[str]) -> str:
    """The list of an event's products; of ``names`` the properties themselves where there is no list."""
    listed = places.at(*_flat(_PRODUCTS))
    alone = ", ".join(f"{quoted(name)}, {places.at('properties', name)}" for name in dict.fromkeys(names))
    return (
        f"list_filter(case when json_type({listed}) = 'ARRAY' then json_extract({listed}, '$[*]')[1:{LINES}] "
        f"else [json_object({alone})] end, lambda l: json_type(l) = 'OBJECT')"
    )


def _flat(place: Place) -> tuple[str, ...]:
    return (place[0], *place[1])


def _value(places: Places) -> str:
    def number(name: str) -> str:
        return json_term(places.at("properties", name)).number

    priced = lines(places, ("price", "quantity"))
    price, quantity = (json_term(f"json_extract(l, '$.{name}')").number for name in ("price", "quantity"))
    product = f"cast({price} as hugeint) * coalesce({quantity}, {MILLION})"
    worth = f"list_transform(list_transform({priced}, lambda l: {product}), lambda x: {millionth('x')})"
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


def any_line_sql(condition: Condition, places: Places, names: Iterable[str]) -> str:
    """Whether a condition holds of any line of an event."""
    held = condition_sql(condition, lambda path: term_of(path, places, "l"))
    return f"(len(list_filter({lines(places, names)}, lambda l: {held})) > 0)"


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
    if not term.json:
        return plain
    item = text_in("json_extract_string(x, '$')", "x")
    items = f"json_extract({term.json}, '$[*]')"
    found = f"len(list_filter({items}, lambda x: {item} = {quoted(value)})) > 0"
    return f"case when json_type({term.json}) = 'ARRAY' then {found} else {plain} end"
