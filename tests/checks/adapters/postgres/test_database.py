"""Transactions: what commits, what rolls back, and what a fault looks like from outside."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.adapters.postgres.database import PostgresDatabase
from segue.errors import ConflictError, InvalidInputError, SegueError, UnavailableError
from segue.ports.database import Bound
from segue.ports.statements import Statement, statements


def sql(text: str) -> Statement:
    return Statement("tried", "a statement of a test", text)


ADD = sql("insert into seen_ever values (%(key)s)")
ALL = sql("select key from seen_ever order by key")
END_OTHERS = sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid()"
)
END_SELF = sql("select pg_terminate_backend(pg_backend_pid())")


def kept(database: PostgresDatabase) -> list[bytes]:
    with database.transaction(read_only=True) as session:
        return [row[0] for row in session.fetch(ALL)]


@pytest.mark.parametrize("durable", [True, False])
def test_a_transaction_commits_when_its_block_ends(database: PostgresDatabase, durable: bool) -> None:
    with database.transaction(durable=durable) as session:
        assert session.execute(ADD, key=b"\0a") == 1
        assert session.fetch(sql("show synchronous_commit")) == [("on" if durable else "off",)]
    assert kept(database) == [b"\0a"]


def test_a_transaction_rolls_back_when_its_block_raises_and_its_connection_serves_on(
    database: PostgresDatabase,
) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012
        session.execute(ADD, key=b"a")
        raise ZeroDivisionError
    with pytest.raises(ConflictError), database.transaction() as session:  # noqa: PT012
        session.execute(ADD, key=b"b")
        session.execute(ADD, key=b"b")
    assert kept(database) == []


def test_a_statement_that_is_sent_runs_before_what_follows_and_commits_with_it(
    database: PostgresDatabase,
) -> None:
    with database.transaction() as session:
        answer = session.send(sql("select pg_sleep(0.05), 1"))
        session.send(ADD, key=b"a")
        assert session.fetch(ALL) == [(b"a",)]
        assert answer()[0][1] == 1
        session.send(ADD, key=b"b")
    assert kept(database) == [b"a", b"b"]


def test_what_a_sent_statement_fails_with_is_raised_by_the_next_or_the_end_and_nothing_is_kept(
    database: PostgresDatabase,
) -> None:
    with pytest.raises(ConflictError), database.transaction() as session:  # noqa: PT012
        session.execute(ADD, key=b"a")
        session.send(ADD, key=b"a")
        session.fetch(ALL)
    with pytest.raises(ConflictError), database.transaction() as session:  # noqa: PT012
        session.execute(ADD, key=b"a")
        session.send(ADD, key=b"a")
    with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012
        session.send(sql("select pg_sleep(0.05)"))
        raise ZeroDivisionError
    with pytest.raises(UnavailableError), database.transaction() as session:
        session.send(END_SELF)
    assert kept(database) == []


def test_a_statement_that_failed_inside_the_block_is_not_committed_around(database: PostgresDatabase) -> None:
    with database.transaction() as session:
        session.execute(ADD, key=b"a")
        with suppress(SegueError):
            session.execute(sql("select 1 / 0"))
    assert kept(database) == []


def test_a_reader_cannot_write(database: PostgresDatabase) -> None:
    with pytest.raises(UnavailableError), database.transaction(read_only=True) as session:
        session.execute(ADD, key=b"a")
    assert kept(database) == []


def test_values_of_every_kind_come_back_as_they_went(database: PostgresDatabase) -> None:
    text = sql(
        "select %(i)s, %(big)s, %(b)s::bytea, %(bs)s::bytea[], %(n)s::bigint[], %(s)s::text[], %(f)s::float8,"
        " %(d)s::date, %(none)s::bytea, %(yes)s::boolean"
    )
    values: dict[str, object] = {
        "i": 1,
        "big": 1 << 60,
        "b": b"\0\xff",
        "bs": [b"", b"\0"],
        "n": [1, 1 << 60],
        "s": ["a,b", "ü"],
        "f": 0.5,
        "d": dt.date(2026, 3, 1),
        "none": None,
        "yes": True,
    }
    for read_only in (False, True):
        with database.transaction(read_only=read_only) as session:
            assert session.fetch(text, **values) == [tuple(values.values())]
            empty = session.fetch(sql("select unnest(%(bs)s::bytea[])"), bs=[])
            assert empty == []


def test_a_statement_is_prepared_once_whatever_the_size_of_its_numbers(database: PostgresDatabase) -> None:
    with database.transaction() as session:
        for number in (1, 70_000, 1 << 40):
            session.fetch(sql("select %(n)s + 1, %(many)s::bigint[]"), n=number, many=[number])
        count = session.fetch(
            sql("select count(*) from pg_prepared_statements where statement like 'select $1 + 1%'")
        )
    assert count == [(1,)]


@given(
    st.lists(st.binary(max_size=20) | st.none(), max_size=5) | st.lists(st.binary(min_size=16, max_size=16)),
    st.lists(st.integers(-(1 << 63), (1 << 63) - 1) | st.none(), max_size=5),
    st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")) | st.none(), max_size=5),
)
@settings(max_examples=60)
def test_lists_of_any_content_come_back_as_they_went(
    shared_database: PostgresDatabase, some: list[bytes], numbers: list[int], texts: list[str]
) -> None:
    back = sql("select %(some)s::bytea[], %(numbers)s::bigint[], %(texts)s::text[]")
    with shared_database.transaction(read_only=True) as session:
        assert session.fetch(back, some=some, numbers=numbers, texts=texts) == [(some, numbers, texts)]


@given(
    st.lists(st.floats(allow_nan=False) | st.none(), max_size=5),
    st.lists(st.booleans() | st.none(), max_size=5),
)
@settings(max_examples=40)
def test_so_do_floats_and_truths(
    shared_database: PostgresDatabase, floats: list[float], truths: list[bool]
) -> None:
    back = sql("select %(floats)s::float8[], %(truths)s::boolean[]")
    with shared_database.transaction(read_only=True) as session:
        assert session.fetch(back, floats=floats, truths=truths) == [(floats, truths)]


@pytest.mark.parametrize("wrong", [[1, "a"], [b"a", "a"], ["a", 1], [1 << 70], ["\ud800"], "\ud800", ["\0"]])
def test_values_that_do_not_fit_are_named_as_such(database: PostgresDatabase, wrong: object) -> None:
    with pytest.raises(InvalidInputError), database.transaction() as session:
        session.fetch(sql("select %(wrong)s"), wrong=wrong)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_stream_brings_all_rows_and_lets_other_statements_run_between(
    database: PostgresDatabase, read_only: bool
) -> None:
    numbers = sql("select n, n::text::bytea from generate_series(1, %(count)s) n")
    with database.transaction(read_only=read_only) as session:
        total = 0
        for number, text in session.stream(numbers, count=4_500):
            total += number
            assert text == b"%d" % number
            if number % 1_500 == 0:
                assert next(session.stream(numbers, count=3))[0] == 1
                assert session.fetch(sql("select 1")) == [(1,)]
    assert total == 4_500 * 4_501 // 2


STREAMED = [
    *(statements("segue.enrich")[name] for name in ("all_fragments", "all_links")),
    *(statements("segue.app.segments", "snapshot.sql")[name] for name in ("counted", "members", "predicted")),
]


@pytest.mark.parametrize("statement", STREAMED, ids=lambda statement: statement.name)
@pytest.mark.parametrize("read_only", [True, False])
def test_by_index_a_table_that_is_empty_as_yet_is_not_read_as_a_whole_for_each_row(
    database: PostgresDatabase, read_only: bool, statement: Statement
) -> None:
    """Else reading everybody takes as long as the square of them, when tables fill up meanwhile."""
    everybody = sql("explain (costs off) " + statement.text)
    with database.transaction() as session:
        session.execute(sql("analyze"))
        assert "Seq Scan" in str(session.fetch(everybody))
    with database.transaction(read_only=read_only) as session:
        session.by_index()
        plan = "\n".join(line for (line,) in session.fetch(everybody))
    assert "Index Scan" in plan
    assert "Seq Scan" not in plan, plan


def test_a_stream_is_not_read_on_after_its_transaction(database: PostgresDatabase) -> None:
    with database.transaction(read_only=True) as session:
        rows = session.stream(sql("select n from generate_series(1, 5000) n"))
        next(rows)
    with pytest.raises(SegueError, match="after its transaction"):
        list(rows)


def test_copy_takes_the_types_of_the_table(database: PostgresDatabase) -> None:
    columns = "file_id, day, day_from, day_to, rows, bytes, offset_from, offset_to, created_at"
    copy = sql(f"copy lake_file ({columns}) from stdin (format binary)")
    day = dt.date(2026, 3, 1)
    rows = [("a", None, day, day, 1, 1 << 40, 0, 0, 5), ("b", day, day, day, 2, 2, 2, 2, 2)]
    with database.transaction() as session:
        session.copy(copy, iter(rows))
        session.copy(copy, [])
        assert session.fetch(sql(f"select {columns} from lake_file order by file_id")) == rows
        with pytest.raises(SegueError):
            session.copy(sql("copy lake_file from stdin"), [])


def test_connections_that_died_while_idle_are_replaced_silently(database: PostgresDatabase) -> None:
    for read_only in (False, True):
        with database.transaction(read_only=read_only) as session:
            session.fetch(ALL)
    assassin = PostgresDatabase(database.url)
    with assassin.transaction() as session:
        session.fetch(END_OTHERS)
    assassin.close()
    with database.transaction() as session:
        session.execute(ADD, key=b"a")
    assert kept(database) == [b"a"]


def test_a_connection_lost_in_the_middle_is_a_passing_fault(database: PostgresDatabase) -> None:
    for read_only in (False, True):
        with pytest.raises(UnavailableError), database.transaction(read_only=read_only) as session:  # noqa: PT012
            session.fetch(ALL)
            session.fetch(END_SELF)
    assert kept(database) == []


def test_a_server_that_is_not_there_is_a_passing_fault() -> None:
    nowhere = PostgresDatabase("postgresql://segue@/segue?host=/nonexistent")
    for read_only in (False, True):
        with pytest.raises(UnavailableError), nowhere.transaction(read_only=read_only):
            pass
    with pytest.raises(UnavailableError):
        nowhere.try_lock("a")
    with pytest.raises(UnavailableError):
        nowhere.ping()
    with nowhere.listen("segue_log") as listener:
        assert not listener.wait(0.01)


def test_errors_never_quote_a_value(database: PostgresDatabase) -> None:
    secret = "victim@example.org"
    wrong: list[tuple[Statement, dict[str, object], type[SegueError]]] = [
        (sql("insert into source values (%(v)s, true, 'x', null, 0)"), {"v": secret}, ConflictError),
        (sql("select (%(v)s::text)::bigint"), {"v": secret}, InvalidInputError),
        (sql("select %(v)s::text"), {"v": secret + "\0"}, InvalidInputError),
        (sql("select nothing from nowhere where %(v)s = ''"), {"v": secret}, SegueError),
    ]
    with database.transaction() as session:
        session.execute(wrong[0][0], **wrong[0][1])
    for statement, values, expected in wrong:
        with pytest.raises(expected) as caught, database.transaction() as session:
            session.fetch(statement, **values)
        assert secret not in str(caught.value)
        assert caught.value.__suppress_context__
        assert caught.value.__cause__ is None


def test_many_threads_share_a_small_pool(database_url: str) -> None:
    with psycopg.connect(database_url) as looking:  # who is on the way out
        before = [pid for (pid,) in looking.execute("select pid from pg_stat_activity")]
    database = PostgresDatabase(database_url, pool_size=2)

    def add(number: int) -> None:
        for turn in range(5):
            with database.transaction(durable=False) as session:
                session.execute(ADD, key=bytes([number, turn]))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(database)) == 40
    with database.transaction(read_only=True) as session:
        counted = session.fetch(
            sql(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and backend_type = 'client backend' and pid <> all(%(before)s)"
            ),
            before=before,
        )
    assert counted[0][0] <= 3
    database.close()


def test_a_lock_that_was_released_is_free_at_once(database: PostgresDatabase) -> None:
    for _ in range(200):
        lock = database.try_lock("lake")
        assert lock is not None
        lock.release()


def test_a_lock_is_held_by_one_and_free_again_when_its_holder_ends(database: PostgresDatabase) -> None:
    first = database.try_lock("linker")
    assert first is not None
    assert first.held()
    assert database.try_lock("linker") is None
    with database.try_lock("lake") or pytest.fail("locks of other names are free") as other:
        assert other.held()
    first.release()
    second = database.try_lock("linker")
    assert second is not None
    with database.transaction() as session:
        session.fetch(END_OTHERS)
    assert not second.held()
    second.release()
    third = database.try_lock("linker")
    assert third is not None
    third.release()


def test_a_listener_hears_what_is_committed_and_lives_through_a_lost_connection(
    database: PostgresDatabase,
) -> None:
    with database.listen("segue_log") as listener:
        assert not listener.wait(0.0)
        with database.transaction() as session:
            session.notify("segue_log")
            session.notify("segue_log")
        assert listener.wait(10)
        assert not listener.wait(0.0)
        with suppress(ZeroDivisionError), database.transaction() as session:
            session.notify("segue_log")
            raise ZeroDivisionError
        assert not listener.wait(0.0)
        with database.transaction() as session:
            session.fetch(END_OTHERS)
        assert any(listener.wait(0.01) for _ in range(1_000)), "connecting again, it may have missed some"
        database.notify("segue_log")
        assert listener.wait(10)


def test_several_statements_together_run_in_their_order(database: PostgresDatabase) -> None:
    with database.transaction() as session:
        first, second, third = session.together(
            [Bound(ADD, {"key": b"x"}), Bound(ALL, {}), Bound(ADD, {"key": b"y"})]
        )
        assert (first, second, third) == ([], [(b"x",)], [])
        session.later([Bound(ADD, {"key": b"z"})])
        assert session.fetch(ALL) == [(b"x",), (b"y",), (b"z",)]
        session.last([Bound(ADD, {"key": b"last"})])
    assert kept(database) == [b"last", b"x", b"y", b"z"]


@pytest.mark.parametrize("way", ["together", "later", "last"])
def test_of_several_statements_all_count_or_none(database: PostgresDatabase, way: str) -> None:
    twice = [Bound(ADD, {"key": b"a"}), Bound(ADD, {"key": b"a"}), Bound(ADD, {"key": b"b"})]
    with pytest.raises(ConflictError), database.transaction() as session:
        getattr(session, way)(twice)
    assert kept(database) == []
    with database.transaction() as session:
        session.execute(ADD, key=b"c")
    assert kept(database) == [b"c"]


def test_statements_of_a_planned_transaction_are_planned_once(database: PostgresDatabase) -> None:
    show = sql("show plan_cache_mode")
    with database.transaction(planned=True) as session:
        assert session.fetch(show) == [("force_generic_plan",)]
    with database.transaction() as session:
        assert session.fetch(show) == [("auto",)]
