"""No price by a protected trait, however deep in conditions, segments and traits it is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.app.definitions import check, read_rules
from segue.domain.protected import GROUNDS, ground_of
from segue.domain.rules.yamls import dump
from segue.errors import DefinitionError

CONTENT = [{"format": "banner", "headline": "Hello"}]
HARMLESS = {"field": "orders.count", "op": ">", "value": 3}
HERS = {"field": "attributes.gender", "op": "=", "value": "f"}


def bodies(action: dict[str, Any], **files: Any) -> dict[str, str]:
    """Definitions with one action; ``segments`` and ``traits`` by name, ``survivorship`` whole."""
    whole = {"kind": "offer", "value": 8, "content": CONTENT, **action}
    found = {"actions.yaml": dump({"actions": {"coat": whole}})}
    for key, said in files.items():
        found[f"{key}.yaml"] = dump(said if key == "survivorship" else {key: said})
    return found


def offer(condition: dict[str, Any], key: str = "audience", **more: Any) -> dict[str, Any]:
    """An action with a discount."""
    return {"stock": {"sku": "1"}, "discounts": [0, 10], key: condition, **more}


def refusal(given_: dict[str, str]) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        read_rules(given_, new=True)
    return caught.value


# ── where it stands ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["audience", "applicable", "suitable"])
def test_who_is_offered_a_discount_depends_on_no_protected_trait(key: str) -> None:
    error = refusal(bodies(offer({"all": [HARMLESS, {"not": HERS}]}, key)))
    assert f"actions.coat.{key}.all.1.not" in error.message
    assert "attributes.gender" in error.message
    assert "sex or gender is protected" in error.message
    assert error.cure is not None
    assert "no discounts" in error.cure


def test_nor_does_a_lever() -> None:
    levers = [{"when": HARMLESS, "multiply": 2}, {"when": HERS, "multiply": 3}]
    error = refusal(bodies({"stock": {"sku": "1"}, "discounts": [5], "levers": levers}))
    assert "actions.coat.levers.1.when" in error.message


def test_a_floor_alone_makes_it_a_matter_of_price() -> None:
    refusal(bodies({"audience": HERS, "floor": 2.5}))


@pytest.mark.parametrize("discounts", [[], [0]])
def test_what_changes_no_price_may_be_aimed(discounts: list[int]) -> None:
    """A women's coat for women."""
    assert read_rules(bodies({"audience": HERS, "discounts": discounts}), new=True).actions


def test_a_discount_may_go_by_what_she_does() -> None:
    given_ = bodies(
        offer({"all": [HARMLESS, {"segment": "loyal"}, {"did": "Product Viewed", "at_least": 2}]}),
        segments={"loyal": {"when": {"field": "traits.frequency", "op": ">", "value": 5}}},
    )
    assert read_rules(given_, new=True).actions


def test_what_is_in_force_already_is_still_read() -> None:
    """Decisions go on, and the next who applies anything is told."""
    given_ = bodies(offer(HERS))
    assert read_rules(given_).actions
    [problem] = check(given_, {"traits.yaml": "traits: {}"})
    assert problem.name == "actions.yaml"
    assert problem.line is not None
    assert "audience" in given_["actions.yaml"].splitlines()[problem.line - 1]
    assert "attributes.gender" in problem.message


# ── behind what ──────────────────────────────────────────────────────────────

BEHIND: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a prediction": ({"field": "predictions.profile.gender", "op": "=", "value": "f"}, {}, "profile.gender"),
    "a segment": ({"segment": "ladies"}, {"segments": {"ladies": {"when": HERS}}}, "segment ladies"),
    "segments of segments": (
        {"segment": "best"},
        {"segments": {
            "best": {"when": {"any": [HARMLESS, {"not": {"segment": "ladies"}}]}}, "ladies": {"when": HERS},
        }},
        "segment best and segment ladies",
    ),
    "a trait": (
        {"field": "traits.told", "op": "=", "value": "f"},
        {"traits": {"told": {"last": "properties.gender", "of": "Profile Told"}}},
        "trait told",
    ),
    "where of a trait": (
        {"field": "traits.often", "op": ">", "value": 2},
        {"traits": {"often": {
            "count": "Profile Told", "where": {"field": "properties.religion", "op": "exists"},
        }}},
        "properties.religion, through trait often",
    ),
    "both sides of a ratio": (
        {"field": "traits.part", "op": ">", "value": 0.5},
        {"traits": {
            "told": {"count": "Told", "where": {"field": "properties.health", "op": "exists"}},
            "all_told": {"count": "Told"}, "part": {"ratio": ["told", "all_told"]},
        }},
        "trait part and trait told",
    ),
    "what a trait is told by": (
        {"field": "traits.shares.1", "op": ">", "value": 0.5},
        {"traits": {"shares": {"share": "Told", "by": "properties.age_band"}}},
        "properties.age_band",
    ),
    "an event": (
        {"did": "Told", "where": {"all": [{"field": "properties.birthDate", "op": "exists"}]}}, {},
        "properties.birthDate",
    ),
    "a field of a field": (
        {"field": "attributes.profile.2.nationality", "op": "exists"}, {}, "profile.2.nationality",
    ),
    "what a touchpoint says": ({"field": "context.device.gender", "op": "exists"}, {}, "device.gender"),
}  # fmt: skip


@pytest.mark.parametrize("behind", BEHIND)
def test_it_is_found_behind(behind: str) -> None:
    condition, files, says = BEHIND[behind]
    assert says in refusal(bodies(offer(condition), **files)).message


def nested(draw: Callable[[Any], Any], leaf: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The leaf below all, any, not and segments in any order; the condition, and the segments."""
    segments: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 12))):
        how, beside = draw(st.sampled_from(["all", "any", "not", "segment"])), draw(st.booleans())
        if how == "segment":
            segments[f"s{number}"] = {"when": leaf}
            leaf = {"segment": f"s{number}"}
        elif how == "not":
            leaf = {"not": leaf}
        else:
            leaf = {how: [HARMLESS, leaf] if beside else [leaf, HARMLESS]}
    return leaf, segments


@given(st.data(), st.sampled_from(["attributes.gender", "predictions.x.religion", "traits.frequency"]))
def test_however_deep_it_is_nested_it_is_found(data: st.DataObject, field: str) -> None:
    condition, segments = nested(data.draw, {"field": field, "op": "exists"})
    given_ = bodies(offer(condition), segments=segments)
    if field == "traits.frequency":
        assert read_rules(given_, new=True).actions
    else:
        assert field in refusal(given_).message


def test_every_place_is_told_and_whoever_changes_a_segment_is_told_too() -> None:
    audience = {"any": [HERS, {"segment": "young"}]}
    before = bodies(offer(audience), segments={"young": {"when": HARMLESS}})
    after = {
        "segments.yaml": dump({"segments": {"young": {"when": {"field": "attributes.age", "op": "exists"}}}})
    }
    told = check(before, after)
    assert [each.name for each in told] == ["actions.yaml"] * 2
    assert "attributes.age, through segment young: age or birth" in told[1].message


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "ground"),
    [
        ("gender", "sex or gender"), ("isFemale", "sex or gender"), ("Geschlecht", "sex or gender"),
        ("płeć", "sex or gender"), ("birthDate", "age or birth"), ("date-of-birth", "age or birth"),
        ("DateOfBirth2", "age or birth"), ("dob", "age or birth"), ("ageBand", "age or birth"),
        ("ethnicity", "race, colour, ethnic or social origin"), ("nationality", "nationality"),
        ("Staatsangehörigkeit", "nationality"), ("religion", "religion or belief"),
        ("political_opinion", "political or other opinion"), ("tradeUnion", "trade union membership"),
        ("union", "trade union membership"), ("healthInsurance", "health"), ("has_disability", "disability"),
        ("niepełnosprawność", "disability"), ("sexualOrientation", "sexual orientation"),
        ("genetic_test", "genetic or biometric features"), ("language", "language"), ("income", "property"),
    ],
)  # fmt: skip
def test_names_that_tell_a_ground(name: str, ground: str) -> None:
    assert ground_of(name) == ground
    assert ground in GROUNDS


@pytest.mark.parametrize(
    "name",
    [
        "page", "package", "storage", "average_basket", "message", "engagement", "image", "favourite_store",
        "credit_union", "gift", "mention", "menu", "comment", "payment_method", "village", "churn_90d",
        "title", "unisex", "stage", "usage", "coverage", "vintage", "account_age", "accountAgeDays", "city",
        "loyalty_tier", "lead_generation", "trace", "terrace", "element", "environment",
    ],
)  # fmt: skip
def test_names_that_tell_none(name: str) -> None:
    assert ground_of(name) is None


def test_a_shop_may_protect_more() -> None:
    student = offer({"field": "attributes.student", "op": "=", "value": True})
    assert read_rules(bodies(student), new=True).actions
    error = refusal(bodies(student, survivorship={"protected": ["student"]}))
    assert "attributes.student: student, by survivorship.yaml, is protected" in error.message
