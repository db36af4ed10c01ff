"""Which devices several people share: a kiosk, the family's tablet.

A device's *owners* are the values of unique kinds seen together with it. Two of them make it shared.
What is only claimed never puts out what is proven: a device that has two proven owners loses all its
links, one that has them only by counting claims loses its claimed links. A device that was seen with
no owner itself has those of the devices it was seen with, so that a browser's cookie on two people's
tablets is nobody's.
"""

from __future__ import annotations

import msgspec

from segue.domain.identity import Tier
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
    #: devices that were seen with one that is cut, from the tier on that both hold for
    beside: dict[bytes, int]
    #: devices that were seen with somebody directly, by a link of this tier at best
    owned: dict[bytes, int]


class _Company(msgspec.Struct):
    """Whom a device was seen with."""

    #: (tier, owner)
    owners: list[tuple[int, bytes]]
    #: (tier, other device)
    devices: list[tuple[int, bytes]]


def find_sharing(part: Part, restricted: Restrictions) -> Sharing:
    """The shared devices of a part. What was cut before stays cut."""
    rows = part.fragments
    devices = {fragment for fragment, row in rows.items() if is_device(row, restricted)}
    company = _company(part, restricted, devices)
    cut = {device: tier for device in devices if (tier := rows[device].cut_tier) is not None}
    owned = {device: tier for device in devices if (tier := rows[device].owned_tier) is not None}
    for device, seen in company.items():
        for tier, _ in seen.owners:
            _lower(owned, device, tier)
        if len(seen.owners) > 1:
            _lower(cut, device, _tier(seen.owners))
    beside = {device: tier for device in devices if (tier := rows[device].beside_tier) is not None}
    for device, seen in company.items():
        for tier, other in seen.devices:
            if other in cut:
                _lower(beside, device, max(tier, cut[other]))
    out = dict(cut)
    for device, seen in company.items():
        if seen.devices or device in beside:
            _lower(out, device, _by_company(device, company, beside, owned))
    return Sharing(out=out, cut=cut, beside=beside, owned=owned)


def _lower(tiers: dict[bytes, int], device: bytes, tier: int) -> None:
    if tier < tiers.get(device, NEVER):
        tiers[device] = tier


def _company(part: Part, restricted: Restrictions, devices: set[bytes]) -> dict[bytes, _Company]:
    """Devices and whom they were seen with. Joins by hand say nothing about use."""
    company = {device: _Company([], []) for device in devices}
    rows, unique = part.fragments, restricted.unique
    apart = {(apart.a, apart.b) for apart in part.aparts}
    for link in part.links.values():
        a, b, tier = link.a, link.b, int(link.tier)
        if tier not in _LEVELS or (apart and (a, b) in apart):
            continue
        if a in devices:
            if b in devices:
                company[a].devices.append((tier, b))
                company[b].devices.append((tier, a))
            elif rows[b].kind in unique:
                company[a].owners.append((tier, b))
        elif b in devices and rows[a].kind in unique:
            company[b].owners.append((tier, a))
    for device, owner, tier in part.owners:
        company[device].owners.append((tier, owner))
    return company


def _tier(owners: list[tuple[int, bytes]]) -> int:
    """The best tier at which these are at least two."""
    for level in _LEVELS:
        if len({owner for tier, owner in owners if tier <= level}) > 1:
            return level
    return NEVER


def _by_company(
    device: bytes, company: dict[bytes, _Company], beside: dict[bytes, int], owned: dict[bytes, int]
) -> int:
    """The best tier at which a device without owners of its own has two through other devices."""
    mine = company[device]
    for level in _LEVELS:
        if owned.get(device, NEVER) <= level:
            continue
        if beside.get(device, NEVER) <= level:
            return level
        owners = {
            owner
            for tier, other in mine.devices
            if tier <= level
            for at, owner in company[other].owners
            if at <= level
        }
        if len(owners) > 1:
            return level
    return NEVER
