"""``/api/v1/persons/{id}/predictions`` and ``/recommendations``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from segue.app.learning.reading import Predictions, Recommender
from segue.app.learning.views import Recommended
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, persons_of

_PERSON = "/api/v1/persons/{person_id:str}"


@get(f"{_PERSON}/predictions", opt={"act": "show"}, sync_to_thread=True, responses=described(404))
def predictions(request: ApiRequest, person_id: FromPath[str]) -> Predictions:
    """Read what models predict of a person, with bounds and reasons."""
    return persons_of(request).predictions(person_id)


@get(f"{_PERSON}/recommendations", opt={"act": "show"}, sync_to_thread=True, responses=described(404, 409))
def recommendations(
    request: ApiRequest,
    person_id: FromPath[str],
    *,
    k: Annotated[int, QueryParameter(ge=1, le=100, description="how many")] = 10,
    store: Annotated[
        str | None, QueryParameter(max_length=200, description="where she is or will be")
    ] = None,
    basket: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=200)]] | None,
        QueryParameter(description="what is in the basket already; repeatable"),
    ] = None,
) -> Recommended:
    """Recommend what a person will want next; without a history of hers, what is bought here and now."""
    recommender: Recommender = request.app.state.recommender
    return recommender.recommend(person_id, k=k, store_id=store, basket=(basket or [])[:200])


HANDLERS: tuple[HTTPRouteHandler, ...] = (predictions, recommendations)
