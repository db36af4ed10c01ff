"""``/api/v1/products``, ``/stores`` and ``/inventory``: what can be sold, where, and how many there are."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from segue.app.catalogue import Catalogue, Product, ProductPage, Put, Stock, Store
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of

LARGEST = 4 * 1024 * 1024
"""Bytes of what is told at once."""


class Products(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Products that are told."""

    products: list[Product]


class Stores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stores, told or read."""

    stores: list[Store]


class Inventory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pieces at stores, told or read."""

    inventory: list[Stock]


def _catalogue(request: ApiRequest) -> Catalogue:
    found: Catalogue = request.app.state.catalogue
    return found


@get(
    "/api/v1/products",
    opt={"act": "catalogue"},
    sync_to_thread=True,
    responses=described(),
    operation_id="ListProducts",
    summary="ListProducts",
    description="Read products by a part of their name, or by number.",
)
def list_products(
    request: ApiRequest,
    *,
    text: Annotated[
        str | None, QueryParameter(max_length=200, description="part of a name, or a sku")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500, description="how many")] = 50,
    after: Annotated[str, QueryParameter(max_length=500, description="next of the page before")] = "",
) -> ProductPage:
    """Read products by a part of their name, or by number."""
    return _catalogue(request).products(text=text, limit=limit, after=after)


@put(
    "/api/v1/products",
    opt={"act": "tell_catalogue"},
    sync_to_thread=True,
    request_max_body_size=LARGEST,
    responses=described(413),
    operation_id="PutProducts",
    summary="PutProducts",
    description="Tell of products, new or not; what is left out of a known one stays.",
)
def put_products(request: ApiRequest, data: JSONBody[Products]) -> Put:
    """Tell of products, new or not; what is left out of a known one stays."""
    return _catalogue(request).put(products=data.products, actor=caller_of(request).actor)


@get(
    "/api/v1/stores",
    opt={"act": "catalogue"},
    sync_to_thread=True,
    responses=described(),
    operation_id="ListStores",
    summary="ListStores",
    description="Read the stores.",
)
def list_stores(request: ApiRequest) -> Stores:
    """Read the stores."""
    return Stores(stores=_catalogue(request).stores())


@put(
    "/api/v1/stores",
    opt={"act": "tell_catalogue"},
    sync_to_thread=True,
    request_max_body_size=LARGEST,
    responses=described(413),
    operation_id="PutStores",
    summary="PutStores",
    description="Tell of stores, new or not.",
)
def put_stores(request: ApiRequest, data: JSONBody[Stores]) -> Put:
    """Tell of stores, new or not."""
    return _catalogue(request).put(stores=data.stores, actor=caller_of(request).actor)


@get(
    "/api/v1/inventory",
    opt={"act": "catalogue"},
    sync_to_thread=True,
    responses=described(),
    operation_id="ListInventory",
    summary="ListInventory",
    description="Read where a product is, and how many of it.",
)
def list_inventory(
    request: ApiRequest, sku: Annotated[str, QueryParameter(max_length=500, description="of which product")]
) -> Inventory:
    """Read where a product is, and how many of it."""
    return Inventory(inventory=_catalogue(request).stock(sku))


@put(
    "/api/v1/inventory",
    opt={"act": "tell_catalogue"},
    sync_to_thread=True,
    request_max_body_size=LARGEST,
    responses=described(413),
    operation_id="PutInventory",
    summary="PutInventory",
    description="Tell how many pieces there are at stores; decisions heed it at once.",
)
def put_inventory(request: ApiRequest, data: JSONBody[Inventory]) -> Put:
    """Tell how many pieces there are at stores; decisions heed it at once."""
    return _catalogue(request).put(inventory=data.inventory, actor=caller_of(request).actor)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_products, put_products, list_stores, put_stores, list_inventory, put_inventory,
)  # fmt: skip
