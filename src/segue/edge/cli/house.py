"""Commands about the installation itself: serve, status, sql, doctor, audit, backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.edge.cli.options import DEFAULT_DATA, AsJson, Data
from segue.edge.cli.output import note, print_json, print_line, print_table, show

WEB_MODULE = "segue.edge.web"
"""What a web process runs."""

Host = Annotated[str | None, typer.Option("--host", help="address to listen on [default: 127.0.0.1]")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="port [default: 8765]")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", metavar="URL", help="a PostgreSQL of your own, version 15 or later"),
]
WebProcesses = Annotated[
    int | None, typer.Option("--web-processes", min=1, max=64, help="processes that answer HTTP [default: 1]")
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="processes that run the loop [default: 1]")
]


def add_house(app: typer.Typer) -> None:
    """Give the application these commands."""
    app.command("serve")(serve)
    app.command("status")(status)
    app.command("sql")(sql)
    app.command("doctor")(doctor)
    app.command("audit")(audit)
    app.command("backup")(backup)
    app.command("restore")(restore)


def serve(  # noqa: PLR0917 - its parameters are the command's options
    data: Data = DEFAULT_DATA,
    host: Host = None,
    port: Port = None,
    database_url: DatabaseUrl = None,
    web_processes: WebProcesses = None,
    workers: Workers = None,
) -> None:
    """Run everything until SIGTERM; an empty directory becomes an installation."""
    import msgspec

    from segue.app.processes.serve import serve as run
    from segue.settings import load_settings

    chosen = {
        "host": host,
        "port": port,
        "database_url": database_url,
        "web_processes": web_processes,
        "workers": workers,
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    settings = msgspec.structs.replace(load_settings(data), **given)

    def announce(key: str | None, link: str) -> None:
        note(f"segue listens on http://{settings.host}:{settings.port}")
        note(f"sign in, once and within 15 minutes (`segue sign-in` prints another): {link}")
        if key is not None:
            note("the first ingest key, for source web; it is not shown again:")
            print_line(key)

    run(data, settings, web_module=WEB_MODULE, announce=announce)


def status(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Tell how far the loop has come, and how much there is."""
    from segue.app.installation import open_installation
    from segue.app.status import read_status

    with open_installation(data) as installation:
        found = read_status(installation.database, installation.clock)
    show(found, as_json=as_json)


def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY")], data: Data = DEFAULT_DATA, as_json: AsJson = False
) -> None:
    """Query the lake: events, fragments and persons, in DuckDB's SQL."""
    from segue.app.installation import open_installation
    from segue.app.lake import query as ask

    with open_installation(data) as installation:
        result = ask(installation, query)
    if as_json:
        print_json(result.rows)
    else:
        print_table(result.columns, [[row[name] for name in result.columns] for row in result.rows])


def doctor(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Examine the machine and the installation, and say what to do about what is wrong."""
    from segue.app.doctor import examine

    findings = examine(data)
    if as_json:
        print_json(findings)
    else:
        rows = [(each.verdict, each.what, each.says, each.cure or "") for each in findings]
        print_table(("", "what", "finding", "cure"), rows)
    if any(each.verdict == "wrong" for each in findings):
        raise typer.Exit(1)


def audit(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Tell who did which administrative act, newest first."""
    from segue.app.audit import read_audit
    from segue.app.installation import open_installation

    with (
        open_installation(data) as installation,
        installation.database.transaction(read_only=True) as session,
    ):
        acts = read_audit(session, limit=limit)
    show(acts, as_json=as_json)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)], data: Data = DEFAULT_DATA
) -> None:
    """Write everything into one file, while the server runs or not."""
    from segue.app.backup import backup as write
    from segue.app.installation import open_installation
    from segue.edge.cli.advancing import advance_shown

    with open_installation(data) as installation, advance_shown() as watch:
        about = write(installation, file, watch)
    size = file.stat().st_size / 2**20
    note(f"{file}: the state of {about.made_at}, {about.lake_files} files of the lake, {size:,.1f} MiB")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    data: Data = DEFAULT_DATA,
) -> None:
    """Make the data directory what it was when the backup was made, but for whoever was erased since.

    What the directory holds is replaced. Its own list of erasures is kept, and applied again.
    """
    from segue.app.restore import restore as read
    from segue.edge.cli.advancing import advance_shown

    with advance_shown() as watch:
        restored = read(file, data, watch)
    note(f"{data}: the state of {restored.made_at}; {restored.erased_again} erased again")
