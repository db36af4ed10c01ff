"""`segue screens`: addresses with keys that last, and that can do no more than their screen needs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from segue.app.definitions import apply
from segue.app.keys import key_id_of, list_keys, revoke_key
from segue.app.screens.addresses import FILE, screens
from tests.flow.api.harness import Api
from tests.flow.screens.conftest import PLACEMENTS

BASE = "http://segue.test"


def told(shop: Api, store: str | None = "s1") -> dict[str, dict[str, str]]:
    """Screen → what its address says; screens that cannot be opened are not there."""
    found = screens(shop.installation, BASE, store=store, actor="test")
    return {
        each.screen: {
            name: value for name, [value] in parse_qs(urlsplit(each.address).fragment).items()
        }
        for each in found
        if each.address is not None
    }  # fmt: skip


def test_addresses_last_until_a_key_is_revoked(shop: Api) -> None:
    first = told(shop)
    assert set(first) == {"display", "kiosk", "till"}
    assert told(shop) == first
    assert (shop.installation.data / FILE).stat().st_mode & 0o777 == 0o600
    house = shop.installation
    revoke_key(house.database, house.clock, key_id_of(first["till"]["key"]), actor="test")
    again = told(shop)
    assert again["display"] == first["display"]
    assert again["till"]["key"] != first["till"]["key"]
    assert again["till"]["write"] == first["till"]["write"]


def test_what_cannot_be_opened_says_what_is_missing(shop: Api) -> None:
    found = {each.screen: each for each in screens(shop.installation, BASE, store=None, actor="test")}
    assert found["shop"].address is None
    assert "touchpoint: web" in (found["shop"].missing or "")


def test_each_key_does_what_its_screen_needs_and_no_more(shop: Api) -> None:
    said = told(shop)
    kept = {each.key_id: each for each in list_keys(shop.installation.database)}
    for screen, trusted in (("display", False), ("kiosk", False), ("till", True)):
        decides, brings = kept[key_id_of(said[screen]["key"])], kept[key_id_of(said[screen]["write"])]
        assert (decides.role, decides.placement, decides.trusted) == (
            "decide",
            said[screen]["placement"],
            trusted,
        )
        assert (brings.role, brings.source, brings.trusted) == ("ingest", screen, trusted)
    assert said["display"]["placement"] == "entrance"
    assert said["display"]["store"] == "s1"
    refused = shop.request(
        "POST", "/api/v1/decisions", role=None, body={"placement": "till"},
        headers={"authorization": f"Bearer {said['display']['key']}"},
    )  # fmt: skip
    assert refused.status == 403


def test_a_screen_whose_placement_went_gets_a_key_for_the_next(shop: Api) -> None:
    first = told(shop)
    house = shop.installation
    without = "\n".join(line for line in PLACEMENTS.splitlines() if "entrance" not in line)
    apply(house.database, house.clock, {"placements.yaml": without}, actor="test")
    house.look_again()
    assert told(shop)["display"]["placement"] == "menu"
    assert told(shop)["display"]["key"] != first["display"]["key"]
