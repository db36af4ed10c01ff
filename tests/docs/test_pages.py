"""What the pages say exists: commands, targets, folders, links and words."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from bench.__main__ import SCRIPTS
from tests.docs.commands import commands
from tests.docs.pages import DOCS, NAMES, ROOT, blocks, read, rows, spans

TARGETS = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


def _said(name: str) -> list[str]:
    """Every command line that a page shows."""
    text = read(name)
    shown = [line for language, body in blocks(text) if language in {"", "sh"} for line in body.splitlines()]
    return [line.split("#")[0].strip() for line in [*shown, *spans(text)]]


@pytest.mark.parametrize("name", NAMES)
def test_a_make_target_that_is_named_exists(name: str) -> None:
    for line in _said(name):
        if line.startswith("make "):
            words = [word for word in shlex.split(line)[1:] if "=" not in word and word != "…"]
            assert set(words) <= TARGETS, line


def test_the_two_commands_of_a_new_user_are_in_the_readme() -> None:
    shown = "\n".join(body for _, body in blocks(read("README.md")))
    assert re.findall(r"^make (\w+)", shown, re.MULTILINE) == ["demo", "test"]


@pytest.mark.parametrize("name", NAMES)
def test_a_segue_command_that_is_shown_can_be_given(name: str) -> None:
    known = commands()
    for line in _said(name):
        if not re.match(r"segue [a-z]", line):
            continue
        found = [each for each in known if re.match(rf"{each.name}( |$)", line)]
        assert found, f"{name}: {line}"
        options = set(re.findall(r"(?<= )--[a-z-]+", line))
        assert options <= found[0].options | {"--help"}, f"{name}: {line}"


@pytest.mark.parametrize("name", NAMES)
def test_a_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    text = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(heading) for heading in headings}, f"{name}: {target}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def test_every_page_is_reached_from_the_first() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md", DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for target in re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                waiting.append((page.parent / target).resolve())
    assert set(DOCS.rglob("*.md")) <= reached


def test_the_architecture_names_every_room_of_the_house_and_no_other() -> None:
    rooms = {
        path.name.removesuffix(".py")
        for path in (ROOT / "src" / "segue").iterdir()
        if not path.name.startswith("_")
    } - {"py", "typed", "py.typed", "flow.sql"}
    named = {
        row[0].rstrip("/").removesuffix(".py") for row in rows(read("docs/architecture.md")) if len(row) == 2
    }
    assert rooms <= named
    folders = {row[0] for row in rows(read("docs/architecture.md")) if row[0].endswith("/")}
    assert all((ROOT / "src" / "segue" / folder).is_dir() for folder in folders)


def test_the_floors_that_are_shown_are_those_that_are_enforced() -> None:
    enforced = re.findall(
        r'^  "([a-z_ |]+)",$', read("pyproject.toml").split("layers = [")[1].split("]")[0], re.MULTILINE
    )
    shown = next(body for _, body in blocks(read("docs/architecture.md")) if body.startswith("edge\n"))
    assert [line.split("  ")[0] for line in shown.splitlines()] == enforced


def test_a_law_is_tested_where_the_architecture_says() -> None:
    table = [
        row for row in rows(read("docs/architecture.md")) if len(row) == 2 and row[1].startswith("tests/")
    ]
    assert len(table) >= 7
    for _, places in table:
        for place in places.split(", "):
            assert "\ndef test_" in read(place), place


def test_every_figure_of_the_bench_is_on_the_performance_page() -> None:
    shown = {row[0].split(" ")[0] for row in rows(read("docs/performance.md"))}
    assert set(SCRIPTS) <= shown


def test_the_glossary_has_each_word_once() -> None:
    words = re.findall(r"\*\*([^*]+)\*\*", read("docs/glossary.md"))
    assert len(words) == len(set(words))
    assert len(words) > 80


def test_no_lock_names_an_address() -> None:
    locks = [path for path in ROOT.rglob("package-lock.json") if "node_modules" not in path.parts]
    assert len(locks) >= 4
    assert "://" not in read("requirements.lock")
    for lock in locks:
        packages = json.loads(lock.read_text())["packages"].values()
        assert not [package for package in packages if "resolved" in package], lock


def test_the_browser_s_client_that_is_hosted_is_the_one_that_is_tried() -> None:
    client = "@segment/analytics-next"
    pinned = [
        json.loads(read(f"{folder}/package.json"))["dependencies"][client]
        for folder in ("browser", "tests/flow/conformance/browser")
    ]
    assert pinned[0] == pinned[1]
