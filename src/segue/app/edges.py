"""The edges that everybody's RFM scores go by: kept among the definitions, put in force by the snapshot."""

from __future__ import annotations

import msgspec

from segue.app.definitions import CHANGED, EDGES
from segue.domain.scores import Edges
from segue.ports.database import Database
from segue.ports.statements import statements

_SQL = statements("segue.app", "definitions.sql")


def put_edges(database: Database, edges: Edges, *, older_than: int) -> bool:
    """Put edges of RFM scores in force, where there are none or those are from before ``older_than``.

    Answers whether it did. Running processes follow as with any definition.
    """
    with database.transaction() as session:
        session.execute(_SQL["lock"])
        before = dict(session.fetch(_SQL["latest"])).get(EDGES)
        held = None if before is None else msgspec.json.decode(before, type=Edges)
        if not edges.known or (held is not None and (held.as_of > older_than or held.same(edges))):
            return False
        body = msgspec.json.encode(edges).decode()
        session.execute(_SQL["add"], name=EDGES, body=body, at=edges.as_of, by="snapshot")
        session.execute(_SQL["tell"], channel=CHANGED)
    return True
