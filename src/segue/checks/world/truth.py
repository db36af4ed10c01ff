"""The truth kept aside, and how far what was concluded is from it.

An identifier belongs to one household or, like a kiosk, to nobody. Two identifiers of one person that
are not of one household were *joined falsely*; two of one household in different persons were *missed*.
Of the missed ones some could be known (a chain of calls names both); the others nobody could have told
without guessing, such as a browser that never logged in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from segue.checks.world.records import Identity


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of identifiers, concluded against true."""

    #: identifiers with a known truth that were found in some person
    identifiers: int
    households: int
    persons: int
    #: pairs that are of one household
    true_pairs: int
    joined: int
    falsely_joined: int
    missed: int
    #: of the missed: some chain of calls names both, without a device that is nobody's
    missed_with_evidence: int

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are right; 1 when none was joined."""
        return 1 - self.falsely_joined / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were joined; 1 when there are none."""
        return 1 - self.missed / self.true_pairs if self.true_pairs else 1.0


class Truth:
    """Whose each identifier is, filled while the world is composed."""

    def __init__(self) -> None:
        #: identifier → card of its household, or None for nobody
        self.owners: dict[Identity, str | None] = {}
        self._leader: dict[Identity, Identity] = {}

    def belongs(self, identity: Identity, card: str | None) -> None:
        """Say whose an identifier is; ValueError if it was said otherwise before."""
        if self.owners.setdefault(identity, card) != card:
            raise ValueError(f"{identity} belongs to {self.owners[identity]}, not to {card}")

    def seen_together(self, identities: Iterable[Identity]) -> None:
        """One call names these; what belongs to nobody is no evidence."""
        owned = [identity for identity in identities if self.owners.get(identity) is not None]
        for other in owned[1:]:
            self._leader[self._find(other)] = self._find(owned[0])

    def evidence(self, identity: Identity) -> Identity:
        """Two identifiers with an equal answer are connected by calls."""
        return self._find(identity)

    def _find(self, identity: Identity) -> Identity:
        root = identity
        while (above := self._leader.get(root, root)) != root:
            root = above
        while (above := self._leader.get(identity, identity)) != root:
            self._leader[identity] = root
            identity = above
        return root

    def compare(self, persons: Mapping[Identity, bytes]) -> Comparison:
        """The truth against the person in which each identifier was found; others are left out."""
        found = [(identity, person) for identity, person in persons.items() if identity in self.owners]
        by_person: Counter[bytes] = Counter()
        by_owner: Counter[str] = Counter()
        by_both: Counter[tuple[str, bytes]] = Counter()
        knowable: Counter[tuple[str, Identity]] = Counter()
        known: Counter[tuple[str, Identity, bytes]] = Counter()
        for identity, person in found:
            by_person[person] += 1
            owner = self.owners[identity]
            if owner is None:
                continue
            by_owner[owner] += 1
            by_both[owner, person] += 1
            root = self._find(identity)
            knowable[owner, root] += 1
            known[owner, root, person] += 1
        joined, right, true = _pairs(by_person), _pairs(by_both), _pairs(by_owner)
        return Comparison(
            identifiers=len(found),
            households=len(by_owner),
            persons=len(by_person),
            true_pairs=true,
            joined=joined,
            falsely_joined=joined - right,
            missed=true - right,
            missed_with_evidence=_pairs(knowable) - _pairs(known),
        )

    def of_household(self) -> dict[str, list[Identity]]:
        """Card → its identifiers."""
        owned: dict[str, list[Identity]] = defaultdict(list)
        for identity, card in self.owners.items():
            if card is not None:
                owned[card].append(identity)
        return dict(owned)

    def nobodys(self) -> list[Identity]:
        """Kiosks and shared tablets."""
        return [identity for identity, card in self.owners.items() if card is None]


def _pairs(counts: Mapping[Any, int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())
