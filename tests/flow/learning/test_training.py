"""Training end to end: fitted, kept, compared, applied; on golden records; gone with who is erased."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from segue.app import erase
from segue.app.backup import backup
from segue.app.definitions import apply
from segue.app.installation import connect
from segue.app.learning import asking, store
from segue.app.learning.asking import Asked, Wanted
from segue.app.learning.showing import Models
from segue.app.learning.training import Advance, Order, Outcome, train
from segue.app.persons import Persons
from segue.app.restore import restore
from segue.domain.drafts import Draft
from segue.domain.order import DAY
from segue.edge.cli.models import card_lines
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.learn.runs import CARD, Runs
from segue.ports.clock import ManualClock
from tests.flow.lasting.house import House

from .simple import BEGIN, Simple, order


@pytest.fixture
def shop(house: House) -> House:
    """Ann buys three times, Bob once."""
    house.happen(order("ann", 1), order("ann", 5, "a", "b"), order("ann", 9), order("bob", 3))
    return house


def trained(house: House, *, until: int | None = None, seed: int = 1) -> Outcome:
    clock = house.installation.clock
    assert isinstance(clock, ManualClock)
    clock.advance(1_000_000)
    [found] = train(house.installation, Order(until=until, seed=seed))
    return found


def rows(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return found


def test_what_a_model_says_stands_on_golden_records_with_version_bounds_and_reasons(
    shop: House, simple: Simple
) -> None:
    found = trained(shop)
    assert (found.state, found.scored) == ("ready", 2)
    predictions = msgspec.to_builtins(shop.found("user_id:ann").predictions)
    assert predictions == {
        "orders_soon": {
            "value": 4.0, "low": 3.0, "high": 5.0, "reasons": ["4 lines"],
            "model": f"predict@{found.version}",
            "at": "2026-02-11T02:40:00.000001Z",
        }
    }  # fmt: skip
    [row] = shop.ask(
        "select record->'predictions' as p from persons order by record->>'$.orders.count' limit 1"
    )
    assert row["p"]["orders_soon"]["value"] == 1.0


def test_nothing_from_the_moment_on_is_looked_at(shop: House, simple: Simple) -> None:
    found = trained(shop, until=BEGIN + 5 * DAY)
    assert shop.found("user_id:ann").predictions["orders_soon"].value == 1.0
    assert found.version is not None
    assert Runs(shop.installation.data).card("predict", found.version).data_until == BEGIN + 5 * DAY


def test_a_worse_model_is_refused_and_the_present_one_goes_on_scoring(shop: House, simple: Simple) -> None:
    first = trained(shop)
    shop.happen(order("bob", 10))
    simple.quality, simple.more = 0.5, 100.0
    second = trained(shop)
    assert second.state == "refused"
    assert "stays" in second.because
    said = shop.found("user_id:bob").predictions["orders_soon"]
    assert (said.value, said.model) == (2.0, f"predict@{first.version}")
    shown = Models(shop.installation).show("predict")
    assert (shown.state, shown.version) == ("refused", first.version)
    assert [each.state for each in shown.runs] == ["refused", "present"]
    simple.quality = 0.8
    third = trained(shop)
    assert third.state == "ready"
    assert shop.found("user_id:bob").predictions["orders_soon"].value == 102.0
    assert [each.state for each in Models(shop.installation).show("predict").runs] == [
        "present",
        "refused",
        "replaced",
    ]


def test_sensitive_predictions_need_consent_to_personalisation(shop: House, simple: Simple) -> None:
    trained(shop)
    assert "profile.wealth" not in shop.found("user_id:ann").predictions
    ann = shop.person_id("user_id:ann").hex()
    assert Persons(shop.installation).predictions(ann).withheld == 1
    shop.happen(
        Draft(
            type="track", event="Consent Granted", message_id="c", user_id="ann",
            properties={"purpose": "personalisation"}, timestamp="2026-02-20T00:00:00Z",
        )
    )  # fmt: skip
    said = shop.found("user_id:ann").predictions["profile.wealth"]
    assert (said.value, said.label) == (0.4, "many")
    assert Persons(shop.installation).predictions(ann).withheld == 0


def test_sensitive_predictions_leave_the_house_only_with_consent(
    shop: House, simple: Simple, tmp_path: Path
) -> None:
    trained(shop)
    out = tmp_path / "wealth.parquet"
    none = asking.predict(shop.installation, "profile.wealth", None, out)
    assert (none.rows, none.withheld) == (0, 2)
    shop.happen(
        Draft(
            type="track", event="Consent Granted", message_id="c", user_id="ann",
            properties={"purpose": "personalisation"}, timestamp="2026-02-20T00:00:00Z",
        )
    )  # fmt: skip
    one = asking.predict(shop.installation, "profile.wealth", None, out)
    assert (one.rows, one.withheld) == (1, 1)
    assert rows(out)[0]["identifiers"] == ["user_id:ann"]


SEGMENTS = """
segments:
  soon: {when: {field: predictions.orders_soon, op: ">=", value: 2}}
  wealthy: {when: {field: predictions.profile.wealth, op: ">", value: 0}}
"""


def test_predictions_move_people_between_segments_but_what_is_sensitive_does_not(
    shop: House, simple: Simple
) -> None:
    installation = shop.installation
    apply(installation.database, installation.clock, {"segments.yaml": SEGMENTS}, actor="test")
    installation._rules = None
    installation.settle()
    assert shop.found("user_id:ann").segments == []
    trained(shop)
    installation.settle()
    assert shop.found("user_id:ann").segments == ["soon"]
    assert shop.found("user_id:bob").segments == []


def test_where_the_model_abstains_there_is_no_prediction(shop: House, simple: Simple) -> None:
    trained(shop)
    rows = shop.table("prediction")
    assert sorted(row[1] for row in rows) == ["orders_soon", "orders_soon", "profile.wealth"]


def test_after_a_merge_the_newest_prediction_holds_and_an_unmerge_gives_both_back(
    shop: House, simple: Simple
) -> None:
    trained(shop)
    persons = Persons(shop.installation)
    ann, bob = shop.person_id("user_id:ann").hex(), shop.person_id("user_id:bob").hex()
    merged = persons.merge(ann, bob, actor="test")
    assert set(persons.show(bob).predictions) == {"orders_soon"}
    trained(shop)
    assert persons.show(bob).predictions["orders_soon"].value == 5.0
    persons.unmerge(ann, merged.link_id, actor="test")
    values = [persons.show(each).predictions for each in (ann, bob)]
    assert [each["orders_soon"].value for each in values if each] == [5.0]
    trained(shop)
    assert [persons.show(each).predictions["orders_soon"].value for each in (ann, bob)] == [4.0, 1.0]


def test_who_is_erased_loses_her_predictions_and_what_answers_at_once(shop: House, simple: Simple) -> None:
    trained(shop)
    serving = shop.installation.data / "models" / "serving" / "recommend"
    serving.mkdir(parents=True)
    (serving / "persons").write_text("ann")
    ann = shop.person_id("user_id:ann")
    proof = erase.erase(shop.installation, ann)
    assert set(proof.left.values()) == {0}
    assert not serving.exists()
    assert {bytes(row[0]) for row in shop.table("prediction")} == {shop.person_id("user_id:bob")}
    kept = b"".join(
        path.read_bytes() for path in (shop.installation.data / "models").rglob("*") if path.is_file()
    )
    assert ann.hex().encode() not in kept


def test_who_is_erased_while_a_model_is_trained_is_not_scored(shop: House, simple: Simple) -> None:
    ann = shop.person_id("user_id:ann")

    def during() -> None:
        erase.ask(shop.installation, ann)

    simple.during = during
    assert trained(shop).state == "ready"
    assert {bytes(row[0]) for row in shop.table("prediction")} == {shop.person_id("user_id:bob")}


def test_a_backup_carries_models_and_predictions(
    shop: House, simple: Simple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGUE_DATABASE_URL", shop.installation.url)
    found = trained(shop)
    backup(shop.installation, tmp_path / "b")
    simple.more = 7
    trained(shop)
    shop.installation.close()
    restore(tmp_path / "b", shop.installation.data)
    again = House(connect(shop.installation.data, shop.installation.url))
    shown = Models(again.installation).show("predict")
    assert (shown.version, len(shown.runs)) == (found.version, 1)
    assert shown.card is not None
    assert again.found("user_id:ann").predictions["orders_soon"].value == 4.0
    again.installation.close()


def test_too_little_data_and_none_are_said_and_leave_nothing(house: House, simple: Simple) -> None:
    with pytest.raises(InvalidInputError, match="no orders to learn from"):
        train(house.installation, Order())
    house.happen(order("ann", 1))
    found = trained(house)
    assert (found.state, found.because) == ("skipped", "there are 1 lines, and at least 2 are needed")
    assert Models(house.installation).show("predict").state == "untrained"
    with pytest.raises(NotFoundError, match="no model 'predct'"):
        Models(house.installation).show("predct")


def test_a_fault_of_one_model_is_its_own_and_one_training_runs_at_a_time(shop: House, simple: Simple) -> None:
    def second() -> None:
        with pytest.raises(ConflictError, match="running already"):
            train(shop.installation, Order())
        raise KeyError("oops")

    simple.during = second
    found = trained(shop)
    assert (found.state, "KeyError" in found.because) == ("failed", True)
    simple.during = None
    assert trained(shop).state == "ready"


def test_a_run_that_lost_its_files_reads_as_untrained_and_gives_way(shop: House, simple: Simple) -> None:
    found = trained(shop)
    assert found.version is not None
    (Runs(shop.installation.data).path("predict", found.version) / CARD).unlink()
    assert Models(shop.installation).list().models[1].state == "untrained"
    assert "lost" in trained(shop).because


def test_what_a_killed_training_left_is_swept_by_the_next(shop: House, simple: Simple) -> None:
    left = shop.installation.data / "models" / "predict" / ".new-20260101T000000-00000000-999999999"
    left.mkdir(parents=True)
    found = trained(shop)
    assert [each.name for each in left.parent.iterdir()] == [found.version]


def test_progress_never_goes_back_and_ends_at_all(shop: House, simple: Simple) -> None:
    seen: list[Advance] = []
    train(shop.installation, Order(), seen.append)
    fractions = [each.fraction for each in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert any("counting" in each.step for each in seen)


def test_drift_is_told_of_what_the_model_sees_and_says(shop: House, simple: Simple) -> None:
    trained(shop)
    assert Models(shop.installation).show("predict").drift is not None
    shop.happen(*[order(f"new{number}", 12, "a", "b", "c", "d") for number in range(30)])
    simple.quality = 0.1
    trained(shop)
    drift = Models(shop.installation).show("predict").drift
    assert drift is not None
    assert drift.state == "far"
    assert drift.scores["orders_soon"] > 0.25
    assert "amount" in drift.features


def test_the_card_is_a_page_that_a_person_reads(shop: House, simple: Simple) -> None:
    trained(shop)
    text = "\n".join(card_lines(Models(shop.installation).show("predict")))
    for part in (
        "Counts orders.",
        "2 persons, 5 rows",
        "0.7000 [0.6900, 0.7100]",
        "chance: 0.5000",
        "It only counts.",
    ):
        assert part in text


def test_predictions_are_written_to_the_letter(shop: House, simple: Simple, tmp_path: Path) -> None:
    out = tmp_path / "p.parquet"
    with pytest.raises(ConflictError, match="is not trained"):
        asking.in_force(shop.installation, "recommend")
    with pytest.raises(ConflictError, match="no model is trained yet"):
        asking.predict(shop.installation, "orders_soon", None, out)
    found = trained(shop)
    asking.predict(shop.installation, "orders_soon", BEGIN + 5 * DAY, out)
    table = pq.read_table(out)
    assert table.schema.names == ["person_id", "identifiers", "value", "low", "high", "model_version"]
    by_name = {str(row["identifiers"]): row for row in rows(out)}
    assert set(by_name) == {"['user_id:ann']", "['user_id:bob']"}
    assert by_name["['user_id:ann']"]["value"] == 1.0
    assert by_name["['user_id:ann']"]["model_version"] == f"predict@{found.version}"
    with pytest.raises(NotFoundError, match="no model predicts") as error:
        asking.predict(shop.installation, "orders_son", None, out)
    assert error.value.cure == "did you mean 'orders_soon'?"


def test_persons_are_named_by_identifier_or_id_and_wrong_lines_are_shown(shop: House, tmp_path: Path) -> None:
    file = tmp_path / "who"
    file.write_text("user_id:ann\n\nnot-an-id\n")
    with pytest.raises(InvalidInputError, match="line 3 is no KIND:VALUE"):
        asking.read_persons_file(file)
    file.write_text("")
    with pytest.raises(InvalidInputError, match="names nobody"):
        asking.read_persons_file(file)
    with pytest.raises(NotFoundError):
        asking.read_persons_file(tmp_path / "nowhere")
    assert Asked(wanted=Wanted(persons=("x",))).at is None


def test_runs_are_rows_that_can_be_read(shop: House, simple: Simple) -> None:
    trained(shop, seed=5)
    with shop.installation.database.transaction(read_only=True) as session:
        run = store.present(session)["predict"]
    assert (run.seed, run.events, run.says) == (5, 4, ["orders_soon", "profile.wealth"])
