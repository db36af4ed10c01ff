"""What of an event the loop heeds, read from the log without making the rest.

Most of what a client sends as context (library, locale, screen, page title, …) is for the
lake only. Folding never looks at it, so it is skipped while decoding: a third of the decoding, and as
much of the memory of a batch. Events that are to be kept or shown whole are decoded by
:func:`segue.domain.events.decode_event`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypedDict

import msgspec

from segue.domain.events import Event


class _Page(TypedDict, total=False):
    path: Any
    referrer: Any
    url: Any


class _Context(TypedDict, total=False):
    """Every field of a context that :mod:`~segue.enrich.scene` or :mod:`~segue.enrich.facts` reads."""

    active: Any
    app: Any
    campaign: Any
    channel: Any
    consent: Any
    consentManagement: Any
    device: Any
    location: Any
    #: clients send anything
    page: _Page | str | bool | int | float | list[Any] | None
    sessionId: Any
    session_id: Any
    timezone: Any
    userAgent: Any


class _Heeded(Event, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    context: _Context = {}  # type: ignore[assignment]  # plain dicts both


_DECODER = msgspec.msgpack.Decoder(_Heeded)


def decode_heeded(payload: bytes) -> Event:
    """An event of the log with as much of its context as folding reads; ``msgspec.DecodeError``."""
    return _DECODER.decode(payload)


@lru_cache(maxsize=16)
def heeding(*more: str) -> Callable[[bytes], Event]:
    """:func:`decode_heeded` that also reads these parts of the context, each of them whole."""
    if not more:
        return decode_heeded
    parts = {**_Context.__annotations__, **dict.fromkeys(more, Any)}
    # a field's type, which is known only now
    context: Any = TypedDict("_MoreContext", parts, total=False)  # type: ignore[misc]
    heeded: Any = msgspec.defstruct(
        "_HeededMore",
        [("context", context, msgspec.field(default_factory=dict))],
        bases=(Event,),
        frozen=True,
        kw_only=True,
        omit_defaults=True,
        dict=True,
    )
    decode: Callable[[bytes], Event] = msgspec.msgpack.Decoder(heeded).decode
    return decode


def is_heeded(path: tuple[str, ...]) -> bool:
    """Whether :func:`decode_heeded` reads what stands at a path of the context."""
    return path[0] in _Context.__annotations__ and (path[0] != "page" or path[1:2] in _PAGE)


_PAGE = tuple((name,) for name in _Page.__annotations__)
