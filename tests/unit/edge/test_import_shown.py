"""What a person sees of an import and of the demo."""

from __future__ import annotations

import pytest

from segue.app.demo.run import DemoReport
from segue.app.demo.trying import Try
from segue.app.imports.run import ImportReport, Progress, Rejected
from segue.checks.world import Comparison
from segue.edge.cli.importing import print_demo, print_import, progress_shown

REPORT = ImportReport(
    file="till.csv",
    source="till",
    rows=1_234,
    events=1_000,
    known=30,
    rejected=(Rejected(reason="no_identifier", events=4, example="send userId"),),
    seconds=2.0,
    trouble="till.csv is cut short",
    cure="get the whole file",
)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_an_import_ends_with_rows_events_and_what_was_rejected_and_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_import(REPORT)
    told = capsys.readouterr()
    for said in ("1,234", "1,000", "30", "500/s", "no_identifier", "send userId"):
        assert said in told.out
    assert told.err == "till.csv is cut short; get the whole file\n"


def test_the_demo_ends_with_identity_against_the_truth_and_things_to_try(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = Comparison(
        identifiers=100,
        households=20,
        persons=30,
        true_pairs=200,
        joined=150,
        falsely_joined=15,
        missed=65,
        missed_with_evidence=5,
    )
    report = DemoReport(
        imports=(REPORT,),
        composed={"web": 12_345},
        composed_rejected={},
        persons=30,
        fragments=100,
        identity=found,
        seconds=61.0,
        tries=(Try("A record", "segue persons show 00"),),
    )
    print_demo(report)
    out = capsys.readouterr().out
    for said in (
        "12,345",
        "15 (10.00% of joined)",
        "65",
        "30 persons from 100 identifiers",
        "persons show 00",
    ):
        assert said in out


def test_progress_shows_a_bar_for_each_phase_and_completes_those_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_shown() as watch:
        for phase, fraction in (("reading", 0.5), ("importing", 0.25)):
            watch(
                Progress(
                    file="till.csv",
                    phase=phase,
                    fraction=fraction,
                    rows=50,
                    events=40,
                    rejected=0,
                    seconds=2.0,
                )
            )
    told = capsys.readouterr().err.splitlines()
    assert any("till.csv: reading" in line and "100%" in line and "25 rows/s" in line for line in told)
    assert any("till.csv: importing" in line and "25%" in line and "20 events/s" in line for line in told)
