"""``segue demo``: a real retailer's year in a directory of its own, then the console on its tour."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.options import AsJson, Data
from segue.edge.cli.output import note, show

DEMO_DATA = Path("segue-demo")
"""The demo's own directory: composed events never get into an installation by mistake."""

LIVE_MODULE = "segue.app.demo.live"
"""What sends events while the demo serves."""


def add_demo(app: typer.Typer) -> None:
    """Give the application this command."""
    app.command("demo")(demo)


def demo(
    data: Data = DEMO_DATA,
    leave: Annotated[bool, typer.Option("--exit", help="end after the summary instead of serving")] = False,
    stay: Annotated[bool, typer.Option("--no-open", help="open no browser, only print the link")] = False,
    as_json: AsJson = False,
) -> None:
    """Feed a real retailer's year through the front door, with a composed world around it, and show it."""
    from segue.app.demo.run import run_demo
    from segue.app.directory import server_record
    from segue.app.installation import open_installation
    from segue.edge.cli.importing import print_demo
    from segue.edge.cli.stepping import steps_shown

    with open_installation(data) as installation, steps_shown() as tell:
        report = run_demo(installation, tell)
    if as_json:
        show(report, as_json=True)
    else:
        print_demo(report)
    if not leave and server_record(data) is None:
        _serve(data, opens=not stay and can_open(os.environ, terminal=sys.stderr.isatty()))


def _serve(data: Path, *, opens: bool) -> None:
    from segue.app.demo.stepping import Running
    from segue.app.processes.serve import serve
    from segue.edge.cli.house import WEB_MODULE
    from segue.edge.cli.stepping import steps_shown
    from segue.settings import load_settings

    with steps_shown() as tell:
        running = Running("start", tell)
        running.reached(0)

        def announce(_key: str | None, link: str) -> None:
            running.end()
            note("")
            note(f"the console, by a link that signs in once and within 15 minutes: {link}")
            note("events of today are arriving; stop with Ctrl-C")
            if opens:
                open_browser(link)

        serve(data, load_settings(data), web_module=WEB_MODULE, announce=announce, beside=(LIVE_MODULE,))


def can_open(environment: Mapping[str, str], *, terminal: bool, platform: str = sys.platform) -> bool:
    """Whether somebody sits before a screen on which a browser can be opened."""
    display = platform == "darwin" or "DISPLAY" in environment or "WAYLAND_DISPLAY" in environment
    return terminal and display


def open_browser(link: str) -> None:
    """Open the link; whoever has no browser that is known has the link on the screen."""
    import webbrowser

    try:
        webbrowser.open(link)
    except webbrowser.Error:
        note("no browser was found; open the link by hand")
