"""Taking events: admit each by itself, then wait until all of them are durable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from segue.app.logs import Log
from segue.collect.admit import Admission, admission
from segue.collect.letters import dead_letter
from segue.collect.tokens import Proven, is_ours, verify, verify_own
from segue.domain.access import Key
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.domain.events import DeadLetter, Event
from segue.edge.collecting.services import CollectServices
from segue.flow import Accepted

TOKEN_REFUSED = "identity_token_refused"  # noqa: S105 - a mark, not a secret
"""The mark of an event whose identity token was not believed; it is taken as merely claimed."""

_AT_ONCE = 100
"""Events between two chances for other requests to move on."""

_LOG = Log("segue.collecting")


class Taking:
    """One of these serves all requests."""

    def __init__(self, services: CollectServices) -> None:
        self.services = services

    async def take(
        self, items: Sequence[Draft | Unreadable], key: Key, address: str | None, token: str | None
    ) -> None:
        """Return once every item is durable, as an event or as a dead letter. UnavailableError."""
        services = self.services
        services.check_space()
        now = services.clock.now()
        senders = _Senders(services, key, address, token, now)
        prepared = admission(services.rules(), services.secret)
        accepted = Accepted([], [])
        for at, item in enumerate(items):
            if at and not at % _AT_ONCE:
                await asyncio.sleep(0)
            accepted.take(_admit(prepared, item, senders, now), now)
        await services.appender.append(accepted.entries, accepted.dead)
        if services.count is not None:
            services.count(senders.plain.source, len(accepted.entries), len(accepted.dead))


def _admit(
    prepared: Admission, item: Draft | Unreadable, senders: _Senders, now: int
) -> Event | DeadLetter | None:
    """One item; whatever goes wrong with it, its neighbours do not suffer."""
    try:
        sender, item = senders.of(item)
        return prepared.admit(item, sender, now)
    except Exception as error:  # noqa: BLE001 - a fault of ours; the event is kept, its content not logged
        _LOG.error("admission_failed", kind=type(error).__name__)
        return dead_letter(
            item,
            source=senders.plain.source,
            received_at=now,
            reason="internal",
            detail=f"admission failed ({type(error).__name__}): replay it after an update",
        )


class _Senders:
    """Who sends each event of a request: the source behind the key, and what identity tokens prove."""

    def __init__(
        self, services: CollectServices, key: Key, address: str | None, token: str | None, now: int
    ) -> None:
        self._services = services
        self._now = now
        self._token = token
        self._known: dict[Any, Sender | None] = {}
        self.plain = Sender(source=key.source or "default", trusted=key.trusted, address=address)

    def of(self, item: Draft | Unreadable) -> tuple[Sender, Draft | Unreadable]:
        """The sender of ``item``, and the item, marked where its token was not believed."""
        if self.plain.trusted or isinstance(item, Unreadable):
            return self.plain, item
        token = self._token
        if isinstance(item.context, dict) and "identityToken" in item.context:
            token = item.context["identityToken"]
        if token is None:
            return self.plain, item
        if not isinstance(token, str):
            return self.plain, _marked(item)
        if token not in self._known:
            self._known[token] = self._proven(token)
        sender = self._known[token]
        return (self.plain, _marked(item)) if sender is None else (sender, item)

    def _proven(self, token: str) -> Sender | None:
        rules, name = self._services.rules().identity, self.plain.source
        proven: Proven | None
        if is_ours(token):
            proven = verify_own(token, self._services.secret, rules, self._now, source=name)
        else:
            source = self._services.keyring.source(name)
            secret = source.identity_secret if source is not None else None
            proven = verify(token, secret, rules, self._now)
        return None if proven is None else msgspec.structs.replace(self.plain, proven=proven)


def _marked(item: Draft) -> Draft:
    return msgspec.structs.replace(item, marks=(*item.marks, TOKEN_REFUSED))
