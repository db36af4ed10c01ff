"""A sieve: which fragments a file may hold, in about ten bits each.

A Bloom filter in blocks of 32 bytes: all bits of an id lie in one block, so that a reader fetches 32
bytes and not the whole. Fragment ids are keyed hashes, so their own bytes place them; nothing is
hashed again. It never denies what is there; of what is not there it lets about one in fifty through.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

BLOCK = 32
"""Bytes in a block."""

_PER_BLOCK = 25
"""Ids for which one block is made."""


def places(fragment: str) -> tuple[int, int, int, int, int]:
    """What places an id (hexadecimal): 32 bits that choose the block, and four bits within it."""
    return (
        int(fragment[:8], 16),
        int(fragment[8:10], 16),
        int(fragment[10:12], 16),
        int(fragment[12:14], 16),
        int(fragment[14:16], 16),
    )


def block_of(place: int, blocks: int) -> int:
    """Which of ``blocks`` blocks 32 bits choose."""
    return place * blocks >> 32


class SieveMaker:
    """Takes ids as they come (repetitions cost space only) and makes the sieve at the end."""

    def __init__(self) -> None:
        self._ids = array("Q")

    def add(self, fragments: Iterable[str]) -> None:
        """Ids in hexadecimal."""
        self._ids.extend([int(each[:16], 16) for each in fragments])

    def make(self) -> bytes:
        """The sieve; at least one block."""
        blocks = max(1, -(-len(self._ids) // _PER_BLOCK))
        sieve = bytearray(blocks * BLOCK)
        for each in self._ids:
            start = block_of(each >> 32, blocks) * BLOCK
            for shift in (24, 16, 8, 0):
                bit = each >> shift & 0xFF
                sieve[start + (bit >> 3)] |= 1 << (bit & 7)
        return bytes(sieve)


def may_hold(sieve: bytes, fragment: str) -> bool:
    """Whether the file of this sieve may hold ``fragment``; the manifest asks the same in SQL."""
    place, *bits = places(fragment)
    start = block_of(place, len(sieve) // BLOCK) * BLOCK
    return all(sieve[start + (bit >> 3)] >> (bit & 7) & 1 for bit in bits)
