"""``python -m segue.edge.api.describe > FILE``: the API's description, without a running server.

The console's types are made from it.
"""

from __future__ import annotations

import sys

from segue.edge.api.application import describe


def main() -> None:
    """Write the OpenAPI document to standard output, as JSON."""
    sys.stdout.buffer.write(describe())


if __name__ == "__main__":
    main()
