"""What the pure rule works on: a part of the identity graph, and the rules as its loops want them."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from segue.domain.identity import Apart, FragmentRow, Link
from segue.domain.rules import IdentityRules, KindRule, Limit


class Part(msgspec.Struct, kw_only=True):
    """A part of the identity graph that is resolved by itself; nothing outside influences it.

    Complete components, or the complete persons concerned where a component is too large to replay.
    """

    fragments: dict[bytes, FragmentRow] = {}
    #: by link id; whether they are active is the answer, not a premise
    links: dict[bytes, Link] = {}
    aparts: list[Apart] = []
    #: fragments of components that are not replayed: they keep their component
    pinned: set[bytes] = set()
    #: who is known to use a device by links that are not in this part: (device, owner, tier)
    owners: list[tuple[bytes, bytes, int]] = []


class Restrictions(msgspec.Struct, frozen=True):
    """The rules as the loops below want them."""

    #: kinds that are counted: by priority, with the name of what a breach is called
    counted: dict[str, tuple[int, Limit, str]]
    unique: frozenset[str]
    devices: frozenset[str]
    known: frozenset[str]


def restrictions(rules: IdentityRules) -> Restrictions:
    """What :func:`resolve` needs of the rules."""
    return _restrictions(tuple(rules.kinds.items()))


@lru_cache(maxsize=16)
def _restrictions(kinds: tuple[tuple[str, KindRule], ...]) -> Restrictions:
    counted: dict[str, tuple[int, Limit, str]] = {}
    for kind, rule in kinds:
        if rule.unique:
            counted[kind] = (rule.priority, Limit(1), f"unique:{kind}")
        elif rule.limit is not None:
            counted[kind] = (rule.priority, rule.limit, f"limit:{kind}")
    return Restrictions(
        counted,
        frozenset(kind for kind, rule in kinds if rule.unique and not rule.device),
        frozenset(kind for kind, rule in kinds if rule.device),
        frozenset(kind for kind, _ in kinds),
    )


def is_device(row: FragmentRow, restricted: Restrictions) -> bool:
    """Whether its kind names a device now, or did when it was last known."""
    return row.kind in restricted.devices or (row.device and row.kind not in restricted.known)
