"""The command line as Typer sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from segue.edge.cli import application


class Command(NamedTuple):
    """One command: ``usage`` is its name and arguments, as in ``segue persons show ID``."""

    name: str
    usage: str
    options: frozenset[str]


def commands() -> list[Command]:
    """All of them."""
    root = get_command(application())
    assert isinstance(root, TyperGroup)
    return list(_below(root, "segue"))


def _below(group: TyperGroup, prefix: str) -> Iterator[Command]:
    for word, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _below(command, f"{prefix} {word}")
        elif isinstance(command, TyperCommand):
            yield _described(f"{prefix} {word}", command)


def _described(name: str, command: TyperCommand) -> Command:
    arguments: list[str] = []
    options: set[str] = set()
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):
            shown = str(parameter.metavar)
            arguments.append(shown if parameter.required else f"[{shown.strip('[]')}]")
        elif isinstance(parameter, TyperOption):
            options |= {word for word in parameter.opts if word.startswith("--")}
    return Command(name, " ".join([name, *arguments]), frozenset(options - {"--help"}))
