"""What can be set, read, measured and called is documented, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from segue.app.catalogue import FILES
from segue.app.definitions import NAMES
from segue.domain.access import ROLES
from segue.domain.rules import default_identity, default_purposes
from segue.domain.rules.read import read_identity, read_purposes
from segue.domain.rules.segments import read_segments
from segue.domain.rules.traits import HOWS, read_traits
from segue.edge.api.application import describe
from segue.edge.api.roles import ACTS
from segue.edge.cli.files import apply
from segue.edge.metrics import METRICS
from segue.settings import Settings
from tests.docs.commands import commands
from tests.docs.pages import ROOT, blocks, read, rows


def _twice(table: Iterable[list[str]]) -> list[str]:
    """Rows that stand more than once: sets and mappings of them would hide it."""
    return [name for name, times in Counter(row[0] for row in table).items() if times > 1]


def test_every_setting_is_documented_with_its_default_and_its_variable() -> None:
    documented = {row[0]: row for row in rows(read("docs/settings.md"))}
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    assert list(documented) == list(fields)
    for name, field in fields.items():
        assert documented[name][1] == (str(field.default) or "(empty)"), name
        assert documented[name][2] == f"SEGUE_{name.upper()}"
        assert documented[name][3]


def test_every_metric_is_documented_as_the_code_describes_it() -> None:
    documented = [tuple(row) for row in rows(read("docs/metrics.md"))]
    assert documented == [
        (metric.name, metric.kind, ", ".join(metric.labels), metric.says) for metric in METRICS
    ]


def test_the_matrix_of_roles_is_the_code_s() -> None:
    table = list(rows(read("docs/api-roles.md")))
    assert [row[0] for row in table] == list(ACTS)
    documented = {row[0]: row[1:] for row in table}
    for name, act in ACTS.items():
        roles = act.roles
        expected = ["anybody" if roles is None else "yes" if role in roles else "" for role in ROLES]
        assert documented.pop(name) == [act.says, *expected]
    assert not documented


def test_every_command_is_documented_with_its_arguments_and_options() -> None:
    table = list(rows(read("docs/command-line.md")))
    assert not _twice(table)
    documented = {row[0]: set(row[2].split(", ")) - {""} for row in table}
    found = commands()
    assert [command.name for command in found if "--data" not in command.options] == []
    assert documented == {command.usage: set(command.options) - {"--data"} for command in found}


def test_whoever_asks_how_to_apply_is_told_every_file() -> None:
    told = apply.__doc__ or ""
    named = {name for name in (*NAMES, *FILES) if re.search(rf"\b{name.partition('.')[0]}\b", told)}
    assert named == {*NAMES, *FILES}
    assert ".yaml" in told
    assert ".csv" in told


def test_every_endpoint_of_the_api_is_documented() -> None:
    text = read("docs/api.md")
    assert not _twice(rows(text))
    documented = {
        (method, path)
        for row in rows(text)
        for method, path in re.findall(r"(GET|POST|PUT|DELETE) (/[^\s?,]*)", row[0])
    }
    described: dict[str, Any] = msgspec.json.decode(describe())
    for path, item in described["paths"].items():
        for method in item.keys() & {"get", "post", "put", "delete"}:
            assert (method.upper(), path) in documented
    known = {(m.upper(), path) for path, item in described["paths"].items() for m in item}
    assert {call for call in documented if call[1].startswith("/api/v1/")} <= known


def test_every_operation_of_the_api_says_in_our_words_what_it_does() -> None:
    described: dict[str, Any] = msgspec.json.decode(describe())
    for path, item in described["paths"].items():
        for method, operation in item.items():
            said = operation["description"]
            assert re.fullmatch(r"[^\n`]+\.", said), (method, path, said)


def test_every_reason_of_a_dead_letter_that_admission_gives_is_explained() -> None:
    rooms = [ROOT / "src" / "segue" / room for room in ("collect", "sources", "edge/collecting")]
    code = "".join(file.read_text() for room in rooms for file in room.rglob("*.py"))
    given = set(re.findall(r"(?:_Refused\(|_unreadable\(|\breason=)\s*\"(\w+)\"", code))
    explained = {row[0] for row in rows(read("docs/how-to/mend-dead-letters.md"))}
    assert given
    assert given <= explained


def test_the_documented_defaults_of_the_rules_are_the_code_s() -> None:
    written = [body for language, body in blocks(read("docs/files.md")) if language == "yaml"]
    identity = read_identity(next(body for body in written if body.startswith("identifiers:")))
    assert identity.kinds == default_identity().kinds
    assert identity.paths == default_identity().paths
    assert identity.blocked == default_identity().blocked
    purposes = read_purposes(next(body for body in written if body.startswith("purposes:")))
    assert purposes.purposes == default_purposes().purposes


def test_the_traits_and_segments_that_are_shown_can_be_put_in_force_together() -> None:
    written = [body for language, body in blocks(read("docs/files.md")) if language == "yaml"]
    traits = read_traits(next(body for body in written if body.startswith("traits:")))
    segments = read_segments(
        next(body for body in written if body.startswith("segments:")), traits, default_purposes().purposes
    )
    assert "evening_share" in {each.name for each in traits}
    assert {"loyal_at_risk", "city_buyers"} <= {each.name for each in segments}


def test_every_way_to_compute_a_trait_is_explained() -> None:
    keys = {key for row in rows(read("docs/files.md")) for key in re.findall(r"\w+", row[0])}
    assert set(HOWS) <= keys
