"""What a retailer decides in files: identity, survivorship, the tracking plan, purposes.

The records are here; ``read`` turns YAML into them and names the nearest known key when one is wrong.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from segue.domain.actions import Action, Placement
from segue.domain.order import DAY
from segue.domain.scores import Edges
from segue.domain.traits import Segment, Trait

WINDOWS: dict[str, int] = {
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "year": 365 * DAY,
}
"""Lengths of the windows a limit may name, in microseconds."""


class Limit(msgspec.Struct, frozen=True):
    """At most ``count`` values of a kind in one person (in any window of ``window`` microseconds)."""

    count: int
    #: microseconds; None: ever
    window: int | None = None


class KindRule(msgspec.Struct, frozen=True, kw_only=True):
    """How identifiers of one kind behave."""

    #: 1 is the highest; the highest on an event owns it
    priority: int
    #: never two values in one person
    unique: bool = False
    #: names a device, which several people may share
    device: bool = False
    limit: Limit | None = None
    #: ``none``, ``email``, ``lower``, or ``e164:DE`` (default region after the colon)
    normalise: str = "none"


class IdentityRules(msgspec.Struct, frozen=True, kw_only=True):
    """identity.yaml"""

    kinds: dict[str, KindRule]
    #: kind (or ``*`` for a list of ``{id, type}``) → dotted paths in the event
    paths: dict[str, tuple[str, ...]]
    #: kind (or ``*``) → RE2 patterns whose full match makes a value unusable
    blocked: dict[str, tuple[str, ...]]


class AttributeRule(msgspec.Struct, frozen=True):
    """By what, in turn, an attribute's surviving value is chosen."""

    by: tuple[Literal["proven", "trust", "recency", "frequency"], ...]


class Survivorship(msgspec.Struct, frozen=True, kw_only=True):
    """survivorship.yaml"""

    #: source names, best first; a source not named comes last
    trust: tuple[str, ...] = ()
    default: AttributeRule = AttributeRule(("proven", "trust", "recency"))
    attributes: dict[str, AttributeRule] = {}
    #: sources of bought-in data, marked as such and ranked below everything
    third_party: tuple[str, ...] = ()
    #: attributes by which no price may differ, besides those of :mod:`segue.domain.protected`
    protected: tuple[str, ...] = ()


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose of using data and its legal basis."""

    basis: Literal["consent", "contract", "legitimate_interest", "legal_obligation"]
    channels: tuple[str, ...] = ()


class Purposes(msgspec.Struct, frozen=True, kw_only=True):
    """purposes.yaml"""

    purposes: dict[str, Purpose] = {}
    #: source → what the collector does without consent
    collection: dict[str, Literal["store", "strip_identifiers", "drop"]] = {}


class PlannedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the tracking plan."""

    #: JSON Schema of ``properties`` (of ``traits`` for identify), already loaded, no remote references
    schema: dict[str, Any]
    on_violation: Literal["flag", "trim", "reject"] = "flag"


class TrackingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """plan.yaml"""

    events: dict[str, PlannedEvent] = {}
    unplanned_event: Literal["allow", "flag", "trim", "reject"] = "allow"
    unplanned_property: Literal["allow", "trim", "reject"] = "allow"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the loop and the collector need to know, as one value with a version."""

    identity: IdentityRules
    survivorship: Survivorship = Survivorship()
    purposes: Purposes = Purposes()
    plan: TrackingPlan = TrackingPlan()
    #: those of traits.yaml and, where no other has their name, the built-in ones
    traits: tuple[Trait, ...] = ()
    segments: tuple[Segment, ...] = ()
    placements: tuple[Placement, ...] = ()
    actions: tuple[Action, ...] = ()
    #: what RFM scores go by; None before the first snapshot
    edges: Edges | None = None
    #: the retailer's zone for days and hours of day, IANA name
    time_zone: str = "UTC"
    #: grows by one with each applied change
    version: int = 1


def default_identity() -> IdentityRules:
    """The identity rules an empty installation starts with."""
    five_a_year = Limit(5, WINDOWS["year"])
    return IdentityRules(
        kinds={
            "user_id": KindRule(priority=1, unique=True),
            "loyalty_card": KindRule(priority=2, limit=Limit(5)),
            "email": KindRule(priority=3, limit=five_a_year, normalise="email"),
            "phone": KindRule(priority=4, limit=five_a_year, normalise="e164:DE"),
            "device_id": KindRule(priority=8, device=True, limit=five_a_year),
            "anonymous_id": KindRule(priority=9, device=True, limit=Limit(5, WINDOWS["week"])),
        },
        paths={
            "email": ("traits.email", "context.traits.email", "properties.email"),
            "phone": ("traits.phone", "context.traits.phone"),
            "device_id": ("context.device.id",),
            "*": ("context.externalIds",),
        },
        blocked={
            "*": (
                "^[0-]*$",
                "-1",
                r"(?i)null|none|nan|undefined|anonymous|guest|unknown|test|\[object Object\]",
            )
        },
    )


def default_purposes() -> Purposes:
    """The purposes an empty installation starts with."""
    return Purposes(
        purposes={
            "service": Purpose(basis="contract"),
            "personalisation": Purpose(
                basis="consent", channels=("web", "app", "kiosk", "associate", "till")
            ),
            "marketing": Purpose(basis="consent", channels=("email", "sms", "push", "messenger")),
        }
    )


def default_rules() -> Rules:
    """What an empty installation starts with."""
    from segue.domain.rules.built_in import built_in_traits  # made of the records of this module's room

    return Rules(identity=default_identity(), purposes=default_purposes(), traits=built_in_traits())
