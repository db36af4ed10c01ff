"""Customers as the console finds and lists them: many persons at a glance, never one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from segue.app.installation import Installation
from segue.app.overview import Figures
from segue.domain.identifiers import fragment_id, parse_id
from segue.domain.rules.normalise import normalise_identifier
from segue.enrich import store
from segue.enrich.glance import Glance, Matched, Sought, glance_of
from segue.enrich.terms import HIGHEST, prefix, words
from segue.errors import InvalidInputError
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "customers.sql")

LONGEST = 200
"""Characters that are looked for."""

WORDS = 8
"""Words that are looked for."""

LOOKED_AT = 2_000
"""Terms that are looked at when several words are to come together."""

PORTION = 1_000
AT_MOST = 20_000
"""Persons that are passed over for one page of the known, or of the unknown, ones."""

TAIL = 5_000
"""Events of the log's end whose persons are the recent ones."""

_FIRST = (b"\xff" * 21, b"")


class FoundPersons(msgspec.Struct, frozen=True, kw_only=True):
    """Who was found, exact matches first."""

    persons: list[Glance]
    #: there are more; say more of her
    more: bool


class PersonsShown(msgspec.Struct, frozen=True, kw_only=True):
    """Persons at a glance."""

    persons: list[Glance]


class PersonPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of all persons."""

    persons: list[Glance]
    #: ``after`` for the next page; null on the last one
    next: str | None
    #: persons in all, of this kind; at most half a minute old
    total: int


class Customers:
    """Finds and lists persons. Safe to share between threads."""

    def __init__(self, installation: Installation, figures: Figures) -> None:
        self._installation = installation
        self._figures = figures

    def search(self, text: str, limit: int = 20) -> FoundPersons:
        """Who has this identifier or id, or words that begin so; nobody is an empty list."""
        sought_text = text[:LONGEST].strip()
        with self._installation.database.transaction(read_only=True) as session:
            found = self._exactly(session, sought_text)
            if len(found) <= limit:
                for person, sought in self._by_words(session, sought_text, limit + 1):
                    found.setdefault(person, sought)
            return FoundPersons(
                persons=self._glances(session, list(found)[:limit], found), more=len(found) > limit
            )

    def recent(self, limit: int = 20) -> PersonsShown:
        """Who was active lately, newest first."""
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["lately"], bound=TAIL, limit=limit)
            found = self._glances(session, [person for (person,) in rows])
        return PersonsShown(persons=sorted(found, key=lambda each: each.last_seen or "", reverse=True))

    def page(self, *, limit: int = 50, after: str | None = None, known: bool | None = None) -> PersonPage:
        """All persons, newest known first, each once; InvalidInputError for a cursor that is none of ours.

        With ``known`` only those who are, or only the others; where these are rare a page may be short.
        """
        place = _FIRST if after is None else _place(after)
        figures = self._figures.read().persons
        totals = {None: figures.total, True: figures.known, False: figures.anonymous}
        with self._installation.database.transaction(read_only=True) as session:
            rows, following = _listed(session, place, limit, known)
            persons = self._glances(session, [person for _, person, _ in rows])
        return PersonPage(persons=persons, next=_cursor(following), total=totals[known])

    # ── inside ────────────────────────────────────────────────────────────────

    def _glances(
        self, session: Session, persons: Sequence[bytes], sought: Mapping[bytes, Sought] | None = None
    ) -> list[Glance]:
        """In this order; who has just become somebody else's, or was erased, is left out."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        parts = store.read_persons(session, persons)
        hows = sought or {}
        return [glance_of(parts[each], rules, now, hows.get(each)) for each in persons if each in parts]

    def _exactly(self, session: Session, text: str) -> dict[bytes, Sought]:
        """Persons by identifier of any kind, or by any id they ever had."""
        wanted = dict(self._identified(text))
        if not wanted:
            return {}
        rows = session.fetch(_SQL["persons_of"], ids=list(wanted))
        persons = {bytes(fragment): bytes(person) for fragment, person in rows}
        found: dict[bytes, Sought] = {}
        for fragment, matched in wanted.items():
            if fragment in persons:
                found.setdefault(persons[fragment], Sought(exactly=matched))
        return found

    def _identified(self, text: str) -> Iterable[tuple[bytes, Matched]]:
        identity = self._installation.rules().identity
        with suppress(InvalidInputError):
            yield parse_id(text), Matched(field="person_id", value=text.lower())
        kind, colon, value = text.partition(":")
        named = [(kind.strip(), value.strip())] if colon and kind.strip() in identity.kinds else []
        by_priority = sorted(identity.kinds, key=lambda each: identity.kinds[each].priority)
        for name, written in [*named, *((each, text) for each in by_priority)]:
            known = normalise_identifier(identity, name, written)
            if known is not None:
                hers = fragment_id(self._installation.secret, known.kind, known.value)
                yield hers, Matched(field=known.kind, value=known.value)

    def _by_words(self, session: Session, text: str, limit: int) -> Iterable[tuple[bytes, Sought]]:
        """Persons with these words one after the other, then those who have all of them anywhere."""
        begins = prefix(text)
        if not begins:
            return
        # a person is found once by each of her terms: look at some more of them
        for person, field in session.fetch(_SQL["beginning"], **_range(begins), limit=limit * 12):
            yield bytes(person), Sought(field=field, words=begins)
        several = list(dict.fromkeys(words(text)))[:WORDS]
        if len(several) < 2:
            return
        ranges = [_range(each) for each in several]
        lows, highs = [each["low"] for each in ranges], [each["high"] for each in ranges]
        counted = session.fetch(_SQL["rarest"], low=lows, high=highs, bound=LOOKED_AT)
        rarest = int(counted[0][0]) - 1
        rows = session.fetch(
            _SQL["with_all"], **ranges[rarest], lows=lows, highs=highs, bound=LOOKED_AT, limit=limit * 12
        )
        for person, field in rows:
            yield bytes(person), Sought(field=field, words=several[rarest])


def _range(begins: str) -> dict[str, Any]:
    """What a term lies between that begins so: no pattern, so nothing in it has a meaning of its own."""
    return {"low": begins, "high": begins + HIGHEST}


_Row = tuple[bytes, bytes, bool]


def _listed(
    session: Session, place: tuple[bytes, bytes], limit: int, known: bool | None
) -> tuple[list[_Row], tuple[bytes, bytes] | None]:
    """At most ``limit`` persons from a place on, and the place after them, if any."""
    found: list[_Row] = []
    passed = 0
    while passed < AT_MOST:
        portion = limit + 1 if known is None else PORTION
        rows = session.fetch(_SQL["listed"], key=place[0], id=place[1], limit=portion)
        for row in rows:
            if len(found) == limit:
                return found, place
            place = row[0], row[1]
            if known is None or row[2] == known:
                found.append(row)
        passed += len(rows)
        if len(rows) < portion:
            return found, None
    return found, place


def _cursor(place: tuple[bytes, bytes] | None) -> str | None:
    return None if place is None else f"{place[0].hex()}-{place[1].hex()}"


def _place(cursor: str) -> tuple[bytes, bytes]:
    key, _, person = cursor.partition("-")
    try:
        place = bytes.fromhex(key), bytes.fromhex(person)
    except ValueError:
        place = b"", b""
    if len(place[0]) != 20 or len(place[1]) != 16:
        raise InvalidInputError(
            f"after={cursor[:80]!r} is no place in the list", cure="send the `next` of the page before"
        )
    return place
