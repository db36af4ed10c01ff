"""Profile: what customers who told us let us guess of those who did not, and what baskets say of tastes.

``views`` are ways to look at what somebody buys, ``stack`` the classifier over them, ``axes`` the tastes;
``model`` is the :class:`segue.learn.model.Model`, asked for by the name ``MODEL``.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """``MODEL`` on first use."""
    if name == "MODEL":
        from segue.learn.profile.model import ProfileModel

        return ProfileModel()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
