"""``segue import``: a file of rows, by its mapping, through the same admission as everything else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from segue.app.installation import Installation
from segue.app.intake import Intake, ensure_source
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.errors import DefinitionError, NotFoundError
from segue.sources.files import CutShortError, FileMapping, Meter, drafts, read_mapping

NOTICE_EVERY = 0.2
"""Seconds between two notices of progress."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import has come."""

    file: str
    #: ``reading`` (rows on their way into the sorter), then ``importing``
    phase: str
    #: 0 … 1 of the phase
    fraction: float
    rows: int
    #: appended, or found to have been imported before
    events: int
    rejected: int
    seconds: float

    @property
    def remaining(self) -> float | None:
        """Seconds that the phase will still take, as things go; None when that cannot be told yet."""
        if self.fraction < 0.01 or self.seconds < 0.5:
            return None
        return self.seconds * (1 - self.fraction) / self.fraction


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """Events that became dead letters for one reason."""

    reason: str
    events: int
    #: what the first one was told
    example: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did."""

    file: str
    source: str
    rows: int
    #: new ones, durable in the log
    events: int
    #: left out because they were imported before
    known: int
    rejected: tuple[Rejected, ...]
    seconds: float
    #: why it ended early (the file was cut short), with what to do about it
    trouble: str | None = None
    cure: str | None = None

    @property
    def rejections(self) -> int:
        """All rejected events."""
        return sum(each.events for each in self.rejected)


def import_file(
    installation: Installation,
    path: Path,
    mapping: FileMapping | Path,
    source: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Bring in a file; what was brought in before is left out. All is durable when it returns.

    Raises NotFoundError, DefinitionError (the mapping, or a column that the file lacks) and
    UnavailableError; a file that is cut short is reported in ``trouble``.
    """
    if isinstance(mapping, Path):
        mapping = mapping_in(mapping)
    name = source or mapping.source
    if name is None:
        raise DefinitionError("the mapping names no source", cure="add source: NAME to it, or give --source")
    meter = Meter()
    from segue.adapters.duckdb.tables import DuckTables

    with DuckTables() as tables, Intake(installation) as intake:
        notices = _Notices(path.name, meter, intake, progress)
        meter.tell = notices.now_and_then
        with closing(drafts(path, mapping, tables, meter)) as groups:
            ensure_source(installation, name, trusted=True, dialect="files")
            trouble = _take_in(installation, groups, Sender(source=name, trusted=True), intake, notices)
    notices.last()
    return _report(name, notices, trouble)


def _take_in(
    installation: Installation,
    groups: Iterator[list[Draft | Unreadable]],
    sender: Sender,
    intake: Intake,
    notices: _Notices,
) -> CutShortError | None:
    """Every group into the intake; answers what ended the file early, if anything did."""
    now, rules = installation.clock.now(), installation.rules()
    try:
        for number, group in enumerate(groups):
            if not number & 0xFF:
                now, rules = installation.clock.now(), installation.rules()
                notices.now_and_then()
            intake.add(group, sender, rules, now)
    except CutShortError as error:
        return error
    return None


def _report(source: str, notices: _Notices, trouble: CutShortError | None) -> ImportReport:
    intake = notices.intake
    return ImportReport(
        file=notices.file,
        source=source,
        rows=notices.meter.rows,
        events=intake.events,
        known=intake.known,
        rejected=tuple(
            Rejected(reason=reason, events=count, example=intake.examples[reason])
            for reason, count in intake.rejected.most_common()
        ),
        seconds=notices.seconds,
        trouble=trouble.message if trouble else None,
        cure=trouble.cure if trouble else None,
    )


class _Notices:
    """Tells ``progress`` where things stand, a few times a second."""

    def __init__(
        self, file: str, meter: Meter, intake: Intake, progress: Callable[[Progress], None] | None
    ) -> None:
        self.file = file
        self.meter = meter
        self.intake = intake
        self._progress = progress
        self._begun = self._since = time.monotonic()
        self._told = 0.0
        self._phase = meter.phase

    @property
    def seconds(self) -> float:
        """Since the import began."""
        return time.monotonic() - self._begun

    def now_and_then(self) -> None:
        """A notice, unless the last one was a moment ago."""
        if self._progress is not None and time.monotonic() - self._told > NOTICE_EVERY:
            self._tell(self.meter.fraction)

    def last(self) -> None:
        """The notice that it is done."""
        self._tell(1.0)

    def _tell(self, fraction: float) -> None:
        moment = self._told = time.monotonic()
        if self._phase != self.meter.phase:
            self._phase, self._since = self.meter.phase, moment
        if self._progress is None:
            return
        self._progress(
            Progress(
                file=self.file,
                phase=self._phase,
                fraction=fraction,
                rows=self.meter.rows,
                events=self.intake.events + self.intake.known,
                rejected=self.intake.rejected.total(),
                seconds=moment - self._since,
            )
        )


def mapping_in(file: Path) -> FileMapping:
    """The mapping in a YAML file; NotFoundError, DefinitionError."""
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError(f"{file} is not a file", cure="name a mapping's YAML file") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{file} is no UTF-8 text", cure="save it as UTF-8") from error
    return read_mapping(text, file.name)
