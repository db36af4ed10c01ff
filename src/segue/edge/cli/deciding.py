"""``segue decide`` and ``segue policy``: what a placement would show, and what its decisions were worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import UnsetType

from segue.edge.cli.context import SeveralPairs, context_of
from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import print_json, print_line, print_table
from segue.errors import InvalidInputError

if TYPE_CHECKING:
    from segue.app.deciding.answers import DecisionAnswer
    from segue.app.deciding.policy import ActionView, DepthView, PolicyReport


def decide(  # noqa: PLR0917 - each is an option
    placement: Annotated[str, typer.Option("--placement", metavar="P", help="who asks")],
    identifier: Annotated[
        list[str] | None, typer.Option("--identifier", metavar="K:V", help="who is there; repeatable")
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option(
            "--context",
            metavar="k=v …",
            help='store=s12 weather.temp_c=3 \'basket=[{"sku": "mug"}]\'; JSON where it is some; repeatable',
        ),
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIMESTAMP", help="as if it were then")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="why these, and why nothing else")] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Ask what a placement would show to whoever is in front of it, and why."""
    from segue.app.deciding.asking import DecisionRequest
    from segue.app.deciding.desk import Desk
    from segue.app.deciding.facing import Asker
    from segue.app.installation import open_installation
    from segue.errors import SegueError

    request = DecisionRequest(
        placement=placement,
        identifiers=dict(_pair(each, ":", "--identifier") for each in identifier or []),
        context=context_of(_pair(each, "=", "--context") for each in context or []),
        at=at,
        explain=explain,
    )
    with open_installation(data) as installation:
        desk = Desk(installation)
        try:
            [answer] = desk.ask_all([(request, Asker(trusted=True))])
        finally:
            desk.close()
    if isinstance(answer, SegueError):
        raise answer
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _pair(text: str, sign: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition(sign)
    if not found or not name or not value:
        raise InvalidInputError(
            f"{option} {text[:80]!r} is no NAME{sign}VALUE", cure=f"write name{sign}value"
        )
    return name, value


def _show(answer: DecisionAnswer) -> None:
    mark = " (fallback)" if answer.fallback else ""
    print_line(f"decision {answer.decision_id}{mark}, {answer.took_ms:.1f} ms")
    rows = [
        (
            str(number),
            slot.action,
            f"{slot.discount} %" if slot.discount else "",
            f"{slot.score:.4f}",
            f"{slot.propensity:.3f}",
            slot.because,
        )
        for number, slot in enumerate(answer.slots)
    ]
    print_table(("slot", "action", "discount", "score", "propensity", "because"), rows)
    if isinstance(answer.explanation, UnsetType):
        return
    print_line("")
    dropped = [(each.action, each.stage, each.rule) for each in answer.explanation.dropped]
    print_table(("fell out", "stage", "rule"), dropped)


policy = typer.Typer(no_args_is_help=True, help="policy: what was decided, and what it was worth")


@policy.command("report")
def policy_report(
    placement: Annotated[str, typer.Option("--placement", metavar="P", help="of which placement")],
    candidate: Annotated[
        Path | None,
        typer.Option("--candidate", metavar="FILE", help="actions.yaml that would be in force instead"),
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Say what the logged policy is worth, and what others would have been, with 95 % intervals."""
    from segue.app.deciding.policy import report
    from segue.app.folders import with_candidate
    from segue.app.installation import open_installation

    with open_installation(data) as installation:
        bodies = None if candidate is None else with_candidate(installation.database, candidate)
        found = report(installation, placement, candidate=bodies)
    if as_json:
        print_json(found)
    else:
        _show_report(found)


def _show_report(found: PolicyReport) -> None:
    print_line(f"{found.placement}: {found.decisions:,} decisions that were seen")
    rows = [
        (
            each.policy,
            one.estimator,
            f"{one.value:.4f}",
            f"{one.low:.4f} to {one.high:.4f}",
            f"{each.effective:,.0f}",
        )
        for each in found.policies
        for one in each.estimates
    ]
    print_table(("policy", "estimator", "margin a decision", "95 %", "worth rows"), rows)
    for each in found.policies:
        for warning in each.warnings:
            print_line(f"{each.policy}: {warning}")
    actions = []
    for action in found.actions:
        actions.append(_counted(action.action, action))
        actions += [_counted(f"  at {depth.discount} %", depth) for depth in action.depths]
    print_table(("action", "seen", "accepted", "share", "mean propensity"), actions)


def _counted(name: str, each: ActionView | DepthView) -> tuple[str, ...]:
    return name, str(each.seen), str(each.accepted), f"{each.share:.1%}", f"{each.propensity:.3f}"


def add_deciding(app: typer.Typer) -> None:
    """``segue decide`` and ``segue policy``."""
    app.command("decide", cls=SeveralPairs)(decide)
    app.add_typer(policy, name="policy")
