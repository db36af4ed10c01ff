"""Predictions and recommendations as they are read of one person; numpy is imported when one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from segue.app.installation import Installation
from segue.app.learning import store
from segue.app.learning.serving import Loaded, Warm
from segue.app.learning.store import PredictionPart
from segue.app.learning.views import Recommended, RecommendedItem
from segue.domain.identifiers import FragmentId, parse_id
from segue.domain.order import rfc3339
from segue.domain.rules import Rules
from segue.enrich.record import GoldenRecord
from segue.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from segue.ports.database import Session
from segue.resolve import reading

PURPOSE = "personalisation"
"""What a person must consent to before predictions of sensitive attributes are shown and used."""


class Predictions(msgspec.Struct, frozen=True, kw_only=True):
    """What models predict of a person."""

    person_id: str
    predictions: dict[str, PredictionPart]
    #: predictions of sensitive attributes, not shown without her consent to personalisation
    withheld: int


def is_personal(record: GoldenRecord, rules: Rules) -> bool:
    """Whether what is sensitive may be shown: she consents in some channel, or another basis holds in all."""
    said = record.consent.get(PURPOSE, {})
    declared = rules.purposes.purposes.get(PURPOSE)
    if declared is not None and declared.basis != "consent" and not said:
        return True
    return any(each.state == "granted" for each in said.values())


def with_predictions(session: Session, record: GoldenRecord, rules: Rules) -> GoldenRecord:
    """The record with what models predict of her."""
    found, _ = _of(session, record, rules)
    return msgspec.structs.replace(record, predictions=found) if found else record


def with_everybodys(
    session: Session, records: Iterable[tuple[FragmentId, GoldenRecord]], rules: Rules
) -> Iterator[tuple[FragmentId, GoldenRecord]]:
    """Everybody's records, in the order of ids, with what models predict of each."""
    told = store.of_everybody(session)
    ahead = next(told, None)
    for person, record in records:
        while ahead is not None and ahead[0] < person:
            ahead = next(told, None)
        if ahead is None or ahead[0] != person:
            yield person, record
            continue
        found = store.choose(ahead[1], personal=is_personal(record, rules))
        yield person, msgspec.structs.replace(record, predictions=found)


def predictions_of(session: Session, record: GoldenRecord, rules: Rules) -> Predictions:
    """What models predict of her, and how much of it is withheld."""
    found, withheld = _of(session, record, rules)
    return Predictions(person_id=record.person_id, predictions=found, withheld=withheld)


def _of(session: Session, record: GoldenRecord, rules: Rules) -> tuple[dict[str, PredictionPart], int]:
    ids = [bytes.fromhex(each) for each in record.fragments]
    return store.of_person(session, ids, personal=is_personal(record, rules))


class Recommender:
    """Answers for one person from memory. Safe to share between threads; loads when it is first asked."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._warm = Warm(installation.data)

    def recommend(
        self, any_id: str, *, k: int = 10, store_id: str | None = None, basket: Sequence[str] = ()
    ) -> Recommended:
        """What she will want next.

        NotFoundError when nobody has the id, ConflictError before the model is trained (or while what
        answers is being made anew after an erasure).
        """
        person_id, fragments = self._person(any_id)
        made = self._warm.get("recommend")
        if made is None:
            raise ConflictError(
                "no recommendations can be given yet", cure="train the model: `segue train recommend`"
            )
        code = _code(made.serving, fragments)
        from segue.learn.recommend.request import Request

        found = made.serving.recommend(Request(person=code, k=k, store=store_id, basket=tuple(basket)))
        return Recommended(
            person_id=person_id,
            model=made.name,
            at=rfc3339(made.made.at),
            items=[_item(made, each) for each in found.items],
            fallback=found.fallback,
        )

    def ready(self) -> bool:
        """Whether it can answer at this moment; has it loaded where it can in a moment."""
        try:
            return self._warm.get("recommend", patience=0.0) is not None
        except UnavailableError:
            return False

    def offered(
        self, ids: Sequence[str], *, k: int, store_id: str | None, basket: Sequence[str]
    ) -> tuple[str, list[RecommendedItem]]:
        """What to offer to whoever has one of these ids (nobody known: none), and which model says so
        (``name@version``); nothing while none is ready.
        """
        if not self.ready():
            return "", []
        made = self._warm.get("recommend")
        if made is None:
            return "", []
        from segue.learn.recommend.request import Request

        code = _code(made.serving, ids)
        found = made.serving.recommend(Request(person=code, k=k, store=store_id, basket=tuple(basket)))
        return made.name, [_item(made, each) for each in found.items]

    def _person(self, any_id: str) -> tuple[str, list[str]]:
        with self._installation.database.transaction(read_only=True) as session:
            try:
                person = reading.locate(session, parse_id(any_id))
            except InvalidInputError:
                person = None
            if person is None:
                raise NotFoundError(
                    f"there is no person {any_id[:80]!r}", cure="find the person by an identifier"
                )
            fragments = [
                row.fragment_id.hex() for row in reading.fragments_of(session, person) if not row.shared
            ]
        return person.hex(), [person.hex(), *fragments]


def _code(serving: Any, ids: Sequence[str]) -> int | None:
    """Her place in the arrays, by the first of these ids that is there; None for who came later."""
    for each in ids:
        code: int | None = serving.persons.code.get(each)
        if code is not None:
            return code
    return None


def _item(made: Loaded, found: Any) -> RecommendedItem:
    items = made.serving.ledger.items
    code = made.place[found.sku]
    category = int(items.category[code])
    return RecommendedItem(
        rank=found.rank,
        sku=found.sku,
        name=items.name[code],
        category=None if category < 0 else items.categories[category],
        score=found.score,
        kind=found.kind,
        reason=found.reason,
    )
