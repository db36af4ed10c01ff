"""A database that was used by another test is as good as new."""

from __future__ import annotations

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.domain.events import DeadLetter
from segue.ports.log import NewEntry
from segue.ports.statements import Statement


def test_what_a_test_left_behind_is_gone_for_the_next(databases: object) -> None:
    first = census(databases, mess=True)
    assert census(databases, mess=True) == first
    assert first["log"] == 0
    assert first["installation"] == 1


def census(databases: object, *, mess: bool) -> dict[str, int]:
    """Rows by table of the next database; then it is messed up."""
    with databases.lend() as url:  # type: ignore[attr-defined]
        database = PostgresDatabase(url)
        with database.transaction() as session:
            names = session.fetch(
                Statement("t", "", "select tablename from pg_tables where schemaname = 'public'")
            )
            found = {
                name: int(session.fetch(Statement("c", "", f"select count(*) from {name}"))[0][0])
                for (name,) in names
            }
            if mess:
                session.script("create table seen_20260301 (key bytea); update consumer set position = 5")
                session.script("insert into audit (at, actor, act, subject) values (1, 'a', 'b', 'c')")
        letter = DeadLetter(dead_letter_id="a", source="b", received_at=1, reason="c", detail="d", raw="e")
        PostgresLog(database).append([NewEntry(b"f" * 16, 1, b"p")], [letter])
        database.close()
    return found
