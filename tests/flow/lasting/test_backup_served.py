"""A backup made of a server under load: all that was acknowledged before it is there once, and agrees."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from segue.app.ledger import FILE as LEDGER
from tests.flow.faults.harness import caught_up, offer
from tests.patience import PATIENCE
from tests.served import Served, environment, segue, serving

SHOPPERS = 24


class Load:
    """Collector threads that send orders until told to stop."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.acknowledged: set[str] = set()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(n,)) for n in range(2)]

    def _send(self, thread: int) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            names = [f"{thread}-{turn}-{n}" for n in range(5)]
            status, _, _ = offer(self.server, [order(name) for name in names])
            if status == 200:
                self.acknowledged |= set(names)
            time.sleep(0.02)  # a record counts 1,024 orders exactly, and no shopper shall have more

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def await_more(self, events: int) -> set[str]:
        """What is acknowledged when so many more are."""
        goal = len(self.acknowledged) + events
        deadline = time.monotonic() + PATIENCE
        while len(self.acknowledged) < goal:
            assert time.monotonic() < deadline, "the collector stands still"
            time.sleep(0.02)
        return set(self.acknowledged)


def order(name: str) -> dict[str, Any]:
    """One order of one of the shoppers."""
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": name,
        "userId": f"u{sum(map(ord, name)) % SHOPPERS}",
        "properties": {"order_id": name, "revenue": 1, "currency": "EUR"},
    }


def in_lake(data: Path) -> Counter[str]:
    """How often each message id is in the lake."""
    rows = json.loads(segue("sql", "select message_id as m from events", "--json", "--data", str(data)))
    return Counter(row["m"] for row in rows)


def orders(data: Path) -> dict[str, int]:
    """How many orders each shopper's record counts."""
    with serving(data) as server:
        caught_up(server)
        found = {}
        for who in (f"u{n}" for n in range(SHOPPERS)):
            for person in server.get(f"/api/v1/persons?identifier=user_id:{who}")["persons"]:
                found[who] = person["orders"]["count"]
        return found


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, set[str]]:
    """The data directory, the backup, and what was acknowledged before it began; u0 was erased after it."""
    folder = tmp_path_factory.mktemp("copied")
    data, file = folder / "data", folder / "shop.backup"
    data.mkdir()
    (data / "segue.toml").write_text("flush_seconds = 1\nflush_events = 50\n")
    (data / "demo.json").write_text("{}")
    (data / "inbox").mkdir()
    (data / "inbox" / "upload.csv").write_text("a\n")
    with serving(data) as server:
        server.key("ingest", "--source", "shop", "--trusted")
        server.key("admin")
        with Load(server) as load:
            before = load.await_more(200)
            until = time.monotonic() + PATIENCE
            while not list((data / "lake").rglob("*.parquet")) and time.monotonic() < until:
                time.sleep(0.1)  # so that there is something of the lake to keep
            told = backed_up(data, file)
            load.await_more(50)
        assert "database: " in told
        assert "lake: " in told
        caught_up(server)
        [person] = server.get("/api/v1/persons?identifier=user_id:u0")["persons"]
        segue("persons", "erase", person["person_id"], "--data", str(data))
    return data, file, before


def backed_up(data: Path, file: Path) -> str:
    """Back up by the command; what it says meanwhile."""
    command = [sys.executable, "-m", "segue", "backup", str(file), "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    return done.stderr


@pytest.mark.parametrize("place", [pytest.param("another", marks=pytest.mark.slow), "same"])
def test_what_was_acknowledged_before_is_there_once_and_lake_and_records_agree(
    copied: tuple[Path, Path, set[str]], tmp_path: Path, place: str
) -> None:
    data, file, before = copied
    assert file.stat().st_mode & 0o777 == 0o600
    if place == "another":
        target = tmp_path / "restored"
        target.mkdir()
        shutil.copy(data / LEDGER, target / LEDGER)
    else:
        target = data
    segue("restore", str(file), "--data", str(target))
    found = in_lake(target)
    assert set(found.values()) == {1}
    owners = {name: order(name)["userId"] for name in before | found.keys()}
    assert {name for name in before if owners[name] != "u0"} <= found.keys()
    assert not [name for name in found if owners[name] == "u0"]
    assert orders(target) == Counter(owners[name] for name in found)
    assert (target / "demo.json").exists()
    # what was uploaded belongs to the directory and is in no backup
    assert (target / "inbox").exists() == (place == "same")


def test_a_backup_that_is_cut_or_bent_is_refused_with_a_cure(
    copied: tuple[Path, Path, set[str]], tmp_path: Path
) -> None:
    whole = copied[1].read_bytes()
    bent = bytearray(whole)
    bent[len(bent) // 2] ^= 1
    for content in (whole[: len(whole) // 2], bytes(bent)):
        broken = tmp_path / "broken.backup"
        broken.write_bytes(content)
        command = [sys.executable, "-m", "segue", "restore", str(broken), "--data", str(tmp_path / "new")]
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
        assert done.returncode == 1
        assert "is not a whole backup" in done.stderr
        assert "use a file that `segue backup` made" in done.stderr
        assert not (tmp_path / "new" / "postgres").exists()
