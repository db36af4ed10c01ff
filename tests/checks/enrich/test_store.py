"""States and records in a real database."""

from __future__ import annotations

from segue.adapters.postgres.database import PostgresDatabase
from segue.domain.identity import FragmentRow
from segue.enrich import store
from segue.enrich.fold import fold
from segue.enrich.state import FragmentState
from segue.ports.statements import Statement
from tests.unit.enrich.making import ANN, NOON, RULES, event, folded, mention, record, row

_FRAGMENT = Statement(
    "fragment",
    "one row",
    "insert into fragment"
    " (fragment_id, kind, value, person_id, component_id, first_key, source, proven, device)"
    " values (%(fragment_id)s, %(kind)s, %(value)s, %(person_id)s, %(component_id)s, %(first_key)s,"
    " %(source)s, %(proven)s, %(device)s)",
)
_LINK = Statement(
    "link",
    "one row",
    "insert into link (link_id, a, b, tier, first_proof, proof, confidence, active)"
    " values (%(a)s, %(a)s, %(b)s, 1, %(a)s, '', 1, %(active)s)",
)
PHONE = mention("anonymous_id", "phone")


def put_row(database: PostgresDatabase, of: FragmentRow) -> None:
    fields = (
        "fragment_id",
        "kind",
        "value",
        "person_id",
        "component_id",
        "first_key",
        "source",
        "proven",
        "device",
    )
    with database.transaction() as session:
        session.execute(_FRAGMENT, **{name: getattr(of, name) for name in fields})


def fold_in(database: PostgresDatabase, fragment: bytes, *names: str, start: int = 0) -> None:
    """Fold one event a transaction, as the loop does."""
    for number, name in enumerate(names, start):
        with database.transaction(durable=False) as session:
            state = store.load(session, [fragment])[fragment]
            result = fold(state, [event(name, at=60 * number, source="shop")], RULES)
            store.save(session, {fragment: result.state})


def test_what_is_saved_is_loaded_and_read_back_whole(database: PostgresDatabase) -> None:
    names = ["Product Viewed", "Product Added", "Odd thing"] * 40
    fold_in(database, ANN.fragment_id, *names)
    events = [event(name, at=60 * number, source="shop") for number, name in enumerate(names)]
    with database.transaction() as session:
        whole = store.load_whole(session, [ANN.fragment_id, PHONE.fragment_id])
    assert list(whole) == [ANN.fragment_id]
    assert whole[ANN.fragment_id].summary is not None
    assert record(whole[ANN.fragment_id]) == record(folded(events))


def test_summaries_are_written_once_in_a_while_not_with_every_event(database: PostgresDatabase) -> None:
    written = 0
    for number in range(100):
        with database.transaction(durable=False) as session:
            state = store.load(session, [ANN.fragment_id])[ANN.fragment_id]
            state = fold(state, [event("Product Viewed", at=number)], RULES).state
            written += state.rewritten
            store.save(session, {ANN.fragment_id: state})
    assert 1 <= written <= 10


def test_a_fragment_that_was_never_folded_loads_as_none(database: PostgresDatabase) -> None:
    with database.transaction() as session:
        assert store.load(session, [PHONE.fragment_id]) == {PHONE.fragment_id: None}
        store.save(session, {})
        assert store.load(session, []) == {}


def test_forgetting_leaves_nothing(database: PostgresDatabase) -> None:
    fold_in(database, ANN.fragment_id, *["Product Viewed"] * 80)
    with database.transaction() as session:
        store.forget(session, [ANN.fragment_id])
        assert store.load_whole(session, [ANN.fragment_id]) == {}


def couple(database: PostgresDatabase) -> FragmentState:
    """Ann and her phone as one person, with events on both."""
    put_row(database, row(ANN))
    put_row(database, row(PHONE, row(ANN).fragment_id))
    with database.transaction() as session:
        a, b = sorted((ANN.fragment_id, PHONE.fragment_id))
        session.execute(_LINK, a=a, b=b, active=True)
    fold_in(database, ANN.fragment_id, "Product Viewed", "Product Added")
    fold_in(database, PHONE.fragment_id, *["Product Viewed"] * 60, start=100)
    events = [event("Product Viewed", at=60 * n, source="shop") for n in range(100, 160)]
    return folded(
        [event("Product Viewed", source="shop"), event("Product Added", at=60, source="shop"), *events]
    )


def test_a_person_reads_as_all_her_fragments_together(database: PostgresDatabase) -> None:
    together = record(couple(database))
    with database.transaction(read_only=True) as session:
        found = store.read_record(session, ANN.fragment_id, rules=RULES, now=NOON)
        assert store.read_record(session, PHONE.fragment_id, rules=RULES, now=NOON) == found
        assert store.read_record(session, bytes(16), rules=RULES, now=NOON) is None
    assert found is not None
    assert found.activity == together.activity
    assert found.sessions == together.sessions
    assert [part.kind for part in found.identifiers] == ["anonymous_id", "user_id"]
    assert {part.tier for part in found.identifiers} == {"deterministic-proven"}
    assert found.fragments == sorted([ANN.fragment_id.hex(), PHONE.fragment_id.hex()])


def test_all_records_stream_and_equal_those_read_one_by_one(database: PostgresDatabase) -> None:
    couple(database)
    for name in ("bob", "cora", "dan"):
        other = mention("user_id", name)
        put_row(database, row(other))
        fold_in(database, other.fragment_id, "Product Viewed")
    with database.transaction(read_only=True) as session:
        streamed = dict(store.records(session, rules=RULES, now=NOON))
        assert len(streamed) == 4
        for person, found in streamed.items():
            assert found == store.read_record(session, person, rules=RULES, now=NOON)
