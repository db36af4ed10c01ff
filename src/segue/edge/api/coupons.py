"""``/api/v1/coupons``: what a customer took up elsewhere, read and redeemed at a staffed till."""

from __future__ import annotations

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from segue.app.coupons import CouponAnswer, CouponList, Coupons, Redeeming, Whose
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of

_COUPONS = "/api/v1/coupons"


def _coupons(request: ApiRequest) -> Coupons:
    found: Coupons = request.app.state.coupons
    return found


@post(
    _COUPONS,
    opt={"act": "redeem"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413),
    operation_id="ListCoupons",
)
def list_coupons(request: ApiRequest, data: JSONBody[Whose]) -> CouponList:
    """Read what somebody took up and can be given: offers, never history; trusted keys only."""
    return _coupons(request).of(data, caller_of(request))


@post(
    f"{_COUPONS}/redeem",
    opt={"act": "redeem"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
    operation_id="RedeemCoupon",
)
def redeem_coupon(request: ApiRequest, data: JSONBody[Redeeming]) -> CouponAnswer:
    """Give somebody what she took up, once; trusted keys only."""
    return _coupons(request).redeem(data, caller_of(request))


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_coupons, redeem_coupon)
