"""A condition means the same to the loop and over the snapshot, whatever people's data look like."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.adapters.duckdb.snapshot import SnapshotFolder
from segue.app.segments.shape import Columns
from segue.domain.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Consented,
    Did,
    InSegment,
    Near,
    Not,
    Window,
)
from segue.domain.identifiers import FragmentId
from segue.domain.rules import Purpose, Purposes, Rules, default_identity
from segue.domain.traits import Segment
from segue.enrich.golden import PersonParts
from segue.enrich.segments.compile import segments_of, truth_of
from segue.enrich.segments.facts import Facts
from segue.enrich.segments.sql import Known, predicate, unknown
from segue.enrich.traits.plan import did_name

NASTY = [
    "",
    "a",
    "A",
    "shoes",
    "3",
    "true",
    "x' or 'a'='a",
    '"; drop table staged; --',
    "$p0",
    "ü",
    "\U0001f600",
    "\0z",
]
TEXT = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
NUMBER = (
    st.integers(-3, 3)
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 6))
    | st.sampled_from([0.1, 0.3, -0.0, 3.0, 2.5])
)
SCALAR = NUMBER | TEXT | st.booleans()
ANYTHING = st.recursive(
    SCALAR | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "3"]), inner, max_size=3)
    ),
    max_leaves=4,
)
NAMES = st.sampled_from(["a", "b", "c"])
DIDS = [
    Did("Product Viewed", None, 1, Window("days", 7)),
    Did("Order Completed", Compare(("properties", "x"), "=", 1), 1, None),
]
CHANNELS = st.sampled_from(["email", "sms", "web", "*"])
PURPOSES = Purposes(
    purposes={
        "service": Purpose(basis="contract"),
        "offers": Purpose(basis="legitimate_interest", channels=("email", "web")),
        "marketing": Purpose(basis="consent", channels=("email", "sms")),
        "other": Purpose(basis="consent"),
    }
)
SPOKEN = st.sampled_from(["service", "offers", "marketing", "other", "unheard"])

MOMENT = st.integers(-2, 3 * 24).map(lambda hours: 1_772_323_200_000_000 + hours * 3_600_000_000)
"""Around 2026-03-01."""
WRITTEN = st.sampled_from(["2026-03-01", "2026-03-02", "2026-03-01T12:00:00Z", "2026-03-02T01:00:00+01:00"])

FACTS = st.builds(
    Facts,
    traits=st.dictionaries(NAMES, SCALAR | st.none(), max_size=3).flatmap(
        lambda plain: st.fixed_dictionaries(
            {},
            optional={
                "aff": st.dictionaries(st.sampled_from(["shoes", "a", "3"]), NUMBER, max_size=3) | st.none(),
                **{did_name(did): st.integers(0, 4) for did in DIDS},
            },
        ).map(lambda more: plain | more)
    ),
    attributes=st.dictionaries(NAMES, ANYTHING, max_size=3),
    predictions=st.dictionaries(
        st.sampled_from(["churn", "profile.age"]),
        st.fixed_dictionaries(
            {
                "at": st.integers(0, 9),
                "value": NUMBER.map(float),
                "low": NUMBER.map(float),
                "high": NUMBER.map(float),
            }
        ).flatmap(lambda row: (st.none() | TEXT).map(lambda label: row | {"label": label})),
        max_size=2,
    ),
    orders=st.fixed_dictionaries(
        {},
        optional={
            "count": st.integers(0, 3),
            "revenue": NUMBER,
            "currency": TEXT | st.none(),
            "last_at": MOMENT,
        },
    ),
    sessions=st.fixed_dictionaries(
        {}, optional={"cart": st.dictionaries(st.just("state"), TEXT) | st.none()}
    ),
    consent=st.dictionaries(
        SPOKEN, st.dictionaries(CHANNELS, st.booleans(), min_size=1, max_size=3), max_size=3
    ),
)

PATHS = st.sampled_from(
    [("traits", each) for each in "abc"]
    + [("traits", "aff"), ("traits", "aff", "shoes"), ("traits", "aff", "none")]
    + [("attributes", *rest) for rest in (("a",), ("b",), ("c",), ("nobody",), ("a", "a"), ("b", "a", "b"))]
    + [("predictions", *rest) for rest in (("churn",), ("profile", "age"), ("churn", "low"), ("never",))]
    + [("predictions", "profile", "age", "label"), ("orders", "count"), ("orders", "revenue")]
    + [("sessions", "cart", "state"), ("orders", "currency"), ("context", "daypart")]
    + [("orders", "last_at")]
)
TYPED = st.one_of(
    st.builds(
        Compare,
        st.just(("orders", "revenue")),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        NUMBER | NUMBER.map(str),
    ),
    st.builds(
        Compare,
        st.just(("orders", "last_at")),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        WRITTEN,
    ),
    st.builds(
        Compare,
        st.just(("orders", "last_at")),
        st.sampled_from(["in", "not_in"]),
        st.lists(WRITTEN, min_size=1, max_size=3).map(tuple),
    ),
)
COMPARE = st.one_of(
    st.builds(
        Compare, PATHS, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "contains", "starts_with"]), SCALAR
    ),
    st.builds(
        Compare, PATHS, st.sampled_from(["in", "not_in"]), st.lists(SCALAR, min_size=1, max_size=4).map(tuple)
    ),
    st.builds(Compare, PATHS, st.sampled_from(["exists", "missing"])),
)
LEAF = st.one_of(
    COMPARE,
    COMPARE,
    TYPED,
    COMPARE,
    st.builds(
        lambda did, often: msgspec.structs.replace(did, at_least=often),
        st.sampled_from(DIDS),
        st.integers(1, 4),
    ),
    st.builds(
        Consented,
        SPOKEN,
        st.none() | st.sampled_from(["email", "sms", "web", "app"]),
        st.sampled_from(["granted", "denied"]),
    ),
    st.builds(InSegment, st.sampled_from(["one", "two"])),
    st.just(Near("s12", 3.0, Window("hours", 2))),
)
CONDITION: st.SearchStrategy[Condition] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: All(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: AnyOf(tuple(items))),
        inner.map(Not),
    ),
    max_leaves=8,
)


def person(number: int) -> PersonParts:
    return PersonParts(person_id=FragmentId(number.to_bytes(16, "big")), fragments=[])


def shaped(folder: Path, people: list[Facts], rules: Rules) -> tuple[SnapshotFolder, str, Known]:
    """A snapshot of these people."""
    columns, files = Columns(rules), SnapshotFolder(folder)
    with files.staging() as staging:
        for number, facts in enumerate(people):
            staging.add(columns.row(person(number), facts), columns.kinds)
        columns.expect(["one"], ["a", "b", "c", "aff", *map(did_name, DIDS)])
        staging.whole(columns.kinds)
        schema, batches = staging.batches(columns.statement(), {})
        name = files.publish(1, schema, batches, lambda _: b"{}")
    fields = {field.path: field for field in columns.fields()}
    known = Known(
        fields=fields,
        consents=columns.consents,
        members={"one": columns.members["one"]},
        segments={segment.name: segment.when for segment in rules.segments},
        purposes=PURPOSES,
    )
    return files, name, known


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.lists(FACTS, min_size=1, max_size=6), st.lists(CONDITION, min_size=1, max_size=4), CONDITION, CONDITION
)
def test_a_condition_is_as_true_in_sql_as_it_is_as_a_closure(
    tmp_path_factory: pytest.TempPathFactory,
    people: list[Facts],
    conditions: list[Condition],
    one: Condition,
    two: Condition,
) -> None:
    one = _without_segments(one)
    rules = Rules(
        identity=default_identity(),
        purposes=PURPOSES,
        segments=(
            Segment(name="one", when=one),
            Segment(name="two", when=AnyOf((_without_segments(two), InSegment("one")))),
        ),
    )
    segments = segments_of(rules)
    for facts in people:
        facts.inside = segments.judge(facts, ["one", "two"], ()) & {"one"}
    files, name, known = shaped(tmp_path_factory.mktemp("snapshot"), people, rules)
    for condition in conditions:
        assert unknown(condition, known) == []
        asked = predicate(condition, known)
        rows = files.select(
            name, f"select {asked.text} from read_parquet($file) order by person_id", asked.values
        )
        for facts in people:
            facts.inside = segments.judge(facts, ["one", "two"], ())
        truth = truth_of(condition, PURPOSES)
        assert [row[0] for row in rows] == [truth(facts) for facts in people], asked.text


def _without_segments(condition: Condition) -> Condition:
    match condition:
        case All(items=items):
            return All(tuple(map(_without_segments, items)))
        case AnyOf(items=items):
            return AnyOf(tuple(map(_without_segments, items)))
        case Not(item=item):
            return Not(_without_segments(item))
        case InSegment():
            return Compare(("traits", "a"), "exists")
    return condition
