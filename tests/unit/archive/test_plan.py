"""Which files are brought together, and when."""

from __future__ import annotations

from datetime import date, timedelta

from segue.archive.plan import LOOSE_FOR, next_rewrite
from segue.domain.order import DAY, HOUR
from segue.ports.lake import LakeFile

FIRST = date(2026, 2, 1)
NOON = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
TODAY = date(2026, 3, 1)


def loose(name: str, rows: int, *, offset: int = 0, born: int = NOON, first: date = FIRST) -> LakeFile:
    return LakeFile(
        file_id=name, day=None, day_from=first, day_to=first, rows=rows, size=rows, offset_from=offset,
        offset_to=offset, created_at=born,
    )  # fmt: skip


def of_day(name: str, day: date, rows: int) -> LakeFile:
    return LakeFile(
        file_id=name, day=day, day_from=day, day_to=day, rows=rows, size=rows, offset_from=0, offset_to=0
    )


def test_a_year_imported_in_one_go_is_parted_in_one_pass() -> None:
    days = [FIRST - timedelta(days=each) for each in range(365)]
    files = [loose("a", 1000), loose("b", 1000, offset=1)]
    job = next_rewrite(files, [(f.file_id, day, 3) for f in files for day in days], [], NOON)
    assert job is not None
    assert job.inputs == ("a", "b")
    assert job.days == tuple(sorted(days))


def test_the_present_day_is_left_alone() -> None:
    assert next_rewrite([loose("a", 10)], [("a", TODAY, 10)], [], NOON) is None


def test_a_day_is_open_for_an_hour_after_its_end() -> None:
    midnight = NOON + DAY // 2
    assert next_rewrite([loose("a", 10)], [("a", TODAY, 10)], [], midnight + HOUR - 1) is None
    assert next_rewrite([loose("a", 10)], [("a", TODAY, 10)], [], midnight + HOUR) is not None


def test_a_few_late_events_wait_for_more_or_for_six_hours() -> None:
    files = [loose("a", 10), of_day("d", FIRST, 1000)]
    rows = [("a", FIRST, 10)]
    assert next_rewrite(files, rows, [], NOON) is None
    many = next_rewrite(files, [("a", FIRST, 50)], [], NOON)
    assert many is not None
    assert many.inputs == ("a", "d")
    assert next_rewrite(files, rows, [], NOON + LOOSE_FOR) is not None
    assert next_rewrite(files, rows, [], NOON, all_days=True) is not None


def test_small_files_of_an_open_day_are_merged_by_eights() -> None:
    files = [loose(f"f{each}", 10, offset=each, first=TODAY) for each in range(7)]
    assert next_rewrite(files, [], [], NOON) is None
    files.append(loose("f7", 12, offset=7, first=TODAY))
    job = next_rewrite([*files, loose("large", 5000)], [], [], NOON)
    assert job is not None
    assert sorted(job.inputs) == [f"f{each}" for each in range(8)]
    assert job.days == ()


def test_new_names_follow_from_what_is_replaced() -> None:
    one = next_rewrite([loose("a", 10)], [("a", FIRST, 10)], [], NOON)
    again = next_rewrite([loose("a", 10)], [("a", FIRST, 10)], [], NOON + 1)
    other = next_rewrite([loose("b", 10)], [("b", FIRST, 10)], [], NOON)
    assert one is not None
    assert again is not None
    assert other is not None
    assert one.name == again.name != other.name
