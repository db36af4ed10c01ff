"""A preview of a segment among a million persons: at most one second, over HTTP.

The snapshot is made up: 30 traits of different shapes, 6 attributes, consent, 50 segments. The server
answers from it as it does from any other. Who is in it is not in the database, so no sample is shown with
the answers: at most twenty glances, a few milliseconds each, come on top.
"""

from __future__ import annotations

import time
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from bench import stage
from bench.report import Figure, run
from segue.adapters.duckdb.snapshot import TYPES, SnapshotFolder
from segue.app.definitions import apply
from segue.app.directory import SNAPSHOT
from segue.app.installation import Installation, open_installation
from segue.app.segments.snapshot import About, digests
from segue.enrich.segments.columns import Field
from segue.enrich.segments.compile import segments_of
from segue.ports.clock import SystemClock

TRAITS, SEGMENTS = 30, 50
MUST = 1.0
PORTION = 65_536
PATH, JSON = "/api/v1/segments/preview", {"Content-Type": "application/json"}
CITIES = [f"city {number}" for number in range(80)]


def measure(quick: bool) -> list[Figure]:
    persons, rounds = (100_000, 2) if quick else (1_000_000, 10)
    with stage.served() as running:
        with open_installation(running.data) as installation:
            define(installation)
        with open_installation(running.data) as installation:
            name = make_up(installation, persons)
        key = running.key("marketer")
        times: list[float] = []
        found: list[int] = []
        for turn in range(rounds + 1):
            for when in conditions():
                begun = time.perf_counter()
                body = msgspec.json.encode({"when": when})
                answer = running.request("POST", PATH, key=key, body=body, headers=JSON)
                if turn:  # the first round reads the footer
                    times.append(time.perf_counter() - begun)
                told = answer.json()
                if answer.status != 200 or told["of"] != persons or told["from"] != "snapshot":
                    raise AssertionError(f"{answer.status}: {answer.body[:300]!r}")
                found.append(told["count"])
        bare = bare_seconds(str(running.data / SNAPSHOT / name))
    p50, p95, most = (float(np.quantile(times, each)) for each in (0.5, 0.95, 1.0))
    return [
        Figure(
            name="segment_preview",
            what=f"preview of a segment, overlap with {SEGMENTS}, {persons:,} persons, {TRAITS} traits",
            must=f"≤ {MUST:.0f} s, each",
            measured=f"p50 {p50 * 1_000:.0f} ms, p95 {p95 * 1_000:.0f} ms, longest {most * 1_000:.0f} ms",
            reached=most <= MUST,
            yardstick=f"bare DuckDB counting by one column of the same file: {bare * 1_000:.0f} ms",
            processes="one web, one worker (idle), PostgreSQL",
            load=f"one client, {len(conditions())} conditions, {rounds} times each, warm",
            values={"p50_s": p50, "p95_s": p95, "longest_s": most, "bare_s": bare, "found": found[:16]},
        )
    ]


def define(installation: Installation) -> None:
    """Thirty traits and fifty segments."""
    shapes = [
        "{{count: Product Viewed, window: {} days}}",
        "{{sum: value, of: Order Completed, window: {} days}}",
        "{{most_frequent: products.category, of: Order Completed, window: {} days}}",
    ]
    traits = "".join(f"  t{n}: {shapes[n % 3].format(n + 1)}\n" for n in range(TRAITS))
    segments = "".join(
        f'  s{n}: {{when: {{field: traits.t{3 * (n % 10) + n % 2}, op: ">", value: {n}}}}}\n'
        for n in range(SEGMENTS)
    )
    bodies = {"traits.yaml": f"traits:\n{traits}", "segments.yaml": f"segments:\n{segments}"}
    apply(installation.database, SystemClock(), bodies, actor="bench")


def make_up(installation: Installation, persons: int) -> str:
    """A snapshot of persons who are not."""
    rules, now = installation.rules(), installation.clock.now()
    fields, kinds = [], {"person_id": "id", "others": "ids"}
    paths = [("traits", f"t{n}") for n in range(TRAITS)] + [("attributes", f"a{n}") for n in range(6)]
    for number, path in enumerate(paths):
        text = path[0] == "attributes" or int(path[1][1:]) % 3 == 2
        fields.append(Field(path=path, column=f"f{number}", letters=("t" if text else "n",)))
        kinds[f"f{number}_{'t' if text else 'n'}"] = "text" if text else "number"
    kinds |= {"c0": "flag", **{f"s{n}": "flag" for n in range(SEGMENTS)}}
    known = segments_of(rules).by_name
    about = About(
        as_of=now,
        fields=fields,
        consents={"marketing": {"email": "c0"}},
        members={f"s{n}": (f"s{n}", known[f"s{n}"].digest.hex()) for n in range(SEGMENTS)},
        traits=digests(rules),
    )
    schema = pa.schema([(name, TYPES[kind]) for name, kind in kinds.items()])

    def told(rows: int) -> bytes:
        return msgspec.json.encode(msgspec.structs.replace(about, persons=rows))

    folder = SnapshotFolder(installation.data / SNAPSHOT)
    with folder.staging():
        return folder.publish(now, schema, batches(schema, kinds, persons), told)


def batches(schema: Any, kinds: dict[str, str], persons: int) -> Any:
    """Rows drawn by a seed."""
    chance = np.random.default_rng(1)
    for start in range(0, persons, PORTION):
        rows = min(PORTION, persons - start)
        columns = [_column(name, kind, rows, chance) for name, kind in kinds.items()]
        yield pa.record_batch(columns, schema=schema)


def _column(name: str, kind: str, rows: int, chance: np.random.Generator) -> Any:
    if kind == "id":
        whole = chance.bytes(16 * rows)
        return pa.array([whole[16 * n : 16 * n + 16] for n in range(rows)], TYPES[kind])
    if kind == "ids":
        return pa.nulls(rows, TYPES[kind])
    if kind == "number":
        drawn = chance.gamma(1.5, 12.0, rows).round(2)
        return pa.array(np.where(chance.random(rows) < 0.2, np.nan, drawn), from_pandas=True)
    if kind == "text":
        return pa.array(np.array(CITIES)[chance.integers(0, len(CITIES), rows)], TYPES[kind])
    return pa.array(chance.random(rows) < (0.02 + int(name[1:]) / 100))


def conditions() -> list[dict[str, Any]]:
    """From one comparison to a whole tree."""
    above = [{"field": f"traits.t{3 * n}", "op": ">", "value": 10 * n} for n in range(6)]
    cities = {"field": "attributes.a0", "op": "in", "value": CITIES[:20]}
    begins = {"field": "attributes.a1", "op": "starts_with", "value": "city 1"}
    may = {"consent": "marketing", "channel": "email", "is": "granted"}
    return [
        above[0],
        above[5],
        cities,
        {"not": cities},
        begins,
        {"all": []},
        {"all": [*above, cities, may]},
        {"any": [*above, {"segment": "s7"}, {"all": [begins, {"not": {"segment": "s9"}}]}]},
        {"all": [{"any": [cities, begins]}, {"any": above[:3]}, {"not": {"any": above[3:]}}, may]},
        {"any": [{"segment": f"s{n}"} for n in range(SEGMENTS)]},
    ]


def bare_seconds(path: str) -> float:
    """The same file, one count."""
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    sql = "select count(*) from read_parquet($file) where f0_n > 10"
    times = []
    for _ in range(6):
        begun = time.perf_counter()
        connection.execute(sql, {"file": path}).fetchall()
        times.append(time.perf_counter() - begun)
    return float(np.median(times[1:]))


if __name__ == "__main__":
    run(measure)
