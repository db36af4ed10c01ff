"""The audit log: who did which administrative act, when, to what.

Subjects and details hold ids of fragments, links, keys and names of definitions, never an identifier's
value: the log outlives an erasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from segue.domain.order import rfc3339
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "audit.sql")


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act, as the API and the command line show it."""

    audit_id: int
    #: RFC 3339
    at: str
    #: key id, ``user:`` and a user's id, ``owner`` (by the link printed at the machine), or ``command line``
    actor: str
    #: what people know the actor by: the user's name, or the same as ``actor``
    actor_name: str
    act: str
    subject: str
    detail: dict[str, Any]


def record_act(
    session: Session, *, at: int, actor: str, act: str, subject: str, detail: dict[str, Any] | None = None
) -> None:
    """Write one act into the transaction that does it, so that neither exists without the other."""
    session.execute(
        _SQL["record"],
        at=at,
        actor=actor,
        act=act,
        subject=subject,
        detail=msgspec.json.encode(detail or {}).decode(),
    )


def record_acts(session: Session, *, at: int, actor: str, act: str, subjects: Sequence[str]) -> None:
    """Write the same act on many subjects into the transaction that does it, in one go."""
    session.execute(_SQL["record_many"], at=at, actor=actor, act=act, subjects=list(subjects))


def read_audit(session: Session, *, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
    """The latest acts, newest first; ``before`` is the audit id to page on from."""
    rows = session.fetch(_SQL["latest"], limit=limit, before=before or 2**62)
    return [
        AuditEntry(
            audit_id=audit_id,
            at=rfc3339(at),
            actor=actor,
            actor_name=actor_name,
            act=act,
            subject=subject,
            detail=msgspec.json.decode(detail),
        )
        for audit_id, at, actor, actor_name, act, subject, detail in rows
    ]
