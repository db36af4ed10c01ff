"""The machine a figure was measured on, and what its disk promises."""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import segue

DATA = Path(__file__).parent / ".data"
"""Beside the code and not in /tmp, which may be memory: a disk that is none makes a fast database."""


def describe() -> dict[str, Any]:
    """What matters for comparing two runs; no names of hosts or people."""
    return {
        "segue": segue.__version__,
        "commit": _output("git", "rev-parse", "--short", "HEAD"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "fsync": fsync(),
    }


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    except OSError:
        return ""
    return done.stdout.strip()


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        return platform.processor()
    return found[1] if found else platform.processor()


def fsync(seconds: int = 1) -> dict[str, Any]:
    """How many 8 kB writes a second reach the disk, one after another.

    By PostgreSQL's own ``pg_test_fsync`` where the wheel carries it; else by the same thing done here,
    which ``measured_by`` says.
    """
    DATA.mkdir(parents=True, exist_ok=True)
    program = _pg_test_fsync()
    if program is None:
        return {"measured_by": "bench.machine (no pg_test_fsync here)", "fdatasync_us": _fdatasync(seconds)}
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        done = subprocess.run(
            [program, "-s", str(seconds), "-f", str(Path(folder) / "file")],
            capture_output=True,
            text=True,
            check=False,
        )
    one_write = done.stdout.split("using two", 1)[0]
    found = re.findall(r"^\s+(\w+)\s+[\d.]+ ops/sec\s+(\d+) usecs/op", one_write, re.MULTILINE)
    return {"measured_by": "pg_test_fsync"} | {f"{method}_us": int(micros) for method, micros in found}


def _pg_test_fsync() -> str | None:
    try:
        from segue.adapters.postgres.machine import binaries

        beside = binaries(18) / "pg_test_fsync"
    except ImportError:
        return shutil.which("pg_test_fsync")
    return str(beside) if beside.exists() else shutil.which("pg_test_fsync")


def _fdatasync(seconds: int) -> int:
    flush = getattr(os, "fdatasync", os.fsync)
    block = os.urandom(8192)
    took: list[float] = []
    with tempfile.TemporaryFile(dir=DATA) as file:
        file.write(block)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            start = time.perf_counter()
            file.seek(0)
            file.write(block)
            file.flush()
            flush(file.fileno())
            took.append(time.perf_counter() - start)
    return round(statistics.median(took) * 1e6)


def memory(pids: list[int]) -> int:
    """Resident bytes of these processes together, shared pages counted in each (so: at most this)."""
    found = _output("ps", "-o", "rss=", "-p", ",".join(map(str, pids)))
    return sum(int(line) for line in found.split()) * 1024
