"""Events and definitions of traits as hypothesis draws them: ordinary ones, and those that nobody expects."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from segue.domain.conditions import All, AnyOf, Compare, Condition, Not, Window
from segue.domain.events import Event
from segue.domain.identifiers import Mention, fragment_id
from segue.domain.order import DAY, HOUR, MINUTE
from segue.domain.traits import Trait

SECRET = b"0" * 32
OWNERS = ("ann", "bob", "card-1")
#: the night in which Berlin's clocks went back, 2024-10-27T00:00Z, and the one in which they went forward
AUTUMN, SPRING = 1_729_987_200_000_000, 1_711_843_200_000_000

TEXTS = st.sampled_from(
    [
        "shoes",
        "tea",
        "Tea",
        "",
        "5",
        "5.0",
        "true",
        "null",
        "ä",
        "é😀",
        "[x]",
        "{y}",
        "-",
        "a'b\"c",
        "x" * 130,
    ]
)
NUMBERS = st.sampled_from(
    [
        0,
        1,
        -1,
        2.5,
        0.1,
        1e-7,
        5.0,
        -0.0,
        3,
        10**12,
        1e9,
        1e22,
        2**64 - 1,
        0.0000005,
        12.3456785,
        999_999_999.5,
    ]
)
NUMERIC_TEXTS = st.sampled_from(
    [
        "7",
        " 7.5 ",
        "1e3",
        "1_000",
        "nan",
        "inf",
        "0x10",
        "+4",
        "+-4",
        ".5",
        "5.",
        "1,5",
        "--1",
        "1e999",
        "٣",
        "\t2\n",
    ]
)
SCALARS = TEXTS | NUMBERS | NUMERIC_TEXTS | st.booleans() | st.none()
VALUES: st.SearchStrategy[Any] = SCALARS | st.lists(SCALARS, max_size=2) | st.just({"a": "tea"})
PRICES = st.sampled_from([1, 2.5, 9.99, "3.20", 0, -4]) | VALUES
LINES = st.fixed_dictionaries(
    {}, optional={"category": TEXTS | VALUES, "price": PRICES, "quantity": PRICES, "a": VALUES}
)
PRODUCTS = st.lists(LINES, max_size=3) | st.lists(LINES | VALUES, max_size=3) | VALUES
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "category": TEXTS | VALUES,
        "revenue": PRICES,
        "total": PRICES,
        "tax": PRICES,
        "discount": PRICES,
        "price": PRICES,
        "quantity": PRICES,
        "store": VALUES,
        "channel": VALUES,
        "tags": VALUES,
        "nested": st.fixed_dictionaries({}, optional={"a": VALUES}),
        "products": PRODUCTS,
        "order_id": st.sampled_from(["o1", "o2", "o3", 7, "", None, 1.5, True]),
    },
)
CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["app", "mobile", "server", "", None, 3, "till"]),
        "page": st.sampled_from([None, {"path": "/x"}, "text"]),
        "app": VALUES,
        "device": st.fixed_dictionaries(
            {}, optional={"type": st.sampled_from(["iPhone", "Tablet", "", 4, "fridge"])}
        ),
        "userAgent": st.sampled_from(["Mozilla Android", "Windows", 5, ""]),
        "locale": VALUES,
        "location": st.fixed_dictionaries({}, optional={"store": VALUES}) | VALUES,
    },
)
NAMES = ("Order Completed", "Order Updated", "Order Cancelled", "Product Viewed", "page")
MOMENTS = (
    st.integers(0, 48).map(lambda quarter: AUTUMN - 6 * HOUR + quarter * 15 * MINUTE)
    | st.integers(0, 48).map(lambda quarter: SPRING - 6 * HOUR + quarter * 15 * MINUTE)
    | st.integers(0, 40).map(lambda days: AUTUMN - days * DAY)
    | st.sampled_from([AUTUMN, AUTUMN + 1, AUTUMN - 1, AUTUMN + 2 * DAY, 0])
)


@st.composite
def events(draw: st.DrawFn, most: int = 14) -> list[Event]:
    """Events of three fragments, each with a message id of its own."""
    return [draw(event(number)) for number in range(draw(st.integers(0, most)))]


@st.composite
def event(draw: st.DrawFn, number: int) -> Event:
    """One event."""
    name = draw(st.sampled_from((*NAMES, "Order Completed", "Product Viewed")))
    owner = draw(st.sampled_from(OWNERS))
    is_page = name == "page"
    return Event(
        message_id=f"m{number}",
        source=draw(st.sampled_from(["web", "till"])),
        type="page" if is_page else "track",
        event="" if is_page else name,
        timestamp=draw(MOMENTS),
        received_at=AUTUMN + 3 * DAY,
        position=draw(st.integers(0, 2)),
        mentions=(Mention("user_id", owner, fragment_id(SECRET, "user_id", owner), True, False),),
        properties=draw(PROPERTIES),
        context=draw(CONTEXTS),
        proven=draw(st.booleans()),
    )


PATHS = st.sampled_from(
    [
        ("properties", "category"),
        ("properties", "revenue"),
        ("properties", "tags"),
        ("properties", "nested", "a"),
        ("products", "category"),
        ("products", "price"),
        ("context", "locale"),
        ("context", "device", "type"),
        ("source",),
        ("channel",),
        ("store",),
        ("device",),
        ("daypart",),
        ("value",),
    ]
)
WANTED = st.sampled_from(["tea", "5", "a'b\"c", "true", 5, 2.5, 0, -1, 10**12, True, False, "web"])


@st.composite
def compares(draw: st.DrawFn) -> Compare:
    """A comparison."""
    path = draw(PATHS)
    op = draw(
        st.sampled_from(
            ["=", "!=", "<", "<=", ">", ">=", "in", "not_in", "contains", "starts_with", "exists", "missing"]
        )
    )
    if op in ("exists", "missing"):
        return Compare(path, op)  # type: ignore[arg-type]
    if op in ("in", "not_in"):
        return Compare(path, op, tuple(draw(st.lists(WANTED, min_size=1, max_size=3))))  # type: ignore[arg-type]
    if op in ("contains", "starts_with"):
        return Compare(path, op, draw(st.sampled_from(["t", "te", "5", "'"])))  # type: ignore[arg-type]
    wanted = draw(WANTED.filter(lambda value: op in ("=", "!=") or not isinstance(value, bool)))
    return Compare(path, op, wanted)  # type: ignore[arg-type]


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    compares(),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: All(tuple(items)))
        | st.lists(inner, max_size=2).map(lambda items: AnyOf(tuple(items)))
        | inner.map(Not)
    ),
    max_leaves=3,
)
WINDOWS = st.sampled_from(
    [
        None,
        Window("days", 1),
        Window("days", 7),
        Window("days", 35),
        Window("hours", 1),
        Window("hours", 5),
        Window("hours", 48),
    ]
)
EVENTS = st.sampled_from(
    [
        ("Order Completed",),
        ("Product Viewed",),
        ("page",),
        ("Order Completed", "Product Viewed"),
        ("Order Updated",),
        ("page", "Order Cancelled"),
    ]
)
HOWS = (
    "count", "sum", "mean", "min", "max", "first", "last", "distinct", "most_frequent",
    "days_since_first", "days_since_last", "gap", "rate", "share",
)  # fmt: skip
WEIGHTS = st.sampled_from([None, None, ("products", "quantity"), ("properties", "quantity")])
BYS = st.sampled_from(
    [None, None, ("properties", "category"), ("products", "category"), ("channel",), ("store",)]
)


@st.composite
def trait(draw: st.DrawFn, name: str) -> Trait:
    """A trait as a file could define it, ratios apart."""
    how: Any = draw(st.sampled_from(HOWS))
    needs_field = how in ("sum", "mean", "min", "max", "first", "last", "distinct", "most_frequent")
    by = draw(BYS) if how not in ("first", "last", "distinct", "most_frequent") else None
    where = draw(st.none() | CONDITIONS)
    if how == "share" and where is None and by is None:
        where = draw(CONDITIONS)
    window = draw(WINDOWS)
    if how == "rate":
        window = window or Window("days", 7)
    return Trait(
        name=name,
        how=how,
        of=draw(EVENTS),
        field=draw(PATHS) if needs_field or (how == "share" and draw(st.booleans())) else None,
        where=where,
        window=window,
        weight=draw(WEIGHTS) if how in ("count", "sum", "mean", "most_frequent", "share") else None,
        by=by,
        per=Window("days", 30) if how == "rate" else None,
    )


@st.composite
def traits(draw: st.DrawFn) -> tuple[Trait, ...]:
    """Some traits, and a ratio of the first two where they are numbers."""
    found = [draw(trait(f"t{number}")) for number in range(draw(st.integers(1, 4)))]
    numbers = [
        each.name for each in found if each.how not in ("first", "last", "most_frequent") and each.by is None
    ]
    if numbers:
        found.append(Trait(name="ratio", how="ratio", parts=(numbers[0], numbers[-1])))
        found.append(Trait(name="again", how="ratio", parts=("ratio", numbers[0])))
    return tuple(found)
