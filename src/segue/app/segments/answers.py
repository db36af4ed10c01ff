"""Questions about everybody, and their answers, as the API and the command line give them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from segue.enrich.glance import Glance

Origin = Literal["snapshot", "lake"]


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Another segment that some of them are in."""

    segment: str
    #: of those that were found, how many are in it
    count: int
    #: count ÷ those that were found, 0 to 1
    share: float
    #: how many are in that segment in all
    of: int


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a condition finds."""

    count: int
    #: count ÷ of, 0 to 1
    share: float
    #: all persons
    of: int
    #: when it was so, RFC 3339
    as_of: str
    #: ``lake``: what the snapshot does not hold was counted anew, which takes longer
    from_: Origin = msgspec.field(name="from")
    #: at most twenty of them
    sample: list[Glance]
    #: segments that some of them are in, most first
    overlap: list[Overlap]
    took_ms: int


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """Persons whose value lies here: at or above ``low``, and below ``high`` or at it for the last bar."""

    low: float
    high: float
    count: int


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """A value that many have; of a trait by category, a category, and its mean."""

    value: Any
    count: int
    mean: float | None = None


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """How a trait is spread over all persons."""

    #: RFC 3339
    as_of: str
    of: int
    #: persons who have a value
    known: int
    #: quantiles 0, .05, .25, .5, .75, .95, 1 of a number; empty else
    quantiles: list[float] = []
    #: of a number, between the quantiles .01 and .99, the ends holding what lies beyond
    histogram: list[Bar] = []
    #: most frequent values of a text or list, categories of a trait by category; at most twenty
    common: list[Common] = []


class Distinguishing(msgspec.Struct, frozen=True, kw_only=True):
    """What sets a group apart in one respect."""

    field: str
    #: in words
    title: str
    #: median (of a share: mean) in the group and of everybody else
    inside: float
    outside: float
    #: difference in standard deviations; negative: less than others
    effect: float


class Discovered(msgspec.Struct, frozen=True, kw_only=True):
    """A group that was found, and the condition that finds it again."""

    #: a suggestion, free among the segments there are
    name: str
    title: str
    #: as in segments.yaml
    when: dict[str, Any]
    #: whom the condition finds, of everybody, as of the moment of the groups
    count: int
    share: float
    #: whom it finds in the present
    present: int
    distinguishing: list[Distinguishing]
    #: mean Jaccard with the same group in bootstrap samples, 0 to 1; below .6 is chance
    stability: float
    #: of those whom the condition finds, the part that is in the group; on persons it was not made of
    precision: float
    #: of those in the group, the part that the condition finds; likewise
    recall: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How good a number of groups is."""

    groups: int
    silhouette: float
    #: of the weakest group
    stability: float
    #: mean adjusted Rand index with the groups of bootstrap samples: 1 the same, 0 chance
    agreement: float


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """The groups that were found among those who buy."""

    segments: list[Discovered]
    #: how many groups
    chosen: int
    #: why so many, in a sentence
    criterion: str
    scores: list[Score]
    #: fields that persons were compared by
    features: list[str]
    #: persons who were compared
    persons: int
    seed: int
    #: the moment that groups are of, RFC 3339
    as_of: str
    #: ``last_orders``: hardly anybody bought within a year from now
    moment: Literal["present", "last_orders"]
    #: what is to be known about that moment, in a sentence; empty for the present
    note: str = ""
    took_ms: int
