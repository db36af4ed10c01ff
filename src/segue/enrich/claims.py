"""Attributes as claims: who said what, when and how often; which value survives is decided on reading.

Per attribute, and apart for what was proven and what was only claimed (so that no flood of claims can
displace a proven value), a table ``(source, value) → [time, position, count]`` and, since that table is
bounded by the values' hashes, beside it the latest claim of each source. Both are maxima and sums, so
neither order nor grouping of events matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from segue.domain.rules import Survivorship
from segue.enrich.scene import Scene

VALUES: Final = 8
"""Distinct (source, value) kept with their counts per attribute."""

Table = dict[bytes, list[Any]]
"""encoded ``[source, value]`` → ``[time, position, count]``"""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(list[Any]).decode


class Claim(NamedTuple):
    """One value that a source gave for an attribute."""

    value: Any
    source: str
    proven: bool
    #: when it was last said
    time: int
    position: int
    #: how often it was said; at least that, when the attribute has very many values
    times: int


class Surviving(NamedTuple):
    """The claim that won, and the others, best first."""

    claim: Claim
    others: list[Claim]


def put(claims: dict[str, list[Any]], fact: list[Any], scene: Scene) -> None:
    """Enter the claims of an identify's fact under ``1name`` (proven) or ``0name`` (claimed)."""
    proven, values = fact[9]
    for plain, value in values.items():
        name = f"{int(proven)}{plain}"
        row = [fact[0], fact[1], 1]
        key = _encode([scene.source, value])
        one: list[Any] = [{key: row}, {}]
        held = claims.get(name)
        claims[name] = one if held is None else joined(held, one)


def joined(one: list[Any], other: list[Any]) -> list[Any]:
    """Both tables of an attribute as one, within bounds; neither is changed."""
    table: Table = dict(one[0])
    for key, row in other[0].items():
        held = table.get(key)
        table[key] = row if held is None else [*max(held[:2], row[:2]), held[2] + row[2]]
    latest: dict[str, list[Any]] = {}
    if len(table) > VALUES or one[1] or other[1]:
        for whose, claim in (*_latest(table), *one[1].items(), *other[1].items()):
            latest[whose] = max(latest.get(whose, []), claim)
        table = dict(sorted(table.items(), key=lambda item: _hash(item[0]))[:VALUES])
    return [table, latest]


def _hash(key: bytes) -> bytes:
    return blake2b(key, digest_size=8).digest()


def _latest(table: Table) -> Iterable[tuple[str, list[Any]]]:
    for key, row in table.items():
        yield _decode(key)[0], [row[0], row[1], key]


def read(attribute: list[Any], proven: bool) -> list[Claim]:
    """All claims in an attribute's table, in no order."""
    table, latest = attribute
    rows: dict[bytes, list[Any]] = {key: [time, pos, 1] for time, pos, key in latest.values()}
    rows.update(table)
    found = []
    for key, row in rows.items():
        source, value = _decode(key)
        found.append(Claim(value, source, proven, *row))
    return found


def survive(name: str, claims: list[Claim], rules: Survivorship) -> Surviving:
    """The claim that survives by the rule of ``name``; what is claimed never beats what is proven."""
    rule = rules.attributes.get(name, rules.default)
    trust = {source: -rank for rank, source in enumerate(rules.trust)}
    last = -len(trust)
    repeated: dict[bytes, int] = {}

    def standing(claim: Claim) -> list[Any]:
        return [claim.source not in rules.third_party, claim.proven]

    def counted(claim: Claim) -> bytes:
        # by standing: who can only claim shall not choose between proven values by repeating one
        return _encode([*standing(claim), claim.value])

    if "frequency" in rule.by:
        for claim in claims:
            repeated[counted(claim)] = repeated.get(counted(claim), 0) + claim.times

    def rank(claim: Claim) -> tuple[Any, ...]:
        by = standing(claim)
        for word in rule.by:
            if word == "trust":
                by.append(trust.get(claim.source, last))
            elif word == "recency":
                by.append((claim.time, claim.position))
            elif word == "frequency":
                by.append(repeated[counted(claim)])
        return (*by, claim.time, claim.position, _encode([claim.source, claim.value]))

    best, *others = sorted(claims, key=rank, reverse=True)
    return Surviving(best, others)
