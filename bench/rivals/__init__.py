"""Rivals: what others do, run on the same rows as Segue's models, in environments of their own.

``.rivals/`` (not kept) is made on first use from ``requirements.lock``, which pins every package by its hash
and names no host. A rival is a script here that reads an ``.npz`` and writes one; nothing of Segue is
imported by it, and nothing of it by Segue. The lock is renewed with `uv pip compile --universal
--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements.in
-o requirements.lock`; the lock of obp with `--override obp.overrides` besides.

Who needs other versions of the same packages has an environment apart: ``.rivals-vowpalwabbit/`` from
``vowpalwabbit.lock``, ``.rivals-obp/`` from ``obp.lock``. obp 0.5.4, whose generator made the published
figures, declares Python below 3.10, because numpy, SciPy and others that it pins have no wheels above; here
it runs with the oldest that have, and without torch, which only its neural policies use.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / ".rivals"
LOCK = HERE / "requirements.lock"


def interpreter(apart: str | None = None) -> Path:
    """The rivals' own Python; made, or made anew where the lock has changed (about 150 MB).

    ``apart`` names a rival with an environment and a lock of its own.
    """
    environment = ENVIRONMENT if apart is None else ENVIRONMENT.with_name(f"{ENVIRONMENT.name}-{apart}")
    lock = LOCK if apart is None else HERE / f"{apart}.lock"
    python = environment / "bin" / "python"
    stamp = environment / "made-from"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment], check=True)
    install: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--require-hashes",
        "--no-deps",
        "-r",
        lock,
    ]
    subprocess.run(install, check=True)
    stamp.write_text(wanted)
    return python


def ask(
    script: str, given: Mapping[str, NDArray[Any]], *arguments: str, apart: str | None = None
) -> dict[str, NDArray[Any]]:
    """Run one rival's script on these arrays; CalledProcessError where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "question.npz", Path(folder) / "answer.npz"
        np.savez(question, **{name: np.asarray(column) for name, column in given.items()})  # type: ignore[arg-type]
        python = interpreter(apart)
        subprocess.run([python, HERE / f"{script}.py", question, answer, *arguments], check=True)
        with np.load(answer, allow_pickle=False) as found:
            return dict(found)
