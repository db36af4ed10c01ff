"""Digital lives composed around real trips.

Everything is drawn from generators seeded by (seed, card), so one household's calls do not depend on
the others, on their number or on their order. Every call carries ``context.composed: true``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from random import Random
from typing import Any

import msgspec

from segue.checks.world.records import (
    TRUSTED_SOURCES,
    Call,
    Household,
    Identity,
    Mailing,
    Product,
    Source,
    Surroundings,
    Trip,
)
from segue.checks.world.truth import Truth
from segue.domain.order import DAY, HOUR, MINUTE, SECOND, rfc3339

SITE = "https://shop.example"

HAS_ACCOUNT = 0.7
#: of those without an account: share that browses, never known by name
BROWSES_ANONYMOUSLY = 0.6
ACCOUNT_NAMES_THE_CARD = 0.85
DEVICE_LOGS_IN = 0.8
STAYS_LOGGED_IN = 0.6
CLEARS_COOKIES = 0.015
SHARED_TABLETS = 0.03
VISITS_FRIENDS = 0.02
MISTAKES_THE_CARD = 0.004
KIOSKS = 20
AT_THE_KIOSK = 0.04
SCANS_AT_THE_KIOSK = 0.3


def surroundings(seed: int, visits: dict[str, int], cards: Sequence[str]) -> Surroundings:
    """Kiosks stand in the busiest stores (``visits`` by store); tablets are shared by pairs of cards."""
    busiest = sorted(visits, key=lambda store: (-visits[store], store))[:KIOSKS]
    shuffled = sorted(cards)
    drawing(seed, "tablets").shuffle(shuffled)
    pairs = int(len(shuffled) * SHARED_TABLETS / 2)
    tablets: dict[str, str] = {}
    for place in range(pairs):
        one, other = shuffled[2 * place], shuffled[2 * place + 1]
        tablets[one] = tablets[other] = token(seed, "tablet", one)
    return Surroundings(
        seed=seed,
        kiosks=frozenset(busiest),
        tablets=tablets,
        hosts=_some(seed, "hosts", shuffled, VISITS_FRIENDS),
        mistaken=_some(seed, "mistaken", shuffled, MISTAKES_THE_CARD),
    )


def _some(seed: int, what: str, cards: Sequence[str], share: float) -> dict[str, str]:
    """A share of the cards, each with another card."""
    rng = drawing(seed, what)
    some = rng.sample(list(cards), int(len(cards) * share))
    return {card: other for card in some if (other := rng.choice(list(cards))) != card}


def compose(households: Iterable[Household], around: Surroundings, truth: Truth) -> Iterator[Call]:
    """Every household's calls, one household after the other, each in order of time; fills ``truth``."""
    for household in households:
        yield from _Life(household, around, truth).calls()


class _Device(msgspec.Struct):
    """A browser or a phone with the app."""

    source: Source
    anonymous_id: str
    device_id: str | None
    logs_in: bool
    logged_in: bool = False


class _Life:
    """One household's digital year."""

    def __init__(self, household: Household, around: Surroundings, truth: Truth) -> None:
        self._household = household
        self._around = around
        self._truth = truth
        self._rng = rng = drawing(around.seed, household.card)
        self._made: list[tuple[int, Call]] = []
        self._count = 0
        self._tablet = around.tablets.get(household.card)
        self._account = self._tablet is not None or rng.random() < HAS_ACCOUNT
        self._user = f"u-{token(around.seed, 'user', household.card)[:12]}" if self._account else None
        self._email = f"household.{household.card}@mail.example" if self._account else None
        browses = self._account or rng.random() < BROWSES_ANONYMOUSLY
        self._affinity = rng.betavariate(1.4, 2.6) if browses else 0.0
        self._devices = (
            [self._device(place) for place in range(rng.choice((1, 1, 2, 2, 3)))] if browses else []
        )
        truth.belongs(("loyalty_card", household.card), household.card)

    def calls(self) -> list[Call]:
        """Everything, in order of time."""
        trips = self._household.trips
        if trips and self._account:
            self._sign_up(trips[0].at - DAY)
        for trip in trips:
            if self._devices and self._rng.random() < self._affinity:
                self._before(trip)
            if trip.store in self._around.kiosks and self._rng.random() < AT_THE_KIOSK:
                self._at_kiosk(trip)
        if self._tablet is not None and trips:
            for trip in (trips[0], self._rng.choice(trips)):
                self._on_tablet(trip, self._tablet)
        if self._account and trips:
            self._err(self._rng.choice(trips))
        if self._email is not None:
            for mailing in self._household.mailings:
                self._mailed(mailing, self._email)
        self._made.sort(key=lambda made: made[0])
        return [call for _, call in self._made]

    # ── who they are ──────────────────────────────────────────────────────────

    def _device(self, place: int) -> _Device:
        seed, card = self._around.seed, self._household.card
        stem = token(seed, "device", f"{card}:{place}")
        app = self._rng.random() < 0.4
        device = _Device(
            source="app" if app else "web",
            anonymous_id=f"a-{stem}-0",
            device_id=f"d-{stem}" if app else None,
            logs_in=self._account and self._rng.random() < DEVICE_LOGS_IN,
        )
        self._truth.belongs(("anonymous_id", device.anonymous_id), card)
        if device.device_id is not None:
            self._truth.belongs(("device_id", device.device_id), card)
        return device

    def _sign_up(self, at: int) -> None:
        """The shop's backend says who the account is, mostly with the card, and what was agreed to."""
        for identity in self._names():
            self._truth.belongs(identity, self._household.card)
        rng = self._rng
        body: dict[str, Any] = {"traits": {"email": self._email, "digital": True}}
        if rng.random() < ACCOUNT_NAMES_THE_CARD:
            card = {
                "id": self._household.card,
                "type": "loyalty_card",
                "collection": "users",
                "encoding": "none",
            }
            body["context"] = {"externalIds": [card]}
        self._add(at, "shop", "identify", body)
        agreed = [purpose for purpose in ("marketing", "personalisation") if rng.random() < 0.6]
        for purpose in agreed:
            granted: dict[str, Any] = {"purpose": purpose}
            if purpose == "marketing":
                granted |= {"channel": "email", "address": self._email}
            self._add(at + SECOND, "shop", "track", {"event": "Consent Granted", "properties": granted})
            if rng.random() < 0.15:
                later = at + MINUTE + int(rng.random() * (self._household.trips[-1].at - at))
                said = {"event": "Consent Withdrawn", "properties": granted}
                self._add(later, "shop", "track", said)

    def _names(self) -> list[Identity]:
        """What the account's identity token covers."""
        named = [("user_id", self._user), ("email", self._email)]
        return [(kind, value) for kind, value in named if value is not None]

    # ── what they do ──────────────────────────────────────────────────────────

    def _before(self, trip: Trip) -> None:
        """A session up to two days before: some of what is then bought is looked at, or left in a cart."""
        rng = self._rng
        device = rng.choice(self._devices)
        at = trip.at - rng.randrange(HOUR, 2 * DAY)
        if device.source == "web" and rng.random() < CLEARS_COOKIES:
            self._clear_cookies(device)
        self._session(device, at, trip.products, campaign=None)

    def _clear_cookies(self, device: _Device) -> None:
        stem, _, number = device.anonymous_id.rpartition("-")
        device.anonymous_id = f"{stem}-{int(number) + 1}"
        device.logged_in = False
        self._truth.belongs(("anonymous_id", device.anonymous_id), self._household.card)

    def _session(
        self, device: _Device, at: int, products: Sequence[Product], campaign: dict[str, str] | None
    ) -> None:
        rng = self._rng
        if device.logged_in and rng.random() > STAYS_LOGGED_IN:
            device.logged_in = False
        where: dict[str, Any] = {"campaign": campaign} if campaign else {}
        at = self._arrive(device, at, where)
        if device.logs_in and not device.logged_in and rng.random() < 0.5:
            device.logged_in = True
            at += rng.randrange(5, 40) * SECOND
            self._on(device, at, "identify", {"traits": {"email": self._email}}, where)
        seen = [product for product in products if rng.random() < 0.7] or list(products[:1])
        if seen and rng.random() < 0.5:
            at += rng.randrange(5, 60) * SECOND
            self._track(device, at, "Products Searched", {"query": seen[0].category.lower()}, where)
        for product in seen:
            at += rng.randrange(10, 120) * SECOND
            self._track(device, at, "Product Viewed", about(product), where)
        if seen and rng.random() < 0.25:
            self._abandon(device, at, seen, where)

    def _arrive(self, device: _Device, at: int, where: dict[str, Any]) -> int:
        if device.source == "app":
            self._on(device, at, "screen", {"name": "Home"}, where)
        else:
            page = {"url": f"{SITE}/", "path": "/", "title": "Home"}
            self._on(device, at, "page", {"name": "Home", "properties": page}, where)
        return at

    def _abandon(self, device: _Device, at: int, products: list[Product], where: dict[str, Any]) -> None:
        """Into the cart, perhaps to the till's door, and away: the purchase happens in the store."""
        rng = self._rng
        cart = f"cart-{self._household.card}-{self._count}"
        for product in products[:2]:
            at += rng.randrange(5, 60) * SECOND
            added = {**about(product), "cart_id": cart, "quantity": 1}
            self._track(device, at, "Product Added", added, where)
        if rng.random() < 0.4:
            at += rng.randrange(10, 90) * SECOND
            items = [{**about(product), "quantity": 1} for product in products[:2]]
            worth = round(sum(product.price for product in products[:2]), 2)
            started = {"cart_id": cart, "value": worth, "currency": "USD", "products": items}
            self._track(device, at, "Checkout Started", started, where)

    def _at_kiosk(self, trip: Trip) -> None:
        """A few minutes at the store's kiosk, before paying; some scan their app and are known there."""
        rng = self._rng
        kiosk = f"kiosk-{trip.store}"
        self._truth.belongs(("anonymous_id", kiosk), None)
        at = trip.at - rng.randrange(5 * MINUTE, 40 * MINUTE)
        known = self._account and rng.random() < SCANS_AT_THE_KIOSK
        device = _Device("kiosk", kiosk, None, logs_in=known, logged_in=known)
        where = {"location": {"store": trip.store}}
        for product in trip.products[: rng.randint(1, 2)]:
            self._track(device, at, "Product Viewed", about(product), where)
            at += rng.randrange(10, 60) * SECOND

    def _on_tablet(self, trip: Trip, tablet: str) -> None:
        """On the tablet shared with another household: known while logged in, anybody afterwards."""
        rng = self._rng
        self._truth.belongs(("anonymous_id", f"t-{tablet}"), None)
        device = _Device("web", f"t-{tablet}", None, logs_in=True, logged_in=True)
        at = self._arrive(device, trip.at - rng.randrange(2 * HOUR, 40 * HOUR), {})
        self._on(device, at + 10 * SECOND, "identify", {"traits": {"email": self._email}}, {})
        for place, product in enumerate(trip.products[:3]):
            device.logged_in = place == 0
            at += rng.randrange(20, 90) * SECOND
            self._track(device, at, "Product Viewed", about(product), {})

    def _err(self, trip: Trip) -> None:
        """What makes identity hard: a log-in on friends' device, another's card number typed by mistake."""
        seed, card = self._around.seed, self._household.card
        at = trip.at - self._rng.randrange(3 * HOUR, 30 * HOUR)
        host = self._around.hosts.get(card)
        if host is not None:
            browser = f"a-{token(seed, 'device', f'{host}:0')}-0"
            device = _Device("web", browser, None, logs_in=True, logged_in=True)
            self._truth.belongs(("anonymous_id", browser), host)
            self._on(device, at, "identify", {"traits": {"email": self._email}}, {})
        other = self._around.mistaken.get(card)
        if other is not None:
            device = _Device(
                "app", f"a-{token(seed, 'mistaken', card)}-0", None, logs_in=True, logged_in=True
            )
            self._truth.belongs(("anonymous_id", device.anonymous_id), card)
            named = {"externalIds": [{"id": other, "type": "loyalty_card", "collection": "users"}]}
            self._on(device, at, "identify", {}, named)

    def _mailed(self, mailing: Mailing, email: str) -> None:
        """The real campaign by e-mail too: delivered, perhaps opened, perhaps clicked into a session."""
        rng = self._rng
        sent = {"campaign_id": mailing.campaign_id, "campaign_name": f"Campaign {mailing.campaign_id}"}
        body = {"properties": {**sent, "email": email}}
        at = mailing.start + rng.randrange(6 * HOUR, 10 * HOUR)
        self._add(at, "email", "track", {"event": "Email Delivered", **body}, anonymous=True)
        if rng.random() > 0.4:
            return
        at += rng.randrange(MINUTE, DAY)
        self._add(at, "email", "track", {"event": "Email Opened", **body}, anonymous=True)
        if rng.random() > 0.4 or not self._devices:
            return
        at += rng.randrange(5, 120) * SECOND
        self._add(at, "email", "track", {"event": "Email Link Clicked", **body}, anonymous=True)
        campaign = {"name": f"Campaign {mailing.campaign_id}", "source": "newsletter", "medium": "email"}
        bought = next((trip.products for trip in self._household.trips if trip.at > at), ())
        self._session(rng.choice(self._devices), at + 3 * SECOND, bought, campaign)

    # ── how it is said ────────────────────────────────────────────────────────

    def _track(
        self, device: _Device, at: int, event: str, properties: dict[str, Any], where: dict[str, Any]
    ) -> None:
        self._on(device, at, "track", {"event": event, "properties": properties}, where)

    def _on(self, device: _Device, at: int, kind: str, body: dict[str, Any], where: dict[str, Any]) -> None:
        """A call from a device: with the user id while somebody is logged in, as clients do."""
        context = dict(where)
        if device.device_id is not None:
            context["device"] = {"id": device.device_id, "type": "phone"}
        said = {**body, "anonymousId": device.anonymous_id, "context": context}
        self._add(at, device.source, kind, said, anonymous=not device.logged_in)

    def _add(
        self, at: int, source: Source, kind: str, body: dict[str, Any], *, anonymous: bool = False
    ) -> None:
        card = self._household.card
        said = {"type": kind, **body, "context": {**body.get("context", {}), "composed": True}}
        said["messageId"] = f"composed-{card}-{self._count}"
        said["timestamp"] = rfc3339(at)
        if not anonymous and self._user is not None:
            said["userId"] = self._user
        self._count += 1
        known = "userId" in said and source not in TRUSTED_SOURCES and source != "app"
        self._made.append((at, Call(source, said, frozenset(self._names()) if known else frozenset())))
        self._truth.seen_together(named_in(said))


def named_in(body: dict[str, Any]) -> list[Identity]:
    """The identifiers that a composed call carries."""
    context = body["context"]
    found = [("user_id", body.get("userId")), ("anonymous_id", body.get("anonymousId"))]
    found.append(("device_id", context.get("device", {}).get("id")))
    found.append(("email", body.get("traits", body.get("properties", {})).get("email")))
    found += [(entry["type"], entry["id"]) for entry in context.get("externalIds", ())]
    return [(kind, value) for kind, value in found if value is not None]


def about(product: Product) -> dict[str, Any]:
    """A product as the e-commerce events name it."""
    return {
        "product_id": product.product_id,
        "name": product.name,
        "category": product.category,
        "brand": product.brand,
        "price": product.price,
        "currency": "USD",
    }


def drawing(seed: int, name: str) -> Random:
    """Draws the same for the same seed and name."""
    return Random(f"{seed}:{name}")  # noqa: S311 - a simulation, to be repeated exactly


def token(seed: int, kind: str, name: str) -> str:
    """16 hexadecimal digits, the same for the same arguments."""
    return blake2b(f"{seed}:{kind}:{name}".encode(), digest_size=8).hexdigest()
