"""Off-policy estimators beside obp's, on obp's two published examples: are the formulas the same, to 1e-9?

The examples (synthetic: 10,000 rounds, 30 actions; digits: 1,258 rows, 10 actions) are made by obp in its own
environment with the settings its pages name, and every array is handed over: so the estimators differ, if
they do, by nothing but their formulas. Relative error is |estimate ÷ truth - 1|, the mean over runs, with a
95 % interval over runs (bootstrap); "equal" is that the published figure lies within it. λ of the shrinkage
is obp's own for the parity; what our choice of λ gives stands beside. How often our 95 % intervals hold the
truth on the same runs is reported, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure, run
from bench.rivals import ask
from segue.stats.bootstrap import Interval, mean_interval
from segue.stats.off_policy import NAMES, Logged, Modelled, asymptotic, dros, logged, modelled, terms_of

Floats = NDArray[np.float64]
RUNS = {"synthetic": 20, "digits": 30}
PARITY = 1e-9
PUBLISHED: dict[str, dict[str, float]] = {
    "synthetic": {"ips": 0.009481, "snips": 0.006665, "dm": 0.074390, "dr": 0.006175, "sndr": 0.006118,
                  "dros": 0.021951},
    "digits": {"ips": 0.030288, "snips": 0.022764, "dm": 0.436541, "dr": 0.016156, "sndr": 0.022082,
               "dros": 0.015868},
}  # fmt: skip
"""Mean relative errors as obp's pages give them."""


def measure(quick: bool) -> list[Figure]:
    """One figure: parity, and both examples."""
    runs = dict.fromkeys(RUNS, 2) if quick else RUNS
    answer = ask("open_bandit", {name: np.array(count) for name, count in runs.items()}, apart="obp")
    return [_figure({name: [_one(answer, name, each) for each in range(runs[name])] for name in runs})]


class _Run:
    """One run of an example."""

    def __init__(self, log: Logged, model: Modelled, said: Floats, truth: float, strength: float) -> None:
        self.apart = 0.0
        self.errors: dict[str, float] = {}
        self.held: dict[str, bool] = {}
        for name, theirs in zip(NAMES, said, strict=True):
            terms = terms_of(name, log, model, strength)
            self.apart = max(self.apart, abs(terms.value() - float(theirs)))
            self.errors[name] = abs(terms.value() / truth - 1)
            bounds = asymptotic(terms)
            self.held[name] = bounds.low <= truth <= bounds.high
        self.errors["dros, our λ"] = abs(terms_of("dros", log, model).value() / truth - 1)
        self.apart = max(self.apart, abs(dros(log, model, strength).value() - float(said[-1])))


def _one(answer: dict[str, NDArray[Any]], example: str, number: int) -> _Run:
    def given(name: str) -> NDArray[Any]:
        return answer[f"{example}/{number}/{name}"]

    policy, action = given("policy"), given("action")
    log = logged(given("reward"), given("propensity"), policy[np.arange(len(action)), action])
    model = modelled(given("model"), policy, action)
    return _Run(log, model, given("said"), float(given("truth")), float(given("strength")))


def _figure(runs: dict[str, list[_Run]]) -> Figure:
    apart = max(each.apart for several in runs.values() for each in several)
    errors: dict[str, dict[str, Interval]] = {
        example: {
            name: mean_interval([each.errors[name] for each in several], seed=1, rounds=4000)
            for name in several[0].errors
        }
        for example, several in runs.items()
    }
    equal = {
        example: {
            name: found[name].low <= said <= found[name].high for name, said in PUBLISHED[example].items()
        }
        for example, found in errors.items()
    }
    held = {
        example: {name: float(np.mean([each.held[name] for each in several])) for name in NAMES}
        for example, several in runs.items()
    }
    return Figure(
        name="off_policy",
        what="off-policy estimators on obp's published examples, and beside obp on the same arrays",
        must="formulas equal to obp's to 1e-9; relative errors equal to the published within their intervals",
        measured=f"largest difference {apart:.1e}; "
        + "; ".join(f"{example}: {_shown(found)}" for example, found in errors.items()),
        reached=apart <= PARITY and all(all(found.values()) for found in equal.values()),
        yardstick="; ".join(
            f"{example}, published: " + ", ".join(f"{name} {said:.4f}" for name, said in found.items())
            for example, found in PUBLISHED.items()
        ),
        processes="one; obp 0.5.4 in an environment of its own",
        load=", ".join(f"{len(several)} runs of {example}" for example, several in runs.items()),
        values={
            "largest_difference": apart,
            "relative_error": {
                example: {name: [each.value, each.low, each.high] for name, each in found.items()}
                for example, found in errors.items()
            },
            "published_within": equal,
            "interval_holds_truth": held,
        },
    )


def _shown(found: dict[str, Interval]) -> str:
    return ", ".join(
        f"{name} {each.value:.4f} [{each.low:.4f}, {each.high:.4f}]" for name, each in found.items()
    )


if __name__ == "__main__":
    run(measure)
