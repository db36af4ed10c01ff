"""Complaints: when one was opened or spoken of last, and when the last one was settled.

The last word holds. That there is one counts whoever says it, as a withdrawal of consent does; that it is
settled only by who is trusted or has proven who she is, or a stranger could end it.
"""

from __future__ import annotations

from typing import Any, Final

COMPLAINT: Final = "open_complaint"
"""The segment of those to whom nothing is sold until their complaint is settled. Where segments.yaml has
none of this name, it is whoever :func:`is_open` says.
"""

OPENED: Final = frozenset(("Complaint Opened", "Complaint Updated"))
"""Events after which a complaint is open."""
SETTLED: Final = frozenset(("Complaint Resolved", "Complaint Closed"))
"""Events after which none is."""
NAMES: Final = OPENED | SETTLED

Register = list[list[int]]
"""``[time, position]`` of when one was opened last, and of when one was settled last; empty: never"""


def put(register: Register, name: str, fact: list[Any]) -> Register:
    """The register with a fact of :data:`NAMES` entered, whose extra is ``[proven]``."""
    if name in SETTLED:
        return joined(register, [[], fact[:2]]) if fact[9][0] else register
    return joined(register, [fact[:2], []])


def joined(one: Register, other: Register) -> Register:
    """Both registers as one."""
    return [max(a, b) for a, b in zip(one, other, strict=True)]


def is_open(register: Register) -> bool:
    """Whether a complaint waits to be settled; of the same moment, the one that opens holds."""
    opened, settled = register
    return bool(opened) and opened >= settled
