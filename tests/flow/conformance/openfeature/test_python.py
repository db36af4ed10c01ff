"""OpenFeature's own SDK and provider for Python against a running server."""

from __future__ import annotations

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode

from tests.served import Served


@pytest.fixture
def client(served: Served, decide_key: str) -> OpenFeatureClient:
    return connected(served.url, {"Authorization": f"Bearer {decide_key}"}, "public")


def connected(url: str, headers: dict[str, str], domain: str) -> OpenFeatureClient:
    """A client whose provider sends these headers."""
    api.set_provider(OFREPProvider(url, headers_factory=lambda: headers), domain)
    return api.get_client(domain)


def device(name: str, **context: str) -> EvaluationContext:
    return EvaluationContext(name, context)


def test_a_placement_is_an_object_with_its_decision(client: OpenFeatureClient) -> None:
    told = client.get_object_details("home_hero", {}, device("py-1", locale="en"))
    assert told.error_code is None, told.error_message
    assert (told.variant, told.reason) == ("coffee", told.reason)
    assert isinstance(told.value, dict)
    assert (told.value["headline"], told.value["link"]) == ("Coffee?", "/coffee")
    assert told.value["decision_id"] == told.flag_metadata["decision_id"]


def test_its_parts_are_booleans_texts_and_numbers_of_the_same_decision(client: OpenFeatureClient) -> None:
    her = device("py-2")
    whole = client.get_object_details("home_hero", {}, her)
    assert client.get_boolean_value("home_hero.on", False, her) is True
    assert client.get_string_value("home_hero.action", "", her) == "coffee"
    assert client.get_string_value("home_hero.headline", "", her) == "Coffee?"
    assert client.get_integer_value("home_hero.discount", -1, her) == 0
    assert client.get_string_value("home_hero.subtitle", "of the app's own", her) == "of the app's own"
    again = client.get_string_details("home_hero.headline", "", her)
    assert again.flag_metadata["decision_id"] == whole.flag_metadata["decision_id"]


def test_errors_are_those_of_the_protocol(client: OpenFeatureClient, served: Served) -> None:
    def failed(key: str, her: EvaluationContext | None, by: OpenFeatureClient = client) -> ErrorCode | None:
        told = by.get_object_details(key, {"by": "default"}, her)
        assert told.value == {"by": "default"}
        return told.error_code

    assert failed("nowhere", device("py-3")) == ErrorCode.FLAG_NOT_FOUND
    assert failed("home_hero", None) == ErrorCode.TARGETING_KEY_MISSING
    assert failed("home_hero", device("py-3", kind="shoe")) == ErrorCode.INVALID_CONTEXT
    assert failed("home_hero.headline", device("py-3")) == ErrorCode.TYPE_MISMATCH
    stranger = connected(served.url, {"Authorization": "Bearer nobody"}, "stranger")
    assert failed("home_hero", device("py-3"), stranger) == ErrorCode.GENERAL


def test_a_key_may_be_an_api_key(served: Served, decide_key: str) -> None:
    client = connected(served.url, {"X-API-Key": decide_key}, "by api key")
    assert client.get_string_value("home_hero.action", "", device("py-4")) == "coffee"
