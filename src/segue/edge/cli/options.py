"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.output import note

DEFAULT_DATA = Path("segue-data")

_BEGINNERS = frozenset({"serve", "import", "demo", "create", "add", "apply", "export", "restore", "doctor"})
"""Commands that somebody may well begin with; the others look for something that is there."""


def _told_if_new(context: typer.Context, data: Path) -> Path:
    """Say so when a command that only looks is about to make an installation: the name may be mistyped."""
    if context.info_name not in _BEGINNERS and not data.expanduser().exists():
        note(f"{data} does not exist: it becomes a new and empty installation")
    return data


Data = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="SEGUE_DATA",
        file_okay=False,
        help="the data directory",
        callback=_told_if_new,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON, for scripts")]
