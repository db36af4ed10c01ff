"""Business files: read, written out again, and refused with the nearest right word."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.rules import (
    WINDOWS,
    AttributeRule,
    IdentityRules,
    KindRule,
    Limit,
    PlannedEvent,
    Purpose,
    Purposes,
    Survivorship,
    TrackingPlan,
    default_identity,
    default_purposes,
)
from segue.domain.rules.read import (
    read_identity,
    read_plan,
    read_purposes,
    read_survivorship,
    to_yaml,
)
from segue.errors import DefinitionError


def no_schema(path: str) -> dict[str, Any]:
    raise DefinitionError(f"there is no schema {path!r}")


IDENTITY = r"""
identifiers:
  user_id:      {priority: 1, unique: true}                       # unique: never two values in one person
  loyalty_card: {priority: 2, limit: 5}
  email:        {priority: 3, limit: {count: 5, per: year}, normalise: email}
  phone:        {priority: 4, limit: {count: 5, per: year}, normalise: {e164: DE}}
  device_id:    {priority: 8, device: true, limit: {count: 5, per: year}}
  anonymous_id: {priority: 9, device: true, limit: {count: 5, per: week}}
from:
  email: [traits.email, context.traits.email, properties.email]
  phone: [traits.phone, context.traits.phone]
  device_id: [context.device.id]
  "*": context.externalIds
blocked:
  "*": ["^[0-]*$", "-1", "(?i)null|none|nan|undefined|anonymous|guest|unknown|test|\\[object Object\\]"]
"""


def test_the_documented_identity_file_is_the_default() -> None:
    assert read_identity(IDENTITY) == default_identity()


def test_what_is_left_out_is_as_in_a_new_installation() -> None:
    rules = read_identity("identifiers: {email: {priority: 1, normalise: email}}")
    assert rules.blocked == default_identity().blocked
    assert rules.paths == {
        "email": ("traits.email", "context.traits.email", "properties.email"),
        "*": ("context.externalIds",),
    }


def test_norway_is_a_region() -> None:
    rules = read_identity("identifiers: {phone: {priority: 1, normalise: {e164: NO}}}")
    assert rules.kinds["phone"].normalise == "e164:NO"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("identifers: {}", "did you mean 'identifiers'?"),
        ("identifiers: {user_id: {priorty: 1}}", "did you mean 'priority'?"),
        ("identifiers: {u: {priority: 1, limit: {count: 2, per: weeks}}}", "did you mean 'week'?"),
        ("identifiers: {u: {priority: 0}}", "correct it"),
        ("identifiers: {u: {priority: 1, unique: maybe}}", "write true or false"),
        ("identifiers: {u: {priority: 1, normalise: emial}}", "use none, lower, email or {e164: REGION}"),
        ("identifiers: {u: {priority: 1, normalise: {e164: XX}}}", "use two letters, for example DE"),
        ("identifiers: {u: {priority: 1}}\nblocked: {'*': ['(']}", "patterns are written as for RE2"),
        ("identifiers: {u: {priority: 1}}\nfrom: {u: trait.u}", "did you mean 'traits'?"),
        ("identifiers: {email: {priority: 1}}\nfrom: {emial: traits.x}", "did you mean 'email'?"),
        ("identifiers: {'a:b': {priority: 1}}", "no colon"),
        ("identifiers: {}", "at least one kind"),
        ("- a list", "key: value"),
        ("a: [", "correct the YAML"),
        ("a:\n\tb: 1", "indent with spaces"),
    ],
)
def test_a_wrong_identity_file_names_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_identity(text)
    assert says in (caught.value.cure or "")


def test_survivorship_as_documented() -> None:
    text = """
trust: [crm, till, app, web]
default: [proven, trust, recency]
attributes:
  birthday: [proven, trust, frequency]
third_party: {sources: [acme_data], below: everything}
"""
    assert read_survivorship(text) == Survivorship(
        trust=("crm", "till", "app", "web"),
        attributes={"birthday": AttributeRule(("proven", "trust", "frequency"))},
        third_party=("acme_data",),
    )
    with pytest.raises(DefinitionError, match="recent"):
        read_survivorship("default: [recent]")


def test_purposes_as_documented() -> None:
    text = """
purposes:
  service:         {basis: contract}
  personalisation: {basis: consent, channels: [web, app, kiosk, associate, till]}
  marketing:       {basis: consent, channels: [email, sms, push, messenger]}
collection: {web: strip_identifiers}
"""
    assert read_purposes(text) == Purposes(
        purposes=default_purposes().purposes, collection={"web": "strip_identifiers"}
    )
    with pytest.raises(DefinitionError) as caught:
        read_purposes("collection: {web: strip_identifier}")
    assert caught.value.cure == "did you mean 'strip_identifiers'?"


def test_a_plan_loads_its_schemas_from_beside_it() -> None:
    schema = {"type": "object", "required": ["order_id"]}
    plan = read_plan(
        "events: {Order Completed: {schema: schemas/order.json, on_violation: trim}}\n"
        "unplanned: {event: reject, property: trim}",
        lambda path: schema if path == "schemas/order.json" else no_schema(path),
    )
    assert plan == TrackingPlan(
        events={"Order Completed": PlannedEvent(schema=schema, on_violation="trim")},
        unplanned_event="reject",
        unplanned_property="trim",
    )


@pytest.mark.parametrize(
    "schema",
    [
        "{$ref: 'https://example.com/a.json'}",
        "{properties: {a: {$ref: 'file:///etc/passwd'}}}",
        "{properties: {a: {pattern: '(?=x)'}}}",
        "{patternProperties: {'(': {}}}",
        "{type: objekt}",
        "{unevaluatedProperties: false}",
    ],
)
def test_a_schema_that_reaches_outside_or_is_none_is_refused(schema: str) -> None:
    with pytest.raises(DefinitionError):
        read_plan(f"events: {{A: {{schema: {schema}}}}}", no_schema)


# ── there and back ─────────────────────────────────────────────────────────────────

names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
limits = st.none() | st.builds(
    Limit, st.integers(1, 99), st.none() | st.sampled_from(sorted(WINDOWS.values()))
)
kinds = st.builds(
    KindRule,
    priority=st.integers(1, 99),
    unique=st.booleans(),
    device=st.booleans(),
    limit=limits,
    normalise=st.sampled_from(["none", "lower", "email", "e164:DE", "e164:NO"]),
)


@st.composite
def identities(draw: st.DrawFn) -> IdentityRules:
    chosen = draw(st.dictionaries(names, kinds, min_size=1, max_size=4))
    kind = st.sampled_from([*chosen, "*"])
    paths = st.lists(names.map(lambda name: f"traits.{name}"), min_size=1, max_size=3).map(tuple)
    patterns = st.lists(st.sampled_from(["^x$", "(?i)none", r"\d+", "no", "-1"]), min_size=1).map(tuple)
    return IdentityRules(
        kinds=chosen,
        paths=draw(st.dictionaries(kind, paths, max_size=3)),
        blocked=draw(st.dictionaries(kind, patterns, max_size=3)),
    )


@settings(max_examples=100, deadline=None)
@given(identities())
def test_identity_rules_survive_being_written_and_read(rules: IdentityRules) -> None:
    assert read_identity(to_yaml(rules)) == rules


By = Literal["proven", "trust", "recency", "frequency"]
ways: list[By] = ["proven", "trust", "recency", "frequency"]
by = st.lists(st.sampled_from(ways), min_size=1, max_size=4).map(lambda chosen: AttributeRule(tuple(chosen)))
sources = st.lists(names | st.sampled_from(["no", "on", "1", "null"]), max_size=3).map(tuple)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Survivorship,
        trust=sources,
        default=by,
        attributes=st.dictionaries(names, by),
        third_party=sources,
        protected=sources,
    )
)
def test_survivorship_survives_being_written_and_read(rules: Survivorship) -> None:
    assert read_survivorship(to_yaml(rules)) == rules


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Purposes,
        purposes=st.dictionaries(
            names, st.builds(Purpose, basis=st.sampled_from(["consent", "contract"]), channels=sources)
        ),
        collection=st.dictionaries(names, st.sampled_from(["store", "strip_identifiers", "drop"])),
    )
)
def test_purposes_survive_being_written_and_read(purposes: Purposes) -> None:
    assert read_purposes(to_yaml(purposes)) == purposes


def test_a_plan_survives_being_written_and_read() -> None:
    plan = TrackingPlan(
        events={"No": PlannedEvent(schema={"properties": {"a": {"pattern": "^no$"}}}, on_violation="reject")},
        unplanned_event="flag",
    )
    assert read_plan(to_yaml(plan), no_schema) == plan


def test_brackets_without_end_are_refused_before_a_parser_sees_them() -> None:
    with pytest.raises(DefinitionError, match="brackets"):
        read_identity("a: " + "[" * 20_000)
