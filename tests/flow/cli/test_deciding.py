"""``segue decide`` and ``segue policy report`` over a real database: what scripts rely on, how they fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from segue.edge.cli import main

PLACEMENTS = """
placements:
  till: {touchpoint: till, slots: 2, formats: [line], fallback: greeting, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  greeting: {kind: content, content: [{format: line, text: Welcome}]}
  here:
    kind: offer
    value: 3
    applicable: {field: context.store, op: "=", value: "367"}
    content: [{format: line, text: "Only in {{ context.store }}", because: it is made here}]
  with_mugs:
    kind: offer
    value: 2
    applicable: {all: [{field: basket.skus, op: contains, value: mug}, {field: basket.value, op: ">=", value: 5}]}
    content: [{format: line, text: "For {{ basket.items }}"}]
  dry:
    kind: offer
    value: 1
    applicable: {all: [{field: context.weather.rain, op: "=", value: true}, {field: context.weather.temp_c, op: "<", value: 5}]}
    content: [{format: line, text: Umbrella}]
"""  # noqa: E501
ANSWER = ("decision_id", "slots", "fallback", "policy", "took_ms", "person_id", "identity")
SLOT = ("action", "variant", "discount", "content", "score", "propensity", "because")


class Ran(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("SEGUE_DATABASE_URL", database_url)
    monkeypatch.setenv("SEGUE_DATA", str(tmp_path / "data"))

    def command(*words: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["segue", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        status = ended.value.code
        return Ran(status if isinstance(status, int) else 0, told.out, told.err)

    return command


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Run:
    """A till whose offers depend on the store, the basket and the weather."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "placements.yaml").write_text(PLACEMENTS)
    (folder / "actions.yaml").write_text(ACTIONS)
    applied = run("apply", str(folder))
    assert applied.status == 0, applied.err
    return run


def actions(done: Ran) -> list[str]:
    assert done.status == 0, done.err
    return [slot["action"] for slot in done.json()["slots"]]


def dropped(done: Ran) -> dict[str, str]:
    return {each["action"]: each["stage"] for each in done.json()["explanation"]["dropped"]}


def test_the_store_is_a_name_though_it_is_written_in_digits(shop: Run) -> None:
    done = shop("decide", "--placement", "till", "--context", "store=367", "--json")
    assert actions(done) == ["here"]
    told = {slot["action"]: slot for slot in done.json()["slots"]}
    assert told["here"]["content"] == {"format": "line", "text": "Only in 367"}


def test_several_pairs_stand_after_one_option_or_after_one_each(shop: Run) -> None:
    basket = 'basket=[{"sku": "mug", "quantity": 2, "price": 2.5}]'
    pairs = ("store=367", basket, "weather.rain=true", "weather.temp_c=-3")
    at_once = shop("decide", "--placement", "till", "--context", *pairs, "--explain", "--json")
    single = [word for pair in pairs for word in ("--context", pair)]
    one_by_one = shop("decide", *single, "--placement", "till", "--explain", "--json")
    for done in (at_once, one_by_one):
        assert len(actions(done)) == 2
        assert set(dropped(done).values()) == {"arbitration"}, "all of them apply: two were drawn"
    without = shop("decide", "--placement", "till", "--explain", "--json")
    assert dropped(without) == dict.fromkeys(("here", "with_mugs", "dry"), "applicable")


def test_the_answer_has_the_shape_that_scripts_rely_on(shop: Run) -> None:
    done = shop(
        "decide", "--placement", "till", "--identifier", "user_id:ann", "--context", "store=367", "--json"
    )
    answer = done.json()
    assert [key for key in ANSWER if key not in answer] == []
    assert "explanation" not in answer
    assert (answer["person_id"], answer["identity"], answer["fallback"]) == (None, "unknown", False)
    assert len(bytes.fromhex(answer["decision_id"])) == 16
    for slot in answer["slots"]:
        assert [key for key in SLOT if key not in slot] == []
        assert 0 < slot["propensity"] <= 1
    assert {slot["action"]: slot["because"] for slot in answer["slots"]}["here"] == "it is made here"
    explained = shop("decide", "--placement", "till", "--explain", "--json").json()["explanation"]
    assert explained.keys() >= {"considered", "dropped", "scores"}
    assert explained["considered"] == 3, "the fallback competes with nothing"
    assert all(each.keys() == {"action", "stage", "rule"} for each in explained["dropped"])


def test_without_json_it_is_told_to_people(shop: Run) -> None:
    done = shop("decide", "--placement", "till", "--context", "store=367", "--explain")
    assert done.status == 0
    assert done.out.startswith("decision ")
    assert "it is made here" in done.out
    assert "with_mugs" in done.out
    assert "applicable" in done.out
    brief = shop("decide", "--placement", "till", "--at", "2026-03-01T12:00:00Z")
    assert "greeting" in brief.out
    assert "applicable" not in brief.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--placement", "til"), "there is no placement 'til': did you mean 'till'?"),
        (("--placement", "till", "--context", "store"), "--context 'store' is no NAME=VALUE"),
        (("--placement", "till", "--identifier", "ann"), "--identifier 'ann' is no NAME:VALUE"),
        (("--placement", "till", "--context", "basket=mug"), "write it as --context 'basket=["),
        (
            ("--placement", "till", "--context", 'basket=[{"sku": "mug", "price": -1}]'),
            "context.basket.0.price",
        ),
        (("--placement", "till", "--at", "yesterday"), "'yesterday' is no moment"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(shop: Run, words: tuple[str, ...], says: str) -> None:
    done = shop("decide", *words)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert says in done.err


@pytest.mark.parametrize(
    "words", [("decide", "--placement", "till"), ("policy", "report", "--placement", "till")]
)
def test_without_its_database_it_says_which_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SEGUE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    done = run(*words)
    assert (done.status, done.out) == (1, "")
    assert "127.0.0.1:1 cannot be used" in done.err


def test_the_report_tells_what_was_logged_and_what_a_candidate_would_earn(shop: Run, tmp_path: Path) -> None:
    rows = []
    for number in range(8):
        asked = ("decide", "--placement", "till", "--identifier", f"user_id:u{number}", "--json")
        slots = shop(*asked, "--context", "store=367")
        for name in ("Action Shown", "Action Accepted"):
            rows.append({
                "id": f"{name}-{number}", "name": name, "who": f"u{number}",
                "decision": slots.json()["decision_id"],
            })  # fmt: skip
    (tmp_path / "told.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "mapping.yaml").write_text(
        "source: till\nformat: {type: ndjson}\nevent:\n  type: track\n  name: {column: name}\n"
        '  message_id: "{id}"\n  identifiers: {user_id: who}\n  timestamp: {value: 2026-01-01T00:00:00Z}\n'
        "  properties: {decision_id: decision, slot: {value: 0}}\n"
    )
    done = shop("import", str(tmp_path / "told.ndjson"), "--mapping", str(tmp_path / "mapping.yaml"))
    assert done.status == 0, done.err
    told = shop("policy", "report", "--placement", "till", "--json").json()
    assert told.keys() == {
        "placement", "decisions", "since", "until", "policies", "actions", "series", "earned",
    }  # fmt: skip
    assert (told["placement"], told["decisions"]) == ("till", 8)
    logged = next(each for each in told["policies"] if each["policy"] == "logged")
    assert logged.keys() == {"policy", "says", "estimates", "effective", "warnings"}
    assert {each["estimator"] for each in logged["estimates"]} >= {"ips", "snips"}
    assert sum(each["seen"] for each in told["actions"]) == 8
    candidate = tmp_path / "candidate.yaml"
    candidate.write_text(ACTIONS.replace("value: 3", "value: 300"))
    compared = shop("policy", "report", "--placement", "till", "--candidate", str(candidate), "--json")
    assert "candidate" in {each["policy"] for each in compared.json()["policies"]}
    spoken = shop("policy", "report", "--placement", "till")
    assert spoken.out.startswith("till: 8 decisions that were seen")
    assert "snips" in spoken.out


def test_a_report_of_what_there_is_not_is_told_in_one_line(shop: Run, tmp_path: Path) -> None:
    nowhere = shop("policy", "report", "--placement", "tilt")
    assert (nowhere.status, nowhere.out, nowhere.err.count("\n")) == (1, "", 1)
    assert "there is no placement 'tilt'" in nowhere.err
    absent = str(tmp_path / "absent.yaml")
    missing = shop("policy", "report", "--placement", "till", "--candidate", absent)
    assert (missing.status, missing.out) == (1, "")
    assert absent in missing.err
