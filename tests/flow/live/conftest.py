"""The API over an installation of its own, as the API's own tests have it."""

from tests.flow.api.conftest import api

__all__ = ["api"]
