"""actions.yaml, and back. Checks that every name in it exists and every amount is one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple, get_args

import msgspec

from segue.domain.actions import (
    ATTRIBUTION,
    Action,
    ActionKind,
    Cap,
    Content,
    Lever,
    Per,
    Sensitivity,
    Suppression,
    Touchpoint,
)
from segue.domain.conditions import Condition, Window
from segue.domain.rules.conditions import Scope, condition_to_json
from segue.domain.rules.segments import read_when, segment_scope
from segue.domain.rules.traits import MOST, checked_name, read_title
from segue.domain.rules.windows import read_window, window_text
from segue.domain.rules.yamls import (
    choice,
    dump,
    every,
    fields,
    load_mapping,
    mapping,
    nearest,
    parts,
    whole,
    wrong,
)
from segue.domain.templates import check_template
from segue.domain.traits import Segment, Trait

CONTEXT = (
    "store", "zone", "daypart", "hour", "weekday", "weekend", "weather", "locale", "touchpoint", "placement",
    "page", "query", "category", "campaign", "device", "known", "season", "holiday",
)  # fmt: skip
"""Parts of the moment that are known; ``weather.temp_c`` and such below them. Touchpoints may send others."""
BASKET = ("value", "items", "lines", "skus", "categories", "brands")
SUPPRESSING = ("shown", "ignored", "dismissed", "clicked", "accepted")

_KEYS = (
    "kind", "title", "group", "valid", "audience", "applicable", "suitable", "value", "cost", "purpose",
    "sensitivity", "stock", "discounts", "floor", "caps", "suppress", "levers", "content", "attribution",
)  # fmt: skip
_MILLION = 1_000_000
_DEAREST = 10**9
_DEEPEST_DISCOUNT = 95
_CREDITED = 90
"""Days for which an order may be credited to what she saw, at most."""
_TEXT = 10_000
_MULTIPLY = 1_000


class Names(NamedTuple):
    """What actions may name. None: any."""

    traits: Sequence[Trait]
    purposes: Collection[str] | None = None
    segments: Collection[Segment] | None = None

    def condition(self, value: Any, where: str) -> Condition | None:
        """The condition that stands there; None without one."""
        if value is None:
            return None
        names = None if self.segments is None else [each.name for each in self.segments]
        scope = decision_scope(self.traits)
        return read_when(value, where, self.traits, self.purposes, names, scope=scope)


def decision_scope(traits: Iterable[Trait]) -> Scope:
    """What a condition may speak of while a decision is made: a person, the moment and the basket."""
    scope = segment_scope(traits)
    roots = {**scope.roots, "context": CONTEXT, "basket": BASKET}
    elsewhere = {key: says for key, says in scope.elsewhere.items() if key not in roots}
    return msgspec.structs.replace(
        scope, of="a decision", roots=roots, elsewhere=elsewhere, open=frozenset(("context",))
    )


def read_actions(text: str, names: Names) -> tuple[Action, ...]:
    """actions.yaml; one DefinitionError tells of all that is wrong."""
    found = fields(load_mapping(text), "the file", ("actions",))
    named = mapping(found.get("actions") or {}, "actions")
    if len(named) > MOST:
        raise wrong("actions", f"{len(named)} are more than {MOST}", "leave out what is over")
    actions = tuple(every(named, lambda name, value: _action(name, value, names)).values())
    _check_groups(actions)
    return actions


def _action(name: str, value: Any, names: Names) -> Action:
    where = f"actions.{name}"
    checked_name(name, where)
    found = fields(value, where, _KEYS)
    if not found.get("kind"):
        raise wrong(where, "kind is missing", f"write kind: one of {', '.join(get_args(ActionKind))}")
    conditions = {
        key: partial(names.condition, found.get(key), f"{where}.{key}")
        for key in ("audience", "applicable", "suitable")
    }
    read = parts(
        kind=lambda: choice(found["kind"], f"{where}.kind", get_args(ActionKind)),
        title=lambda: read_title(found.get("title"), f"{where}.title"),
        group=lambda: _word(found.get("group"), f"{where}.group"),
        value=lambda: _amount(found.get("value", 0), f"{where}.value"),
        cost=lambda: _amount(found.get("cost", 0), f"{where}.cost"),
        floor=lambda: None if found.get("floor") is None else _amount(found["floor"], f"{where}.floor"),
        purpose=lambda: _purpose(found.get("purpose"), f"{where}.purpose", names.purposes),
        sensitivity=lambda: choice(
            found.get("sensitivity", "none"), f"{where}.sensitivity", get_args(Sensitivity)
        ),
        sku=lambda: _stock(found.get("stock"), f"{where}.stock"),
        discounts=lambda: _discounts(found.get("discounts") or [], f"{where}.discounts"),
        caps=lambda: tuple(_each(found.get("caps"), f"{where}.caps", _cap)),
        suppress=lambda: tuple(_each(found.get("suppress"), f"{where}.suppress", _suppression)),
        levers=lambda: tuple(_each(found.get("levers"), f"{where}.levers", partial(_lever, names=names))),
        content=lambda: tuple(_each(found.get("content"), f"{where}.content", _content)),
        attribution=lambda: _attribution(found.get("attribution"), f"{where}.attribution"),
        **conditions,
    )
    valid_from, valid_until = _valid(found.get("valid"), f"{where}.valid")
    return Action(name=name, valid_from=valid_from, valid_until=valid_until, **read)


def conditions_of(actions: Iterable[Action]) -> Iterator[Condition]:
    """Every condition that actions ask."""
    for action in actions:
        asked = (action.audience, action.applicable, action.suitable, *(each.when for each in action.levers))
        yield from (each for each in asked if each is not None)


# ── parts of an action ─────────────────────────────────────────────────────────────


def _each(value: Any, where: str, read: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST:
        raise wrong(where, f"expected a list of at most {MOST}", "write - before each")
    numbered = {str(number): item for number, item in enumerate(value)}
    return list(every(numbered, lambda number, item: read(item, f"{where}.{number}")).values())


def _word(value: Any, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise wrong(where, "expected a text of at most 200 characters", "write a name")
    return value


def _amount(value: Any, where: str) -> int:
    """Money as millionths; DefinitionError for what is none, or below zero."""
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < _DEAREST:
        raise wrong(where, f"{str(value)[:40]!r} is no amount of money", "write it as 1.80")
    return int(amount * _MILLION)


def _purpose(value: Any, where: str, purposes: Collection[str] | None) -> str | None:
    name = _word(value, where)
    if name is not None and purposes is not None and name not in purposes:
        raise wrong(where, f"there is no purpose {name!r}", nearest(name, purposes))
    return name


def _stock(value: Any, where: str) -> str | None:
    if value is None:
        return None
    sku = fields(value, where, ("sku",)).get("sku")
    return _word(str(sku) if isinstance(sku, int) else sku, f"{where}.sku")


def _discounts(value: Any, where: str) -> tuple[int, ...]:
    right = isinstance(value, list) and all(
        type(one) is int and 0 <= one <= _DEEPEST_DISCOUNT for one in value
    )
    if not right or len(value) > 20:
        raise wrong(where, f"expected percentages from 0 to {_DEEPEST_DISCOUNT}", "write [0, 5, 10]")
    return tuple(sorted(set(value)))


def _valid(value: Any, where: str) -> tuple[date | None, date | None]:
    if value is None:
        return None, None
    found = fields(value, where, ("from", "until"))
    first, last = (_day(found.get(key), f"{where}.{key}") for key in ("from", "until"))
    if first is not None and last is not None and last < first:
        raise wrong(where, "it ends before it begins", "exchange from and until")
    return first, last


def _day(value: Any, where: str) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise wrong(where, f"{str(value)[:40]!r} is no day", "write it as 2026-12-31") from None


def _cap(value: Any, where: str) -> Cap:
    found = fields(value, where, ("per", "max", "within", "group", "channel"))
    if "max" not in found:
        raise wrong(where, "max is missing", "write max: 2")
    return Cap(
        max=whole(found["max"], f"{where}.max", least=0),
        within=read_window(found.get("within"), f"{where}.within", minutes=True),
        per=choice(found.get("per", "person"), f"{where}.per", get_args(Per)),
        group=_word(found.get("group"), f"{where}.group"),
        channel=_channel(found.get("channel"), f"{where}.channel"),
    )


def _suppression(value: Any, where: str) -> Suppression:
    found = fields(value, where, ("outcome", "count", "within", "pause", "group", "channel"))
    within, pause = (_period(found.get(key), f"{where}.{key}") for key in ("within", "pause"))
    outcome = found.get("outcome")
    return Suppression(
        outcome="dismissed" if outcome == "rejected" else choice(outcome, f"{where}.outcome", SUPPRESSING),
        count=whole(found.get("count", 1), f"{where}.count"),
        within=within,
        pause=pause,
        group=_word(found.get("group"), f"{where}.group"),
        channel=_channel(found.get("channel"), f"{where}.channel"),
    )


def _period(value: Any, where: str) -> Window:
    window = read_window(value, where, minutes=True)
    if window is None:
        raise wrong(where, "how long is missing", "write it as 7 days")
    return window


def _attribution(value: Any, where: str) -> Window:
    if value is None:
        return ATTRIBUTION
    window = read_window(value, where, minutes=True)
    if window is None or (window.unit == "days" and window.length > _CREDITED):
        raise wrong(where, f"expected 1 minute to {_CREDITED} days", "write it as 7 days")
    return window


def _channel(value: Any, where: str) -> Touchpoint | None:
    found: Touchpoint | None = None if value is None else choice(value, where, get_args(Touchpoint))
    return found


def _lever(value: Any, where: str, names: Names) -> Lever:
    found = fields(value, where, ("when", "multiply"))
    when = names.condition(found.get("when"), f"{where}.when")
    if when is None:
        raise wrong(where, "when is missing", "write when: a condition")
    times = found.get("multiply")
    if isinstance(times, bool) or not isinstance(times, (int, float)) or not 0 <= times <= _MULTIPLY:
        raise wrong(f"{where}.multiply", f"expected a number from 0 to {_MULTIPLY}", "write multiply: 2")
    return Lever(when=when, multiply=float(times))


def _content(value: Any, where: str) -> Content:
    found = mapping(value, where)
    if not isinstance(found.get("format"), str):
        raise wrong(where, "format is missing", "write format: banner")
    said: dict[str, str] = {}
    for key, text in found.items():
        if key in ("format", "locale"):
            continue
        if not isinstance(text, (str, int, float)) or len(str(text)) > _TEXT:
            raise wrong(f"{where}.{key}", f"expected a text of at most {_TEXT} characters", "shorten it")
        check_template(str(text), f"{where}.{key}")
        said[key] = str(text)
    because = said.pop("because", None)
    return Content(
        format=found["format"],
        locale=_word(found.get("locale"), f"{where}.locale"),
        texts=tuple(said.items()),
        because=because,
    )


def _check_groups(actions: Sequence[Action]) -> None:
    groups = {action.group for action in actions if action.group is not None}
    for action in actions:
        named = [(f"caps.{number}", each.group) for number, each in enumerate(action.caps)]
        named += [(f"suppress.{number}", each.group) for number, each in enumerate(action.suppress)]
        for place, group in named:
            if group is not None and group not in groups:
                cure = nearest(group, groups) if groups else "give an action this group"
                where = f"actions.{action.name}.{place}.group"
                raise wrong(where, f"no action is of group {group!r}", cure)


# ── and back ───────────────────────────────────────────────────────────────────────


def actions_to_yaml(actions: Iterable[Action]) -> str:
    """The text that :func:`read_actions` makes these of again."""
    return dump({"actions": {each.name: action_to_json(each) for each in actions}})


def action_to_json(action: Action) -> dict[str, Any]:
    """What stands in actions.yaml under the action's name."""
    days = {"from": action.valid_from, "until": action.valid_until}
    conditions = {
        "audience": action.audience, "applicable": action.applicable, "suitable": action.suitable,
    }  # fmt: skip
    written: dict[str, Any] = {
        "kind": action.kind,
        "title": action.title or None,
        "group": action.group,
        "valid": {key: day for key, day in days.items() if day is not None} or None,
        **{key: None if one is None else condition_to_json(one) for key, one in conditions.items()},
        "value": _money(action.value) if action.value else None,
        "cost": _money(action.cost) if action.cost else None,
        "purpose": action.purpose,
        "sensitivity": action.sensitivity if action.sensitivity != "none" else None,
        "stock": None if action.sku is None else {"sku": action.sku},
        "discounts": list(action.discounts) or None,
        "floor": None if action.floor is None else _money(action.floor),
        "caps": [_cap_to_json(each) for each in action.caps] or None,
        "suppress": [_suppression_to_json(each) for each in action.suppress] or None,
        "levers": [
            {"when": condition_to_json(each.when), "multiply": each.multiply} for each in action.levers
        ] or None,
        "content": [_content_to_json(each) for each in action.content] or None,
        "attribution": None if action.attribution == ATTRIBUTION else window_text(action.attribution),
    }  # fmt: skip
    return {key: value for key, value in written.items() if value is not None}


def _money(amount: int) -> float:
    return amount / _MILLION


def _cap_to_json(cap: Cap) -> dict[str, Any]:
    written = {"per": cap.per, "max": cap.max, "group": cap.group, "channel": cap.channel}
    told = {key: value for key, value in written.items() if value is not None}
    return {**told, "within": window_text(cap.within)}


def _suppression_to_json(each: Suppression) -> dict[str, Any]:
    written = {"outcome": each.outcome, "count": each.count, "group": each.group, "channel": each.channel}
    told = {key: value for key, value in written.items() if value is not None}
    return {**told, "within": window_text(each.within), "pause": window_text(each.pause)}


def _content_to_json(content: Content) -> dict[str, Any]:
    locale = {} if content.locale is None else {"locale": content.locale}
    because = {} if content.because is None else {"because": content.because}
    return {"format": content.format, **locale, **dict(content.texts), **because}
