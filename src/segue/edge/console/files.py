"""The built files, by name. A request's path is looked up in a list and never joined to a folder."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

BUILT = Path(__file__).parent / "built"
"""Where ``make console`` puts what it builds."""

NONCE = b"SEGUE_NONCE"
"""The word in a page that each answer replaces by a nonce of its own."""

_KINDS = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".woff2": b"font/woff2",
    ".png": b"image/png",
    ".webp": b"image/webp",
}
_PAGES = ("index.html", "screens.html")
_LIST = "manifest.json"


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file: its bytes, the same gzipped where that is smaller, a tag of its content, its media type."""

    body: bytes
    gzipped: bytes | None
    tag: bytes
    kind: bytes
    #: named after its content, so that it never changes
    lasting: bool


class BuiltFiles:
    """The files of one build; a newer build in the same folder is noticed."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder
        self._of: int | None = None
        self._paths: dict[str, Path] = {}
        self._read: dict[str, BuiltFile] = {}
        self._pages: dict[str, bytes] = {}

    def page(self, name: str = "index.html") -> bytes | None:
        """``index.html`` or ``screens.html``, with NONCE in it; None while the console is not built."""
        self._look()
        return self._pages.get(name)

    def file(self, name: str) -> BuiltFile | None:
        """The file of that name, such as ``assets/index-1a2b.js``; None when the build has none."""
        if name not in self._paths:
            self._look()
        found = self._read.get(name)
        if found is None and name in self._paths:
            found = _read(self._paths[name], name)
            if found is not None:
                self._read[name] = found
        return found

    def _look(self) -> None:
        """List the folder anew when there was another build since."""
        try:
            built = (self._folder / _LIST).stat().st_mtime_ns
            if built == self._of:
                return
            self._pages = {
                name: (self._folder / name).read_bytes() for name in _PAGES if (self._folder / name).is_file()
            }
            self._paths = {
                path.relative_to(self._folder).as_posix(): path
                for path in self._folder.rglob("*")
                if path.is_file() and path.suffix in _KINDS
            }
        except OSError:
            self._of, self._pages, self._paths = None, {}, {}
        else:
            self._of = built
        self._read = {}


def _read(path: Path, name: str) -> BuiltFile | None:
    packed = path.with_name(f"{path.name}.gz")
    try:
        body = path.read_bytes()
        gzipped = packed.read_bytes() if packed.is_file() else None
    except OSError:  # a build is on its way
        return None
    tag = b'"' + sha256(body).hexdigest()[:20].encode() + b'"'
    return BuiltFile(body, gzipped, tag, _KINDS[path.suffix], lasting=name.startswith("assets/"))
