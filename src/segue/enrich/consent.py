"""Consent: statements with their history, and what they come to for a purpose and a channel.

Statements are kept per (purpose, channel, address, proven): when each source last said yes and last
said no, and the latest explicit statements as history. What came with every event (a consent tool's
preferences in the context) moves the registers only; an event that is about consent also enters the
history. The latest word wins and a tie means no. A yes that is only claimed does not count for
channels that reach an address; a no always counts.

A yes that comes along with every event of a browser was said once: it counts as of the first time. So what
she has withdrawn elsewhere since then, to the staff or by a letter's link, stays withdrawn until she says yes
anew, however long that browser goes on repeating itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec

from segue.domain.rules import Purposes
from segue.enrich.scene import Scene

HISTORY: Final = 24
"""Explicit statements kept per (purpose, channel, address, proven): the latest."""

ANY: Final = "*"
"""The channel of a statement that names none, for a purpose that declares none."""

UNADDRESSED: Final = frozenset(("web", "app", "kiosk", "associate", "till", "display"))
"""Channels in which she is there herself: what she says there counts without proof."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Any]).decode

Registers = dict[str, list[int]]
"""``1source`` (yes) or ``0source`` (no) → [time, position] of the last time it was said; of what came along
with events ``+source`` (yes) the first time, ``^source`` (yes) and ``-source`` (no) the last"""
Book = dict[bytes, list[Any]]
"""encoded ``[purpose, channel, address, proven]`` → ``[registers, history]``"""


class Statement(NamedTuple):
    """One word about consent."""

    time: int
    position: int
    granted: bool
    source: str
    proven: bool
    purpose: str
    channel: str | None
    address: str | None


def put(book: Book, fact: list[Any], scene: Scene) -> None:
    """Enter the explicit statements of a fact."""
    proven, stated = fact[9]
    for purpose, channel, address, granted in stated:
        _enter(book, [purpose, channel, address, proven], fact, scene.source, granted, explicit=True)


def put_passive(book: Book, fact: list[Any], scene: Scene) -> None:
    """Enter the preferences that came along with an event, as :class:`Scene` has them."""
    for line in (scene.consent or "").split("\n"):
        purpose, _, said = line.rpartition("=")
        about = [purpose, None, None, said in "23"]
        _enter(book, about, fact, scene.source, said in "13", explicit=False)


def _enter(
    book: Book, about: list[Any], fact: list[Any], source: str, granted: bool, *, explicit: bool
) -> None:
    when = [fact[0], fact[1]]
    key = _encode(about)
    words = f"{int(granted)}" if explicit else "+^" if granted else "-"
    registers = {f"{word}{source}": when for word in words}
    one: list[Any] = [registers, [[*when, granted, source]] if explicit else []]
    held = book.get(key)
    book[key] = one if held is None else joined(held, one)


def joined(one: list[Any], other: list[Any]) -> list[Any]:
    """Both entries as one; neither is changed."""
    registers: Registers = dict(one[0])
    for source, when in other[0].items():
        held = registers.get(source, when)
        registers[source] = min(when, held) if source[0] == "+" else max(when, held)
    history = one[1] + other[1] if one[1] and other[1] else one[1] or other[1]
    if len(history) > HISTORY:
        history = sorted(history, reverse=True)[:HISTORY]
    return [registers, history]


def is_proven(key: bytes) -> bool:
    """Whether an entry of the book holds proven statements."""
    return bool(_decode(key)[3])


def statements(book: Book) -> Iterable[Statement]:
    """The last word of every source, per purpose, channel and address."""
    for key, (registers, _) in book.items():
        purpose, channel, address, proven = _decode(key)
        for source, (time, position) in registers.items():
            if source[0] in "10+" or (source[0] == "-" and not _overtaken(registers, source[1:])):
                granted = source[0] in "1+"
                yield Statement(time, position, granted, source[1:], proven, purpose, channel, address)


def _overtaken(registers: Registers, source: str) -> bool:
    """Whether of what came along with a source's events, a yes is later than the last no."""
    return registers.get(f"^{source}", []) > registers[f"-{source}"]


def history(book: Book) -> list[Statement]:
    """Explicit statements, latest first."""
    found = [
        Statement(time, position, granted, source, proven, purpose, channel, address)
        for key, (_, entries) in book.items()
        for purpose, channel, address, proven in (_decode(key),)
        for time, position, granted, source in entries
    ]
    found.sort(key=lambda said: (-said.time, -said.position, said.purpose, repr(said)))
    return found


def effective(book: Book, rules: Purposes) -> dict[str, dict[str, Statement]]:
    """Purpose → channel → the statement that holds there. What nobody spoke of is not in it."""
    by_purpose: dict[str, list[Statement]] = {}
    for said in statements(book):
        by_purpose.setdefault(said.purpose, []).append(said)
    found: dict[str, dict[str, Statement]] = {}
    for purpose, said_of_it in sorted(by_purpose.items()):
        declared = rules.purposes.get(purpose)
        channels = set(declared.channels if declared else ())
        channels.update(said.channel for said in said_of_it if said.channel)
        for channel in sorted(channels) or [ANY]:
            last = _last_word(said_of_it, channel)
            if last is not None:
                found.setdefault(purpose, {})[channel] = last
    return found


def _last_word(said: list[Statement], channel: str) -> Statement | None:
    words = [
        word
        for word in said
        if (word.channel is None or word.channel == channel)
        and (word.proven or not word.granted or channel in UNADDRESSED)
    ]
    return max(words, key=lambda word: (word.time, word.position, not word.granted, repr(word)), default=None)
