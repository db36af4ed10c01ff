"""What surrounds a shop, measured: the same model with and without holidays, pay days and weather.

Complete Journey: does a household buy on a day (asked at its first moment), and how many orders does a store
take on a day. Learnt from March to October 2017 (every third day), tested on each day of November and
December. Intervals are over days, since a holiday is the same for everybody. Nothing was tuned on the test
days: both sides have the same fixed settings.

Where the shops are is not published. Holidays are those of the United States, days are New York's (the times
look like UTC). So weather cannot be joined: New York's is tried as a control, which ought to gain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.journey import journey
from bench.report import Figure, run
from segue.learn.features.calendar import EPOCH, days_table
from segue.learn.features.habits import WEEKDAYS
from segue.learn.features.localtime import day_begins
from segue.learn.features.moment import Moment
from segue.learn.features.readings import Weather
from segue.learn.features.registry import table
from segue.learn.features.surroundings import Surroundings
from segue.learn.features.weather import summary
from segue.learn.knowledge import Knowledge
from segue.stats.bootstrap import Interval, paired
from segue.stats.metrics import auc, brier_rows, weighed_auc, weighed_mean

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ZONE = "America/New_York"
US = Surroundings(country="US")
WEATHER = Path(__file__).resolve().parents[2] / "shared" / "data" / "weather" / "nyc_daily.parquet"
LEARN = (date(2017, 3, 1), date(2017, 10, 31))
TEST = (date(2017, 11, 1), date(2017, 12, 31))
HABITS = (
    "days_since_order", "days_since_first_order", "orders", "orders_7d", "orders_30d", "orders_90d",
    "orders_trend", "gap_mean", "gap_median", "gap_spread", "gap_last", "gap_trend", "overdue", "weekend",
    *(f"weekday_{name.lower()}" for name in WEEKDAYS),
)  # fmt: skip
HOLIDAYS = ("days_to_holiday", "days_since_holiday", "holidays_14d")
PAY_DAYS = ("day_of_month", "days_to_pay_day", "days_since_pay_day")
SKIES = ("temperature_7d", "rain_7d", "temperature_departure")
ROUNDS = 200
BUSY = 2
"""Stores with so many orders a day on average are forecast."""


@dataclass(frozen=True, eq=False)
class Rows:
    """One row a household (or store) and day."""

    columns: Floats
    day: Ints
    truth: Floats


def measure(quick: bool) -> list[Figure]:
    """Two figures: households' days, and stores' days."""
    source = journey()
    known = Knowledge(
        replace(source, everything=replace(source.everything, zone=ZONE)), _at(TEST[1]) + 2 * 86_400_000_000
    )
    step = 12 if quick else 3
    learn, test = _days(LEARN, step), _days(TEST, step if quick else 1)
    return [_households(known, learn, test), _stores(known, learn, test)]


def _at(day: date) -> int:
    return day_begins((day - EPOCH).days, ZONE)


def _days(span: tuple[date, date], step: int) -> list[int]:
    return list(range((span[0] - EPOCH).days, (span[1] - EPOCH).days + 1, step))


def around(days: Ints) -> dict[str, Floats]:
    """What surrounds each row, by group."""
    calendar = days_table(days, US)
    found = {
        "holidays": np.column_stack([calendar[name] for name in HOLIDAYS]),
        "pay days": np.column_stack([calendar[name] for name in PAY_DAYS]),
    }
    if WEATHER.exists():
        weather = _new_york()
        by_day = {
            int(day): summary(
                weather.days("nyc", int(day) - 30, int(day), day_begins(int(day), ZONE)), int(day)
            )
            for day in np.unique(days)
        }
        found["New York's weather (a control)"] = np.array(
            [[by_day[int(day)][name] for name in SKIES] for day in days]
        )
    return found


def _new_york() -> Weather:
    from segue.adapters.duckdb.weather import read_columns
    from segue.sources.weather import read_daily

    readings = read_daily(read_columns(WEATHER), "nyc", ZONE, _at(date(2023, 1, 1)))
    return Weather([each for each in readings if each.begins > _at(date(2016, 12, 1))], ZONE)


def _households(known: Knowledge, learn: list[int], test: list[int]) -> Figure:
    bought = Moment(known, known.until).orders
    bought_on = {(int(person), int(day)) for person, day in zip(bought.person, bought.day, strict=True)}
    sides = [_household_days(known, days, bought_on) for days in (learn, test)]
    return _compared(
        "external_factors.households",
        "does a household buy on a day: gain of AUC by holidays and pay days (Complete Journey)",
        sides,
        "binary",
    )


def _household_days(known: Knowledge, days: list[int], bought_on: set[tuple[int, int]]) -> Rows:
    columns, when, truth = [], [], []
    for day in days:
        rows = table(known, day_begins(day, ZONE), HABITS, surroundings=US)
        weekday = np.full((len(rows), 1), (day + 3) % 7, np.float64)
        columns.append(np.hstack([rows.values, weekday]))
        when.append(np.full(len(rows), day))
        truth.append(np.array([(int(person), day) in bought_on for person in rows.person], np.float64))
    return Rows(np.concatenate(columns), np.concatenate(when), np.concatenate(truth))


def _stores(known: Knowledge, learn: list[int], test: list[int]) -> Figure:
    orders = Moment(known, known.until).orders
    first = int(orders.day.min())
    counts = np.zeros((len(known.purchases().stores), int(orders.day.max()) - first + 1))
    np.add.at(counts, (orders.store, orders.day - first), 1)
    counts = counts[counts[:, 7:].mean(axis=1) >= BUSY]
    sides = [_store_days(counts, np.array(days) - first, first) for days in (learn, test)]
    return _compared(
        "external_factors.stores",
        "orders of a store on a day: mean absolute error saved by holidays and pay days (Complete Journey)",
        sides,
        "poisson",
    )


def _store_days(counts: Floats, days: Ints, first: int) -> Rows:
    """Lags of whole weeks and the last days, all before the day."""
    stores, columns, when, truth = np.arange(len(counts)), [], [], []
    for day in days:
        lags = [counts[:, day - lag] for lag in (1, 2, 7, 14, 21, 28)]
        means = [counts[:, day - span : day].mean(axis=1) for span in (7, 28)]
        weekday = np.full(len(counts), (day + first + 3) % 7)
        columns.append(np.column_stack([*lags, *means, weekday, stores]))
        when.append(np.full(len(counts), day + first))
        truth.append(counts[:, day])
    return Rows(np.concatenate(columns), np.concatenate(when), np.concatenate(truth))


def _compared(name: str, what: str, sides: list[Rows], objective: str) -> Figure:
    learn, test = sides
    given = [around(each.day) for each in sides]
    plain = _fitted(learn, test, [], [], objective)
    variants = {
        "holidays and pay days": ["holidays", "pay days"],
        **{group: [group] for group in given[0]},
    }
    gains: dict[str, Interval] = {}
    figures = {"without": _level(plain, test, objective)}
    brier: dict[str, list[float]] = {}
    for variant, groups in variants.items():
        found = _fitted(
            learn, test, [given[0][each] for each in groups], [given[1][each] for each in groups], objective
        )
        gains[variant] = _gain(found, plain, test, objective)
        figures[variant] = _level(found, test, objective)
        if objective == "binary":
            brier[variant] = _brier(test, plain, found)
    main = gains["holidays and pay days"]
    return Figure(
        name=name,
        what=what,
        must="the gain with its interval, whatever it is",
        measured="; ".join(f"{group}: {_shown(each)}" for group, each in gains.items()),
        reached=True,
        yardstick=f"the same model without them: {figures['without']:.4f}",
        processes="one, this script",
        load=f"{len(learn.truth):,} rows to learn from, {len(test.truth):,} to test, of "
        f"{len(np.unique(test.day))} days; intervals over days; "
        f"{'clear of zero' if main.clear else 'not clear of zero'}",
        values={
            "figure": figures,
            "gain": {group: [each.value, each.low, each.high] for group, each in gains.items()},
            "brier_saved": brier,
        },
    )


def _brier(test: Rows, plain: Floats, found: Floats) -> list[float]:
    """How much smaller the Brier score is with than without."""
    saved = paired(
        weighed_mean(brier_rows(test.truth, plain)),
        weighed_mean(brier_rows(test.truth, found)),
        len(test.truth),
        seed=1,
        rounds=ROUNDS,
        groups=test.day,
    )
    return [saved.value, saved.low, saved.high]


def _fitted(learn: Rows, test: Rows, more: list[Floats], more_test: list[Floats], objective: str) -> Floats:
    import lightgbm

    settings = {
        "objective": objective, "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 200,
        "seed": 1, "feature_fraction": 0.7, "num_threads": 1, "deterministic": True, "force_col_wise": True,
        "verbose": -1,
    }  # fmt: skip
    booster = lightgbm.train(settings, lightgbm.Dataset(np.hstack([learn.columns, *more]), learn.truth), 200)
    return np.asarray(booster.predict(np.hstack([test.columns, *more_test])))


def _level(found: Floats, test: Rows, objective: str) -> float:
    return auc(test.truth, found) if objective == "binary" else float(np.abs(found - test.truth).mean())


def _gain(found: Floats, plain: Floats, test: Rows, objective: str) -> Interval:
    """How much better with than without; days are drawn."""
    if objective == "binary":
        pair = (weighed_auc(test.truth, found), weighed_auc(test.truth, plain))
    else:
        pair = (weighed_mean(np.abs(plain - test.truth)), weighed_mean(np.abs(found - test.truth)))
    return paired(*pair, len(test.truth), seed=1, rounds=ROUNDS, groups=test.day)


def _shown(each: Interval) -> str:
    return f"{each.value:+.4f} ({each.low:+.4f} to {each.high:+.4f})"


if __name__ == "__main__":
    run(measure)
