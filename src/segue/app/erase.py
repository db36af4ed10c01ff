"""Erasing a person: at once from what is answered, soon from every file, and then proven.

*Asking* is one transaction. It keeps the loop out, forgets her fragments, states, links and dead
letters, and notes her fragments in the ledgers (the database's and the one outside it); from its commit
on nobody is shown anything of her, and her events below the noted offset are gone to whoever reads the
log. *Finishing* rewrites the lake's files, deletes her events from the log, and searches everything.
A crash between the two is made good by whoever looks for pending erasures next.

What somebody else said stays that other's: her events are those that her fragments own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from segue.app.audit import COMMAND_LINE, record_act
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.ledger import Line, read_ledger, write_line
from segue.archive.lake import Lake, Searched
from segue.domain.events import decode_event
from segue.domain.identifiers import fragment_id
from segue.domain.identity import Evidence
from segue.domain.order import rfc3339
from segue.domain.rules import IdentityRules
from segue.domain.rules.normalise import normalise_identifier
from segue.enrich import store
from segue.errors import ConflictError, NotFoundError, UnavailableError
from segue.ports.database import Session
from segue.ports.lake import Erased
from segue.ports.statements import statements
from segue.resolve import forget, reading

_SQL = statements("segue.app", "erase.sql")
_EVIDENCE = msgspec.msgpack.Decoder(Evidence)

ATTEMPTS = 50
UNPROCESSED = 20_000
"""Waiting events that are looked through for her; with more, the loop catches up first."""

TABLES = ("fragment", "fragment_state", "fragment_summary", "link", "apart", "derived_event")


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a search for her found when her erasure was finished."""

    erasure_id: str
    #: RFC 3339
    proven_at: str
    fragments: int
    #: what is left, by place; all are zero
    left: dict[str, int]
    #: what was looked through
    searched: dict[str, int]
    #: fragments that are known again by events that came after the erasure
    returned: int


class _Asked(NamedTuple):
    erasure_id: str
    asked_at: int
    asked_by: str
    before_offset: int
    fragment_ids: list[bytes]

    @property
    def erased(self) -> list[Erased]:
        return [Erased(each.hex(), self.before_offset) for each in self.fragment_ids]


# ── asking ───────────────────────────────────────────────────────────────────


def ask(installation: Installation, any_id: bytes, *, by: str = COMMAND_LINE) -> str:
    """Erase the person who has, or ever had, this id; answers the erasure's id when she is no longer shown.

    NotFoundError when nobody has it; UnavailableError when the loop does not catch up.
    """
    for _ in range(ATTEMPTS):
        # what she did a moment ago may yet show another fragment to be hers
        installation.drain()
        with installation.database.transaction() as session:
            session.fetch(_SQL["stop_the_loop"])
            person_id = reading.locate(session, any_id)
            if person_id is None:
                raise NotFoundError("nobody has this id", cure="find the person by an identifier")
            hers = [bytes(row.fragment_id) for row in reading.fragments_of(session, person_id)]
            if _awaited(session, set(hers)):
                continue
            return _ask(installation, session, sorted(hers), by)
    raise UnavailableError("the loop does not catch up", cure="try again later; see `segue status`")


def _awaited(session: Session, hers: Collection[bytes]) -> bool:
    """Whether an event that mentions her has yet to be processed, or too much has, to tell."""
    rows = session.fetch(_SQL["unprocessed"], limit=UNPROCESSED)
    if len(rows) >= UNPROCESSED:
        return True
    return any(
        mention.fragment_id in hers
        for _offset, _slot, payload in rows
        for mention in decode_event(payload).mentions
    )


def _ask(installation: Installation, session: Session, hers: list[bytes], by: str) -> str:
    now = installation.clock.now()
    [(head,)] = session.fetch(_SQL["head"])
    seed = b"".join(hers) + now.to_bytes(8, "big")
    asked = _Asked(blake2b(seed, digest_size=16).hexdigest(), now, by, head + 1, hers)
    write_line(
        installation.data,
        Line(
            erasure_id=asked.erasure_id,
            asked_at=now,
            asked_by=by,
            before_offset=asked.before_offset,
            fragment_ids=[each.hex() for each in hers],
        ),
    )
    _forget(installation, session, asked)
    return asked.erasure_id


def _forget(installation: Installation, session: Session, asked: _Asked) -> None:
    """Everything of hers that can be forgotten in one transaction."""
    session.execute(_SQL["ask"], **asked._asdict())
    session.execute(_SQL["ask_fragments"], fragment_ids=asked.fragment_ids, before_offset=asked.before_offset)
    forget.forget(session, asked.fragment_ids)
    store.forget(session, asked.fragment_ids)
    session.execute(_SQL["forget_dead_letters"], ids=_dead_letters(installation, session, asked.fragment_ids))
    record_act(
        session, at=asked.asked_at, actor=asked.asked_by, act="erase", subject=asked.erasure_id,
        detail={"fragments": [each.hex() for each in asked.fragment_ids]},
    )  # fmt: skip
    left = _left_in_tables(session, asked.fragment_ids)
    if any(left.values()):
        raise ConflictError(f"something of the person could not be forgotten: {left}")


# ── dead letters: nobody extracted their identifiers, so they are looked through ─────────────────────


def _dead_letters(installation: Installation, session: Session, fragments: Sequence[bytes]) -> list[str]:
    rules = installation.rules().identity
    hers = set(fragments)
    return [
        letter
        for letter, raw, named in session.fetch(_SQL["dead_letters"], fragment_ids=list(fragments))
        if named or any(each in hers for each in _recognised(rules, installation.secret, raw))
    ]


def _recognised(rules: IdentityRules, secret: bytes, raw: bytes) -> Iterator[bytes]:
    """The fragments of every text in ``raw`` that could be an identifier, of whatever kind."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = raw.decode("utf-8", "replace").replace('"', " ").split()
    for leaf in _leaves(found):
        for kind in rules.kinds:
            identifier = normalise_identifier(rules, kind, leaf)
            if identifier is not None:
                yield fragment_id(secret, identifier.kind, identifier.value)


def _leaves(value: Any) -> Iterator[Any]:
    """Texts and numbers, however deep; without recursion, since whoever sent it chose the depth."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, str | int) and not isinstance(each, bool):
            yield each


# ── finishing ────────────────────────────────────────────────────────────────


def erase(installation: Installation, any_id: bytes, *, by: str = COMMAND_LINE) -> Proof:
    """Ask, finish, and answer the proof."""
    erasure_id = ask(installation, any_id, by=by)
    finish(installation)
    return proof_of(installation, erasure_id)


def proof_of(installation: Installation, erasure_id: str) -> Proof:
    """The proof of a finished erasure; NotFoundError, ConflictError while it is not finished."""
    with installation.database.transaction(read_only=True) as session:
        rows = session.fetch(_SQL["status"], erasure_id=erasure_id)
    if not rows:
        raise NotFoundError(f"there is no erasure {erasure_id[:80]!r}")
    if rows[0][0] is None:
        raise ConflictError("the erasure is not finished yet", cure="wait for it")
    return msgspec.json.decode(rows[0][0], type=Proof)


def finish(installation: Installation, lake: Lake | None = None) -> int:
    """Finish every pending erasure; answers how many. Anybody may call it, at any time, again."""
    with installation.database.transaction(read_only=True) as session:
        pending = [_Asked(*row) for row in session.fetch(_SQL["pending"])]
    if not pending:
        return 0
    lake = lake or lake_of(installation)
    installation.drain()
    lake.flush()
    lake.purge()
    for asked in pending:
        with installation.database.transaction() as session:
            session.execute(
                _SQL["forget_log"], fragment_ids=asked.fragment_ids, before_offset=asked.before_offset
            )
        _prove(installation, asked, lake.search(asked.erased))
    return len(pending)


def _prove(installation: Installation, asked: _Asked, searched: Searched) -> None:
    with installation.database.transaction() as session:
        session.fetch(_SQL["stop_the_loop"])
        hers = asked.fragment_ids
        known = {row[0] for row in session.fetch(_SQL["returned"], fragment_ids=hers)}
        back = _fetched(session, "came_back", asked)
        [(in_log,)] = session.fetch(_SQL["left_in_log"], fragment_ids=hers, before_offset=asked.before_offset)
        left = {
            "states": len(known - back),
            "log": in_log,
            "evidence": _left_in_evidence(session, set(hers) - back),
            "dead_letters": len(
                _dead_letters(installation, session, [each for each in hers if each not in back])
            ),
            "lake_rows": searched.left,
            "lake_strays": searched.strays,
        }
        proof = Proof(
            erasure_id=asked.erasure_id,
            proven_at=rfc3339(installation.clock.now()),
            fragments=len(hers),
            left=left,
            searched={"lake_files": searched.files, "lake_rows": searched.rows},
            returned=len(back),
        )
        if any(left.values()):
            raise ConflictError(
                f"erasure {asked.erasure_id} is not complete: {left}", cure="it is tried again"
            )
        session.execute(
            _SQL["prove"],
            at=installation.clock.now(),
            proof=msgspec.json.encode(proof).decode(),
            erasure_id=asked.erasure_id,
        )


def _fetched(session: Session, name: str, asked: _Asked) -> set[bytes]:
    rows = session.fetch(_SQL[name], fragment_ids=asked.fragment_ids, before_offset=asked.before_offset)
    return {row[0] for row in rows}


def _left_in_tables(session: Session, hers: Sequence[bytes]) -> dict[str, int]:
    [counts] = session.fetch(_SQL["left"], fragment_ids=list(hers))
    return dict(zip(TABLES, counts, strict=True))


def _left_in_evidence(session: Session, hers: Collection[bytes]) -> int:
    found = 0
    for (payload,) in session.fetch(_SQL["evidence"]):
        evidence = _EVIDENCE.decode(payload)
        found += sum(1 for each in evidence.sightings if each.fragment_id in hers)
        found += sum(1 for each in evidence.links if each.a in hers or each.b in hers)
    return found


# ── after a restore ──────────────────────────────────────────────────────────


def erase_again(installation: Installation) -> int:
    """Apply what the ledger outside the database knows and the database does not; answers how many."""
    with installation.database.transaction(read_only=True) as session:
        asked = {erasure_id for (erasure_id,) in session.fetch(_SQL["asked"])}
    due = [line for line in read_ledger(installation.data) if line.erasure_id not in asked]
    if not due:
        return 0
    installation.drain()
    for line in due:
        with installation.database.transaction() as session:
            session.fetch(_SQL["stop_the_loop"])
            # offsets after a restore begin again where the backup ended
            [(head,)] = session.fetch(_SQL["head"])
            hers = [bytes.fromhex(each) for each in line.fragment_ids]
            _forget(
                installation,
                session,
                _Asked(line.erasure_id, line.asked_at, line.asked_by, head + 1, hers),
            )
    finish(installation)
    return len(due)
