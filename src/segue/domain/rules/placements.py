"""placements.yaml, and back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args

from segue.domain.actions import MESSAGES, Cap, Placement, Quiet, SeenBy, Touchpoint
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
    texts,
    whole,
    wrong,
)

SLOTS = 20
SLOWEST = 10_000
CAPS = 10
SILENCES = (60, 7 * 86_400)
"""Shortest and longest silence after which a slot's cap is free again, seconds."""

_KEYS = (
    "touchpoint", "slots", "formats", "fallback", "seen_by", "exploration", "timeout_ms", "personal_facts",
    "silence", "quiet", "caps", "title",
)  # fmt: skip
_QUIET = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9]) *- *([01]?[0-9]|2[0-3]):([0-5][0-9])")
_PERIOD = re.compile(r"([0-9]{1,4}) +(second|minute|hour|day)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


def read_placements(text: str) -> tuple[Placement, ...]:
    """placements.yaml; DefinitionError. Whether fallbacks exist is checked by :func:`check_fallbacks`."""
    found = fields(load_mapping(text), "the file", ("placements",))
    named = mapping(found.get("placements") or {}, "placements")
    if len(named) > MOST:
        raise wrong("placements", f"{len(named)} are more than {MOST}", "leave out what nothing asks")
    return tuple(every(named, _placement).values())


def _placement(name: str, value: Any) -> Placement:
    where = f"placements.{name}"
    checked_name(name, where)
    found = fields(value, where, _KEYS)
    for key, example in (("touchpoint", "web"), ("formats", "[banner]"), ("fallback", "NAME of an action")):
        if not found.get(key):
            raise wrong(where, f"{key} is missing", f"write {key}: {example}")
    touchpoint: Touchpoint = choice(found["touchpoint"], f"{where}.touchpoint", get_args(Touchpoint))
    seen_by: SeenBy = choice(
        found.get("seen_by", "many" if touchpoint == "display" else "one"),
        f"{where}.seen_by",
        get_args(SeenBy),
    )
    return Placement(
        name=name,
        touchpoint=touchpoint,
        slots=_at_most(found.get("slots", 1), f"{where}.slots", SLOTS),
        formats=texts(found["formats"], f"{where}.formats"),
        fallback=str(found["fallback"]),
        seen_by=seen_by,
        exploration=_share(found.get("exploration", 0.05), f"{where}.exploration"),
        timeout_ms=_at_most(found.get("timeout_ms", 100), f"{where}.timeout_ms", SLOWEST),
        personal_facts=_facts(found.get("personal_facts"), f"{where}.personal_facts", touchpoint),
        silence=_silence(found.get("silence", "30 minutes"), f"{where}.silence"),
        quiet=_quiet(found.get("quiet"), f"{where}.quiet", touchpoint),
        caps=_caps(found.get("caps"), f"{where}.caps"),
        title=read_title(found.get("title"), f"{where}.title"),
    )


def _at_most(value: Any, where: str, most: int) -> int:
    number = whole(value, where)
    if number > most:
        raise wrong(where, f"{number} are more than {most}", f"write {most} or fewer")
    return number


def _share(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 0.5:
        raise wrong(where, "expected a share of 0 to 0.5", "write 0.05 for one decision in twenty")
    return float(value)


def _facts(value: Any, where: str, touchpoint: Touchpoint) -> int:
    """Others stand at a till, and whoever sits there is not to read her history."""
    number = whole((0 if touchpoint == "till" else 1) if value is None else value, where, least=0)
    if number and touchpoint == "till":
        raise wrong(where, "a till shows offers, and tells nothing of her", "leave it out, or write 0")
    return number


def _quiet(value: Any, where: str, touchpoint: Touchpoint) -> Quiet | None:
    if value is None:
        return None
    if touchpoint not in MESSAGES:
        raise wrong(where, f"nobody is disturbed by {touchpoint}", f"only {', '.join(MESSAGES)} are quiet")
    found = _QUIET.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise wrong(where, f"{str(value)[:40]!r} are no hours of a day", "write it as 21:00-08:00")
    first, last = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    if first == last:
        raise wrong(where, "it ends when it begins", "write it as 21:00-08:00, or leave it out")
    return Quiet(first, last)


def _caps(value: Any, where: str) -> tuple[Cap, ...]:
    """How often is enough in its channel, whatever is shown there."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > CAPS:
        raise wrong(where, f"expected a list of at most {CAPS}", "write - before each")
    numbered = {str(number): item for number, item in enumerate(value)}
    return tuple(every(numbered, lambda number, item: _cap(item, f"{where}.{number}")).values())


def _cap(value: Any, where: str) -> Cap:
    found = fields(value, where, ("per", "max", "within"))
    if "max" not in found:
        raise wrong(where, "max is missing", "write max: 2")
    choice(found.get("per", "person"), f"{where}.per", ("person",))
    within = read_window(found.get("within"), f"{where}.within", minutes=True)
    return Cap(max=whole(found["max"], f"{where}.max"), within=within)


def _silence(value: Any, where: str) -> int:
    found = _PERIOD.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    least, most = SILENCES
    if not least <= seconds <= most:
        raise wrong(where, f"{value!r} is no time from 1 minute to 7 days", "write it as 30 minutes")
    return seconds


def check_fallbacks(placements: Iterable[Placement], actions: Collection[str]) -> None:
    """DefinitionError where a placement falls back to an action that does not exist."""
    for each in placements:
        if each.fallback not in actions:
            where = f"placements.{each.name}.fallback"
            cure = nearest(each.fallback, actions) if actions else "define it in actions.yaml"
            raise wrong(where, f"there is no action {each.fallback!r}", cure)


def check_seen(placements: Iterable[Placement], sensitivities: Mapping[str, Any]) -> None:
    """DefinitionError where a placement falls back to what may never be shown there; by action.

    Asked of what is to be put in force: what is in force already is held back when it would be shown.
    """
    for each in placements:
        sensitivity = sensitivities.get(each.fallback, "none")
        if each.seen_by == "many" and sensitivity != "none":
            says = f"{each.fallback!r} is about {sensitivity}, which is not shown where many see it"
            where = f"placements.{each.name}.fallback"
            raise wrong(where, says, "name an action with sensitivity: none")


def placements_to_yaml(placements: Iterable[Placement]) -> str:
    """The text that :func:`read_placements` makes these of again."""
    return dump({"placements": {each.name: placement_to_json(each) for each in placements}})


def placement_to_json(placement: Placement) -> dict[str, Any]:
    """What stands in placements.yaml under the placement's name."""
    return {
        **({"title": placement.title} if placement.title else {}),
        "touchpoint": placement.touchpoint,
        "slots": placement.slots,
        "formats": list(placement.formats),
        "fallback": placement.fallback,
        "seen_by": placement.seen_by,
        "exploration": placement.exploration,
        "timeout_ms": placement.timeout_ms,
        "personal_facts": placement.personal_facts,
        "silence": _silence_text(placement.silence),
        **({"quiet": placement.quiet.says} if placement.quiet else {}),
        **({"caps": [_cap_to_json(each) for each in placement.caps]} if placement.caps else {}),
    }


def _cap_to_json(cap: Cap) -> dict[str, Any]:
    return {"per": cap.per, "max": cap.max, "within": window_text(cap.within)}


def _silence_text(seconds: int) -> str:
    unit = next(unit for unit in ("day", "hour", "minute", "second") if seconds % _SECONDS[unit] == 0)
    count = seconds // _SECONDS[unit]
    return f"{count} {unit}{'s' if count > 1 else ''}"
