"""Buys within 14 days: Complete Journey with the last 8 weeks held out, and Online Retail likewise.

The product's own model is fitted on what was known before the 8 weeks and asked at seven cut-offs, a week
apart, within them. Beside it stand a logistic regression on recency and frequency, fitted on the same
cut-offs as our trees and their calibration together, and BG/NBD fitted at the beginning of the 8 weeks.
Trees, features and calibration were settled on weeks 37 to 44 of Complete Journey; intervals draw households.
"""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import journey as published
from bench.report import Figure, run
from segue.learn.features.localtime import DAY
from segue.learn.features.moment import Moment
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge
from segue.learn.model import Task
from segue.learn.predict import MODEL
from segue.learn.predict.features import Times
from segue.learn.predict.plan import cuts
from segue.learn.predict.rows import Past
from segue.stats import metrics
from segue.stats.bootstrap import Interval, interval, paired
from segue.stats.btyd import buys, fit

Floats = NDArray[np.float64]

RETAIL = (
    Path(__file__).resolve().parents[2]
    / "shared" / "data" / "online_retail" / "invoices_2010_12_to_2011_06.csv.gz"
)  # fmt: skip
DAYS = 14
HELD = 56
STEP = 7
NAME = f"buys_{DAYS}d"


@dataclass(frozen=True, eq=False)
class Asked:
    """Answers at all cut-offs of the held-out weeks, one row a customer and cut-off."""

    person: NDArray[np.int32]
    truth: NDArray[np.bool_]
    ours: Floats
    regression: Floats
    bg_nbd: Floats
    fitted_s: float
    scored_s: float


def measure(quick: bool) -> list[Figure]:
    """One figure for each retailer."""
    figures = [_figure("buys_14d", "Complete Journey", _asked(published.journey(), quick))]
    if RETAIL.exists():
        figures.append(_figure("buys_14d_retail", "Online Retail (UCI)", _asked(_retail(), quick)))
    else:
        figures.append(_absent())
    return figures


def _asked(source: Given, quick: bool) -> Asked:
    bought = source.everything
    end = (int(bought.time.max()) // DAY + 1) * DAY
    begin = end - HELD * DAY
    before = Knowledge(source, begin)
    began = time.process_time()
    fitted = MODEL.fit(before, Task(until=begin, seed=1), lambda step, share: None)
    fitted_s = time.process_time() - began
    at = [begin + week * STEP * DAY for week in range(1 if quick else (HELD - DAYS) // STEP + 1)]
    regression, law = _regression(before, begin), None
    parts: list[tuple[NDArray[Any], ...]] = []
    scored_s = 0.0
    for moment in at:
        known = Knowledge(source, moment)
        began = time.process_time()
        scores = next(each for each in fitted.predict(known, moment) if each.name == NAME)
        scored_s = max(scored_s, time.process_time() - began)
        times = Times(Moment(known, moment), fitted.parts.clock)
        law = law or fit(times.customers)
        by_law = times.spread(buys(law, times.customers, DAYS))[scores.person]
        outcome = Past(Knowledge(source, end), 1).outcome(moment, DAYS, scores.person)
        parts.append((
            scores.person, outcome.within(DAYS), scores.value, regression(times, scores.person), by_law
        ))  # fmt: skip
    person, truth, ours, theirs, bg_nbd = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Asked(person, truth, ours, theirs, bg_nbd, fitted_s, scored_s)


def _regression(before: Knowledge, begin: int) -> Callable[[Times, NDArray[np.int32]], Floats]:
    """On days since the last visit and number of visits, and their logarithms."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    planned = cuts(DAYS, begin, int(before.purchases().time.min()))
    past = Past(before, 1)
    clock = past.clock(min(planned.training))
    tables, truths = [], []
    for moment in (*planned.training, planned.calibrating, planned.measuring):
        times = Times(Moment(before, moment), clock)
        who = np.flatnonzero(times.known).astype(np.int32)
        tables.append(_recency_frequency(times, who))
        truths.append(past.outcome(moment, DAYS, who).within(DAYS))
    table = np.concatenate(tables)
    scaler = StandardScaler().fit(table)
    model = LogisticRegression(max_iter=1000).fit(scaler.transform(table), np.concatenate(truths))

    def answer(times: Times, who: NDArray[np.int32]) -> Floats:
        return np.asarray(model.predict_proba(scaler.transform(_recency_frequency(times, who)))[:, 1])

    return answer


def _recency_frequency(times: Times, who: NDArray[np.int32]) -> Floats:
    each = times.summary.customers
    plain = np.stack([(each.age - each.recency)[who], each.frequency[who] + 1], axis=1)
    return np.hstack([plain, np.log1p(plain)])


def _retail() -> Given:
    """Invoices as orders, without credit notes; lines without a customer are guests'."""
    rows = []
    with gzip.open(RETAIL) as packed, io.TextIOWrapper(packed, "utf-8", errors="replace", newline="") as text:
        for line in csv.DictReader(text):
            if not line["InvoiceNo"].startswith("C") and float(line["Quantity"]) > 0:
                rows.append(line)
    when = [datetime.strptime(line["InvoiceDate"], "%m/%d/%y %H:%M") for line in rows]  # noqa: DTZ007
    return given(
        {
            "person": np.array([line["CustomerID"] or None for line in rows], object),
            "order": np.array([line["InvoiceNo"] for line in rows], object),
            "time": np.array(when, "datetime64[us]"),
            "sku": np.array([line["StockCode"] for line in rows], object),
            "pieces": np.array([float(line["Quantity"]) for line in rows]),
            "price": np.array([float(line["UnitPrice"]) for line in rows]),
        },
        zone="Europe/London",
    )


def _figure(name: str, shop: str, asked: Asked) -> Figure:
    auc = {who: metrics.weighed_auc(asked.truth, said) for who, said in _said(asked).items()}
    brier = {
        who: metrics.weighed_mean(metrics.brier_rows(asked.truth, said)) for who, said in _said(asked).items()
    }
    rows = len(asked.truth)

    def gain(figures: dict[str, metrics.Weighed], rival: str) -> Interval:
        return paired(figures["ours"], figures[rival], rows, seed=1, rounds=500, groups=asked.person)

    gains = {
        (figure, rival): gain(each, rival)
        for figure, each in (("AUC", auc), ("Brier", brier))
        for rival in ("regression", "BG/NBD")
    }
    own = {
        "auc": interval(auc["ours"], rows, seed=1, rounds=500, groups=asked.person),
        "brier": interval(brier["ours"], rows, seed=1, rounds=500, groups=asked.person),
        "ece": interval(
            metrics.weighed_ece(asked.truth, asked.ours), rows, seed=1, rounds=500, groups=asked.person
        ),
    }
    clear = all(found.low > 0 if figure == "AUC" else found.high < 0 for (figure, _), found in gains.items())
    figures = {
        who: (
            metrics.auc(asked.truth, said),
            metrics.brier(asked.truth, said),
            metrics.ece(asked.truth, said),
        )
        for who, said in _said(asked).items()
    }
    return Figure(
        name=name,
        what=f"buys within 14 days, {shop}, last 8 weeks: {rows:,} rows of {len(np.unique(asked.person)):,}",
        must="AUC and Brier better than both, intervals clear of zero; ECE ≤ .03",
        measured="AUC {:.4f}, Brier {:.4f}, ECE {:.4f}; ".format(*figures["ours"])
        + "; ".join(
            f"{figure} over {rival} {found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
            for (figure, rival), found in gains.items()
        ),
        reached=clear and figures["ours"][2] <= 0.03,
        yardstick="; ".join(
            "{}: AUC {:.4f}, Brier {:.4f}, ECE {:.4f}".format(who, *figures[who])
            for who in ("regression", "BG/NBD")
        ),
        processes=f"this one; processor time: fitted in {asked.fitted_s:.0f} s, "
        f"a cut-off scored in {asked.scored_s:.1f} s",
        load="none: orders in memory",
        values={
            "own": {each: [found.value, found.low, found.high] for each, found in own.items()},
            "gains": {
                " over ".join(key): [found.value, found.low, found.high] for key, found in gains.items()
            },
            "models": {who: list(each) for who, each in figures.items()},
            "fitted_s": asked.fitted_s,
            "scored_s": asked.scored_s,
        },
    )


def _said(asked: Asked) -> dict[str, Floats]:
    return {"ours": asked.ours, "regression": asked.regression, "BG/NBD": asked.bg_nbd}


def _absent() -> Figure:
    return Figure(
        name="buys_14d_retail", what="buys within 14 days, Online Retail", must="—",
        measured="not measured: ../shared/data/online_retail is not here",
        reached=False, yardstick="—", processes="none", load="none",
    )  # fmt: skip


if __name__ == "__main__":
    run(measure)
