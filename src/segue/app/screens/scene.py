"""What a display's loop depends on, so that it is decided anew when that is different, and not before."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from segue.app.around.skies import Skies
from segue.app.deciding.moment import daypart, moment_of
from segue.app.deciding.prepared import prepared
from segue.app.installation import Installation
from segue.decide import store as decisions
from segue.errors import NotFoundError

HELD: Final = 1.0
"""Seconds for which several displays of one placement share a look."""
TRENDS: Final = 6
"""Products at the top of what is trending that a display notices."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The moment at a display, as coarse as anybody would notice."""

    #: of the definitions in force
    definitions: int
    daypart: str
    #: whole degrees, half millimetres; null: not known
    weather: Mapping[str, float] | None
    #: products of its actions that are sold out here
    sold_out: tuple[str, ...]
    #: what is trending here, best first
    trending: tuple[str, ...]


def differs(before: Scene | None, now: Scene) -> list[str]:
    """In what two moments differ, by name; all of it when there was none before."""
    return [name for name in Scene.__struct_fields__ if getattr(before, name, None) != getattr(now, name)]


class _Key(NamedTuple):
    placement: str
    store: str | None


class Scenes:
    """The moments at the displays of one process. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._skies = Skies(installation.data)
        self._lock = threading.Lock()
        self._held: dict[_Key, tuple[float, Scene]] = {}

    def at(self, placement: str, store: str | None) -> Scene:
        """The moment at a placement. NotFoundError for none of ours, UnavailableError."""
        key = _Key(placement, store)
        with self._lock:
            held = self._held.get(key)
            if held is not None and time.monotonic() - held[0] < HELD:
                return held[1]
        scene = self._look(key)
        with self._lock:
            self._held[key] = time.monotonic(), scene
        return scene

    def weather(self, store: str | None) -> Mapping[str, float] | None:
        """The weather at a store, as exactly as it is known."""
        return self._skies.at(store, self._installation.clock.now())

    def _look(self, key: _Key) -> Scene:
        rules, now = self._installation.rules(), self._installation.clock.now()
        menu = prepared(rules).menus.get(key.placement)
        if menu is None:
            raise NotFoundError(
                f"there is no placement {key.placement[:80]!r}", cure="define it in placements.yaml"
            )
        skus = sorted({each.action.sku for each in menu.choices if each.action.sku is not None})
        return Scene(
            definitions=rules.version,
            daypart=daypart(moment_of(now, rules.time_zone).hour % 24),
            weather=_coarse(self.weather(key.store)),
            sold_out=self._sold_out(skus, key.store, now) if skus else (),
            trending=tuple(each.sku for each in self._installation.trending.at(key.store)[:TRENDS])
            if menu.recommends
            else (),
        )

    def _sold_out(self, skus: Sequence[str], store: str | None, now: int) -> tuple[str, ...]:
        asked = decisions.shelves_of({store: skus}, now)
        with self._installation.database.transaction(read_only=True) as session:
            shelves = decisions.shelves(session.fetch(asked.statement, **asked.values))
        left = shelves.get(store, decisions.EMPTY).stock
        return tuple(sku for sku in skus if left.get(sku, 1) < 1)


def _coarse(weather: Mapping[str, float] | None) -> Mapping[str, float] | None:
    if weather is None:
        return None
    return {
        name: round(value * 2) / 2 if name == "rain_mm" else round(value) for name, value in weather.items()
    }
