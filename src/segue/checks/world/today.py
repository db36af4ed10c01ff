"""The simulated world going on: one visit after another, for whoever wants to see events arrive.

Like the composed year it is pure and seeded, and every call says ``context.composed: true``. Regulars speak
only through identifiers that are known to be theirs; who is new has an identifier that nobody had before.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from segue.checks.world.leaving import said
from segue.checks.world.lives import SITE, about, drawing, token
from segue.checks.world.records import Call, Identity, Regular, Shelf, Source
from segue.domain.order import SECOND

ON_THE_WEB, IN_THE_APP, NEW, AT_A_KIOSK = 0.25, 0.58, 0.7, 0.82
"""Which visits are what, by a number drawn from 0 to 1; the others are at the till."""

LOGS_IN_AT_LAST = 0.35
WRONG = 0.005
"""Share of calls that nobody can use."""

_CAMPAIGNS = (
    {"name": "Autumn weeks", "source": "newsletter", "medium": "email"},
    {"name": "Fresh every day", "source": "search", "medium": "cpc"},
    {"name": "Friends bring friends", "source": "social", "medium": "referral"},
)


class Due(NamedTuple):
    """A call and when it is to be made, microseconds UTC."""

    at: int
    call: Call


class Today:
    """Composes visits of these regulars and of people who are new, among these shelves."""

    def __init__(self, seed: int, shelf: Shelf) -> None:
        self._seed = seed
        self._shelf = shelf

    def visit(self, name: str, at: int, regular: Regular | None) -> list[Due]:
        """The calls of one visit that begins at ``at``, in order; ``name`` sets it apart from all others.

        ``regular`` may be the one who visits; None when nobody is known.
        """
        return _Visit(self._seed, name, at, self._shelf).composed(regular)


class _Visit:
    def __init__(self, seed: int, name: str, at: int, shelf: Shelf) -> None:
        self._name = name
        self._token = token(seed, "visit", name)
        self._at = at
        self._shelf = shelf
        self._rng: Random = drawing(seed, f"visit:{name}")
        self._made: list[Due] = []
        self._source: Source = "web"
        #: what every call of the visit says
        self._always: dict[str, Any] = {}
        self._context: dict[str, Any] = {}
        self._proven: frozenset[Identity] = frozenset()

    def composed(self, regular: Regular | None) -> list[Due]:
        drawn = self._rng.random()
        if regular is not None and ON_THE_WEB <= drawn < IN_THE_APP and regular.phone is not None:
            self._in_the_app(regular, regular.phone)
        elif regular is not None and drawn < IN_THE_APP and regular.browser is not None:
            self._on_the_web(regular)
        elif regular is not None and drawn >= AT_A_KIOSK and regular.card is not None:
            self._at_the_till(regular.card)
        elif NEW <= drawn < AT_A_KIOSK:
            self._at_a_kiosk(regular)
        else:
            self._new(regular)
        return self._made

    # ── where ─────────────────────────────────────────────────────────────────

    def _on_the_web(self, regular: Regular) -> None:
        self._always = {"anonymousId": regular.browser}
        if self._rng.random() < 0.7:
            self._known(regular.user_id, regular.names)
        self._home()
        self._browse(buys=0.15 if self._proven else 0.0)

    def _in_the_app(self, regular: Regular, phone: tuple[str, str]) -> None:
        self._source = "app"
        self._always = {"anonymousId": phone[0], "userId": regular.user_id}
        self._context = {"device": {"id": phone[1], "type": "phone"}}
        self._say("screen", {"name": "Home"}, 0)
        self._browse(buys=0.1)

    def _new(self, regular: Regular | None) -> None:
        """Nobody knows this browser; some log in before they go, as somebody known or with a new account."""
        self._always = {"anonymousId": f"n-{self._token}"}
        if self._rng.random() < 0.4:
            self._context = {"campaign": self._rng.choice(_CAMPAIGNS)}
        self._home()
        self._browse(buys=0.0)
        if self._rng.random() > LOGS_IN_AT_LAST:
            return
        if regular is not None and self._rng.random() < 0.5:
            self._log_in(regular)
        else:
            email = f"visitor.{self._token}@mail.example"
            self._log_in(Regular(user_id=f"u-{self._token}", email=email))
        self._view()

    def _log_in(self, regular: Regular) -> None:
        self._known(regular.user_id, regular.names)
        traits = {} if regular.email is None else {"email": regular.email}
        self._say("identify", {"traits": traits}, self._rng.randrange(5, 30))

    def _at_a_kiosk(self, regular: Regular | None) -> None:
        store = self._rng.choice(self._shelf.stores)
        self._source = "kiosk"
        # not one of the year's kiosks: who alone ever proves herself at a device is taken for its owner, and
        # the comparison of the year's identifiers with the truth would change while one looks at it
        self._always = {"anonymousId": f"kiosk-{store}-entrance"}
        self._context = {"location": {"store": store}}
        if regular is not None and self._rng.random() < 0.3:
            self._known(regular.user_id, regular.names)
        for _ in range(self._rng.randint(1, 3)):
            self._view()

    def _at_the_till(self, card: str) -> None:
        self._source = "till_live"
        self._context = {"externalIds": [{"id": card, "type": "loyalty_card"}]}
        bought = self._rng.sample(
            self._shelf.products, min(self._rng.randint(1, 6), len(self._shelf.products))
        )
        items = [{**about(product), "quantity": self._rng.choice((1, 1, 1, 2))} for product in bought]
        self._order(items, store=self._rng.choice(self._shelf.stores))

    # ── what ──────────────────────────────────────────────────────────────────

    def _known(self, user_id: str, names: frozenset[Identity]) -> None:
        self._always = {**self._always, "userId": user_id}
        self._proven = names

    def _home(self) -> None:
        page = {"url": f"{SITE}/", "path": "/", "title": "Home"}
        self._say("page", {"name": "Home", "properties": page}, 0)

    def _browse(self, buys: float) -> None:
        if self._rng.random() < 0.5:
            category = self._rng.choice(self._shelf.products).category
            self._track("Products Searched", {"query": category.lower()})
        for _ in range(self._rng.randint(1, 5)):
            seen = self._view()
            if self._rng.random() < 0.25:
                self._track("Product Added", {**seen, "cart_id": f"cart-{self._token}", "quantity": 1})
        if self._rng.random() < buys:
            self._order([{**self._view(), "quantity": 1}], store=None)

    def _view(self) -> dict[str, Any]:
        seen = about(self._rng.choice(self._shelf.products))
        self._track("Product Viewed", seen)
        return seen

    def _order(self, items: list[dict[str, Any]], store: str | None) -> None:
        revenue = round(sum(item["price"] * item["quantity"] for item in items), 2)
        order = {"order_id": f"live-{self._token}", "revenue": revenue, "currency": "USD", "products": items}
        self._track("Order Completed", order if store is None else {**order, "store": store})

    def _track(self, event: str, properties: dict[str, Any]) -> None:
        self._say("track", {"event": event, "properties": properties}, self._rng.randrange(4, 40))

    def _say(self, kind: str, body: dict[str, Any], after: int) -> None:
        """A call ``after`` seconds, and a little more, from the one before; now and then a wrong one."""
        self._at += after * SECOND + self._rng.randrange(SECOND)
        whole = {
            "type": kind,
            **self._always,
            **body,
            "context": {**self._context, **body.get("context", {})},
        }
        if self._rng.random() < WRONG:
            whole = self._rng.choice(_MISTAKES)(whole)
        message = f"live-{self._name}-{len(self._made)}"
        self._made.append(Due(self._at, Call(self._source, said(whole, message, self._at), self._proven)))


def _nameless(body: dict[str, Any]) -> dict[str, Any]:
    """A track call that forgot what happened."""
    return {**{name: value for name, value in body.items() if name != "event"}, "type": "track"}


def _nobodys(body: dict[str, Any]) -> dict[str, Any]:
    """A call that says of nobody what was done."""
    return {"type": "track", "event": "Product Viewed", "properties": body.get("properties", {})}


_MISTAKES: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (_nameless, _nobodys)
