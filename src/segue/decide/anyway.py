"""What would have been bought without being shown: of which products to foretell it, and what showing adds.

Of each decision one product that could have been shown and was not is a *control*: drawn evenly by the seed
among the candidates that came through the funnel, sell a product and were shown in no slot. How likely an
action's product is bought *anyway* by somebody is foretold from its controls at the placement as acceptance
is from its slots (:mod:`segue.decide.bandit`), by the same features: who never bought buys less either way.
Beforehand it is believed to be 0, so that where nothing was ever bought, nothing changes.

What a candidate is worth at acceptance a (without discount), lift L and anyway b is::

    levers × (max(a × L, b) × (value − discount) − b × value) − cost − fatigue

that is uplift × margin after discount, less the discount that is given away to who would have paid the price:
uplift = max(a × L − b, 0), since nobody buys less for being shown something. So what is bought by everybody
whether or not it is shown earns nothing by being shown, and keeps a chance to be explored while it costs
nothing. Which depth earns most does not depend on b, which is taken off every depth alike.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from segue.decide.explore import chance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.decide.funnel import Through

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_BESIDE: Final = -1
"""Which of a seed's chances draws the control, and the next ones below; slots draw from the first on."""
_TRIES: Final = 8


def control_of(through: Through, shown: Collection[str | None], seed: int) -> str | None:
    """The action that this decision watches though it shows it not; None where there is none.

    ``shown`` are the products of the slots: an action that sells one of them is no control.
    """
    ordered, names = through.sifted.ordered, through.sifted.names
    if not ordered:
        return None
    for again in range(_TRIES):  # most are free: no need to look at all of them
        place = ordered[int(chance(seed, _BESIDE - again) * len(ordered))]
        if _free(through, shown, place):
            return names[place]
    left = [place for place in ordered if _free(through, shown, place)]
    return names[left[int(chance(seed, _BESIDE - _TRIES) * len(left))]] if left else None


def _free(through: Through, shown: Collection[str | None], place: int) -> bool:
    return place not in through.gone and through.candidates[place].choice.action.sku not in shown


class Worths(NamedTuple):
    """What candidates are worth by how likely they are accepted; arrays are of one length."""

    #: what an acceptance earns, its lift included, and what showing costs
    gain: Floats
    spent: Floats
    #: how likely each is bought anyway, and what that earns; None: of none of them anything is known
    anyway: Floats | None = None
    forgone: Floats | None = None
    #: acceptance, without its lift, that is no more than what is bought anyway
    least: Floats | None = None

    def at(self, acceptance: Floats) -> Floats:
        """Scores at these acceptances, without their lifts; rows of draws are welcome."""
        if self.forgone is None or self.least is None:
            return acceptance * self.gain - self.spent
        import numpy as np

        found: Floats = np.maximum(acceptance, self.least) * self.gain - self.forgone - self.spent
        return found

    def of(self, places: Ints) -> Worths:
        """The same of these places only."""
        if self.anyway is None or self.forgone is None or self.least is None:
            return Worths(self.gain[places], self.spent[places])
        return Worths(
            self.gain[places],
            self.spent[places],
            self.anyway[places],
            self.forgone[places],
            self.least[places],
        )


def worths(through: Through, anyway: Floats | None) -> Worths:
    """Of everything that was sifted; ``anyway`` is what is foretold of each, whatever it sells."""
    if anyway is None:
        return Worths(through.gain, through.spent)
    import numpy as np

    sifted, candidates = through.sifted, through.candidates
    sold = anyway * sifted.orders
    lifts = np.ones(len(anyway))
    for place in sifted.priced:
        lifts[place] = candidates[place].lift
    # what is sifted has the value before any discount, what came through the margin after it
    return Worths(through.gain, through.spent, sold, sold * sifted.gain, sold / lifts)
