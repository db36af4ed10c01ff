"""What slots that recommend show: what a model knows of her, or what is trending here."""

from __future__ import annotations

from collections.abc import Sequence

from segue.app.around.trending import Trend
from segue.app.installation import Installation
from segue.app.learning.reading import Recommender
from segue.app.learning.views import RecommendedItem
from segue.decide.kept import Shown
from segue.errors import UnavailableError

TRENDING = "Others here buy it today more often than usual."
"""Why a product is shown that is trending; true whoever stands there."""


class Offering:
    """Answers for one installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._recommender = Recommender(installation)
        self._trending = installation.trending

    def ready(self, store: str | None) -> bool:
        """Whether there is something to show at this moment."""
        return self._recommender.ready() or bool(self._trends(store))

    def offered(
        self, ids: Sequence[str], *, k: int, store_id: str | None, basket: Sequence[str]
    ) -> list[Shown]:
        """The best ``k`` for whoever has one of these ids (nobody known: none).

        Where neither she nor a basket says anything, what is trending at the store comes before what a model
        would show everybody; before a model is trained it is all there is.
        """
        model, items = self._recommender.offered(ids, k=k, store_id=store_id, basket=basket)
        found = [_said(each, model) for each in items]
        if found and (ids or basket):
            return found
        held = set(basket)
        trends = [each for each in self._trends(store_id) if each.sku not in held]
        first = [_trending(each) for each in trends if each.name is not None][: k if not found else k // 2]
        told = {each.sku for each in first}
        return [*first, *[each for each in found if each.sku not in told][: k - len(first)]]

    def _trends(self, store: str | None) -> Sequence[Trend]:
        try:
            return self._trending.at(store)
        except UnavailableError:
            return ()


def _said(item: RecommendedItem, model: str) -> Shown:
    return Shown(
        sku=item.sku, name=item.name, category=item.category, score=item.score, reason=item.reason,
        model=model,
    )  # fmt: skip


def _trending(trend: Trend) -> Shown:
    return Shown(
        sku=trend.sku, name=trend.name or trend.sku, category=trend.category, score=trend.share,
        reason=TRENDING,
    )  # fmt: skip
