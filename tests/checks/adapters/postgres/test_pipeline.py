"""Statements in one round trip: their rows in their order, whatever their number, size and fate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.adapters.postgres import pipeline
from segue.adapters.postgres.links import Link


@pytest.fixture
def link(database_url: str) -> Iterator[Link]:
    link = Link(database_url)
    yield link
    link.close()


@pytest.fixture(scope="module")
def same_link(databases: Any) -> Iterator[Link]:
    with databases.lend() as url:
        link = Link(url)
        yield link
        link.close()


@settings(max_examples=30)
@given(sizes=st.lists(st.integers(0, 50), max_size=12))
def test_each_statement_has_its_own_rows(same_link: Link, sizes: list[int]) -> None:
    asked = [("select generate_series(1, %(n)s) as n", {"n": size}) for size in sizes]
    assert same_link.run_all(asked) == [[(n,) for n in range(1, size + 1)] for size in sizes]


def test_a_value_that_stands_twice_is_sent_once_and_a_percent_sign_stays(link: Link) -> None:
    [told] = link.run_all([("select %(a)s::int + %(a)s::int, 7 %% 4, %(b)s::text", {"a": 2, "b": "50 %"})])
    assert told == [(4, 3, "50 %")]
    assert link.run("select '50 %'", {}).rows == [("50 %",)]


def test_more_than_fits_into_the_sockets_goes_both_ways(link: Link) -> None:
    large = "x" * 3_000_000
    asked = [("select %(text)s::text", {"text": large})] * 4
    assert link.run_all(asked) == [[(large,)]] * 4


def test_the_first_that_fails_is_told_of_and_the_link_goes_on(link: Link) -> None:
    link.command(b"begin")
    with pytest.raises(psycopg.errors.DivisionByZero):
        link.run_all([("select 1", {}), ("select 1 / %(n)s::int", {"n": 0}), ("select 2", {})])
    link.command(b"rollback")
    assert link.idle
    assert link.run_all([("select 1", {}), ("select 1 / %(n)s::int", {"n": 1})]) == [[(1,)], [(1,)]]
    with pytest.raises(psycopg.errors.UndefinedTable):
        link.run("select * from nowhere", {})
    link.run("create temporary table nowhere (n int)", {})
    assert link.run("select * from nowhere", {}).rows == []


def test_rows_that_were_touched_are_counted(link: Link) -> None:
    link.run("create temporary table things (n int)", {})
    assert link.run("insert into things select generate_series(1, %(n)s)", {"n": 5}).touched == 5
    assert link.run("delete from things where n > %(n)s returning n", {"n": 3}).touched == 2


def test_however_many_statements_there_are_few_stay_prepared(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST", 10)
    for n in range(35):
        assert link.run(f"select {n} + %(n)s::int", {"n": 1}).rows == [(n + 1,)]
    assert link.run("select count(*) from pg_prepared_statements", {}).rows[0][0] <= 10


def test_one_goes_on_while_the_server_works(link: Link) -> None:
    wait = link.send([("select %(n)s::int", {"n": 1}), ("select %(n)s::int", {"n": 2})])
    assert wait() == [[(1,)], [(2,)]]


def test_a_link_whose_server_hung_up_is_closed(link: Link, database_url: str) -> None:
    [(pid,)] = link.run("select pg_backend_pid()", {}).rows
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", (pid,))
        while other.execute("select 1 from pg_stat_activity where pid = %s", (pid,)).fetchone():
            pass
    with pytest.raises(psycopg.OperationalError):
        link.run_all([("select 1", {}), ("select 2", {})])
    assert link.connection.closed
    assert not link.idle
