"""Dead letters: listed, mended, and replayed once, as what they would have been."""

from __future__ import annotations

import threading

import pytest

from segue.app.deadletters import DeadLetters, Letter, Replay, read_letter, read_letters
from segue.collect.dedupe import dedupe
from segue.domain.identifiers import fragment_id
from segue.domain.order import DAY, rfc3339
from segue.domain.rules import Rules
from segue.errors import ConflictError, InvalidInputError, NotFoundError

from .conftest import LETTERS, SECRET, Shop

BROKEN = {"anonymousId": "a1", "properties": {"sku": "1"}}
MENDED = '{"type": "track", "event": "Product Viewed", "anonymousId": "a1", "properties": {"sku": "1"}}'


def letters_of(shop: Shop, rules: Rules | None = None) -> DeadLetters:
    return DeadLetters(shop.database, shop.log, shop.clock, rules=rules or shop.rules, secret=SECRET)


def listed(shop: Shop) -> list[Letter]:
    with shop.database.transaction() as session:
        return read_letters(session).letters


def test_a_letter_is_listed_as_it_came(shop: Shop) -> None:
    shop.send("/v1/track", BROKEN)
    [letter] = listed(shop)
    assert letter.source == "web"
    assert letter.received_at == rfc3339(shop.clock.now())
    assert letter.reason == "wrong_type"
    assert letter.raw == '{"type":"track","anonymousId":"a1","properties":{"sku":"1"}}'
    with shop.database.transaction() as session:
        assert read_letter(session, letter.dead_letter_id) == letter


def test_lists_are_paged_newest_first(shop: Shop) -> None:
    for _ in range(5):
        shop.clock.advance(1_000_000)
        shop.send("/v1/track", BROKEN)
    everything = listed(shop)
    assert [letter.received_at for letter in everything] == sorted(
        (letter.received_at for letter in everything), reverse=True
    )
    with shop.database.transaction() as session:
        first = read_letters(session, limit=2)
        second = read_letters(session, limit=2, after=first.next)
        last = read_letters(session, limit=2, after=second.next)
    assert first.letters + second.letters + last.letters == everything
    assert last.next is None


def test_a_mended_letter_is_replayed_once_as_of_when_it_was_received(shop: Shop) -> None:
    received = shop.clock.now()
    shop.send(
        "/v1/track", BROKEN | {"timestamp": rfc3339(received - 10_000_000), "sentAt": rfc3339(received)}
    )
    [letter] = listed(shop)
    shop.clock.advance(DAY)
    dead = letters_of(shop)
    dead.mend(letter.dead_letter_id, MENDED, actor="test")
    assert dead.replay(actor="test") == Replay(replayed=[letter.dead_letter_id], refused={})
    assert dead.replay(actor="test") == Replay(replayed=[], refused={})
    with pytest.raises(ConflictError):
        dead.replay([letter.dead_letter_id], actor="test")
    with pytest.raises(ConflictError):
        dead.mend(letter.dead_letter_id, MENDED, actor="test")
    [event] = shop.events()
    assert (event.event, event.received_at, event.source) == ("Product Viewed", received, "web")
    assert (event.message_id, event.remember) == (letter.dead_letter_id, "ever")
    assert not event.mentions[0].proven
    assert listed(shop) == []


def test_what_still_cannot_be_admitted_stays(shop: Shop) -> None:
    shop.send("/v1/batch", {"batch": [BROKEN, 3]})
    result = letters_of(shop).replay(actor="test")
    assert result.replayed == []
    assert set(result.refused) == {letter.dead_letter_id for letter in listed(shop)}
    assert len(result.refused) == 2


def test_a_letter_of_a_batch_keeps_what_its_batch_said(shop: Shop) -> None:
    now = shop.clock.now()
    late = {"type": "track", "userId": "u1", "timestamp": rfc3339(now - 7_200_000_000), "properties": {}}
    context = {"library": {"name": "x"}, "identityToken": "secret"}
    shop.send("/v1/batch", {"batch": [late], "sentAt": rfc3339(now - 3_600_000_000), "context": context})
    [letter] = listed(shop)
    assert "secret" not in letter.raw
    dead = letters_of(shop)
    dead.mend(letter.dead_letter_id, letter.raw.replace('"track"', '"track","event":"E"'), actor="test")
    dead.replay([letter.dead_letter_id], actor="test")
    [event] = shop.events()
    assert event.timestamp == now - 3_600_000_000
    assert event.context == {"library": {"name": "x"}}


def test_trust_is_that_of_the_source_when_nothing_public_speaks_for_it(shop: Shop) -> None:
    shop.send("/v1/track", BROKEN, auth=shop.trusted_key)
    [letter] = listed(shop)
    dead = letters_of(shop)
    dead.mend(letter.dead_letter_id, MENDED, actor="test")
    dead.replay(actor="test")
    assert shop.events()[0].proven


def test_two_replays_at_once_replay_once(shop: Shop) -> None:
    for _ in range(20):
        shop.clock.advance(1)
        shop.send("/v1/track", BROKEN)
    dead = letters_of(shop)
    for letter in listed(shop):
        dead.mend(letter.dead_letter_id, MENDED, actor="test")
    results: list[Replay] = []
    workers = [
        threading.Thread(target=lambda: results.append(letters_of(shop).replay(actor="test")))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(len(result.replayed) for result in results) == 20
    events = shop.events()
    assert len(events) == 20
    with shop.database.transaction() as session:
        assert dedupe(session, events + events) == [True] * 20 + [False] * 20


def test_mending_adds_to_the_fragments_by_which_erasure_finds_a_letter(shop: Shop) -> None:
    shop.send("/v1/track", BROKEN)
    [letter] = listed(shop)
    letters_of(shop).mend(letter.dead_letter_id, MENDED.replace("a1", "a2"), actor="test")
    with shop.database.transaction() as session:
        [row] = session.fetch(LETTERS)
    assert set(row[-1]) == {fragment_id(SECRET, "anonymous_id", name) for name in ("a1", "a2")}


def test_wrong_ids_and_texts_are_named(shop: Shop) -> None:
    dead = letters_of(shop)
    with pytest.raises(NotFoundError):
        dead.replay(["f" * 32], actor="test")
    with pytest.raises(NotFoundError):
        dead.mend("f" * 32, MENDED, actor="test")
    with pytest.raises(InvalidInputError):
        dead.mend("f" * 32, "no json", actor="test")
