"""Is the database that somebody named there at all? Asked once, before anything is begun with it.

Whoever starts Segue may read where it looks; those who use it later may not, so the errors of ordinary
work name no host.
"""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg.conninfo import conninfo_to_dict

from segue.adapters.postgres.faults import PATIENCE
from segue.errors import SettingsError, UnavailableError

_SHAPE = "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_PORT = "5432"


def check_reachable(url: str) -> None:
    """SettingsError for what is no URL, UnavailableError with host, port and reason when nobody answers."""
    try:
        said = conninfo_to_dict(url)
    except psycopg.Error:
        raise SettingsError("database_url is no PostgreSQL URL", cure=_SHAPE) from None
    try:
        connection = psycopg.connect(url, **PATIENCE)
    except psycopg.Error as error:
        host = str(said.get("host") or said.get("hostaddr") or "localhost")
        where = host if host.startswith("/") else f"{host}:{said.get('port') or _PORT}"
        raise UnavailableError(
            f"the PostgreSQL at {where} cannot be used: {_reason(error)}",
            cure="start it, or correct --database-url (or the setting database_url)",
        ) from None
    with suppress(psycopg.Error):
        connection.close()


def _reason(error: psycopg.Error) -> str:
    """The driver's own words without what it repeats: where, and a question."""
    lines = str(error).strip().splitlines()
    return lines[0].rpartition(" failed: ")[2].strip()[:200] if lines else "it does not answer"
