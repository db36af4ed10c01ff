"""The log keeps its promises in a real PostgreSQL."""

from __future__ import annotations

from segue.adapters.postgres.log import PostgresLog
from segue.domain.events import DeadLetter
from segue.ports.log import NewEntry
from segue.ports.statements import Statement


def entry(number: int) -> NewEntry:
    return NewEntry(number.to_bytes(2, "little") + b"f" * 14, number, b"payload %d" % number)


def test_what_is_appended_is_read_back_in_order_by_slot(log: PostgresLog) -> None:
    assert log.append([entry(n) for n in range(200)]) == 200
    assert log.append([entry(200)]) == 201
    with log.database.transaction(read_only=True) as session:
        assert log.head(session) == 201
        everything = log.read(session, slots=range(64), after=0, limit=1000)
        assert [e.offset for e in everything] == list(range(1, 202))
        assert everything[7] == (8, 7, b"payload 7")
        some = log.read(session, slots=[3, 5], after=70, limit=2)
        assert [(e.offset, e.slot) for e in some] == [(132, 3), (134, 5)]


def test_dead_letters_are_kept_once_whatever_they_hold(log: PostgresLog) -> None:
    letter = DeadLetter(
        dead_letter_id="a" * 32,
        source="web\0",
        received_at=1,
        reason="odd",
        detail="\ud800",
        raw='{"a":"\ud800\0"}',
    )
    log.append([entry(1)], [letter])
    log.append([], [letter])
    with log.database.transaction() as session:
        rows = session.fetch(Statement("all", "", "select source, raw, fragment_ids from dead_letter"))
    assert rows == [("web\\0", b'{"a":"\xed\xa0\x80\x00"}', [])]
