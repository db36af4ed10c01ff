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
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE
from tests.served import Served, segue

Wire = dict[str, Any]


def offer(server: Served, batch: Sequence[Wire]) -> tuple[int, Any, Any]:
    """Send once: status (0 when nobody answers), body and headers."""
    key = server.key("ingest", "--source", "shop", "--trusted")
    body = json.dumps({"batch": list(batch), "writeKey": key}).encode()
    try:
        answer = server.request("POST", "/v1/batch", body=body, headers={"Content-Type": "application/json"})
    except (OSError, http.client.HTTPException):
        return 0, None, {}
    return answer.status, answer.json(), answer.headers


def send(server: Served, batch: Sequence[Wire], patience: float = PATIENCE) -> None:
    """Send until 200, as the SDKs do."""
    deadline = time.monotonic() + patience
    while True:
        status, _, _ = offer(server, batch)
        if status == 200:
            return
        assert status in (0, 503), f"a passing fault was answered with {status}"
        assert time.monotonic() < deadline, "the server did not come back"
        time.sleep(0.1)


def pids(server: Served, role: str) -> list[int]:
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
        if str(server.data) in line and (
            (role == "web" and "segue.edge.web" in line)
            or (role == "worker" and "segue.app.processes.worker" in line)
            or (role == "postgres" and words[0].endswith("postgres"))
        ):
            found.append(int(entry.name))
    return found


def kill(server: Served, role: str) -> None:
    """``kill -9`` one process of this role, if one is up."""
    for pid in pids(server, role)[:1]:
        os.kill(pid, signal.SIGKILL)


def status(server: Served) -> Wire:
    return dict(json.loads(segue("status", "--json", "--data", str(server.data))))


def caught_up(server: Served, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while True:
        said = status(server)
        if said["processed_offset"] >= said["log_offset"]:
            return
        assert time.monotonic() < deadline, f"the loop is stuck: {said}"
        time.sleep(0.2)


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
