"""Which files of the lake to bring together next. Pure.

Flushes leave loose files that may span days. What lies in them of a closed day belongs into the
day's own file, but rewriting a large day for one late event would cost more than it saves, and so
would leaving hundreds of small files to every reader. Three rules keep both within bounds:

- a closed day is *due* when the loose files hold at least a twentieth of what its own file holds, or
  when some of it has been loose for six hours;
- due days are rewritten together in one pass over the loose files that hold them, the oldest first;
- loose files of about the same size are merged by eights, so that there are only a few of each size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b

from segue.domain.order import DAY, HOUR
from segue.ports.lake import Erased, LakeFile, Rewrite

CLOSED_AFTER = HOUR
"""A day is closed this long after its end, UTC."""

LOOSE_FOR = 6 * HOUR
SHARE = 20
TOGETHER = 8
MOST_ROWS = 4_000_000
"""Loose rows that one pass takes on."""

LARGE = 2_000_000
"""A loose file with so many rows is left as it is until its days are due."""

_EPOCH = date(1970, 1, 1)


def next_rewrite(
    files: Sequence[LakeFile],
    days: Sequence[tuple[str, date, int]],
    erased: Sequence[Erased],
    now: int,
    *,
    all_days: bool = False,
) -> Rewrite | None:
    """What to do next, or None when all is in order.

    Args:
        files: the manifest.
        days: for each loose file the rows it has of each day.
        erased: the ledger, for the new files to leave out.
        now: microseconds.
        all_days: every closed day is due.
    """
    loose = sorted((file for file in files if file.day is None), key=lambda file: file.offset_from)
    wanted = _by_day(loose, days, files, now, all_days=all_days)
    if wanted is None:
        wanted = _by_size(loose)
    if wanted is None:
        return None
    inputs, due = wanted
    rows = sum(file.rows for file in files if file.file_id in set(inputs))
    name = name_of(inputs, due)
    return Rewrite(name=name, inputs=tuple(inputs), rows=rows, days=tuple(due), erased=tuple(erased))


def name_of(inputs: Sequence[str], days: Sequence[date], reason: str = "") -> str:
    """A name that nothing else in the lake has: it follows from the files that are replaced."""
    text = "\n".join([*sorted(inputs), *(day.isoformat() for day in days), reason])
    return blake2b(text.encode(), digest_size=8).hexdigest()


def closed_before(now: int) -> date:
    """Days before this one are closed."""
    return _EPOCH + timedelta(days=(now - CLOSED_AFTER) // DAY)


def _by_day(
    loose: Sequence[LakeFile],
    days: Sequence[tuple[str, date, int]],
    files: Sequence[LakeFile],
    now: int,
    *,
    all_days: bool,
) -> tuple[list[str], list[date]] | None:
    open_day = closed_before(now)
    in_file: dict[str, dict[date, int]] = defaultdict(dict)
    for file_id, day, rows in days:
        if day < open_day:
            in_file[file_id][day] = rows
    taken = _oldest([file for file in loose if in_file[file.file_id]])
    due = _due_days(taken, in_file, files, now, all_days=all_days)
    if not due:
        return None
    inputs = [file.file_id for file in taken if due & in_file[file.file_id].keys()]
    inputs += [file.file_id for file in files if file.day in due]
    return inputs, sorted(due)


def _oldest(loose: Sequence[LakeFile]) -> list[LakeFile]:
    taken: list[LakeFile] = []
    rows = 0
    for file in loose:
        if taken and rows + file.rows > MOST_ROWS:
            break
        taken.append(file)
        rows += file.rows
    return taken


def _due_days(
    loose: Sequence[LakeFile],
    in_file: Mapping[str, Mapping[date, int]],
    files: Sequence[LakeFile],
    now: int,
    *,
    all_days: bool,
) -> set[date]:
    settled: dict[date, int] = defaultdict(int)
    for file in files:
        if file.day is not None:
            settled[file.day] += file.rows
    waiting: dict[date, int] = defaultdict(int)
    late: set[date] = set()
    for file in loose:
        for day, rows in in_file[file.file_id].items():
            waiting[day] += rows
            if file.created_at <= now - LOOSE_FOR:
                late.add(day)
    return {day for day, rows in waiting.items() if all_days or day in late or rows * SHARE >= settled[day]}


def _by_size(loose: Sequence[LakeFile]) -> tuple[list[str], list[date]] | None:
    """Eight or more loose files of about the same size, smallest first."""
    tiers: dict[int, list[str]] = defaultdict(list)
    for file in loose:
        if file.rows < LARGE:
            tiers[(max(1, file.rows).bit_length() - 1) // 3].append(file.file_id)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= TOGETHER:
            return tiers[tier], []
    return None
