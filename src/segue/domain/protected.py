"""Traits by which nobody's price may differ, and how fields that tell them are usually called.

The grounds are those of Article 21 of the Charter of Fundamental Rights of the European Union (sex, race,
colour, ethnic or social origin, genetic features, language, religion or belief, political or any other
opinion, membership of a national minority, property, birth, disability, age, sexual orientation,
nationality) and the special categories of data of Article 9 of the GDPR (racial or ethnic origin, political
opinions, religious or philosophical beliefs, trade union membership, genetic and biometric data, health, sex
life and sexual orientation). A field is judged by its name: its words in English, German and Polish, however
they are joined (``birthDate``, ``date-of-birth``, ``DateOfBirth2``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

GROUNDS: Final[Mapping[str, str]] = {
    "sexual orientation": r"sexual|sexuality|sex_?life|orientation|orientacja|sexuelle|lgbt\w*",
    "sex or gender": (
        r"sex|gender|\w*gender|geschlecht|plec|pronouns?|salutation|anrede|female|male|woman|women|man|men"
        r"|pregnan\w*|matern\w*|schwanger\w*|ciaz\w*"
    ),
    "age or birth": (
        r"age|ages|aged|\w+age_?band|agegroup|ageband|birth\w*|\w+ofbirth|dob|yob|born|senior|seniors|alter"
        r"|geburt\w*|wiek|urodz\w*"
    ),
    "race, colour, ethnic or social origin": (
        r"race|racial|ethni\w*|skin_colou?r|colou?r_of_skin|social_origin|caste|migrant|migration|minority"
        r"|rasse|hautfarbe|herkunft|ethnie|rasa|pochodzenie|minderheit"
    ),
    "nationality": (
        r"nationalit\w*|citizen\w*|immigra\w*|staatsangehorigkeit|staatsangehoerigkeit|staatsburger\w*"
        r"|obywatel\w*|narodowosc"
    ),
    "religion or belief": (
        r"religio\w*|faith|belief|beliefs|denomination|confession|konfession|glaube|wyznani\w*|religi\w*"
    ),
    "political or other opinion": r"politic\w*|politisch\w*|politycz\w*|voter|voting|partei|opinion|opinions",
    "trade union membership": (
        r"(?:trade|labou?r)_?unions?|unions?_?member\w*|member_of_unions?|unionis\w*|unioniz\w*|gewerkschaft\w*"
        r"|zwiazek_zawodowy|zwiazki_zawodowe"
    ),
    "health": (
        r"health\w*|medical\w*|medic(?:ine|ation)\w*|diagnos\w*|disease\w*|illness\w*|allerg\w*|diet|dietary"
        r"|bmi|patient|gesundheit\w*|krankheit\w*|zdrowi\w*|chorob\w*"
    ),
    "disability": (
        r"disab\w*|handicap\w*|impairment\w*|wheelchair|behinder\w*|schwerbehindert|niepelnospraw\w*"
    ),
    "genetic or biometric features": r"genetic\w*|genom\w*|dna|biometr\w*|face_?print|voice_?print",
    "language": r"languages?|mother_tongue|sprachen?|muttersprache|jezyk\w*",
    "property": r"income\w*|salary|wealth|net_?worth|einkommen|vermogen|vermoegen|dochod\w*|majatek",
}
"""Ground → what stands between other words of a field that tells it."""

_FOUND: Final = [(ground, re.compile(rf"(?:^|_)(?:{words})(?:_|$)")) for ground, words in GROUNDS.items()]
_UNION: Final = "union"
_OF_THINGS: Final = re.compile(
    r"(?:account|basket|cart|card|consent|device|member(?:ship)?|order|page|record|session|visit)_age(?=_|$)"
)
"""Ages that are not hers."""


def ground_of(name: str) -> str | None:
    """The ground that a field of this name tells; None: none that its name gives away."""
    words = _OF_THINGS.sub("", words_of(name))
    if words == _UNION:
        return "trade union membership"
    return next((ground for ground, pattern in _FOUND if pattern.search(words)), None)


def words_of(name: str) -> str:
    """A name as small words without accents, joined by _: ``birthDate2`` → ``birth_date``."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    return "_".join(re.findall(r"[a-z]+", apart.lower()))
