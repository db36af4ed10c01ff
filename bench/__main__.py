"""``python -m bench [NAME …] [--quick]``: measure, print one table, keep the figures.

Each script runs in a fresh interpreter, one after another, so that none feels what another left behind.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from rich.console import Console

from bench import machine
from bench.report import RESULTS, Figure, keep, show

SCRIPTS = (
    "loop_empty",
    "loop_history",
    "loop_traits",
    "backfill",
    "collector_single",
    "collector_batch",
    "freshness",
    "record",
    "growth",
    "demo_import",
    "console",
    "decisions",
    "intent",
    "profile",
    "segment_preview",
    "lookalike",
    "external_factors",
    "cdnow",
    "buys_14d",
    "regret",
    "hillstrom",
    "off_policy",
    "lift",
)


def main() -> int:
    """The exit status is 0 when every figure reached what it must, 1 else."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SCRIPTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, nothing kept: a trial")
    parser.add_argument("--results", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(SCRIPTS)
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    console = Console(width=None if sys.stdout.isatty() else 200)
    about = machine.describe()
    console.print(f"{about['processor']}, {about['cores']} cores; {about['system']}; {about['fsync']}")
    figures, broken = _measure_all(chosen.names or SCRIPTS, chosen.quick, console)
    show(figures, console)
    if not chosen.quick:
        keep(figures, about, chosen.results)
    for name in broken:
        console.print(f"[bold red]{name} failed: see above[/]")
    return 0 if not broken and all(figure.reached for figure in figures) else 1


def _measure_all(
    names: list[str] | tuple[str, ...], quick: bool, console: Console
) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    broken: list[str] = []
    for name in names:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "figures.json"
            command = [
                sys.executable,
                "-m",
                f"bench.{name}",
                "--out",
                str(out),
                *(["--quick"] if quick else []),
            ]
            status = subprocess.run(command, check=False).returncode
            if status:
                broken.append(name)
                continue
            figures += msgspec.json.decode(out.read_bytes(), type=list[Figure])
        console.print(f"{name}: {time.monotonic() - began:.0f} s")
    return figures, broken


if __name__ == "__main__":
    sys.exit(main())
