"""Imports that were asked for over HTTP: their rows, and the process that each runs in.

A row has a heartbeat by the database's clock. One whose heart has stopped reads as interrupted, whatever
stopped it; running it again doubles nothing, because message ids of imports are remembered for ever.
"""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from segue.adapters.postgres.space import SpaceGuard
from segue.app.audit import record_act
from segue.app.imports.inbox import KEPT_DAYS, Arrival, Inbox, Kept, kept_until
from segue.app.imports.views import (
    Import,
    ImportFault,
    ImportOutcome,
    ImportProgress,
    Imports,
    InboxFile,
    InboxFiles,
    State,
)
from segue.app.installation import Installation
from segue.app.processes.children import run_job
from segue.domain.order import rfc3339
from segue.errors import (
    ConflictError,
    DefinitionError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.sources.files import FileMapping, read_mapping

MOST_AT_ONCE = 2
"""Imports that may run beside each other; one more is refused."""

STALE = 30.0
"""Seconds without a heartbeat after which an import counts as dead. Its end alone is known at once."""

MODULE = "segue.app.processes.importing"
_PAGE = 200
_MIB = 1 << 20
_SQL = statements("segue.app.imports", "jobs.sql")
INTERRUPTED = ImportFault(
    code="interrupted",
    message="the import was interrupted: its process, the server or the machine stopped",
    cure="run it again: what is in stays in, and nothing will be doubled",
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of an import is to do."""

    file: str
    source: str
    mapping: FileMapping


class ImportDesk:
    """Uploads' folder and the imports of an installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.inbox = Inbox(installation.data)

    # ── files ─────────────────────────────────────────────────────────────────────

    @property
    def largest(self) -> int:
        """Bytes of the largest file that is taken over HTTP."""
        return self._installation.settings.upload_limit_mb * _MIB

    def receiving(self) -> AbstractContextManager[Arrival]:
        """A file that arrives while the block runs; UnavailableError when there is too little disk."""
        space = SpaceGuard(self._installation.data, self._installation.settings.disk_floor_mb)
        space.check()
        return self.inbox.receiving(self.largest, space.check)

    def files(self) -> InboxFiles:
        """What lies in the inbox."""
        files = self.inbox.files()
        used, _ = self._used([file.name for file in files])
        return InboxFiles(
            files=[_file(file, used.get(file.name)) for file in files],
            folder=str(self.inbox.folder),
            upload_limit=self.largest,
            kept_days=KEPT_DAYS,
        )

    def arrived(self, file: Kept, actor: str) -> InboxFile:
        """Note that a file was uploaded."""
        self._note(actor, "file uploaded", file.name, {"bytes": file.size})
        return _file(file, None)

    def delete(self, name: str, actor: str) -> None:
        """Delete a file; NotFoundError, ConflictError while it is imported."""
        self.inbox.find(name)
        if name in self._used([name])[1]:
            raise ConflictError(f"{name} is being imported", cure="cancel the import first, or let it end")
        self.inbox.delete(name)
        self._note(actor, "file deleted", name, {})

    def sweep(self) -> list[str]:
        """Delete what has lain in the inbox long enough; answers names."""
        try:
            used, busy = self._used([file.name for file in self.inbox.files()])
            gone = self.inbox.sweep(self._installation.clock.now(), used, busy)
        except OSError as error:
            raise UnavailableError(f"the inbox cannot be tidied up: {error.strerror}") from error
        for name in gone:
            self._note("segue", "file deleted", name, {"because": f"unused for {KEPT_DAYS} days"})
        return gone

    def _used(self, names: list[str]) -> tuple[dict[str, int], frozenset[str]]:
        """When files were last imported, and which of them are read just now."""
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["used"], names=names, stale=STALE)
        return {name: at for name, at, _ in rows}, frozenset(name for name, _, busy in rows if busy)

    def _note(self, actor: str, act: str, subject: str, detail: dict[str, Any]) -> None:
        with self._installation.database.transaction() as session:
            now = self._installation.clock.now()
            record_act(session, at=now, actor=actor, act=act, subject=subject, detail=detail)

    # ── imports ───────────────────────────────────────────────────────────────────

    def list(self) -> Imports:
        """The newest imports."""
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["latest"], limit=_PAGE, stale=STALE)
        return Imports(imports=[_import(row) for row in rows])

    def show(self, import_id: str) -> Import:
        """One import with its mapping; NotFoundError."""
        with self._installation.database.transaction(read_only=True) as session:
            return _one(session, import_id)

    def start(self, file: str, mapping: str, source: str | None, actor: str) -> Import:
        """Begin an import in a process of its own.

        NotFoundError without the file, DefinitionError for a mapping that cannot work, ConflictError
        when as many run as may.
        """
        read = read_mapping(mapping)
        name = source or read.source
        if name is None:
            raise DefinitionError("the mapping names no source", cure="add source: NAME to it")
        _check_source(name)
        from segue.app.imports.look import check

        check(self.inbox.path(file), read)
        import_id = secrets.token_hex(16)
        now = self._installation.clock.now()
        with self._installation.database.transaction() as session:
            session.execute(_SQL["lock"])
            if session.fetch(_SQL["running"], stale=STALE)[0][0] >= MOST_AT_ONCE:
                raise ConflictError(
                    f"{MOST_AT_ONCE} imports are running already", cure="wait for one to end, or cancel one"
                )
            session.execute(
                _SQL["add"], id=import_id, file=file, source=name, mapping=mapping, by=actor, at=now
            )
            detail = {"file": file, "source": name}
            record_act(session, at=now, actor=actor, act="import started", subject=import_id, detail=detail)
        self._run(import_id)
        return self.show(import_id)

    def again(self, import_id: str, actor: str) -> Import:
        """The same import once more, as a new one; ConflictError while it runs."""
        found = self.show(import_id)
        if found.state == "running":
            raise ConflictError("this import is still running", cure="wait for it to end, or cancel it")
        return self.start(found.file, found.mapping or "", found.source, actor)

    def cancel(self, import_id: str, actor: str) -> Import:
        """Ask a running import to stop; what is durable stays. ConflictError when it does not run."""
        with self._installation.database.transaction() as session:
            if _one(session, import_id).state != "running":
                raise ConflictError("this import does not run", cure="what it brought in stays in")
            session.execute(_SQL["cancel"], id=import_id)
            now = self._installation.clock.now()
            record_act(session, at=now, actor=actor, act="import cancelled", subject=import_id)
        return self.show(import_id)

    def _run(self, import_id: str) -> None:
        installation = self._installation
        place = ["--data", str(installation.data), "--database-url", installation.url]
        run_job(
            "import",
            MODULE,
            [*place, "--import-id", import_id],
            lambda: end(installation, import_id, "interrupted", fault=INTERRUPTED),
        )


def job(installation: Installation, import_id: str) -> Job:
    """What the process of this import is to do; NotFoundError."""
    with installation.database.transaction(read_only=True) as session:
        found = _one(session, import_id)
    return Job(file=found.file, source=found.source, mapping=read_mapping(found.mapping or ""))


def beat(installation: Installation, import_id: str, progress: ImportProgress | None) -> bool:
    """Say that an import is alive, and how far it has come; answers whether it shall stop."""
    text = None if progress is None else msgspec.json.encode(progress).decode()
    with installation.database.transaction(durable=False) as session:
        rows = session.fetch(_SQL["beat"], id=import_id, progress=text)
    return bool(rows and rows[0][0])


def end(
    installation: Installation,
    import_id: str,
    state: State,
    *,
    progress: ImportProgress | None = None,
    report: ImportOutcome | None = None,
    fault: ImportFault | None = None,
) -> None:
    """Say how an import ended, unless that was said already."""
    said = [
        None if each is None else msgspec.json.encode(each).decode() for each in (progress, report, fault)
    ]
    with installation.database.transaction() as session:
        session.execute(
            _SQL["end"],
            id=import_id,
            state=state,
            at=installation.clock.now(),
            progress=said[0],
            report=said[1],
            error=said[2],
        )


def _check_source(name: str) -> None:
    if not 1 <= len(name) <= 100 or not name.isprintable() or name != name.strip():
        raise InvalidInputError(
            f"{name[:100]!r} cannot be a source's name", cure="use 1 to 100 letters, digits, _ or -"
        )


def _one(session: Session, import_id: str) -> Import:
    rows = session.fetch(_SQL["one"], id=import_id, stale=STALE) if "\0" not in import_id else []
    if not rows:
        raise NotFoundError(f"there is no import {import_id[:80]!r}", cure="see the list of imports")
    return _import(rows[0], mapping=True)


def _import(row: tuple[Any, ...], *, mapping: bool = False) -> Import:
    import_id, file, source, text, by, state, started, ended, alive, progress, report, fault = row
    if state == "running" and not alive:
        state = "interrupted"
        fault = msgspec.json.encode(INTERRUPTED).decode()
    return Import(
        import_id=import_id,
        file=file,
        source=source,
        state=state,
        started_at=rfc3339(started),
        ended_at=None if ended is None else rfc3339(ended),
        by=by,
        progress=None if progress is None else msgspec.json.decode(progress, type=ImportProgress),
        report=None if report is None else msgspec.json.decode(report, type=ImportOutcome),
        error=None if fault is None else msgspec.json.decode(fault, type=ImportFault),
        mapping=text if mapping else None,
    )


def _file(file: Kept, used: int | None) -> InboxFile:
    return InboxFile(
        name=file.name,
        bytes=file.size,
        at=rfc3339(file.came),
        kept_until=rfc3339(kept_until(file, used)),
    )
