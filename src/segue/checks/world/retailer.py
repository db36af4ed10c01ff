"""An invented retailer, for tests that need a world where no real data is."""

from __future__ import annotations

from random import Random

from segue.checks.world.records import Household, Mailing, Product, Trip
from segue.domain.order import DAY, HOUR

START = 1_735_689_600_000_000
"""2025-01-01T00:00:00Z"""

_SHELVES = {
    "coffee": ("espresso beans", "filter coffee", "decaf"),
    "bread": ("rye loaf", "baguette", "bagels"),
    "dairy": ("whole milk", "yogurt", "butter", "cheddar"),
    "produce": ("apples", "tomatoes", "spinach", "carrots"),
    "care": ("soap", "shampoo", "toothpaste"),
}


def catalogue() -> tuple[Product, ...]:
    """Its products."""
    return tuple(
        Product(
            f"p{shelf}{place}", name, category, ("Hill & Sons", "Northfield")[place % 2], 1.0 + shelf + place
        )
        for shelf, (category, names) in enumerate(_SHELVES.items())
        for place, name in enumerate(names)
    )


def invent(seed: int, households: int = 20, *, trips: int = 12, days: int = 365) -> tuple[Household, ...]:
    """Households that shop in three stores; the same for the same arguments."""
    products = catalogue()
    made = []
    for number in range(households):
        rng = Random(f"{seed}:retailer:{number}")  # noqa: S311 - a simulation, to be repeated exactly
        moments = sorted(START + rng.randrange(days * DAY) for _ in range(rng.randint(1, trips)))
        visits = tuple(
            Trip(
                f"b{number}-{place}",
                f"s{rng.randrange(3)}",
                moment,
                tuple(rng.sample(products, rng.randint(1, 4))),
            )
            for place, moment in enumerate(moments)
        )
        sent = START + rng.randrange(days) * DAY + 9 * HOUR
        mailings = (Mailing(f"c{rng.randrange(4)}", sent, sent + 30 * DAY),) if rng.random() < 0.5 else ()
        made.append(Household(card=str(1000 + number), trips=visits, mailings=mailings))
    return tuple(made)
