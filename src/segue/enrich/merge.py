"""Merge states: the record of what was folded apart equals the record of what was folded together."""

from __future__ import annotations

from collections.abc import Iterable

from segue.enrich.absorb import absorb
from segue.enrich.state import OTHERS, FragmentState, Head, Other
from segue.enrich.summary import Summary, decode_summary, encode_summary, join


def merge(states: Iterable[FragmentState], time_zone: str = "UTC") -> FragmentState:
    """One state that reads as all of them: associative, commutative; of none it is the empty state.

    ``ValueError`` for a state whose summary was not loaded.
    """
    head = Head(b"", 0, False, True, {}, [], b"", 0)
    summary = Summary()
    for state in states:
        _join_heads(head, state.head)
        summary = join(summary, unfolded(state, time_zone))
    return FragmentState(head, encode_summary(summary), True)


def unfolded(state: FragmentState, time_zone: str) -> Summary:
    """Summary and journal of a state as one summary."""
    if not state.complete:
        raise ValueError("the state's summary was not loaded")
    return absorb(decode_summary(state.summary), state.head, time_zone)


def _join_heads(one: Head, other: Head) -> None:
    if other.first_key and (not one.first_key or other.first_key < one.first_key):
        one.first_key = other.first_key
    one.last = max(one.last, other.last)
    one.proven = one.proven or other.proven
    for fragment, link in other.others.items():
        held = one.others.get(fragment)
        one.others[fragment] = link if held is None else _join_links(held, link)
    for fragment in sorted(one.others)[OTHERS:]:
        del one.others[fragment]


def _join_links(one: Other, other: Other) -> Other:
    flags, proof = min((one[0] >> 1, one[1]), (other[0] >> 1, other[1]))
    first = min(one[2] or one[1], other[2] or other[1])
    proven = (one[0] | other[0]) & 1
    return [flags * 2 | proven, proof, None if first == proof else first, max(one[3], other[3])]
