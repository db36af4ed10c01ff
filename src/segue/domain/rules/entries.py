"""One entry of a YAML file put in, replaced or taken out; all else stays as it was written, comments too.

The console edits a segment or a trait while the file may hold remarks and a layout that somebody cares for.
Where the section is written in braces on one line there is no place for an entry of its own: then the
section, and only that, is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segue.domain.rules.yamls import dump, load_mapping, mapping
from segue.errors import DefinitionError


def put_entry(text: str, section: str, name: str, value: Mapping[str, Any]) -> str:
    """``text`` with ``section: {name: value}``; DefinitionError when it is no YAML, or not afterwards."""
    return _checked(_with(text, section, name, value), section, name, value)


def drop_entry(text: str, section: str, name: str) -> str:
    """``text`` without the entry; unchanged when there is none. DefinitionError as above."""
    entries = mapping(load_mapping(text).get(section) or {}, section)
    if name not in entries:
        return text
    return _checked(_with(text, section, name, None), section, name, None)


def _with(text: str, section: str, name: str, value: Mapping[str, Any] | None) -> str:
    """The text with one entry changed, where it can be changed by its lines; else the section anew."""
    document = load_mapping(text)
    entries = mapping(document.get(section) or {}, section)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    found = _section(text, section)
    if found is None:
        return "".join(lines) + ("" if value is None else dump({section: {name: dict(value)}}))
    key, body = found
    if not _is_block(body) or (value is None and len(entries) == 1):
        kept = {each: said for each, said in entries.items() if each != name or value is not None}
        if value is not None:
            kept[name] = dict(value)
        return _spliced(lines, key.start_mark.line, _end(lines, body, key), dump({section: kept}))
    indent = body.value[0][0].start_mark.column
    block = "" if value is None else _indented(dump({name: dict(value)}), indent)
    for entry, said in body.value:
        if entry.value == name:
            return _spliced(lines, entry.start_mark.line, _end(lines, said, entry), block)
    last_key, last = body.value[-1]
    end = _end(lines, last, last_key)
    return _spliced(lines, end, end, block)


def _section(text: str, section: str) -> tuple[Any, Any] | None:
    """Nodes of the section's key and of what it holds."""
    import yaml

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next(((key, body) for key, body in pairs if key.value == section), None)


def _is_block(node: Any) -> bool:
    """Whether its entries stand on lines of their own."""
    import yaml

    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _end(lines: list[str], node: Any, key: Any) -> int:
    """The line after the last one that belongs to the node; what is blank or remarked after it does not."""
    # a block ends where the next token begins, everything else on the line where its last character is
    inside = not _spans_lines(node) and node.end_mark.column
    end: int = max(node.end_mark.line + bool(inside), key.start_mark.line + 1)
    while end - 1 > key.start_mark.line and lines[end - 1].strip()[:1] in {"", "#"}:
        end -= 1
    return end


def _spans_lines(node: Any) -> bool:
    import yaml

    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _spliced(lines: list[str], start: int, end: int, block: str) -> str:
    return "".join([*lines[:start], block, *lines[end:]])


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


def _checked(text: str, section: str, name: str, value: Mapping[str, Any] | None) -> str:
    """The text, if it says what it should: a strange layout is refused rather than spoilt."""
    entries = mapping(load_mapping(text).get(section) or {}, section)
    if entries.get(name) != value:
        raise DefinitionError(
            f"the layout of {section} does not allow changing {name!r} alone",
            cure="edit the file as text",
        )
    return text


__all__ = ["drop_entry", "put_entry"]
