"""An event that comes with a question, and is applied by the loop at that very moment, counts once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from segue import flow
from segue.app.deciding import fresh
from segue.domain.drafts import Sender
from segue.domain.events import Event
from segue.ports.database import Session
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
    looked = fresh.fresh_of
    times = 0

    def applied_between(session: Session, asked: Sequence[Sequence[Event]]) -> list[list[Event]]:
        nonlocal times
        times += 1
        if times == 2:  # her record was read, and is about to be compared with what was applied
            house.drain()
        return looked(session, asked)

    monkeypatch.setattr(fresh, "fresh_of", applied_between)
    event: dict[str, Any] = {
        "type": "track", "event": "Consent Granted", "messageId": "a4", "userId": "ann",
        "timestamp": "2026-03-01T10:00:00Z", "properties": said,
    }  # fmt: skip
    answer = decide(shop, "home_hero", identifiers={"user_id": "ann"}, events=[event], explain=True)
    assert times > 2
    stages = {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}
    assert stages.get("free_coffee") != "consent"
