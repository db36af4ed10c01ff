"""Recommend: next purchases for a person, for a basket, for a store and its hour, for nobody known.

``candidates`` finds what could be next, ``features`` says what is known of each, ``ranker`` orders them and
``reasons`` says why. ``model`` is the :class:`segue.learn.model.Model`, asked for by the name ``MODEL``;
``serving`` answers for one person from a warm process: :meth:`serving.Serving.recommend` ranks products with
calibrated chances, :meth:`serving.Serving.chances` says those of particular products.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """``MODEL`` on first use, so that who only asks does not load what fitting needs."""
    if name == "MODEL":
        from segue.learn.recommend.model import RecommendModel

        return RecommendModel()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
