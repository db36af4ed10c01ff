"""Likeness turned round, end to end: what those of a seed did not tell, by those who buy alike."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from segue.app import installation
from segue.app.learning import asking
from segue.app.learning.training import Order, train
from segue.domain.drafts import Draft
from segue.domain.order import DAY, rfc3339
from segue.edge.cli import main
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.clock import ManualClock
from tests.flow.lasting.house import House

from .simple import BEGIN, order

PERSONS = 90
TOLD = range(60)
"""They told what they drink and how much they earn; the others did not."""
AGREE = (70, 71)
"""Consent to personalisation."""


def drinks(person: int) -> str:
    return "tea" if person % 2 else "coffee"


def identify(person: int) -> Draft:
    traits = {"drinks": drinks(person), "income_band": "high" if person % 2 else "low"}
    return Draft(
        type="identify",
        message_id=f"i{person}",
        user_id=f"u{person}",
        timestamp=rfc3339(BEGIN),
        traits=traits,
    )


def consent(person: int) -> Draft:
    return Draft(
        type="track", event="Consent Granted", message_id=f"c{person}", user_id=f"u{person}",
        properties={"purpose": "personalisation"}, timestamp=rfc3339(BEGIN),
    )  # fmt: skip


@pytest.fixture
def shop(house: House) -> House:
    """Half of the customers buy what goes with tea, half what goes with coffee."""
    clock = house.installation.clock
    assert isinstance(clock, ManualClock)
    clock.advance(80 * DAY)
    events = [identify(person) for person in TOLD] + [consent(person) for person in AGREE]
    for person in range(PERSONS):
        what = drinks(person)
        events += [
            order(f"u{person}", day + person % 5, f"{what}-{day % 3}", f"{what}-{(day + 1) % 3}")
            for day in (0, 10, 20, 45)
        ]
    house.happen(*events)
    return house


def trained(house: House) -> None:
    [found] = train(house.installation, Order(models=("lookalike",)))
    assert found.state == "ready", found.because


def seed_file(folder: Path, *persons: int | str) -> str:
    place = folder / "seed.txt"
    place.write_text(
        "\n".join(f"user_id:{each if isinstance(each, str) else f'u{each}'}" for each in persons)
    )
    return str(place)


def test_who_did_not_tell_gets_what_those_told_who_buy_alike(shop: House, tmp_path: Path) -> None:
    trained(shop)
    out = tmp_path / "drinks.parquet"
    found = asking.fill(shop.installation, seed_file(tmp_path, 1, 2, *range(60, 90), "nobody"), "drinks", out)
    assert (found.persons, found.rows, found.unknown, found.withheld) == (32, 30, 1, 0)
    assert found.said.startswith("tried on those who told it, ")
    table = pq.read_table(out)
    assert table.schema.names == [
        "person_id", "identifiers", "value", "confidence", "reason", "model_version",
    ]  # fmt: skip
    rows = {row["identifiers"][0]: row for row in table.to_pylist()}
    assert set(rows) == {f"user_id:u{person}" for person in range(60, 90)}, "who told it is not guessed"
    right = [rows[f"user_id:u{person}"]["value"] == drinks(person) for person in range(60, 90)]
    assert sum(right) >= 27
    assert rows["user_id:u61"]["model_version"].startswith("lookalike@")
    assert 0.5 <= rows["user_id:u61"]["confidence"] <= 1


def test_what_is_sensitive_is_filled_only_with_consent(shop: House, tmp_path: Path) -> None:
    trained(shop)
    out = tmp_path / "income.parquet"
    found = asking.fill(shop.installation, seed_file(tmp_path, *range(60, 90)), "income_band", out)
    assert (found.rows, found.withheld) == (len(AGREE), 30 - len(AGREE))
    said = [row["identifiers"] for row in pq.read_table(out).to_pylist()]
    assert sorted(said) == [[f"user_id:u{person}"] for person in AGREE]


def test_what_cannot_be_filled_is_said(shop: House, tmp_path: Path) -> None:
    out, seed = tmp_path / "x.parquet", seed_file(tmp_path, 70)
    with pytest.raises(ConflictError, match="not trained"):
        asking.fill(shop.installation, seed, "drinks", out)
    trained(shop)
    with pytest.raises(NotFoundError, match="nobody told") as error:
        asking.fill(shop.installation, seed, "drink", out)
    assert error.value.cure == "did you mean 'drinks'?"
    shop.happen(Draft(type="identify", message_id="one", user_id="u70", traits={"shoe_size": "40"}))
    with pytest.raises(InvalidInputError, match="at least two values told by 20 persons each"):
        asking.fill(shop.installation, seed, "shoe_size", out)
    with pytest.raises(NotFoundError, match="no segment"):
        asking.fill(shop.installation, "nowhere", "drinks", out)
    assert not out.exists()


def test_the_command_writes_the_file_and_says_what_it_left_out(
    shop: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained(shop)
    monkeypatch.setattr(installation, "open_installation", lambda data: nullcontext(shop.installation))
    out = tmp_path / "income.parquet"
    words = ["lookalike", "--seed", seed_file(tmp_path, *range(60, 90)), "--fill", "income_band"]
    monkeypatch.setattr("sys.argv", ["segue", *words, "--out", str(out), "--data", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    said = " ".join(capsys.readouterr().err.split())
    assert "2 rows for 30 persons by lookalike@" in said
    assert "28 are left out: it is sensitive, and they did not consent to personalisation" in said
    assert "tried on those who told it, " in said
    assert pq.read_table(out).num_rows == 2
