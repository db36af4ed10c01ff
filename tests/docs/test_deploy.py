"""What is shipped for operators fits what Segue is: metrics that exist, files that are valid, one port."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from segue.app.processes.children import GRACE
from segue.edge.metrics import METRICS
from segue.settings import Settings
from tests.docs.pages import ROOT, read

KNOWN = {metric.name: metric for metric in METRICS}
SUFFIXES = ("_bucket", "_sum", "_count")
WORDS = {
    "sum", "rate", "increase", "delta", "max", "min", "by", "without", "time", "vector", "or", "and",
    "resets",
    "histogram_quantile", "predict_linear", "up", "on", "avg",
}  # fmt: skip
DURATION = re.compile(r"\d+[smhdw]")
RULES = yaml.safe_load(read("deploy/alerts.yml"))["groups"][0]["rules"]
BOARD = json.loads(read("deploy/grafana-dashboard.json"))


def expressions() -> Iterator[str]:
    for rule in RULES:
        yield rule["expr"]
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


def faults(expression: str) -> list[str]:
    """What an expression names that is neither PromQL's nor a metric of ours, and labels that it has not."""
    assert expression.count("(") == expression.count(")")
    bare = re.sub(r'"[^"]*"', '""', expression)
    found = []
    labels: set[str] = set()
    for name in re.findall(r"[a-z_][a-z0-9_]*(?=\{|\b)", re.sub(r"\{[^}]*\}|\[[^]]*\]", "", bare)):
        base = next((name.removesuffix(s) for s in SUFFIXES if name.removesuffix(s) in KNOWN), name)
        if base in KNOWN:
            if (KNOWN[base].kind == "histogram") != (base != name):
                found.append(f"{name} of a {KNOWN[base].kind}")
            labels |= {*KNOWN[base].labels, "le"}
        elif name not in WORDS and not re.search(rf"by \([^)]*\b{name}\b", bare):
            found.append(name)
    grouped = re.findall(r"by \(([^)]*)\)", bare)
    matched = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", "".join(re.findall(r"\{[^}]*\}", bare)))
    used = {label.strip() for group in grouped for label in group.split(",")} | set(matched)
    return found + sorted(used - labels - {"job"})


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_asks_for_what_is_documented(expression: str) -> None:
    assert faults(expression) == []


def test_what_is_not_documented_is_noticed() -> None:
    assert faults("sum by (colour) (rate(segue_nothing_total[5m]))") == ["segue_nothing_total", "colour"]
    assert faults("segue_http_request_seconds > 1") == ["segue_http_request_seconds of a histogram"]
    assert faults('segue_lag_seconds{shop="x"}') == ["shop"]


def test_every_alert_says_what_to_do() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
    for rule in RULES:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}, rule
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["cure"]
        assert "for" not in rule or DURATION.fullmatch(rule["for"])


def test_the_dashboard_can_be_imported_anywhere() -> None:
    [source] = BOARD["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    assert BOARD["uid"] == "segue-operations"
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in BOARD["panels"]:
        assert panel["datasource"]["uid"] == "${datasource}"
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_units_are_valid(tmp_path: Path) -> None:
    names = ["segue.service", "segue-backup.service", "segue-backup.timer"]
    for name in names:  # there is no /opt/segue here
        text = read(f"deploy/{name}").replace("/opt/segue/bin/segue", "/bin/true")
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in names)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Unknown" not in done.stderr


def unit(name: str) -> dict[str, str]:
    """Its assignments; of those that are made twice, the last."""
    return dict(line.split("=", 1) for line in read(f"deploy/{name}").splitlines() if re.match(r"\w+=", line))


def test_the_service_gives_the_server_time_to_stop_and_one_place_to_write() -> None:
    service = unit("segue.service")
    assert float(service["TimeoutStopSec"]) >= GRACE + 60  # the workers', then PostgreSQL's
    assert service["KillSignal"] == "SIGTERM"
    assert service["ReadWritePaths"] == "/var/lib/segue"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"


def test_the_image_serves_the_port_as_an_ordinary_user() -> None:
    text = read("Dockerfile")
    last: str = text.split("FROM ")[-1]
    assert f"EXPOSE {Settings().port}" in last
    assert "USER segue" in last
    assert 'ENTRYPOINT ["segue"]' in last
    assert "/health/ready" in last
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert all(re.fullmatch(r"[a-z]+:[a-z0-9.-]+", image) for image in images), images
    copied: Any = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
