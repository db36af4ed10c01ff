"""What the demo's retailer sells, where, and how many there are.

Products and prices are The Complete Journey's: what is bought most often, at what the last of its sales cost,
at each of the busiest stores too. Names of stores, where they stand and how much is on their shelves are
composed, the same for the same seed. What was told once is not told again: a demo that is run again leaves
the shelves as its customers have left them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from segue.app.catalogue import Catalogue, Product, Stock, Store
from segue.app.demo.acts import ACTOR
from segue.app.demo.naming import readable
from segue.app.demo.story import SEED
from segue.app.installation import Installation
from segue.checks.world import drawing
from segue.domain.actions import Sensitivity
from segue.ports.statements import statements
from segue.ports.tables import Row, Tables

_COMPOSE = statements("segue.app.demo", "complete_journey/catalogue.sql")
_SQL = statements("segue.app.demo", "assortment.sql")

LEAST: Final = 100
"""Sales in the year from which on a product is in the catalogue."""
STORES: Final = 12
SHELF: Final = 150
"""Products that a store counts, those that actions name aside."""
PARCELS: Final = 400
"""Products that are sent from where parcels are packed."""

ZONE: Final = "America/New_York"
_TOWN: Final = (39.1031, -84.5120)
"""Around which the stores stand, degrees."""
_QUARTERS: Final = (
    "Riverside",
    "Market Square",
    "Hill Park",
    "Station",
    "Old Mill",
    "Lakeview",
    "West End",
    "Garden City",
    "Harbour",
    "University",
    "Oak Grove",
    "Airport Road",
)
_SENSITIVE: Final[Mapping[str, Sensitivity]] = {
    "BEERS/ALES": "alcohol",
    "DOMESTIC WINE": "alcohol",
    "IMPORTED WINE": "alcohol",
    "LIQUOR": "alcohol",
    "MISC WINE": "alcohol",
    "COLD AND FLU": "health",
    "VITAMINS": "health",
    "FIRST AID PRODUCTS": "health",
    "ANTACIDS": "health",
    "ANALGESICS": "health",
    "LAXATIVES": "health",
    "DIETARY AID PRODUCTS": "health",
    "BABY FOODS": "children",
    "BABY HBC": "children",
    "DIAPERS & DISPOSABLES": "children",
    "FEMININE HYGIENE": "intimate",
    "FAMILY PLANNING": "intimate",
    "ADULT INCONTINENCE": "intimate",
}
_PICTURES: Final[Mapping[str, tuple[str, ...]]] = {
    "berries": ("BERRIES",),
    "fruit": ("FRUIT", "APPLES", "CITRUS", "GRAPES", "MELONS", "PEARS"),
    "salad": (
        "VEGETABLES",
        "SALAD",
        "TOMATOES",
        "PEPPERS",
        "ONIONS",
        "POTATOES",
        "CARROTS",
        "HERBS",
        "SQUASH",
        "CORN",
        "BROCCOLI",
        "MUSHROOMS",
        "ORGANICS",
        "VEG",
    ),
    "bread": ("BREAD", "ROLLS", "BAKED", "BREAKFAST SWEETS", "DOUGH", "BAKING", "FLOUR"),
    "icecream": ("ICE CREAM", "NOVELTIES", "FRZN ICE"),
    "dairy": ("MILK", "CHEESE", "YOGURT", "EGGS", "BUTTER", "MARGARINE", "DAIRY"),
    "coffee": ("COFFEE", "TEA", "COCOA"),
    "drinks": ("DRINK", "JUICE", "WATER", "BEERS", "WINE", "LIQUOR", "ISOTONIC"),
    "chicken": (
        "CHICKEN",
        "BEEF",
        "PORK",
        "MEAT",
        "TURKEY",
        "SEAFOOD",
        "BACON",
        "SAUSAGE",
        "HOT DOGS",
        "LUNCHMEAT",
    ),
    "pizza": ("PIZZA",),
    "soup": ("SOUP", "BEANS"),
    "pasta": ("NOODLES", "PASTA", "DINNER", "HISPANIC", "SAUCE"),
    "care": (
        "HYGIENE",
        "HAIR",
        "SOAP",
        "BABY",
        "DIAPERS",
        "COLD AND FLU",
        "VITAMINS",
        "MAKEUP",
        "CARE",
        "TISS",
    ),
    "pets": ("CAT ", "DOG ", "PET "),
    "sweets": ("CANDY", "COOKIES", "SWEET", "SNACKS", "CRACKERS", "CEREAL", "SUGAR"),
}

Files = Mapping[str, Path]


def stock_up(installation: Installation, tables: Tables, files: Files, named: Collection[str]) -> None:
    """Tell the catalogue what it does not know yet; ``named`` are products that actions sell."""
    products = list(composed_products(tables, files, named))
    stores = composed_stores(tables, files)
    inventory = list(composed_inventory(tables, files, products, [each.store for each in stores], named))
    with installation.database.transaction(read_only=True) as session:
        known = {
            name: {tuple(row) for row in session.fetch(_SQL[name])}
            for name in ("products", "stores", "inventory")
        }
    Catalogue(installation.database, installation.clock).put(
        products=[each for each in products if (each.sku,) not in known["products"]],
        stores=[each for each in stores if (each.store,) not in known["stores"]],
        inventory=[each for each in inventory if (each.sku, each.store) not in known["inventory"]],
        actor=ACTOR,
    )


def composed_products(tables: Tables, files: Files, named: Collection[str]) -> Iterator[Product]:
    """Products, those that are bought most often first."""
    for sku, kind, category, brand, size, department, price in _rows(
        tables, "sold", files, least=LEAST, named=sorted(named)
    ):
        yield Product(
            sku=sku,
            name=readable(kind, category, size, loose=department == "PRODUCE"),
            category=category,
            brand=brand,
            price=f"{price:.2f}",
            image=f"/console/pictures/{_picture(category)}.svg",
            sensitivity=_SENSITIVE.get(category, "none"),
        )


def _picture(category: str) -> str:
    return next(
        (name for name, words in _PICTURES.items() if any(word in f"{category} " for word in words)), "basket"
    )


def composed_stores(tables: Tables, files: Files) -> list[Store]:
    """The busiest stores, with names and places that are made up."""
    found = []
    for place, (store,) in enumerate(_rows(tables, "busiest", files, most=STORES)):
        rng = drawing(SEED, f"store:{store}")
        found.append(
            Store(
                store=store,
                name=f"{_QUARTERS[place]} ({store})",
                zone=ZONE,
                latitude=round(_TOWN[0] + rng.uniform(-0.15, 0.15), 4),
                longitude=round(_TOWN[1] + rng.uniform(-0.2, 0.2), 4),
            )
        )
    return found


def composed_inventory(
    tables: Tables,
    files: Files,
    products: Sequence[Product],
    stores: Sequence[str],
    named: Collection[str],
) -> Iterator[Stock]:
    """How many there are: composed; what they cost there: as it was seen there last."""
    usual = {each.sku: each.price for each in products}
    rows = _rows(
        tables, "shelves", files, stores=list(stores), products=list(usual), most=SHELF, named=sorted(named)
    )
    for store, sku, price, sold in rows:
        here = f"{price:.2f}"
        pieces = _pieces(f"{store}:{sku}", sold, named=sku in named)
        yield Stock(sku=sku, store=store, on_hand=pieces, price=None if here == usual[sku] else here)
    for each in products[:PARCELS]:
        yield Stock(sku=each.sku, on_hand=_pieces(f":{each.sku}", 200, named=True))


def _pieces(what: str, sold: int, *, named: bool) -> int:
    """Enough for some days; now and then none or the last few, but seldom of what is advertised."""
    rng = drawing(SEED, f"stock:{what}")
    drawn = rng.random()
    if drawn < (0.0 if named else 0.03):
        return 0
    if drawn < (0.03 if named else 0.08):
        return rng.randint(1, 3)
    return rng.randint(12, 40) + min(sold, 120)


def _rows(tables: Tables, statement: str, files: Files, **values: Any) -> Iterator[Row]:
    return (row for portion in tables.select(_COMPOSE[statement], files, **values) for row in portion)
