"""How a client reached us: under which host, prefix and protocol it must send what comes next."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple

from segue.edge.collecting.request import Scope

_HOST = re.compile(r"(?P<name>[A-Za-z0-9.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


class Reached(NamedTuple):
    """``host`` with its port, as the client wrote it; None when it wrote none that can be one."""

    host: str | None
    prefix: str
    protocol: str

    @property
    def api_host(self) -> str | None:
        """Host and path, without scheme, below which the calls are."""
        return None if self.host is None else f"{self.host}{self.prefix}/v1"


def reached(scope: Scope) -> Reached:
    """From the request's headers.

    ``https`` unless the request came plainly to an address of this machine or of a private network: a
    proxy that ends TLS need not say so for a public name, and no page of such a name may ask over http.
    """
    headers: dict[bytes, bytes] = dict(scope["headers"])
    text = headers.get(b"host", b"").decode("latin-1")
    match = _HOST.fullmatch(text)
    told = headers.get(b"x-forwarded-proto", b"").split(b",")[0].strip().lower()
    plain = scope.get("scheme", "http") == "http" and told != b"https"
    plain = plain and match is not None and _is_local(match["name"].strip("[]").lower())
    return Reached(text if match else None, scope.get("root_path", ""), "http" if plain else "https")


def below(scope: Scope, prefix: str) -> Scope:
    """The request as it reads without the neutral ``prefix``, which stands in ``root_path`` then; itself
    where it does not begin with it.
    """
    path: str = scope["path"]
    if not prefix or not path.startswith(prefix + "/"):
        return scope
    return {**scope, "path": path[len(prefix) :], "root_path": prefix}


def _is_local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
