"""``/api/v1/proofs``: codes, QR tokens and links that open a record once; given out, and brought back."""

from __future__ import annotations

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from segue.app.proofs.desk import Brought, Given, ProofDesk, Vouched, Wish
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, client_address, services_of
from segue.edge.collecting.limits import RateLimiter
from segue.errors import TooManyRequestsError

_PROOFS = "/api/v1/proofs"

GIVEN_A_SECOND = 200
"""Proofs that one key may give out in a second: a message goes to many."""
BROUGHT_A_SECOND = 20
"""Proofs that one key may bring from one address in a second, right or wrong."""


@post(
    _PROOFS,
    opt={"act": "prove"},
    sync_to_thread=True,
    status_code=201,
    responses=described(413, 429),
    operation_id="GiveProof",
)
def give(request: ApiRequest, data: JSONBody[Wish]) -> Given:
    """Give out a one-time code, a QR token or a link's token for somebody; trusted keys only."""
    _slow_down(request, request.app.state.proofs_given)
    desk: ProofDesk = request.app.state.proofs
    return desk.give(data, caller_of(request))


@post(
    f"{_PROOFS}/exchange",
    opt={"act": "decide"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413, 429),
    operation_id="ExchangeProof",
)
def exchange(request: ApiRequest, data: JSONBody[Brought]) -> Vouched:
    """Exchange a proof, once, for an identity token that this key may use for a few minutes."""
    _slow_down(request, request.app.state.proofs_brought)
    desk: ProofDesk = request.app.state.proofs
    return desk.exchange(data, caller_of(request), client_address(request))


def _slow_down(request: ApiRequest, limiter: RateLimiter) -> None:
    now = services_of(request).installation.clock.now()
    if not limiter.allows(caller_of(request).actor, client_address(request), now):
        raise TooManyRequestsError("too many at once with this key", cure="try again in a second")


HANDLERS: tuple[HTTPRouteHandler, ...] = (give, exchange)
