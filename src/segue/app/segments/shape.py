"""What of everybody's facts becomes columns: found out while they stream by.

Kept are traits, predictions, consent, segments, orders and sessions, and attributes that few values tell
apart. Of what names a person, or has many values, only whether it is there: that is enough to ask who told
it, and nobody can be found in the file by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from segue.domain.conditions import Compare
from segue.domain.rules import Rules
from segue.domain.rules.conditions import leaves
from segue.domain.rules.segments import ORDERS, SESSIONS
from segue.domain.scores import BASES, RFM, SCORES, Edges
from segue.enrich.golden import PersonParts
from segue.enrich.segments.columns import LETTERS, Field, Letter, Path, inside, stored
from segue.enrich.segments.facts import Facts

if TYPE_CHECKING:
    from segue.adapters.duckdb.snapshot import Kind

FEW: Final = 100
"""Different values of an attribute that are kept, unless a segment asks for them."""

FIELDS: Final = 1_000
"""Fields of attributes that are kept."""

NAMING: Final = frozenset(
    {"name", "first_name", "last_name", "full_name", "firstname", "lastname", "email", "phone", "address"}
    | {"street", "username", "birthday", "birthdate", "date_of_birth", "avatar", "website", "id"}
)
"""Attributes that tell who somebody is: whatever asks for them, only whether they are there is kept."""


class Columns:
    """Which columns there are, as they turn up, and what goes into them."""

    def __init__(self, rules: Rules) -> None:
        self.kinds: dict[str, Kind] = {"person_id": "id", "others": "ids"}
        self.consents: dict[str, dict[str, str]] = {}
        self.members: dict[str, str] = {}
        self.cut = False
        #: score → column, expression, letter
        self._scored: dict[str, tuple[str, str, Letter]] = {}
        self._numbers: dict[Path, int] = {}
        self._letters: dict[Path, dict[Letter, None]] = {}
        self._values: dict[Path, set[object]] = {}
        self._kept = _asked(rules)
        self._naming = NAMING | _identifying(rules)
        self._wanted = {"orders": frozenset(ORDERS), "sessions": frozenset(SESSIONS)}

    # ── rows ─────────────────────────────────────────────────────────────────

    def row(self, parts: PersonParts, facts: Facts) -> dict[str, object]:
        """One person's row."""
        row: dict[str, object] = {"person_id": bytes(parts.person_id)}
        others = [bytes(each.fragment_id) for each in parts.fragments if each.fragment_id != parts.person_id]
        if others:
            row["others"] = others
        for name, value in facts.traits.items():
            self._put(row, ("traits", name), value)
        for root in ("attributes", "predictions", "orders", "sessions"):
            for name, value in getattr(facts, root).items():
                if root not in self._wanted or name in self._wanted[root]:
                    for path, each in inside((root, name), value):
                        self._put(row, path, each)
        for purpose, channels in facts.consent.items():
            for channel, granted in channels.items():
                row[self._consent(purpose, channel)] = granted
        for segment in facts.inside:
            row[self._member(segment)] = True
        return row

    def _put(self, row: dict[str, object], path: Path, value: Any) -> None:
        cell = stored(value, maps=path[0] == "traits")
        if cell is None:
            return
        letters = self._letters.get(path)
        if letters is None:
            if path[0] == "attributes" and len(self._numbers) >= FIELDS:
                self.cut = True
                return
            self._numbers[path] = len(self._numbers)
            letters = self._letters[path] = {}
        letter, held = cell
        if path[0] == "attributes" and not self._keeps(path, held):
            letter, held = "x", True
        letters[letter] = None
        column = f"f{self._numbers[path]}_{letter}"
        self.kinds[column] = LETTERS[letter]
        row[column] = held

    def _keeps(self, path: Path, held: object) -> bool:
        """Whether the values of this attribute are kept, as far as is known by now."""
        if path[1].lower() in self._naming or path[-1].lower() in self._naming:
            self._values[path] = _MANY
            return False
        if path in self._kept:
            return True
        values = self._values.setdefault(path, set())
        if values is _MANY:
            return False
        values.add(str(held) if isinstance(held, list) else held)
        if len(values) > FEW:
            self._values[path] = _MANY
            return False
        return True

    def _consent(self, purpose: str, channel: str) -> str:
        channels = self.consents.setdefault(purpose, {})
        if channel not in channels:
            channels[channel] = f"c{sum(map(len, self.consents.values()))}"
            self.kinds[channels[channel]] = "flag"
        return channels[channel]

    def _member(self, segment: str) -> str:
        if segment not in self.members:
            self.members[segment] = f"s{len(self.members)}"
            self.kinds[self.members[segment]] = "flag"
        return self.members[segment]

    def expect(self, segments: Iterable[str], traits: Iterable[str]) -> None:
        """These are known, whether anybody has them or not."""
        for each in segments:
            self._member(each)
        for name in traits:
            self._numbers.setdefault(("traits", name), len(self._numbers))
            self._letters.setdefault(("traits", name), {})

    def score(self, rules: Rules, edges: Edges | None) -> None:
        """RFM scores are columns too, made of those of the traits that they are of."""
        columns = {base: self._number(base) for base in BASES}
        if edges is None or not edges.known or None in columns.values():
            return
        bought = f"{columns['frequency']} >= 1 and " + " and ".join(
            f"{x} is not null" for x in columns.values()
        )
        defined = {trait.name for trait in rules.traits}
        told = {}
        for name, base in SCORES.items():
            above = " + ".join(
                f"({columns[base]} > {edge!r}::double)::integer" for edge in getattr(edges, base)
            )
            told[name] = f"5 - ({above})" if base == "recency" else f"1 + ({above})"
        scored: dict[str, tuple[str, Letter]] = {
            name: (f"({each})::double", "n") for name, each in told.items()
        }
        scored[RFM] = " || '-' || ".join(f"({each})::varchar" for each in told.values()), "t"
        for number, (name, (each, letter)) in enumerate(scored.items()):
            if name not in defined:
                self._scored[name] = (f"r{number}", f"case when {bought} then {each} end", letter)

    def _number(self, trait: str) -> str | None:
        path = ("traits", trait)
        return f"f{self._numbers[path]}_n" if "n" in self._letters.get(path, ()) else None

    # ── what comes of it ─────────────────────────────────────────────────────

    def fields(self) -> list[Field]:
        """All fields with the columns that they have in the end."""
        return [
            Field(
                path=path,
                column=f"f{number}",
                letters=tuple(self._letters[path]) if self._whole(path) else ("x",),
                whole=self._whole(path),
            )
            for path, number in self._numbers.items()
        ] + [
            Field(path=("traits", name), column=column, letters=(letter,))
            for name, (column, _, letter) in self._scored.items()
        ]

    def _whole(self, path: Path) -> bool:
        return self._values.get(path) is not _MANY

    def statement(self) -> str:
        """Of the staged rows, everything that is kept."""
        parts = ["person_id", "others"]
        for path, number in self._numbers.items():
            names = [f"f{number}_{letter}" for letter in self._letters[path]]
            if self._whole(path):
                parts += names
            else:
                there = " or ".join(f"{name} is not null" for name in names)
                parts.append(f"nullif({there}, false) as f{number}_x")
        parts += [f"{text} as {column}_{letter}" for column, text, letter in self._scored.values()]
        parts += [column for channels in self.consents.values() for column in channels.values()]
        parts += [f"coalesce({column}, false) as {column}" for column in self.members.values()]
        return f"select {', '.join(parts)} from staged"


_MANY: Final[set[object]] = set()
"""In place of the values of an attribute that has too many."""


def _asked(rules: Rules) -> set[Path]:
    """Attributes that segments compare."""
    return {
        leaf.path
        for segment in rules.segments
        for leaf in leaves(segment.when)
        if isinstance(leaf, Compare) and leaf.path[0] == "attributes"
    }


def _identifying(rules: Rules) -> set[str]:
    """Attributes that identifiers are taken from."""
    paths = [path.split(".") for several in rules.identity.paths.values() for path in several]
    return {step.lower() for path in paths for step in path[-1:]} | {
        each.lower() for each in rules.identity.kinds
    }
