"""States in the database, and records read from them.

One read and at most two writes a batch, whatever its size: heads always, summaries only of the states
whose journal was absorbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from struct import Struct
from typing import Any

from segue.domain.identifiers import FragmentId
from segue.domain.identity import FragmentRow
from segue.domain.rules import Rules
from segue.enrich import counting, terms
from segue.enrich.behaviour import Judge
from segue.enrich.golden import PersonParts, golden_record, joints
from segue.enrich.record import GoldenRecord, View
from segue.enrich.state import FragmentState, decode_state, encode_state
from segue.enrich.traits import state as trait_state
from segue.ports.database import Bound, Session
from segue.ports.statements import statements

_SQL = statements("segue.enrich")
_LINK = Struct("!16sh")


def load(session: Session, ids: Sequence[bytes]) -> dict[bytes, FragmentState | None]:
    """The states of these fragments for folding; None where nothing was folded yet.

    Summaries come along only where a journal is due to be absorbed: such a state can be folded, but
    not read. Use :func:`load_whole` for reading.
    """
    found: dict[bytes, FragmentState | None] = dict.fromkeys(ids)
    for fragment, head in session.fetch(_SQL["load_heads"], ids=list(ids)):
        found[fragment] = decode_state(head)
    due = [fragment for fragment, state in found.items() if state is not None and state.due]
    if due:
        for fragment, summary in session.fetch(_SQL["load_summaries"], ids=due):
            if (state := found[fragment]) is not None:
                found[fragment] = FragmentState(state.head, summary)
    return found


def load_whole(session: Session, ids: Sequence[bytes]) -> dict[bytes, FragmentState]:
    """The states of these fragments with their summaries; those that have none are left out."""
    heads = session.fetch(_SQL["load_heads"], ids=list(ids))
    summaries = dict(session.fetch(_SQL["load_summaries"], ids=list(ids)))
    return {fragment: decode_state(head, summaries.get(fragment)) for fragment, head in heads}


def save(session: Session, states: Mapping[bytes, FragmentState]) -> None:
    """Write states, new or not; in the order of their ids, so that two writers cannot lock each other.

    The heads may still be on their way when this returns; the session's next statement waits for them.
    """
    if not states:
        return
    ids = sorted(states)
    heads = [encode_state(states[one]) for one in ids]  # what was sent before may run meanwhile
    anew = [one for one in ids if states[one].rewritten]
    if anew:
        summaries = [states[one].summary for one in anew]
        session.execute(_SQL["save_summaries"], ids=anew, summaries=summaries)
    session.send(_SQL["save_heads"], ids=ids, states=heads)


def forget(session: Session, ids: Iterable[bytes]) -> None:
    """Remove the states of these fragments, and the terms that find them."""
    gone = list(ids)
    session.execute(_SQL["forget_heads"], ids=gone)
    session.execute(_SQL["forget_summaries"], ids=gone)
    session.execute(_SQL["forget_terms"], ids=gone)
    counting.forget(session, gone)


def note_terms(session: Session, folded: Mapping[bytes, FragmentState]) -> None:
    """Write the search terms of these states anew; they may still be on their way when this returns."""
    if not folded:
        return
    missing = [one for one, state in folded.items() if not state.complete]
    summaries = dict(session.fetch(_SQL["load_summaries"], ids=missing)) if missing else {}
    whole = {
        one: FragmentState(state.head, summaries[one]) if one in summaries else state
        for one, state in folded.items()
    }
    again = [one for one, state in folded.items() if state.head.summarised or len(state.head.told) > 8]
    if again:
        session.execute(_SQL["forget_terms"], ids=again)
    rows = terms.rows({one: terms.terms_of(state) for one, state in whole.items()})
    if rows:
        ids, fields, found = (list(column) for column in zip(*rows, strict=True))
        session.send(_SQL["add_terms"], ids=ids, fields=fields, terms=found)


def terms_are_due(session: Session) -> bool:
    """Whether states are left that were folded before there were search terms."""
    return bool(session.fetch(_SQL["terms_due"]))


def fill_terms(session: Session, limit: int) -> bool:
    """Write the terms of the next ``limit`` of them, while no worker folds; answers whether more are left."""
    after = session.fetch(_SQL["terms_due"])
    ids = (
        [one for (one,) in session.fetch(_SQL["next_states"], after=after[0][0], limit=limit)]
        if after
        else []
    )
    if not ids:
        session.execute(_SQL["terms_done"])
        return False
    note_terms(session, load_whole(session, ids))
    session.execute(_SQL["terms_reached"], after=ids[-1])
    return True


def read_persons(session: Session, person_ids: Sequence[bytes]) -> dict[bytes, PersonParts]:
    """What the records of these persons (by present ids) are assembled from, in one query."""
    rows = session.fetch(_SQL["read_persons"], persons=list(person_ids)) if person_ids else []
    return answered(rows, counting.standing(session) if rows else counting.NOTHING)


def asking(fragments: Sequence[bytes]) -> list[Bound]:
    """Rows for :func:`answered`, of whoever has one of these fragments, and for ``counting.standing_of``."""
    return [Bound(_SQL["read_asked"], {"ids": list(fragments)}), Bound(counting.SQL["standing"], {})]


def answered(rows: Sequence[tuple[Any, ...]], told: counting.Standing) -> dict[bytes, PersonParts]:
    """Person → what her record is assembled from."""
    return {
        person_id: _whole_parts(list(group), told)
        for person_id, group in groupby(rows, key=lambda row: row[3])
    }


def read_record(
    session: Session,
    any_id: bytes,
    *,
    rules: Rules,
    now: int,
    view: View = "certain",
    judge: Judge | None = None,
) -> GoldenRecord | None:
    """The golden record of a person by any id she ever had; None when there is no such person.

    ``judge`` says the intent of her latest sessions.
    """
    rows = session.fetch(_SQL["read_person"], any_id=any_id)
    if not rows:
        return None
    return golden_record(_whole_parts(rows, counting.standing(session)), rules, now, view, judge)


def records(
    session: Session, *, rules: Rules, now: int, view: View = "certain"
) -> Iterator[tuple[FragmentId, GoldenRecord]]:
    """Every person's record, streamed; memory holds one person at a time."""
    for parts in every_person(session):
        yield parts.person_id, golden_record(parts, rules, now, view)


def every_person(session: Session) -> Iterator[PersonParts]:
    """What everybody's records are assembled from, streamed in the order of their ids."""
    session.by_index()
    told = counting.standing(session)
    links = groupby(session.stream(_SQL["all_links"]), key=lambda row: row[0])
    ahead = next(links, None)
    for person_id, group in groupby(session.stream(_SQL["all_fragments"]), key=lambda row: row[3]):
        while ahead is not None and ahead[0] < person_id:
            ahead = next(links, None)
        hers = [row[1:] for row in ahead[1]] if ahead is not None and ahead[0] == person_id else []
        yield _parts(list(group), hers, told)


def _whole_parts(rows: Sequence[tuple[Any, ...]], told: counting.Standing) -> PersonParts:
    """Rows of one person, each with its links."""
    links = [(row[0], b, tier) for row in rows for b, tier in _LINK.iter_unpack(row[14] or b"")]
    return _parts(rows, links, told)


def _parts(
    rows: Sequence[tuple[Any, ...]], links: Iterable[tuple[Any, ...]], told: counting.Standing
) -> PersonParts:
    return PersonParts(
        person_id=FragmentId(rows[0][3]),
        fragments=[FragmentRow.of_columns(row[:10]) for row in rows],
        links=joints((a, b, tier) for a, b, tier in links),
        states={row[0]: decode_state(row[10], row[11]) for row in rows if row[10] is not None},
        counted={row[0]: trait_state.decode(row[12]) for row in rows if row[12] is not None},
        standing=told,
        segments=sorted({name for row in rows for name in row[13] or ()}),
    )
