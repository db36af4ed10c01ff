"""Options that many commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.output import note
from segue.errors import InvalidInputError

DEFAULT_DATA = Path("segue-data")

_BEGINNERS = frozenset({"serve", "import", "demo", "create", "add", "apply", "export", "restore", "doctor"})
"""Commands that somebody may well begin with; the others look for something that is there."""

_ASKERS = frozenset({"decide", "report"})
"""Commands that a new and empty installation could only refuse: they make none."""


def _told_if_new(context: typer.Context, data: Path) -> Path:
    """Say so when a command that only looks is about to make an installation: the name may be mistyped.

    InvalidInputError where the command has nothing to answer from what is empty.
    """
    served = os.environ.get(
        "SEGUE_DATABASE_URL"
    )  # then what is asked for is there, wherever its directory is
    if context.info_name in _ASKERS and not served and not data.expanduser().exists():
        raise InvalidInputError(
            f"{data} does not exist, so there is nothing to decide from",
            cure="name yours with --data or SEGUE_DATA (the demo's: segue-demo), or begin with `segue serve`",
        )
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
