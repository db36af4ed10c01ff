"""Names of products that people can read, out of a till's abbreviations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_WHOLE: Final[Mapping[str, str]] = {
    "FLUID MILK WHITE ONLY": "Milk",
    "SFT DRNK 2 LITER BTL CARB INCL": "Soda, large bottle",
    "SFT DRNK SNGL SRV BTL CARB (EX": "Soda, small bottle",
    "SFT DRNK MLT-PK BTL CARB (EXCP": "Soda, six bottles",
    "SOFT DRINKS 12/18&15PK CAN CAR": "Soda, pack of cans",
    "SOFT DRINKS 20PK&24PK CAN CARB": "Soda, large pack of cans",
    "SOFT DRINKS 6PK/4PK CAN CARB (": "Soda, small pack of cans",
    "SOFT DRINK BOTTLE NON-CARB (EX": "Still drink, bottle",
    "SOFT DRINKS CAN NON-CARB (EXCE": "Still drink, can",
    "SOFT DRINK POWDER POUCHES": "Drink powder",
    "MAINSTREAM WHITE BREAD": "White bread",
    "MAINSTREAM WHEAT/MULTIGRAIN BR": "Wholegrain bread",
    "MEXICAN SOFT TORTILLAS AND WRA": "Tortillas",
    "DAIRY CASE 100% PURE JUICE - O": "Orange juice, chilled",
    "DAIRY CASE 100% PURE JUICE OTH": "Juice, chilled",
    "DAIRY CASE JUICE DRNK UNDER 10": "Juice drink, chilled",
    "DAIRY CASE FRUIT DRINKS (NO JU": "Fruit drink, chilled",
    "DAIRY CASE CITRUS PNCH/OJ SUBS": "Citrus punch, chilled",
    "DAIRY CASE TEA WITH SUGAR OR S": "Sweet tea, chilled",
    "NON-CRBNTD DRNKING/MNERAL WATE": "Still water",
    "NON-CARB WATER FLVR - DRNK/MNR": "Flavoured water",
    "NON-CARB FLVRD DRNKNG/MNRL WAT": "Flavoured water",
    "SS ECONOMY ENTREES/DINNERS ALL": "Frozen dinner",
    "FRZN SS PREMIUM ENTREES/DNRS/T": "Premium frozen dinner",
    "FRZN SS PREMIUM ENTREES/DNRS/N": "Light frozen dinner",
    "FRZN MULTI SERVE ENTREES ALL": "Frozen dinner for several",
    "CANDY BARS (SINGLES)(INCLUDING": "Candy bar",
    "CANDY BARS (MULTI PACK)": "Candy bars, pack",
    "MISCELLANEOUS CANDY (INCLUDING": "Candy",
    "MINTS CANDY & BREATH (NOT LIF": "Mints",
    "IWS SINGLE CHEESE": "Cheese slices",
    "NON-IWS SINGLE CHEESE": "Cheese slices, stacked",
    "NATURAL CHEESE EXACT WT CHUNKS": "Cheese, piece",
    "NATURAL CHEESE EXACT WT SLICES": "Natural cheese slices",
    "CHEESE: NATURAL BULK": "Cheese from the counter",
    "CHEESE: PROCESSED BULK": "Processed cheese from the counter",
    "YOGURT NOT MULTI-PACKS": "Yogurt",
    "YOGURT MULTI-PACKS": "Yogurt, pack",
    "BEERALEMALT LIQUORS": "Beer",
    "CIGARETTES": "Cigarettes",
    "SGL SV/VEND MACH SNACKS CHIP/P": "Chips, small bag",
    "FRZN BAGGED VEGETABLES - PLAIN": "Frozen vegetables",
    "FRZN BOXED VEGETABLES- VALUE A": "Frozen vegetables with sauce",
    "FRZN BREADED PREPARED CHICK": "Breaded chicken, frozen",
    "FRZN GARLIC BREAD/TOAST/STICKS": "Garlic bread, frozen",
    "FRZN TATER TOTS/OTHER EXTRUDED": "Potato croquettes, frozen",
    "CHEESE CRACKERS (CHEEZ-ITS/GOL": "Cheese crackers",
    "BUTTER SPRAY CRACKER (RITZ/CLU": "Butter crackers",
    "SOUP CRACKERS (SALTINE/OYSTER)": "Soup crackers",
    "RTS SOUP: CHUNKY/HOMESTYLE ET": "Soup, ready to serve",
    "CANNED CAT FOOD (9 LIVES/FRISK": "Cat food",
    "CAN DOG FOOD (SKIPPY/PEDIGREE/": "Dog food",
    "SEMI-SOLID SALAD DRESSING MAY": "Mayonnaise",
    "VARIETY BEANS - KIDNEY PINTO": "Beans",
    "PREPARED BEANS - BAKED W/PORK": "Baked beans",
    "PREP FD: SIDE DISHES (HOT)": "Hot side dish",
    "CHIX: ROTISSERIE (HOT)": "Rotisserie chicken, hot",
    "CHIX:FRD 8PC/CUT UP (HOT)": "Fried chicken, hot",
    "CHIX: VALUE ADDED (HOT)": "Chicken pieces, hot",
    "SW GDS:DONUTS": "Donuts",
    "SW GDS: SW ROLLS/DAN": "Sweet rolls",
    "SW GDS:COFFEE CAKES": "Coffee cake",
    "MEAT: SAUS DRY BULK": "Salami from the counter",
    "MEAT: LUNCHMEAT BULK": "Cold cuts from the counter",
    "MEAT: TURKEY BULK": "Turkey from the counter",
    "MEAT:HAM BULK": "Ham from the counter",
    "MEAT: BEEF BULK": "Roast beef from the counter",
    "PLSTC CTLRYTBLCLTHSTTHPKSST": "Plastic cutlery",
    "MALTED MLK/SYRUP/PWDRS (EGGNOG": "Chocolate syrup",
    "BEANS GREEN: FS/WHL/CUT": "Green beans",
    "BABY FOOD - BEGINNER": "Baby food, first",
    "COUGH SYRP/LOZNG-DRP/XPCTRNT": "Cough drops",
    "NEWSPAPER": "Newspaper",
}
"""Types that are too short to be spelt out word by word."""

_ALONE: Final = frozenset(
    " ".join(word.split())
    for word in """
    MAINSTREAM; PREMIUM; TRADITIONAL; ECONOMY; VALUE; PRIMAL; LEAN; ENHANCED; ANGUS; BLENDS; CORN;
    PATTIES; REGULAR GARDEN; GARDEN PLUS; BETTER FOR YOU; POULTRY; MISCELLANEOUS; OTHER; ENTREES;
    FRESH; RED; DRY; KITS; SMOKED/COOKED; ECONOMY - MEAT; PREMIUM - MEAT; PREMIUM - BEEF; ROLLS -
    PORK; LINKS - RAW; PATTIES - RAW; SNACKS/APPETIZERS; SUPER PREMIUM PINTS; PREMIUM PINTS;
    STICKS/ENROBED; SOUP/STEW; RIBS; BEANS; PRE-COOKED; FLAVORED/OTHER; BUTTS; PAILS
    """.replace("\n", " ").split(";")
)
"""Types that say something only with their category."""

_CATEGORIES: Final[Mapping[str, str]] = {
    "ICE CREAM/MILK/SHERBTS": "ice cream",
    "BREAKFAST SAUSAGE/SANDWICHES": "breakfast sausage",
    "FRZN NOVELTIES/WTR ICE": "ice pops",
    "SALD DRSNG/SNDWCH SPRD": "dressing",
    "MEAT - MISC": "meat",
}
"""What such a type then begins with."""

_WORDS: Final[Mapping[str, str]] = {
    "FRZN": "frozen",
    "DNRS": "dinners",
    "DRNK": "drink",
    "DRNKS": "drinks",
    "BTL": "bottle",
    "W/": "with",
    "&": "and",
    "MX": "mix",
    "MXS": "mixes",
    "PKG": "packed",
    "PNT": "peanut",
    "BTR": "butter",
    "SALD": "salad",
    "DRSNG": "dressing",
    "SNDWCH": "sandwich",
    "SPRD": "spread",
    "REFRGRATD": "chilled",
    "REFRIG": "chilled",
    "REFRIGERATED": "chilled",
    "PWDR": "powder",
    "CRYSTL": "crystal",
    "VEG": "vegetables",
    "BRKFST": "breakfast",
    "WHLSM": "wholesome",
    "BKD": "baked",
    "FD": "food",
    "MISC": "various",
    "SHERBTS": "sherbet",
    "TISS": "tissues",
    "DNR": "dinner",
    "BN": "beans",
    "CND": "canned",
    "GRND": "ground",
    "SPECILATY": "special",
    "HANDKE": "handkerchiefs",
    "EVERYDAY": "every day",
    "APPLES": "apples",
}
_SIZES: Final[Mapping[str, str]] = {
    "OZ": "oz",
    "LB": "lb",
    "GA": "gal",
    "GAL": "gal",
    "DZ": "dozen",
    "CT": "ct",
    "PT": "pt",
    "QT": "qt",
    "L": "l",
    "ML": "ml",
    "SQ": "sq",
    "FT": "ft",
    "LD": "loads",
    "LOAD": "loads",
    "PK": "pack",
    "FL": "fl",
}
_DROPPED: Final = re.compile(r"\(BULK&BAG\)?|\(BULK/PKG\)|\(.*$|\b(ALL OTHERS?|ALL|OTHER|BULK)$")
_SIZE: Final = re.compile(r"(?<![.0-9])\.?[0-9][0-9./ -]*[ /]*[A-Z]+(?: FT)?")
_CRATE: Final = re.compile(r"[0-9]+-[0-9]+ CT|(1[0-9]|[2-9][0-9]) (LB|CT)")
"""How the trade packs what a customer takes by the piece."""


def readable(kind: str, category: str, size: str | None, *, loose: bool = False) -> str:
    """``SHREDDED CHEESE``, ``CHEESE``, ``8 OZ`` → ``Shredded cheese, 8 oz``; ``loose``: by the piece."""
    name = _WHOLE.get(kind)
    if name is None:
        said = (
            f"{_CATEGORIES.get(category) or _bare(category)}, {_bare(kind)}"
            if kind in _ALONE
            else _bare(kind)
        )
        name = said[:1].upper() + said[1:]
    packed = "" if loose and size and _CRATE.search(size) else _packed(size)
    return f"{name}, {packed}" if packed else name


def _bare(text: str) -> str:
    """Lower case, spelt out, without what only a till needs."""
    left = (
        _DROPPED.sub("", text).replace("/", " / ").replace(":", ", ").replace(" - ", ", ").replace("&", " & ")
    )
    words = [_WORDS.get(word, word.lower()) for word in left.split() if word != "/"]
    return " ".join(words).strip(" ,-:") or text.lower()


def _packed(size: str | None) -> str:
    found = _SIZE.search(size) if size else None
    if found is None:
        return ""
    words = re.findall(r"\.?[0-9][0-9./-]*|[A-Z]+", found[0])
    return " ".join(f"0{word}" if word[0] == "." else _SIZES.get(word, word.lower()) for word in words)
