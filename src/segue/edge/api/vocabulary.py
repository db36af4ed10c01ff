"""``/api/v1/vocabulary``: what conditions and traits can speak of here."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler

from segue.app.vocabulary import Vocabulary, Words
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest


@get("/api/v1/vocabulary", opt={"act": "vocabulary"}, sync_to_thread=True, responses=described())
def vocabulary(request: ApiRequest) -> Vocabulary:
    """Read which events, properties, fields and values there are for conditions and traits to speak of."""
    words: Words = request.app.state.words
    return words.read()


HANDLERS: tuple[HTTPRouteHandler, ...] = (vocabulary,)
