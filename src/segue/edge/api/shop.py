"""``/api/v1/shop``: the demo's shop and the demo's till read what is sold; its backend says who logs in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.demo.shop import DemoShop, LoggedIn, Shop, ShopPage, ShopProductWhole
from segue.edge.api.cookies import refuse_other_sites
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, services_of

_SHOP = "/api/v1/shop"

At = Annotated[str, QueryParameter(max_length=500, description="its prices and pieces; unsaid: online")]


class LoggingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As which of the shop's customers."""

    user_id: Annotated[str, msgspec.Meta(max_length=500)]


def _shop(request: ApiRequest) -> DemoShop:
    return DemoShop(services_of(request).installation)


@get(_SHOP, opt={"act": "shop"}, sync_to_thread=True, responses=described(404), operation_id="ReadShop")
def read_shop(request: ApiRequest) -> Shop:
    """Read the demo's shop: its categories, and the composed customers as whom anybody may log in."""
    return _shop(request).shop()


@get(f"{_SHOP}/products", opt={"act": "shop"}, sync_to_thread=True, responses=described(404))
def shop_products(
    request: ApiRequest,
    *,
    category: Annotated[str | None, QueryParameter(max_length=500, description="only this one's")] = None,
    text: Annotated[str, QueryParameter(max_length=200, description="words of name, category or brand")] = "",
    store: At = "",
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="how many")] = 24,
    after: Annotated[int, QueryParameter(ge=0, le=100_000, description="next of the page before")] = 0,
) -> ShopPage:
    """Read what the demo's shop sells, from each category in turn."""
    return _shop(request).products(
        category=category or None, text=text, store=store, limit=limit, after=after
    )


@get(f"{_SHOP}/products/{{sku:str}}", opt={"act": "shop"}, sync_to_thread=True, responses=described(404))
def shop_product(request: ApiRequest, sku: FromPath[str], *, store: At = "") -> ShopProductWhole:
    """Read one product of the demo's shop, and which stores have it."""
    return _shop(request).product(sku, store=store)


@post(
    f"{_SHOP}/log-in",
    opt={"act": "shop"},
    status_code=200,
    sync_to_thread=True,
    responses=described(404, 413),
)
def shop_log_in(request: ApiRequest, data: JSONBody[LoggingIn]) -> LoggedIn:
    """Log in to the demo's shop as one of its composed customers: an identity token of the source web."""
    refuse_other_sites(request, cookie=False)
    return _shop(request).log_in(data.user_id)


HANDLERS: tuple[HTTPRouteHandler, ...] = (read_shop, shop_products, shop_product, shop_log_in)
