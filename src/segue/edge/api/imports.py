"""``/api/v1/uploads``, ``/files`` and ``/imports``: files of events, from the upload to the report."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.imports.inbox import Arrival, too_large
from segue.app.imports.jobs import ImportDesk
from segue.app.imports.views import Import, Imports, InboxFile, InboxFiles, Look, Preview
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of
from segue.errors import TooLargeError

_IMPORT = "/api/v1/imports/{import_id:str}"
_PORTION = 1 << 20
_MOST_DRAINED = 64 << 20

FileName = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
MappingText = Annotated[str, msgspec.Meta(max_length=60_000)]


class LookAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which file to look into."""

    file: FileName
    #: as in a mapping, where what is seen in the bytes is wrong
    format: dict[str, str] | None = None


class PreviewAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping to try on a file."""

    file: FileName
    #: YAML; JSON is YAML too
    mapping: MappingText


class ImportAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to import, and how."""

    file: FileName
    #: YAML; JSON is YAML too
    mapping: MappingText
    #: instead of the mapping's source
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None


@dataclass
class RawUpload(Operation):
    """An operation whose body is the file itself."""

    request_body: Any = field(
        default_factory=lambda: RequestBody(
            content={
                "application/octet-stream": OpenAPIMediaType(
                    schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
                )
            },
            description="the bytes of the file, as they are",
            required=True,
        )
    )


@post(
    "/api/v1/uploads",
    opt={"act": "import"},
    request_max_body_size=None,
    operation_class=RawUpload,
    responses=described(413),
)
async def upload_file(
    request: ApiRequest,
    name: Annotated[str, QueryParameter(min_length=1, max_length=300, description="the file's name")],
) -> InboxFile:
    """Upload a file into the inbox, its bytes as the body. A name that is taken gets a number."""
    desk = desk_of(request)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > desk.largest:
        await _drain(request, int(announced))
        raise too_large(desk.largest)
    with desk.receiving() as arrival:
        try:
            await _receive(request, arrival)
        except TooLargeError:
            await _drain(request, 0)
            raise
        file = await asyncio.to_thread(arrival.keep, name)
    return await asyncio.to_thread(desk.arrived, file, caller_of(request).actor)


async def _receive(request: ApiRequest, arrival: Arrival) -> None:
    """The body into the file, a portion at a time and never on the event loop."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) >= _PORTION:
            await asyncio.to_thread(arrival.write, bytes(held))
            held.clear()
    await asyncio.to_thread(arrival.write, bytes(held))


@get("/api/v1/files", opt={"act": "imports"}, sync_to_thread=True, responses=described())
def list_files(request: ApiRequest) -> InboxFiles:
    """List the files in the inbox, newest first, with the day on which each goes by itself."""
    return desk_of(request).files()


@delete(
    "/api/v1/files/{name:str}",
    opt={"act": "import"},
    sync_to_thread=True,
    responses=described(404, 409),
)
def delete_file(request: ApiRequest, name: FromPath[str]) -> None:
    """Delete a file from the inbox; what was imported of it stays."""
    desk_of(request).delete(name, caller_of(request).actor)


@post(
    "/api/v1/imports/look",
    opt={"act": "imports"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 413),
)
def look_into(request: ApiRequest, data: JSONBody[LookAsked]) -> Look:
    """Look into a file: its format, columns and first rows, and a mapping to begin with."""
    installation = services_of(request).installation
    path = desk_of(request).inbox.path(data.file)
    from segue.app.imports import look as looking

    return looking.look(installation, path, looking.format_of(data.format))


@post(
    "/api/v1/imports/preview",
    opt={"act": "imports"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 413),
)
def preview_import(request: ApiRequest, data: JSONBody[PreviewAsked]) -> Preview:
    """Show the first events that a mapping makes of a file; nothing is written."""
    installation = services_of(request).installation
    from segue.app.imports import look as looking

    return looking.preview(installation, desk_of(request).inbox.path(data.file), data.mapping)


@post(
    "/api/v1/imports",
    opt={"act": "import"},
    sync_to_thread=True,
    status_code=202,
    responses=described(404, 409, 413),
    summary="StartImport",
    description="Start an import in a process of its own; two may run at once, and a third is refused.",
)
def start_import(request: ApiRequest, data: JSONBody[ImportAsked]) -> Import:
    """Start an import in a process of its own; two may run at once, and a third is refused."""
    return desk_of(request).start(data.file, data.mapping, data.source, caller_of(request).actor)


@get(
    "/api/v1/imports",
    opt={"act": "imports"},
    sync_to_thread=True,
    responses=described(),
    summary="ListImports",
    description="List the newest imports.",
)
def list_imports(request: ApiRequest) -> Imports:
    """List the newest imports."""
    return desk_of(request).list()


@get(_IMPORT, opt={"act": "imports"}, sync_to_thread=True, responses=described(404))
def show_import(request: ApiRequest, import_id: FromPath[str]) -> Import:
    """Read how far an import has come, and with which mapping."""
    return desk_of(request).show(import_id)


@post(
    f"{_IMPORT}/cancel",
    opt={"act": "import"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409),
)
def cancel_import(request: ApiRequest, import_id: FromPath[str]) -> Import:
    """Stop an import within seconds; what it has brought in stays in."""
    return desk_of(request).cancel(import_id, caller_of(request).actor)


@post(
    f"{_IMPORT}/again",
    opt={"act": "import"},
    sync_to_thread=True,
    status_code=202,
    responses=described(404, 409),
)
def import_again(request: ApiRequest, import_id: FromPath[str]) -> Import:
    """Run an import once more, as a new one; nothing is doubled."""
    return desk_of(request).again(import_id, caller_of(request).actor)


def desk_of(request: ApiRequest) -> ImportDesk:
    """The imports of this application's installation."""
    desk: ImportDesk = request.app.state.imports
    return desk


async def _drain(request: ApiRequest, announced: int) -> None:
    """Take what is still sent of a file that is too large, within reason: else the answer is not heard."""
    if announced > _MOST_DRAINED:
        return
    taken = 0
    while taken < _MOST_DRAINED:
        message: Any = await request.receive()
        taken += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    upload_file,
    list_files,
    delete_file,
    look_into,
    preview_import,
    start_import,
    list_imports,
    show_import,
    cancel_import,
    import_again,
)
