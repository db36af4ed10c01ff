"""Recommendations from a warm process: arrays of persons and items, saved apart from the model.

They lie under ``models/serving`` and hold persons, so an erasure deletes them at once, and they are made anew
from the lake. Making them and erasing cannot overtake each other: what was made while somebody was erased is
thrown away and made again.
"""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import Future
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from segue.app.installation import Installation
from segue.app.learning import store
from segue.app.logs import Log
from segue.domain.order import micros
from segue.errors import UnavailableError
from segue.learn.names import FOLDER, SERVING

if TYPE_CHECKING:
    from segue.learn.knowledge import Knowledge
    from segue.learn.model import Fitted

_LOG = Log("segue.serving")
ABOUT = "about.json"
_FRESH = ".new"

PATIENCE = 5.0
"""Seconds that somebody who asks waits for what is being loaded."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Of what the arrays are."""

    model: str
    version: str
    #: microseconds: what is known of persons is of this moment
    at: int
    #: microseconds
    made_at: int
    #: how many erasures had been asked for: whoever was erased since may be in it
    erasures: int


def remake(installation: Installation, fitted: Fitted, of: tuple[str, str], known: Knowledge) -> bool:
    """Make what answers at once, of a model (its name and version) that can; answers whether it did."""
    make = getattr(fitted, "serve", None)
    if make is None:
        return False
    made = Made(
        model=of[0],
        version=of[1],
        at=known.until,
        made_at=int(installation.clock.now()),
        erasures=_erasures(installation),
    )
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


def _erasures(installation: Installation) -> int:
    with installation.database.transaction(read_only=True) as session:
        return int(session.fetch(store.SQL["erasures"])[0][0])


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

    @property
    def name(self) -> str:
        """``model@version``."""
        return f"{self.made.model}@{self.made.version}"


class Warm:
    """What answers at once, loaded by a thread when it is first asked for and again when it was remade.

    While what a new training made is loaded, the old goes on answering; after an erasure it does not.
    """

    def __init__(self, data: Path) -> None:
        self._folder = folder(data)
        self._lock = threading.Lock()
        self._held: Loaded | None = None
        self._loading: tuple[Made, Future[Loaded]] | None = None

    def get(self, model: str, patience: float = PATIENCE) -> Loaded | None:
        """The newest that was made; None where nothing was. UnavailableError when loading takes longer."""
        place = self._folder / model
        made = made_of(place)
        if made is None:
            self._held = None
            return None
        held = self._held
        if held is not None and held.made == made:
            return held
        loading = self._load(place, made)
        if held is not None and held.made.erasures == made.erasures and not loading.done():
            return held
        try:
            found = self._held = loading.result(patience)
        except TimeoutError:
            raise UnavailableError("recommendations are being loaded", cure="ask again in a moment") from None
        return found

    def _load(self, place: Path, made: Made) -> Future[Loaded]:
        """Begin to load, unless somebody has."""
        with self._lock:
            if self._loading is None or self._loading[0] != made:
                future: Future[Loaded] = Future()
                self._loading = (made, future)
                threading.Thread(target=_load, args=(place, made, future), name="warm", daemon=True).start()
            return self._loading[1]


def _load(place: Path, made: Made, future: Future[Loaded]) -> None:
    try:
        loaded = import_module(f"segue.learn.{made.model}.serving").load(place).warm()
        skus = {sku: code for code, sku in enumerate(loaded.ledger.items.sku)}
        future.set_result(Loaded(made, loaded, skus))
    except Exception as error:  # noqa: BLE001 - whoever waits for it hears of it
        future.set_exception(error)


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
        return remake(installation, fitted, ("recommend", run.version), Knowledge(source, at))
