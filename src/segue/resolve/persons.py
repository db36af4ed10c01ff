"""Which fragments are one person: the pure rule, a function of what is recorded and of nothing else.

All links of a part of the identity graph are sorted by tier and order key of their first proof and
added one by one; one that would break a unique kind, a limit or an apart stays out, with its reason.
Since the result depends only on the set of links, it does not matter in which order they arrived.

Joins by hand come last and override limits. Coming last they use up nothing and put nothing out, so
that undoing one gives back exactly what was there, whatever has happened in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from segue.domain.identity import FragmentRow, Link, Tier
from segue.domain.order import OrderKey, time_of
from segue.domain.rules import IdentityRules, Limit
from segue.resolve.part import Part, Restrictions, restrictions
from segue.resolve.sharing import NEVER, Sharing, find_sharing

PERSON_LINKS = 1_000
"""A person takes no more links than this; further ones are recorded as ``frozen``."""


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """Who is whom within a part."""

    #: fragment → person id: the member with the smallest (first key, id)
    persons: dict[bytes, bytes]
    #: fragment → component id: the member with the smallest id, or the pinned one's
    components: dict[bytes, bytes]
    #: link id → why it is inactive; active links are missing
    reasons: dict[bytes, str]
    sharing: Sharing
    #: component id → number of its links
    links: dict[bytes, int]


def resolve(part: Part, rules: IdentityRules) -> Resolution:
    """Persons, components and each link's fate. Both ends of every link must be fragments of the part."""
    restricted = restrictions(rules)
    sharing = find_sharing(part, restricted)
    persons = _Persons(part, restricted)
    reasons = _join(part, persons, sharing)
    components, counts = _components(part, sharing, reasons)
    return Resolution(
        persons=persons.ids(),
        components=components,
        reasons=reasons,
        sharing=sharing,
        links=counts,
    )


def position(link: Link) -> tuple[int, bytes, bytes, bytes]:
    """:attr:`Link.position`, for sorting many."""
    return (link.tier, link.first_proof, link.a, link.b)


def _position(item: tuple[bytes, Link]) -> tuple[int, bytes, bytes, bytes]:
    link = item[1]
    return (link.tier, link.first_proof, link.a, link.b)


def _join(part: Part, persons: _Persons, sharing: Sharing) -> dict[bytes, str]:
    """Add the links one by one; answer why some stay out."""
    reasons: dict[bytes, str] = {}
    by_hand: list[tuple[bytes, Link]] = []
    out = sharing.out
    for link_id, link in sorted(part.links.items(), key=_position):
        tier = link.tier
        reason: str | None
        if tier == Tier.MANUAL:
            by_hand.append((link_id, link))
            continue
        if tier > Tier.CLAIMED:
            reason = "uncertain"
        elif out and (out.get(link.a, NEVER) <= tier or out.get(link.b, NEVER) <= tier):
            reason = "shared_device"
        else:
            reason = persons.try_link(link)
        if reason is not None:
            reasons[link_id] = reason
    for link_id, link in by_hand:
        if not persons.join(link):
            reasons[link_id] = "apart"
    return reasons


class _Persons:
    """A growing partition of the fragments, with what each group has used of the limits."""

    def __init__(self, part: Part, restricted: Restrictions) -> None:
        self._fragments = part.fragments
        self._counted = restricted.counted
        self._up: dict[bytes, bytes] = {}
        self._links: dict[bytes, int] = {}
        self._held: dict[bytes, dict[str, list[int]]] = {}
        self._foes: dict[bytes, list[tuple[bytes, int]]] = {}
        for apart in part.aparts:
            self._foes.setdefault(apart.a, []).append((apart.b, apart.at))
            self._foes.setdefault(apart.b, []).append((apart.a, apart.at))

    def find(self, fragment: bytes) -> bytes:
        """The group's present root."""
        return root_of(self._up, fragment)

    def try_link(self, link: Link) -> str | None:
        """Join the two groups unless that would break something; answer what."""
        one, other = root_of(self._up, link.a), root_of(self._up, link.b)
        links = self._links
        if one == other:
            if links[one] >= PERSON_LINKS:
                return "frozen"
            links[one] += 1
            return None
        mine, theirs = self._held.get(one), self._held.get(other)
        if mine is None or theirs is None:
            moment = time_of(OrderKey(link.first_proof))
            mine = self._alone(one, moment) if mine is None else mine
            theirs = self._alone(other, moment) if theirs is None else theirs
        if mine and theirs and (reason := self._breach(mine, theirs)) is not None:
            return reason
        count = links.get(one, 0) + links.get(other, 0) + 1
        if count > PERSON_LINKS:
            return "frozen"
        if self._foes and self._apart(one, other, -1):
            return "apart"
        if len(theirs) > len(mine):
            one, other, mine, theirs = other, one, theirs, mine
        for kind, times in theirs.items():
            mine[kind] = sorted(mine[kind] + times) if kind in mine else times
        self._held[one] = mine
        self._unite(one, other, count)
        return None

    def join(self, link: Link) -> bool:
        """Join the two groups by hand: only a later apart keeps them from it."""
        one, other = self.find(link.a), self.find(link.b)
        moment = time_of(OrderKey(link.first_proof))
        if one != other:
            if self._apart(one, other, moment):
                return False
            self._unite(one, other, 0)
        return True

    def ids(self) -> dict[bytes, bytes]:
        """Fragment → person id."""
        return members(self._fragments, self._up)

    def _alone(self, fragment: bytes, moment: int) -> dict[str, list[int]]:
        """What a fragment that nothing has joined yet brings: its value counts from the link now tried."""
        kind = self._fragments[fragment].kind
        return {kind: [moment]} if kind in self._counted else {}

    def _breach(self, mine: Mapping[str, list[int]], theirs: Mapping[str, list[int]]) -> str | None:
        """What joining the two would break; the kind that matters most where it is several."""
        worst: tuple[int, str] | None = None
        for kind, times in theirs.items():
            if kind in mine:
                priority, limit, name = self._counted[kind]
                if (worst is None or (priority, name) < worst) and _exceeds(mine[kind], times, limit):
                    worst = (priority, name)
        return None if worst is None else worst[1]

    def _apart(self, one: bytes, other: bytes, since: int) -> bool:
        """Whether somebody decided at or after ``since`` that members of the two are not one person."""
        mine, theirs = self._foes.get(one, ()), self._foes.get(other, ())
        if len(theirs) < len(mine):
            other, mine = one, theirs
        return any(at >= since and self.find(foe) == other for foe, at in mine)

    def _unite(self, root: bytes, other: bytes, links: int) -> None:
        self._up[other] = root
        self._links[root] = links
        if other in self._foes:
            self._foes.setdefault(root, []).extend(self._foes.pop(other))


def _exceeds(mine: list[int], theirs: list[int], limit: Limit) -> bool:
    """Whether both together hold more values than allowed (in one window)."""
    most = limit.count
    if len(mine) + len(theirs) <= most:
        return False
    if limit.window is None:
        return True
    times = sorted(mine + theirs)
    return any(late - early < limit.window for early, late in zip(times, times[most:], strict=False))


def _components(
    part: Part, sharing: Sharing, reasons: Mapping[bytes, str]
) -> tuple[dict[bytes, bytes], dict[bytes, int]]:
    """Fragments connected by links that matter to one another, and how many links they have."""
    up: dict[bytes, bytes] = {}
    connecting = _connecting(part, sharing, reasons)
    for link in connecting:
        one, other = root_of(up, link.a), root_of(up, link.b)
        if one != other:
            up[other] = one
    names = _names(part, lambda fragment: root_of(up, fragment)) if up or part.pinned else {}
    components = {fragment: names.get(root_of(up, fragment), fragment) for fragment in part.fragments}
    counts: dict[bytes, int] = {}
    for link in connecting:
        name = components[link.a]
        counts[name] = counts.get(name, 0) + 1
    return components, counts


def _connecting(part: Part, sharing: Sharing, reasons: Mapping[bytes, str]) -> list[Link]:
    """Links whose fate may depend on each other's: not those that sharing has put out for good.

    A link to a component that is not replayed connects only if it is active: else two persons who once
    met at a till would have to be loaded together for ever.
    """
    cut, pinned = sharing.cut, part.pinned
    found: list[Link] = []
    for link_id, link in part.links.items():
        if cut and (cut.get(link.a, NEVER) <= link.tier or cut.get(link.b, NEVER) <= link.tier):
            if link.tier != Tier.MANUAL:
                continue
        elif link.tier > Tier.CLAIMED:
            continue
        if pinned and link_id in reasons and (link.a in pinned or link.b in pinned):
            continue
        found.append(link)
    return found


def _names(part: Part, find: Callable[[bytes], bytes]) -> dict[bytes, bytes]:
    """Root → name of its component."""
    names: dict[bytes, bytes] = {}
    for fragment in part.fragments:
        root = find(fragment)
        name = names.get(root)
        if name is None or fragment < name:
            names[root] = fragment
    kept: dict[bytes, bytes] = {}
    for fragment in part.pinned:
        root = find(fragment)
        name = part.fragments[fragment].component_id
        kept[root] = min(name, kept.get(root, name))
    return names | kept


def root_of(up: dict[bytes, bytes], fragment: bytes) -> bytes:
    """The root above ``fragment`` in a forest of child → parent; the way there is shortened."""
    root = fragment
    while (above := up.get(root)) is not None:
        root = above
    while fragment != root:
        up[fragment], fragment = root, up[fragment]
    return root


def members(fragments: Mapping[bytes, FragmentRow], up: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Fragment → person id, where ``up`` is the forest of child → parent that joins them."""
    roots = [root_of(up, fragment) for fragment in fragments] if up else list(fragments)
    first: dict[bytes, tuple[bytes, bytes]] = {}
    for root, (fragment, row) in zip(roots, fragments.items(), strict=True):
        key = (row.first_key, fragment)
        best = first.get(root)
        if best is None or key < best:
            first[root] = key
    return {fragment: first[root][1] for root, fragment in zip(roots, fragments, strict=True)}
