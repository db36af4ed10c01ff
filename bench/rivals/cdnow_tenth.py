"""The published tenth of CDNOW: ``cdnow_tenth.py QUESTION.npz ANSWER.npz``, by the rivals' interpreter.

The package lifetimes carries the tenth as Fader and Hardie published it; a line begins with the customer's
number among all. Out: ``tenth``, the numbers from 1, ascending. The package itself is not imported: it is
older than today's pandas.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np


def tenth() -> list[int]:
    """The numbers from 1, ascending."""
    found = find_spec("lifetimes")
    if found is None or not found.submodule_search_locations:
        message = "the rivals' environment lacks lifetimes"
        raise RuntimeError(message)
    file = Path(found.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"
    return sorted({int(line.split()[0]) for line in file.read_text().splitlines() if line.strip()})


if __name__ == "__main__":
    np.savez(sys.argv[2], tenth=np.asarray(tenth(), np.int64))
