"""Intent: within a visit, after each of its steps: will she buy, is she about to leave a filled cart.

``steps`` and ``features`` say what a visit is and need no library; ``scoring`` scores one without LightGBM;
``model`` is the :class:`segue.learn.model.Model`, asked for by the name ``MODEL``.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """``MODEL`` on first use, so that who only scores does not load what fitting needs."""
    if name == "MODEL":
        from segue.learn.intent.model import IntentModel

        return IntentModel()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
