"""What tests of erasing and backing up do to an installation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segue import flow
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.persons import Persons
from segue.domain.drafts import Draft, Sender
from segue.domain.events import DeadLetter
from segue.domain.identifiers import fragment_id
from segue.domain.order import rfc3339
from segue.ports.statements import Statement

SHOP = Sender(source="till", trusted=True)


def bought(user: str, number: int, *, anonymous: str | None = None, **traits: Any) -> Draft:
    """She buys something, or says who she is."""
    fields: dict[str, Any] = {"properties": {"order_id": f"{user}-{number}", "revenue": 10}}
    if traits:
        fields = {"traits": traits}
    return Draft(
        type="identify" if traits else "track",
        event=None if traits else "Order Completed",
        message_id=f"{user}-{number}",
        user_id=user,
        anonymous_id=anonymous,
        timestamp=rfc3339(1_772_366_400_000_000 + number * 1_000_000),
        **fields,
    )


class House:
    """An installation under test."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def happen(self, *drafts: Draft, drain: bool = True, dead: Sequence[DeadLetter] = ()) -> None:
        """These arrive; unless told otherwise the loop takes them in."""
        mine = self.installation
        accepted = flow.accept(drafts, SHOP, mine.rules(), mine.secret, mine.clock.now())
        assert accepted.dead == []
        mine.log.append(accepted.entries, dead)
        if drain:
            mine.drain()

    def archive(self) -> None:
        """All that happened goes to the lake."""
        lake_of(self.installation).flush()

    def found(self, identifier: str) -> Any:
        """The record of whoever has the identifier, or None."""
        persons = Persons(self.installation).find(identifier).persons
        return persons[0] if persons else None

    def person_id(self, identifier: str) -> bytes:
        """Her id."""
        return bytes.fromhex(self.found(identifier).person_id)

    def fragment(self, kind: str, value: str) -> bytes:
        """The fragment of an identifier."""
        return fragment_id(self.installation.secret, kind, value)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        return lake_of(self.installation).query(sql).rows

    def table(self, name: str) -> list[tuple[Any, ...]]:
        """A table of the database, whole."""
        with self.installation.database.transaction() as session:
            return session.fetch(Statement("table", "whole", f"select * from {name}"))

    def everything(self) -> bytes:
        """Every byte that Segue keeps about anybody, to look for what should not be there."""
        tables = (
            "fragment", "fragment_state", "fragment_summary", "link", "apart", "evidence", "dead_letter",
            "log", "derived_event", "audit", "erasure", "erased_fragment", "search_term", "tally",
            "trait_state", "segment_member", "segment_change", "segment_due", "segment_waiting",
            "prediction",
        )  # fmt: skip
        kept = b"".join(
            value if isinstance(value, bytes) else repr(value).encode()
            for name in tables
            for row in self.table(name)
            for value in row
        )
        kept += repr(self.ask("select * from events")).encode()
        folder = self.installation.data / "lake"
        for path in folder.rglob("*"):
            if path.is_file():
                kept += path.read_bytes()
        return kept
