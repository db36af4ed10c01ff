"""Of whom what models guess of sensitive attributes may be handed out."""

from __future__ import annotations

from collections.abc import Collection

from segue.app.installation import Installation
from segue.app.learning.reading import is_personal
from segue.enrich import store


def consenting(installation: Installation, persons: Collection[str]) -> set[str]:
    """Those of these persons (ids) who consent to personalisation, by their golden records as of now."""
    wanted, rules = set(persons), installation.rules()
    if not wanted:
        return set()
    with installation.database.transaction(read_only=True) as session:
        records = store.records(session, rules=rules, now=installation.clock.now())
        return {
            record.person_id
            for _, record in records
            if record.person_id in wanted and is_personal(record, rules)
        }
