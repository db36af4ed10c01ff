"""A served installation that can be hurt, and a client that does not give up.

The client sends each batch again until it hears 200, as the SDKs do, so an event may well arrive
twice; it must be applied once. Events carry no ``sentAt``: their times are then taken as sent, and a
disturbed run can be compared with an undisturbed one to the byte.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Wire = dict[str, Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running ``segue serve`` and its ingest key."""

    def __init__(
        self, data: Path, port: int, process: subprocess.Popen[bytes], key: str, read_key: str
    ) -> None:
        self.data, self.port, self.process, self.key, self.read_key = data, port, process, key, read_key

    def request(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json"}
            if key is not None:
                headers["Authorization"] = f"Bearer {key}"
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, (json.loads(raw) if raw else None), dict(answer.getheaders())
        finally:
            connection.close()

    def send(self, batch: Sequence[Wire], patience: float = 90.0) -> int:
        """Send until 200; answers how many tries it took."""
        deadline = time.monotonic() + patience
        tries = 0
        while True:
            tries += 1
            try:
                status, _, _ = self.request("POST", "/v1/batch", {"batch": list(batch), "writeKey": self.key})
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                return tries
            assert status in (0, 503), f"a passing fault was answered with {status}"
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.1)

    def pids(self, role: str) -> list[int]:
        """Processes of this installation: ``web``, ``worker`` or ``postgres`` (its postmaster)."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            line = " ".join(words)
            if str(self.data) not in line:
                continue
            if (
                (role == "web" and "segue.edge.web" in line)
                or (role == "worker" and "segue.app.process" in line)
                or (role == "postgres" and words[0].endswith("postgres"))
            ):
                found.append(int(entry.name))
        return found

    def kill(self, role: str) -> None:
        """``kill -9`` one process of this role, if one is up."""
        for pid in self.pids(role)[:1]:
            os.kill(pid, signal.SIGKILL)

    def status(self) -> Wire:
        done = segue("status", "--json", data=self.data)
        return dict(json.loads(done))

    def caught_up(self, patience: float = 90.0) -> None:
        deadline = time.monotonic() + patience
        while True:
            said = self.status()
            if said["processed_offset"] >= said["log_offset"]:
                return
            assert time.monotonic() < deadline, f"the loop is stuck: {said}"
            time.sleep(0.2)


def segue(*words: str, data: Path, timeout: float = 120.0) -> str:
    """Run the command line as a person would and answer its standard output."""
    command = [sys.executable, "-m", "segue", *words, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"segue {' '.join(words)}: {done.stderr}"
    return done.stdout


@contextmanager
def served(data: Path, *options: str, environment: dict[str, str] | None = None) -> Iterator[Served]:
    """``segue serve`` on ``data`` for the length of the block."""
    port = free_port()
    command = [sys.executable, "-m", "segue", "serve", "--data", str(data), "--port", str(port), *options]
    log = data.with_suffix(".log").open("ab")
    process = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
    )
    try:
        _await_ready(process, port, data)
        key = segue("keys", "create", "--role", "ingest", "--source", "shop", "--trusted", data=data).strip()
        read_key = segue("keys", "create", "--role", "admin", data=data).strip()
        yield Served(data, port, process, key, read_key)
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def _await_ready(process: subprocess.Popen[bytes], port: int, data: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, data.with_suffix(".log").read_text()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, data.with_suffix(".log").read_text()
        time.sleep(0.1)


def shoppers(seed: int, events: int, people: int = 40) -> list[Wire]:
    """A seeded stream of ordinary events of a few people: views, log-ins, orders, refunds."""
    dice = random.Random(seed)
    start = 1_767_225_600
    stream: list[Wire] = []
    for n in range(events):
        who = dice.randrange(people)
        event: Wire = {
            "messageId": f"m-{seed}-{n}",
            "anonymousId": f"browser-{who}-{dice.randrange(2)}",
            "timestamp": _time(start + n * 7 + dice.randrange(-600, 600)),
        }
        roll = dice.random()
        if roll < 0.1:
            event |= {
                "type": "identify",
                "userId": f"u{who}",
                "traits": {"email": f"u{who}@example.com", "city": dice.choice("ABC")},
            }
        elif roll < 0.2:
            order = {
                "order_id": f"o{who}-{dice.randrange(30)}",
                "revenue": dice.randrange(1, 90),
                "currency": "EUR",
            }
            name = "Order Refunded" if roll < 0.12 else "Order Completed"
            event |= {"type": "track", "event": name, "userId": f"u{who}", "properties": order}
        elif roll < 0.6:
            event |= {"type": "page", "name": "Product", "properties": {"path": f"/p/{dice.randrange(50)}"}}
        else:
            product = {"sku": f"s{dice.randrange(50)}", "category": dice.choice(["tea", "coffee", "bread"])}
            event |= {"type": "track", "event": "Product Viewed", "properties": product}
        stream.append(event)
    return stream


def _time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def batches(stream: Sequence[Wire], size: int) -> Iterator[Sequence[Wire]]:
    for at in range(0, len(stream), size):
        yield stream[at : at + size]
