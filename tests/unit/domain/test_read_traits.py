"""traits.yaml and segments.yaml: read, written out again, and refused with the nearest right word."""

from __future__ import annotations

import pytest

from segue.app.definitions import check, read_rules
from segue.domain.conditions import All, Compare, Window
from segue.domain.rules.built_in import built_in_traits
from segue.domain.rules.segments import read_segments, segments_to_yaml
from segue.domain.rules.traits import read_traits, traits_to_yaml
from segue.domain.traits import Trait
from segue.errors import DefinitionError

TRAITS = """
traits:
  orders_90d:         {count: Order Completed, window: 90 days}
  orders_365d:        {count: Order Completed, window: 365 days}
  spend_365d:         {sum: properties.revenue, of: Order Completed, window: 365 days}
  favourite_category: {most_frequent: products.category, of: Order Completed, window: 180 days, weight: products.quantity}
  categories_seen:    {distinct: properties.category, of: Product Viewed, window: 30 days}
  days_since_order:   {days_since_last: Order Completed}
  average_basket:     {ratio: [spend_365d, orders_365d]}
  visits:             {rate: [page, screen], window: 4 weeks, per: 7 days, title: Visits a week}
  tea:                {share: products.price, of: Order Completed, weight: products.quantity,
                       where: {field: products.category, op: in, value: [tea, 5, true]}}
"""  # noqa: E501
SEGMENTS = """
segments:
  everything:
    when:
      all:
        - {field: traits.orders_90d, op: ">=", value: 3}
        - any:
            - {field: attributes.city, op: in, value: [Berlin, Hamburg]}
            - {field: predictions.churn_30d, op: ">", value: 0.6}
        - not: {did: Order Refunded, at_least: 1, within: 30 days}
        - {did: Product Viewed, where: {field: properties.category, op: "=", value: shoes}, at_least: 2, within: 7 days}
        - {consent: marketing, channel: email, is: granted}
        - {segment: loyal_at_risk}
        - {near: {store: s12, km: 3}, within: 2 hours}
        - {field: attributes.joined, op: ">", value: 2026-01-01}
  loyal_at_risk: {title: Loyal and slipping away, when: {all: [{field: traits.orders_365d, op: ">=", value: 10}, {field: traits.days_since_order, op: ">", value: 45}]}}
"""  # noqa: E501


def test_traits_as_documented_go_round() -> None:
    traits = read_traits(TRAITS)
    by_name = {trait.name: trait for trait in traits}
    assert by_name["favourite_category"] == Trait(
        name="favourite_category",
        how="most_frequent",
        of=("Order Completed",),
        field=("products", "category"),
        window=Window("days", 180),
        weight=("products", "quantity"),
    )
    assert by_name["visits"].window == Window("days", 28)
    assert read_traits(traits_to_yaml(traits)) == traits


def test_a_definition_replaces_the_built_in_one_of_its_name() -> None:
    built_in = {trait.name for trait in built_in_traits()}
    traits = read_traits(TRAITS)
    assert built_in <= {trait.name for trait in traits}
    [basket] = [trait for trait in traits if trait.name == "average_basket"]
    assert basket.parts == ("spend_365d", "orders_365d")
    assert not basket.built_in


def test_segments_as_documented_go_round() -> None:
    traits = read_traits(TRAITS)
    segments = read_segments(SEGMENTS, traits, ["marketing"])
    first = segments[0].when
    assert isinstance(first, All)
    assert first.items[-1] == Compare(("attributes", "joined"), ">", "2026-01-01")
    assert read_segments(segments_to_yaml(segments), traits) == segments


@pytest.mark.parametrize(
    ("text", "says", "cure"),
    [
        ("a: {cuont: page}", "nothing says", "did you mean 'count'?"),
        ("a: {count: page, windw: 3 days}", "'windw' is not known", "did you mean 'window'?"),
        ("a: {count: page, window: 30 minutes}", "whole hours or days", "1 hour"),
        ("a: {count: page, window: soon}", "no duration", "7 days"),
        ("a: {count: page, window: 9999 days}", "1 to 3660 days", "choose"),
        ("a: {count: page, sum: properties.x}", "side by side", "two traits"),
        ("a: {sum: properties.x}", "of is missing", "of:"),
        ("a: {sum: property.x, of: page}", "leads nowhere", "did you mean 'properties'?"),
        ("a: {sum: properties, of: page}", "alone says nothing", "properties.name"),
        ("a: {rate: page, window: 7 days}", "window and per", "per"),
        ("a: {share: page}", "a share of what", "by"),
        ("a: {first: properties.x, of: page, by: channel}", "first has no by", "count"),
        ("a: {ratio: [recncy, frequency]}", "no trait 'recncy'", "did you mean 'recency'?"),
        ("a: {ratio: [favourite_store, frequency]}", "is no number", "numbers"),
        ("a: {ratio: [b, recency]}\n  b: {ratio: [a, recency]}", "a → b → a", "stand alone"),
        ("a: {ratio: [a, a]}", "a → a", "stand alone"),
        ("Big: {count: page}", "cannot be a name", "lower-case"),
        ("a: {count: page, where: {did: page}}", "did cannot stand", "out of where"),
        ("a: {count: page, where: {field: properties.x, op: '=>', value: 1}}", "'=>'", "did you mean '>'?"),
        ("a: {count: page, where: {field: properties.x, op: '='}}", "needs a value", "missing"),
        ("a: {count: page, where: {field: 'properties.x\"y', op: exists}}", "step of a path", "use no"),
    ],
)
def test_a_wrong_trait_says_what_would_be_right(text: str, says: str, cure: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_traits(f"traits:\n  {text}\n")
    assert says in caught.value.message
    assert cure in (caught.value.cure or "")


@pytest.mark.parametrize(
    ("when", "says", "cure"),
    [
        ("{field: traits.recncy, op: '>', value: 1}", "traits.recncy", "did you mean 'recency'?"),
        ("{field: orders.cuont, op: '>', value: 1}", "orders.cuont", "did you mean 'count'?"),
        ("{field: traits.recency, op: '>', value: much}", "is a number", "with a number"),
        ("{field: traits.store_affinity, op: '>', value: 1}", "for each", "traits.store_affinity.NAME"),
        ("{field: context.weather.temp_c, op: '<', value: 5}", "cannot stand", "decision"),
        ("{segment: other}", "no segment 'other'", "known here"),
        ("{segment: a}", "a → a", "stand alone"),
        ("{consent: marketng}", "no purpose", "did you mean 'marketing'?"),
        ("{did: page, within: 5 minutes}", "whole hours", "1 hour"),
        ("{all: [{feld: traits.recency}]}", "'feld' is no condition", "did you mean 'field'?"),
    ],
)
def test_a_wrong_segment_says_what_would_be_right(when: str, says: str, cure: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_segments(f"segments:\n  a: {{when: {when}}}\n", built_in_traits(), ["marketing"])
    assert says in caught.value.message
    assert cure in (caught.value.cure or "")


def test_what_is_wrong_has_its_line_also_inside_lists() -> None:
    segments = """segments:
  a:
    when:
      all:
        - {field: traits.recency, op: ">", value: 1}
        - {field: traits.recency, op: "=>", value: 1}
"""
    [problem] = check({}, {"segments.yaml": segments})
    assert (problem.name, problem.line) == ("segments.yaml", 6)


def test_taking_a_trait_away_is_refused_while_a_segment_names_it() -> None:
    bodies = {"traits.yaml": TRAITS, "segments.yaml": SEGMENTS}
    assert check({}, bodies) == []
    without = TRAITS.replace("orders_90d", "orders_91d")
    [problem] = check(bodies, {"traits.yaml": without})
    assert problem.name == "segments.yaml"
    assert "orders_90d" in problem.message
    assert {trait.name for trait in read_rules({}).traits} == {trait.name for trait in built_in_traits()}
