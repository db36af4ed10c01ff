"""The names of the models, and nothing that takes long to import: the web process reads them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib.util import find_spec

from segue.errors import NotFoundError

NAMES = ("recommend", "predict", "intent", "profile", "lookalike")
"""In the order in which they are trained."""

FOLDER = "models"
"""In the data directory: ``MODEL/VERSION``, and what answers at once."""

SERVING = "serving"
"""Under it: what answers at once, with persons in it."""

PURPOSES = {
    "recommend": "Says what a person, a basket or a store will want next.",
    "predict": "Says who buys soon, who leaves, when she comes next, and what she will be worth.",
    "intent": "Says within a visit whether it ends in an order, or leaves a filled cart behind.",
    "profile": "Says what nobody told: age band, household, income, and what she cares about.",
    "lookalike": "Finds who is most like the members of a seed audience.",
}
"""For models that were not trained yet; a card says it in the model's own words."""


def available() -> tuple[str, ...]:
    """The names of those that are installed."""
    return tuple(name for name in NAMES if _is_there(name))


def _is_there(name: str) -> bool:
    found = find_spec(f"segue.learn.{name}")
    return found is not None and found.origin is not None


def check_names(names: Sequence[str]) -> None:
    """NotFoundError for a name that is no model's; it names the nearest."""
    for name in names:
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            cure = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(NAMES)}"
            raise NotFoundError(f"there is no model {name[:80]!r}", cure=cure)
        if not _is_there(name):
            raise NotFoundError(f"the model {name!r} is not installed", cure="install Segue whole")
