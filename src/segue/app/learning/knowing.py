"""What models of an installation may know: its lake as of one offset, and its persons as of now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, overload

from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.weather import surroundings
from segue.archive import manifest
from segue.domain.order import DAY
from segue.enrich.facts import attribute_name
from segue.errors import InvalidInputError, NotFoundError, UnavailableError
from segue.ports.columns import Answer, ColumnSession
from segue.ports.lake import MissingFileError
from segue.ports.statements import Statement, statements

if TYPE_CHECKING:
    from segue.learn.purchases import Codes, Persons, Purchases
    from segue.learn.source import LakeSource

_SQL = statements("segue.app.learning", "knowing.sql")
ATTEMPTS = 5

T = TypeVar("T")


@contextmanager
def lake_source(installation: Installation, *, fresh: bool = True) -> Iterator[LakeSource]:
    """The lake as a source, for the length of a block; for one thread.

    ``fresh``: what was accepted before is in it. UnavailableError when the lake cannot be read.
    """
    from segue.learn.source import House, LakeSource

    if fresh:
        installation.drain()
        lake_of(installation).flush()
    rules = installation.rules()
    from segue.adapters.duckdb.columns import DuckColumns

    with DuckColumns(installation.data / LAKE).session() as session:
        asking = _Asking(installation, session)
        persons = _persons(installation, asking)
        yield LakeSource(
            asking,
            House(
                zone=rules.time_zone,
                persons=persons,
                attribute=attribute_name,
                bought_in=sorted(rules.survivorship.third_party),
                segment=lambda name: members(installation, persons, name),
                surroundings=surroundings(installation.data, installation.settings, rules.time_zone),
            ),
        )


class _Asking:
    """Statements over the lake as of one offset, whatever is compacted meanwhile."""

    def __init__(self, installation: Installation, session: ColumnSession) -> None:
        self._installation = installation
        self._session = session
        with installation.database.transaction(read_only=True) as found:
            self.upto = manifest.progress(found).archived
        self._look()

    def _look(self) -> None:
        """Find the files that count now."""
        with self._installation.database.transaction(read_only=True) as session:
            files = [each.file_id for each in manifest.files(session)]
            erased = manifest.pending_erasures(session)
        self._session.see(files, erased)

    def keep(self, name: str, columns: Answer) -> None:
        """A table out of these columns."""
        self._session.keep(name, columns)

    def run(self, statement: Statement, /, **values: object) -> None:
        """Run a statement that makes a table."""
        self._again(lambda: self._session.run(statement, upto=self.upto, **values))

    def fetch(self, statement: Statement, /, **values: object) -> Answer:
        """Run a query."""
        return self._again(lambda: self._session.fetch(statement, upto=self.upto, **values))

    def _again(self, act: Callable[[], T]) -> T:
        for _ in range(ATTEMPTS):
            try:
                return act()
            except MissingFileError:
                self._look()
        raise UnavailableError("the lake changes too fast to be read", cure="ask again")


def _persons(installation: Installation, asking: _Asking) -> Persons:
    """Everybody, and for the engine the person of each fragment."""
    import numpy as np

    from segue.learn.purchases import Persons

    with installation.database.transaction(read_only=True) as session:
        rows = list(session.stream(_SQL["fragments"]))
    ids = sorted({person for _, person in rows})
    code = {each: place for place, each in enumerate(ids)}
    asking.keep(
        "person_of",
        {
            "fragment_id": np.asarray([fragment for fragment, _ in rows], object),
            "person": np.asarray([code[person] for _, person in rows], np.int32),
        },
    )
    return Persons(ids, Identifiers(installation, ids))


class Identifiers(Sequence[Sequence[str]]):
    """``kind:value`` of each person, looked up when the first of them is asked for."""

    def __init__(self, installation: Installation, ids: Sequence[str]) -> None:
        self._installation = installation
        self._ids = ids

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        known: dict[str, list[str]] = {}
        with self._installation.database.transaction(read_only=True) as session:
            for person, identifier in session.stream(_SQL["identifiers"]):
                known.setdefault(person, []).append(identifier)
        return known

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, place: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sequence[str]]: ...
    def __getitem__(self, place: int | slice) -> Sequence[str] | Sequence[Sequence[str]]:
        """Those of one person, or of several."""
        if isinstance(place, slice):
            return [self._known.get(each, []) for each in self._ids[place]]
        return self._known.get(self._ids[place], [])


def members(installation: Installation, persons: Persons, name: str) -> Codes:
    """Codes of who is in a segment now; NotFoundError names the nearest."""
    import numpy as np

    names = [each.name for each in installation.rules().segments]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        cure = f"did you mean {near[0]!r}?" if near else "see `segue segments list`"
        raise NotFoundError(f"there is no segment {name[:80]!r}", cure=cure)
    with installation.database.transaction(read_only=True) as session:
        found = [person for (person,) in session.stream(_SQL["members"], segment=name)]
    return np.asarray(sorted(persons.code[each] for each in found if each in persons.code), np.int32)


def last_moment(installation: Installation, source: LakeSource, asked: int | None = None) -> int:
    """The moment that was asked for, else just after the last orders. InvalidInputError before any order.

    A few late ones that stand alone (a test order years after the data) do not count.
    """
    now = int(installation.clock.now())
    bought = source.purchases(min(now, asked) if asked is not None else now)
    if not len(bought):
        raise InvalidInputError(
            "there are no orders to learn from" + (" before that moment" if asked is not None else ""),
            cure="bring in `Order Completed` events first, for example with `segue import`",
        )
    return asked if asked is not None else after_last(bought)


def after_last(bought: Purchases) -> int:
    """The moment just after the last of these orders, of which there is one; see :func:`last_moment`."""
    import numpy as np

    last, most = int(bought.time.max()), int(np.quantile(bought.time, 0.999))
    return 1 + (last if last - most < 45 * DAY else most)
