"""What processes and commands say of themselves: one line on standard error.

Standard output belongs to results, which scripts read. Nothing personal goes into a line: kinds of
errors, codes and messages of our own, never what was sent. The library is imported by the first line.
"""

from __future__ import annotations

import sys
from typing import Any


class Log:
    """Says where a line comes from; holds nothing else."""

    def __init__(self, name: str) -> None:
        self._name = name

    def warning(self, event: str, **known: Any) -> None:
        """Something went wrong that is put right by itself, or soon will be."""
        self._writer().warning(event, **known)

    def error(self, event: str, **known: Any) -> None:
        """Something is a fault of ours."""
        self._writer().error(event, **known)

    def _writer(self) -> Any:
        import structlog

        # standard error as it is now, not as it was at the start: it may have been redirected
        return structlog.wrap_logger(structlog.PrintLogger(sys.stderr)).bind(logger=self._name)
