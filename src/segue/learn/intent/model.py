"""The model of intent: fitted on all beginnings of past visits, measured on the visits of the latest time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.domain.order import DAY
from segue.learn.drift import baseline
from segue.learn.intent import measuring
from segue.learn.intent.features import NAMES, Progress, Usual, usual_of
from segue.learn.intent.learner import fit_scorer
from segue.learn.intent.reading import Read, visits
from segue.learn.intent.scoring import FILE, Goal, Judge, Scorer
from segue.learn.intent.steps import CHECKOUT, KINDS, Step, has_order
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Contest, Fitted, Metric, Model, NotEnoughError, Scores, Task, Tell

Floats = NDArray[np.float64]

HELD_OUT: Final = 0.2
"""Share of the time that the latest visits, held out for the metrics, span; at most eight weeks."""
_LONGEST: Final = 56 * DAY
VISITS: Final = 200
"""Visits without which nothing is fitted."""
ENDS: Final = 20
"""Visits of each outcome without which nothing is fitted."""
ROWS: Final = 150_000
"""Rows that are fitted on: the latest."""
OBSERVED: Final = 10_000
"""Rows that drift is told from: the latest."""
SOON: Final = 3
"""Steps within which she must be gone to be about to leave."""
RECENT: Final = DAY
"""Visits whose latest step is no older are scored when everybody is."""

LIMITS: Final = (
    "The lake knows which devices are one person's today: what a device did before is therefore taken from "
    "visits in which that device took part, never from what was learnt of its owner later.",
    "Of a product's view its category and price are known, not the product.",
)
_NO_ORDERS: Final = (
    "Too few visits hold an order: what is foretold is the beginning of a checkout, and will_buy means that."
)
_ALIKE: Final = (
    "All filled carts, or nearly all, came to one end: leaves_cart is that share and tells nothing apart."
)


@dataclass(frozen=True, eq=False)
class Table:
    """Beginnings of visits, one row a step."""

    rows: Floats
    #: she reaches the goal later in the visit
    buys: NDArray[np.bool_]
    #: the goal may still come
    open: NDArray[np.bool_]
    #: there is something in the cart
    filled: NDArray[np.bool_]
    #: she leaves it within the next steps
    leaves: NDArray[np.bool_]
    #: number of the visit, in order of time
    visit: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Table:
        """These rows."""
        return Table(
            self.rows[mask], self.buys[mask], self.open[mask], self.filled[mask],
            self.leaves[mask], self.visit[mask],
        )  # fmt: skip


def table_of(read: Sequence[Read], goal: Goal, zone: str, usual: Usual) -> Table:
    """Every beginning of these visits, with what came of it."""
    rows: list[list[float]] = []
    truths: list[tuple[bool, bool, bool, bool, int]] = []
    for number, each in enumerate(read):
        steps = each.visit.steps
        progress = Progress(each.visit, zone)
        reached = [at for at, step in enumerate(steps) if _is_goal(step, goal)]
        orders = [at for at, step in enumerate(steps) if step.what == "Order Completed"]
        last_goal, last_order = (found[-1] if found else -1 for found in (reached, orders))
        first_goal = reached[0] if reached and goal == "checkout" else len(steps)
        for at, step in enumerate(steps):
            progress.add(step)
            rows.append(progress.row(usual))
            left = len(steps) - 1 - at <= SOON and last_order <= at
            truths.append((last_goal > at, at < first_goal, progress.pieces > 0, left, number))
    columns = np.asarray(truths, np.int64).reshape(-1, 5)
    buys, may, filled, leaves = (columns[:, place] > 0 for place in range(4))
    return Table(
        np.asarray(rows, np.float64).reshape(-1, len(NAMES)), buys, may, filled, leaves, columns[:, 4]
    )


def _table(judge: Judge, read: Sequence[Read]) -> Table:
    return table_of(read, judge.goal, judge.zone, judge.usual)


def _is_goal(step: Step, goal: Goal) -> bool:
    return step.what == "Order Completed" or (goal == "checkout" and KINDS[step.what] == CHECKOUT)


def goal_of(read: Iterable[Read]) -> Goal:
    """What visits can end in: orders, or where there are too few, checkouts. NotEnoughError."""
    visited = list(read)
    orders = sum(has_order(each.visit.steps) for each in visited)
    checkouts = sum(any(_is_goal(step, "checkout") for step in each.visit.steps) for each in visited)
    if len(visited) < VISITS:
        raise NotEnoughError(
            f"intent needs {VISITS} visits before the held-out time; there are {len(visited)}"
        )
    for goal, count in (("order", orders), ("checkout", checkouts)):
        if ENDS <= count <= len(visited) - ENDS:
            return "order" if goal == "order" else "checkout"
    raise NotEnoughError(
        f"intent needs {ENDS} visits with an order (or else a checkout) and {ENDS} without; "
        f"of {len(visited)} visits {orders} hold an order and {checkouts} a checkout"
    )


class FittedIntent(Fitted):
    """A fitted model of intent."""

    def __init__(self, judge: Judge, card: Card) -> None:
        self.judge = judge
        self.card = card

    def predict(self, known: Knowledge, at: int, persons: NDArray[np.int32] | None = None) -> list[Scores]:
        """``intent.will_buy`` and ``intent.leaves_cart`` of each person's latest visit of the last day."""
        wanted = None if persons is None else set(persons.tolist())
        latest: dict[int, Read] = {}
        for read in visits(known.before(at)):
            if read.person >= 0 and read.visit.steps[-1].time >= at - RECENT:
                held = latest.get(read.person)
                if held is None or held.visit.steps[-1].time <= read.visit.steps[-1].time:
                    latest[read.person] = read
        found = [(code, self.judge(read.visit)) for code, read in sorted(latest.items())]
        found = [(code, intent) for code, intent in found if wanted is None or code in wanted]
        buying = [(code, intent.will_buy, intent.because) for code, intent in found]
        leaving = [(code, intent.leaves_cart, intent.because) for code, intent in found]
        carts = [(code, value, because) for code, value, because in leaving if value is not None]
        return [_scores("intent.will_buy", buying), _scores("intent.leaves_cart", carts)]

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        """What speaks for and against buying in her latest visit of the last day."""
        scores = self.predict(known, at, np.asarray([person], np.int32))[0]
        return list(scores.reasons[0]) if scores.reasons else ["no visit within the last day"]

    def observe(self, known: Knowledge, at: int) -> dict[str, Floats]:
        """The features of the beginnings of the latest visits, for drift."""
        recent = _latest(visits(known.before(at)), OBSERVED)
        rows = _table(self.judge, recent).rows
        return {name: rows[:, place] for place, name in enumerate(NAMES)}

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        """The metrics on the visits of the held-out time before ``task.until``."""
        before, held = split(visits(known.before(task.until)), task.until)
        table, earlier = (_table(self.judge, some) for some in (held, _latest(before, ROWS // 5)))
        return measuring.metrics(self.judge, table, earlier, seed=task.seed)

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        """AUC of going on to buy, on the same beginnings of visits."""
        if not isinstance(old, FittedIntent) or old.judge.goal != self.judge.goal:
            return None
        _, held = split(visits(known.before(task.until)), task.until)
        return measuring.contested(*((each, _table(each, held)) for each in (self.judge, old.judge)))

    def save(self, folder: Path) -> None:
        """Trees, calibrations and what is usual; nothing of single visits."""
        (folder / FILE).write_bytes(msgspec.json.encode(self.judge))
        (folder / "card.json").write_bytes(msgspec.json.encode(self.card))


class IntentModel(Model):
    """See :class:`segue.learn.model.Model`."""

    name = "intent"
    purpose = "Within a visit, after each step: will she buy, is she about to leave a filled cart."

    def fit(self, known: Knowledge, task: Task, tell: Tell) -> FittedIntent:
        """Fit on the visits before the held-out time. NotEnoughError."""
        tell("reading visits", 0.0)
        every = visits(known.before(task.until))
        before, held = split(every, task.until)
        goal = goal_of(before)
        used = _latest(before, ROWS)
        usual = usual_of(each.visit for each in used)
        tell("beginnings of visits", 0.2)
        table = table_of(used, goal, known.zone, usual)
        tell("will buy", 0.4)
        buying = table.where(table.open)
        names = list(NAMES)
        will_buy = fit_scorer(buying.rows, buying.buys, names, seed=task.seed, groups=buying.visit)
        tell("leaves a cart", 0.7)
        carts = table.where(table.filled)
        leaves = _leaving(carts, names, task.seed)
        judge = Judge(
            goal=goal, zone=known.zone, usual=usual, will_buy=will_buy, leaves_cart=leaves,
            left=float(carts.leaves.mean()) if len(carts.leaves) and leaves is None else None,
        )  # fmt: skip
        tell("measuring", 0.85)
        return FittedIntent(judge, _card(self, judge, (used, table), held, task))

    def load(self, folder: Path) -> FittedIntent:
        """What :meth:`FittedIntent.save` wrote."""
        judge = msgspec.json.decode((folder / FILE).read_bytes(), type=Judge)
        card = msgspec.json.decode((folder / "card.json").read_bytes(), type=Card)
        return FittedIntent(judge, card)


def split(read: Sequence[Read], until: int) -> tuple[list[Read], list[Read]]:
    """Visits before the held-out time, and those that begin within it."""
    if not read:
        return [], []
    first = read[0].visit.steps[0].time
    begin = until - min(_LONGEST, int(HELD_OUT * (until - first)))
    # a visit that goes on into the held-out time would show what came then
    before = [each for each in read if each.visit.steps[-1].time < begin]
    return before, [each for each in read if each.visit.steps[0].time >= begin]


def _latest(read: Sequence[Read], rows: int) -> list[Read]:
    total, start = 0, len(read)
    while start and total < rows:
        start -= 1
        total += len(read[start].visit.steps)
    return list(read[start:])


def _leaving(carts: Table, names: list[str], seed: int) -> Scorer | None:
    kinds = [len(np.unique(carts.visit[carts.leaves == left])) for left in (True, False)]
    if min(kinds) < ENDS:
        return None
    return fit_scorer(carts.rows, carts.leaves, names, seed=seed + 1, groups=carts.visit)


def _scores(name: str, found: Sequence[tuple[int, float, list[str]]]) -> Scores:
    value = np.asarray([each[1] for each in found], np.float64)
    reasons = [each[2] for each in found]
    return Scores(
        name, np.asarray([each[0] for each in found], np.int32), value, value, value, reasons=reasons
    )


def _card(
    model: IntentModel, judge: Judge, learnt: tuple[list[Read], Table], held: list[Read], task: Task
) -> Card:
    used, table = learnt
    test = _table(judge, held)
    limits = [*LIMITS]
    if judge.goal == "checkout":
        limits.insert(0, _NO_ORDERS)
    if judge.leaves_cart is None:
        limits.insert(0, _ALIKE)
    return Card(
        model=model.name,
        purpose=model.purpose,
        data_from=used[0].visit.steps[0].time,
        data_until=task.until,
        persons=len({each.person for each in used if each.person >= 0}),
        rows=len(table.rows),
        seed=task.seed,
        features=list(NAMES),
        metrics=measuring.metrics(judge, test, table, seed=task.seed),
        calibration=measuring.calibration_points(judge, test),
        importance=measuring.importance(judge),
        data_value=measuring.value_of_data(judge, test, seed=task.seed),
        limits=limits,
        baseline={name: baseline(table.rows[:, place]) for place, name in enumerate(NAMES)},
    )
