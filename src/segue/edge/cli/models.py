"""``segue models``: what there is, and each model's card as a page that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.edge.cli.options import AsJson, Data
from segue.edge.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from segue.app.learning.views import CardBin, CardWeight, Figure, ModelView

models = typer.Typer(no_args_is_help=True, help="models: list them, read their cards")

_WIDE = 40
_MOST = 15


@models.command("list")
def list_models(data: Data = Path("segue-data"), as_json: AsJson = False) -> None:
    """List the models: state, when trained, the first metrics, drift."""
    from segue.app.installation import open_installation
    from segue.app.learning.showing import Models

    with open_installation(data) as installation:
        found = Models(installation).list()
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each.model,
            each.state,
            each.version or "",
            each.until or "",
            " · ".join(figure_text(metric) for metric in each.metrics),
            "" if each.drift is None else f"{each.drift.state} ({each.drift.worst:.2f})",
        )
        for each in found.models
    ]
    print_table(("model", "state", "version", "trained until", "measured", "drift"), rows)
    if all(each.state == "untrained" for each in found.models):
        print_line("None is trained yet: `segue train`.")


@models.command("card")
def show_card(
    name: Annotated[str, typer.Argument(metavar="NAME", help="recommend, predict, …")],
    data: Data = Path("segue-data"),
    as_json: AsJson = False,
) -> None:
    """Show a model's card: what for, on which data, how good, how calibrated, what matters, its limits."""
    from segue.app.installation import open_installation
    from segue.app.learning.showing import Models

    with open_installation(data) as installation:
        found = Models(installation).show(name)
    if as_json:
        print_json(found)
    else:
        for line in card_lines(found):
            print_line(line)


def card_lines(found: ModelView) -> Iterable[str]:
    """The card as text."""
    yield f"{found.model}: {found.purpose}"
    if found.card is None:
        yield f"Not trained yet: `segue train {found.model}`."
        return
    card = found.card
    yield f"  version {found.version}, {found.state}"
    yield f"  data from {card.data_from} until {card.data_until}"
    yield f"  {card.persons:,} persons, {card.rows:,} rows"
    yield f"  {len(card.features)} features, seed {card.seed}"
    if found.runs:
        yield f"  compared: {found.runs[0].because}"
    yield from _metric_lines(card.metrics)
    yield from _calibration_lines(card.calibration)
    yield from _weight_lines("What matters", card.importance)
    yield from _weight_lines("What data is worth: lost without it", card.data_value, share=False)
    yield from _list_lines("Limits", card.limits)
    if card.sensitive:
        named = ", ".join(card.sensitive)
        yield from _list_lines("Only with consent to personalisation", [named])
    yield from _drift_lines(found)


def figure_text(metric: Figure) -> str:
    """A metric in a few words."""
    said = f"{metric.of} {metric.name} {_number(metric.value)}".strip()
    return said if metric.yardstick_value is None else f"{said} (yardstick {_number(metric.yardstick_value)})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4f}"


def _metric_lines(metrics: Sequence[Figure]) -> Iterable[str]:
    yield ""
    yield "Measured on held-out time (95 % interval), beside its yardstick"
    for each in metrics:
        interval = "" if each.low is None else f" [{_number(each.low)}, {_number(each.high)}]"
        beside = "" if each.yardstick is None else f"   {each.yardstick}: {_number(each.yardstick_value)}"
        better = {"higher": "↑", "lower": "↓", "zero": "→0"}[each.better]
        name = f"{each.of} {each.name}".strip()
        yield f"  {name:<34} {better:<2} {_number(each.value)}{interval}{beside}   ({each.rows:,} rows)"


def _calibration_lines(bins: Sequence[CardBin]) -> Iterable[str]:
    """What was said against what came, as bars: ``·`` where what was said ends, ``█`` what came."""
    for of in dict.fromkeys(each.of for each in bins):
        yield ""
        yield f"Calibration{f' of {of}' if of else ''}: said → came"
        for each in (one for one in bins if one.of == of):
            bar = ["█" if place < round(each.observed * _WIDE) else " " for place in range(_WIDE + 1)]
            bar[min(_WIDE, max(0, round(each.predicted * _WIDE)))] = "|"
            yield f"  {each.predicted:6.1%} → {each.observed:6.1%} {''.join(bar)} {each.rows:,}"


def _weight_lines(title: str, weights: Sequence[CardWeight], *, share: bool = True) -> Iterable[str]:
    if not weights:
        return
    yield ""
    yield title
    for each in sorted(weights, key=lambda one: -one.value)[:_MOST]:
        value = f"{each.value:6.1%}" if share else f"{each.value:+.4f}"
        interval = "" if each.low is None or each.high is None else f" [{each.low:+.4f}, {each.high:+.4f}]"
        yield f"  {value}{interval}  {each.title or each.name}{f' ({each.of})' if each.of else ''}"


def _list_lines(title: str, lines: Sequence[str]) -> Iterable[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  - {line}" for line in lines)


def _drift_lines(found: ModelView) -> Iterable[str]:
    if found.drift is None:
        return
    drift = found.drift
    yield ""
    yield f"Drift since training, as of {drift.as_of}: {drift.state} (largest index {drift.worst:.3f})"
    moved = sorted({**drift.features, **drift.scores}.items(), key=lambda one: -one[1])[:5]
    yield from (f"  {value:.3f}  {name}" for name, value in moved if value > 0)
