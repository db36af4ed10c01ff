"""Why, in words: contributions of features, summed by what they mean, the weightiest said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.feature import Feature
from segue.learn.predict.features import Matrix, named

Floats = NDArray[np.float64]

MOST = 3
LEAST = 0.03
"""Of the log-odds (or of the logarithm of spend): what is less is not worth a word."""

NOBODY = "no orders are known of this customer: this is the average of those who bought once"

RECENCY = ("days_since_order", "overdue", "longest", "gap_last", "alive")
TREND = ("orders_trend", "gap_trend", "spend_trend")
RHYTHM = ("gap_spread",)


@dataclass(frozen=True, eq=False)
class Sayer:
    """Turns contributions to a head into sentences."""

    names: Sequence[str]
    #: feature → median of everybody at training
    typical: Mapping[str, float]

    def reasons(self, parts: Floats, values: Matrix, towards: str = "it") -> list[list[str]]:
        """Up to three sentences a row, best first; ``towards``: what the contributions raise."""
        meanings = [meaning(name) for name in self.names]
        kinds = sorted(set(meanings))
        columns = [[place for place, each in enumerate(meanings) if each == kind] for kind in kinds]
        sums = np.stack([parts[:, some].sum(axis=1) for some in columns], axis=1) if len(parts) else parts
        said = []
        for row in range(len(parts)):
            order = np.argsort(-np.abs(sums[row]), kind="stable")[:MOST]
            said.append(
                [
                    f"{self._say(kinds[kind], columns[kind], parts[row], values[row])}; speaks "
                    f"{'for' if sums[row, kind] > 0 else 'against'} {towards}"
                    for kind in order
                    if abs(sums[row, kind]) >= LEAST
                ]
            )
        return said

    def _say(self, kind: str, columns: list[int], parts: Floats, values: Matrix) -> str:
        own = SENTENCES.get(kind)
        sentence = own(self._by_name(values)) if own is not None else ""
        if sentence:
            return sentence
        lead = max(columns, key=lambda place: (abs(parts[place]), -place))
        name = self.names[lead]
        return named(name).say(float(values[lead]), self.typical.get(name, float("nan")))

    def _by_name(self, values: Matrix) -> Callable[[str], float]:
        places = {name: place for place, name in enumerate(self.names)}
        return lambda name: float(values[places[name]]) if name in places else float("nan")


def meaning(name: str) -> str:
    """What a feature is about: recency, frequency, trend, rhythm, or its group."""
    if name in RECENCY or name.startswith(("law_", "ends_")):
        return "recency"
    if name in TREND:
        return "trend"
    if name in RHYTHM:
        return "rhythm"
    found: Feature = named(name)
    return "frequency" if found.group == "orders" else found.group


def _recency(value: Callable[[str], float]) -> str:
    days, usual = value("days_since_order"), value("gap_median")
    if np.isnan(days):
        return ""
    ago = "bought today" if days < 1 else f"last bought {_days(days)} ago"
    return ago if np.isnan(usual) else f"{ago}, usually every {_days(max(usual, 1))}"


def _frequency(value: Callable[[str], float]) -> str:
    orders = value("orders_90d")
    return "" if np.isnan(orders) else f"{orders:,.0f} order{'' if orders == 1 else 's'} in the last 90 days"


def _trend(value: Callable[[str], float]) -> str:
    trend = value("orders_trend")
    if np.isnan(trend):
        return ""
    if abs(trend - 1) < 0.15:
        return "buys as often as in the last 90 days"
    return f"buys {'more' if trend > 1 else 'less'} often in the last 30 days than in the 90"


def _rhythm(value: Callable[[str], float]) -> str:
    spread = value("gap_spread")
    return "" if np.isnan(spread) else f"comes {'regularly' if spread < 0.7 else 'irregularly'}"


SENTENCES: dict[str, Callable[[Callable[[str], float]], str]] = {
    "recency": _recency,
    "frequency": _frequency,
    "trend": _trend,
    "rhythm": _rhythm,
}


def _days(days: float) -> str:
    count = round(days)
    return f"{count} day{'' if count == 1 else 's'}"


def of_category(category: str, orders: float, share: float, days: float) -> list[str]:
    """The reasons of a category, of her own clock within it."""
    if orders == 0:
        return [f"has never bought {category}"]
    times = "once" if orders == 1 else f"{orders:,.0f} times"
    return [f"bought {category} {times}, last {_days(days)} ago", f"in {min(share, 1):.0%} of her orders"]
