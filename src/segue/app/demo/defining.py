"""The demo's own definitions for deciding, put in force the ordinary way.

A file that somebody else has applied stays as it is: whoever tries changes in the console keeps them when the
demo is run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from segue.app.definitions import apply, in_force, read_rules
from segue.app.demo.acts import ACTOR
from segue.app.installation import Installation

_HERE = Path(__file__).parent / "complete_journey" / "deciding"
_NAMES = ("actions.yaml", "placements.yaml")


@cache
def demo_definitions() -> Mapping[str, str]:
    """Text by name of the file."""
    return MappingProxyType({name: (_HERE / name).read_text(encoding="utf-8") for name in _NAMES})


def skus_of_actions() -> frozenset[str]:
    """The products that the demo's actions sell."""
    return frozenset(
        action.sku for action in read_rules(demo_definitions()).actions if action.sku is not None
    )


def define(installation: Installation) -> None:
    """Put the definitions in force, unless somebody else's are."""
    with installation.database.transaction(read_only=True) as session:
        strangers = {each.name for each in in_force(session) if each.by not in (None, ACTOR)}
    if strangers.isdisjoint(_NAMES):  # the two belong together
        apply(installation.database, installation.clock, demo_definitions(), actor=ACTOR)
