"""Reading YAML with errors that help: where it is wrong, and the nearest thing that would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from segue.errors import DefinitionError


def load_mapping(text: str) -> dict[str, Any]:
    """The mapping that ``text`` holds; DefinitionError says in which line it is no YAML."""
    import yaml  # where no file was applied there is none to read

    try:
        loaded = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise DefinitionError(f"{place}{error.problem}", cure="correct the YAML") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DefinitionError(f"no YAML: {error}", cure="correct the file") from error
    return mapping(loaded if loaded is not None else {}, "the file")


def mapping(value: Any, where: str) -> dict[str, Any]:
    """``value`` as a mapping with text keys; DefinitionError."""
    if not isinstance(value, dict):
        raise DefinitionError(f"{where}: expected a mapping", cure="write `key: value` lines below it")
    return {str(key): item for key, item in value.items()}


def fields(value: Any, where: str, allowed: Sequence[str]) -> dict[str, Any]:
    """A mapping that has no other keys than ``allowed``; DefinitionError names the nearest one."""
    found = mapping(value, where)
    for key in found:
        if key not in allowed:
            raise DefinitionError(f"{where}: {key!r} is not known", cure=nearest(key, allowed))
    return found


def choice(value: Any, where: str, allowed: Sequence[str]) -> Any:
    """One of ``allowed``; DefinitionError names the nearest one."""
    if value not in allowed:
        raise DefinitionError(f"{where}: {value!r} is not one of them", cure=nearest(str(value), allowed))
    return value


def texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts, or one text alone; DefinitionError."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise DefinitionError(f"{where}: expected a list of texts", cure="write [one, two]")
    return tuple(items)


def whole(value: Any, where: str, *, least: int = 1) -> int:
    """A whole number of at least ``least``; DefinitionError."""
    if type(value) is not int or value < least:
        raise DefinitionError(f"{where}: expected a whole number of at least {least}", cure="correct it")
    return value


def flag(value: Any, where: str) -> bool:
    """A boolean; DefinitionError."""
    if type(value) is not bool:
        raise DefinitionError(f"{where}: expected true or false", cure="write true or false")
    return value


def nearest(key: str, allowed: Iterable[str]) -> str:
    """A cure: the nearest of ``allowed``, or all of them."""
    known = list(allowed)
    close = get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"


def dump(value: Mapping[str, Any]) -> str:
    """A mapping as YAML, in the order given, short lists and mappings on one line."""
    import yaml

    text: str = yaml.safe_dump(
        dict(value), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return text
