"""Where the touchpoints' pages are, each with keys of its own: ``segue screens``.

A screen's keys stand in the fragment of its address, which a browser sends to nobody. They are made once and
kept in ``DATA/screens.json``, which only its owner may read, so that the same addresses are printed again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from segue.app.installation import Installation
from segue.app.keys import create_key, key_id_of, list_keys
from segue.domain.access import Role
from segue.domain.actions import Placement, Touchpoint

FILE: Final = "screens.json"


class Kind(NamedTuple):
    """A page, and what its keys may do."""

    name: str
    touchpoint: Touchpoint
    #: whose events it brings; empty: the staff's session is enough
    source: str
    trusted: bool = False
    #: its key asks for one placement only
    bound: bool = True


KINDS: Final = (
    Kind("shop", "web", "web", bound=False),
    Kind("display", "display", "display"),
    Kind("kiosk", "kiosk", "kiosk"),
    Kind("associate", "associate", ""),
    Kind("till", "till", "till", trusted=True),
)
"""Every page, in the order in which they are printed."""


class ScreenKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of one screen, as they are kept."""

    #: decides
    key: str
    #: brings events
    write: str
    placement: str


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """One page."""

    screen: str
    #: with its keys; null while it cannot be opened
    address: str | None
    #: what it shows; null: several
    placement: str | None
    #: what there must be first
    missing: str | None = None


def screens(installation: Installation, base: str, *, store: str | None, actor: str) -> list[Screen]:
    """All pages with their addresses below ``base``; keys that are missing are made.

    ``store``: where they stand; None: the first store there is, by id.
    """
    rules = installation.rules()
    kept = _read(installation.data)
    live = {each.key_id for each in list_keys(installation.database) if each.revoked_at is None}
    maker = _Maker(installation, live, actor)
    where = store if store is not None else _first_store(installation)
    found, keys = [], dict(kept)
    for kind in KINDS:
        placement = _placement(rules.placements, kind.touchpoint)
        if placement is None:
            found.append(Screen(screen=kind.name, address=None, placement=None, missing=_missing(kind)))
        elif kind.source == "":
            address = f"{base}/screens/{kind.name}#{urlencode(_place(placement, where))}"
            found.append(Screen(screen=kind.name, address=address, placement=placement))
        else:
            mine = keys[kind.name] = maker.keys(kind, placement, keys.get(kind.name))
            said = {"key": mine.key, "write": mine.write, **_place(placement, where)}
            found.append(
                Screen(
                    screen=kind.name,
                    address=f"{base}/screens/{kind.name}#{urlencode(said)}",
                    placement=placement if kind.bound else None,
                )
            )
    if keys != kept:
        _write(installation.data, keys)
    return found


def _missing(kind: Kind) -> str:
    return f"a placement with `touchpoint: {kind.touchpoint}` in placements.yaml; then `segue apply`"


def _placement(placements: Sequence[Placement], touchpoint: Touchpoint) -> str | None:
    """The one named as the touchpoint is, else the first of them by name."""
    names = sorted(each.name for each in placements if each.touchpoint == touchpoint)
    return touchpoint if touchpoint in names else next(iter(names), None)


def _place(placement: str, store: str | None) -> dict[str, str]:
    return {"placement": placement} | ({"store": store} if store else {})


class _Maker(NamedTuple):
    """Makes the keys of screens."""

    installation: Installation
    #: ids of keys that nobody has revoked
    live: set[str]
    actor: str

    def keys(self, kind: Kind, placement: str, kept: ScreenKeys | None) -> ScreenKeys:
        """Those that are kept while nobody has revoked them, else new ones."""
        bound = placement if kind.bound else None
        before = kept if kept is not None else ScreenKeys(key="", write="", placement="")
        key = before.key if key_id_of(before.key) in self.live and before.placement == (bound or "") else ""
        write = before.write if key_id_of(before.write) in self.live else ""
        return ScreenKeys(
            key=key or self._made(kind, "decide", bound),
            write=write or self._made(kind, "ingest", None),
            placement=bound or "",
        )

    def _made(self, kind: Kind, role: Role, placement: str | None) -> str:
        return create_key(
            self.installation.database, self.installation.clock, role=role, source=kind.source,
            trusted=kind.trusted, placement=placement, actor=self.actor,
        )  # fmt: skip


def _first_store(installation: Installation) -> str | None:
    from segue.app.catalogue import Catalogue

    stores = Catalogue(installation.database, installation.clock).stores()
    return stores[0].store if stores else None


def _read(data: Path) -> dict[str, ScreenKeys]:
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=dict[str, ScreenKeys])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def _write(data: Path, keys: dict[str, ScreenKeys]) -> None:
    fresh = data / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(keys), indent=2))
    fresh.replace(data / FILE)
