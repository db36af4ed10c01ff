"""Reading YAML with errors that help: where it is wrong, and the nearest thing that would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, TypeVar

from segue.errors import DefinitionError

Item = TypeVar("Item")
Read = TypeVar("Read")


DEEPEST = 256
"""Brackets that may be open at once: a parser's time grows with the square of them."""


def load_mapping(text: str) -> dict[str, Any]:
    """The mapping that ``text`` holds; DefinitionError says in which line it is no YAML."""
    import yaml  # where no file was applied there is none to read

    if _depth(text) > DEEPEST:
        raise DefinitionError(f"more than {DEEPEST} brackets are open at once", cure="close or flatten them")
    try:
        loaded = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        line = mark.line + 1 if mark else None
        if "'\\t'" in str(error.problem):
            problem, cure = "there is a tab, where YAML takes only spaces", "indent with spaces"
        else:
            problem, cure = str(error.problem), "correct the YAML"
        raise DefinitionError(f"{place}{problem}", cure=cure, line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        says = " ".join(str(error).split())
        raise DefinitionError(f"no YAML: {says[:200]}", cure="correct the file") from error
    return mapping(loaded if loaded is not None else {}, "the file")


def _depth(text: str) -> int:
    """Most brackets open at once, whether they stand in quotes or not."""
    deepest = depth = 0
    for sign in text:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth = max(0, depth - 1)
    return deepest


def mapping(value: Any, where: str) -> dict[str, Any]:
    """``value`` as a mapping with text keys; DefinitionError."""
    if not isinstance(value, dict):
        raise wrong(where, "expected a mapping", "write `key: value` lines below it")
    return {str(key): item for key, item in value.items()}


def fields(value: Any, where: str, allowed: Sequence[str]) -> dict[str, Any]:
    """A mapping that has no other keys than ``allowed``; DefinitionError names the nearest one."""
    found = mapping(value, where)
    strange = [key for key in found if key not in allowed]
    if strange:
        raise together(
            [
                DefinitionError(
                    f"{where}: {key!r} is not known", cure=nearest(key, allowed), place=f"{where}.{key}"
                )
                for key in strange
            ]
        )
    return found


def choice(value: Any, where: str, allowed: Sequence[str]) -> Any:
    """One of ``allowed``; DefinitionError names the nearest one."""
    if value not in allowed:
        raise wrong(where, f"{value!r} is not one of them", nearest(str(value), allowed))
    return value


def texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts, or one text alone; DefinitionError."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise wrong(where, "expected a list of texts", "write [one, two]")
    return tuple(items)


def whole(value: Any, where: str, *, least: int = 1) -> int:
    """A whole number of at least ``least``; DefinitionError."""
    if type(value) is not int or value < least:
        raise wrong(where, f"expected a whole number of at least {least}", "correct it")
    return value


def flag(value: Any, where: str) -> bool:
    """A boolean; DefinitionError."""
    if type(value) is not bool:
        raise wrong(where, "expected true or false", "write true or false")
    return value


def nearest(key: str, allowed: Iterable[str]) -> str:
    """A cure: the nearest of ``allowed``, or all of them."""
    known = list(allowed)
    meant = close_to(key, known)
    return f"did you mean {meant!r}?" if meant else f"known here: {', '.join(known)}"


def close_to(word: str, known: Iterable[str], *, alike: float = 0.5) -> str | None:
    """The one that was probably meant, whatever its case; None where none is near.

    ``alike``: from 0 to 1, how much of both has to be the same.
    """
    folded = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), list(folded), n=1, cutoff=alike)
    return folded[close[0]] if close else None


def dump(value: Mapping[str, Any]) -> str:
    """A mapping as YAML, in the order given, short lists and mappings on one line."""
    import yaml

    text: str = yaml.safe_dump(
        dict(value), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return text


# ── what is wrong, and where ───────────────────────────────────────────────────────


def wrong(where: str, what: str, cure: str) -> DefinitionError:
    """The error of what stands at ``where``, a dotted path."""
    return DefinitionError(f"{where}: {what}", cure=cure, place=where)


@contextmanager
def at(where: str) -> Iterator[None]:
    """Say of an error inside the block where it is."""
    try:
        yield
    except DefinitionError as error:
        raise wrong(where, error.message, error.cure or "correct it") from error


@contextmanager
def of_file(name: str) -> Iterator[None]:
    """Name the file before what an error inside the block says; its place and line stay."""
    try:
        yield
    except DefinitionError as error:
        named = DefinitionError(
            f"{name}: {error.message}", cure=error.cure, place=error.place, line=error.line
        )
        raise named from error


def every(items: Mapping[str, Item], read: Callable[[str, Item], Read]) -> dict[str, Read]:
    """Each item read by its key. One DefinitionError tells of all that are wrong, the first of them first."""
    found: dict[str, Read] = {}
    errors: list[DefinitionError] = []
    for key, item in items.items():
        try:
            found[key] = read(key, item)
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise together(errors)
    return found


def parts(**reads: Callable[[], Any]) -> dict[str, Any]:
    """What several readings of one file bring, by their names; errors as of :func:`every`."""
    return every(reads, lambda _, read: read())


def together(errors: Sequence[DefinitionError]) -> DefinitionError:
    """The first of the errors, with the rest as its ``others``."""
    first, *rest = errors
    first.others += tuple(each for error in rest for each in (error, *error.others))
    return first


def line_of(text: str, place: str) -> int | None:
    """The line, counted from 1, of what stands at a dotted path, or of what is nearest above it.

    None where the text is no YAML or has nothing of it.
    """
    lines = _lines(text)
    # readers open a path with the file's own name where they speak of the whole of it
    steps = place.split(".")
    for first in (0, 1):
        for last in range(len(steps), first, -1):
            found = lines.get(".".join(steps[first:last]))
            if found is not None:
                return found
    return None


def _lines(text: str) -> dict[str, int]:
    """Dotted path of every key, and of every item of a list by its number → its line."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    lines: dict[str, int] = {}
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        path, node = waiting.pop()
        if id(node) in seen:
            continue  # an alias: what it stands for has its place already
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                below = f"{path}.{number}"
                lines.setdefault(below, item.start_mark.line + 1)
                waiting.append((below, item))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = f"{path}.{key.value}" if path else str(key.value)
                lines.setdefault(below, key.start_mark.line + 1)
                waiting.append((below, value))
    return lines
