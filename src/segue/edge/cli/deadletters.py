"""``segue deadletters``: events that could not be admitted."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import show

deadletters = typer.Typer(no_args_is_help=True, help="List, read and replay events that were not admitted.")
