"""What the logged policy is worth, and what others would have been worth: off policy, with intervals.

A row is a first slot that was seen: an action at a depth of discount. Its reward is the margin if it was
accepted, else 0. Since every propensity is known, the log also tells of policies that were never tried
(:mod:`segue.app.deciding.weighing`, :mod:`segue.stats.off_policy`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from segue.app.deciding.daily import DayView, EarnedView, Span, by_action, series
from segue.app.deciding.earlier import rules_at
from segue.app.deciding.prepared import prepared
from segue.app.deciding.weighing import (
    PolicyView,
    Row,
    as_logged,
    by_menu,
    evenly,
    greedy,
    row_of,
    valued,
    with_depth,
)
from segue.app.definitions import read_rules
from segue.app.installation import Installation
from segue.decide import store
from segue.decide.menu import Menu
from segue.domain.order import DAY, rfc3339
from segue.errors import NotFoundError

MOST = 100_000
"""Decisions that a report looks at, the newest."""
AT_ONCE = 20_000
"""Likewise for a page, which waits for it."""


class DepthView(msgspec.Struct, frozen=True, kw_only=True):
    """How one action did at one depth of discount."""

    #: percent
    discount: int
    seen: int
    accepted: int
    #: share of decisions, and the mean probability with which the action was drawn at this depth
    share: float
    propensity: float


class ActionView(msgspec.Struct, frozen=True, kw_only=True):
    """How one action did."""

    action: str
    seen: int
    accepted: int
    #: share of decisions, and the mean probability with which it was drawn, whatever its discount
    share: float
    propensity: float
    #: where it was shown at several, shallowest first
    depths: list[DepthView]


class PolicyReport(msgspec.Struct, frozen=True, kw_only=True):
    """The value of policies at one placement."""

    placement: str
    decisions: int
    since: str | None
    until: str | None
    policies: list[PolicyView]
    actions: list[ActionView]
    #: day by day, oldest first; of every slot, and of every question
    series: list[DayView]
    #: of every slot
    earned: list[EarnedView]


class PlacementDays(msgspec.Struct, frozen=True, kw_only=True):
    """One placement at a glance, day by day, without its actions."""

    placement: str
    series: list[DayView]


class PolicyOverview(msgspec.Struct, frozen=True, kw_only=True):
    """Every placement at a glance, in the order of placements.yaml."""

    placements: list[PlacementDays]


def report(
    installation: Installation,
    placement: str,
    *,
    days: int = 30,
    candidate: Mapping[str, str] | None = None,
    most: int = MOST,
) -> PolicyReport:
    """The report on the newest ``most`` decisions that were seen.

    ``candidate`` are definitions by file name that would be in force instead.

    NotFoundError for an unknown placement, DefinitionError for a wrong candidate.
    """
    rules = installation.rules()
    if placement not in {each.name for each in rules.placements}:
        raise NotFoundError(f"there is no placement {placement[:80]!r}", cure="see placements.yaml")
    now = installation.clock.now()
    since = now - days * DAY
    with installation.database.transaction(read_only=True) as session:
        found = session.fetch(
            store.SQL["logged"], placement=placement, since=since, limit=most, whole=candidate is not None
        )
        span = Span(placement, since, now, rules.time_zone)
        daily, earned = series(session, span), by_action(session, span)
    rows = [row_of(*each) for each in found]
    if candidate is not None:
        menus = _earlier(installation, {row.definitions for row in rows if row.tried is None}, placement)
        rows = [with_depth(row, menus.get(row.definitions)) for row in rows]
    policies = {
        "logged": ("what was decided", [as_logged(row) for row in rows]),
        "greedy": ("always the one with the best score", [greedy(row) for row in rows]),
        "even": ("each of those explored among alike", [evenly(row) for row in rows]),
    }
    if candidate is not None:
        wished = read_rules(candidate, time_zone=rules.time_zone, new=True)
        menu = prepared(wished).menus.get(placement)
        policies["candidate"] = ("these definitions", [by_menu(row, menu) for row in rows])
    return PolicyReport(
        placement=placement,
        decisions=len(rows),
        since=rfc3339(rows[-1].at) if rows else None,
        until=rfc3339(rows[0].at) if rows else None,
        policies=[valued(name, says, chances, rows) for name, (says, chances) in policies.items()]
        if rows
        else [],
        actions=_actions(rows),
        series=daily,
        earned=earned,
    )


def overview(installation: Installation, *, days: int = 30) -> PolicyOverview:
    """How every placement did, day by day; nothing of other policies, which takes longer."""
    rules, now = installation.rules(), installation.clock.now()
    with installation.database.transaction(read_only=True) as session:
        found = {
            each.name: series(session, Span(each.name, now - days * DAY, now, rules.time_zone))
            for each in rules.placements
        }
    return PolicyOverview(
        placements=[
            PlacementDays(placement=name, series=[msgspec.structs.replace(day, actions=[]) for day in days_])
            for name, days_ in found.items()
        ]
    )


def _earlier(
    installation: Installation, versions: Collection[int], placement: str
) -> Mapping[int, Menu | None]:
    """Version of the definitions → what there was to choose from there then."""
    found: dict[int, Menu | None] = {}
    for version in sorted(versions):
        rules = rules_at(installation, version)
        found[version] = None if rules is None else prepared(rules).menus.get(placement)
    return found


def _actions(rows: Sequence[Row]) -> list[ActionView]:
    """Most seen first."""
    by_arm: dict[str, dict[int, list[Row]]] = {}
    for row in rows:
        action, discount = row.arm
        by_arm.setdefault(action, {}).setdefault(discount, []).append(row)
    found = []
    for name, depths in sorted(by_arm.items()):
        hers = [row for some in depths.values() for row in some]
        several = sorted(depths.items()) if len(depths) > 1 else ()
        found.append(
            ActionView(
                action=name,
                seen=len(hers),
                accepted=sum(row.rewarded for row in hers),
                share=len(hers) / len(rows),
                propensity=sum(row.action_propensity for row in hers) / len(hers),
                depths=[_depth(discount, some, len(rows)) for discount, some in several],
            )
        )
    return sorted(found, key=lambda each: -each.seen)


def _depth(discount: int, hers: Sequence[Row], of: int) -> DepthView:
    return DepthView(
        discount=discount,
        seen=len(hers),
        accepted=sum(row.rewarded for row in hers),
        share=len(hers) / of,
        propensity=sum(row.propensity for row in hers) / len(hers),
    )
