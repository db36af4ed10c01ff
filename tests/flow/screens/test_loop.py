"""A display's loop: told at once, told again when something is different at its store, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from segue.adapters.duckdb.weather import write_weather
from segue.app.around import trending
from segue.app.catalogue import Catalogue, Stock
from segue.app.deciding.answers import DecisionAnswer
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.keys import create_key, key_id_of, revoke_key
from segue.app.lake import lake_of
from segue.app.screens.scene import Scenes, differs
from segue.app.weather import FILE
from segue.domain.order import HOUR, rfc3339
from segue.domain.weather import Reading
from segue.edge.api import screens
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, track
from tests.flow.screens.conftest import ACTIONS


class Hands:
    """What stands in for a clock that only goes forward, where what is trending is believed for a while."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(trending, "time", hands)
    return hands


def rain(shop: Api, temp_c: float = 8.0) -> None:
    """It has just rained in the only place there is."""
    now = shop.installation.clock.now()
    reading = Reading(
        place="town", begins=now - HOUR, hours=1, observed=True, known_at=now, temp_c=temp_c, rain_mm=2.0
    )
    write_weather(shop.installation.data / FILE, [reading], {})


def stock(shop: Api, pieces: int) -> None:
    house = shop.installation
    Catalogue(house.database, house.clock).put(
        inventory=[Stock(sku="mug", store="s1", on_hand=pieces)], actor="test"
    )


def evening(shop: Api) -> None:
    clock = shop.installation.clock
    assert isinstance(clock, ManualClock)
    clock.advance(8 * HOUR)


def bought(shop: Api, sku: str, buyers: int) -> None:
    """So many bought it just now, and what is trending is counted."""
    house = shop.installation
    now = house.clock.now()
    shop.happen(
        *(
            track(
                "Order Completed", f"{sku}-{buyer}", rfc3339(now - HOUR), user_id=f"{sku}-{buyer}",
                properties={"order_id": f"{sku}-{buyer}", "products": [{"sku": sku}]},
            )
            for buyer in range(buyers)
        )
    )  # fmt: skip
    lake = lake_of(house)
    lake.flush()
    trending.count(house.database, lake, now)


def other_actions(shop: Api) -> None:
    shop.define({"actions.yaml": ACTIONS.replace("value: 40", "value: 50")})


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (rain, "weather"),
        (lambda shop: stock(shop, 0), "sold_out"),
        (evening, "daypart"),
        (other_actions, "definitions"),
        (lambda shop: bought(shop, "scarf", 3), "trending"),
    ],
    ids=["weather", "stock", "daypart", "definitions", "trending"],
)
def test_what_is_different_is_noticed_and_nothing_else(
    shop: Api, time: Hands, change: Callable[[Api], None], because: str
) -> None:
    stock(shop, 3)
    before = Scenes(shop.installation).at("entrance", "s1")
    assert differs(before, Scenes(shop.installation).at("entrance", "s1")) == []
    change(shop)
    time.later(trending.FRESH)
    assert differs(before, Scenes(shop.installation).at("entrance", "s1")) == [because]


def test_a_tenth_of_a_degree_changes_no_display(shop: Api) -> None:
    rain(shop, temp_c=8.1)
    before = Scenes(shop.installation).at("entrance", None)
    rain(shop, temp_c=8.2)
    assert differs(before, Scenes(shop.installation).at("entrance", None)) == []


@asynccontextmanager
async def watching(shop: Api, target: str, key: str) -> AsyncIterator[Any]:
    """What is told on a stream: the status, then each event; None at its end."""
    told: asyncio.Queue[Any] = asyncio.Queue()
    gone = asyncio.Event()
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "root_path": "", "raw_path": path.encode(), "query_string": query.encode(),
        "client": ("127.0.0.1", 1), "server": ("segue.test", 80),
        "headers": [(b"host", b"segue.test"), (b"authorization", f"Bearer {key}".encode())],
    }  # fmt: skip

    first = True

    async def receive() -> Any:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            await told.put(message["status"])
            return
        for part in message.get("body", b"").decode().split("\n\n"):
            if part.startswith("event: loop"):
                await told.put(msgspec.json.decode(part.partition("data: ")[2]))
        if not message.get("more_body"):
            await told.put(None)

    task = asyncio.create_task(shop.app(scope, receive, send))
    try:
        async with asyncio.timeout(60):
            yield told
    finally:
        gone.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def a_key(shop: Api, placement: str = "entrance") -> str:
    house = shop.installation
    return create_key(
        house.database, house.clock, role="decide", source="display", placement=placement, actor="test"
    )


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Displays look many times a second here, and share no look."""
    monkeypatch.setattr(screens, "LOOK", 0.02)
    monkeypatch.setattr("segue.app.screens.scene.HELD", 0.0)


def test_after_a_fallback_it_is_soon_decided_anew_and_then_more_and_more_rarely() -> None:
    assert [screens.holds(fallbacks) for fallbacks in range(9)] == [600, 2, 4, 8, 16, 32, 60, 60, 60]
    assert screens.holds(10_000) == 60


def test_a_display_whose_answer_came_too_late_is_decided_anew(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, late = Desk.ask, iter([True])

    async def slow(desk: Desk, question: DecisionRequest, asker: Asker) -> DecisionAnswer:
        answer = await ask(desk, question, asker)
        return msgspec.structs.replace(answer, fallback=next(late, False))

    monkeypatch.setattr(Desk, "ask", slow)
    monkeypatch.setattr(screens, "AGAIN", (0.02, 1.0))

    async def watch() -> None:
        async with watching(shop, "/api/v1/screens/loop?placement=entrance", a_key(shop)) as told:
            assert await told.get() == 200
            assert (await told.get())["decision"]["fallback"]
            again = await told.get()
            assert (again["because"], again["decision"]["fallback"]) == (["time"], False)

    asyncio.run(watch())


def test_a_display_is_told_at_once_and_again_when_it_rains(shop: Api) -> None:
    async def watch() -> None:
        async with watching(shop, "/api/v1/screens/loop?placement=entrance&store=s1", a_key(shop)) as told:
            assert await told.get() == 200
            first = await told.get()
            assert "daypart" in first["because"]
            assert "umbrella" not in {slot["action"] for slot in first["decision"]["slots"]}
            rain(shop)
            second = await told.get()
            assert second["because"] == ["weather"]
            shown = {slot["action"]: slot["content"]["headline"] for slot in second["decision"]["slots"]}
            assert shown["umbrella"] == "Dry at 8.0 degrees"
            assert second["decision"]["decision_id"] != first["decision"]["decision_id"]
            assert "person_id" not in second["decision"]

    shop.runner.run(watch())


def test_a_display_changes_by_what_is_trending_and_shows_what_it_noticed(shop: Api, time: Hands) -> None:
    """Also where a question beside it made the desk look at another moment: it shows what it says it saw."""
    names = [{"sku": sku, "name": sku.title()} for sku in ("scarf", "gloves")]
    assert shop.request("PUT", "/api/v1/products", body={"products": names}).status == 200
    target = "/api/v1/screens/loop?placement=entrance&store=s1"

    def products(loop: Any) -> list[str]:
        [slot] = [each for each in loop["decision"]["slots"] if each["action"] == "popular"]
        return [each["sku"] for each in slot["products"]]

    async def opened_once() -> None:
        async with watching(shop, target, a_key(shop)) as told:
            assert await told.get() == 200
            assert products(await told.get()) == ["scarf"]

    async def watch() -> None:
        async with watching(shop, target, a_key(shop)) as told:
            assert await told.get() == 200
            first = await told.get()
            assert products(first) == first["scene"]["trending"], "it would not be decided anew"
            time.later(trending.FRESH)
            second = await told.get()
            assert second["because"] == ["trending"]
            assert products(second) == second["scene"]["trending"] == ["gloves", "scarf"]

    bought(shop, "scarf", 3)
    shop.runner.run(opened_once())
    time.later(trending.FRESH)
    question = {"placement": "kiosk", "context": {"store": "s1"}}
    assert shop.request("POST", "/api/v1/decisions", body=question).status == 200
    bought(shop, "gloves", 9)
    time.later(1.0)
    shop.runner.run(watch())


def test_what_a_display_shows_is_kept_from_nobody(shop: Api) -> None:
    """A screen that held the last piece would find it sold out at its next look, and keep it from all."""
    stock(shop, 1)

    async def watch() -> None:
        target = "/api/v1/screens/loop?placement=entrance&store=s1"
        async with watching(shop, target, a_key(shop)) as told, watching(shop, target, a_key(shop)) as other:
            for each in (told, other):
                assert await each.get() == 200
                assert "mug" in {slot["action"] for slot in (await each.get())["decision"]["slots"]}
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await told.get()

    shop.runner.run(watch())
    question = {"placement": "kiosk", "context": {"store": "s1"}}
    answers = [shop.request("POST", "/api/v1/decisions", body=question).json() for _ in range(2)]
    assert [each["slots"][0]["action"] == "mug" for each in answers] == [True, False]


def test_nothing_is_told_while_nothing_is_different_and_it_tires_in_time(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def watch() -> None:
        async with watching(shop, "/api/v1/screens/loop?placement=entrance", a_key(shop)) as told:
            assert await told.get() == 200
            await told.get()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await told.get()
            monkeypatch.setattr(screens, "ANEW", 0.0)
            assert (await told.get())["because"] == ["time"]

    shop.runner.run(watch())


def test_a_revoked_key_is_told_nothing_more(shop: Api) -> None:
    async def watch() -> None:
        key = a_key(shop)
        async with watching(shop, "/api/v1/screens/loop?placement=entrance&store=s1", key) as told:
            assert await told.get() == 200
            await told.get()
            house = shop.installation
            revoke_key(house.database, house.clock, key_id_of(key), actor="test")
            await asyncio.sleep(1.5)  # the ring is refreshed every second
            rain(shop)
            assert await told.get() is None

    shop.runner.run(watch())


def test_a_screen_ends_with_its_server(shop: Api) -> None:
    async def watch() -> None:
        async with watching(shop, "/api/v1/screens/loop?placement=entrance", a_key(shop)) as told:
            assert await told.get() == 200
            await told.get()
            for end in shop.endings:
                end()
            assert await told.get() is None

    shop.runner.run(watch())


@pytest.mark.parametrize(
    ("placement", "status"), [("menu", 403), ("nowhere", 403)], ids=["another one", "none of ours"]
)
def test_a_key_watches_its_own_placement_only(shop: Api, placement: str, status: int) -> None:
    answer = shop.request(
        "GET", f"/api/v1/screens/loop?placement={placement}", role=None,
        headers={"authorization": f"Bearer {a_key(shop)}"},
    )  # fmt: skip
    assert answer.status == status


def test_a_placement_that_is_not_there_is_said_before_anything_is_streamed(shop: Api) -> None:
    answer = shop.request("GET", "/api/v1/screens/loop?placement=nowhere")
    assert answer.status == 404
    assert answer.json()["cure"]
