"""Axes: what baskets say of tastes, by a map of words that anybody can read and a comparison with everybody.

An axis is a set of lines: those whose product, category or department has one of its words, or those bought
under discount, or those far above their category's usual price. A person's share of such lines is pulled
towards the shop's mean by as much as little is known of her, compared with how people differ, and told as a
rank: .5 is like everybody, .9 is more than nine in ten. Nothing is learnt from what anybody told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Items, Purchases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORDS: Final[Mapping[str, Sequence[str]]] = {
    "health": (
        "organic", "health", "healthy", "vitamin", "yogurt", "fruit", "vegetable", "salad", "berries",
        "produce", "granola", "oatmeal", "wheat", "multigrain", "fat free", "low fat", "sugar free",
        "diet", "nutrition", "tofu", "soy", "nuts", "seafood", "obst", "gemüse", "fish",
    ),
    "convenience": (
        "frozen", "frzn", "ready", "meal", "meals", "dinner", "dinners", "pizza", "instant",
        "microwave", "microwavable", "prepared", "sandwich", "sandwiches", "deli", "heat", "entrees",
        "single serve", "convenience", "takeaway", "cup", "lunch", "rotisserie",
    ),
    "green": (
        "organic", "eco", "recycled", "biodegradable", "fair trade", "fairtrade", "plant based", "bio",
        "sustainable", "refill", "unbleached", "vegan", "all natural", "natural foods",
    ),
    "cooking": (
        "flour", "baking", "spice", "spices", "seasoning", "seasonings", "extracts", "oil", "oils",
        "vinegar", "broth", "stock", "yeast", "herbs", "ingredient", "ingredients", "raw", "roast",
        "roasts", "dried beans", "shortening", "cooking", "butter", "onions", "garlic", "tomato sauce",
    ),
    "snacks": (
        "snack", "snacks", "chips", "candy", "chocolate", "cookies", "cookie", "crackers", "ice cream",
        "soft drinks", "popcorn", "pretzels", "donuts", "sweet goods", "cakes", "gum", "sweets",
    ),
    "baby": (
        "baby", "infant", "diaper", "diapers", "toddler", "newborn", "windeln",
    ),
    "pets": (
        "dog food", "dog treats", "dog", "cat", "pet", "kitty", "puppy", "kitten", "bird seed",
        "aquarium",
    ),
    "beauty": (
        "cosmetic", "cosmetics", "makeup", "make up", "hair", "skin", "fragrance", "fragrances", "nail",
        "shampoo", "lotion", "perfume", "beauty",
    ),
    "home": (
        "household", "cleaner", "cleaners", "detergent", "detergents", "laundry", "kitchen", "candles",
        "storage", "paper towels", "trash bags", "air care", "hardware",
    ),
    "garden": (
        "garden", "floral", "flower", "flowers", "plants", "seeds", "soil", "lawn", "outdoor",
    ),
    "reading": (
        "book", "books", "magazine", "magazines", "newspaper", "article", "greeting cards",
    ),
    "celebration": (
        "party", "gift", "gifts", "balloon", "balloons", "greeting", "christmas", "halloween", "easter",
        "champagne", "sparkling wine", "sparkling wines", "cake decorations",
    ),
}  # fmt: skip
"""Axis → words looked for in the product's name, category and department, in any case and number."""

DISCOUNT: Final = "price"
PREMIUM: Final = "premium"
_PREMIUM_WORDS: Final = ("premium", "gourmet", "imported", "specialty", "select", "reserve", "deluxe")
DEAR: Final = 1.4
"""A line is dear from this multiple of its category's usual price of a piece on."""

AXES: Final = (*WORDS, DISCOUNT, PREMIUM)

TITLES: Final = {
    DISCOUNT: "buys what is reduced",
    PREMIUM: "buys the dearer product of its kind",
    "health": "buys fresh and light food",
    "convenience": "buys what is quickly on the table",
    "green": "buys organic and sustainable products",
    "cooking": "buys what cooking and baking take",
    "snacks": "buys sweets and snacks",
    "baby": "buys for a baby",
    "pets": "buys for pets",
    "beauty": "buys cosmetics and care",
    "home": "buys for the household",
    "garden": "buys plants and flowers",
    "reading": "buys books and magazines",
    "celebration": "buys for parties and gifts",
}
"""What each axis says of her."""

LINES: Final = 10
"""Lines without which nothing is said."""
_NORMAL_80: Final = 1.2816


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """What is usual on an axis."""

    name: str
    #: share of all persons' lines, the mean of the persons'
    mean: float
    #: lines' worth of pull towards the mean
    pull: float
    #: how the pulled shares of persons differ
    spread: float


@dataclass(frozen=True, eq=False)
class Place:
    """Where persons stand on an axis; columns of one length."""

    value: Floats
    low: Floats
    high: Floats


def item_axes(items: Items) -> dict[str, NDArray[np.bool_]]:
    """Axis → which items have one of its words."""
    texts = [
        " ".join((name, _of(items.categories, category), _of(items.departments, department))).lower()
        for name, category, department in zip(
            items.name, items.category.tolist(), items.department.tolist(), strict=True
        )
    ]
    distinct = sorted(set(texts))
    place = {text: code for code, text in enumerate(distinct)}
    codes = np.asarray([place[text] for text in texts], np.int64)
    found = {}
    for axis, words in {**WORDS, PREMIUM: _PREMIUM_WORDS}.items():
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")s?(?!\w)")
        hits = np.asarray([bool(pattern.search(text)) for text in distinct], bool)
        found[axis] = hits[codes] if len(codes) else np.zeros(0, bool)
    return found


def line_axes(purchases: Purchases) -> dict[str, NDArray[np.bool_]]:
    """Axis → which lines count for it; an axis that the catalogue has nothing of is left out."""
    item = purchases.item
    known = item >= 0
    found = {axis: hits[item] & known for axis, hits in item_axes(purchases.items).items() if len(hits)}
    found[PREMIUM] = found.get(PREMIUM, np.zeros(len(item), bool)) | _dear(purchases)
    found[DISCOUNT] = purchases.discount > 0
    return {axis: lines for axis, lines in found.items() if lines.any()}


Lines = Mapping[str, NDArray[np.bool_]]


def shares(purchases: Purchases, persons: Ints, of: Lines) -> tuple[dict[str, Floats], Floats]:
    """Axis → lines of it (n,) of each of these persons, and all of her lines (n,); ``of`` says which are."""
    row_of = np.full(len(purchases.persons) + 1, -1, np.int64)
    row_of[persons] = np.arange(len(persons))
    row = row_of[purchases.person]
    mine = row >= 0
    count = np.bincount(row[mine], minlength=len(persons)).astype(np.float64)
    hits = {
        axis: np.bincount(row[mine & lines], minlength=len(persons)).astype(np.float64)
        for axis, lines in of.items()
    }
    return hits, count


def fit_axes(purchases: Purchases, persons: Ints, of: Lines) -> list[Axis]:
    """What is usual, over these persons; axes on which nobody differs are left out."""
    hits, count = shares(purchases, persons, of)
    enough = count >= LINES
    if enough.sum() < 2:
        return []
    found = []
    for name, of_axis in sorted(hits.items()):
        x, n = of_axis[enough], count[enough]
        mean = float((x / n).mean())
        # by moments: how shares differ beyond what chance makes of so many lines
        beyond = float((x / n).var()) - float((mean * (1 - mean) / n).mean())
        if not 0 < mean < 1 or beyond <= 0:
            continue
        pull = float(np.clip(mean * (1 - mean) / beyond - 1, 5.0, 2_000.0))
        spread = float(((x + pull * mean) / (n + pull)).std())
        if spread > 0:
            found.append(Axis(name=name, mean=mean, pull=pull, spread=spread))
    return found


def place(axis: Axis, hits: Floats, count: Floats) -> Place:
    """Ranks (0 to 1) of persons with so many lines on the axis of so many, and the 80 % interval."""
    share = (hits + axis.pull * axis.mean) / (count + axis.pull)
    unsure = np.sqrt(share * (1 - share) / (count + axis.pull + 1))
    z, by = (share - axis.mean) / axis.spread, _NORMAL_80 * unsure / axis.spread
    return Place(_rank(z), _rank(z - by), _rank(z + by))


def said_by(
    purchases: Purchases, persons: Ints, lines: NDArray[np.bool_] | None, most: int = 3
) -> list[list[str]]:
    """The products of each person of these lines that she bought most often, as ``name (times)``."""
    found: list[list[str]] = [[] for _ in persons]
    if lines is None:
        return found
    row_of = np.full(len(purchases.persons) + 1, -1, np.int64)
    row_of[persons] = np.arange(len(persons))
    row = row_of[purchases.person]
    mine = lines & (row >= 0) & (purchases.item >= 0)
    pairs, count = _counted(row[mine], purchases.item[mine], len(purchases.items))
    names = purchases.items.name
    # several products may have one name
    said: dict[tuple[int, str], int] = {}
    for person, item, times in zip(pairs[0].tolist(), pairs[1].tolist(), count.tolist(), strict=True):
        key = (person, names[item])
        said[key] = said.get(key, 0) + times
    for (person, name), times in sorted(said.items(), key=lambda each: (each[0][0], -each[1], each[0][1])):
        if len(found[person]) < most:
            found[person].append(f"{name} ({times}×)")
    return found


def _counted(row: Ints, item: NDArray[np.int32], items: int) -> tuple[tuple[Ints, Ints], Ints]:
    key, count = np.unique(row * items + item, return_counts=True)
    return (key // items, key % items), count


def _of(names: Sequence[str], code: int) -> str:
    return names[code] if code >= 0 else ""


def _dear(purchases: Purchases) -> NDArray[np.bool_]:
    """Lines whose full price of a piece is far above the category's usual (median) one."""
    category = np.append(purchases.items.category, -1)[purchases.item]
    priced = (purchases.pieces > 0) & (purchases.amount + purchases.discount > 0) & (category >= 0)
    price = np.zeros(len(category))
    price[priced] = (purchases.amount + purchases.discount)[priced] / purchases.pieces[priced]
    usual = np.full(len(purchases.items.categories) + 1, np.inf)
    order = np.lexsort((price, category))
    order = order[priced[order]]
    if len(order):
        codes, starts, counts = np.unique(category[order], return_index=True, return_counts=True)
        usual[codes] = price[order[starts + counts // 2]]
    return np.asarray(priced & (price > DEAR * usual[category]), bool)


def _rank(z: Floats) -> Floats:
    """Share of a normal population below ``z``."""
    from scipy.special import ndtr

    return np.asarray(ndtr(z), np.float64)
