"""An installation with an API, as in the API's own tests."""

from __future__ import annotations

from tests.flow.api.conftest import api

__all__ = ["api"]
