"""Recommendations from a warm process: arrays of persons and items, saved apart from the model.

They lie under ``models/serving`` and hold persons, so an erasure deletes them at once, and they are made anew
from the lake. Making them and erasing cannot overtake each other: what was made while somebody was erased is
thrown away and made again.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from segue.app.installation import Installation
from segue.app.learning import store
from segue.app.logs import Log
from segue.learn.runs import Runs

if TYPE_CHECKING:
    from segue.learn.knowledge import Knowledge
    from segue.learn.model import Fitted

_LOG = Log("segue.serving")
ABOUT = "about.json"
_FRESH = ".new"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Of what the arrays are."""

    model: str
    version: str
    #: microseconds
    at: int


def remake(installation: Installation, fitted: Fitted, made: Made, known: Knowledge) -> bool:
    """Make what answers at once, of a model that can; answers whether it did."""
    make = getattr(fitted, "serve", None)
    if make is None:
        return False
    place = Runs(installation.data).serving / made.model
    fresh = place.with_name(f"{made.model}{_FRESH}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    make(known, made.at, fresh)
    (fresh / ABOUT).write_bytes(msgspec.json.encode(made))
    with installation.database.transaction() as session:
        # who erases writes to this table: until this block ends, nobody is being erased
        session.execute(store.SQL["lock_predictions"])
        whole = not set(known.persons.ids) - _still_there(session, known.persons.ids)
        shutil.rmtree(place, ignore_errors=True)
        if whole:
            fresh.rename(place)
    shutil.rmtree(fresh, ignore_errors=True)
    return whole


def _still_there(session: Any, ids: Any) -> set[str]:
    found = session.fetch(store.SQL["still_there"], ids=[bytes.fromhex(each) for each in ids])
    return {bytes(each).hex() for (each,) in found}


def forget(data: Path) -> None:
    """Delete what answers at once: somebody in it is being erased."""
    shutil.rmtree(Runs(data).serving, ignore_errors=True)
    _LOG.warning("serving_forgotten")


class Warm:
    """What answers at once, loaded by a thread when it is first asked for and again when it was remade."""

    def __init__(self, data: Path) -> None:
        self._runs = Runs(data)
        self._lock = threading.Lock()
        self._held: tuple[Made, Any] | None = None

    def get(self, model: str) -> tuple[Made, Any] | None:
        """The newest that was made; None where nothing was. Loads, so call it from a thread."""
        place = self._runs.serving / model
        try:
            made = msgspec.json.decode((place / ABOUT).read_bytes(), type=Made)
        except (FileNotFoundError, NotADirectoryError):
            self._held = None
            return None
        held = self._held
        if held is not None and held[0] == made:
            return held
        with self._lock:
            from importlib import import_module

            loaded = import_module(f"segue.learn.{model}.serving").load(place)
            self._held = (made, loaded)
        return self._held
