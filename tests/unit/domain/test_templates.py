"""Templates: what they may name, what they tell of a person, and what hostile ones can do."""

from __future__ import annotations

import pytest

from segue.domain.templates import check_template, personal_facts, write_out
from segue.errors import DefinitionError

GREETING = "Good morning, {{ person.first_name | default: 'there' }}"


def test_places_are_filled() -> None:
    assert write_out(GREETING, {"person": {"first_name": "Ann"}}) == "Good morning, Ann"
    assert write_out(GREETING, {"person": {}}) == "Good morning, there"
    assert write_out("Plain { text }", {}) == "Plain { text }"


def test_what_is_told_of_a_person_is_known_beforehand() -> None:
    assert personal_facts(GREETING) == {"first_name"}
    assert personal_facts("{{ product.name }} for {{ discount }} %") == frozenset()
    assert personal_facts("{% if person.city == 'Ulm' %}{{ context.weather.temp_c }}{% endif %}") == {"city"}
    assert personal_facts("{{ person['first name'] }}{{ person.home.city }}") == {"first name", "home.city"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ person }}",
        "{{ person | upcase }}",
        "{% assign p = person %}{{ p.email }}",
        "{% for each in person %}{{ each[1] }}{% endfor %}",
        "{{ person[context.page] }}",
    ],
)
def test_all_that_is_known_of_her_is_told_by_no_text(text: str) -> None:
    with pytest.raises(DefinitionError, match="all that is known"):
        check_template(text, "there")


@pytest.mark.parametrize(
    "text",
    [
        "{{ person.name",
        "{% if %}",
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}",
        "{% include 'secrets' %}",
        "{% render '/etc/passwd' %}",
        "{{ secrets.key }}",
        "{{ '' | no_such_filter }}",
        "{% if true %}" * 50 + "{% endif %}" * 50,
    ],
)
def test_what_is_hostile_is_refused_at_reading(text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        check_template(text, "content.0.headline")
    assert caught.value.cure
    assert caught.value.place == "content.0.headline"


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in (1..context.n) %}xxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}",
        "{{ 1 | divided_by: context.zero }}",
    ],
)
def test_what_fails_only_with_its_values_is_empty(text: str) -> None:
    check_template("{{ context.n }}", "x")
    assert write_out(text, {"context": {"n": 10**12, "zero": 0}}) == ""
