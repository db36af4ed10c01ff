"""What every model must do, whoever writes it.

A :class:`Trial` is a model on an invented shop. Each obligation is a function that raises AssertionError with
what went wrong; a new model's test runs all of :data:`OBLIGATIONS` over it.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from segue.checks.models.shop import BEGIN, DAY, Shop, invent_shop
from segue.learn.given import Columns, Given, given
from segue.learn.knowledge import Happenings, Knowledge, Told
from segue.learn.model import Card, Fitted, Model, NotEnoughError, Scores, Task
from segue.learn.purchases import Items, Purchases

SAME = 0.02
"""How far the gate's figure may be from the card's: laws that are fitted anew may differ a little."""
UNCALIBRATED = 0.12
"""Mean distance of what was said and what came, over a card's bins, that an invented shop must not exceed."""


def _quiet(step: str, fraction: float) -> None:
    """Nobody looks."""


@dataclass(eq=False)
class Trial:
    """A model on an invented shop."""

    model: Model
    shop: Shop = field(default_factory=lambda: Shop(seed=4, persons=260))
    seed: int = 3

    @property
    def until(self) -> int:
        """Ten days before the shop's year ends, so that there is a future."""
        return BEGIN + (self.shop.days - 10) * DAY

    @cached_property
    def source(self) -> Given:
        """The shop."""
        return invent_shop(self.shop)

    @property
    def known(self) -> Knowledge:
        """What was known at ``until``."""
        return Knowledge(self.source, self.until)

    def fit(self, source: Given, until: int | None = None) -> Fitted:
        """The model fitted on another shop."""
        moment = self.until if until is None else until
        return self.model.fit(Knowledge(source, moment), Task(until=moment, seed=self.seed), _quiet)

    @cached_property
    def fitted(self) -> Fitted:
        """The model fitted on the shop."""
        return self.fit(self.source)

    @cached_property
    def said(self) -> list[Scores]:
        """What it says of everybody at ``until``."""
        return self.fitted.predict(self.known, self.until)


def same_seed_same_model(trial: Trial) -> None:
    """The same data and seed give the same scores and figures."""
    again = trial.fit(trial.source)
    _same(trial.said, again.predict(trial.known, trial.until))
    one, other = (
        [(each.name, each.of, each.value) for each in card.metrics]
        for card in (trial.fitted.card, again.card)
    )
    assert [each[:2] for each in one] == [each[:2] for each in other]
    assert np.allclose([each[2] for each in one], [each[2] for each in other], equal_nan=True), (one, other)


def nothing_from_the_future(trial: Trial) -> None:
    """What happens from ``until`` on changes neither the model nor what it says as of then."""
    other = _another_future(trial.source, trial.until)
    assert len(other.everything) < len(trial.source.everything), "the shop has no future to change"
    _same(trial.said, trial.fitted.predict(Knowledge(other, 2**62), trial.until))
    _same(trial.said, trial.fit(other).predict(Knowledge(other, trial.until), trial.until))


def says_what_comes(trial: Trial) -> None:
    """On a shop whose customers have habits, what it says comes about as often as it says."""
    by_name: dict[str, list[tuple[float, float, int]]] = {}
    for each in trial.fitted.card.calibration:
        by_name.setdefault(each.of, []).append((each.predicted, each.observed, each.rows))
    for name, bins in by_name.items():
        rows = sum(count for *_, count in bins)
        off = sum(abs(said - came) * count for said, came, count in bins) / max(rows, 1)
        # with few rows chance alone moves the bins
        allowed = UNCALIBRATED + 1.0 / math.sqrt(max(rows, 1))
        assert off <= allowed, f"{name or trial.model.name} is off by {off:.3f} on {rows} rows"


def reads_back_the_same(trial: Trial) -> None:
    """Saved and loaded it says the same, and its card is the same."""
    with tempfile.TemporaryDirectory() as name:
        trial.fitted.save(Path(name))
        read = trial.model.load(Path(name))
        _same(trial.said, read.predict(trial.known, trial.until))
        assert msgspec.json.encode(read.card) == msgspec.json.encode(trial.fitted.card)


def keeps_nobody(trial: Trial) -> None:
    """What is saved names no person, and nothing of it is a pickle."""
    with tempfile.TemporaryDirectory() as name:
        trial.fitted.save(Path(name))
        for file in (each for each in Path(name).rglob("*") if each.is_file()):
            content = file.read_bytes()
            assert file.suffix not in {".pkl", ".pickle", ".joblib"}, file.name
            for person in trial.source.everything.persons.ids[::7]:
                assert person.encode() not in content, f"{file.name} names a person"


def has_a_whole_card(trial: Trial) -> None:
    """Its card says what for, on which data, and how good beside a yardstick."""
    card = trial.fitted.card
    assert msgspec.json.decode(msgspec.json.encode(card), type=Card) == card
    assert card.model == trial.model.name
    assert card.purpose.endswith(".")
    assert card.seed == trial.seed
    assert card.data_from < card.data_until <= trial.until
    assert card.persons > 0
    assert card.rows > 0
    assert card.features
    assert card.limits
    assert card.metrics
    assert all(each.rows > 0 for each in card.metrics)
    assert math.isfinite(card.metrics[0].value)
    assert any(each.yardstick_value is not None for each in card.metrics), "nothing stands beside its figures"


def says_sensible_things(trial: Trial) -> None:
    """Columns of one length, finite values inside their bounds, each person once."""
    for each in trial.said:
        rows = len(each.person)
        assert len(each.value) == len(each.low) == len(each.high) == rows, each.name
        assert np.isfinite(each.value).all(), each.name
        assert (each.low <= each.value + 1e-9).all(), each.name
        assert (each.value <= each.high + 1e-9).all(), each.name
        assert len(np.unique(each.person)) == rows, each.name
        assert each.label is None or len(each.label) == rows
        assert each.reasons is None or len(each.reasons) == rows
    names = [each.name for each in trial.said]
    assert len(set(names)) == len(names)


def tells_some_as_it_tells_all(trial: Trial) -> None:
    """What it says of a person does not depend on who else is asked about."""
    some = np.arange(0, len(trial.known.persons), 9, dtype=np.int32)
    alone = {each.name: each for each in trial.fitted.predict(trial.known, trial.until, some)}
    for each in trial.said:
        of = dict(zip(each.person.tolist(), each.value.tolist(), strict=True))
        few = alone[each.name]
        assert set(few.person.tolist()) <= set(some.tolist())
        for person, value in zip(few.person.tolist(), few.value.tolist(), strict=True):
            assert math.isclose(value, of[person], rel_tol=1e-6, abs_tol=1e-9), (each.name, person)


def explains_itself(trial: Trial) -> None:
    """It gives reasons in words for whoever it says something of."""
    for person in (0, 1, 2):
        reasons = trial.fitted.explain(trial.known, trial.until, person)
        assert all(isinstance(each, str) and each for each in reasons)


def bears_degenerate_data(trial: Trial) -> None:
    """Nobody, one person, one order each, everything the same: a model, or NotEnoughError that says why."""
    for name, source in degenerate().items():
        try:
            fitted = trial.fit(source)
        except NotEnoughError as error:
            if not str(error):
                raise AssertionError(f"{name}: it does not say what is missing") from error
            continue
        for each in fitted.predict(Knowledge(source, trial.until), trial.until):
            assert np.isfinite(each.value).all(), (name, each.name)


def bears_what_it_never_saw(trial: Trial) -> None:
    """Another assortment, other stores, and a catalogue that lost its categories: it still says something."""
    strange = invent_shop(replace(trial.shop, seed=trial.shop.seed + 1, persons=40, stores=9))
    for source in (_renamed(strange), _uncategorised(trial.source)):
        known = Knowledge(source, trial.until)
        for each in trial.fitted.predict(known, trial.until):
            assert np.isfinite(each.value).all(), each.name


def says_what_data_is_worth(trial: Trial) -> None:
    """Its card says in words what each group of fields contributes, with an interval."""
    card = trial.fitted.card
    assert card.data_value or not card.metrics, "the card does not say which data is worth collecting"
    for each in card.data_value:
        assert each.title, f"{each.name} has no words"
        assert each.low is not None, f"{each.name} of {each.of!r} has no interval"
        assert each.high is not None, f"{each.name} of {each.of!r} has no interval"
        assert each.low <= each.high, f"{each.name} of {each.of!r}: {each.low} to {each.high}"
    said = [(each.name, each.of) for each in card.data_value]
    assert len(set(said)) == len(said), "a group is said twice"


def is_no_better_than_itself(trial: Trial) -> None:
    """On the rows that the gate compares it on it is as good as itself, and as its card says."""
    task = Task(until=trial.until, seed=trial.seed)
    contest = trial.fitted.beside(trial.fitted, trial.known, task)
    if contest is None:
        assert not trial.fitted.card.metrics, "it was measured, but cannot be compared row by row"
        return
    whole = np.ones((1, contest.rows))
    new, old = float(contest.new(whole)[0]), float(contest.old(whole)[0])
    first = trial.fitted.card.metrics[0]
    assert new == old, f"beside itself {contest.metric} is {new} and {old}"
    assert (contest.metric, contest.of, contest.better) == (first.name, first.of, first.better)
    assert abs(new - first.value) < SAME, f"{contest.metric} is {new}, on the card {first.value}"


OBLIGATIONS: Sequence[Callable[[Trial], None]] = (
    same_seed_same_model,
    nothing_from_the_future,
    says_what_comes,
    reads_back_the_same,
    keeps_nobody,
    has_a_whole_card,
    says_what_data_is_worth,
    is_no_better_than_itself,
    says_sensible_things,
    tells_some_as_it_tells_all,
    explains_itself,
    bears_degenerate_data,
    bears_what_it_never_saw,
)
"""All of them."""


# ── the data they are tried on ────────────────────────────────────────────────


def degenerate() -> dict[str, Given]:
    """Sources with next to nothing in them."""
    days = [BEGIN + day * DAY for day in range(0, 340, 7)]
    alone: Columns = {
        "person": ["a"] * len(days),
        "time": days,
        "sku": ["s"] * len(days),
        "price": [1.0] * len(days),
    }
    crowd = [f"p{number:03d}" for number in range(60)]
    once: Columns = {"person": crowd, "time": [days[0]] * 60, "sku": ["s"] * 60, "price": [1.0] * 60}
    alike: Columns = {
        "person": [each for each in crowd for _ in days],
        "time": days * 60,
        "sku": ["s"] * (60 * len(days)),
        "price": [1.0] * (60 * len(days)),
    }
    told: dict[str, Columns] = {
        "age_band": {"person": crowd, "value": ["30-44"] * 60, "time": [days[0]] * 60}
    }
    return {
        "nobody": given({"person": [], "time": [], "sku": []}),
        "only guests": given({"person": [None] * 5, "time": days[:5], "sku": ["s"] * 5}),
        "one person": given(alone),
        "one order each": given(once),
        "everybody the same, one class": given(alike, told=told, segments={"seed": crowd[:10]}),
    }


def _another_future(source: Given, until: int) -> Given:
    """The same past; from ``until`` on nobody does anything, except that everybody says she is very old."""
    past = source.everything.time < until
    happened = source.happened
    before = happened.time < until
    words = {name: _retold(told, until) for name, told in source.words.items()}
    return replace(
        source,
        everything=source.everything.only(past),
        happened=Happenings(
            person=happened.person[before],
            time=happened.time[before],
            event=happened.event[before],
            fields={name: column[before] for name, column in happened.fields.items()},
            fragment=happened.fragment[before],
            persons=happened.persons,
        ),
        words=words,
    )


def _retold(told: Told, until: int) -> Told:
    person = np.concatenate([told.person, told.person])
    value = np.concatenate([told.value, np.full(len(told.value), "60+", object)])
    time = np.concatenate([told.time, np.full(len(told.time), until + 1)])
    order = np.lexsort((time, person))
    return Told(person[order], value[order], time[order])


def _with_items(source: Given, items: Items) -> Given:
    bought: Purchases = replace(source.everything, items=items)
    return replace(source, everything=bought)


def _renamed(source: Given) -> Given:
    items = source.everything.items
    return _with_items(
        source,
        replace(
            items,
            sku=[f"new-{each}" for each in items.sku],
            categories=[f"new {each}" for each in items.categories],
            brands=[f"new {each}" for each in items.brands],
        ),
    )


def _uncategorised(source: Given) -> Given:
    items = source.everything.items
    nothing = np.full(len(items), -1, np.int32)
    return _with_items(
        source,
        replace(
            items,
            category=nothing,
            department=nothing,
            brand=nothing,
            categories=(),
            departments=(),
            brands=(),
        ),
    )


def _same(one: Sequence[Scores], other: Sequence[Scores]) -> None:
    assert [each.name for each in one] == [each.name for each in other]
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a.person, b.person), a.name
        for column in ("value", "low", "high"):
            close = np.allclose(getattr(a, column), getattr(b, column), rtol=1e-6, atol=1e-9)
            assert close, (
                f"{a.name}: {column} differs by {np.abs(getattr(a, column) - getattr(b, column)).max()}"
            )
        assert a.label is None or list(a.label) == list(b.label or ()), a.name
