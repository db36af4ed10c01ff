"""The trail: the latest steps of a fragment's sessions, kept by column.

A step is ``(time, position, name, scene, label, origin, amount, detail)``. By column it compresses to
half, and adding the steps of a journal to hundreds of older ones touches none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import lt, sub
from typing import Any

from segue.enrich.scene import Scene

Point = Sequence[Any]
Trail = list[list[Any]]
"""Eight columns of equal length; or none at all."""

_SCENE = 3


def extended(trail: Trail, points: Sequence[Point]) -> Trail:
    """``trail`` with more points at its end; it is built on."""
    if not points:
        return trail
    columns = zip(*points, strict=True)
    if not trail:
        return [list(column) for column in columns]
    for column, more in zip(trail, columns, strict=True):
        column.extend(more)
    return trail


def renumbered(trail: Trail, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    """The points of ``trail`` with their scenes' numbers replaced."""
    if not trail:
        return []
    columns = [*trail[:_SCENE], [numbers[scene] for scene in trail[_SCENE]], *trail[_SCENE + 1 :]]
    return list(zip(*columns, strict=True))


def ordered(trail: Trail, scenes: Sequence[Scene]) -> Trail:
    """As the steps happened; by their content where time and position are the same."""
    if not trail or all(map(lt, trail[0], trail[0][1:])):
        return trail
    points = sorted(
        zip(*trail, strict=True),
        key=lambda point: (*point[:2], repr(point[2]), repr(point[4:]), repr(scenes[point[_SCENE]])),
    )
    return [list(column) for column in zip(*points, strict=True)]


def latest(trail: Trail, bound: int) -> Trail:
    """The last ``bound`` steps of an ordered trail."""
    return [column[-bound:] for column in trail]


def packed(trail: Trail) -> Trail:
    """With times as differences, as it is stored."""
    if not trail:
        return trail
    times = trail[0]
    return [[times[0], *map(sub, times[1:], times)], *trail[1:]]


def unpacked(stored: Trail) -> Trail:
    """The inverse of :func:`packed`."""
    return [list(accumulate(stored[0])), *stored[1:]] if stored else stored


def without_unused(trail: Trail, scenes: list[Scene]) -> tuple[Trail, list[Scene]]:
    """Both with the scenes that no step refers to left out."""
    used = set(trail[_SCENE]) if trail else set()
    if len(used) == len(scenes):
        return trail, scenes
    numbers = {old: number for number, old in enumerate(sorted(used))}
    if trail:
        trail[_SCENE] = [numbers[old] for old in trail[_SCENE]]
    return trail, [scenes[old] for old in numbers]


def points_of(trail: Trail) -> Iterable[Point]:
    """The steps, one by one."""
    return zip(*trail, strict=True)
