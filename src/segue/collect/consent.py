"""Collecting without consent: what purposes.yaml says about a source whose visitors have not agreed.

``store`` keeps the event as it is; ``drop`` keeps nothing; ``strip_identifiers`` keeps what happened but
not to whom: identifiers, traits, address and user agent go, and the event belongs to a pseudonym that
changes every day and cannot be computed back. Statements about consent are always kept: a withdrawal
that is not recorded would be worse than any tracking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from segue.domain.drafts import Draft
from segue.domain.order import DAY

IDENTIFIERS_STRIPPED = "identifiers_stripped"

STATEMENTS = frozenset({"Consent Granted", "Consent Withdrawn", "Segment Consent Preference Updated"})
"""Events that are themselves about consent."""

_PERSONAL = (
    ("context", "ip"),
    ("context", "direct"),
    ("context", "userAgent"),
    ("context", "userAgentData"),
    ("context", "device"),
    ("context", "traits"),
    ("context", "externalIds"),
    ("context", "location"),
)


def consented(context: Mapping[str, Any]) -> bool:
    """Whether an event's own context carries an agreement to anything (Segment's form or RudderStack's)."""
    consent = context.get("consent")
    preferences = consent.get("categoryPreferences") if isinstance(consent, Mapping) else None
    if isinstance(preferences, Mapping):
        return any(state is True for state in preferences.values())
    management = context.get("consentManagement")
    return bool(management.get("allowedConsentIds")) if isinstance(management, Mapping) else False


def strip(
    draft: Draft, places: Iterable[tuple[str, ...]], *, secret: bytes, source: str, day_of: int
) -> Draft:
    """The draft without anything that says who it was; ``day_of`` is the received time."""
    roots = {
        "properties": _dict(draft.properties),
        "context": _dict(draft.context),
        "traits": {},
    }
    visitor = _visitor(draft, roots["context"])
    key = blake2b(secret, digest_size=32).digest()
    text = f"{day_of // DAY}\0{source}\0{visitor}".encode("utf-8", "surrogatepass")
    pseudonym = "stripped-" + blake2b(text, digest_size=16, key=key).hexdigest()
    for path in (*_PERSONAL, *places):
        roots = _without(roots, path)
    return msgspec.structs.replace(
        draft,
        user_id=None,
        anonymous_id=pseudonym,
        previous_id=None,
        group_id=None,
        identifiers=(),
        properties=roots.get("properties"),
        context=roots.get("context"),
        traits=None,
        raw=b"",
        marks=(*draft.marks, IDENTIFIERS_STRIPPED),
    )


def _visitor(draft: Draft, context: Mapping[str, Any]) -> str:
    """What tells visitors of one day apart; never kept, only hashed with a secret."""
    if draft.anonymous_id is not None:
        return f"a\0{draft.anonymous_id}"
    if context.get("ip") is not None:
        return f"i\0{context.get('ip')}\0{context.get('userAgent')}"
    return f"m\0{draft.message_id}\0{draft.position}"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _without(root: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A copy of ``root`` in which nothing stands at ``path``; what is not touched is shared."""
    step, rest = path[0], path[1:]
    if step not in root:
        return root
    if not rest:
        return {key: value for key, value in root.items() if key != step}
    inner = root[step]
    return {**root, step: _without(inner, rest)} if isinstance(inner, dict) else root
