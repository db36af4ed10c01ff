"""The pixel: a call hidden in the address of an image, for e-mails and pages without scripts."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from segue.domain.repair import repair
from segue.errors import InvalidInputError

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One transparent point."""

_MOST_FIELDS = 200
_DEEPEST = 8


def pixel_body(query: str) -> bytes:
    """The call as a JSON body: ``data=<base64 of it>``, or a field each with dots for nesting
    (``properties.sku=1``). InvalidInputError when neither can be read.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidInputError("too many fields in the query") from error
    for name, value in pairs:
        if name == "data":
            return _decoded(value)
    call: dict[str, Any] = {}
    for name, value in pairs:
        _put(call, name.split("."), value)
    return msgspec.json.encode(repair(call)[0])


def _decoded(data: str) -> bytes:
    """Base64 in either alphabet; padding may be missing, and a plus may have become a space."""
    text = data.strip().replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError("data is no base64") from error


def _put(call: dict[str, Any], path: list[str], value: str) -> None:
    """Set ``value`` at ``path``; what would replace something already there is passed over."""
    if len(path) > _DEEPEST:
        return
    for step in path[:-1]:
        inner = call.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        call = inner
    call.setdefault(path[-1], value)
