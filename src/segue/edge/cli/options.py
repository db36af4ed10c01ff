"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_DATA = Path("segue-data")

Data = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", envvar="SEGUE_DATA", file_okay=False, help="the data directory"),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON, for scripts")]
