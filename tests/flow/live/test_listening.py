"""What who listens is told: bounded, of their source, and nothing of anybody erased."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import pytest

from segue.app import erase
from segue.app.lake import lake_of
from segue.app.live import LISTENERS, QUEUE, Listener, Live, Message
from segue.app.watching import SHOWN
from segue.domain.events import DeadLetter
from segue.errors import UnavailableError
from tests.flow.api.harness import Api, identify, track
from tests.patience import PATIENCE

AT = "2026-03-01T11:00:00Z"
LEFT: WeakKeyDictionary[Listener, list[Message]] = WeakKeyDictionary()


def letter(number: int, at: int, source: str = "web") -> DeadLetter:
    return DeadLetter(
        dead_letter_id=f"{number:032x}", source=source, received_at=at, reason="odd", detail="d", raw="{}"
    )


async def told(listener: Listener, name: str) -> Any:
    """The next message of this name; others of the same moment are left for who asks next."""
    left: list[Message] = LEFT.setdefault(listener, [])
    async with asyncio.timeout(PATIENCE):
        while True:
            for message in left:
                if message.name == name:
                    left.remove(message)
                    return msgspec.json.decode(message.data)
            left[:] = [
                each for each in (*left, *(await listener.next(1.0) or ())) if each.name in (name, "letters")
            ]


async def begun(listener: Listener) -> None:
    """From here on what comes is told."""
    await told(listener, "tick")


def test_events_and_letters_are_told_as_they_come_to_whom_they_concern(api: Api) -> None:
    live = Live(api.installation, every=0.02)

    async def listen() -> None:
        all_whole, web = live.join(detail=True), live.join("web")
        await begun(all_whole)
        await begun(web)
        now = api.installation.clock.now()
        await asyncio.to_thread(api.happen, track("Seen", "1", AT, user_id="ann"), source="till")
        await asyncio.to_thread(api.happen, track("Seen", "2", AT, user_id="ann"), source="web")
        api.installation.log.append([], [letter(1, now, "till"), letter(2, now, "web")])
        first = (await told(all_whole, "events"))["events"][0]
        assert (first["source"], first["body"]["message_id"]) == ("till", "1")
        shown = await told(web, "events")
        assert [each["message_id"] for each in shown["events"]] == ["2"]
        assert "body" not in shown["events"][0]
        assert shown["left_out"] == 0
        assert [each["source"] for each in (await told(web, "letters"))["letters"]] == ["web"]

    api.runner.run(listen())


def test_no_more_is_shown_than_is_bearable_and_the_rest_is_counted(api: Api) -> None:
    live = Live(api.installation, every=0.02)

    async def listen() -> None:
        listeners = [live.join(), live.join("shop")]
        for each in listeners:
            await begun(each)
        drafts = [track("Seen", f"{n}", AT, user_id="ann") for n in range(SHOWN + 30)]
        await asyncio.to_thread(api.happen, *drafts)
        for each in listeners:
            shown = await told(each, "events")
            assert (len(shown["events"]), shown["left_out"]) == (SHOWN, 30)
            assert shown["events"][-1]["message_id"] == f"{SHOWN + 29}"

    api.runner.run(listen())


def test_who_does_not_keep_up_misses_what_came_and_is_told_how_much(api: Api) -> None:
    async def listen() -> None:
        listener = Listener(("", False))
        for n in range(QUEUE + 5):
            listener.tell([Message("events", b"%d" % n, 10)])
        await asyncio.sleep(0)
        messages = await listener.next(PATIENCE)
        assert messages is not None
        assert [each.data for each in messages[:-1]] == [b"%d" % n for n in range(QUEUE)]
        assert msgspec.json.decode(messages[-1].data) == {"events": [], "left_out": 50}

    api.runner.run(listen())


def test_no_event_is_missed_because_ticks_fill_the_queue(api: Api) -> None:
    async def listen() -> None:
        listener = Listener(("", False))
        for n in range(QUEUE + 5):
            listener.tell([Message("tick", b"%d" % n)])
        listener.tell([Message("events", b"one", 1)])
        await asyncio.sleep(0)
        messages = await listener.next(PATIENCE)
        assert messages is not None
        assert [each.data for each in messages] == [*(b"%d" % n for n in range(6, QUEUE + 5)), b"one"]

    api.runner.run(listen())


def test_only_so_many_may_listen_and_nobody_looks_when_nobody_does(api: Api) -> None:
    live = Live(api.installation, every=0.02)

    async def listen() -> None:
        listeners = [live.join() for _ in range(LISTENERS)]
        with pytest.raises(UnavailableError) as refused:
            live.join()
        assert refused.value.cure
        for each in listeners:
            live.leave(each)
        async with asyncio.timeout(PATIENCE):
            while live.looking:
                await asyncio.sleep(0.01)
        again = live.join()
        await begun(again)
        live.close()
        assert await again.next(PATIENCE) is None
        with pytest.raises(UnavailableError):
            live.join()

    api.runner.run(listen())


def recent(api: Api, query: str = "") -> Any:
    return api.get(f"/api/v1/live/recent{query}")


def test_the_newest_are_read_whole_from_log_and_lake(api: Api) -> None:
    api.happen(identify("1", AT, user_id="ann", traits={"city": "Berlin"}), source="till")
    lake_of(api.installation).flush()
    api.happen(*[track("Seen", f"{n}", AT, anonymous_id="a") for n in range(2, 6)], source="web")
    ann = api.person("user_id:ann")["person_id"]
    for _ in range(2):
        assert [each["message_id"] for each in recent(api)["events"]] == ["5", "4", "3", "2", "1"]
        [one] = recent(api, "?source=till")["events"]
        assert (one["person_id"], one["channel"], one["body"]["traits"]) == (ann, "till", {"city": "Berlin"})
        assert len(recent(api, "?source=web&limit=2")["events"]) == 2
        assert recent(api, "?source=o'nobody")["events"] == []
        third = recent(api)["events"][2]["log_offset"]
        assert [each["message_id"] for each in recent(api, f"?before={third}&limit=1")["events"]] == ["2"]
        assert [each["message_id"] for each in recent(api, f"?before={third}")["events"]] == ["2", "1"]
        assert [each["message_id"] for each in recent(api, f"?before={third}&source=till")["events"]] == ["1"]
        lake_of(api.installation).flush()
        with api.installation.database.transaction() as session:
            session.script("delete from log")  # as when its partition is dropped


def test_letters_are_shown_to_who_may_read_letters(api: Api) -> None:
    api.happen(track("Nobody's", "1", AT))
    shown = {
        role: api.request("GET", "/api/v1/live/recent", role=role).json()["letters"]
        for role in ("associate", "marketer", "admin")
    }
    assert [len(shown[role]) for role in ("associate", "marketer", "admin")] == [0, 1, 1]


def test_what_is_erased_is_told_no_more_and_what_came_twice_is_marked(api: Api) -> None:
    api.happen(track("Seen", "1", AT, user_id="ann"), track("Seen", "2", AT, user_id="bob"))
    api.happen(track("Seen", "2", AT, user_id="bob"))
    assert [each["marks"] for each in recent(api)["events"]] == [["repeated"], [], []]
    erase.ask(api.installation, bytes.fromhex(api.person("user_id:ann")["person_id"]))
    assert [each["message_id"] for each in recent(api)["events"]] == ["2", "2"]
