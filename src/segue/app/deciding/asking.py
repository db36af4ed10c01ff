"""What a touchpoint asks, checked before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from segue.domain.rules.yamls import nearest
from segue.errors import InvalidInputError, NotFoundError

MOST_LINES = 500
"""Lines of a basket that recommendations go by; all of them are counted."""
MOST_REQUESTS = 1_000
"""Questions in one batch."""
MOST_EVENTS = 64
MOST_IDENTIFIERS = 50
_DEAREST = 10**9
_LONGEST = 500


class BasketLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a basket."""

    sku: str
    quantity: float = 1.0
    #: of one piece, in the shop's currency
    price: float | None = None
    category: str | None = None
    brand: str | None = None


class Supposed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a question takes for granted in place of what is so; of trusted askers, with ``at``."""

    #: as if she had agreed to every purpose (true), or refused each (false)
    consent: bool | None = None
    #: what is drawn follows from it, so that two answers differ by what was changed and not by chance
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None


class DecisionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST /api/v1/decisions``; a key that is none of these is a slip, and refused."""

    placement: str
    #: kind → value
    identifiers: dict[str, str] = {}
    #: JSON Web Token signed by the retailer's backend
    identity_token: str | None = None
    #: ``store``, ``zone``, ``weather``, ``basket``, ``locale``, ``page``, …
    context: dict[str, Any] = {}
    #: Segment events that happened just now
    events: list[dict[str, Any]] = []
    #: RFC 3339: moves only the clock; nothing is reserved and nothing is kept
    at: str | None = None
    explain: bool = False
    #: slots wanted, at most those of the placement
    limit: int | None = None
    suppose: Supposed | None = None


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the basket, as conditions ask for it."""

    lines: tuple[BasketLine, ...] = ()

    def facts(self) -> Mapping[str, Any]:
        """``basket.*`` of conditions."""
        lines = self.lines
        return {
            "value": round(sum((line.price or 0.0) * line.quantity for line in lines), 6),
            "items": sum(line.quantity for line in lines),
            "lines": len(lines),
            "skus": list(dict.fromkeys(line.sku for line in lines)),
            "categories": sorted({line.category for line in lines if line.category}),
            "brands": sorted({line.brand for line in lines if line.brand}),
        }


def check(request: DecisionRequest, placements: Sequence[str]) -> None:
    """NotFoundError for a placement that there is not, InvalidInputError for what cannot be."""
    if request.placement not in placements:
        known = nearest(request.placement, placements) if placements else "define it in placements.yaml"
        raise NotFoundError(f"there is no placement {request.placement[:80]!r}", cure=known)
    if request.limit is not None and not 1 <= request.limit <= 20:
        raise InvalidInputError(f"limit {request.limit} is not from 1 to 20", cure="leave it out, or write 1")
    if len(request.events) > MOST_EVENTS:
        raise InvalidInputError(
            f"{len(request.events)} events came with the question", cure=f"send at most {MOST_EVENTS}"
        )
    if len(request.identifiers) > MOST_IDENTIFIERS:
        raise InvalidInputError(
            f"{len(request.identifiers)} identifiers came with the question", cure="name who is there"
        )
    _store(request.context.get("store"))
    for kind, value in request.identifiers.items():
        if not isinstance(value, str) or len(value) > _LONGEST or len(kind) > 100:
            raise InvalidInputError(f"identifiers.{kind[:40]} is no identifier", cure="write KIND: VALUE")


def in_words(request: DecisionRequest) -> DecisionRequest:
    """The question with its store as a text, which tills that number their stores send as a number."""
    given = request.context.get("store")
    if given is None or isinstance(given, str):
        return request
    return msgspec.structs.replace(request, context={**request.context, "store": _store(given)})


def _store(given: Any) -> str | None:
    """A store's name; InvalidInputError for what could be none: it would be taken for no store at all."""
    whole = int(given) if isinstance(given, float) and given.is_integer() else given
    if given is None or given == "":
        return None
    if not isinstance(whole, (str, int)) or isinstance(whole, bool) or not _is_name(whole):
        raise InvalidInputError("context.store is no name", cure="write it as s12")
    return str(whole)


def basket_of(context: Mapping[str, Any]) -> Basket:
    """The basket of a question's context, however long; InvalidInputError names the line that is wrong."""
    given = context.get("basket")
    if given is None:
        return Basket()
    if not isinstance(given, list):
        raise InvalidInputError("context.basket is no list", cure='write [{"sku", "quantity", "price"}]')
    return Basket(lines=tuple(_line(number, line) for number, line in enumerate(given)))


def _line(number: int, given: Any) -> BasketLine:
    where = f"context.basket.{number}"
    if not isinstance(given, Mapping):
        raise InvalidInputError(f"{where} is no object", cure='write {"sku", "quantity", "price"}')
    sku = given.get("sku") or given.get("product_id")
    if not isinstance(sku, (str, int)) or isinstance(sku, bool) or not _is_name(sku):
        raise InvalidInputError(f"{where} has no sku", cure="name the product")
    return BasketLine(
        sku=str(sku),
        quantity=_number(given.get("quantity", 1), f"{where}.quantity"),
        price=None if given.get("price") is None else _number(given["price"], f"{where}.price"),
        category=_text(given.get("category")),
        brand=_text(given.get("brand")),
    )


def _is_name(value: str | int) -> bool:
    """Whether it could name something; a number of thousands of digits is none."""
    text = value if isinstance(value, str) else str(value) if value.bit_length() <= 128 else ""
    return 0 < len(text) <= _LONGEST and "\0" not in text


def _number(value: Any, where: str) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else -1.0
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if not 0 <= number < _DEAREST:
        raise InvalidInputError(f"{where} is {str(value)[:40]!r}", cure="write a number from 0 on")
    return number


def _text(value: Any) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) else None
