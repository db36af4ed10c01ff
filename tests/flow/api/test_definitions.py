"""Definitions over HTTP: read, checked, put in force."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.definitions import default_bodies
from segue.app.folders import apply_folder, export_folder
from tests.flow.api.harness import Api

IDENTITY = """# ours
identifiers:
  user_id: {priority: 1, unique: true}
  email:
    priority: 2
    limit: {count: 3, per: year}
    normalise: email
  phone: {priority: 3, normalise: {e164: DE}}
from:
  email: [traits.email]
blocked:
  "*": ["none"]
"""
PLAN = """events:
  Order Completed:
    schema: schemas/order.json
    on_violation: reject
  Product Viewed: {schema: {properties: {sku: {type: string}}}}
unplanned: {event: flag}
"""
ORDER = """{
  "type": "object",
  "properties": {
    "order_id": {"type": "string"},
    "revenue": {"type": "number"}
  },
  "required": ["order_id"]
}"""


def put(api: Api, bodies: dict[str, str], status: int = 200, **more: Any) -> Any:
    answer = api.request("PUT", "/api/v1/definitions", body={"bodies": bodies, **more})
    assert answer.status == status, answer.body
    return answer.json()


def problems(api: Api, bodies: dict[str, str]) -> list[tuple[str, int | None, str]]:
    told = api.post("/api/v1/definitions/check", {"bodies": bodies})
    assert (told["rules"] is None) == bool(told["problems"])
    return [(each["name"], each["line"], each["message"]) for each in told["problems"]]


def test_an_empty_installation_shows_the_defaults(api: Api) -> None:
    told = api.get("/api/v1/definitions")
    assert [each["name"] for each in told["definitions"]] == [
        "identity.yaml", "survivorship.yaml", "plan.yaml", "purposes.yaml", "traits.yaml", "segments.yaml",
        "placements.yaml", "actions.yaml",
    ]  # fmt: skip
    assert all(
        each["default"] and each["version"] == 0 and each["by"] is None for each in told["definitions"]
    )
    first = told["rules"]["identity"]["kinds"][0]
    assert first == {
        "kind": "user_id", "priority": 1, "unique": True, "device": False, "limit": None, "normalise": "none",
    }  # fmt: skip
    assert told["rules"]["purposes"]["purposes"][0]["purpose"] == "service"
    assert told["rules"]["survivorship"]["default"] == ["proven", "trust", "recency"]
    assert told["rules"]["plan"] == {"events": [], "unplanned_event": "allow", "unplanned_property": "allow"}
    assert api.get("/api/v1/definitions/history?name=plan.yaml") == {"versions": []}


def test_what_was_put_in_force_is_shown_as_text_and_parsed(api: Api) -> None:
    done = put(api, {"identity.yaml": IDENTITY, "plan.yaml": PLAN, "schemas/order.json": ORDER})
    assert done["changed"] == ["identity.yaml", "plan.yaml", "schemas/order.json"]
    told = api.get("/api/v1/definitions")
    identity = {each["name"]: each for each in told["definitions"]}["identity.yaml"]
    assert (identity["body"], identity["version"], identity["default"]) == (IDENTITY, 1, False)
    assert identity["applied_at"] == "2026-03-01T12:00:00Z"
    kinds = {each["kind"]: each for each in told["rules"]["identity"]["kinds"]}
    assert kinds["email"]["limit"] == {"count": 3, "per": "year"}
    assert kinds["phone"]["normalise"] == "e164:DE"
    assert told["rules"]["identity"]["from"] == {"email": ["traits.email"]}
    assert told["rules"]["plan"]["events"] == [
        {
            "event": "Order Completed", "on_violation": "reject", "schema": "schemas/order.json",
            "properties": ["order_id", "revenue"], "required": ["order_id"],
        },
        {
            "event": "Product Viewed", "on_violation": "flag", "schema": None,
            "properties": ["sku"], "required": [],
        },
    ]  # fmt: skip
    acts = [(each["act"], each["subject"]) for each in api.get("/api/v1/audit")["acts"]]
    assert set(acts[:3]) == {("definition applied", name) for name in done["changed"]}


def test_history_keeps_every_version_and_the_same_text_is_none(api: Api) -> None:
    for body in ("trust: [till]\n", "trust: [till]\n", "trust: [web]\n"):
        put(api, {"survivorship.yaml": body})
    versions = api.get("/api/v1/definitions/history?name=survivorship.yaml")["versions"]
    assert [(each["version"], each["body"]) for each in versions] == [
        (2, "trust: [web]\n"),
        (1, "trust: [till]\n"),
    ]
    assert versions[0]["by"] == api.get("/api/v1/audit")["acts"][0]["actor"]


def test_who_was_overtaken_is_told_and_changes_nothing(api: Api) -> None:
    put(api, {"survivorship.yaml": "trust: [till]\n"}, expected={"survivorship.yaml": 0})
    told = put(
        api,
        {"survivorship.yaml": "trust: [web]\n", "purposes.yaml": "purposes: {}\n"},
        409,
        expected={"survivorship.yaml": 0, "purposes.yaml": 0},
    )
    assert (told["code"], "version 1" in told["message"]) == ("conflict", True)
    assert {each["name"]: each["version"] for each in api.get("/api/v1/definitions")["definitions"]} == {
        "identity.yaml": 0, "survivorship.yaml": 1, "plan.yaml": 0, "purposes.yaml": 0,
        "traits.yaml": 0, "segments.yaml": 0,
        "placements.yaml": 0, "actions.yaml": 0,
    }  # fmt: skip
    put(api, {"survivorship.yaml": "trust: [web]\n"}, expected={"survivorship.yaml": 1})


def test_all_are_put_in_force_or_none(api: Api) -> None:
    told = put(api, {"survivorship.yaml": "trust: [till]\n", "plan.yaml": "event: {}\n"}, 400)
    assert told["code"] == "invalid_definition"
    assert told["message"].startswith("plan.yaml: ")
    assert all(each["default"] for each in api.get("/api/v1/definitions")["definitions"])


@pytest.mark.parametrize(
    "name", ["settings.yaml", "identity.yml", "../identity.yaml", "schemas/../x.json", "schemas/x.yaml", ""]
)
def test_what_is_no_definition_is_refused(api: Api, name: str) -> None:
    assert "is no definition" in put(api, {name: "{}"}, 400)["message"]
    [(told, line, _)] = problems(api, {name: "{}"})
    assert (told, line) == (name, None)


def test_every_problem_is_told_with_its_file_and_line(api: Api) -> None:
    wrong = (
        IDENTITY.replace("unique: true", "unik: true")
        .replace("count: 3", "count: none")
        .replace("traits.email", "email")
    )
    assert problems(
        api, {"identity.yaml": wrong, "survivorship.yaml": "trust: [a]\ndefault: [newest]\n"}
    ) == [
        ("identity.yaml", 3, "identifiers.user_id: 'unik' is not known"),
        ("identity.yaml", 6, "identifiers.email.limit.count: expected a whole number of at least 1"),
        ("identity.yaml", 10, "from.email: 'email' leads nowhere"),
        ("survivorship.yaml", 2, "default: 'newest' is not one of them"),
    ]
    told = api.post("/api/v1/definitions/check", {"bodies": {"identity.yaml": wrong}})
    assert told["problems"][0]["cure"] == "did you mean 'unique'?"


def test_a_text_that_is_no_yaml_is_told_with_its_line(api: Api) -> None:
    [(name, line, _)] = problems(api, {"plan.yaml": "events:\n  A: {\n"})
    assert (name, line) == ("plan.yaml", 3)
    [(name, line, _)] = problems(api, {"traits.yaml": "a: b: c\n"})
    assert (name, line) == ("traits.yaml", 1)


def test_a_wrong_schema_is_a_problem_of_its_own_file(api: Api) -> None:
    bad = ORDER.replace('"number"', '"money"')
    told = problems(api, {"plan.yaml": PLAN, "schemas/order.json": bad})
    assert {(name, line) for name, line, _ in told} == {("schemas/order.json", 5)}
    [(name, _, message)] = problems(api, {"schemas/order.json": "{"})
    assert (name, "no JSON" in message) == ("schemas/order.json", True)
    assert problems(api, {"plan.yaml": PLAN}) == [("plan.yaml", 3, "there is no schema 'schemas/order.json'")]


def test_a_schema_alone_is_checked_against_the_plan_in_force(api: Api) -> None:
    put(api, {"plan.yaml": PLAN, "schemas/order.json": ORDER})
    assert problems(api, {"schemas/order.json": ORDER.replace("number", "integer")}) == []
    assert problems(api, {"schemas/order.json": '{"$ref": "https://elsewhere.example/"}'})


def test_what_is_right_is_shown_as_it_would_be_and_changes_nothing(api: Api) -> None:
    told = api.post("/api/v1/definitions/check", {"bodies": {"identity.yaml": IDENTITY}})
    assert told["problems"] == []
    assert [each["kind"] for each in told["rules"]["identity"]["kinds"]] == ["user_id", "email", "phone"]
    assert all(each["default"] for each in api.get("/api/v1/definitions")["definitions"])
    assert problems(api, dict(default_bodies())) == []


def test_the_command_line_and_http_speak_of_the_same(api: Api, tmp_path: Any) -> None:
    folder = tmp_path / "rules"
    (folder / "schemas").mkdir(parents=True)
    for name, body in {"identity.yaml": IDENTITY, "plan.yaml": PLAN, "schemas/order.json": ORDER}.items():
        (folder / name).write_text(body)
    house = api.installation
    apply_folder(house.database, house.clock, folder, actor="command line")
    told = {each["name"]: each for each in api.get("/api/v1/definitions")["definitions"]}
    assert (told["plan.yaml"]["body"], told["plan.yaml"]["by"]) == (PLAN, "command line")
    put(api, {"purposes.yaml": "purposes: {}\n"})
    out = tmp_path / "out"
    export_folder(house.database, house.clock, out)
    assert (out / "purposes.yaml").read_text() == "purposes: {}\n"


# ── hints ────────────────────────────────────────────────────────────────────

HINTED = """# ours
actions:
  story: {kind: content}
  coffee:
    kind: offer
    audience:
      any:
        - {field: traits.frequency, op: ">=", value: 1}
        - all:
            - {not: {segment: loyl}}
    suitable: {not: {segment: open_ticket}}
    levers:
      - {when: {segment: loyal}, multiply: 2}
      - {when: {segment: loyaly}, multiply: 3}
"""
LOYAL = "segments: {loyal: {when: {field: traits.frequency, op: '>=', value: 3}}}\n"


def hints(told: Any) -> list[tuple[str, int | None, str, str]]:
    return [(each["name"], each["line"], each["place"], each["cure"]) for each in told["hints"]]


def test_segments_that_do_not_exist_are_hinted_at_and_nothing_is_refused(api: Api) -> None:
    both = {"actions.yaml": HINTED, "segments.yaml": LOYAL}
    told = api.post("/api/v1/definitions/check", {"bodies": both})
    assert (told["problems"], told["rules"] is None) == ([], False)
    assert hints(told) == [
        ("actions.yaml", 10, "actions.coffee.audience.any.1.all.0.not.segment", "did you mean 'loyal'?"),
        ("actions.yaml", 11, "actions.coffee.suitable.not.segment", "write it in segments.yaml"),
        ("actions.yaml", 14, "actions.coffee.levers.1.when.segment", "did you mean 'loyal'?"),
    ]
    first = told["hints"][0]["message"]
    assert first == "there is no segment 'loyl', so this is false until there is one"
    assert hints(put(api, both)) == hints(told)
    assert hints(put(api, {"survivorship.yaml": "trust: [till]\n"})) == [], "it has nothing to do with it"
    assert hints(api.post("/api/v1/definitions/check", {"bodies": {"purposes.yaml": "purposes: ["}})) == []


def test_hints_come_and_go_with_the_segments(api: Api) -> None:
    put(api, {"actions.yaml": HINTED, "segments.yaml": LOYAL})
    more = LOYAL
    for name in ("loyl", "open_ticket", "loyaly"):
        more = more.replace("segments: {", f"segments: {{{name}: {{when: {{did: Complaint Opened}}}}, ")
    assert hints(put(api, {"segments.yaml": more})) == []
    gone = hints(put(api, {"segments.yaml": "segments: {}\n"}))
    assert [(name, line) for name, line, *_ in gone] == [("actions.yaml", each) for each in (10, 11, 13, 14)]
