"""A model that counts orders: enough to see what is done with a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.domain.drafts import Draft
from segue.domain.order import DAY, rfc3339
from segue.learn.drift import baseline
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Fitted, Metric, Model, NotEnoughError, Scores, Task, Tell

BEGIN = 1_770_000_000_000_000


def order(user: str, number: int, *skus: str) -> Draft:
    """She buys on day ``number``."""
    products = [{"product_id": sku, "price": 2, "quantity": 1} for sku in skus or ("a",)]
    return Draft(
        type="track",
        event="Order Completed",
        message_id=f"{user}-{number}",
        user_id=user,
        timestamp=rfc3339(BEGIN + number * DAY),
        properties={"order_id": f"{user}-{number}", "products": products},
    )


class SimpleFitted(Fitted):
    """Says how many lines she has, more by ``more``; and, as a sensitive attribute, whether that is many."""

    def __init__(self, card: Card, more: float) -> None:
        self.card = card
        self.more = more

    def predict(self, known: Knowledge, at: int, persons: NDArray[np.int32] | None = None) -> list[Scores]:
        bought = known.before(at).purchases()
        mine = bought.person >= 0
        counts = np.bincount(bought.person[mine], minlength=len(known.persons)).astype(float)
        who = np.arange(len(known.persons), dtype=np.int32) if persons is None else persons
        value = counts[who] + self.more
        labels = [None if each < 2 else "many" for each in value]
        reasons = [[f"{each:.0f} lines"] for each in counts[who]]
        return [
            Scores("orders_soon", who, value, value - 1, value + 1, reasons=reasons),
            Scores("profile.wealth", who, value / 10, value / 10, value / 10, label=labels),
        ]

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        return ["she buys"]

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        return self.card.metrics

    def observe(self, known: Knowledge, at: int) -> dict[str, NDArray[np.float64]]:
        return {"amount": known.before(at).purchases().amount}

    def save(self, folder: Path) -> None:
        (folder / "simple.json").write_bytes(msgspec.json.encode((self.card, self.more)))


class Simple(Model):
    """See :class:`SimpleFitted`. ``quality`` is what the next one is measured to have."""

    name: ClassVar[str] = "predict"
    purpose: ClassVar[str] = "Counts orders."

    def __init__(self) -> None:
        self.quality = 0.7
        self.more = 0.0
        self.during: Callable[[], None] | None = None

    def fit(self, known: Knowledge, task: Task, tell: Tell) -> SimpleFitted:
        bought = known.purchases()
        if len(bought) < 2:
            raise NotEnoughError(f"there are {len(bought)} lines, and at least 2 are needed")
        tell("counting", 0.5)
        if self.during is not None:
            self.during()
        quality = Metric(
            name="auc", value=self.quality, low=self.quality - 0.01, high=self.quality + 0.01, rows=9,
            yardstick="chance", yardstick_value=0.5,
        )  # fmt: skip
        card = Card(
            model=self.name, purpose=self.purpose, data_from=int(bought.time.min()), data_until=task.until,
            persons=len(known.persons), rows=len(bought), seed=task.seed, features=["lines"],
            metrics=[quality], sensitive=["wealth"],
            baseline={"amount": baseline(bought.amount)}, limits=["It only counts."],
        )  # fmt: skip
        return SimpleFitted(card, self.more)

    def load(self, folder: Path) -> SimpleFitted:
        found: Any = msgspec.json.decode((folder / "simple.json").read_bytes(), type=tuple[Card, float])
        return SimpleFitted(*found)
