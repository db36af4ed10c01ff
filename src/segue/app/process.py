"""Entry of a worker process: ``python -m segue.app.process --data DIR --database-url URL --worker N``.

Started by the supervisor, not by people.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from segue.app.worker import run_worker


def main() -> None:
    """Parse the supervisor's arguments and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--worker", type=int, default=0)
    chosen = parser.parse_args()
    run_worker(chosen.data, chosen.database_url, chosen.worker)


if __name__ == "__main__":
    main()
