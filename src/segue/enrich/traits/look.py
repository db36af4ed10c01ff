"""Looking at one event: what fields of it say, and whether a condition holds.

Paths and conditions become closures once; each takes a :class:`Look` and, where it is about single
products, a line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import md5
from struct import Struct
from typing import Any, Final

from segue.domain.channel import channel_of
from segue.domain.conditions import All, AnyOf, Compare, Condition, Not
from segue.domain.events import Event
from segue.enrich.traits.exact import LIMIT, MILLION, amount, multiplied, text_of

Line = dict[str, Any]
LINES: Final = 2_500
"""Products read of one event."""
DAYPARTS: Final = (
    (6, "night"),
    (11, "morning"),
    (14, "midday"),
    (18, "afternoon"),
    (22, "evening"),
    (24, "night"),
)
"""Until which hour of the day which part of it lasts."""

_PART: Final = tuple(next(name for until, name in DAYPARTS if hour < until) for hour in range(24))
_MOMENT: Final = Struct(">QI8s").pack
_AGENT: Final = 300


class Look:
    """One event being looked at."""

    __slots__ = ("_lines", "event", "hour", "properties")

    def __init__(self, event: Event, hour: int) -> None:
        self.event = event
        self.properties = event.properties
        #: local, since 1970
        self.hour = hour
        self._lines: list[Line] | None = None

    @property
    def lines(self) -> list[Line]:
        """Its products; the properties themselves where there is no list of them."""
        lines = self._lines
        if lines is None:
            products = self.properties.get("products")
            if isinstance(products, list):
                lines = [line for line in products[:LINES] if isinstance(line, dict)]
            else:
                lines = [self.properties]
            self._lines = lines
        return lines

    def moment(self) -> bytes:
        """20 bytes that compare like (time, position, a hash of the message id)."""
        event = self.event
        return _MOMENT(event.timestamp, event.position, digest(event.message_id))


def digest(text: str) -> bytes:
    """Eight bytes of a text's hash, which any engine can make too."""
    return md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:8]


Read = Callable[[Look, Line | None], Any]
Holds = Callable[[Look, Line | None], bool]


# ── fields ─────────────────────────────────────────────────────────────────────────


def reader(path: tuple[str, ...]) -> Read:
    """What stands at a path, raw."""
    root, *steps = path
    if root in _SPECIAL:
        return _SPECIAL[root]
    start = _STARTS[root]
    if len(steps) == 1:
        return _one_step(root, steps[0])

    def walk(look: Look, line: Line | None) -> Any:
        value = start(look, line)
        for step in steps:
            if type(value) is not dict:
                return None
            value = value.get(step)
        return value

    return walk


_STARTS: dict[str, Read] = {
    "properties": lambda look, _: look.properties,
    "products": lambda _, line: line,
    "context": lambda look, _: look.event.context,
}


def _one_step(root: str, step: str) -> Read:
    if root == "properties":
        return lambda look, _: look.properties.get(step)
    if root == "products":
        return lambda _, line: None if line is None else line.get(step)
    return lambda look, _: look.event.context.get(step)


def _channel(look: Look, _: Line | None) -> str:
    event = look.event
    return channel_of(event.type, event.source, event.context, look.properties)


def _store(look: Look, _: Line | None) -> str | None:
    get = look.properties.get
    for name in ("store", "store_id", "affiliation"):
        found = text_of(get(name))
        if found is not None:
            return found
    place = look.event.context.get("location")
    if type(place) is not dict:
        return None
    return text_of(place.get("store")) or text_of(place.get("store_id"))


def _device(look: Look, _: Line | None) -> str | None:
    context = look.event.context
    device = context.get("device")
    kind = device.get("type") if type(device) is dict else None
    if type(kind) is str and kind:
        return device_class(kind[:_AGENT])
    agent = context.get("userAgent")
    return device_class(agent[:_AGENT]) if type(agent) is str and agent else None


@lru_cache(maxsize=4096)
def device_class(text: str) -> str:
    """mobile, tablet, desktop or other, from a device type or a user agent."""
    low = text.lower()
    if "ipad" in low or "tablet" in low or ("android" in low and "mozilla" in low and "mobile" not in low):
        return "tablet"
    if any(word in low for word in ("mobile", "phone", "android", "ios")):
        return "mobile"
    if any(word in low for word in ("windows", "macintosh", "x11", "cros", "desktop", "linux")):
        return "desktop"
    return "other"


def _value(look: Look, _: Line | None) -> float | None:
    """What an order or cart comes to without tax and shipping, from whatever it carries."""
    get = look.properties.get
    exact = amount(get("revenue"))
    if exact is None:
        exact = _from_total(look)
    return None if exact is None else exact / MILLION


def _from_total(look: Look) -> int | None:
    get = look.properties.get
    total = amount(get("total"))
    if total is not None:
        return total - (amount(get("tax")) or 0) - (amount(get("shipping")) or 0)
    discount = amount(get("discount")) or 0
    subtotal = amount(get("subtotal"))
    if subtotal is not None:
        return subtotal - discount
    value = amount(get("value"))
    if value is not None:
        return value
    priced = [worth for line in look.lines if (worth := _worth(line)) is not None]
    return sum(priced) - discount if priced else None


def _worth(line: Line) -> int | None:
    price, quantity = amount(line.get("price")), amount(line.get("quantity"))
    if price is None:
        return None
    return multiplied(price, MILLION if quantity is None else quantity)


_SPECIAL: dict[str, Read] = {
    "source": lambda look, _: look.event.source,
    "channel": _channel,
    "store": _store,
    "device": _device,
    "daypart": lambda look, _: _PART[look.hour % 24],
    "value": _value,
}


# ── conditions ─────────────────────────────────────────────────────────────────────


def holds(condition: Condition) -> Holds:
    """Whether a condition of ``where`` holds of an event and one of its lines."""
    if isinstance(condition, Compare):
        return _compared(reader(condition.path), tester(condition.op, condition.value))
    if isinstance(condition, Not):
        inner = holds(condition.item)
        return lambda look, line: not inner(look, line)
    if isinstance(condition, (All, AnyOf)):
        return _joined(tuple(holds(item) for item in condition.items), every=isinstance(condition, All))
    raise TypeError(f"{type(condition).__name__} cannot stand in where")


def _compared(read: Read, test: Callable[[Any], bool]) -> Holds:
    return lambda look, line: test(read(look, line))


def _joined(parts: tuple[Holds, ...], *, every: bool) -> Holds:
    if every:
        return lambda look, line: all(part(look, line) for part in parts)
    return lambda look, line: any(part(look, line) for part in parts)


def any_line(condition: Holds) -> Holds:
    """Whether it holds of any line of an event."""
    return lambda look, _: any(condition(look, line) for line in look.lines)


def tester(op: str, value: Any) -> Callable[[Any], bool]:
    """Whether ``found op value``, for whatever may be found."""
    if op == "exists":
        return lambda found: found is not None
    if op == "missing":
        return lambda found: found is None
    if op in ("in", "not_in"):
        return _listed(op, value)
    if op == "contains":
        return lambda found: _contains(found, value)
    if op == "starts_with":
        return lambda found: (text_of(found) or "").startswith(value)
    wanted, read = comparable(value)
    compare = _COMPARES[op]

    def test(found: Any) -> bool:
        same = read(found)
        return same is not None and compare(same, wanted)

    return test


def comparable(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """A definition's value, and how to read what is compared with it: as number or as text."""
    if not isinstance(value, (str, bool)) and -LIMIT < value < LIMIT:
        return amount(value), amount
    return text_of(value), text_of


_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _listed(op: str, values: tuple[Any, ...]) -> Callable[[Any], bool]:
    wanted = [comparable(value) for value in values]
    numbers = frozenset(value for value, read in wanted if read is amount)
    texts = frozenset(value for value, read in wanted if read is not amount)

    def test(found: Any) -> bool:
        number = amount(found) if numbers else None
        text = text_of(found) if texts else None
        if number is None and text is None:
            return False
        return (number in numbers or text in texts) is (op == "in")

    return test


def _contains(found: Any, value: str) -> bool:
    if type(found) is list:
        return any(text_of(item) == value for item in found)
    return value in (text_of(found) or "")
