"""Everything about one person, for the API and the command line alike.

Ids come as hexadecimal text: any id she ever had, or any of her fragments', finds her; NotFoundError
where nobody is found. Reading takes one transaction; what changes a person is audited inside its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from segue.app import erase as erasing
from segue.app.audit import record_act
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.learning import reading as predicted
from segue.app.learning.intents import Intents
from segue.app.learning.reading import Predictions
from segue.app.segments.entering import segment_events
from segue.archive.timeline import Beside, Filters, Timeline
from segue.domain.identifiers import FragmentId, fragment_id, parse_id, parse_identifier
from segue.domain.order import rfc3339
from segue.domain.rules.normalise import normalise_identifier
from segue.enrich import store
from segue.enrich.record import GoldenRecord, View
from segue.enrich.segments import stage
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.resolve import by_hand, reading
from segue.resolve.reading import IdentityView, LinkView, WhyView

_PAGE = 1_000
_SQL = statements("segue.app", "persons.sql")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a search: nobody, or the person who has the identifier."""

    persons: list[GoldenRecord]


class MergedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Two persons who are one by hand from now on."""

    person_id: str
    #: what ``unmerge`` takes to undo it
    link_id: str


class UnmergedPersons(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a link back has led to."""

    #: the persons of the link's two ends: the same one twice while other links still join them
    persons: list[str]
    #: those other links; empty once the two are separated
    still_joined_by: list[LinkView]


class DeletedIdentifier(msgspec.Struct, frozen=True, kw_only=True):
    """What taking an identifier away has led to."""

    #: who remains of the person
    persons: list[str]
    #: whose the identifier is now
    identifier_of: str


class ErasureState(msgspec.Struct, frozen=True, kw_only=True):
    """How far an erasure has come."""

    erasure_id: str
    #: pending: files are still to be rewritten
    state: Literal["pending", "proven"]
    proof: erasing.Proof | None


class ExportedLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter as an export shows it."""

    dead_letter_id: str
    source: str
    received_at: str
    reason: str
    #: the event as it came
    raw: str


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept about one person."""

    #: RFC 3339
    exported_at: str
    person: GoldenRecord
    identity: IdentityView
    #: newest first
    events: list[dict[str, Any]]
    #: events that could not be admitted and in which an identifier of hers was recognised
    dead_letters: list[ExportedLetter]


def check_view(text: str) -> View:
    """The view of that name; InvalidInputError when there is none."""
    if text == "certain":
        return "certain"
    if text == "likely":
        return "likely"
    raise InvalidInputError(f"{text[:80]!r} is not a view", cure="use certain or likely")


class Persons:
    """Finds, reads and changes the persons of one installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lake = lake_of(installation)
        self._intents = Intents(installation.data)

    # ── reading ───────────────────────────────────────────────────────────────

    def find(self, identifier: str, view: View = "certain") -> Found:
        """The golden record of whoever has ``KIND:VALUE``; InvalidInputError when it is malformed."""
        wanted = self._fragment(identifier)
        if wanted is None:
            return Found(persons=[])
        with self._installation.database.transaction(read_only=True) as session:
            record = self._record(session, wanted, view)
        return Found(persons=[] if record is None else [record])

    def unknown_kind(self, identifier: str) -> str | None:
        """What to say of the kind of ``KIND:VALUE`` if the rules do not list it: nobody is found by it."""
        kind, _ = parse_identifier(identifier)
        kinds = list(self._installation.rules().identity.kinds)
        if kind in kinds:
            return None
        near = get_close_matches(kind, kinds, n=1)
        asked = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(kinds)}"
        return f"identity.yaml lists no kind {kind[:80]!r}: {asked}"

    def show(self, any_id: str, view: View = "certain") -> GoldenRecord:
        """The golden record."""
        with self._installation.database.transaction(read_only=True) as session:
            record = self._record(session, _any_id(any_id), view)
        if record is None:
            raise _nobody(any_id)
        return record

    def predictions(self, any_id: str) -> Predictions:
        """What models predict of her, as far as it may be shown."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        with self._installation.database.transaction(read_only=True) as session:
            record = store.read_record(session, _any_id(any_id), rules=rules, now=now)
            if record is None:
                raise _nobody(any_id)
            return predicted.predictions_of(session, record, rules)

    def timeline(
        self,
        any_id: str,
        *,
        limit: int = 100,
        after: str | None = None,
        until: int | None = None,
        only: Filters | None = None,
    ) -> Timeline:
        """A page of events across all channels, newest first; ``after`` is ``next`` of the page before.

        ``until`` (microseconds) begins there instead of with the newest.
        With ``only`` a page may be short while there are more: it looks at a bounded number of events.
        """
        with self._installation.database.transaction(read_only=True) as session:
            fragments = _fragments(session, _locate(session, any_id))
        return self._lake.timeline(
            fragments, limit=limit, after=after, until=until, only=only, beside=self._segments_of(fragments)
        )

    def _segments_of(self, fragments: Sequence[FragmentId]) -> Beside:
        return segment_events(self._installation.database, fragments)

    def identity(self, any_id: str) -> IdentityView:
        """What her identity rests on: identifiers, links with their proofs, aparts, shared devices."""
        with self._installation.database.transaction(read_only=True) as session:
            return self._identity(session, _locate(session, any_id))

    def why(self, one: str, other: str) -> WhyView:
        """Why two identifiers (``KIND:VALUE``) are one person or are not; NotFoundError for a new one."""
        a, b = self._fragment(one), self._fragment(other)
        with self._installation.database.transaction(read_only=True) as session:
            found = None if a is None or b is None else reading.why(session, a, b)
            if found is None:
                both = (("first", a), ("second", b))
                new = [name for name, each in both if each is None or not reading.locate(session, each)]
                raise NotFoundError(
                    f"of the two identifiers the {' and the '.join(new)} was never seen",
                    cure="check its kind and its value",
                )
        return found

    def export(self, any_id: str, *, actor: str) -> Export:
        """Everything that is kept about her; the export itself is audited."""
        now = self._installation.clock.now()
        with self._installation.database.transaction() as session:
            person_id = _locate(session, any_id)
            fragments = _fragments(session, person_id)
            record = self._record(session, person_id, "likely")
            identity = self._identity(session, person_id)
            letters = session.fetch(_SQL["letters"], ids=fragments)
            record_act(session, at=now, actor=actor, act="person exported", subject=person_id.hex())
        if record is None:
            raise _nobody(any_id)
        return Export(
            exported_at=rfc3339(now),
            person=record,
            identity=identity,
            events=self._events(fragments),
            dead_letters=[_letter(*row) for row in letters],
        )

    def _events(self, fragments: Sequence[FragmentId]) -> list[dict[str, Any]]:
        beside = self._segments_of(fragments)
        page = self._lake.timeline(fragments, limit=_PAGE, beside=beside)
        events = page.events
        while page.next is not None:
            page = self._lake.timeline(fragments, limit=_PAGE, after=page.next, beside=beside)
            events += page.events
        return events

    # ── changing ──────────────────────────────────────────────────────────────

    def merge(self, any_id: str, other_id: str, *, actor: str) -> MergedPerson:
        """Join two persons by hand, whatever the limits say; ConflictError when they are one already."""
        now, rules = self._installation.clock.now(), self._installation.rules()
        with self._installation.database.transaction() as session:
            one, other = _locate(session, any_id), _locate(session, other_id)
            merged = by_hand.merge(session, one, other, by=actor, at=now, identity=rules.identity)
            stage.judge_now(session, rules, merged.linked.persons_changed, now)
            person, link = merged.person_id.hex(), merged.link_id.hex()
            detail = {"of": [one.hex(), other.hex()], "link": link}
            record_act(session, at=now, actor=actor, act="persons merged", subject=person, detail=detail)
        return MergedPerson(person_id=person, link_id=link)

    def unmerge(self, any_id: str, link_id: str, *, every: bool = False, actor: str) -> UnmergedPersons:
        """Take a link back for good; with ``every``, separate its ends whatever else joins them.

        NotFoundError for a link that is not hers, ConflictError for one that joins nobody.
        """
        now, rules = self._installation.clock.now(), self._installation.rules()
        wanted = parse_id(link_id)
        with self._installation.database.transaction() as session:
            person = _locate(session, any_id)
            found = by_hand.unmerge(
                session, person, wanted, by=actor, at=now, identity=rules.identity, all=every
            )
            stage.judge_now(session, rules, found.linked.persons_changed, now)
            still = reading.links_called(session, found.still_joined_by)
            persons = [each.hex() for each in found.persons]
            detail = {"link": link_id, "persons": persons, "all": every, "separated": not still}
            record_act(session, at=now, actor=actor, act="unmerge", subject=person.hex(), detail=detail)
        return UnmergedPersons(persons=persons, still_joined_by=still)

    def delete_identifier(self, any_id: str, identifier: str, *, actor: str) -> DeletedIdentifier:
        """Take ``KIND:VALUE`` away from her for good; its own history goes with it.

        NotFoundError when it is not hers, ConflictError when she has no other.
        """
        now, rules = self._installation.clock.now(), self._installation.rules()
        wanted = self._fragment(identifier)
        if wanted is None:
            raise NotFoundError("nobody has this identifier", cure="see the identity of the person")
        with self._installation.database.transaction() as session:
            person = _locate(session, any_id)
            deleted = by_hand.delete_identifier(
                session, person, wanted, by=actor, at=now, identity=rules.identity
            )
            stage.judge_now(session, rules, deleted.linked.persons_changed, now)
            detail = {"fragment": wanted.hex()}
            act = "identifier deleted"
            record_act(session, at=now, actor=actor, act=act, subject=person.hex(), detail=detail)
        return DeletedIdentifier(
            persons=[each.hex() for each in deleted.persons], identifier_of=deleted.identifier_of.hex()
        )

    def erase(self, any_id: str, *, actor: str) -> str:
        """Erase her; when it answers the erasure's id, nothing of her is shown any more.

        Files are rewritten by a running server's worker, or by :func:`segue.app.erase.finish`.
        """
        return erasing.ask(self._installation, self._located(any_id), by=actor)

    def erase_and_prove(self, any_id: str, *, actor: str) -> erasing.Proof:
        """Erase her and wait for the proof; UnavailableError after :data:`segue.app.erase.PATIENCE`."""
        return erasing.erase(self._installation, self._located(any_id), by=actor)

    def erasure(self, erasure_id: str) -> ErasureState:
        """How far an erasure has come; NotFoundError when there is none of that id."""
        try:
            proof = erasing.proof_of(self._installation, erasure_id)
        except ConflictError:
            return ErasureState(erasure_id=erasure_id, state="pending", proof=None)
        return ErasureState(erasure_id=erasure_id, state="proven", proof=proof)

    # ── inside ────────────────────────────────────────────────────────────────

    def _located(self, any_id: str) -> FragmentId:
        with self._installation.database.transaction(read_only=True) as session:
            return _locate(session, any_id)

    def _identity(self, session: Session, person_id: FragmentId) -> IdentityView:
        found = reading.identity(session, person_id)
        record = self._record(session, person_id, "likely")
        if found is None or record is None:
            raise _nobody(person_id.hex())
        last_seen = {(each.kind, each.value): each.last_seen for each in record.identifiers}
        identifiers = [
            msgspec.structs.replace(each, last_seen=last_seen.get((each.kind, each.value), UNSET))
            for each in found.identifiers
        ]
        return msgspec.structs.replace(found, identifiers=identifiers)

    def _record(self, session: Session, any_id: FragmentId, view: View) -> GoldenRecord | None:
        rules, now = self._installation.rules(), self._installation.clock.now()
        judge = self._intents.judge(session)
        record = store.read_record(session, any_id, rules=rules, now=now, view=view, judge=judge)
        return None if record is None else predicted.with_predictions(session, record, rules)

    def _fragment(self, identifier: str) -> FragmentId | None:
        """The fragment that ``KIND:VALUE`` would have; None when the rules make it unusable."""
        kind, value = parse_identifier(identifier)
        known = normalise_identifier(self._installation.rules().identity, kind, value)
        return None if known is None else fragment_id(self._installation.secret, known.kind, known.value)


def _fragments(session: Session, person_id: FragmentId) -> list[FragmentId]:
    return [row.fragment_id for row in reading.fragments_of(session, person_id)]


def _letter(letter_id: str, source: str, received_at: int, reason: str, raw: bytes) -> ExportedLetter:
    return ExportedLetter(
        dead_letter_id=letter_id,
        source=source,
        received_at=rfc3339(received_at),
        reason=reason,
        raw=raw.decode("utf-8", "replace"),
    )


def _locate(session: Session, any_id: str) -> FragmentId:
    """The present id of the person with that id; NotFoundError also for what is no id at all."""
    person_id = reading.locate(session, _any_id(any_id))
    if person_id is None:
        raise _nobody(any_id)
    return person_id


def _any_id(text: str) -> FragmentId:
    """The id that is written there; NotFoundError for what is no id at all."""
    try:
        return parse_id(text)
    except InvalidInputError:
        raise _nobody(text) from None


def _nobody(any_id: str) -> NotFoundError:
    return NotFoundError(f"there is no person {any_id[:80]!r}", cure="find the person by an identifier")
