"""The built console over HTTP: what a browser is given for each path, and under which headers."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from pathlib import Path
from typing import Any

import pytest

from segue.edge.console.application import console_app
from segue.edge.console.files import BuiltFiles

SCRIPT = b"console.log('here');" * 50
HTML = b'<!doctype html><meta property="csp-nonce" nonce="SEGUE_NONCE"><script nonce="SEGUE_NONCE"></script>'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small build, with a secret beside it."""
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(HTML)
    (folder / "manifest.json").write_text("{}")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "secret.js").write_text("secret")
    return folder


class Answered:
    """What came back."""

    def __init__(self, messages: list[Any]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body: bytes = b"".join(message["body"] for message in messages[1:])


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> Answered:
    """One request to a console of that folder, whose API says 299 to all."""

    async def behind(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"behind"})

    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": sent}
    asyncio.run(console_app(behind, BuiltFiles(folder))(scope, None, send))  # type: ignore[arg-type]
    return Answered(messages)


@pytest.mark.parametrize(
    "path", ["/console/", "/console/customers", "/console/customers/p-1", "/console/nowhere"]
)
def test_every_address_of_the_console_is_its_page(built: Path, path: str) -> None:
    answer = ask(built, path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


def test_each_page_has_a_nonce_of_its_own_which_its_policy_names(built: Path) -> None:
    nonces = set()
    for _ in range(2):
        answer = ask(built, "/console/")
        [named] = re.findall(
            r"style-src 'self' 'nonce-([\w-]{20,})'", answer.headers["content-security-policy"]
        )
        assert answer.body == HTML.replace(b"SEGUE_NONCE", named.encode())
        nonces.add(named)
    assert len(nonces) == 2


def test_the_policy_is_as_strict_as_promised(built: Path) -> None:
    headers = ask(built, "/console/").headers
    policy = re.sub(r"nonce-[\w-]+", "nonce-…", headers["content-security-policy"])
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-…'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


def test_a_file_named_after_its_content_is_kept_for_a_year(built: Path) -> None:
    answer = ask(built, "/console/assets/main-1a2b.js")
    assert answer.body == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ask(built, "/console/icon.svg").headers["cache-control"] == "no-cache"


def test_a_file_is_sent_gzipped_to_who_takes_that(built: Path) -> None:
    packed = ask(built, "/console/assets/main-1a2b.js", accept_encoding="br;q=1.0, gzip;q=0.8")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == SCRIPT
    for accepted in ("br", "gzip;q=0", ""):
        plain = ask(built, "/console/assets/main-1a2b.js", accept_encoding=accepted)
        assert plain.body == SCRIPT
        assert "content-encoding" not in plain.headers


def test_a_file_that_the_browser_has_is_not_sent_again(built: Path) -> None:
    tag = ask(built, "/console/icon.svg").headers["etag"]
    again = ask(built, "/console/icon.svg", if_none_match=f'"other", W/{tag}')
    assert (again.status, again.body) == (304, b"")
    assert ask(built, "/console/icon.svg", if_none_match='"other"').status == 200


@pytest.mark.parametrize("path", ["/console/", "/console/assets/main-1a2b.js", "/"])
def test_head_says_what_get_would(built: Path, path: str) -> None:
    shown, told = ask(built, path), ask(built, path, "HEAD")
    assert (told.status, told.body) == (shown.status, b"")
    assert told.headers["content-length"] == shown.headers["content-length"]


@pytest.mark.parametrize("path", ["/", "/console"])
def test_the_way_leads_to_the_console(built: Path, path: str) -> None:
    answer = ask(built, path)
    assert (answer.status, answer.headers["location"]) == (307, "/console/")


@pytest.mark.parametrize("path", ["/api/v1/status", "/consoles", "/health/live", "/console.js"])
def test_what_is_not_the_consoles_goes_behind(built: Path, path: str) -> None:
    assert ask(built, path).status == 299


def test_the_console_takes_nothing(built: Path) -> None:
    answer = ask(built, "/console/", "POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/console/../secret.js",
        "/console/assets/../../secret.js",
        "/console/assets/..%2f..%2fsecret.js",
        "/console//etc/passwd",
        "/console/assets/\x00.js",
        "/console/assets/main-1a2b.js/",
        "/console/link.js",
        "/console/manifest.json",
        "/console/assets/main-1a2b.js.gz",
    ],
)
def test_nothing_but_the_builds_own_files_is_reached(built: Path, path: str) -> None:
    answer = ask(built, path)
    assert answer.status == 404 or answer.headers["content-type"].startswith("text/html")
    assert b"secret" not in answer.body


def test_a_missing_script_is_404_and_no_page(built: Path) -> None:
    """A page in a script's place would hide from an open console that a newer one was installed."""
    answer = ask(built, "/console/assets/gone-3c4d.js")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_build_a_page_says_how_to_make_one(tmp_path: Path) -> None:
    answer = ask(tmp_path / "nothing", "/console/")
    assert answer.status == 503
    assert b"make console" in answer.body
    assert b"SEGUE_NONCE" not in answer.body


def test_a_newer_build_is_served_without_a_restart(built: Path) -> None:
    files = BuiltFiles(built)
    assert files.file("assets/new-5e6f.js") is None
    (built / "assets" / "new-5e6f.js").write_text("new")
    (built / "icon.svg").write_text("<svg>new</svg>")
    before = (built / "manifest.json").stat()
    os.utime(built / "manifest.json", ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    new, icon = files.file("assets/new-5e6f.js"), files.file("icon.svg")
    assert new is not None
    assert icon is not None
    assert (new.body, icon.body) == (b"new", b"<svg>new</svg>")


def test_screens_are_a_page_of_their_own(built: Path) -> None:
    """Touchpoints' pages share the files of the build, and nothing else of the console."""
    (built / "screens.html").write_bytes(b'<title>screens</title><script nonce="SEGUE_NONCE"></script>')
    os.utime(built / "manifest.json", (1, 1))
    for path in ("/screens/", "/screens/display", "/screens/shop/products/1"):
        answered = ask(built, path)
        assert answered.status == 200, path
        assert b"screens" in answered.body
        assert b"SEGUE_NONCE" not in answered.body
        assert "script-src 'self'" in answered.headers["content-security-policy"]
    assert ask(built, "/screens").headers["location"] == "/screens/"
    assert ask(built, "/screensaver").status == 299
    assert b"screens" not in ask(built, "/console/").body
