"""The sieve never denies what is there."""

from __future__ import annotations

from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from segue.domain.sieve import SieveMaker, may_hold


def ids(count: int, salt: str = "") -> list[str]:
    return [blake2b(f"{salt}{n}".encode(), digest_size=16).hexdigest() for n in range(count)]


@given(st.lists(st.binary(min_size=16, max_size=16).map(bytes.hex)))
def test_what_was_put_in_is_never_denied(fragments: list[str]) -> None:
    maker = SieveMaker()
    maker.add(fragments)
    sieve = maker.make()
    assert all(may_hold(sieve, each) for each in fragments)


def test_hardly_anything_else_is_let_through() -> None:
    maker = SieveMaker()
    maker.add(ids(5000))
    sieve = maker.make()
    assert sum(may_hold(sieve, each) for each in ids(5000, "other")) < 250
    assert len(sieve) < 5000 * 1.5


def test_the_sieve_of_nothing_holds_nothing() -> None:
    assert not any(may_hold(SieveMaker().make(), each) for each in ids(100))
