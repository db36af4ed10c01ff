"""The demo's story: seven things in the installation that show what Segue does, kept in ``DATA/demo.json``.

:mod:`segue.app.demo.scenes` makes and finds them, :mod:`segue.app.demo.decided` the last; this is what is
kept, how it is read, and how it forgets: the story names persons, so whoever is erased leaves it too. Each
step keeps, beside what is told, the fragments that it speaks of.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal

import msgspec

FILE = "demo.json"

SEED = 2017
"""Of everything that is drawn for the demo."""

StepName = Literal["household", "anonymous", "shared_tablet", "conflict", "unmerge", "erasure", "decision"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the story."""

    #: 1 to 7
    step: int
    name: StepName
    #: path in the console of the real thing
    link: str
    #: whom it is about; null once that person was erased
    person_id: str | None
    #: names, numbers and times (RFC 3339) for the text; empty once that person was erased
    facts: dict[str, Any]
    #: whether anything of it is made up
    composed: bool
    #: what of it is made up
    note: str


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """The story as the API tells it."""

    #: RFC 3339
    made_at: str
    #: sources all of whose events are made up
    composed_sources: list[str]
    #: in order; a step that the data had nothing for is left out
    steps: list[Step]


class KeptStep(Step, frozen=True, kw_only=True):
    """A step with the fragments (hexadecimal) of everybody it speaks of."""

    fragments: list[str] = []


class KeptStory(msgspec.Struct, frozen=True, kw_only=True):
    """The story as the file holds it."""

    made_at: str
    composed_sources: list[str]
    steps: list[KeptStep]


def read_story(data: Path) -> Story | None:
    """The story of the demo in this data directory; None when there is none."""
    kept = _kept(data)
    if kept is None:
        return None
    return msgspec.convert(msgspec.to_builtins(kept), Story)


def write_story(data: Path, story: KeptStory) -> None:
    """Keep the story; whole or not at all, and for nobody else to read."""
    fresh = data / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(story), indent=1))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(data / FILE)


def add_step(data: Path, step: KeptStep) -> None:
    """Tell one step more, in place of the one of its name; does nothing where no demo was run."""
    kept = _kept(data)
    if kept is None:
        return
    others = [each for each in kept.steps if each.name != step.name]
    steps = sorted([*others, step], key=lambda each: each.step)
    write_story(data, msgspec.structs.replace(kept, steps=steps))


def forget_in_story(data: Path, fragment_ids: Collection[bytes]) -> None:
    """Take out whatever the story says of these fragments; does nothing where no demo was run."""
    kept = _kept(data)
    gone = {each.hex() for each in fragment_ids}
    if kept is None or not any(gone & set(each.fragments) for each in kept.steps):
        return
    steps = [_without(step) if gone & set(step.fragments) else step for step in kept.steps]
    write_story(data, msgspec.structs.replace(kept, steps=steps))


def _without(step: KeptStep) -> KeptStep:
    return msgspec.structs.replace(step, link="/console/tour", person_id=None, facts={}, fragments=[])


def _kept(data: Path) -> KeptStory | None:
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=KeptStory)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
