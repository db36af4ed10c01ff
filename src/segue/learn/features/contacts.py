"""Features of what happens beside orders: browsing on the web and in the app, and campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from segue.learn.features.feature import Feature
from segue.learn.features.localtime import local
from segue.learn.features.moment import (
    ANSWERED,
    IN_CART,
    LOOKED_AT,
    SENT,
    SHOWN,
    SWIPED_AWAY,
    TAKEN_UP,
    Mask,
    Moment,
    ratio,
)
from segue.learn.purchases import Codes, Floats, Ints

RECENT = 30


def contacts() -> tuple[Feature, ...]:
    """The features of this family."""
    seen = partial(_recent, events=LOOKED_AT)
    return (
        Feature("views_30d", "products looked at in 30 days", "browsing", "count", seen),
        Feature(
            "carts_30d", "put into the cart in 30 days", "browsing", "count", partial(_recent, events=IN_CART)
        ),
        Feature("days_since_browsing", "days since browsing", "browsing", "days", _days_since_browsing),
        Feature("browsing_days", "days with browsing", "browsing", "count", _browsing_days),
        Feature("cart_rate", "of products looked at, put into the cart", "browsing", "share", _cart_rate),
        Feature("sent", "campaigns sent", "campaign", "count", partial(_ever, events=SENT)),
        Feature("sent_30d", "campaigns sent in 30 days", "campaign", "count", partial(_recent, events=SENT)),
        Feature(
            "answered", "campaigns opened or clicked", "campaign", "count", partial(_ever, events=ANSWERED)
        ),
        Feature("answer_rate", "of campaigns sent, opened or clicked", "campaign", "ratio", _answer_rate),
        Feature("days_since_sent", "days since the last campaign", "campaign", "days", _days_since_sent),
        *_decisions(),
    )


def _decisions() -> tuple[Feature, ...]:
    """What became of decisions."""
    taken_up = partial(_recent, events=TAKEN_UP)
    return (
        Feature("shown_30d", "actions seen in 30 days", "campaign", "count", partial(_recent, events=SHOWN)),
        Feature("taken_up_30d", "actions taken up in 30 days", "campaign", "count", taken_up),
        Feature(
            "dismissed_30d", "actions swiped away in 30 days", "campaign", "count",
            partial(_recent, events=SWIPED_AWAY),
        ),
        Feature("take_up_rate", "of actions seen, taken up", "campaign", "ratio", _take_up_rate),
    )  # fmt: skip


def _rows(moment: Moment, events: Sequence[str]) -> Mask:
    happened = moment.happenings
    rows: Mask = (happened.person >= 0) & np.isin(happened.event.astype(str), events)
    return rows


def _days(moment: Moment, rows: Mask) -> tuple[Codes, Ints]:
    """Person and local day of those rows."""
    return moment.happenings.person[rows], local(moment.happenings.time[rows], moment.zone)[0]


def _ever(moment: Moment, events: Sequence[str]) -> Floats:
    return moment.per_person(moment.happenings.person[_rows(moment, events)])


def _recent(moment: Moment, events: Sequence[str]) -> Floats:
    person, day = _days(moment, _rows(moment, events))
    return moment.per_person(person[day > moment.today - RECENT])


def _since(moment: Moment, events: Sequence[str]) -> Floats:
    person, day = _days(moment, _rows(moment, events))
    latest = np.full(moment.size, np.iinfo(np.int64).min)
    np.maximum.at(latest, person, day)
    return np.where(latest > np.iinfo(np.int64).min, moment.today - latest, np.nan).astype(np.float64)


def _days_since_browsing(moment: Moment) -> Floats:
    return _since(moment, (*LOOKED_AT, *IN_CART))


def _days_since_sent(moment: Moment) -> Floats:
    return _since(moment, SENT)


def _browsing_days(moment: Moment) -> Floats:
    person, day = _days(moment, _rows(moment, (*LOOKED_AT, *IN_CART)))
    pairs = np.unique(np.stack([person.astype(np.int64), day]), axis=1)
    return moment.per_person(pairs[0].astype(np.int32))


def _cart_rate(moment: Moment) -> Floats:
    return ratio(_ever(moment, IN_CART[:1]), _ever(moment, LOOKED_AT[:1]))


def _answer_rate(moment: Moment) -> Floats:
    return ratio(_ever(moment, ANSWERED), _ever(moment, SENT))


def _take_up_rate(moment: Moment) -> Floats:
    return ratio(_ever(moment, TAKEN_UP), _ever(moment, SHOWN))
