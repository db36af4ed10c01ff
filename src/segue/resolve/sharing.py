"""Which devices several people share: a kiosk, the family's tablet.

A device's *owners* are the values of unique kinds seen together with it. Two of them make it shared.
What is only claimed never puts out what is proven: a device that has two proven owners loses all its
links, one that has them only by counting claims loses its claimed links. A device that was seen with
no owner itself has those of the devices it was seen with, so that a browser's cookie on two people's
tablets is nobody's.
"""

from __future__ import annotations

import msgspec

from segue.domain.identity import Link, Tier
from segue.resolve.part import Part, Restrictions, is_device

NEVER = 99
"""A tier that no link has."""

_LEVELS = (int(Tier.PROVEN), int(Tier.CLAIMED))


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Devices and the tier from which on their links are out (that one and weaker ones)."""

    #: for whatever reason
    out: dict[bytes, int]
    #: by owners seen directly with it (or known before): for good, evidence can only add owners
    cut: dict[bytes, int]


class _Company(msgspec.Struct):
    """Whom a device was seen with."""

    #: (tier, owner)
    owners: list[tuple[int, bytes]]
    #: (tier, other device)
    devices: list[tuple[int, bytes]]


def find_sharing(part: Part, restricted: Restrictions) -> Sharing:
    """The shared devices of a part. What was cut before stays cut."""
    company = _company(part, restricted)
    cut = {fragment: row.cut_tier for fragment, row in part.fragments.items() if row.cut_tier is not None}
    for device, seen in company.items():
        if len(seen.owners) > 1:
            tier = min(_tier(seen.owners), cut.get(device, NEVER))
            if tier != NEVER:
                cut[device] = tier
    out = dict(cut)
    for device, seen in company.items():
        if seen.devices or device in part.beside:
            tier = min(_by_company(device, company, cut, part.beside), out.get(device, NEVER))
            if tier != NEVER:
                out[device] = tier
    return Sharing(out=out, cut=cut)


def _company(part: Part, restricted: Restrictions) -> dict[bytes, _Company]:
    """Devices that were seen with owners or other devices. Joins by hand say nothing about use."""
    company: dict[bytes, _Company] = {}
    apart = {(apart.a, apart.b) for apart in part.aparts}
    for link in part.links.values():
        tier = int(link.tier)
        if tier in _LEVELS and (not apart or (link.a, link.b) not in apart):
            _note(company, part, restricted, link)
    for device, owner, tier in part.owners:
        company.setdefault(device, _Company([], [])).owners.append((tier, owner))
    for device in part.beside:
        company.setdefault(device, _Company([], []))
    return company


def _note(company: dict[bytes, _Company], part: Part, restricted: Restrictions, link: Link) -> None:
    for device, other in ((link.a, link.b), (link.b, link.a)):
        if is_device(part.fragments[device], restricted):
            row = part.fragments[other]
            if row.kind in restricted.unique:
                company.setdefault(device, _Company([], [])).owners.append((int(link.tier), other))
            elif is_device(row, restricted):
                company.setdefault(device, _Company([], [])).devices.append((int(link.tier), other))


def _tier(owners: list[tuple[int, bytes]]) -> int:
    """The best tier at which these are at least two."""
    for level in _LEVELS:
        if len({owner for tier, owner in owners if tier <= level}) > 1:
            return level
    return NEVER


def _by_company(
    device: bytes, company: dict[bytes, _Company], cut: dict[bytes, int], beside: dict[bytes, int]
) -> int:
    """The best tier at which a device without owners of its own has two through other devices."""
    mine = company[device]
    for level in _LEVELS:
        if any(tier <= level for tier, _ in mine.owners):
            continue
        if beside.get(device, NEVER) <= level:
            return level
        owners: set[bytes] = set()
        for tier, other in mine.devices:
            if tier <= level:
                if cut.get(other, NEVER) <= level:
                    return level
                seen = company.get(other)
                owners |= {owner for at, owner in seen.owners if at <= level} if seen else set()
        if len(owners) > 1:
            return level
    return NEVER
