"""The documentation as the tests read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"],
    key=lambda page: str(page.relative_to(ROOT)),
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def read(name: str) -> str:
    """A page by its path below the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row, without headers and rulers, without backticks."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        header = number + 1 < len(lines) and re.fullmatch(r"\|[-:| ]+\|", lines[number + 1])
        if line.startswith("|") and not header and not re.fullmatch(r"\|[-:| ]+\|", line):
            yield [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Fenced blocks with their language."""
    for found in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield found[1], found[2]


def spans(text: str) -> Iterator[str]:
    """Inline code."""
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
