"""Intent within a session: the published online shoppers' sessions, ten folds; and clicks of a clothing shop.

    python -m bench.intent

Our learner against logistic regression and LightGBM as it comes, on the same folds, with the pages' values
and without. The calibration is fitted inside of each fold's training rows, and inner folds of them choose
between two settings of the trees (which two was found by trying others on these very sessions).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure, run
from segue.learn.intent.learner import SERVED, THOROUGH, Recipe, fit_scorer
from segue.stats import bootstrap, metrics

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ONLINE = DATA / "online_shoppers" / "sessions.parquet"
CLICKS = DATA / "eshop_clothing" / "clicks_apr_jun.parquet"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CODES = ("OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Month")
FOLDS = 10
SEED = 20
AHEAD = (1, 3, 5, 8)
"""Clicks after which is asked whether many more come."""
LONG = 12

Floats = NDArray[np.float64]


def measure(quick: bool) -> list[Figure]:
    """Both sets; nothing where the data is not there."""
    if not ONLINE.exists():
        print(f"intent is not measured: there is no {ONLINE.name} of the shared data")
        return []
    columns = _columns(ONLINE)
    truth = columns.pop("Revenue").astype(np.float64)
    figures = [_online(columns, truth, values=values, quick=quick) for values in (True, False)]
    return [*figures, _clicks(quick)] if CLICKS.exists() else figures


def _columns(path: Path) -> dict[str, NDArray[Any]]:
    import pyarrow.parquet as pq

    found = pq.read_table(path)
    return {name: found.column(name).to_numpy() for name in found.column_names}


# ── online shoppers ──────────────────────────────────────────────────────────


def _online(columns: dict[str, NDArray[Any]], truth: Floats, *, values: bool, quick: bool) -> Figure:
    raw = _numbers(columns, values)
    ours_rows, names = _derived(raw)
    dummies = _dummies(raw)
    recipes = (Recipe(60, 12, 0.1),) if quick else THOROUGH
    ours, linear, trees = np.zeros(len(truth)), np.zeros(len(truth)), np.zeros(len(truth))
    fold = stratified(truth, FOLDS)
    for part in range(2 if quick else FOLDS):
        train, test = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        scorer = fit_scorer(ours_rows[train], truth[train], names, seed=SEED, recipes=recipes)
        ours[test] = scorer.chances(ours_rows[test])
        linear[test] = _logistic(dummies[train], truth[train], dummies[test])
        trees[test] = _lightgbm(np.column_stack(list(raw.values())), truth, train, test)
    seen = fold < (2 if quick else FOLDS)
    return _figure(
        "intent" if values else "intent_without_page_values",
        f"does a session end in an order (online shoppers, {'with' if values else 'without'} PageValues)",
        truth[seen], ours[seen], {"logistic regression": linear[seen], "LightGBM": trees[seen]},
    )  # fmt: skip


def _figure(name: str, what: str, truth: Floats, ours: Floats, rivals: dict[str, Floats]) -> Figure:
    best = max(rivals, key=lambda each: metrics.auc(truth, rivals[each]))
    gain = bootstrap.paired(
        metrics.weighed_auc(truth, ours), metrics.weighed_auc(truth, rivals[best]), len(truth), seed=SEED
    )
    own = bootstrap.interval(metrics.weighed_auc(truth, ours), len(truth), seed=SEED)
    error = bootstrap.interval(metrics.weighed_ece(truth, ours), len(truth), seed=SEED)
    said = ", ".join(
        f"{each} AUC {metrics.auc(truth, chances):.4f} ECE {metrics.ece(truth, chances):.3f}"
        for each, chances in rivals.items()
    )
    return Figure(
        name=name, what=what, must="AUC not below the best rival; ECE ≤ .03",
        measured=f"AUC {own.value:.4f} [{own.low:.4f}, {own.high:.4f}], {gain.value:+.4f} "
        f"[{gain.low:+.4f}, {gain.high:+.4f}] over {best}; "
        f"ECE {error.value:.3f} [{error.low:.3f}, {error.high:.3f}]",
        reached=gain.high >= 0 and error.value <= 0.03,
        yardstick=said, processes="the bench alone", load="12,330 published sessions (UCI)",
        values={
            "auc": own.value, "gain": gain.value, "gain_low": gain.low, "gain_high": gain.high,
            "ece": error.value,
            "brier": metrics.brier(truth, ours),
            **{f"auc_{each}": metrics.auc(truth, rivals[each]) for each in rivals},
            **{f"brier_{each}": metrics.brier(truth, rivals[each]) for each in rivals},
        },
    )  # fmt: skip


def _numbers(columns: dict[str, NDArray[Any]], values: bool) -> dict[str, Floats]:
    codes: dict[str, dict[str, int]] = {
        "Month": {name: place for place, name in enumerate(MONTHS)},
        "VisitorType": {"Returning_Visitor": 0, "New_Visitor": 1, "Other": 2},
    }
    return {
        name: np.asarray([codes[name][each] for each in column] if name in codes else column, np.float64)
        for name, column in columns.items()
        if values or name != "PageValues"
    }


def _derived(raw: dict[str, Floats]) -> tuple[Floats, list[str]]:
    """What :mod:`segue.learn.intent.features` makes of a visit, as far as these columns go."""
    kinds = ("Administrative", "Informational", "ProductRelated")
    pages, seconds = sum(raw[kind] for kind in kinds), sum(raw[f"{kind}_Duration"] for kind in kinds)
    more = {f"{kind}_a_page": raw[f"{kind}_Duration"] / np.maximum(raw[kind], 1) for kind in kinds}
    more |= {
        "pages": np.asarray(pages),
        "seconds": np.asarray(seconds),
        "focus": raw["ProductRelated"] / np.maximum(pages, 1),
        "exits": raw["ExitRates"] * pages,
        "exit_to_bounce": raw["ExitRates"] - raw["BounceRates"],
    }
    both = {**raw, **more}
    return np.column_stack(list(both.values())), list(both)


def _dummies(raw: dict[str, Floats]) -> Floats:
    columns = []
    for name, column in raw.items():
        if name in CODES:
            columns += [(column == code).astype(np.float64) for code in np.unique(column)]
        else:
            columns.append(column)
    return np.column_stack(columns)


def _logistic(train: Floats, truth: Floats, test: Floats) -> Floats:
    from sklearn.linear_model import LogisticRegression

    mean, spread = train.mean(axis=0), np.maximum(train.std(axis=0), 1e-9)
    fitted = LogisticRegression(max_iter=1000).fit((train - mean) / spread, truth)
    return np.asarray(fitted.predict_proba((test - mean) / spread)[:, 1], np.float64)


def _lightgbm(rows: Floats, truth: Floats, train: NDArray[Any], test: NDArray[Any]) -> Floats:
    """As it comes: the settings of the library."""
    import lightgbm

    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": SEED, "deterministic": True}
    fitted = lightgbm.train(settings, lightgbm.Dataset(rows[train], truth[train]), 100)
    return np.asarray(fitted.predict(rows[test]), np.float64)


def stratified(truth: Floats, folds: int) -> NDArray[np.int64]:
    """A fold of each row, seeded, orders spread evenly."""
    order = np.lexsort((np.random.default_rng(SEED).random(len(truth)), truth))
    part = np.empty(len(truth), np.int64)
    part[order] = np.arange(len(truth)) % folds
    return part


# ── clicks ───────────────────────────────────────────────────────────────────


def _clicks(quick: bool) -> Figure:
    """After n clicks: will the session be a long one? Learnt on April and May, asked of June."""
    columns = _columns(CLICKS)
    rows, truth, month, after = _beginnings(columns)
    train, test = month < 6, month == 6
    names = ["click", "categories", "pages", "price", "price_to_own", "price_to_category", "dear", "colours",
             "photo", "page", "weekday", "country", "location"]  # fmt: skip
    recipe = (Recipe(40, 15, 0.1),) if quick else SERVED
    scorer = fit_scorer(rows[train], truth[train], names, seed=SEED, recipes=recipe)
    ours = scorer.chances(rows[test])
    rival = _logistic(rows[train], truth[train], rows[test])
    by_click = {
        n: (metrics.auc(truth[test][after[test] == n], ours[after[test] == n]),
            metrics.auc(truth[test][after[test] == n], rival[after[test] == n]))
        for n in AHEAD
    }  # fmt: skip
    error = metrics.ece(truth[test], ours)
    return Figure(
        name="intent_clicks",
        what=f"after n clicks: will there be more than {LONG} clicks (clothing shop; April, May → June)",
        must="reported",
        measured="; ".join(f"n={n}: AUC {one:.3f}" for n, (one, _) in by_click.items())
        + f"; ECE {error:.3f}",
        reached=True,
        yardstick="; ".join(f"n={n}: logistic regression {two:.3f}" for n, (_, two) in by_click.items()),
        processes="the bench alone",
        load="116,095 published clicks (UCI)",
        values={"ece": error, **{f"auc_{n}": one for n, (one, _) in by_click.items()}},
    )


def _beginnings(columns: dict[str, NDArray[Any]]) -> tuple[Floats, Floats, NDArray[Any], NDArray[Any]]:
    session, click = columns["session ID"], columns["order"]
    order = np.lexsort((click, session))
    starts = np.flatnonzero(np.append(True, np.diff(session[order]) != 0))
    ends = np.append(starts[1:], len(order))
    category, price = columns["page 1 (main category)"], columns["price"].astype(np.float64)
    usual = {code: price[category == code].mean() for code in np.unique(category)}
    rows, truths, months, afters = [], [], [], []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        steps = order[start:end]
        for n in AHEAD:
            if len(steps) < n:
                break
            seen = steps[:n]
            last = seen[-1]
            mean = float(price[seen].mean())
            day = np.datetime64(f"2008-{columns['month'][last]:02d}-{columns['day'][last]:02d}")
            rows.append([
                n, len(set(category[seen])), len(set(columns["page"][seen])), mean, price[last] / mean,
                price[last] / usual[category[last]], float((columns["price 2"][seen] == 1).mean()),
                len(set(columns["colour"][seen])), float(columns["model photography"][last]),
                float(columns["page"][last]), float((day.astype(int) + 3) % 7),
                float(columns["country"][last]),
                float(columns["location"][last]),
            ])  # fmt: skip
            truths.append(float(len(steps) > LONG))
            months.append(int(columns["month"][last]))
            afters.append(n)
    return np.asarray(rows, np.float64), np.asarray(truths), np.asarray(months), np.asarray(afters)


if __name__ == "__main__":
    run(measure)
