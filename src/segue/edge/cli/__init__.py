"""The command line: parse, call, print. ``main`` is the ``segue`` command.

Results go to standard output, notes and errors to standard error. Exit status: 0 done, 1 an error told
in one line, 2 wrong usage. What a command needs is imported when it runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import sys

import typer

from segue.edge.cli.deadletters import deadletters
from segue.edge.cli.deciding import add_deciding
from segue.edge.cli.demo import add_demo
from segue.edge.cli.files import add_files
from segue.edge.cli.house import add_house
from segue.edge.cli.keys import keys
from segue.edge.cli.learning import add_learning
from segue.edge.cli.models import models
from segue.edge.cli.output import note
from segue.edge.cli.persons import persons
from segue.edge.cli.screens import add_screens
from segue.edge.cli.segments import segments
from segue.edge.cli.sources import sources
from segue.edge.cli.traits import traits
from segue.edge.cli.users import add_sign_in, users
from segue.edge.cli.weather import weather
from segue.errors import SegueError


def application() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="segue",
        help="One customer, every channel, no seams.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    add_house(app)
    add_files(app)
    add_demo(app)
    add_sign_in(app)
    add_learning(app)
    add_deciding(app)
    add_screens(app)
    app.add_typer(models, name="models")
    app.add_typer(users, name="users")
    app.add_typer(sources, name="sources")
    app.add_typer(keys, name="keys")
    app.add_typer(persons, name="persons")
    app.add_typer(traits, name="traits")
    app.add_typer(segments, name="segments")
    app.add_typer(deadletters, name="deadletters")
    app.add_typer(weather, name="weather")
    return app


def main() -> None:
    """Run the command that the arguments name, and end the process with its status."""
    try:
        application()(prog_name="segue")
    except SegueError as error:
        note(f"segue: {error.message}" + (f": {error.cure}" if error.cure else ""))
    except OSError as error:
        note(f"segue: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
    except Exception as error:
        if os.environ.get("SEGUE_TRACE"):
            raise
        note(f"segue: this is a fault of Segue ({type(error).__name__}): set SEGUE_TRACE=1 to see where")
    sys.exit(1)
