"""Where settings come from, the strongest last: what was served before, the file, the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.errors import SettingsError
from segue.settings import Settings, load_settings, public_address, remember_database


def test_without_anything_they_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_the_environment_is_stronger_than_the_file(tmp_path: Path) -> None:
    (tmp_path / "segue.toml").write_text('port = 1\nhost = "a"\n')
    found = load_settings(tmp_path, {"SEGUE_PORT": "2"})
    assert (found.port, found.host) == (2, "a")


def test_a_database_that_was_served_from_is_found_again(tmp_path: Path) -> None:
    remember_database(tmp_path, "postgresql://one")
    assert load_settings(tmp_path, {}).database_url == "postgresql://one"
    assert (tmp_path / "database.url").stat().st_mode & 0o077 == 0
    remember_database(tmp_path, "postgresql://two")
    assert load_settings(tmp_path, {}).database_url == "postgresql://two"
    (tmp_path / "segue.toml").write_text('database_url = "postgresql://three"\n')
    assert load_settings(tmp_path, {}).database_url == "postgresql://three"


def test_what_is_set_already_is_written_down_nowhere(tmp_path: Path) -> None:
    (tmp_path / "segue.toml").write_text('database_url = "postgresql://one"\n')
    remember_database(tmp_path, "postgresql://one")
    assert [path.name for path in tmp_path.iterdir()] == ["segue.toml"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prot = 1", "prot"),
        ("port = [", "segue.toml"),
        ('port = "x"', "port"),
        ("port = 70000", "port is 70000"),
        ("workers = 0", "workers is 0"),
        ('trusted_proxies = "10.0.0.1/8, proxy"', "10.0.0.1/8"),
        ('trusted_proxies = "10.0.0.1, proxy"', "'proxy' is no address"),
        ('first_party_prefix = "s"', "'s' is not like /s"),
        ('first_party_prefix = "/s/"', "'/s/' is not like /s"),
        ('first_party_prefix = "/api/s"', "'/api/s' is not like /s"),
        ('time_zone = "Mars/Base"', "'Mars/Base' is not known"),
        ('time_zone = "../etc"', "'../etc' is not known"),
        ('public_url = "segue.example"', "public_url 'segue.example'"),
        ('public_url = "https://a.example/path"', "without a path"),
        ('oidc_issuer = "http://login.example"', "oidc_issuer 'http://login.example'"),
        ('oidc_issuer = "http://localhost.evil.example"', "oidc_issuer"),
        ('oidc_issuer = "https://login.example"', "oidc_client_id is not"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "segue.toml").write_text(text)
    with pytest.raises(SettingsError, match=named):
        load_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://127.0.0.1:8765"),
        (Settings(host="0.0.0.0", port=80), "http://127.0.0.1:80"),
        (Settings(host="::"), "http://[::1]:8765"),
        (Settings(host="fd00::1"), "http://[fd00::1]:8765"),
        (Settings(host="shop.local"), "http://shop.local:8765"),
        (Settings(public_url="https://segue.example/"), "https://segue.example"),
    ],
)
def test_the_address_that_people_type_goes_without_saying_where_it_can(
    settings: Settings, address: str
) -> None:
    assert public_address(settings) == address
