"""Recommendations from a warm process: arrays of persons and items, saved apart from the model.

They lie under ``models/serving`` and hold persons, so an erasure deletes them at once, and they are made anew
from the lake. Making them and erasing cannot overtake each other: what was made while somebody was erased is
thrown away and made again.
"""

from __future__ import annotations

import shutil
import threading
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from segue.app.installation import Installation
from segue.app.learning import store
from segue.app.logs import Log
from segue.domain.order import micros
from segue.learn.names import FOLDER, SERVING

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
    place = folder(installation.data) / made.model
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
    shutil.rmtree(folder(data), ignore_errors=True)
    _LOG.warning("serving_forgotten")


class Loaded(NamedTuple):
    """What answers, of what it is, and where each item stands."""

    made: Made
    serving: Any
    place: dict[str, int]


class Warm:
    """What answers at once, loaded by a thread when it is first asked for and again when it was remade."""

    def __init__(self, data: Path) -> None:
        self._folder = folder(data)
        self._lock = threading.Lock()
        self._held: Loaded | None = None

    def get(self, model: str) -> Loaded | None:
        """The newest that was made; None where nothing was. Loads, so call it from a thread."""
        place = self._folder / model
        made = made_of(place)
        if made is None:
            self._held = None
            return None
        held = self._held
        if held is not None and held.made == made:
            return held
        with self._lock:
            held = self._held
            if held is None or held.made != made:
                loaded = import_module(f"segue.learn.{model}.serving").load(place).warm()
                skus = {sku: code for code, sku in enumerate(loaded.ledger.items.sku)}
                held = self._held = Loaded(made, loaded, skus)
        return held


def folder(data: Path) -> Path:
    """Where what answers at once lies."""
    return data / FOLDER / SERVING


def made_of(place: Path) -> Made | None:
    """Of what the arrays there are; None where there are none."""
    try:
        return msgspec.json.decode((place / ABOUT).read_bytes(), type=Made)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_due(installation: Installation, model: str = "recommend") -> bool:
    """Whether a model that is in force should answer at once and cannot: somebody was erased since."""
    with installation.database.transaction(read_only=True) as session:
        run = store.present_of(session, model)
    if run is None or run.scored_at is None:
        return False
    made = made_of(folder(installation.data) / model)
    return made is None or made.version != run.version


def remake_all(installation: Installation) -> bool:
    """Make what answers at once anew, of the model in force and the present lake; answers whether it did."""
    from segue.app.learning.knowing import lake_source
    from segue.learn import catalogue
    from segue.learn.knowledge import Knowledge
    from segue.learn.runs import Runs

    with installation.database.transaction(read_only=True) as session:
        run = store.present_of(session, "recommend")
    if run is None or run.scored_at is None:
        return False
    at = int(micros(datetime.fromisoformat(run.scored_at)))
    fitted = Runs(installation.data).load(catalogue.model("recommend"), run.version)
    with lake_source(installation) as source:
        made = Made(model="recommend", version=run.version, at=at)
        return remake(installation, fitted, made, Knowledge(source, at))
