"""Searching: by identifier, by id, by words; and what is gone is not found."""

from __future__ import annotations

import unicodedata
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.app import erase
from segue.app.processes.keeping import fill_terms
from segue.domain.drafts import Draft
from segue.ports.statements import Statement
from tests.flow.api.harness import Api, identify, track

TERMS = Statement("terms", "whole", "select * from search_term order by fragment_id, field, term")
OLDER = Statement(
    "older",
    "as an older Segue left it",
    "with gone as (delete from search_term) insert into search_due (after) values ('')",
)
DUE = Statement("due", "whether terms are due", "select after from search_due")


def found(api: Api, text: str, **more: Any) -> list[Any]:
    return list(api.post("/api/v1/persons/search", {"text": text, **more})["persons"])


def ids(api: Api, text: str) -> list[str]:
    return [each["person_id"] for each in found(api, text)]


def shop(api: Api) -> None:
    api.happen(
        identify("1", "2026-02-01T10:00:00Z", user_id="ann", anonymous_id="a-1",
                 traits={"email": "ann.lee@example.com", "first_name": "Änne", "last_name": "Lee-Ward",
                         "city": "Łódź", "phone": "+49 30 901820", "age": 44}),
        track("Order Completed", "2", "2026-02-01T11:00:00Z", user_id="ann",
              properties={"order_id": "o1", "revenue": 42.5, "currency": "EUR"}, context={"channel": "till"}),
        identify("3", "2026-02-02T10:00:00Z", user_id="bob", traits={"name": "Bob Anders", "city": "Berlin"}),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "user_id:ann", "ann", "email:Ann.Lee@Example.com", "ANN.LEE@example.com", "030 901820", "a-1",
        "anonymous_id:a-1", "änn", "ANNE", "lee", "ward", "lee-w", "Lee Ward", "lodz", "łód", "ann.lee@ex",
        "ward änne", "lodz lee", "anne lodz example",
    ],
)  # fmt: skip
def test_she_is_found_first_by_what_is_hers(api: Api, text: str) -> None:
    shop(api)
    assert ids(api, text)[0] == api.person("user_id:ann")["person_id"]


@pytest.mark.parametrize(
    "text",
    [
        "zzz",
        "lee berlin",
        "nn",
        "44",
        "%",
        "_",
        "a%",
        "\\",
        "",
        "user_id:",
        "'; drop table log",
        "\0",
        "x" * 200,
    ],
)
def test_what_nobody_has_finds_nobody_and_no_sign_means_anything(api: Api, text: str) -> None:
    shop(api)
    assert found(api, text) == [] or text == "a%"


def test_one_letter_is_enough_and_the_answer_is_bounded(api: Api) -> None:
    api.happen(
        *[
            identify(f"{n}", "2026-02-01T10:00:00Z", user_id=f"u{n}", traits={"city": f"Ort {n}"})
            for n in range(30)
        ]
    )
    answer = api.post("/api/v1/persons/search", {"text": "o", "limit": 7})
    assert (len(answer["persons"]), answer["more"]) == (7, True)
    assert len({each["person_id"] for each in answer["persons"]}) == 7
    assert api.request("POST", "/api/v1/persons/search", body={"text": "o", "limit": 1000}).status == 400


def test_a_glance_says_what_the_golden_record_says(api: Api) -> None:
    shop(api)
    record = api.person("user_id:ann")
    [glance] = found(api, "ward")
    assert glance == {
        "person_id": record["person_id"],
        "label": "Änne Lee-Ward",
        "known": True,
        "identifiers": [
            {"kind": "user_id", "value": "ann"},
            {"kind": "email", "value": "ann.lee@example.com"},
            {"kind": "phone", "value": "+4930901820"},
            {"kind": "anonymous_id", "value": "a-1"},
        ],
        "matched": {"field": "last_name", "value": "Lee-Ward"},
        "first_seen": record["activity"]["first_seen"],
        "last_seen": record["activity"]["last_seen"],
        "orders": record["orders"]["count"],
        "revenue": record["orders"]["revenue"],
        "currency": "EUR",
        "channels": ["shop", "till"],
        "city": "Łódź",
    }


def test_any_id_she_ever_had_finds_her(api: Api) -> None:
    shop(api)
    ann, bob = api.person("user_id:ann")["person_id"], api.person("user_id:bob")["person_id"]
    merged = api.post(f"/api/v1/persons/{ann}/merge", {"person_id": bob})["person_id"]
    assert ids(api, ann) == ids(api, bob) == ids(api, "anders lodz") == [merged]


def test_of_two_persons_who_were_one_each_is_found_by_her_own(api: Api) -> None:
    shop(api)
    ann = api.person("user_id:ann")["person_id"]
    api.post(f"/api/v1/persons/{ann}/delete-identifier", {"identifier": "email:ann.lee@example.com"})
    mail = api.person("email:ann.lee@example.com")["person_id"]
    assert mail != api.person("user_id:ann")["person_id"]
    assert ids(api, "email:ann.lee@example.com") == [mail]
    assert ids(api, "ward") == [api.person("user_id:ann")["person_id"]]


def test_what_was_said_again_is_found_again_after_an_erasure(api: Api) -> None:
    shop(api)
    erase.erase(api.installation, bytes.fromhex(api.person("user_id:ann")["person_id"]))
    assert ids(api, "ward") == ids(api, "lodz") == ids(api, "ann") == []
    api.happen(identify("9", "2026-02-09T10:00:00Z", user_id="ann", traits={"city": "Łódź"}))
    assert ids(api, "lodz") == [api.person("user_id:ann")["person_id"]]


USERS = count()
WORD = st.text("aäáłßżéÖÅñbkmrsT", min_size=3, max_size=9)
TRAITS = st.dictionaries(
    st.sampled_from(["name", "city", "company", "note"]),
    st.tuples(st.lists(WORD, min_size=1, max_size=3), st.sampled_from([" ", "-", ", "])),
    min_size=1,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=TRAITS)
def test_a_person_is_found_by_each_of_her_words_and_after_her_erasure_by_none(
    api: Api, said: dict[str, tuple[list[str], str]]
) -> None:
    user = f"user-{next(USERS)}"
    traits = {field: between.join(words) for field, (words, between) in said.items()}
    api.happen(identify(user, "2026-02-01T10:00:00Z", user_id=user, traits=traits))
    person = api.person(f"user_id:{user}")["person_id"]
    typed = {
        typing(word) for words, _ in said.values() for word in words for typing in (str, str.upper, bare)
    }
    assert {text for text in typed if person not in ids(api, text)} == set()
    erase.erase(api.installation, bytes.fromhex(person))
    assert {text for text in typed if found(api, text)} == set()
    with api.installation.database.transaction(read_only=True) as session:
        assert session.fetch(TERMS) == []


def bare(text: str) -> str:
    """As somebody types it who has no such keys."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ł", "l")


def test_terms_of_what_an_older_segue_folded_are_written_in_portions(api: Api) -> None:
    drafts: list[Draft] = [
        identify(f"{n}", "2026-02-01T10:00:00Z", user_id=f"u{n}", traits={"city": f"Ort {n}", "name": "Ann"})
        for n in range(25)
    ]
    api.happen(*drafts)
    database = api.installation.database
    with database.transaction() as session:
        whole = session.fetch(TERMS)
        session.execute(OLDER)
    assert found(api, "ort") == []
    portions = 0
    while True:
        with database.transaction() as session:
            if not fill_terms(session, at_once=7):
                break
        portions += 1
        api.happen(identify(f"x{portions}", "2026-02-02T10:00:00Z", user_id="u0", traits={"name": "Ann"}))
    with database.transaction(read_only=True) as session:
        assert session.fetch(TERMS) == whole
        assert session.fetch(DUE) == []
    assert portions == 4


def test_looking_for_words_reads_the_index(api: Api) -> None:
    from segue.ports.statements import statements

    search = statements("segue.app", "customers.sql")
    fill = Statement(
        "fill",
        "many terms",
        "insert into search_term select int8send(n) || int8send(n), 'name', md5(n::text)"
        " from generate_series(1, 20000) n",
    )
    owners = Statement(
        "owners",
        "whose terms they are",
        "insert into fragment (fragment_id, kind, value, person_id, component_id, first_key, source, proven,"
        " device) select id, 'user_id', n::text, id, id, substr(id || id, 1, 20), 'shop', true, false"
        " from (select n, int8send(n) || int8send(n) as id from generate_series(1, 20000) n) made",
    )
    with api.installation.database.transaction() as session:
        session.execute(fill)
        session.execute(owners)
        session.execute(Statement("analyze", "statistics", "analyze search_term, fragment"))
        for name, values in (("beginning", {"limit": 10}), ("rarest", {"bound": 10})):
            text = search[name].text
            low, high = ("ann", "ann\U0010ffff") if name == "beginning" else (["ann"], ["ann\U0010ffff"])
            plan = session.fetch(Statement("plan", "how", f"explain {text}"), low=low, high=high, **values)
            assert "search_term_term" in str(plan), plan
            assert "Seq Scan on search_term" not in str(plan), plan
