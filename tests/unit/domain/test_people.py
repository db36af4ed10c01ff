"""The rules of users and their sessions."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.domain.order import DAY, SECOND
from segue.domain.people import (
    ABSOLUTE,
    FAILURES_A_NAME,
    SEEN_AGAIN_AFTER,
    SLIDING,
    WINDOW,
    SignedIn,
    lasting,
    name_key,
    prolonged,
    wait_of,
    wrong_name,
    wrong_password,
)

NAME = "ann.smith@shop.example"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 257,
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "password1234",
        "Passw0rd!2026",
        "P@$$w0rd123456",
        "qwertyuiop123",
        "1q2w3e4r5t6y",
        "letmeinletmein",
        "administrator1",
        "iloveyou12345!",
        "Summer2026!!!",
        "welcome-welcome",
        "changeme12345",
        NAME,
        NAME.upper(),
        "ann.smith2026",
        "Smith12345678",
        "correct \ud800 horse",
    ],
)
def test_what_is_guessed_first_is_no_password(password: str) -> None:
    assert wrong_password(password, NAME)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "zażółć gęślą jaźń",
        "kP9#vLq2!xZr",
        "twelve pebbles",
        "密码很长很长的一句话啊真的",
    ],
)
def test_a_few_words_that_do_not_belong_together_are_one(password: str) -> None:
    assert wrong_password(password, NAME) is None


@given(st.text(alphabet="pasword1234 abc!", max_size=256), st.text(max_size=40))
def test_whatever_is_chosen_gets_an_answer(password: str, name: str) -> None:
    assert wrong_password(password, name) is None or len(wrong_password(password, name) or "") > 10


@given(
    st.lists(st.sampled_from(["password", "qwerty", "admin", "2026", "!", "segue"]), min_size=4, max_size=20)
)
def test_common_words_in_a_row_are_never_one(words: list[str]) -> None:
    assert wrong_password("".join(words), NAME)


@given(st.text(alphabet=string.printable + "ßİıǅΣς", max_size=30))
def test_a_name_and_its_key_are_the_same_name(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert name_key(f"  {name.upper()} ") == name_key(name.upper())


def test_names_that_read_the_same_are_the_same() -> None:
    assert len({name_key(name) for name in ("Ann", "ANN", " ann ", "\uff21nn")}) == 1
    assert wrong_name("ann") is None
    assert wrong_name("Łucja Żak") is None


def _session(seen_at: int, expires_at: int, ends_at: int, user_id: str | None = "u") -> SignedIn:
    return SignedIn(
        digest=b"",
        user_id=user_id,
        name="n",
        role="read",
        has_password=True,
        by_link=False,
        seen_at=seen_at,
        expires_at=expires_at,
        ends_at=ends_at,
    )


@given(st.lists(st.integers(0, 40 * DAY), max_size=40))
def test_however_it_is_used_a_session_ends_in_its_time(pauses: list[int]) -> None:
    began = now = seen = 1_000 * DAY
    lasts = lasting("u", now)
    expires = lasts.expires_at
    for pause in pauses:
        now += pause
        if now >= expires:
            break
        until = prolonged(_session(seen, expires, lasts.ends_at), now)
        if until is not None:
            assert until >= expires
            seen, expires = now, until
        assert expires <= began + ABSOLUTE
        assert expires <= now + SLIDING
        assert expires >= min(now + SLIDING - SEEN_AGAIN_AFTER, began + ABSOLUTE)


def test_the_owner_s_session_is_not_prolonged() -> None:
    lasts = lasting(None, 0)
    assert lasts.expires_at == lasts.ends_at
    assert prolonged(_session(0, lasts.expires_at, lasts.ends_at, None), lasts.ends_at - 1) is None


@given(st.lists(st.integers(0, WINDOW - 1), max_size=20), st.lists(st.integers(0, WINDOW - 1), max_size=20))
def test_who_waits_as_long_as_told_may_try_again_and_no_sooner(
    of_name: list[int], of_address: list[int]
) -> None:
    now = WINDOW - 1
    wait = wait_of(of_name, of_address, now)

    def left(times: list[int], later: int) -> list[int]:
        return [at for at in times if at > later - WINDOW]

    after = now + wait * SECOND
    assert wait_of(left(of_name, after), left(of_address, after), after) == 0
    if wait > 1:
        before = after - 2 * SECOND
        assert wait_of(left(of_name, before), left(of_address, before), before) > 0
    assert (wait == 0) == (len(of_name) < FAILURES_A_NAME and len(of_address) < 10)
