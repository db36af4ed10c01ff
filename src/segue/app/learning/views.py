"""What is shown of models, their runs and trainings, over HTTP and on the command line."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["untrained", "ready", "training", "refused"]

RunState = Literal["present", "replaced", "refused"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why something did not come to its end."""

    code: str
    message: str
    cure: str | None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One metric beside its yardstick."""

    name: str
    #: of which prediction
    of: str
    value: float | None
    low: float | None
    high: float | None
    better: Literal["higher", "lower", "zero"]
    yardstick: str | None
    yardstick_value: float | None
    rows: int


class TrainedModel(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one model in a training."""

    model: str
    state: Literal["ready", "refused", "skipped", "failed"]
    because: str
    version: str | None
    scored: int
    seconds: float


class TrainingJob(msgspec.Struct, frozen=True, kw_only=True):
    """A training that was asked for."""

    job_id: str
    #: none: all
    models: list[str]
    by: str
    state: Literal["running", "done", "failed", "interrupted"]
    #: what is being done
    step: str
    #: how much of it is done, 0 to 1
    fraction: float
    #: RFC 3339
    started_at: str
    ended_at: str | None
    #: empty until it has ended
    results: list[TrainedModel]
    error: Fault | None


class DriftView(msgspec.Struct, frozen=True, kw_only=True):
    """How far things have moved since a model was trained, by the population stability index."""

    as_of: str
    #: below 0.1 steady, up to 0.25 moved, above: train anew
    worst: float
    state: Literal["steady", "moved", "far"]
    features: dict[str, float]
    scores: dict[str, float]


class ModelLine(msgspec.Struct, frozen=True, kw_only=True):
    """A model at a glance."""

    model: str
    purpose: str
    #: refused: the last training was worse than what is in force, which goes on
    state: State
    version: str | None
    trained_at: str | None
    until: str | None
    #: the first three
    metrics: list[Figure]
    drift: DriftView | None
    #: RFC 3339: when the schedule looks next; null: it does not
    next_run: str | None


class ModelLines(msgspec.Struct, frozen=True, kw_only=True):
    """All models."""

    models: list[ModelLine]
    #: the training that was begun last
    job: TrainingJob | None


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A training run that is kept."""

    version: str
    #: present: in force; replaced: it was; refused: it was worse
    state: RunState
    trained_at: str
    until: str
    seed: int
    by: str
    #: how it compares with the one that was in force
    because: str
    gain: float | None
    low: float | None
    high: float | None


class CardBin(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a calibration plot."""

    predicted: float
    observed: float
    rows: int
    of: str


class CardWeight(msgspec.Struct, frozen=True, kw_only=True):
    """How much something matters to a model."""

    name: str
    title: str
    value: float
    low: float | None
    high: float | None
    of: str


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """What a person reads about a fitted model."""

    #: RFC 3339
    data_from: str
    data_until: str
    persons: int
    rows: int
    seed: int
    features: list[str]
    metrics: list[Figure]
    calibration: list[CardBin]
    importance: list[CardWeight]
    data_value: list[CardWeight]
    limits: list[str]
    sensitive: list[str]


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """One model with its card, its runs and how far things have moved since."""

    model: str
    purpose: str
    state: State
    version: str | None
    next_run: str | None
    #: null before it is trained
    card: CardView | None
    #: names of its predictions
    says: list[str]
    #: RFC 3339: the moment its last predictions are of
    scored_at: str | None
    drift: DriftView | None
    #: newest first
    runs: list[RunView]


class RecommendedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an answer."""

    #: from 1
    rank: int
    sku: str
    name: str
    category: str | None
    score: float
    #: repeat: bought before; explore: never
    kind: Literal["repeat", "explore"]
    #: in words
    reason: str


class Recommended(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody will want next."""

    person_id: str
    #: ``name@version``
    model: str
    #: RFC 3339: the moment that what is known of her is of
    at: str
    #: best first; shorter than asked where there is no more to recommend
    items: list[RecommendedItem]
    #: why this is not what was asked for: a customer without history, an unknown store, …
    fallback: str | None
