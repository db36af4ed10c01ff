"""Business files as records, and back: identity.yaml, survivorship.yaml, purposes.yaml, plan.yaml.

``read_…(to_yaml(record))`` is the record. Every error is a DefinitionError that names the place and the
nearest known key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import Any, get_args

import msgspec

from segue.domain.rules import (
    WINDOWS,
    AttributeRule,
    IdentityRules,
    KindRule,
    Limit,
    PlannedEvent,
    Purpose,
    Purposes,
    Survivorship,
    TrackingPlan,
    default_identity,
)
from segue.domain.rules.normalise import check_rule, compile_patterns
from segue.domain.rules.yamls import (
    at,
    choice,
    dump,
    every,
    fields,
    flag,
    load_mapping,
    mapping,
    nearest,
    parts,
    texts,
    whole,
    wrong,
)
from segue.errors import DefinitionError

ANY = "*"
"""In ``from`` and ``blocked``: every kind."""

_ROOTS = ("traits", "context", "properties")
_LENGTHS = {length: name for name, length in WINDOWS.items()}
_BY = ("proven", "trust", "recency", "frequency")
_ACTIONS = ("flag", "trim", "reject")
_MODES = ("store", "strip_identifiers", "drop")
_BASES: tuple[str, ...] = get_args(msgspec.structs.fields(Purpose)[0].type)

LoadSchema = Callable[[str], dict[str, Any]]
"""From a schema's path in plan.yaml to the JSON Schema; DefinitionError when there is none."""


# ── identity.yaml ──────────────────────────────────────────────────────────────────


def read_identity(text: str) -> IdentityRules:
    """identity.yaml. Parts that are left out (``from``, ``blocked``) are those of a new installation."""
    found = fields(load_mapping(text), "identity", ("identifiers", "from", "blocked"))
    named = mapping(found.get("identifiers"), "identifiers")
    if not named:
        raise wrong("identifiers", "none are given", "name at least one kind, e.g. user_id")
    read = parts(
        kinds=lambda: every(named, lambda name, rule: _kind(_kind_name(name), rule)),
        paths=lambda: _by_kind(found, "from", named, _paths),
        blocked=lambda: _by_kind(found, "blocked", named, _patterns),
    )
    default = default_identity()
    paths = {kind: where for kind, where in default.paths.items() if kind in named or kind == ANY}
    return IdentityRules(
        kinds=read["kinds"],
        paths=paths if read["paths"] is None else read["paths"],
        blocked=dict(default.blocked) if read["blocked"] is None else read["blocked"],
    )


def _by_kind(
    found: Mapping[str, Any],
    part: str,
    kinds: Mapping[str, Any],
    read: Callable[[Any, str], tuple[str, ...]],
) -> dict[str, tuple[str, ...]] | None:
    """``from`` or ``blocked``, by kind; None where the file leaves it out."""
    if part not in found:
        return None

    def one(kind: str, value: Any) -> tuple[str, ...]:
        if kind not in (*kinds, ANY):
            raise DefinitionError(
                f"{part}: {kind!r} is not one of them",
                cure=nearest(kind, (*kinds, ANY)),
                place=f"{part}.{kind}",
            )
        return read(value, f"{part}.{kind}")

    return every(mapping(found[part], part), one)


def _kind_name(name: str) -> str:
    if not 0 < len(name) <= 100 or ":" in name or name == ANY or any(char.isspace() for char in name):
        raise DefinitionError(
            f"identifiers: {name!r} cannot name a kind",
            cure="use letters and _, no colon",
            place=f"identifiers.{name}",
        )
    return name


def _kind(name: str, value: Any) -> KindRule:
    where = f"identifiers.{name}"
    found = fields(value, where, ("priority", "unique", "device", "limit", "normalise"))
    if "priority" not in found:
        raise wrong(where, "priority is missing", "1 is the highest")
    read = parts(
        priority=lambda: whole(found["priority"], f"{where}.priority"),
        unique=lambda: flag(found.get("unique", False), f"{where}.unique"),
        device=lambda: flag(found.get("device", False), f"{where}.device"),
        limit=lambda: _limit(found.get("limit"), f"{where}.limit"),
        normalise=lambda: _normalise(found.get("normalise", "none"), f"{where}.normalise"),
    )
    return KindRule(**read)


def _limit(value: Any, where: str) -> Limit | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return Limit(whole(value, where))
    found = fields(value, where, ("count", "per"))
    per = choice(found.get("per", "ever"), f"{where}.per", (*WINDOWS, "ever"))
    return Limit(whole(found.get("count"), f"{where}.count"), WINDOWS.get(per))


def _normalise(value: Any, where: str) -> str:
    if isinstance(value, dict):
        region = fields(value, where, ("e164",)).get("e164")
        value = f"e164:{'NO' if region is False else region}"  # YAML takes Norway for a no
    with at(where):
        check_rule(str(value))
    return str(value)


def _paths(value: Any, where: str) -> tuple[str, ...]:
    paths = texts(value, where)
    for path in paths:
        root = path.partition(".")[0]
        if root not in _ROOTS or root == path:
            raise wrong(where, f"{path!r} leads nowhere", f"{nearest(root, _ROOTS)} As in traits.x")
    return paths


def _patterns(value: Any, where: str) -> tuple[str, ...]:
    patterns = texts(value, where)
    with at(where):
        compile_patterns(patterns)
    return patterns


# ── survivorship.yaml ──────────────────────────────────────────────────────────────


def read_survivorship(text: str) -> Survivorship:
    """survivorship.yaml."""
    keys = ("trust", "default", "attributes", "third_party", "protected")
    found = fields(load_mapping(text), "survivorship", keys)
    read = parts(
        trust=lambda: texts(found.get("trust") or [], "trust"),
        default=lambda: _by(found["default"], "default") if "default" in found else Survivorship().default,
        attributes=lambda: every(
            mapping(found.get("attributes") or {}, "attributes"),
            lambda name, by: _by(by, f"attributes.{name}"),
        ),
        third_party=lambda: _third_party(found.get("third_party") or {}),
        protected=lambda: texts(found.get("protected") or [], "protected"),
    )
    return Survivorship(**read)


def _third_party(value: Any) -> tuple[str, ...]:
    third = fields(value, "third_party", ("sources", "below"))
    choice(third.get("below", "everything"), "third_party.below", ("everything",))
    return texts(third.get("sources") or [], "third_party.sources")


def _by(value: Any, where: str) -> AttributeRule:
    chosen = texts(value, where)
    if not chosen:
        raise wrong(where, "nothing to choose by", f"name some of {', '.join(_BY)}")
    return AttributeRule(tuple(choice(by, where, _BY) for by in chosen))


# ── purposes.yaml ──────────────────────────────────────────────────────────────────


def read_purposes(text: str) -> Purposes:
    """purposes.yaml."""
    found = fields(load_mapping(text), "purposes", ("purposes", "collection"))
    read = parts(
        purposes=lambda: every(
            mapping(found.get("purposes") or {}, "purposes"),
            lambda name, value: _purpose(value, f"purposes.{name}"),
        ),
        collection=lambda: every(
            mapping(found.get("collection") or {}, "collection"),
            lambda source, mode: choice(mode, f"collection.{source}", _MODES),
        ),
    )
    return Purposes(**read)


def _purpose(value: Any, where: str) -> Purpose:
    found = fields(value, where, ("basis", "channels"))
    return Purpose(
        basis=choice(found.get("basis"), f"{where}.basis", _BASES),
        channels=texts(found.get("channels") or [], f"{where}.channels"),
    )


# ── plan.yaml ──────────────────────────────────────────────────────────────────────


def read_plan(text: str, load_schema: LoadSchema) -> TrackingPlan:
    """plan.yaml. A schema is a path for ``load_schema``, or stands in the file itself."""
    found = fields(load_mapping(text), "plan", ("events", "unplanned"))
    read = parts(
        events=lambda: every(
            mapping(found.get("events") or {}, "events"),
            lambda name, value: _planned(value, f"events.{name}", load_schema),
        ),
        unplanned=lambda: _unplanned(found.get("unplanned") or {}),
    )
    event, prop = read["unplanned"]
    return TrackingPlan(events=read["events"], unplanned_event=event, unplanned_property=prop)


def _unplanned(value: Any) -> tuple[Any, Any]:
    found = fields(value, "unplanned", ("event", "property"))
    return (
        choice(found.get("event", "allow"), "unplanned.event", ("allow", *_ACTIONS)),
        choice(found.get("property", "allow"), "unplanned.property", ("allow", "trim", "reject")),
    )


def _planned(value: Any, where: str, load_schema: LoadSchema) -> PlannedEvent:
    found = fields(value, where, ("schema", "on_violation"))
    read = parts(
        schema=lambda: _schema(found.get("schema", {}), f"{where}.schema", load_schema),
        on_violation=lambda: choice(found.get("on_violation", "flag"), f"{where}.on_violation", _ACTIONS),
    )
    return PlannedEvent(**read)


def _schema(value: Any, where: str, load_schema: LoadSchema) -> dict[str, Any]:
    """The JSON Schema that stands there, or in the file that is named there."""
    if not isinstance(value, str):
        schema = mapping(value, where)
        check_schema(schema, where)
        return schema
    try:
        schema = load_schema(value)
    except DefinitionError as error:
        error.place = error.place or where
        raise
    try:
        check_schema(schema, where)
    except DefinitionError as error:
        error.file, error.place = value, error.place.removeprefix(where).removeprefix(".")
        raise
    return schema


def check_schema(schema: Mapping[str, Any], where: str) -> None:
    """DefinitionError unless ``schema`` is a JSON Schema that stays within itself and runs in linear time."""
    from jsonschema import Draft202012Validator  # a plan with schemas is the only one that needs it
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = ".".join(str(step) for step in error.absolute_path)
        raise DefinitionError(
            f"{where}: {place or 'it'} is no JSON Schema: {error.message[:200]}",
            cure="correct it",
            place=f"{where}.{place}" if place else where,
        ) from error
    _check_keywords(schema, where)


def _check_keywords(node: Any, where: str) -> None:
    if isinstance(node, list):
        for item in node:
            _check_keywords(item, where)
    if not isinstance(node, dict):
        return
    for keyword, value in node.items():
        if keyword in {"$ref", "$dynamicRef"} and isinstance(value, str) and not value.startswith("#"):
            raise wrong(where, f"{value!r} refers outside the schema", "copy what it refers to into $defs")
        if keyword == "pattern" and isinstance(value, str):
            _patterns(value, f"{where}: pattern")
        if keyword == "patternProperties" and isinstance(value, dict):
            _patterns(list(value), f"{where}: patternProperties")
        if keyword == "unevaluatedProperties":
            raise wrong(where, f"{keyword} is not checked", "use additionalProperties")
        _check_keywords(value, where)


# ── and back ───────────────────────────────────────────────────────────────────────


@singledispatch
def to_yaml(record: Any) -> str:
    """The text that the matching ``read_…`` turns into ``record`` again."""
    raise TypeError(f"{type(record).__name__} is no business file")


@to_yaml.register
def _identity_to_yaml(record: IdentityRules) -> str:
    return dump(
        {
            "identifiers": {kind: _kind_to_yaml(rule) for kind, rule in record.kinds.items()},
            "from": {kind: list(paths) for kind, paths in record.paths.items()},
            "blocked": {kind: list(patterns) for kind, patterns in record.blocked.items()},
        }
    )


def _kind_to_yaml(rule: KindRule) -> dict[str, Any]:
    written: dict[str, Any] = {"priority": rule.priority}
    if rule.unique:
        written["unique"] = True
    if rule.device:
        written["device"] = True
    if rule.limit is not None:
        written["limit"] = _limit_to_yaml(rule.limit)
    if rule.normalise != "none":
        name, colon, region = rule.normalise.partition(":")
        written["normalise"] = {name: region} if colon else name
    return written


def _limit_to_yaml(limit: Limit) -> Any:
    if limit.window is None:
        return limit.count
    return {"count": limit.count, "per": _LENGTHS[limit.window]}


@to_yaml.register
def _survivorship_to_yaml(record: Survivorship) -> str:
    written: dict[str, Any] = {"trust": list(record.trust), "default": list(record.default.by)}
    if record.attributes:
        written["attributes"] = {name: list(rule.by) for name, rule in record.attributes.items()}
    if record.third_party:
        written["third_party"] = {"sources": list(record.third_party), "below": "everything"}
    if record.protected:
        written["protected"] = list(record.protected)
    return dump(written)


@to_yaml.register
def _purposes_to_yaml(record: Purposes) -> str:
    purposes = {
        name: {"basis": purpose.basis, "channels": list(purpose.channels)}
        if purpose.channels
        else {"basis": purpose.basis}
        for name, purpose in record.purposes.items()
    }
    return dump({"purposes": purposes, "collection": dict(record.collection)})


@to_yaml.register
def _plan_to_yaml(record: TrackingPlan) -> str:
    events = {
        name: {"schema": event.schema, "on_violation": event.on_violation}
        for name, event in record.events.items()
    }
    unplanned = {"event": record.unplanned_event, "property": record.unplanned_property}
    return dump({"events": events, "unplanned": unplanned})
