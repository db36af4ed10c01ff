"""Segments compiled: conditions as closures, in the order in which they need each other.

Compiled once for each version of the rules. Beside the closures it is known what each segment asks for, so
that an event has only those judged anew whose answer it can change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from segue.domain import scores
from segue.domain.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Consented,
    Did,
    InSegment,
    Near,
    Not,
)
from segue.domain.rules import Purposes, Rules
from segue.domain.rules.conditions import leaves
from segue.domain.traits import Segment, Trait
from segue.enrich.segments.compare import Test, test_of
from segue.enrich.segments.facts import PREDICTED, Facts, granted
from segue.enrich.segments.typed import typed
from segue.enrich.traits.plan import did_name
from segue.errors import DefinitionError

Truth = Callable[[Facts], bool]
Root = Literal["traits", "attributes", "predictions", "orders", "sessions", "consent"]
"""What of a person may be asked for."""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition asks for, other segments' conditions included."""

    #: names of traits, and of hidden counts
    traits: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    roots: frozenset[Root] = frozenset()
    segments: frozenset[str] = frozenset()
    #: RFM scores are asked, which go by edges
    scores: bool = False

    def __or__(self, other: Needs) -> Needs:
        return Needs(
            traits=self.traits | other.traits,
            attributes=self.attributes | other.attributes,
            roots=self.roots | other.roots,
            segments=self.segments | other.segments,
            scores=self.scores or other.scores,
        )


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """One segment, ready to be judged."""

    name: str
    truth: Truth
    needs: Needs
    #: changes with whatever may change who is in it, and with nothing else
    digest: bytes


class Segments(msgspec.Struct, frozen=True, kw_only=True):
    """All segments of some rules; those that others need come first."""

    all: tuple[Compiled, ...]
    #: what any of them asks for
    needs: Needs
    by_name: Mapping[str, Compiled]

    def judge(self, facts: Facts, names: Collection[str], inside: Collection[str]) -> set[str]:
        """The segments she is in: those of ``names`` judged by the facts, the others as ``inside`` has it."""
        found = {each for each in inside if each not in names}
        facts.inside = found
        for each in self.all:
            if each.name in names and each.truth(facts):
                found.add(each.name)
        return found


def segments_of(rules: Rules) -> Segments:
    """The segments of these rules, compiled once; DefinitionError for circles and names that do not exist."""
    return _segments(_Key(rules))


class _Key:
    """Rules, equal to themselves only: they hold what cannot be hashed."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return hash(id(self.rules))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.rules is self.rules


@lru_cache(maxsize=8)
def _segments(key: _Key) -> Segments:
    rules = key.rules
    by_name: dict[str, Compiled] = {}
    for segment in in_order(rules.segments):
        needs = needs_of(segment.when)
        needs = sum_of([needs, *(by_name[name].needs for name in needs.segments)])
        by_name[segment.name] = Compiled(
            name=segment.name,
            truth=truth_of(segment.when, rules.purposes),
            needs=needs,
            digest=_digest(segment, needs, by_name, rules),
        )
    return Segments(
        all=tuple(by_name.values()),
        needs=sum_of(each.needs for each in by_name.values()),
        by_name=by_name,
    )


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Each after those it needs; DefinitionError names a circle, or what does not exist."""
    by_name = {segment.name: segment for segment in segments}
    done: dict[str, Segment] = {}

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in done:
            return
        if name in way:
            circle = " → ".join((*way[way.index(name) :], name))
            raise DefinitionError(
                f"segments go round in a circle: {circle}", cure="let one of them do without the other"
            )
        if name not in by_name:
            raise DefinitionError(f"there is no segment {name[:80]!r}", cure="define it in segments.yaml")
        for other in sorted(needs_of(by_name[name].when).segments):
            visit(other, (*way, name))
        done[name] = by_name[name]

    for name in by_name:
        visit(name, ())
    return list(done.values())


def sum_of(several: Iterable[Needs]) -> Needs:
    """What all of them ask for together."""
    total = Needs()
    for each in several:
        total |= each
    return total


def needs_of(condition: Condition) -> Needs:
    """What a condition itself asks for."""
    return sum_of(_needs(leaf) for leaf in leaves(condition))


def _needs(leaf: Condition) -> Needs:  # noqa: PLR0911 - one for each kind of part
    match leaf:
        case Compare(path=("traits", name, *_)) if name in scores.NAMES:
            names = frozenset((name, *scores.BASES))
            return Needs(traits=names, roots=frozenset(("traits",)), scores=True)
        case Compare(path=("traits", name, *_)):
            return Needs(traits=frozenset((name,)), roots=frozenset(("traits",)))
        case Compare(path=("attributes", name, *_)):
            return Needs(attributes=frozenset((name,)), roots=frozenset(("attributes",)))
        case Compare(path=(("predictions" | "orders" | "sessions") as root, *_)):
            return Needs(roots=frozenset((root,)))
        case Did():
            return Needs(traits=frozenset((did_name(leaf),)), roots=frozenset(("traits",)))
        case Consented():
            return Needs(roots=frozenset(("consent",)))
        case InSegment(name=name):
            return Needs(segments=frozenset((name,)))
    return Needs()


# ── digests ──────────────────────────────────────────────────────────────────


def _digest(segment: Segment, needs: Needs, before: Mapping[str, Compiled], rules: Rules) -> bytes:
    """Of the condition, and of every definition that its answer depends on."""
    direct = needs_of(segment.when)
    parts: list[Any] = [
        msgspec.to_builtins(segment.when),
        [before[name].digest for name in sorted(direct.segments)],
        sorted((trait.name, _shape(trait)) for trait in _traits(needs.traits, rules)),
        rules.time_zone,
        msgspec.to_builtins(rules.survivorship) if "attributes" in needs.roots else None,
        msgspec.to_builtins(rules.purposes) if "consent" in needs.roots else None,
    ]
    if needs.scores:
        parts.append(msgspec.to_builtins(rules.edges))
    return blake2b(msgspec.msgpack.encode(parts, order="deterministic"), digest_size=16).digest()


def _shape(trait: Trait) -> bytes:
    """What decides a trait's value; not its title, nor where it comes from."""
    plain = msgspec.structs.replace(trait, title="", built_in=False)
    return msgspec.msgpack.encode(plain, order="deterministic")


def _traits(names: Iterable[str], rules: Rules) -> Iterator[Trait]:
    """Those of these names, and those that their ratios are made of."""
    by_name = {trait.name: trait for trait in rules.traits}
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        trait = by_name.get(name)
        if trait is not None and name not in seen:
            seen.add(name)
            waiting += trait.parts or ()
            yield trait


# ── truth ────────────────────────────────────────────────────────────────────


def truth_of(condition: Condition, purposes: Purposes) -> Truth:  # noqa: PLR0911 - one for each kind
    """The condition as a function of the facts."""
    match condition:
        case All(items=items):
            return _all([truth_of(each, purposes) for each in items])
        case AnyOf(items=items):
            return _any([truth_of(each, purposes) for each in items])
        case Not(item=item):
            return _not(truth_of(item, purposes))
        case Compare():
            asked = typed(condition)
            return _compare(asked) if isinstance(asked, Compare) else truth_of(asked, purposes)
        case Did():
            return _did(did_name(condition), condition.at_least)
        case Consented(purpose=purpose, channel=channel, state=state):
            wanted = state == "granted"
            return lambda facts: granted(facts, purposes, purpose, channel) is wanted
        case InSegment(name=name):
            return lambda facts: name in facts.inside
        case Near():
            return _nowhere


def _nowhere(facts: Facts) -> bool:
    """Nothing tells yet where she is."""
    del facts
    return False


def _all(parts: list[Truth]) -> Truth:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        one, other = parts
        return lambda facts: one(facts) and other(facts)
    return lambda facts: all([part(facts) for part in parts])  # noqa: C419 - a list is quicker


def _any(parts: list[Truth]) -> Truth:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        one, other = parts
        return lambda facts: one(facts) or other(facts)
    return lambda facts: any([part(facts) for part in parts])  # noqa: C419 - a list is quicker


def _not(part: Truth) -> Truth:
    return lambda facts: not part(facts)


def _did(name: str, at_least: int) -> Truth:
    return lambda facts: (facts.traits.get(name) or 0) >= at_least


def _compare(leaf: Compare) -> Truth:
    test, (root, *rest) = test_of(leaf.op, leaf.value), leaf.path
    if root == "traits" and len(rest) == 1:
        name = rest[0]
        return lambda facts: test(facts.traits.get(name))
    if root == "predictions":
        return _predicted(".".join(rest), test, textual=_is_text(leaf.value))
    if root not in Facts.__struct_fields__ or root in {"consent", "inside"}:
        return lambda facts: test(None)  # context and basket: known in decisions only
    path = tuple(rest)
    return lambda facts: test(at(getattr(facts, root), path))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and any(isinstance(one, str) for one in value))


def _predicted(name: str, test: Test, *, textual: bool) -> Truth:
    """Of a prediction its value, or what it says where a text is asked; ``NAME.low`` and such name a part."""
    whole, _, part = name.rpartition(".")

    def truth(facts: Facts) -> bool:
        row = facts.predictions.get(name)
        if row is not None:
            return test(row["label"] if textual else row["value"])
        row = facts.predictions.get(whole)
        return test(row.get(part) if row is not None and part in PREDICTED else None)

    return truth


def at(value: Any, path: tuple[str, ...]) -> Any:
    """What a path leads to in nested objects; None where it leads nowhere."""
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value
