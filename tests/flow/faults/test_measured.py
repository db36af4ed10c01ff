"""Whichever web process is asked, it tells of all processes, and what was counted never goes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segue.app.directory import server_record
from segue.edge.metrics import METRICS
from tests.flow.faults.harness import caught_up, kill, offer, send, shoppers
from tests.served import Served, await_ready, segue, serving

SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="')


def scraped(server: Served) -> dict[str, float]:
    """Every series by its name and labels."""
    text = server.request("GET", "/metrics").body.decode()
    return {f"{name}{{{labels}}}": float(value) for name, labels, value in SERIES.findall(text)}


def total(series: dict[str, float], name: str, *labels: str) -> float:
    return sum(
        value
        for key, value in series.items()
        if key.startswith(name + "{") and all(label in key for label in labels)
    )


@pytest.mark.slow
def test_the_figures_of_every_process_are_told_by_any(tmp_path: Path) -> None:
    options = ["--web-processes", "2", "--workers", "2"]
    data = tmp_path / "data"
    data.mkdir()
    (data / "segue.toml").write_text("flush_seconds = 1\n")
    with serving(data, options) as server:
        stream = shoppers(seed=5, events=200)
        for at in range(0, 200, 10):
            send(server, stream[at : at + 10])
        assert offer(server, [{"type": "buy", "messageId": "x", "userId": "u"}])[0] == 200
        caught_up(server)
        segue("sql", "select 1", "--data", str(data))
        segue("backup", str(tmp_path / "x.backup"), "--data", str(data))
        seen = [scraped(server) for _ in range(8)]  # connections are spread over both web processes
        for found in seen:
            assert total(found, "segue_collected_events_total", 'source="shop"', '"accepted"') == 200
            assert total(found, "segue_collected_events_total", '"dead_letter"') == 1
            assert total(found, "segue_http_requests_total", 'route="collect"', 'status="200"') == 21
            assert total(found, "segue_http_request_seconds_count", 'route="collect"') == 21
            assert total(found, "segue_worker_events_total") == 200
            assert found['segue_dead_letters{reason="unknown_type"}'] == 1
            assert found["segue_database_up{}"] == 1
            assert found["segue_last_backup_timestamp_seconds{}"] > 1.7e9
        documented(server)
        names = {"serve", "web-0", "web-1", "worker-0", "worker-1"}
        assert {key for key in seen[0] if key.startswith("segue_process_resident_bytes")} == {
            f'segue_process_resident_bytes{{process="{name}"}}' for name in names
        }
        before = (server_record(data) or {})["processes"]
        kill(server, "web")
        kill(server, "worker")
        await_ready(server, data.with_name("data.log"))
        send(server, shoppers(seed=6, events=10))
        caught_up(server)
        for found in (scraped(server) for _ in range(4)):
            assert total(found, "segue_collected_events_total", '"accepted"') == 210
            assert total(found, "segue_worker_events_total") >= 210
        assert (server_record(data) or {})["processes"] != before


def documented(server: Served) -> None:
    """What is told is documented, with its labels; all but failures, which there are none of."""
    text = server.request("GET", "/metrics").body.decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert kinds == {metric.name: metric.kind for metric in METRICS}
    labels = {metric.name: {*metric.labels, "le"} for metric in METRICS}
    for name, found, _ in SERIES.findall(text):
        metric = name if name in labels else re.sub(r"_(bucket|sum|count)$", "", name)
        assert set(LABEL.findall(found)) <= labels[metric], name
    assert "example.com" not in text
