"""An installation made by an earlier version of Segue, and a picture of it to hold later ones against.

Everything goes through the command line and HTTP, as a retailer's own programs would, so one text
drives every version: ``source`` is the ``src`` folder of the one that shall run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.flow.faults.harness import caught_up, offer, shoppers
from tests.served import Served, segue, serving

Picture = dict[str, Any]

DEMO = """
import sys
from pathlib import Path
from segue.app.demo.run import run_demo
from segue.app.installation import open_installation
with open_installation(Path(sys.argv[1])) as installation:
    run_demo(installation, most=int(sys.argv[2]))
"""

COUNTS = "select count(*) as rows, count(distinct message_id) as events, count(distinct fragment_id) as ids"


@contextmanager
def version(source: Path) -> Iterator[None]:
    """Programs that are started in the block run the code in ``source``."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(source)
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def fill(data: Path, households: int = 0) -> Picture:
    """Make an installation in which everything has happened that an upgrade could lose; its picture."""
    if households:
        command = [sys.executable, "-c", DEMO, str(data), str(households)]
        subprocess.run(command, check=True, capture_output=True)
    with serving(data) as server:
        happen(server)
        return picture(server)


def happen(server: Served) -> None:
    """Events of a dozen people, one that is refused, a merge by hand, an erasure with its proof."""
    refused = {"messageId": "no-call", "type": "buy", "userId": "u1", "properties": {"order_id": "o1"}}
    for batch in (shoppers(seed=3, events=240, people=12), [refused]):
        status, _, _ = offer(server, batch)
        assert status == 200
    caught_up(server)
    data = ["--data", str(server.data)]
    ids = [found(server, f"user_id:u{who}")["person_id"] for who in (1, 2, 3)]
    segue("persons", "merge", ids[0], ids[1], *data)
    segue("persons", "erase", ids[2], *data)


def found(server: Served, identifier: str) -> Any:
    """The record of whoever has the identifier."""
    [person] = server.get(f"/api/v1/persons?identifier={identifier}")["persons"]
    return person


def picture(server: Served) -> Picture:
    """What can be read of an installation: every person whole, and the counts."""
    caught_up(server)
    data = ["--data", str(server.data), "--json"]
    ids = json.loads(segue("sql", "select distinct person_id from fragments order by 1", *data))
    status = server.get("/api/v1/status")
    return {
        "status": {name: status[name] for name in ("log_offset", "persons", "fragments", "dead_letters")},
        "lake": json.loads(segue("sql", f"{COUNTS} from events", *data)),
        "letters": json.loads(segue("deadletters", "list", *data)),
        "acts": [act for act in json.loads(segue("audit", *data)) if act["act"] in {"merge", "erase"}],
        "persons": {row["person_id"]: person(server, row["person_id"]) for row in ids if row["person_id"]},
    }


def person(server: Served, person_id: str) -> dict[str, Any]:
    """Her record, her identity and her last events."""
    path = f"/api/v1/persons/{person_id}"
    return {
        "record": server.get(path),
        "identity": server.get(f"{path}/identity"),
        "timeline": server.get(f"{path}/timeline?limit=20")["events"],
    }


def lost(before: Any, now: Any, place: str = "") -> list[str]:
    """Where ``now`` lacks or contradicts what ``before`` said; what a later version adds is no fault."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            fault
            for name, value in before.items()
            for fault in (
                lost(value, now[name], f"{place}/{name}") if name in now else [f"{place}/{name} is gone"]
            )
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs: Sequence[tuple[Any, Any]] = list(zip(before, now, strict=True))
        return [fault for n, (a, b) in enumerate(pairs) for fault in lost(a, b, f"{place}/{n}")]
    return [] if before == now else [f"{place}: {before!r} became {now!r}"]
