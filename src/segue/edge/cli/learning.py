"""``segue train``, ``recommend``, ``predict`` and ``lookalike``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.edge.cli.options import AsJson, Data
from segue.edge.cli.output import note, print_json, print_table
from segue.errors import InvalidInputError

if TYPE_CHECKING:
    from segue.app.learning.asking import Answered
    from segue.app.learning.training import Outcome

Out = Annotated[Path, typer.Option("--out", metavar="FILE.parquet", help="where to write to")]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIMESTAMP",
        help="what was known before this moment (RFC 3339); just after the last orders, if left out",
    ),
]


def train(
    data: Data = Path("segue-data"),
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME…", help="recommend, predict, …; all if none is named"),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="TIMESTAMP",
            help="look at nothing from this moment on (RFC 3339); just after the last orders, if left out",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="the same data and seed give the same model")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Train models on the lake, keep them, and put in force those that are not worse."""
    from segue.app.installation import open_installation
    from segue.app.learning.training import Order, train
    from segue.learn.names import check_names

    chosen = tuple(names or ())
    check_names(chosen)
    moment = None if until is None else moment_of(until, "--until")
    with open_installation(data) as installation, _shown() as tell:
        found = train(
            installation,
            Order(models=chosen, until=moment, seed=seed),
            lambda advance: _tell(advance, tell),
        )
    if as_json:
        print_json(found)
    else:
        _print_outcomes(found)
    if all(each.state == "failed" for each in found):
        raise typer.Exit(1)


def _tell(advance: object, tell: Callable[[str, float], None]) -> None:
    tell(str(getattr(advance, "step", "")), float(getattr(advance, "fraction", 0.0)))


def _print_outcomes(found: list[Outcome]) -> None:
    rows = [
        (
            each.model,
            {"ready": "in force", "refused": "refused", "skipped": "skipped", "failed": "failed"}[each.state],
            each.version or "",
            " · ".join(_figure(metric) for metric in each.metrics),
            f"{each.scored:,}",
            f"{each.seconds:,.1f} s",
            each.because,
        )
        for each in found
    ]
    print_table(("model", "state", "version", "measured on held-out time", "scored", "took", "because"), rows)


def _figure(metric: object) -> str:
    name, of, value = (getattr(metric, each) for each in ("name", "of", "value"))
    beside = getattr(metric, "yardstick_value", None)
    said = f"{of} {name} {value:.3f}".strip()
    return said if beside is None else f"{said} (yardstick {beside:.3f})"


def recommend(
    *,
    out: Out,
    data: Data = Path("segue-data"),
    at: At = None,
    k: Annotated[int, typer.Option("--k", metavar="K", min=1, max=1000, help="how many for each")] = 10,
    everybody: Annotated[bool, typer.Option("--all", help="for everybody")] = False,
    persons: Annotated[
        Path | None,
        typer.Option("--persons", metavar="FILE", help="for those in a file, one KIND:VALUE a line"),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="for one, by any id of hers or KIND:VALUE")
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="ID", help="where she is or will be")
    ] = None,
    basket: Annotated[
        str, typer.Option("--basket", metavar="SKU,…", help="what is in the basket already")
    ] = "",
) -> None:
    """Write what persons will want next: person_id, identifiers, rank, sku, score, kind, reason."""
    from segue.app.installation import open_installation
    from segue.app.learning.asking import Asked, Wanted, read_persons_file, recommend

    if sum((everybody, persons is not None, person is not None)) != 1:
        raise InvalidInputError("for whom?", cure="give one of --all, --persons FILE, --person ID")
    named = read_persons_file(persons) if persons is not None else (person,) if person is not None else ()
    skus = tuple(each.strip() for each in basket.split(",") if each.strip())
    moment = None if at is None else moment_of(at, "--at")
    with open_installation(data) as installation, _shown() as tell:
        asked = Asked(
            wanted=Wanted(everybody=everybody, persons=named),
            at=moment,
            k=k,
            store=store,
            basket=skus,
        )
        found = recommend(installation, asked, out, lambda done: tell("recommending", done))
    _say(found)


def predict(
    name: Annotated[str, typer.Argument(metavar="NAME", help="what is predicted: buys_14d, churn_90d, …")],
    out: Out,
    data: Data = Path("segue-data"),
    at: At = None,
    everybody: Annotated[bool, typer.Option("--all", help="of everybody")] = False,
) -> None:
    """Write a prediction of everybody: person_id, identifiers, value, low, high, model_version."""
    from segue.app.installation import open_installation
    from segue.app.learning.asking import predict

    if not everybody:
        raise InvalidInputError("of whom?", cure="give --all")
    moment = None if at is None else moment_of(at, "--at")
    with open_installation(data) as installation:
        found = predict(installation, name, moment, out)
    _say(found)


def lookalike(
    seed: Annotated[
        str,
        typer.Option("--seed", metavar="SEGMENT_OR_FILE", help="a segment, or a file of KIND:VALUE lines"),
    ],
    out: Out,
    data: Data = Path("segue-data"),
    attribute: Annotated[
        str | None,
        typer.Option(
            "--fill",
            metavar="ATTRIBUTE",
            help="turned round: what it probably is for those of the seed who did not tell it",
        ),
    ] = None,
) -> None:
    """Write who is most like a seed audience: person_id, identifiers, rank, score, reason.

    With --fill: person_id, identifiers, value (empty where not sure), confidence, reason, model_version.
    """
    from segue.app.installation import open_installation
    from segue.app.learning.asking import fill, lookalike

    with open_installation(data) as installation:
        if attribute is None:
            found = lookalike(installation, seed, out)
        else:
            found = fill(installation, seed, attribute, out)
    _say(found)


def _say(found: Answered) -> None:
    note(f"{found.file}: {found.rows:,} rows for {found.persons:,} persons by {found.model}")
    if found.unknown:
        note(f"{found.unknown:,} of those asked for are not known")
    if found.withheld:
        note(f"{found.withheld:,} are left out: it is sensitive, and they did not consent to personalisation")
    if found.said:
        note(found.said)
    if found.fallbacks:
        note(f"{found.fallbacks:,} have no history: their rows say what they fall back on")


def moment_of(text: str, option: str) -> int:
    """RFC 3339 as microseconds; UTC where it names no zone. InvalidInputError."""
    from datetime import UTC, datetime

    from segue.domain.order import micros

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            f"{option} {text[:60]!r} is no time", cure="write it like 2017-12-01T00:00:00Z"
        ) from None
    return int(micros(found if found.tzinfo else found.replace(tzinfo=UTC)))


@contextmanager
def _shown() -> Iterator[Callable[[str, float], None]]:
    """A function that shows a step and how much is done, on standard error while the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    bars = Progress(*columns, console=Console(stderr=True))
    task = bars.add_task("", total=1.0)
    begun = False

    def tell(step: str, fraction: float) -> None:
        nonlocal begun
        if not begun:
            bars.start()  # not before there is something to show: an error that comes first stands alone
            begun = True
        bars.update(task, description=step, completed=fraction)

    try:
        yield tell
    finally:
        if begun:
            bars.stop()


def add_learning(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (train, recommend, predict, lookalike):
        app.command()(command)
