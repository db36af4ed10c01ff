"""What to paste to have a source send events: one text for each client, in one place.

``docs/how-to/connect-a-web-shop.md`` and ``docs/how-to/send-events.md`` show them, the console fills them
in, and the conformance tests run them.
"""

from __future__ import annotations

from importlib import resources

import msgspec


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """A text to paste."""

    #: ``html``, ``javascript``, ``python`` or ``shell``
    language: str
    title: str
    #: with ``{write_key}`` where the key belongs
    code: str


_PUBLIC = (
    ("html", "Web page", "page.html.txt"),
    ("javascript", "Web shop with a bundle: @segment/analytics-next", "segment.js.txt"),
    ("javascript", "Web shop with a bundle: @rudderstack/analytics-js", "rudder.js.txt"),
)
_TRUSTED = (
    ("python", "Python: segment-analytics-python", "python.txt"),
    ("javascript", "Node: @segment/analytics-node", "node.js.txt"),
    ("shell", "Anything else: curl", "curl.txt"),
)


def template(name: str) -> str:
    """The text in that file, with ``{host}`` and ``{write_key}``."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def snippets(address: str, prefix: str, *, trusted: bool) -> list[Snippet]:
    """What to paste for a trusted or for a public source, at a server of that ``address`` (scheme and host).

    A browser reaches the server below the neutral ``prefix``. What is pasted into a page can be read by
    everybody, so a trusted source has no snippet for one.
    """
    host, kinds = (address, _TRUSTED) if trusted else (address + prefix, _PUBLIC)
    return [
        Snippet(language=language, title=title, code=template(file).replace("{host}", host))
        for language, title, file in kinds
    ]
