"""The rules in force as JSON for showing: names beside each thing, lists in the order they count."""

from __future__ import annotations

from typing import Any

import msgspec

from segue.app.schemas import Bodies
from segue.domain.actions import ActionKind, Placement, SeenBy, Touchpoint
from segue.domain.rules import WINDOWS, IdentityRules, Limit, Purposes, Rules, Survivorship, TrackingPlan
from segue.domain.rules.yamls import load_mapping
from segue.errors import DefinitionError

_LENGTHS = {length: name for name, length in WINDOWS.items()}


class LimitView(msgspec.Struct, frozen=True, kw_only=True):
    """At most so many values of a kind in one person."""

    count: int
    #: day, week, month, year; null: ever
    per: str | None


class KindView(msgspec.Struct, frozen=True, kw_only=True):
    """How identifiers of one kind behave."""

    kind: str
    #: 1 is the highest
    priority: int
    unique: bool
    device: bool
    limit: LimitView | None
    #: ``none``, ``lower``, ``email`` or ``e164:REGION``
    normalise: str


class IdentityRulesView(msgspec.Struct, frozen=True, kw_only=True, rename={"paths": "from"}):
    """identity.yaml: kinds in order of their priority, where they stand in events, and what is no value."""

    kinds: list[KindView]
    #: kind, or ``*`` for lists of ``{id, type}`` → dotted paths
    paths: dict[str, list[str]]
    #: kind, or ``*`` for every kind → patterns
    blocked: dict[str, list[str]]


class SurvivorshipView(msgspec.Struct, frozen=True, kw_only=True):
    """survivorship.yaml."""

    #: sources, the most believed first
    trust: list[str]
    #: by what, in turn, the surviving value is chosen
    default: list[str]
    #: attribute → by what, in turn
    attributes: dict[str, list[str]]
    #: sources of bought-in data
    third_party: list[str]


class PurposeView(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose and its legal basis."""

    purpose: str
    basis: str
    channels: list[str]


class PurposesView(msgspec.Struct, frozen=True, kw_only=True):
    """purposes.yaml."""

    purposes: list[PurposeView]
    #: source → what the collector does without consent
    collection: dict[str, str]


class PlannedEventView(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the tracking plan."""

    event: str
    on_violation: str
    #: the schema's file; null: it stands in plan.yaml itself, or there is none
    schema: str | None
    #: top-level names that the schema describes
    properties: list[str]
    #: of these, the ones that must be there
    required: list[str]


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """plan.yaml."""

    events: list[PlannedEventView]
    unplanned_event: str
    unplanned_property: str


class PlacementLine(msgspec.Struct, frozen=True, kw_only=True):
    """placements.yaml, one placement at a glance."""

    name: str
    title: str
    touchpoint: Touchpoint
    slots: int
    #: ``one`` or ``many``
    seen_by: SeenBy
    #: share of decisions that is spread evenly
    exploration: float
    fallback: str


class ActionLine(msgspec.Struct, frozen=True, kw_only=True):
    """actions.yaml, one action at a glance."""

    name: str
    title: str
    kind: ActionKind


class RulesView(msgspec.Struct, frozen=True, kw_only=True):
    """The rules, parsed for showing."""

    identity: IdentityRulesView
    survivorship: SurvivorshipView
    purposes: PurposesView
    plan: PlanView
    placements: list[PlacementLine]
    actions: list[ActionLine]


def view(rules: Rules, bodies: Bodies) -> RulesView:
    """The rules for showing; ``bodies`` are the texts they were read from, by name."""
    return RulesView(
        identity=_identity(rules.identity),
        survivorship=_survivorship(rules.survivorship),
        purposes=_purposes(rules.purposes),
        plan=_plan(rules.plan, bodies.get("plan.yaml", "")),
        placements=[_placement(each) for each in rules.placements],
        actions=[ActionLine(name=each.name, title=each.title, kind=each.kind) for each in rules.actions],
    )


def _placement(each: Placement) -> PlacementLine:
    return PlacementLine(
        name=each.name,
        title=each.title,
        touchpoint=each.touchpoint,
        slots=each.slots,
        seen_by=each.seen_by,
        exploration=each.exploration,
        fallback=each.fallback,
    )


def _identity(rules: IdentityRules) -> IdentityRulesView:
    kinds = sorted(rules.kinds.items(), key=lambda item: (item[1].priority, item[0]))
    return IdentityRulesView(
        kinds=[
            KindView(
                kind=name,
                priority=rule.priority,
                unique=rule.unique,
                device=rule.device,
                limit=_limit(rule.limit),
                normalise=rule.normalise,
            )
            for name, rule in kinds
        ],
        paths={kind: list(paths) for kind, paths in rules.paths.items()},
        blocked={kind: list(patterns) for kind, patterns in rules.blocked.items()},
    )


def _limit(limit: Limit | None) -> LimitView | None:
    if limit is None:
        return None
    return LimitView(count=limit.count, per=None if limit.window is None else _LENGTHS[limit.window])


def _survivorship(rules: Survivorship) -> SurvivorshipView:
    return SurvivorshipView(
        trust=list(rules.trust),
        default=list(rules.default.by),
        attributes={name: list(rule.by) for name, rule in rules.attributes.items()},
        third_party=list(rules.third_party),
    )


def _purposes(rules: Purposes) -> PurposesView:
    return PurposesView(
        purposes=[
            PurposeView(purpose=name, basis=purpose.basis, channels=list(purpose.channels))
            for name, purpose in rules.purposes.items()
        ],
        collection=dict(rules.collection),
    )


def _plan(plan: TrackingPlan, text: str) -> PlanView:
    files = _schema_files(text)
    return PlanView(
        events=[
            PlannedEventView(
                event=name,
                on_violation=event.on_violation,
                schema=files.get(name),
                properties=_names(event.schema.get("properties")),
                required=_names(event.schema.get("required")),
            )
            for name, event in plan.events.items()
        ],
        unplanned_event=plan.unplanned_event,
        unplanned_property=plan.unplanned_property,
    )


def _schema_files(text: str) -> dict[str, str]:
    """Event → the file that its schema is in, as plan.yaml names it."""
    try:
        events = load_mapping(text).get("events")
    except DefinitionError:
        return {}
    planned = events.items() if isinstance(events, dict) else ()
    named = {str(name): each.get("schema") for name, each in planned if isinstance(each, dict)}
    return {name: schema for name, schema in named.items() if isinstance(schema, str)}


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, dict | list) else []
