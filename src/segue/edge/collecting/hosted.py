"""What browsers load: ``@segment/analytics-next`` as it was published, and Segue's own SDK.

``make browser-client`` and ``make sdk`` put them beside this module, from where the wheel carries them. A
page fetches the client from the collector's own address, and the client fetches its parts from there too.
"""

from __future__ import annotations

import re
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

from segue.edge.collecting.answers import Headers
from segue.errors import NotFoundError

_CLIENT = re.compile(r"/analytics\.js/v1/[^/]{1,200}/analytics(?:\.min)?\.js|/lib\.js")
_PART = re.compile(r"/analytics-next/bundles/([A-Za-z0-9-]{1,80}\.bundle\.[0-9a-f]{1,64}\.js)")
_SDK = "sdk.js"
_LICENCE = re.compile(r"/analytics\.js/v1/[^/]{1,200}/LICENSE\.txt|/lib\.LICENSE\.txt")

_FOR_AN_HOUR = b"public, max-age=3600, stale-while-revalidate=86400"
_FOR_EVER = b"public, max-age=31536000, immutable"


class Hosted(NamedTuple):
    """One file: its bytes as they are, and the same bytes gzipped where that was published too."""

    body: bytes
    gzipped: bytes | None
    tag: bytes
    kind: bytes
    caching: bytes


def hosted_name(path: str) -> str | None:
    """The file that ``path`` asks for; None when it asks for none of them."""
    if _CLIENT.fullmatch(path):
        return "standalone.js"
    if path == f"/{_SDK}":
        return _SDK
    if _LICENCE.fullmatch(path):
        return "LICENSE.txt"
    part = _PART.fullmatch(path)
    return part[1] if part else None


class HostedClient:
    """The files, each read once. They are few and small: 65 KB gzipped in all."""

    def __init__(self, folder: Traversable | None = None, sdk: Traversable | None = None) -> None:
        here = resources.files("segue.edge.collecting")
        self._folder = folder or here.joinpath("hosted")
        self._sdk = sdk or here.joinpath("sdk")
        self._read: dict[str, Hosted] = {}

    def file(self, name: str) -> Hosted:
        """The file of that name (of :func:`hosted_name`). NotFoundError when the client was not built, or
        has no such part.
        """
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = self._from_folder(name)
        return found

    def _from_folder(self, name: str) -> Hosted:
        folder = self._sdk if name == _SDK else self._folder
        file = folder.joinpath(name)
        if not file.is_file():
            raise self._missing(name)
        body = file.read_bytes()
        smaller = folder.joinpath(f"{name}.gz")
        return Hosted(
            body=body,
            gzipped=smaller.read_bytes() if smaller.is_file() else None,
            tag=f'"{sha256(body).hexdigest()[:32]}"'.encode(),
            kind=b"text/javascript; charset=utf-8" if name.endswith(".js") else b"text/plain; charset=utf-8",
            caching=_FOR_EVER if ".bundle." in name else _FOR_AN_HOUR,
        )

    def _missing(self, name: str) -> NotFoundError:
        if name == _SDK:
            return NotFoundError(
                "the web SDK was not built: run `make sdk` (it needs Node) where Segue was installed from",
                code="sdk_not_built",
            )
        if self._folder.joinpath("standalone.js").is_file():
            return NotFoundError(f"the hosted client has no part {name}")
        return NotFoundError(
            "the browser's client was not built: run `make browser-client` (it needs Node) where Segue "
            "was installed from, or load @segment/analytics-next from your own bundle",
            code="client_not_built",
        )


def hosted_answer(file: Hosted, headers: dict[bytes, bytes]) -> tuple[int, bytes, Headers]:
    """Status, body and headers: 304 for who has it already, gzip for who takes that."""
    told: Headers = [(b"cache-control", file.caching), (b"etag", file.tag), (b"vary", b"accept-encoding")]
    told += [(b"cross-origin-resource-policy", b"cross-origin"), (b"x-content-type-options", b"nosniff")]
    if file.tag in headers.get(b"if-none-match", b""):
        return 304, b"", told
    if file.gzipped is not None and _takes_gzip(headers.get(b"accept-encoding", b"")):
        return 200, file.gzipped, [*told, (b"content-encoding", b"gzip")]
    return 200, file.body, told


def _takes_gzip(accepted: bytes) -> bool:
    for choice in accepted.lower().split(b","):
        name, _, weight = choice.partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return weight.replace(b" ", b"").rstrip(b".0") not in {b"q="}
    return False
