"""What every model is: it is fitted, it predicts, it explains, it has a card, and it can be kept.

``segue.checks.models`` holds every model to what is written here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.learn.knowledge import Knowledge

Tell = Callable[[str, float], None]
"""Progress: what is being done, and how much of it (0 to 1)."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a training run is asked."""

    #: microseconds; nothing at or after this moment is looked at
    until: int
    seed: int = 1


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One figure measured on held-out data, beside its yardstick."""

    #: ``auc``, ``brier``, ``ece``, ``ndcg@10``, …
    name: str
    value: float
    #: bounds of the 95 % interval; None where there is none
    low: float | None = None
    high: float | None = None
    better: Literal["higher", "lower", "zero"] = "higher"
    #: what it is compared with, measured on the same rows
    yardstick: str | None = None
    yardstick_value: float | None = None
    #: of which prediction, where a model makes several
    of: str = ""
    #: rows it was measured on
    rows: int = 0


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a calibration plot."""

    predicted: float
    observed: float
    rows: int
    of: str = ""


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """How much something matters to a model."""

    #: a feature, or a source or field group for data value
    name: str
    #: in words
    title: str
    #: share of the total gain for features; for data value the metric lost without it
    value: float
    low: float | None = None
    high: float | None = None
    of: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a person reads about a fitted model."""

    model: str
    #: what it predicts, in a sentence
    purpose: str
    #: first and last moment of the data it was fitted on, microseconds
    data_from: int
    data_until: int
    persons: int
    rows: int
    seed: int
    features: list[str]
    #: first the one that decides whether a new model replaces the old
    metrics: list[Metric]
    calibration: list[Bin] = []
    importance: list[Weight] = []
    data_value: list[Weight] = []
    #: what it is not good for, in sentences
    limits: list[str] = []
    #: features' distributions at training, for drift: feature → [bin edges, shares]
    baseline: dict[str, list[list[float]]] = {}
    #: attributes of people it uses or predicts that need a purpose's consent
    sensitive: list[str] = []


@dataclass(frozen=True, eq=False)
class Scores:
    """One prediction for many persons; columns of one length."""

    #: ``buys_14d``, ``churn_90d``, ``profile.age_band``, …
    name: str
    #: codes into the knowledge's persons
    person: NDArray[np.int32]
    value: NDArray[np.float64]
    #: bounds of the value where it has any (80 % interval), else equal to it
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    #: for classes: the likeliest one, None where the model abstains
    label: Sequence[str | None] | None = None
    #: top reasons in words, best first
    reasons: Sequence[Sequence[str]] | None = None


@dataclass(frozen=True, eq=False)
class Contest:
    """How two fitted models of a kind did on the very same held-out rows, by the metric that decides."""

    metric: str
    of: str
    better: Literal["higher", "lower", "zero"]
    rows: int
    #: weights of the rows (m, rows) → the figure under each
    new: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    old: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    #: whose row each is (rows,), where somebody has several
    groups: NDArray[Any] | None = None


class NotEnoughError(Exception):
    """There is too little data to fit this model; the message says what is missing and how much there is."""


class Fitted(ABC):
    """A model that was fitted."""

    card: Card

    @abstractmethod
    def predict(self, known: Knowledge, at: int, persons: NDArray[np.int32] | None = None) -> list[Scores]:
        """Scores as of ``at`` (microseconds) of these persons, or of all; uses nothing later."""

    @abstractmethod
    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        """The top reasons for one person's scores, in words, best first."""

    @abstractmethod
    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        """The card's metrics anew, on what happened in the held-out window that ends at ``task.until``."""

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        """This model and an older one on the same rows of the held-out window that ends at ``task.until``.

        None where no rows can be had on which both say the same kind of thing.
        """
        return None

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything needed into an empty folder. No pickles, and nothing of single persons."""


class Model(ABC):
    """A kind of model."""

    #: ``recommend``, ``predict``, …: what ``segue train`` calls it
    name: ClassVar[str]
    #: one sentence
    purpose: ClassVar[str]

    @abstractmethod
    def fit(self, known: Knowledge, task: Task, tell: Tell) -> Fitted:
        """Fit on what was known before ``task.until``; the latest part is held out for the metrics.

        The same data and seed give the same model. NotEnoughError.
        """

    @abstractmethod
    def load(self, folder: Path) -> Fitted:
        """What :meth:`Fitted.save` wrote."""
