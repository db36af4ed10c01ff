"""Keys: shown once, kept as digests, checked from memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.app.audit import read_audit
from segue.app.keys import KeyRing, create_key, list_keys, new_identity_secret, revoke_key
from segue.domain.access import ROLES, read_lifetime
from segue.domain.order import DAY, HOUR, SECOND
from segue.errors import InvalidInputError, NotAuthenticatedError, NotFoundError, UnavailableError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api


@pytest.fixture
def ring(database: PostgresDatabase) -> Iterator[KeyRing]:
    with KeyRing(database) as ring:
        yield ring


def make(database: PostgresDatabase, clock: ManualClock, role: str = "read", **more: Any) -> str:
    return create_key(database, clock, role=role, actor="test", **more)


@pytest.mark.parametrize("role", ROLES)
def test_a_key_is_found_with_its_role(database: PostgresDatabase, clock: ManualClock, role: str) -> None:
    text = make(database, clock, role)
    ring = KeyRing(database)
    ring.refresh()
    key = ring.find(text)
    assert key is not None
    assert key.role == role
    assert key.source == ("default" if role == "ingest" else None)
    assert not key.trusted


def test_the_text_of_a_key_is_kept_nowhere(database: PostgresDatabase, clock: ManualClock) -> None:
    text = make(database, clock, "ingest", source="till", trusted=True)
    secret = text.rpartition("_")[2]
    with database.transaction(read_only=True) as session:
        acts = read_audit(session)
    assert [(act.act, act.actor, act.detail["trusted"]) for act in acts] == [("key created", "test", True)]
    assert secret not in repr(acts) + repr(list_keys(database))


def test_any_change_of_a_key_is_another_key(database: PostgresDatabase, clock: ManualClock) -> None:
    text = make(database, clock)
    ring = KeyRing(database)
    ring.refresh()
    for at in range(len(text)):
        assert ring.find(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]) is None
    for other in ("", "segue_", text[:-1], text + "0", "\ud800", text.upper(), "ключ"):
        assert ring.find(other) is None


def test_a_key_made_a_moment_ago_is_known(
    database: PostgresDatabase, clock: ManualClock, ring: KeyRing
) -> None:
    text = make(database, clock)
    assert asyncio.run(ring.lookup(text)) is not None
    assert asyncio.run(ring.lookup("segue_" + "0" * 53)) is None


def test_many_guesses_at_once_cost_few_questions(
    database: PostgresDatabase, clock: ManualClock, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    refresh = ring.refresh

    def counted() -> None:
        nonlocal asked
        asked += 1
        refresh()

    monkeypatch.setattr(ring, "refresh", counted)

    async def guess() -> list[object]:
        return await asyncio.gather(*(ring.lookup(f"segue_{n:053}") for n in range(200)))

    assert asyncio.run(guess()) == [None] * 200
    assert asked <= 3


def test_nobody_is_refused_for_the_databases_absence(
    database: PostgresDatabase, clock: ManualClock, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = make(database, clock)

    def away() -> None:
        raise UnavailableError("away")

    monkeypatch.setattr(ring, "refresh", away)
    with pytest.raises(UnavailableError):
        asyncio.run(ring.lookup(text))


def test_a_closed_ring_answers_at_once(database: PostgresDatabase, clock: ManualClock) -> None:
    ring = KeyRing(database)
    ring.start()
    ring.close()
    assert asyncio.run(ring.lookup("segue_" + "0" * 53)) is None


def test_a_revoked_key_is_refused_and_stays_in_the_list(
    database: PostgresDatabase, clock: ManualClock
) -> None:
    text = make(database, clock)
    [listed] = list_keys(database)
    revoke_key(database, clock, listed.key_id, actor="test")
    ring = KeyRing(database)
    ring.refresh()
    assert ring.find(text) is None
    assert list_keys(database)[0].revoked_at == "2026-03-01T12:00:00Z"
    with pytest.raises(NotFoundError):
        revoke_key(database, clock, listed.key_id, actor="test")


def test_an_ingest_key_brings_its_source_with_a_secret_for_tokens(
    database: PostgresDatabase, clock: ManualClock
) -> None:
    make(database, clock, "ingest", source="web")
    make(database, clock, "ingest", source="web")
    ring = KeyRing(database)
    ring.refresh()
    source = ring.source("web")
    assert source is not None
    assert source.enabled
    assert len(source.identity_secret or b"") == 64
    renewed = new_identity_secret(database, clock, "web", actor="test")
    ring.refresh()
    again = ring.source("web")
    assert again is not None
    assert again.identity_secret == renewed.encode() != source.identity_secret
    with pytest.raises(NotFoundError):
        new_identity_secret(database, clock, "nowhere", actor="test")


@pytest.mark.parametrize(("role", "source"), [("owner", None), ("ingest", " "), ("ingest", "x" * 101)])
def test_impossible_keys_are_refused(
    database: PostgresDatabase, clock: ManualClock, role: str, source: str | None
) -> None:
    with pytest.raises(InvalidInputError):
        make(database, clock, role, source=source)
    assert list_keys(database) == []


# ── keys that end by themselves ──────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "length"),
    [("90d", 90 * DAY), ("1 day", DAY), ("2 weeks", 14 * DAY), ("12h", 12 * HOUR), (" 36 Hours ", 36 * HOUR)],
)
def test_a_lifetime_is_read(text: str, length: int) -> None:
    assert read_lifetime(text) == length


@pytest.mark.parametrize(
    "text", ["", "0d", "-1d", "90", "d", "3661d", "999999w", "90 days ago", "1m", "²d", "1 hays"]
)
def test_no_lifetime(database: PostgresDatabase, clock: ManualClock, text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make(database, clock, expires=text)
    assert "90d" in str(refused.value.cure)
    assert list_keys(database) == []


def test_a_key_ends_when_its_time_is_over_and_says_so(database: PostgresDatabase, clock: ManualClock) -> None:
    text, lasting = make(database, clock, expires="90d"), make(database, clock)
    [listed] = [each for each in list_keys(database) if each.key_id in text]
    assert (listed.expires_at, listed.revoked_at) == ("2026-05-30T12:00:00Z", None)
    with KeyRing(database, clock) as ring:
        clock.advance(90 * DAY - SECOND)
        assert ring.find(text) is not None
        assert asyncio.run(ring.lookup(text)) is not None
        clock.advance(SECOND)
        assert ring.find(text) is None
        with pytest.raises(NotAuthenticatedError) as refused:
            asyncio.run(ring.lookup(text))
        assert refused.value.code == "key_expired"
        assert refused.value.message == f"the key {listed.key_id} expired at 2026-05-30T12:00:00Z"
        assert ring.find(lasting) is not None
        guessed = text[:-1] + ("0" if text[-1] != "0" else "1")
        assert asyncio.run(ring.lookup(guessed)) is None, "who has not the key hears nothing of it"


def test_an_expired_key_is_refused_wherever_it_is_brought(api: Api, clock: ManualClock) -> None:
    wanted = {"role": "read", "expires": "1d"}
    made = api.post("/api/v1/keys", wanted, 201)
    headers = {"authorization": f"Bearer {made['key']}"}
    assert api.request("GET", "/api/v1/segments", role=None, headers=headers).status == 200
    clock.advance(DAY)
    answer = api.request("GET", "/api/v1/segments", role=None, headers=headers)
    assert (answer.status, answer.json()["code"]) == (401, "key_expired")
    assert made["key_id"] in answer.json()["message"]
    unknown = api.request(
        "GET", "/api/v1/segments", role=None, headers={"authorization": "Bearer segue_" + "0" * 53}
    )
    assert (unknown.status, unknown.json()["code"]) == (401, "not_authenticated")
    [listed] = [each for each in api.get("/api/v1/keys")["keys"] if each["key_id"] == made["key_id"]]
    assert listed["expires_at"] == "2026-03-02T12:00:00Z"
    assert api.request("POST", "/api/v1/keys", body={**wanted, "expires": "soon"}).status == 400
