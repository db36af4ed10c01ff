"""``/api/v1/dead-letters``: events that could not be admitted: read, mended, tried and replayed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app import deadletters
from segue.app.deadletters import Letter, Letters, Reasons, Replayed, Try, Which, dead_letters
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of
from segue.errors import InvalidInputError

_LETTERS = "/api/v1/dead-letters"
_LETTER = f"{_LETTERS}/{{letter_id:str}}"

LONGEST_BODY = 512 * 1024
"""Bytes of a request that brings a letter's text: it may have 64 KB, and JSON may write each six times."""

Raw = Annotated[str, msgspec.Meta(max_length=65_536)]


class Mending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A letter's text, corrected."""

    #: the event, one JSON object as text
    raw: Raw


class Trying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to try: the letter as it is, or with another text."""

    #: the event, one JSON object as text
    raw: Raw | None = None


class Replaying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which letters to replay: some by their ids, those of one reason, or all."""

    ids: (
        Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=1000)] | None
    ) = None
    reason: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    #: with a reason: only those of this source
    source: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    all: bool = False
    #: `next` of the answer before, when that said `more`
    after: Annotated[str, msgspec.Meta(max_length=100)] | None = None

    def which(self) -> Which:
        """What is asked for; InvalidInputError unless it is exactly one thing."""
        ways = (self.ids is not None, self.reason is not None, self.all)
        if ways.count(True) != 1 or (self.source is not None and self.reason is None):
            raise InvalidInputError(
                "which letters are meant?", cure='send {"ids": […]}, {"reason", "source"?} or {"all": true}'
            )
        return Which(ids=self.ids, reason=self.reason, source=self.source)


@get(_LETTERS, opt={"act": "dead_letters"}, sync_to_thread=True, responses=described())
def list_letters(
    request: ApiRequest,
    reason: Annotated[str | None, QueryParameter(max_length=100)] = None,
    source: Annotated[str | None, QueryParameter(max_length=100)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    after: Annotated[
        str | None, QueryParameter(max_length=200, description="`next` of the page before")
    ] = None,
) -> Letters:
    """Read dead letters that wait to be mended or replayed, newest first."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        return deadletters.read_letters(session, reason=reason, source=source, limit=limit, after=after)


@get(f"{_LETTERS}/reasons", opt={"act": "dead_letters"}, sync_to_thread=True, responses=described())
def list_reasons(request: ApiRequest) -> Reasons:
    """Read how many dead letters wait for which reason from which source."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        return deadletters.read_reasons(session)


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    _LETTER,
    opt={"act": "dead_letters"},
    sync_to_thread=True,
    responses=described(404),
    summary="ShowLetter",
    description="Read one dead letter, replayed or not.",
)
def show_letter(request: ApiRequest, letter_id: FromPath[str]) -> Letter:
    """Read one dead letter, replayed or not."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        return deadletters.read_letter(session, letter_id)


@put(
    _LETTER,
    opt={"act": "mend"},
    sync_to_thread=True,
    responses=described(404, 409, 413),
    request_max_body_size=LONGEST_BODY,
    summary="MendLetter",
    description="Correct a dead letter before it is replayed.",
)
def mend_letter(request: ApiRequest, letter_id: FromPath[str], data: JSONBody[Mending]) -> Letter:
    """Correct a dead letter before it is replayed."""
    actor = caller_of(request).actor
    return dead_letters(services_of(request).installation).mend(letter_id, data.raw, actor=actor)


@post(
    f"{_LETTER}/try",
    opt={"act": "dead_letters"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 413),
    request_max_body_size=LONGEST_BODY,
)
def try_letter(request: ApiRequest, letter_id: FromPath[str], data: JSONBody[Trying]) -> Try:
    """Read what would become of a dead letter, as it is or with another text; nothing is changed."""
    return dead_letters(services_of(request).installation).try_out(letter_id, data.raw)


@post(
    f"{_LETTERS}/replay",
    opt={"act": "mend"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
)
def replay_letters(request: ApiRequest, data: JSONBody[Replaying]) -> Replayed:
    """Send dead letters through admission again, some thousands in one request."""
    which, actor = data.which(), caller_of(request).actor
    letters = dead_letters(services_of(request).installation)
    return letters.replay_portion(which, after=data.after, actor=actor)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_letters,
    list_reasons,
    show_letter,
    mend_letter,
    try_letter,
    replay_letters,
)
