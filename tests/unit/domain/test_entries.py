"""An entry is changed and everything around it stays as it was written."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.domain.rules.entries import drop_entry, put_entry
from segue.domain.rules.yamls import dump, load_mapping
from segue.errors import DefinitionError

FILE = """\
# what we look at on Mondays
segments:
  # they keep the lights on
  loyal:
    title: Loyal        # by orders
    when: {field: traits.orders_90d, op: ">=", value: 3}

  asleep:
    when:
      all:
        - {field: traits.days_since_order, op: ">", value: 180}
# the end
"""
NAMES = st.text("abcxyz_", min_size=1, max_size=6).filter(lambda name: name != "y")
LEAVES = st.recursive(
    st.integers() | st.text("ab: #{}\n'\"-", max_size=8) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
VALUES = st.dictionaries(NAMES, LEAVES, max_size=3)


def test_only_the_entry_changes() -> None:
    changed = put_entry(FILE, "segments", "loyal", {"when": {"segment": "asleep"}})
    assert load_mapping(changed)["segments"]["loyal"] == {"when": {"segment": "asleep"}}
    kept = ("# what we look at on Mondays", "  # they keep the lights on", "# the end", "      all:")
    assert all(line in changed.splitlines() for line in kept)


def test_a_new_entry_comes_last_and_an_old_one_goes() -> None:
    added = put_entry(FILE, "segments", "new", {"when": {"segment": "loyal"}})
    assert list(load_mapping(added)["segments"]) == ["loyal", "asleep", "new"]
    assert drop_entry(added, "segments", "new") == FILE
    gone = drop_entry(FILE, "segments", "loyal")
    assert list(load_mapping(gone)["segments"]) == ["asleep"]
    assert drop_entry(FILE, "segments", "nobody") == FILE


def test_an_empty_file_begins_with_it() -> None:
    assert load_mapping(put_entry("", "segments", "a", {"when": 1})) == {"segments": {"a": {"when": 1}}}
    assert load_mapping(put_entry("segments: {}\n", "segments", "a", {})) == {"segments": {"a": {}}}


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(DefinitionError):
        put_entry("segments: [", "segments", "a", {})


@given(st.dictionaries(NAMES, VALUES, max_size=4), NAMES, VALUES, st.booleans())
def test_the_rest_means_what_it_meant(entries: dict[str, Any], name: str, value: Any, braces: bool) -> None:
    laid_out = (
        f"segments: {msgspec.json.encode(entries).decode()}\n" if braces else dump({"segments": entries})
    )
    before = f"other: 1\n{laid_out}last: 2\n"
    after = put_entry(before, "segments", name, value)
    assert load_mapping(after) == {"other": 1, "segments": {**entries, name: value}, "last": 2}
    without = {each: said for each, said in entries.items() if each != name}
    assert (load_mapping(drop_entry(after, "segments", name))["segments"] or {}) == without
