"""Making and finding the first six things of the demo's story; the seventh is told once there are decisions.

Everything is chosen by the data and the seed, never by chance or by time, and what was done once (a merge
and its undoing, an erasure) is found again by who did it. So running the demo again tells the same story.
What the data have nothing for is left out, which only happens with a handful of households.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from segue.app.demo.acts import ACTOR, merge_undone, proof_of_leaving
from segue.app.demo.bringing import bring_in
from segue.app.demo.story import SEED, KeptStep, KeptStory, StepName, write_story
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.persons import Persons
from segue.checks.world import SOURCES, Call, Truth, leaving, left_as
from segue.domain.identifiers import FragmentId, fragment_id
from segue.domain.order import OrderKey, rfc3339, time_of
from segue.domain.rules.normalise import normalise_identifier
from segue.enrich.record import GoldenRecord
from segue.ports.statements import statements

Identity = tuple[str, str]

DISPUTED = "marital_status"
"""What the CRM and the composed web form disagree about."""

_OTHERWISE = {"Married": "Unmarried", "Unmarried": "Married"}
_FORM_SENT = "2017-12-20T18:04:00Z"
_CANDIDATES = 12
"""Browsers whose history is counted to find the one with most of it."""

_SQL = statements("segue.app.demo", "story.sql")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo knows when its story begins."""

    truth: Truth
    #: the person of each identifier whose truth is known
    persons: Mapping[Identity, FragmentId]
    #: card → what the CRM says
    attributes: Mapping[str, Mapping[str, str]]

    def owned(self) -> dict[str, list[Identity]]:
        """Card → its identifiers in the person of the card, where that person is nobody else besides."""
        strangers: dict[FragmentId, set[str]] = {}
        for identity, whose in self.persons.items():
            owner = self.truth.owners.get(identity)
            if owner is not None:
                strangers.setdefault(whose, set()).add(owner)
        found: dict[str, list[Identity]] = {}
        for card, identities in self.truth.of_household().items():
            person = self.persons.get(("loyalty_card", card))
            if person is not None and strangers.get(person) == {card}:
                found[card] = [each for each in identities if self.persons.get(each) == person]
        return found


def make_story(installation: Installation, known: Known) -> KeptStory:
    """Make and find those six, and write them down in the data directory."""
    teller = _Teller(installation, known)
    teller.compose()
    makers: tuple[Callable[[], KeptStep | None], ...] = (
        teller.household,
        teller.anonymous,
        teller.shared_tablet,
        teller.conflict,
        teller.unmerge,
        teller.erasure,
    )
    story = KeptStory(
        made_at=rfc3339(installation.clock.now()),
        composed_sources=list(SOURCES),
        steps=[step for step in (make() for make in makers) if step is not None],
    )
    write_story(installation.data, story)
    return story


class _Teller:
    def __init__(self, installation: Installation, known: Known) -> None:
        self._installation = installation
        self._known = known
        self._persons = Persons(installation)
        self._lake = lake_of(installation)
        self._owned = known.owned()
        self._disputed = self._card_of_conflict()

    def compose(self) -> None:
        """Bring in what the story makes up, unless it is in: a web form, and somebody who is to be erased."""
        calls = list(self._form())
        if not self._rows("erasures"):
            calls += leaving(SEED)
        bring_in(self._installation, iter(calls))
        self._installation.drain()

    def _form(self) -> Iterator[Call]:
        if self._disputed is None:
            return
        value = _OTHERWISE[self._known.attributes[self._disputed][DISPUTED]]
        card = {"id": self._disputed, "type": "loyalty_card"}
        body = {
            "type": "identify",
            "messageId": f"composed-form-{self._disputed}",
            "timestamp": _FORM_SENT,
            "traits": {DISPUTED: value},
            "context": {"externalIds": [card], "composed": True, "channel": "web"},
        }
        yield Call("web_form", body)

    def _card_of_conflict(self) -> str | None:
        """The lowest number of a household whose state the CRM knows, with an account."""
        found = [
            card
            for card, said in self._known.attributes.items()
            if said.get(DISPUTED) in _OTHERWISE
            and any(kind == "user_id" for kind, _ in self._owned.get(card, ()))
        ]
        return min(found, key=int, default=None)

    # ── 1 ─────────────────────────────────────────────────────────────────────

    def household(self) -> KeptStep | None:
        """The household known best: by the CRM, by most kinds of identifiers, by most of them."""

        def how_well(card: str) -> tuple[bool, int, int, int]:
            identities = self._owned[card]
            kinds = {kind for kind, _ in identities}
            return (card in self._known.attributes, len(kinds), len(identities), -int(card))

        card = max(self._owned, key=how_well, default=None)
        if card is None:
            return None
        record = self._record(("loyalty_card", card))
        facts = {
            "card": card,
            "identifiers": len(record.identifiers),
            "kinds": sorted({each.kind for each in record.identifiers}),
            "sources": sorted({each.source for each in record.identifiers}),
            "attributes": len(record.attributes),
            "events": sum(each.count for each in record.activity.events.values()),
            "sessions": record.sessions.count,
            "orders": record.orders.count,
            "revenue": record.orders.revenue,
            "currency": record.orders.currency,
            "first_seen": record.activity.first_seen,
            "last_seen": record.activity.last_seen,
        }
        note = "Orders, mailings, coupons and the CRM's values are real; account and devices are composed."
        return self._step(1, "household", record, facts, note=note)

    # ── 2 ─────────────────────────────────────────────────────────────────────

    def anonymous(self) -> KeptStep | None:
        """The browser that did most before anybody knew whose it was."""
        rows = [row for row in self._rows("joined_later") if self._rightly(row[1], row[2])]
        rows.sort(key=lambda row: (time_of(OrderKey(row[3])) - time_of(OrderKey(row[5])), row[0]))
        best: tuple[int, tuple[Any, ...]] | None = None
        for row in rows[:_CANDIDATES]:
            joined = rfc3339(time_of(OrderKey(row[5])))
            page = self._lake.timeline([FragmentId(row[0])], limit=1_000)
            before = sum(event["timestamp"] < joined for event in page.events)
            if best is None or before > best[0]:
                best = (before, row)
        if best is None:
            return None
        before, (fragment, value, person, first_key, link, proof, kind, whose) = best
        first, joined_at = time_of(OrderKey(first_key)), time_of(OrderKey(proof))
        shown = next(each for each in self._identity(person).links if each.link_id == link.hex())
        facts = {
            "identifier": {"kind": "anonymous_id", "value": value},
            "fragment_id": fragment.hex(),
            "joined_to": {"kind": kind, "value": whose},
            "events_before": before,
            "first_seen": rfc3339(first),
            "joined_at": rfc3339(joined_at),
            "days_before": round((joined_at - first) / 86_400_000_000, 1),
            "link_id": shown.link_id,
            "tier": shown.tier,
            "proof": shown.proof,
        }
        note = "The browser, its visits and the account are composed; the card's orders are real."
        return self._step(2, "anonymous", self._persons.show(person.hex()), facts, note=note)

    def _rightly(self, value: str, person: bytes) -> bool:
        """Whether a browser is of the simulated year, and with the household whose it is."""
        card = self._known.truth.owners.get(("anonymous_id", value))
        return card is not None and card in self._owned and self._person(card) == person

    # ── 3 ─────────────────────────────────────────────────────────────────────

    def shared_tablet(self) -> KeptStep | None:
        """A device that two customers logged in on; a kiosk, where the data are too few for a tablet."""
        nobodys = {self._fragment(each): each for each in self._known.truth.nobodys()}
        shared = {bytes(row[0]) for row in self._rows("shared", ids=list(nobodys))}
        for device, identity in sorted(nobodys.items(), key=lambda each: (each[1][1][:2] != "t-", each[1])):
            users = self._rows("users_of", device=device) if device in shared else []
            if len({row[1] for row in users}) > 1:
                return self._shared(device, identity, users)
        return None

    def _shared(self, device: bytes, identity: Identity, users: Sequence[tuple[Any, ...]]) -> KeptStep:
        persons = sorted({bytes(row[1]).hex() for row in users})
        _, person, kind, value, reason = users[0]
        why = self._persons.why(":".join(identity), f"{kind}:{value}")
        facts = {
            "device": {"kind": identity[0], "value": identity[1]},
            "fragment_id": device.hex(),
            "customers": len(persons),
            "persons": persons[:10],
            "events_of_nobody": len(self._lake.timeline([FragmentId(device)], limit=1_000).events),
            "user": {"kind": kind, "value": value},
            "because": why.because,
            "reason": reason,
        }
        note = (
            "The device, the accounts and what was done on it are composed; the customers' orders are real."
        )
        record = self._persons.show(person.hex())
        return self._step(3, "shared_tablet", record, facts, note=note, also=[device.hex(), *persons])

    # ── 4 ─────────────────────────────────────────────────────────────────────

    def conflict(self) -> KeptStep | None:
        """What the CRM says stays against a later web form that cannot prove who wrote it."""
        if self._disputed is None:
            return None
        record = self._record(("loyalty_card", self._disputed))
        attribute = record.attributes[DISPUTED]
        rules = self._installation.rules().survivorship
        facts = {
            "card": self._disputed,
            "attribute": DISPUTED,
            **msgspec.to_builtins(attribute),
            "rule": list(rules.attributes.get(DISPUTED, rules.default).by),
            "settled_by": "proven",
        }
        note = "The CRM's value is real; the web form that contradicts it is composed."
        return self._step(4, "conflict", record, facts, note=note)

    # ── 5 ─────────────────────────────────────────────────────────────────────

    def unmerge(self) -> KeptStep | None:
        """Two real households that look alike, merged by hand and separated again."""
        done = merge_undone(self._installation, self._persons, self._look_alikes)
        if done is None:
            return None
        records = [self._persons.show(each) for each in done.persons]
        alike = [
            name
            for name, found in records[0].attributes.items()
            if name in records[1].attributes and records[1].attributes[name].value == found.value
        ]
        facts = {
            "persons": [record.person_id for record in records],
            "identifiers": [
                {"kind": record.identifiers[0].kind, "value": record.identifiers[0].value}
                for record in records
            ],
            "alike": sorted(alike),
            "orders": [record.orders.count for record in records],
            "orders_together": sum(record.orders.count for record in records),
            "link_id": done.link_id,
            "merged_at": rfc3339(done.merged_at),
            "unmerged_at": rfc3339(done.unmerged_at),
            "by": ACTOR,
        }
        note = "Nothing is composed: both households are real. The demo itself has merged and separated them."
        also = [fragment for record in records for fragment in record.fragments]
        return self._step(5, "unmerge", records[0], facts, note=note, composed=False, also=also)

    def _look_alikes(self) -> tuple[str, str] | None:
        """Two persons with a card only, of whom the CRM says the same; the first two where none are alike."""
        cards = sorted((c for c, identities in self._owned.items() if len(identities) == 1), key=int)
        persons = {card: self._person(card) for card in cards}
        alone = {bytes(row[0]) for row in self._rows("alone", ids=list(persons.values()))}
        cards = [card for card in cards if persons[card] in alone]
        seen: dict[tuple[tuple[str, str], ...], str] = {}
        for card in cards:
            said = tuple(sorted(self._known.attributes.get(card, {}).items()))
            if len(said) > 3 and said in seen:
                return persons[seen[said]].hex(), persons[card].hex()
            seen.setdefault(said, card)
        return (persons[cards[0]].hex(), persons[cards[1]].hex()) if len(cards) > 1 else None

    # ── 6 ─────────────────────────────────────────────────────────────────────

    def erasure(self) -> KeptStep | None:
        """Somebody made up, erased, with the proof."""
        person = self._fragment(left_as(SEED))
        proof = proof_of_leaving(self._installation, person)
        [asked, *_] = self._rows("erasures")
        facts = {
            "erasure_id": proof.erasure_id,
            "asked_at": rfc3339(asked[1]),
            "proven_at": proof.proven_at,
            "events": sum(1 for _ in leaving(SEED)),
            "identifiers": proof.fragments,
            "left": proof.left,
            "searched": proof.searched,
            "returned": proof.returned,
        }
        note = "The customer was composed to be erased."
        return KeptStep(
            step=6, name="erasure", link="/console/settings/audit", person_id=person.hex(), facts=facts,
            composed=True, note=note,
        )  # fmt: skip

    # ── what all of them need ─────────────────────────────────────────────────

    def _step(
        self,
        number: int,
        name: StepName,
        record: GoldenRecord,
        facts: dict[str, Any],
        *,
        note: str,
        composed: bool = True,
        also: Sequence[str] = (),
    ) -> KeptStep:
        return KeptStep(
            step=number,
            name=name,
            link=f"/console/customers/{record.person_id}",
            person_id=record.person_id,
            facts=facts,
            composed=composed,
            note=note,
            fragments=sorted({*record.fragments, *also}),
        )

    def _record(self, identity: Identity) -> GoldenRecord:
        return self._persons.show(self._known.persons[identity].hex())

    def _identity(self, person: bytes) -> Any:
        return self._persons.identity(person.hex())

    def _person(self, card: str) -> FragmentId:
        return self._known.persons["loyalty_card", card]

    def _fragment(self, identity: Identity) -> FragmentId:
        known = normalise_identifier(self._installation.rules().identity, *identity)
        kind, value = identity if known is None else (known.kind, known.value)
        return fragment_id(self._installation.secret, kind, value)

    def _rows(self, name: str, **values: object) -> list[tuple[Any, ...]]:
        if name in {"acts", "erasures"}:
            values["actor"] = ACTOR
        with self._installation.database.transaction(read_only=True) as session:
            return session.fetch(_SQL[name], **values)
