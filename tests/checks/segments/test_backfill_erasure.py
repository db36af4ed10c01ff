"""Counting from the lake and erasing, at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app import backfill, erase
from segue.app.backfill import _Run
from segue.enrich.segments import hidden

from .shop import TRAITS, Shop, bought


def test_who_is_erased_while_the_lake_is_asked_is_not_brought_back(
    bare: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.happen(bought("ann", 1), bought("bob", 1))
    bare.define(traits=TRAITS)
    bare.settle()
    ann, honest = bare.fragment("user_id:ann"), _Run._ask

    def slow(run: _Run, *arguments: Any) -> Any:
        found = honest(run, *arguments)
        monkeypatch.setattr(_Run, "_ask", honest)
        erase.ask(bare.installation, ann)
        return found

    monkeypatch.setattr(_Run, "_ask", slow)
    assert backfill.backfill(bare.installation)
    assert ann not in {fragment for fragment, *_ in bare.rows("select * from trait_state")}
    assert bare.record("user_id:bob").traits["orders_90d"] == 1


def test_a_killed_backfill_is_gone_on_with_and_counts_once(
    bare: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.happen(*[bought(f"u{n}", 1) for n in range(40)])
    bare.define(traits=TRAITS)
    bare.settle()
    honest, calls = _Run._join, []

    def dying(run: _Run, *arguments: Any) -> bool:
        calls.append(arguments)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return honest(run, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(_Run, "_join", dying)
        with pytest.raises(KeyboardInterrupt):
            backfill.backfill(bare.installation)
    bare.catch_up()
    assert [bare.record(f"user_id:u{n}").traits["orders_90d"] for n in range(40)] == [1] * 40


def test_claims_are_taken_over_from_states(bare: Shop) -> None:
    from .shop import told

    bare.happen(told("ann", 1, city="Berlin"), told("ann", 2, city="Bonn"))
    bare.define(segments='segments: {bonn: {when: {field: attributes.city, op: "=", value: Bonn}}}')
    bare.catch_up()
    assert bare.segments("user_id:ann") == ["bonn"]
    [(stored,)] = bare.rows("select claims from trait_state where claims is not null")
    found = hidden.opened(stored)
    assert found is not None
    assert set(found.attributes) == {"1city"}
