"""Erasing a person: at once from what is answered, soon from every file, and then proven.

*Asking* is one transaction. It keeps the loop out, forgets her fragments, states, links and dead
letters, and notes her fragments in the ledgers (the database's and the one outside it); from its commit
on nobody is shown anything of her, and her events below the noted offset are gone to whoever reads the
log. *Finishing* rewrites the lake's files, deletes her events from the log, and searches everything.
A crash between the two is made good by whoever looks for pending erasures next.

What somebody else said stays that other's: her events are those that her fragments own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from segue.app.audit import record_act
from segue.app.demo.story import forget_in_story
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.learning import serving
from segue.app.learning.store import SQL as PREDICTIONS
from segue.app.ledger import Line, read_ledger, write_line
from segue.app.proofs import desk as proofs
from segue.app.segments.snapshot import Snapshots
from segue.archive.lake import Lake, Searched
from segue.decide import controls
from segue.decide import store as decisions
from segue.domain.access import COMMAND_LINE
from segue.domain.events import decode_event
from segue.domain.identifiers import fragment_id
from segue.domain.identity import Evidence
from segue.domain.order import rfc3339
from segue.domain.rules.normalise import normalise_identifier
from segue.enrich import store
from segue.enrich.segments import judging
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

TOUCHED = (
    "fragment",
    "fragment_state",
    "fragment_summary",
    "link",
    "evidence",
    "dead_letter",
    "search_term",
    "trait_state",
    "segment_member",
    "segment_change",
    "segment_due",
    "prediction",
    "decision",
    "contact",
    "control",
    "proof",
    "log",
)
"""Tables with personal data that an erasure deletes rows of."""

TABLES = (
    "fragment", "fragment_state", "fragment_summary", "search_term", "link", "apart", "derived_event",
    "trait_state", "segment_member", "segment_change", "segment_due", "segment_waiting",
    "prediction", "decision", "contact", "control", "proof",
)  # fmt: skip


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


class _Searched(NamedTuple):
    """What was found in files."""

    lake: Searched
    #: rows of theirs in the snapshot, and what lies beside it
    snapshot: int


# ── asking ───────────────────────────────────────────────────────────────────


def ask(installation: Installation, any_id: bytes, *, by: str = COMMAND_LINE) -> str:
    """Erase the person who has, or ever had, this id; answers the erasure's id when she is no longer shown.

    NotFoundError when nobody has it; UnavailableError when the loop does not catch up.
    """
    for _ in range(ATTEMPTS):
        # what she did a moment ago may yet show another fragment to be hers
        installation.drain()
        with installation.database.transaction(read_only=True) as session:
            hers = _fragments(session, any_id)
            letters = _DeadLetters(installation, hers)
            letters.look(session)
        with installation.database.transaction() as session:
            session.fetch(_SQL["stop_the_loop"])
            if _fragments(session, any_id) == hers and not _awaited(session, set(hers)):
                forget_in_story(installation.data, hers)
                return _ask(installation, session, letters, hers, by)
    raise UnavailableError("the loop does not catch up", cure="try again later; see `segue status`")


def _fragments(session: Session, any_id: bytes) -> list[bytes]:
    person_id = reading.locate(session, any_id)
    if person_id is None:
        raise NotFoundError("nobody has this id", cure="find the person by an identifier")
    return sorted(bytes(row.fragment_id) for row in reading.fragments_of(session, person_id))


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


def _ask(
    installation: Installation, session: Session, letters: _DeadLetters, hers: list[bytes], by: str
) -> str:
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
    _forget(session, asked, letters)
    serving.forget(installation.data)
    return asked.erasure_id


def _forget(session: Session, asked: _Asked, letters: _DeadLetters) -> None:
    """Everything of hers that can be forgotten in one transaction."""
    session.execute(_SQL["ask"], **asked._asdict())
    session.execute(_SQL["ask_fragments"], fragment_ids=asked.fragment_ids, before_offset=asked.before_offset)
    forget.forget(session, asked.fragment_ids)
    store.forget(session, asked.fragment_ids)
    judging.forget(session, asked.fragment_ids)
    # who decides for her at this moment is awaited, and what that kept goes too
    session.together([decisions.locking(asked.fragment_ids, ())])
    decisions.forget(session, asked.fragment_ids)
    controls.forget(session, asked.fragment_ids)
    proofs.forget(session, asked.fragment_ids)
    # after her fragments: who writes predictions holds this up, and would find no fragment of hers after it
    session.execute(PREDICTIONS["forget"], ids=asked.fragment_ids)
    session.execute(_SQL["forget_dead_letters"], ids=letters.look(session))
    record_act(
        session, at=asked.asked_at, actor=asked.asked_by, act="erase", subject=asked.erasure_id,
        detail={"fragments": [each.hex() for each in asked.fragment_ids]},
    )  # fmt: skip
    left = _left_in_tables(session, asked.fragment_ids)
    if any(left.values()):
        raise ConflictError(f"something of the person could not be forgotten: {left}")


# ── dead letters: nobody extracted their identifiers, so they are looked through ─────────────────────


class _DeadLetters:
    """Those that mention her. Looking takes long when there are many; a second look sees only new ones."""

    def __init__(self, installation: Installation, fragments: Collection[bytes]) -> None:
        self._rules = installation.rules().identity
        self._secret = installation.secret
        self._hers = frozenset(fragments)
        self._seen: dict[str, bool] = {}

    def look(self, session: Session) -> list[str]:
        """The ids of all that mention her."""
        present = session.fetch(_SQL["dead_letters"], fragment_ids=list(self._hers))
        new = [letter for letter, _named in present if letter not in self._seen]
        raws = dict(session.fetch(_SQL["raw_letters"], ids=new))
        for letter, named in present:
            if letter in raws:
                self._seen[letter] = named or any(
                    each in self._hers for each in self._recognised(raws[letter])
                )
        return [letter for letter, _named in present if self._seen.get(letter, False)]

    def _recognised(self, raw: bytes) -> Iterator[bytes]:
        """The fragments of every text in ``raw`` that could be an identifier, of whatever kind."""
        try:
            found = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = re.split(r"[\s\"\\,:{}\[\]]+", raw.decode("utf-8", "replace"))
        for leaf in set(_leaves(found)):
            for kind in self._rules.kinds:
                identifier = normalise_identifier(self._rules, kind, leaf)
                if identifier is not None:
                    yield fragment_id(self._secret, identifier.kind, identifier.value)


def _leaves(value: Any) -> Iterator[Any]:
    """Texts and numbers, however deep; without recursion, since whoever sent it chose the depth."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, str | int | float) and not isinstance(each, bool):
            yield each


# ── finishing ────────────────────────────────────────────────────────────────

PATIENCE: Final = 120.0
"""Seconds that a command waits for who takes a snapshot; they give way within one, once they have begun."""


def erase(installation: Installation, any_id: bytes, *, by: str = COMMAND_LINE) -> Proof:
    """Ask, finish, and answer the proof; whoever takes a snapshot is waited for, for ``PATIENCE``."""
    erasure_id = ask(installation, any_id, by=by)
    finish(installation, patience=PATIENCE)
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


def finish(installation: Installation, lake: Lake | None = None, *, patience: float = 5.0) -> int:
    """Finish every pending erasure; answers how many. Anybody may call it, at any time, again.

    UnavailableError when somebody takes a snapshot for longer than ``patience`` seconds; it is tried again.
    """
    with installation.database.transaction(read_only=True) as session:
        pending = [_Asked(*row) for row in session.fetch(_SQL["pending"])]
    if not pending:
        return 0
    # first, and again later where one is being taken: it may hold her until it ends
    in_snapshot = Snapshots(installation).purge(patience)
    lake = lake or lake_of(installation)
    installation.drain()
    lake.flush()
    searched = lake.purge([each for asked in pending for each in asked.erased])
    for asked in pending:
        forget_in_story(installation.data, asked.fragment_ids)
        with installation.database.transaction() as session:
            session.execute(
                _SQL["forget_log"], fragment_ids=asked.fragment_ids, before_offset=asked.before_offset
            )
        _prove(installation, lake, asked, _Searched(searched, in_snapshot))
    return len(pending)


def _prove(installation: Installation, lake: Lake, asked: _Asked, searched: _Searched) -> None:
    """Search the tables, and note the proof; ConflictError when anything is left."""
    with installation.database.transaction() as session:
        known = {row[0] for row in _rows(session, "known_again", asked)}
        back = {row[0] for row in _rows(session, "came_back", asked)}
        # her old events are gone, so what the lake has of her is new
        back |= {each for each in known - back if lake.timeline([each], limit=1).events}
        left = {
            "states": len(known - back),
            **_left_in_waiting(installation, session, asked, back),
            "lake_rows": searched.lake.left,
            "lake_strays": searched.lake.strays,
            "snapshot": searched.snapshot,
        }
        if any(left.values()):
            raise ConflictError(
                f"erasure {asked.erasure_id} is not complete: {left}", cure="it is tried again"
            )
        now = installation.clock.now()
        proof = Proof(
            erasure_id=asked.erasure_id,
            proven_at=rfc3339(now),
            fragments=len(asked.fragment_ids),
            left=left,
            searched={"lake_files": searched.lake.files, "lake_rows": searched.lake.rows},
            returned=len(back),
        )
        text = msgspec.json.encode(proof).decode()
        session.execute(_SQL["prove"], at=now, proof=text, erasure_id=asked.erasure_id)


def _left_in_waiting(
    installation: Installation, session: Session, asked: _Asked, back: Collection[bytes]
) -> dict[str, int]:
    """What waits to be processed or mended and is still hers, but for fragments that came back since."""
    letters = _DeadLetters(installation, asked.fragment_ids)
    return {
        "log": _rows(session, "left_in_log", asked)[0][0],
        "evidence": _left_in_evidence(session, set(asked.fragment_ids).difference(back)),
        "dead_letters": 0 if back else len(letters.look(session)),
    }


def _rows(session: Session, name: str, asked: _Asked) -> list[tuple[Any, ...]]:
    return session.fetch(_SQL[name], fragment_ids=asked.fragment_ids, before_offset=asked.before_offset)


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
        known = {erasure_id for (erasure_id,) in session.fetch(_SQL["asked"])}
    due = [line for line in read_ledger(installation.data) if line.erasure_id not in known]
    if not due:
        return 0
    installation.drain()
    for line in due:
        hers = [bytes.fromhex(each) for each in line.fragment_ids]
        with installation.database.transaction() as session:
            session.fetch(_SQL["stop_the_loop"])
            # offsets after a restore begin again where the backup ended
            [(head,)] = session.fetch(_SQL["head"])
            asked = _Asked(line.erasure_id, line.asked_at, line.asked_by, head + 1, hers)
            _forget(session, asked, _DeadLetters(installation, hers))
            serving.forget(installation.data)
    finish(installation)
    return len(due)
