"""``/api/v1/sources/{name}/snippets``: what to paste to have a source send events."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from segue.app.keys import list_keys
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, services_of
from segue.errors import NotFoundError
from segue.settings import public_address
from segue.sources.snippets import Snippet, snippets


class Snippets(msgspec.Struct, frozen=True, kw_only=True):
    """Texts to paste, the likeliest first."""

    snippets: list[Snippet]


@get(
    "/api/v1/sources/{name:str}/snippets",
    opt={"act": "sources"},
    sync_to_thread=True,
    responses=described(404),
)
def read_snippets(
    request: ApiRequest,
    name: FromPath[str],
    key_id: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> Snippets:
    """Read what to paste to send events with a key of a source, the key itself left as a placeholder."""
    installation = services_of(request).installation
    trusted = _is_trusted(request, name, key_id)
    settings = installation.settings
    found = snippets(public_address(settings), settings.first_party_prefix, trusted=trusted)
    return Snippets(snippets=found)


def _is_trusted(request: ApiRequest, name: str, key_id: str | None) -> bool:
    """Whether the key is trusted, or without one its source. NotFoundError for what there is not."""
    services = services_of(request)
    if key_id is not None:
        for key in list_keys(services.installation.database):
            if key.key_id == key_id and key.source == name and key.role == "ingest":
                return key.trusted
        raise NotFoundError(f"the source has no key {key_id!r}", cure="GET /api/v1/sources lists them")
    services.keyring.refresh()
    source = services.keyring.source(name)
    if source is None:
        raise NotFoundError(f"no source {name[:80]!r}", cure="GET /api/v1/sources lists them")
    return source.trusted


HANDLERS: tuple[HTTPRouteHandler, ...] = (read_snippets,)
