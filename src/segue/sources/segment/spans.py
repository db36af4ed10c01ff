"""Where the events of a batch begin and end, found by brackets alone.

For the rare body that nests deeper than parsers go: whatever the depth, this walks it without recursion,
so that one monstrous event costs its neighbours nothing.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{},]', re.DOTALL)
_BATCH = b'"batch"'


def batch_spans(body: bytes) -> list[tuple[int, int]] | None:
    """(start, end) of each element of the top-level ``batch`` list; None when the body has none."""
    depth = 0
    key = b""
    spans: list[tuple[int, int]] = []
    start = -1
    for token in _TOKEN.finditer(body):
        text = token[0]
        if text in b"[{":
            depth += 1
            if depth == 2 and start < 0 and key == _BATCH and text == b"[":
                start = token.end()
        elif text in b"]}":
            depth -= 1
            if start >= 0 and depth == 1:
                return _closed(spans, body, start, token.start())
        elif text == b"," and start >= 0 and depth == 2:
            spans.append((start, token.start()))
            start = token.end()
        elif depth == 1 and text != b",":
            key = text
    return None


def _closed(spans: list[tuple[int, int]], body: bytes, start: int, end: int) -> list[tuple[int, int]]:
    if body[start:end].strip():
        spans.append((start, end))
    return spans
