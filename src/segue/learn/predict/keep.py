"""A fitted predict as files: one JSON, and LightGBM's text for each set of trees. Nothing of persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.model import Card
from segue.learn.predict.amounts import Amounts, Law3
from segue.learn.predict.features import Clock
from segue.learn.predict.heads import Head, Sureness, of_later
from segue.stats.btyd import Law, Spend
from segue.stats.calibration import Calibration

if TYPE_CHECKING:
    import lightgbm

    from segue.learn.predict.fitted import Parts

Floats = NDArray[np.float64]
SHAPE = 1


class Answer(msgspec.Struct, frozen=True):
    """What makes a raw chance an answer: calibration and sureness."""

    calibration: Calibration
    sureness: Sureness

    def apply(self, raw: Floats) -> tuple[Floats, Floats, Floats]:
        """Chance, low and high ``(n,)``."""
        chance = self.calibration.apply(raw)
        return (chance, *self.sureness.bounds(chance))


def answer(raw: Floats, truth: NDArray[np.bool_]) -> Answer:
    """Fitted on later rows."""
    return Answer(*of_later(raw, truth))


class KeptHead(msgspec.Struct, frozen=True):
    """A head without its trees."""

    trees: bool
    calibration: Calibration
    sureness: Sureness
    fallback: int


class KeptAmounts(msgspec.Struct, frozen=True):
    """Amounts without their trees."""

    trees: bool
    law: Law3
    factor: float
    ratios: list[float]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON."""

    shape: int
    names: list[str]
    heads: dict[int, KeptHead]
    amounts: KeptAmounts
    visits: Law
    spend: Spend | None
    like: tuple[Law, Spend | None]
    categories: list[str]
    category: KeptHead | None
    churn: Answer
    seed: int
    typical: dict[str, float]
    beginners: dict[int, float]
    card: Card


def write(parts: Parts, card: Card, folder: Path) -> None:
    """Into an empty folder."""
    kept = Kept(
        shape=SHAPE,
        names=list(parts.names),
        heads={days: _head(head, folder / f"buys_{days}d.txt") for days, head in parts.heads.items()},
        amounts=KeptAmounts(
            _trees(parts.amounts.booster, folder / "spend.txt"),
            parts.amounts.law,
            parts.amounts.factor,
            parts.amounts.ratios,
        ),
        visits=parts.clock.visits,
        spend=parts.clock.spend,
        like=(parts.like.visits, parts.like.spend),
        categories=list(parts.categories),
        category=None if parts.category is None else _head(parts.category, folder / "category.txt"),
        churn=parts.churn,
        seed=parts.seed,
        typical=dict(parts.typical),
        beginners=dict(parts.beginners),
        card=card,
    )
    (folder / "predict.json").write_bytes(msgspec.json.encode(kept))


def read(folder: Path) -> tuple[Parts, Card]:
    """What :func:`write` wrote."""
    from segue.learn.predict.fitted import Parts

    kept = msgspec.json.decode((folder / "predict.json").read_bytes(), type=Kept)
    spend = folder / "spend.txt"
    parts = Parts(
        names=kept.names,
        heads={days: _read(head, folder / f"buys_{days}d.txt") for days, head in sorted(kept.heads.items())},
        amounts=Amounts(
            _booster(spend) if kept.amounts.trees else None,
            kept.amounts.law,
            kept.amounts.factor,
            kept.amounts.ratios,
        ),
        clock=Clock(kept.visits, kept.spend),
        like=Clock(*kept.like),
        categories=kept.categories,
        category=None if kept.category is None else _read(kept.category, folder / "category.txt"),
        churn=kept.churn,
        seed=kept.seed,
        typical=kept.typical,
        beginners=kept.beginners,
    )
    return parts, kept.card


def _head(head: Head, file: Path) -> KeptHead:
    return KeptHead(_trees(head.booster, file), head.calibration, head.sureness, head.fallback)


def _read(head: KeptHead, file: Path) -> Head:
    return Head(_booster(file) if head.trees else None, head.calibration, head.sureness, head.fallback)


def _trees(booster: lightgbm.Booster | None, file: Path) -> bool:
    if booster is None:
        return False
    file.write_text(booster.model_to_string(), encoding="utf-8")
    return True


def _booster(file: Path) -> lightgbm.Booster:
    import lightgbm

    return lightgbm.Booster(model_str=file.read_text(encoding="utf-8"))
