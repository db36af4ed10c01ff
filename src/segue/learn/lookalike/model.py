"""The model of likeness: fitting learns the space; a seed is given when it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.drift import baseline
from segue.learn.features.localtime import DAY
from segue.learn.features.registry import feature
from segue.learn.knowledge import Knowledge
from segue.learn.lookalike.filling import CONFIDENT, Filled, fill_attribute
from segue.learn.lookalike.lift import Depth, lift_at, lift_curve
from segue.learn.lookalike.measuring import contested, trial
from segue.learn.lookalike.ranking import rank_by_likeness
from segue.learn.lookalike.space import Placed, Space, learn_space
from segue.learn.lookalike.why import reasons as why
from segue.learn.model import Card, Contest, Fitted, Metric, Model, NotEnoughError, Scores, Task, Tell
from segue.learn.purchases import Codes, Floats

PURPOSE = "Finds the people most like a seed audience, or the likeliest value of what they never told."
FEWEST_SEEDS = 3
FEWEST_PERSONS = 30
EXPLAINED = 10_000
"""Reasons are given for so many; what stands below is hardly alike."""
LIMITS = (
    "It finds who is like the seed, not whom a campaign would move.",
    "Lift is what hidden members of the seed showed; with fewer than 10 members there is no figure.",
    "A seed that was picked by what is not in the data (a lottery) is like everybody.",
)
HELD_OUT_DAYS = 28


class Similar(NamedTuple):
    """One of those who are like the seed."""

    #: code of the person
    person: int
    score: float
    lift: float
    #: in words
    reason: str


@dataclass(frozen=True, eq=False)
class Alike:
    """The others, most alike first; columns of one length, or row by row when iterated."""

    #: codes of persons; nobody of the seed
    person: Codes
    #: 0 to 1; one half is the middle of the others
    score: Floats
    #: lift to be expected if everybody down to here is reached; NaN for a seed of fewer than 10
    lift: Floats
    #: in words, best first; empty below the first 10,000
    reasons: Sequence[Sequence[str]]
    curve: list[Depth]
    #: members of the seed who are known at the moment
    seeds: int

    def __len__(self) -> int:
        return len(self.person)

    def __iter__(self) -> Iterator[Similar]:
        columns = (self.person.tolist(), self.score.tolist(), self.lift.tolist(), self.reasons)
        for person, score, lift, reasons in zip(*columns, strict=True):
            yield Similar(person, score, lift, "; ".join(reasons))


class Filling(NamedTuple):
    """An attribute filled in for those who lack it."""

    #: ``value`` is the confidence; ``label`` None where that is too small
    scores: Scores
    #: share of those who told it who would have got a value,
    coverage: float
    #: of whom so many rightly (NaN: nobody would have)
    accuracy: float


class FittedLookalike(Fitted):
    """A space that was learnt, and its card."""

    def __init__(self, space: Space, card: Card) -> None:
        self.space = space
        self.card = card

    def alike(
        self,
        known: Knowledge,
        seed: Codes,
        at: int | None = None,
        *,
        most: int | None = None,
        chance: int = 1,
    ) -> Alike:
        """Others ranked by likeness to these persons (codes) as of ``at`` (default: all that is known).

        ``most`` cuts the list; ``chance`` seeds what is random. NotEnoughError where fewer than 3 of the
        seed are known by then, or nobody else is.
        """
        moment = known.until if at is None else at
        placed = self.space.place(known, moment)
        rows = placed.rows_of(seed)
        _check(placed, len(rows))
        ranked = rank_by_likeness(placed, rows, seed=chance)
        others = np.setdiff1d(np.arange(len(placed)), rows)
        order = others[np.argsort(-ranked.score[others], kind="stable")][:most]
        curve = lift_curve(placed, rows, seed=chance)
        shares = np.arange(1, len(order) + 1) / len(others)
        said = why(self.space, placed, ranked, order[:EXPLAINED])
        spread = float(ranked.score[others].std()) or 1.0
        middle = float(np.median(ranked.score[others]))
        score: Floats = 1 / (1 + np.exp(-(ranked.score[order] - middle) / spread))
        return Alike(
            placed.person[order], score, lift_at(curve, shares),
            [*said, *([] for _ in order[EXPLAINED:])], curve, len(rows),
        )  # fmt: skip

    def fill(
        self,
        known: Knowledge,
        attribute: str,
        at: int | None = None,
        *,
        persons: Codes | None = None,
        confident: float = CONFIDENT,
    ) -> Filling:
        """What ``attribute`` probably is for those of these persons (of all) who did not tell it.

        They are as alike as they were at ``at``; told is what is known at all.
        NotEnoughError where fewer than two values were told by 20 persons each.
        """
        moment = known.until if at is None else at
        placed = self.space.place(known, moment)
        told = known.told(attribute)
        row_of = {int(code): row for row, code in enumerate(placed.person)}
        words = [
            (row_of.get(int(code)), str(value).strip())
            for code, value in zip(told.person, told.value, strict=True)
            if value is not None and str(value).strip()
        ]
        told_rows = [(row, value) for row, value in words if row is not None]
        rows = np.array([row for row, _ in told_rows], np.int64)
        wanted = np.arange(len(placed)) if persons is None else placed.rows_of(persons)
        asked = np.setdiff1d(wanted, rows)
        try:
            filled = fill_attribute(
                placed, rows, [value for _, value in told_rows], asked, seed=1, confident=confident
            )
        except ValueError as error:
            raise NotEnoughError(f"{attribute}: {error}; {len(rows)} persons told it") from error
        return Filling(_scores(attribute, placed, asked, filled), filled.coverage, filled.accuracy)

    def predict(self, known: Knowledge, at: int, persons: NDArray[np.int32] | None = None) -> list[Scores]:
        """Nothing: likeness is to somebody. See :meth:`alike` and :meth:`fill`."""
        return []

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        """What sets this person apart from most, in words."""
        everybody = self.space.place(known, at)
        row = everybody.rows_of(np.array([person]))
        if not len(row):
            return []
        width = len(self.space.names)
        typical = self.space.typical
        apart = np.argsort(-np.abs(everybody.even[row[0], :width]), kind="stable")[:5]
        values = everybody.values[row[0]]
        return [
            feature(self.space.names[each]).say(float(values[each]), float(typical[each])) for each in apart
        ]

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        """Lift at 10 % on audiences that formed in the 28 days before ``task.until``."""
        return trial(known, self.space, task, _window(task)).metrics()

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        """Lift at 10 % on the same audiences, by both spaces."""
        if not isinstance(old, FittedLookalike):
            return None
        spaces = (self.space, old.space)
        return contested(*(trial(known, each, task, _window(task)) for each in spaces))

    def save(self, folder: Path) -> None:
        """Write ``card.json``, ``space.json`` and ``space.npz``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "card.json").write_bytes(msgspec.json.encode(self.card))
        self.space.save(folder)


class Lookalike(Model):
    """Learns the space of likeness."""

    name: ClassVar[str] = "lookalike"
    purpose: ClassVar[str] = PURPOSE

    def fit(self, known: Knowledge, task: Task, tell: Tell) -> FittedLookalike:
        """The space as of 28 days before ``task.until``; those days are held out for the lift.

        NotEnoughError where fewer than 30 persons ordered before.
        """
        bounded, start = known.before(task.until), _window(task)
        tell("learning what people buy", 0.0)
        bought = bounded.before(start).purchases()
        persons = len(np.unique(bought.person[bought.person >= 0]))
        if persons < FEWEST_PERSONS:
            day = f"{HELD_OUT_DAYS} days before the end"
            raise NotEnoughError(
                f"{persons} persons ordered until {day}; at least {FEWEST_PERSONS} are needed"
            )
        space = learn_space(bounded, start, seed=task.seed)
        tell("measuring the lift", 0.5)
        tried = trial(bounded, space, task, start)
        tell("weighing what data is worth", 0.8)
        value = tried.value_of_data(space)
        card = Card(
            model=self.name, purpose=PURPOSE, data_from=int(bought.time.min()), data_until=task.until,
            persons=len(tried.placed), rows=len(bought), seed=task.seed,
            features=space.names, metrics=tried.metrics(),
            data_value=value, limits=list(LIMITS),
            baseline={
                name: baseline(tried.placed.values[:, place]) for place, name in enumerate(space.names)
            },
        )  # fmt: skip
        tell("done", 1.0)
        return FittedLookalike(space, card)

    def load(self, folder: Path) -> FittedLookalike:
        """What was saved."""
        card = msgspec.json.decode((folder / "card.json").read_bytes(), type=Card)
        return FittedLookalike(Space.load(folder), card)


def _window(task: Task) -> int:
    return task.until - HELD_OUT_DAYS * DAY


def _check(placed: Placed, seeds: int) -> None:
    if seeds < FEWEST_SEEDS:
        raise NotEnoughError(f"{seeds} of the seed are known by then; at least {FEWEST_SEEDS} are needed")
    if seeds == len(placed):
        raise NotEnoughError("the seed is everybody who is known; there are no others to rank")


def _scores(attribute: str, placed: Placed, asked: NDArray[np.int64], filled: Filled) -> Scores:
    says = "people who buy alike told it so"
    return Scores(
        name=f"alike.{attribute}",
        person=placed.person[asked],
        value=filled.confidence,
        low=filled.confidence,
        high=filled.confidence,
        label=filled.label,
        reasons=[[says] if label is not None else [] for label in filled.label],
    )
