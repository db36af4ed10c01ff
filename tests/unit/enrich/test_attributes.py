"""Attributes survive by rule, and say where they come from."""

from __future__ import annotations

from typing import Any

import msgspec

from segue.domain.events import Event
from segue.domain.rules import AttributeRule, Rules, Survivorship
from segue.enrich.record import AttributePart
from tests.unit.enrich.making import RULES, event, record_of


def identify(at: float = 0, *, source: str = "web", proven: bool = True, **traits: Any) -> Event:
    return event(type="identify", at=at, source=source, proven=proven, traits=traits)


def ruled(**fields: Any) -> Rules:
    return msgspec.structs.replace(RULES, survivorship=Survivorship(**fields))


def attributes(*events: Event, rules: Rules = RULES) -> dict[str, AttributePart]:
    return record_of(*events, rules=rules).attributes


def test_the_latest_value_survives_and_the_others_stay_with_their_provenance() -> None:
    city = attributes(
        identify(0, city="Bonn", source="crm"), identify(60, city="Kiel"), identify(90, city="Kiel")
    )["city"]
    assert (city.value, city.source, city.count, city.claimed) == ("Kiel", "web", 2, False)
    assert city.observed_at == "2026-03-01T12:01:30Z"
    assert [(other.value, other.source) for other in city.others] == [("Bonn", "crm")]


def test_trust_comes_before_recency_where_the_rule_says_so() -> None:
    rules = ruled(trust=("crm", "web"))
    told = (
        identify(0, city="Bonn", source="crm"),
        identify(60, city="Kiel"),
        identify(90, city="Ulm", source="x"),
    )
    assert attributes(*told, rules=rules)["city"].value == "Bonn"


def test_a_claim_overwrites_no_proven_value_even_where_the_rule_asks_for_the_latest_only() -> None:
    rules = ruled(default=AttributeRule(("recency",)))
    told = identify(0, city="Bonn"), identify(60, city="Kiel", proven=False)
    city = attributes(*told, rules=rules)["city"]
    assert (city.value, city.claimed) == ("Bonn", False)
    assert city.others[0].claimed


def test_frequency_counts_a_value_over_all_sources() -> None:
    rules = ruled(attributes={"birthday": AttributeRule(("proven", "frequency"))})
    told = [identify(n, birthday="1980-01-01", source=f"s{n}") for n in range(3)]
    later = [identify(10 + n, birthday="1999-09-09") for n in range(2)]
    assert attributes(*told, *later, rules=rules)["birthday"].value == "1980-01-01"


def test_claims_however_frequent_choose_nothing_among_proven_values() -> None:
    rules = ruled(third_party=("acme_data",), attributes={"birthday": AttributeRule(("frequency",))})
    told = [
        identify(0, birthday="1980-01-01", source="crm"),
        identify(1, birthday="1980-01-01", source="till"),
        identify(9, birthday="1999-09-09", source="crm"),
    ]
    flood = [identify(20 + n, birthday="1999-09-09", proven=False) for n in range(9)]
    bought = [identify(40 + n, birthday="1999-09-09", source="acme_data") for n in range(9)]
    assert attributes(*told, *flood, *bought, rules=rules)["birthday"].value == "1980-01-01"


def test_bought_in_data_is_marked_and_ranks_below_everything() -> None:
    rules = ruled(third_party=("acme_data",), default=AttributeRule(("recency",)))
    told = identify(0, income="low", proven=False), identify(60, income="high", age=40, source="acme_data")
    found = attributes(*told, rules=rules)
    assert (found["income"].value, found["income"].third_party) == ("low", False)
    assert found["income"].others[0].third_party
    assert found["age"].third_party


def test_null_says_that_there_is_no_value_and_absence_says_nothing() -> None:
    found = attributes(identify(0, city="Bonn", age=40), identify(60, city=None))
    assert found["city"].value is None
    assert found["age"].value == 40


def test_camel_and_snake_name_the_same_attribute() -> None:
    found = attributes(
        identify(0, firstName="Ann"), identify(1, first_name="Anne"), identify(2, FirstName="Anna")
    )
    assert list(found) == ["first_name"]
    assert found["first_name"].value == "Anna"


def test_values_keep_their_shape() -> None:
    address = {"city": "Bonn", "tags": ["a", 1, None]}
    assert attributes(identify(address=address))["address"].value == address


def test_a_flood_of_claims_displaces_no_proven_value() -> None:
    traits: list[dict[str, Any]] = [{"city": f"c{n}", f"a{n}": n} for n in range(400)]
    flood = [identify(10 + n, proven=False, **said) for n, said in enumerate(traits)]
    found = attributes(identify(0, city="Bonn", age=40), *flood)
    assert found["city"].value == "Bonn"
    assert found["age"].value == 40


def test_a_value_that_changed_very_often_is_still_the_latest() -> None:
    found = attributes(*[identify(n, city=f"c{n}") for n in range(100)])
    assert found["city"].value == "c99"


def test_values_too_long_to_keep_stay_in_the_lake() -> None:
    assert "essay" not in attributes(identify(essay="x" * 5_000, city="Bonn"))
