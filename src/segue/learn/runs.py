"""Training runs as folders: ``models/MODEL/VERSION`` with the card, the model's files, its scores' baseline.

A run is written beside its place and renamed into it, so that it is there whole or not at all. It holds
nothing of single persons, with the exception of the folder ``serving``, which an erasure empties.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segue.errors import NotFoundError, SegueError, UnavailableError
from segue.learn.model import Card, Fitted, Model
from segue.learn.names import FOLDER

if TYPE_CHECKING:
    from segue.learn.drift import Baseline

CARD = "card.json"
SCORES = "scores.json"
_FRESH = ".new-"


def version_of(card: Card, moment: int) -> str:
    """``YYYYMMDDTHHMMSS-hash`` of a card that was made at ``moment`` (microseconds)."""
    stamp = datetime.fromtimestamp(moment / 1e6, UTC).strftime("%Y%m%dT%H%M%S")
    return f"{stamp}-{blake2b(msgspec.json.encode(card), digest_size=4).hexdigest()}"


class Runs:
    """The runs that are kept in a data directory. Safe to share between threads."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER

    def path(self, model: str, version: str) -> Path:
        """The folder of a run."""
        return self.folder / model / version

    def keep(self, model: str, version: str, fitted: Fitted, scores: Baseline | None = None) -> Path:
        """Write a run; UnavailableError when the disk refuses."""
        fresh = self.folder / model / f"{_FRESH}{version}-{os.getpid()}"
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True, mode=0o700)
            fitted.save(fresh)
            (fresh / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(fitted.card), indent=1))
            (fresh / SCORES).write_bytes(msgspec.json.encode(scores or {}))
            _sync(fresh)
            place = self.path(model, version)
            shutil.rmtree(place, ignore_errors=True)
            fresh.rename(place)
            _sync(place.parent)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise UnavailableError(
                f"the model cannot be kept: {error.strerror}", cure="free some disk"
            ) from error
        return place

    def card(self, model: str, version: str) -> Card:
        """The card of a run; NotFoundError when its folder is gone."""
        try:
            return msgspec.json.decode((self.path(model, version) / CARD).read_bytes(), type=Card)
        except FileNotFoundError as error:
            raise _lost(model, version) from error

    def scores(self, model: str, version: str) -> dict[str, list[list[float]]]:
        """The baselines of what the model said when it was trained."""
        try:
            found = (self.path(model, version) / SCORES).read_bytes()
            return msgspec.json.decode(found, type=dict[str, list[list[float]]])
        except FileNotFoundError:
            return {}

    def note_scores(self, model: str, version: str, scores: Baseline) -> None:
        """Keep the baselines of what the model says at first."""
        place = self.path(model, version) / SCORES
        fresh = place.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(scores))
        fresh.replace(place)

    def load(self, model: Model, version: str) -> Fitted:
        """A fitted model; NotFoundError when its folder is gone, SegueError when it cannot be read."""
        place = self.path(model.name, version)
        if not (place / CARD).exists():
            raise _lost(model.name, version)
        try:
            return model.load(place)
        except SegueError:
            raise
        except Exception as error:
            raise SegueError(
                f"the model {model.name}@{version} cannot be read ({type(error).__name__})",
                cure=f"train it anew: `segue train {model.name}`", code="model_damaged",
            ) from error  # fmt: skip

    def sweep(self) -> None:
        """Remove what processes that were killed have left half written."""
        for leftover in self.folder.glob(f"*/{_FRESH}*"):
            if not _alive(leftover.name.rpartition("-")[2]):
                shutil.rmtree(leftover, ignore_errors=True)


def _lost(model: str, version: str) -> NotFoundError:
    return NotFoundError(
        f"the files of {model}@{version} are gone", cure=f"train it anew: `segue train {model}`"
    )


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


def _sync(folder: Path) -> None:
    """Make a folder and its files durable."""
    for path in [*(each for each in folder.rglob("*") if each.is_file()), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
