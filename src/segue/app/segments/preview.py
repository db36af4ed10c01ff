"""Whom a condition finds: counted over the snapshot in a moment, with a sample and the overlap with segments.

What the snapshot does not hold (a ``did`` that no segment asks for yet, a trait that was defined since) is
counted from the lake by the same definition, as of the same moment, and joined; so the answer is the same
as if the snapshot held it, only later.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final, NamedTuple

import msgspec

from segue.app.installation import Installation
from segue.app.segments.answers import Bar, Common, Distribution, Overlap, Preview
from segue.app.segments.counting import Counted, counted
from segue.app.segments.snapshot import Snapshot, Snapshots, digests
from segue.app.segments.taking import ensure
from segue.domain.conditions import Compare, Condition, Did
from segue.domain.rules import Rules
from segue.domain.scores import NAMES
from segue.domain.traits import Segment
from segue.enrich import store
from segue.enrich.glance import Glance, glance_of
from segue.enrich.segments.columns import Field
from segue.enrich.segments.sql import Known, name_of, predicate, unknown
from segue.errors import InvalidInputError, NotFoundError, UnavailableError

SAMPLE: Final = 20
BARS: Final = 20
COMMON: Final = 20
_KEPT: Final = 4
_QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


class _Question(NamedTuple):
    """A condition over one snapshot."""

    snapshot: Snapshot
    known: Known
    extra: Counted | None

    @property
    def joined(self) -> str:
        """What is asked."""
        return "persons" if self.extra is None else "persons left join extra using (person_id)"

    @property
    def tables(self) -> dict[str, Any]:
        """What that joins."""
        return {} if self.extra is None else {"extra": self.extra.table}


class Previews:
    """Answers questions about everybody in one installation. Safe to share between threads; keep it."""

    def __init__(self, installation: Installation, snapshots: Snapshots | None = None) -> None:
        self.installation = installation
        self.snapshots = snapshots or Snapshots(installation)
        self._counted: OrderedDict[tuple[str, str], Counted] = OrderedDict()
        #: what was counted of a moment that has passed, for whoever looks for groups once more
        self.bygone: dict[object, Any] = {}
        self._sized: tuple[object, tuple[int, dict[str, int]]] | None = None
        self._lock = Lock()

    def preview(
        self,
        when: Condition,
        *,
        name: str | None = None,
        sample: int = SAMPLE,
        beside: Sequence[Segment] = (),
    ) -> Preview:
        """Whom the condition finds; ``name`` is the segment that it is of, whose own overlap is left out.

        ``beside`` are segments that are not in force, and that it may speak of as if they were.
        InvalidInputError for what cannot be asked of everybody; UnavailableError before the first snapshot.
        """
        begun = time.perf_counter()
        ensure(self.installation, self.snapshots)
        rules = _with(self.installation.rules(), beside)
        found: Preview = self.snapshots.answered(
            lambda snapshot: self._preview(snapshot, rules, when, name, min(sample, SAMPLE))
        )
        return msgspec.structs.replace(found, took_ms=round((time.perf_counter() - begun) * 1_000))

    def _preview(
        self, snapshot: Snapshot, rules: Rules, when: Condition, name: str | None, sample: int
    ) -> Preview:
        asked = self._question(snapshot, rules, when)
        chosen = predicate(when, asked.known)
        others = {each: column for each, column in asked.known.members.items() if each != name}
        values = dict(chosen.values)
        of, sizes = self._sizes(snapshot, asked.known)
        parts = ["count(*)", *(f'count(*) filter ("{column}")' for column in others.values())]
        sql = f"select {', '.join(parts)} from {asked.joined} where {chosen.text}"
        [(count, *shared)] = self.snapshots.select(snapshot, sql, values, asked.tables)
        overlap = [
            Overlap(segment=segment, count=both, share=both / count, of=sizes[segment])
            for segment, both in zip(others, shared, strict=True)
            if both
        ]
        return Preview(
            count=count,
            share=count / of if of else 0.0,
            of=of,
            as_of=snapshot.as_of,
            from_="snapshot" if asked.extra is None else "lake",
            sample=self._sample(asked, chosen.text, values, sample) if count and sample else [],
            overlap=sorted(overlap, key=lambda each: (-each.count, each.segment)),
            took_ms=0,
        )

    def _sizes(self, snapshot: Snapshot, known: Known) -> tuple[int, dict[str, int]]:
        """How many persons there are, and in each segment: the same while the snapshot and erasures are."""
        key = snapshot.name, len(snapshot.hidden.fragments), tuple(known.members)
        with self._lock:
            if self._sized is not None and self._sized[0] == key:
                return self._sized[1]
        parts = ["count(*)", *(f'count(*) filter ("{column}")' for column in known.members.values())]
        [(of, *sizes)] = self.snapshots.select(snapshot, f"select {', '.join(parts)} from persons")
        found = of, dict(zip(known.members, sizes, strict=True))
        with self._lock:
            self._sized = key, found
        return found

    def _sample(self, asked: _Question, text: str, values: dict[str, object], sample: int) -> list[Glance]:
        """The same ones while the snapshot is the same; who is no longer there by that id is left out."""
        sql = f"select person_id from {asked.joined} where {text} order by hash(person_id) limit {2 * sample}"
        ids = [row[0] for row in self.snapshots.select(asked.snapshot, sql, values, asked.tables)]
        rules, now = self.installation.rules(), self.installation.clock.now()
        with self.installation.database.transaction(read_only=True) as session:
            parts = store.read_persons(session, ids)
        there = [each for each in ids if each in parts][:sample]
        return [glance_of(parts[each], rules, now) for each in there]

    def count(self, when: Condition) -> tuple[int, int, str]:
        """How many the condition finds, of how many, as of when; of the snapshot alone."""
        rules = self.installation.rules()

        def ask(snapshot: Snapshot) -> tuple[int, int, str]:
            chosen = predicate(when, self.snapshots.known(snapshot, rules))
            sql = f"select count(*) filter ({chosen.text}), count(*) from persons"
            [(count, of)] = self.snapshots.select(snapshot, sql, chosen.values)
            return count, of, snapshot.as_of

        found: tuple[int, int, str] = self.snapshots.answered(ask)
        return found

    # ── what the snapshot does not hold ──────────────────────────────────────

    def _question(self, snapshot: Snapshot, rules: Rules, when: Condition) -> _Question:
        known = self.snapshots.known(snapshot, rules)
        missing = unknown(when, known)
        if not missing:
            return _Question(snapshot, known, None)
        for leaf in missing:
            if isinstance(leaf, Compare) and leaf.path[0] != "traits":
                raise InvalidInputError(
                    f"{name_of(leaf)} tells single persons apart, so only whether it is there is kept",
                    cure="ask with exists or missing; or save the segment, and see whom it finds",
                )
            if isinstance(leaf, Compare) and leaf.path[1] not in {each.name for each in rules.traits}:
                raise UnavailableError(
                    f"{name_of(leaf)} is scored among all who buy, and nobody is yet",
                    cure="it is as soon as the next snapshot is taken",
                )
        extra = self._count(snapshot, rules, missing)
        return _Question(snapshot, self.snapshots.known(snapshot, rules, extra.fields), extra)

    def _count(self, snapshot: Snapshot, rules: Rules, missing: Sequence[Compare | Did]) -> Counted:
        """From the lake; kept for a while, since who tries a condition out changes only its numbers."""
        now = digests(rules)
        parts = [
            msgspec.json.encode(msgspec.structs.replace(leaf, at_least=1))
            if isinstance(leaf, Did)
            else msgspec.json.encode([leaf.path[1:3], now.get(leaf.path[1])])
            for leaf in missing
        ]
        key = snapshot.name, repr(sorted(set(parts)))
        with self._lock:
            if key in self._counted:
                self._counted.move_to_end(key)
                return self._counted[key]
        found = counted(self.installation, rules, missing, snapshot.about.as_of)
        with self._lock:
            self._counted[key] = found
            while len(self._counted) > _KEPT:
                self._counted.popitem(last=False)
        return found

    # ── traits ───────────────────────────────────────────────────────────────

    def distribution(self, trait: str) -> Distribution | None:
        """How the trait is spread; None before a snapshot holds it. NotFoundError."""
        rules = self.installation.rules()
        if trait not in {*NAMES, *(each.name for each in rules.traits)}:
            raise NotFoundError(f"there is no trait {trait[:80]!r}", cure="see `segue traits list`")
        if self.snapshots.newest() is None:
            return None
        found: Distribution | None = self.snapshots.answered(
            lambda snapshot: self._distribution(snapshot, rules, trait)
        )
        return found

    def _distribution(self, snapshot: Snapshot, rules: Rules, trait: str) -> Distribution | None:
        field = self.snapshots.known(snapshot, rules).fields.get(("traits", trait))
        if field is None:
            return None
        there = " or ".join(f"{field.of(letter)} is not null" for letter in field.letters) or "false"
        [(of, known)] = self.snapshots.select(
            snapshot, f"select count(*), count(*) filter ({there}) from persons"
        )
        spread = Distribution(as_of=snapshot.as_of, of=of, known=known)
        if field.of("n"):
            return self._numbers(snapshot, field, spread)
        return self._commons(snapshot, field, spread)

    def _numbers(self, snapshot: Snapshot, field: Field, spread: Distribution) -> Distribution:
        column = field.of("n")
        cuts = [*_QUANTILES, 0.01, 0.99]
        [(values,)] = self.snapshots.select(
            snapshot, f"select quantile_cont({column}, {cuts}::double[]) from persons"
        )
        if values is None:
            return spread
        *quantiles, low, high = values
        width = (high - low) / BARS or 1.0
        sql = (
            f"select least(greatest(floor(({column} - $low) / $width), 0), {BARS - 1})::integer as bar, "
            f"count(*) from persons where {column} is not null group by bar"
        )
        rows = dict(self.snapshots.select(snapshot, sql, {"low": low, "width": width}))
        bars = [
            Bar(low=low + width * bar, high=low + width * (bar + 1), count=rows.get(bar, 0))
            for bar in range(BARS if high > low else 1)
        ]
        return msgspec.structs.replace(spread, quantiles=quantiles, histogram=bars)

    def _commons(self, snapshot: Snapshot, field: Field, spread: Distribution) -> Distribution:
        if text := field.of("t"):
            sql = f"select {text}, count(*), null from persons where {text} is not null"
        elif flag := field.of("f"):
            sql = f"select {flag}, count(*), null from persons where {flag} is not null"
        elif several := field.of("m"):
            sql = (
                f"select entry.key, count(*), avg(entry.value) from "
                f"(select unnest(map_entries({several})) as entry from persons)"
            )
        else:
            return spread
        rows = self.snapshots.select(snapshot, f"{sql} group by 1 order by 2 desc, 1 limit {COMMON}")
        common = [Common(value=value, count=count, mean=mean) for value, count, mean in rows]
        return msgspec.structs.replace(spread, common=common)


def _with(rules: Rules, beside: Sequence[Segment]) -> Rules:
    if not beside:
        return rules
    segments = {segment.name: segment for segment in (*rules.segments, *beside)}
    return msgspec.structs.replace(rules, segments=tuple(segments.values()))


__all__ = ["Preview", "Previews"]
