"""Templates: what they may name, what they tell of a person, and what hostile ones can do."""

from __future__ import annotations

import time

import pytest

from segue.domain.templates import check_template, personal_facts, write_out
from segue.errors import DefinitionError
from tests.patience import PATIENCE

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


A = "a" * 2_000
HOSTILE = (
    "{% for a in (1..1000000000) offset: 999999990 %}x{% endfor %}",
    "{% tablerow a in (1..1000000000) offset: 999999998 %}x{% endtablerow %}",
    "{% if (1..1000000000) contains 'x' %}y{% endif %}",
    "{% assign r = (1..1000000000) %}{% if r contains 1.5 %}y{% endif %}",
    "{% if true %}{% capture c %}{{ (1..1000000000) | join: ',' }}{% endcapture %}{% endif %}",
    "{% case 1 %}{% when 1 %}{{ (1..1000000000) | sort | first }}{% endcase %}",
    "{{ (1..1000000000) | sum }}",
    "{{ (1..1000000000) | uniq | size }}",
    "{{ (-1000000000..5) | reverse | first }}",
    "{{ 'a' | append: 'b' | default: (1..1000000000) | compact | size }}",
    f"{{{{ '{A}' | replace: 'a', '{A}' | size }}}}",
    f"{{{{ '{A}' | replace: '', '{A}' | size }}}}",
    f"{{{{ '{A}' | split: '' | join: '{A}' | size }}}}",
    f"{{% for i in (1..900) %}}{{% assign x = '{A}' | replace: 'a', '{A}' | size %}}{{% endfor %}}",
)
"""Ranges are lazy and filters are not: what would take minutes or all of the memory."""


@pytest.mark.parametrize("text", HOSTILE)
def test_no_template_is_endless_or_takes_all_of_the_memory(text: str) -> None:
    """The suite would end here, were one of them written out as it stands."""
    began = time.monotonic()
    with pytest.raises(DefinitionError, match="too m"):
        check_template(text, "content.0.headline")
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("text", HOSTILE)
def test_nor_is_it_with_what_a_visitor_says(text: str) -> None:
    """The same where the numbers and texts come with the question, and nothing of it is seen at reading."""
    asked = text.replace("-1000000000", "context.less").replace("1000000000", "context.n")
    asked = asked.replace("999999990", "context.m").replace("999999998", "context.m")
    asked = asked.replace(f"'{A}'", "context.text")
    check_template(asked, "content.0.headline")
    context = {"n": 10**9, "less": -(10**9), "m": 999_999_990, "text": "a" * 900_000}
    began = time.monotonic()
    assert write_out(asked, {"context": context}) == ""
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{% for a in (1..3) %}{{ a }}{% endfor %}", "123"),
        ("{% for a in (1..context.n) reversed %}{{ a }}{% endfor %}", "4321"),
        ("{% for a in (3..1) %}x{% endfor %}{% for a in (-2..context.none) %}{{ a }}{% endfor %}", "-2-10"),
        ("{{ (1..5) | join: '-' }} {{ (2..4) }} {{ (1..1000) | size }}", "1-2-3-4-5 2..4 1000"),
        ("{% if (1..4) contains context.n %}yes{% endif %}", "yes"),
        ("{{ context.page | replace: '-', ' ' | capitalize | truncate: 9 }}", "Red mu..."),
        ("{{ context.off | default: 'x', allow_false: true }}{{ context.off | default: 'y' }}", "falsey"),
        ("{{ '2026-03-01' | date: '%d.%m.' }}", "01.03."),
        ("{{ products | where: 'sku', 'b' | map: 'name' | join: ', ' }}", "Bread"),
        ("{{ products | sort: 'name' | map: 'sku' | first }}", "b"),
    ],
)
def test_what_is_modest_is_written_as_ever(text: str, written: str) -> None:
    context = {"n": 4, "page": "red-mugs-of-enamel", "off": False}
    products = [{"sku": "m", "name": "Milk"}, {"sku": "b", "name": "Bread"}]
    check_template(text, "x")
    assert write_out(text, {"context": context, "products": products}) == written
