"""What the live events of the demo need: keys of their sources and touchpoints, and what is sold where.

Kept in ``DATA/demo-live.json``, which only its owner may read: a key is a secret, and is made once. What
is said of the shelves is public, and of persons there is nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from segue.app.installation import Installation
from segue.app.intake import ensure_source
from segue.app.keys import create_key, new_identity_secret
from segue.checks.world import TRUSTED_SOURCES, Shelf
from segue.checks.world.records import Source
from segue.ports.statements import statements

FILE = "demo-live.json"

LIVE_SOURCES: tuple[Source, ...] = ("web", "app", "kiosk", "till_live")
"""Where live events come from."""

SIGNING: tuple[Source, ...] = ("web", "kiosk")
"""Sources whose visitors carry an identity token, which the shop's backend would sign."""

ASKING: Mapping[str, Source] = {
    "home_hero": "web",
    "product_page": "web",
    "cart": "web",
    "app_home": "app",
    "entrance": "kiosk",
    "kiosk": "kiosk",
    "till": "till_live",
}
"""Placement → the source whose key asks for it: one placement a key, as every screen has."""

_ACTOR = "segue demo"
_SQL = statements("segue.app.demo", "live.sql")


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds."""

    #: source → write key
    keys: dict[str, str]
    #: placement → key that asks what to show there
    asking: dict[str, str] = {}
    shelf: Shelf


def read_prepared(data: Path) -> Prepared | None:
    """What was prepared; None when there is nothing that can be used."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=Prepared)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def prepare_live(installation: Installation, shelf: Shelf) -> None:
    """Make the keys that are not there yet, and keep them with the shelf."""
    before = read_prepared(installation.data)
    keys = {} if before is None else _live(installation, before.keys)
    asking = {} if before is None else _live(installation, before.asking)
    for source in LIVE_SOURCES:
        trusted = source in TRUSTED_SOURCES
        ensure_source(installation, source, trusted=trusted, dialect="segment")
        if source not in keys:
            keys[source] = create_key(
                installation.database, installation.clock,
                role="ingest", source=source, trusted=trusted, actor=_ACTOR,
            )  # fmt: skip
    for placement, source in ASKING.items():
        if placement not in asking:
            asking[placement] = create_key(
                installation.database, installation.clock, role="decide", source=source,
                trusted=source in TRUSTED_SOURCES, placement=placement, actor=_ACTOR,
            )  # fmt: skip
    with installation.database.transaction(read_only=True) as session:
        signed = {name for name, _ in session.fetch(_SQL["identity_secrets"], names=list(SIGNING))}
    for source in SIGNING:
        if source not in signed:
            new_identity_secret(installation.database, installation.clock, source, actor=_ACTOR)
    _write(installation.data, Prepared(keys=keys, asking=asking, shelf=shelf))


def _live(installation: Installation, keys: dict[str, str]) -> dict[str, str]:
    """Those that nobody has revoked; the text of a key holds its id."""
    with installation.database.transaction(read_only=True) as session:
        live = {row[0] for row in session.fetch(_SQL["live_keys"])}
    return {source: key for source, key in keys.items() if key.split("_")[1:2] and key.split("_")[1] in live}


def _write(data: Path, prepared: Prepared) -> None:
    fresh = data / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(prepared))
    fresh.replace(data / FILE)
