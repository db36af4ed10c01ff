"""What there is to paste for a source, and for whom."""

from __future__ import annotations

import pytest

from segue.app.keys import create_key

from .harness import Api


@pytest.fixture
def keys(api: Api) -> dict[str, str]:
    """Ids of a public and of a trusted key, of the sources ``web`` and ``till``."""
    house = api.installation
    made = {}
    for source, trusted in (("web", False), ("till", True)):
        text = create_key(
            house.database, house.clock, role="ingest", source=source, trusted=trusted, actor="test"
        )
        made[source] = text.split("_")[1]
    return made


def test_a_public_source_has_texts_for_web_pages_below_the_neutral_prefix(
    api: Api, keys: dict[str, str]
) -> None:
    for query in ("", f"?key_id={keys['web']}"):
        found = api.get(f"/api/v1/sources/web/snippets{query}")["snippets"]
        assert [each["language"] for each in found] == ["html", "javascript", "javascript"]
        for each in found:
            assert "{write_key}" in each["code"]
            assert "http://127.0.0.1:8765/s'" in each["code"]


def test_a_trusted_source_has_texts_for_servers_and_none_for_a_page(api: Api, keys: dict[str, str]) -> None:
    for query in ("", f"?key_id={keys['till']}"):
        found = api.get(f"/api/v1/sources/till/snippets{query}")["snippets"]
        assert [each["language"] for each in found] == ["python", "javascript", "shell"]
        for each in found:
            assert "{write_key}" in each["code"]
            assert "{host}" not in each["code"]


@pytest.mark.parametrize("target", ["nobody/snippets", "web/snippets?key_id=000000000000"])
def test_what_there_is_not_is_named(api: Api, keys: dict[str, str], target: str) -> None:
    answer = api.get(f"/api/v1/sources/{target}", status=404)
    assert answer["cure"]


def test_a_key_of_another_source_is_not_this_one_s(api: Api, keys: dict[str, str]) -> None:
    api.get(f"/api/v1/sources/web/snippets?key_id={keys['till']}", status=404)
