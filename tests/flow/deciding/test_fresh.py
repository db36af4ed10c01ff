"""An event that comes with a question, and is applied by the loop at that very moment, counts once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from segue import flow
from segue.adapters.postgres.database import PostgresSession
from segue.adapters.postgres.pipeline import Row
from segue.app.deciding import fresh
from segue.domain.drafts import Sender
from segue.ports.database import Bound
from tests.flow.api.harness import Api, identify, track
from tests.flow.deciding.conftest import decide


def test_a_consent_that_is_applied_while_her_record_is_read_holds(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"purpose": "personalisation", "channel": "web"}
    shop.happen(
        identify("a1", "2026-03-01T09:00:00Z", user_id="ann", traits={"first_name": "Ann"}),
        track("Order Completed", "a2", "2026-03-01T09:00:00Z", user_id="ann", properties={"order_id": "1"}),
        track("Consent Withdrawn", "a3", "2026-03-01T09:30:00Z", user_id="ann", properties=said),
    )
    house = shop.installation
    granted = track("Consent Granted", "a4", "2026-03-01T10:00:00Z", user_id="ann", properties=said)
    sender = Sender(source=fresh.DEFAULT_SOURCE, trusted=True)
    waiting = flow.accept([granted], sender, house.rules(), house.secret, house.clock.now())
    house.log.append(waiting.entries, waiting.dead)
    together, rounds = PostgresSession.together, 0

    def applied_between(session: PostgresSession, asked: Sequence[Bound]) -> list[list[Row]]:
        nonlocal rounds
        if asked[-1].statement.name != "look_ever":
            return together(session, asked)
        rounds += 1
        rows = together(session, asked[:-1])
        if rounds == 1:  # her record was read, and is about to be compared with what was applied
            house.drain()
        return [*rows, *together(session, asked[-1:])]

    monkeypatch.setattr(PostgresSession, "together", applied_between)
    event: dict[str, Any] = {
        "type": "track", "event": "Consent Granted", "messageId": "a4", "userId": "ann",
        "timestamp": "2026-03-01T10:00:00Z", "properties": said,
    }  # fmt: skip
    answer = decide(shop, "home_hero", identifiers={"user_id": "ann"}, events=[event], explain=True)
    assert rounds == 2
    stages = {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}
    assert stages.get("free_coffee") != "consent"
