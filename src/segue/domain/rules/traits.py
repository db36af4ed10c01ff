"""traits.yaml, and back. Checks that what a ratio divides exists, and that no ratio goes in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from segue.domain.conditions import Window
from segue.domain.rules.built_in import built_in_traits
from segue.domain.rules.conditions import (
    EVENT,
    condition_to_json,
    read_condition,
    read_event_name,
    read_path,
)
from segue.domain.rules.windows import read_window, window_text
from segue.domain.rules.yamls import (
    dump,
    every,
    fields,
    load_mapping,
    mapping,
    nearest,
    parts,
    wrong,
)
from segue.domain.traits import How, Trait

HOWS: tuple[str, ...] = get_args(How)
_FIELD_HOWS = frozenset({"sum", "mean", "min", "max", "first", "last", "distinct", "most_frequent"})
"""These name a field and say with ``of`` in which events; the others name the events themselves."""
_WEIGHTED = frozenset({"count", "sum", "mean", "most_frequent", "share"})
_BY = frozenset(
    {"count", "sum", "mean", "min", "max", "share", "rate", "days_since_first", "days_since_last", "gap"}
)
_SCALAR = frozenset(HOWS) - {"first", "last", "most_frequent"}
"""What these tell is a number, unless it is told ``by`` something."""
_BESIDE = ("of", "where", "window", "weight", "by", "per", "title")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
MOST = 300
"""Traits and segments that a file may define."""
_TITLE = 200


def read_traits(text: str) -> tuple[Trait, ...]:
    """traits.yaml: its traits, and the built-in ones whose names it does not use."""
    traits = with_built_in(read_own(text))
    _check_ratios(traits)
    return traits


def read_own(text: str) -> tuple[Trait, ...]:
    """Only what the text defines; what its ratios divide is not looked for."""
    found = fields(load_mapping(text), "the file", ("traits",))
    named = mapping(found.get("traits") or {}, "traits")
    if len(named) > MOST:
        raise wrong("traits", f"{len(named)} are more than {MOST}", "leave out what nothing uses")
    own = every(named, lambda name, value: _trait(checked_name(name, f"traits.{name}"), value))
    return tuple(own.values())


def with_built_in(own: Iterable[Trait]) -> tuple[Trait, ...]:
    """These, and the built-in traits whose names are still free."""
    traits = {trait.name: trait for trait in own}
    for trait in built_in_traits():
        traits.setdefault(trait.name, trait)
    return tuple(traits.values())


def checked_name(name: str, where: str) -> str:
    """The name of a trait or segment; DefinitionError for one that is none."""
    if _NAME.fullmatch(name) is None:
        what = f"{name[:80]!r} cannot be a name"
        raise wrong(where, what, "use lower-case letters, digits and _, at most 60; say the rest in title")
    return name


def read_title(value: Any, where: str) -> str:
    """A line of text for people; DefinitionError."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _TITLE:
        raise wrong(where, f"expected a text of at most {_TITLE} characters", "shorten it")
    return value


def _trait(name: str, value: Any) -> Trait:
    where = f"traits.{name}"
    found = mapping(value, where)
    hows = [how for how in HOWS if how in found]
    if not hows:
        strange = next((key for key in found if key not in _BESIDE), "")
        raise wrong(where, "nothing says what is computed", nearest(strange, HOWS))
    if len(hows) > 1:
        raise wrong(where, f"{' and '.join(hows)} stand side by side", "make two traits of it")
    how = hows[0]
    fields(found, where, (how, *_BESIDE))
    if how == "ratio":
        return _ratio(name, fields(found, where, ("ratio", "title")), where)
    read = parts(
        events=lambda: _events(found, how, where),
        where=lambda: _condition(found.get("where"), f"{where}.where"),
        window=lambda: read_window(found.get("window"), f"{where}.window"),
        weight=lambda: _beside(found, "weight", how, _WEIGHTED, where),
        by=lambda: _beside(found, "by", how, _BY, where),
        per=lambda: read_window(found.get("per"), f"{where}.per"),
        title=lambda: read_title(found.get("title"), f"{where}.title"),
    )
    events, field = read.pop("events")
    trait = Trait(name=name, how=how, of=events, field=field, **read)  # type: ignore[arg-type]
    _check(trait, where)
    return trait


def _events(found: Mapping[str, Any], how: str, where: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The events, and the field in them."""
    if how in _FIELD_HOWS and "of" not in found:
        raise wrong(where, "of is missing", "write of: the event's name, e.g. Order Completed")
    if how not in _FIELD_HOWS and how != "share" and "of" in found:
        raise wrong(f"{where}.of", f"{how} names the events itself", f"write {how}: Order Completed")
    if "of" not in found:
        return _names(found[how], f"{where}.{how}"), None
    return _names(found["of"], f"{where}.of"), read_path(found[how], f"{where}.{how}", EVENT)


def _names(value: Any, where: str) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not 0 < len(names) <= 50:
        raise wrong(where, "expected the names of 1 to 50 events", "write Order Completed")
    return tuple(dict.fromkeys(read_event_name(name, where) for name in names))


def _condition(value: Any, where: str) -> Any:
    return None if value is None else read_condition(value, where, EVENT)


def _beside(
    found: Mapping[str, Any], key: str, how: str, allowed: frozenset[str], where: str
) -> tuple[str, ...] | None:
    if found.get(key) is None:
        return None
    if how not in allowed:
        raise wrong(f"{where}.{key}", f"{how} has no {key}", f"it goes with {', '.join(sorted(allowed))}")
    return read_path(found[key], f"{where}.{key}", EVENT)


def _check(trait: Trait, where: str) -> None:
    """What goes together."""
    if trait.how == "rate" and (trait.window is None or trait.per is None):
        raise wrong(where, "a rate needs window and per", "write window: 90 days, per: 30 days")
    if trait.how != "rate" and trait.per is not None:
        raise wrong(f"{where}.per", f"{trait.how} has no per", "it goes with rate")
    if trait.how == "share" and trait.where is None and trait.by is None:
        raise wrong(where, "a share of what?", "write where: what counts, or by: a field")


# ── ratios ─────────────────────────────────────────────────────────────────────────


def _ratio(name: str, found: dict[str, Any], where: str) -> Trait:
    value = found["ratio"]
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(part, str) for part in value):
        raise wrong(f"{where}.ratio", "expected two traits", "write [above, below]")
    title = read_title(found.get("title"), f"{where}.title")
    return Trait(name=name, how="ratio", parts=(value[0], value[1]), title=title)


def _check_ratios(traits: Sequence[Trait]) -> None:
    by_name = {trait.name: trait for trait in traits}
    for trait in traits:
        for part in trait.parts or ():
            where = f"traits.{trait.name}.ratio"
            if part not in by_name:
                raise wrong(where, f"there is no trait {part!r}", nearest(part, by_name))
            if not is_number(by_name[part]):
                raise wrong(where, f"{part} is no number", "divide traits that are numbers")
    circle = circle_in({trait.name: trait.parts or () for trait in traits})
    if circle:
        says = " → ".join(circle)
        raise wrong(f"traits.{circle[0]}.ratio", f"goes in a circle: {says}", "let one of them stand alone")


def is_number(trait: Trait) -> bool:
    """Whether what the trait tells is one number."""
    return trait.how in _SCALAR and trait.by is None


def circle_in(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The first circle among names that need others, closed by its first name; empty where there is none."""
    done: set[str] = set()
    for start in needs:
        path: dict[str, Iterator[str]] = {start: iter(needs[start])}
        while path:
            last = next(reversed(path))
            below = next(path[last], None)
            if below is None:
                done.add(last)
                del path[last]
            elif below in path:
                names = list(path)
                return [*names[names.index(below) :], below]
            elif below not in done and below in needs:
                path[below] = iter(needs[below])
    return []


# ── and back ───────────────────────────────────────────────────────────────────────


def trait_to_json(trait: Trait) -> dict[str, Any]:
    """What stands in traits.yaml under the trait's name."""
    if trait.parts is not None:
        written: dict[str, Any] = {"ratio": list(trait.parts)}
    else:
        names = trait.of[0] if len(trait.of) == 1 else list(trait.of)
        if trait.field is None:
            written = {trait.how: names}
        else:
            written = {trait.how: ".".join(trait.field), "of": names}
    if trait.where is not None:
        written["where"] = condition_to_json(trait.where)
    for key, window in (("window", trait.window), ("per", trait.per)):
        if isinstance(window, Window):
            written[key] = window_text(window)
    for key, path in (("weight", trait.weight), ("by", trait.by)):
        if path is not None:
            written[key] = ".".join(path)
    if trait.title:
        written["title"] = trait.title
    return written


def traits_to_yaml(traits: Iterable[Trait]) -> str:
    """The text that :func:`read_traits` makes these of again; built-in ones need none."""
    return dump({"traits": {trait.name: trait_to_json(trait) for trait in traits if not trait.built_in}})
