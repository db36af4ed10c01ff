"""Bad input: a clear error, or a dead letter where there is an event; never a 500, nothing around it lost."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.domain.identifiers import fragment_id
from segue.domain.rules import default_rules
from segue.domain.rules.read import read_identity

from .conftest import SECRET, OpenShop, Shop

GOOD = {"type": "track", "event": "Product Viewed", "anonymousId": "a1"}
FOUR_MB = 4 * 1024 * 1024


def batch_of(*items: str, **more: str) -> str:
    """A batch with one good event before and one after ``items`` (JSON texts)."""
    around = [json.dumps(GOOD | {"messageId": "before"}), *items, json.dumps(GOOD | {"messageId": "after"})]
    rest = "".join(f',"{name}":{value}' for name, value in more.items())
    return f'{{"batch":[{",".join(around)}]{rest}}}'


def assert_neighbours_are_there(shop: Shop) -> None:
    ids = [event.message_id for event in shop.events()]
    assert (ids[0], ids[-1]) == ("before", "after")


@pytest.fixture
def again(shared_shop: Shop) -> Shop:
    """The module's shop, with nothing new in it and another time on its clock."""
    shared_shop.clock.advance(1_000_000)
    shared_shop.news()
    return shared_shop


# ── bodies that are none ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"[]", b"3", b'"text"', b"null", b'{"type":"track"', b"\xff\xfe\x00", b"{]}",
        b'{"batch":[{"type":"track"},]', b"\x00" * 100, b'{"a":1} and more', b" [" * 100_000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
def test_what_is_no_json_object_is_refused_in_two_words(again: Shop, path: str, body: bytes) -> None:
    answer = again.send(path, body)
    assert answer.status == 400
    assert answer.json().keys() == {"code", "message"}
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_gzip_that_ends_early_or_is_broken_is_refused(shop: Shop) -> None:
    whole = gzip.compress(json.dumps(GOOD).encode())
    for body in (whole[:-9], whole[:12], whole[:20] + b"xxxx" + whole[24:]):
        answer = shop.send("/v1/track", body, headers={"content-encoding": "gzip"})
        assert (answer.status, answer.json()["code"]) == (400, "malformed_gzip")
    assert shop.events() == []


def test_a_gzip_in_two_members_is_one_body(shop: Shop) -> None:
    text = json.dumps(GOOD).encode()
    assert shop.send("/v1/track", gzip.compress(text[:10]) + gzip.compress(text[10:])).status == 200
    assert len(shop.events()) == 1


@pytest.mark.parametrize("times", [1, 20])
def test_a_gzip_bomb_is_not_unpacked(shop: Shop, times: int) -> None:
    bomb = gzip.compress(b"[" * (FOUR_MB * 2)) * times
    answer = shop.send("/v1/batch", bomb, headers={"content-encoding": "gzip"})
    assert (answer.status, answer.json()["code"]) == (413, "too_large")


def test_more_than_four_megabytes_are_too_much_and_less_is_not(shop: Shop) -> None:
    item = json.dumps(GOOD | {"properties": {"pad": "x" * 1000}})
    many = ",".join([item] * (FOUR_MB // (len(item) + 1) - 1))
    assert shop.send("/v1/batch", f'{{"batch":[{many}]}}', chunks=7).status == 200
    answer = shop.send("/v1/batch", f'{{"batch":[{many},{many}]}}', chunks=7)
    assert (answer.status, answer.json()["code"]) == (413, "too_large")


def test_two_thousand_five_hundred_and_one_events_are_taken(shop: Shop) -> None:
    items = [GOOD | {"messageId": str(number)} for number in range(2501)]
    assert shop.send("/v1/batch", {"batch": items}).status == 200
    assert [event.message_id for event in shop.events()] == [str(number) for number in range(2501)]


def test_an_empty_batch_is_a_success(shop: Shop) -> None:
    assert shop.send("/v1/batch", {"batch": []}).status == 200
    assert (shop.events(), shop.letters()) == ([], [])


# ── one event among others ─────────────────────────────────────────────────────────

DEEP = "[" * 100_000 + "]" * 100_000
SOMEWHAT_DEEP = '{"a":' * 70 + "1" + "}" * 70


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("3", "wrong_type"),
        ("null", "wrong_type"),
        ('"text"', "wrong_type"),
        ("[]", "wrong_type"),
        ("{}", "unknown_type"),
        ('{"type": "trakc", "userId": "u"}', "unknown_type"),
        ('{"type": 7, "userId": "u"}', "unknown_type"),
        ('{"type": ["track"], "userId": "u"}', "unknown_type"),
        ('{"type": "track", "userId": "u"}', "wrong_type"),
        ('{"type": "track", "event": {}, "userId": "u"}', "wrong_type"),
        ('{"type": "track", "event": "  ", "userId": "u"}', "no_event_name"),
        ('{"type": "track", "event": "' + "x" * 501 + '", "userId": "u"}', "no_event_name"),
        ('{"type": "track", "event": "E", "userId": {"a": 1}}', "wrong_type"),
        ('{"type": "track", "event": "E", "userId": true}', "wrong_type"),
        ('{"type": "track", "event": "E", "userId": "u", "properties": []}', "wrong_type"),
        ('{"type": "track", "event": "E", "userId": "u", "properties": "p"}', "wrong_type"),
        ('{"type": "identify", "userId": "u", "traits": 5}', "wrong_type"),
        ('{"type": "track", "event": "E", "userId": "u", "context": "c"}', "wrong_type"),
        ('{"type": "track", "event": "E", "userId": "u", "messageId": ["m"]}', "wrong_type"),
        ('{"type": "track", "event": "E"}', "no_identifier"),
        ('{"type": "track", "event": "E", "userId": "", "anonymousId": null}', "no_identifier"),
        ('{"type": "track", "event": "E", "userId": "null", "anonymousId": "000-000"}', "no_identifier"),
        ('{"type": "track", "event": "E", "userId": "[object Object]"}', "no_identifier"),
        ('{"type": "track", "event": "E", "userId": "Guest"}', "no_identifier"),
        ('{"type": "track", "event": "E", "userId": "' + "u" * 501 + '"}', "no_identifier"),
        ('{"type": "track", "event": "' + "E" * 33_000 + '", "userId": "u"}', "too_large"),
        ('{"type": "track", "event": "E", "userId": "u", "properties": ' + DEEP + "}", "too_deep"),
        ('{"type": "track", "event": "E", "userId": "u", "properties": ' + SOMEWHAT_DEEP + "}", "too_deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_admitted_is_a_dead_letter_alone(again: Shop, item: str, reason: str) -> None:
    answer = again.send("/v1/batch", batch_of(item, sentAt='"2026-03-01T12:00:00Z"'))
    assert answer.status == 200
    events, [letter] = again.news()
    assert [event.message_id for event in events] == ["before", "after"]
    assert letter.reason == reason
    assert letter.detail


@pytest.mark.parametrize(
    ("item", "properties"),
    [
        ('{"type":"track","event":"E","userId":"u","properties":{"a":NaN,"b":Infinity,"c":-Infinity,"d":1}}',
         {"a": None, "b": None, "c": None, "d": 1}),
        (r'{"type":"track","event":"E","userId":"u","properties":{"a":"x\ud800y"}}', {"a": "x\ufffdy"}),
        (r'{"type":"page","userId":"u","properties":{"a":"x\u0000y","b\u0000":1}}', {"a": "xy", "b": 1}),
        ('{"type":"track","event":"E","userId":"u","properties":{"a":"x\ny\t"}}', {"a": "x\ny\t"}),
        ('{"type":"track","event":"E","userId":"u","properties":{"a":1e999}}', {"a": None}),
        ('{"type":"track","event":"E","userId":"u","properties":{"a":' + "9" * 30 + "}}", {"a": "9" * 30}),
        ('{"type":"track","event":"E","userId":"u","properties":{"a":' + "9" * 5000 + "}}", {"a": None}),
    ],
)  # fmt: skip
def test_what_can_be_repaired_is(again: Shop, item: str, properties: dict[str, Any]) -> None:
    assert again.send("/v1/batch", batch_of(item)).status == 200
    [before, event, after], letters = again.news()
    assert (before.message_id, after.message_id) == ("before", "after")
    assert event.properties == properties
    assert "repaired" in event.marks or "\n" in item
    assert not letters


def test_bytes_that_are_no_utf8_cost_only_their_own_letters(shop: Shop) -> None:
    body = batch_of(json.dumps(GOOD | {"properties": {"name": "CAFE"}})).encode().replace(b"CAFE", b"Caf\xe9")
    assert shop.send("/v1/batch", body).status == 200
    assert_neighbours_are_there(shop)
    assert shop.events()[1].properties == {"name": "Caf\ufffd"}


def test_pairs_of_surrogates_are_the_character_they_spell(shop: Shop) -> None:
    item = r'{"type":"track","event":"\ud83d\ude00","userId":"u","properties":{"a":NaN}}'
    assert shop.send("/v1/batch", batch_of(item)).status == 200
    assert shop.events()[1].event == "😀"


def test_nul_and_surrogates_in_identifiers_kinds_and_ids_reach_no_column(shop: Shop) -> None:
    items = [
        r'{"type":"identify","userId":"u\u0000\ud800","traits":{"email":"A\u0000nn@Example.com"}}',
        r'{"type":"track","event":"E\u0000","userId":"u","messageId":"m\u0000\ud800",'
        r'"context":{"externalIds":[{"id":"1\u0000","type":"loyalty_card\u0000"},{"id":"2","type":"\ud800"}]}}',
        r'{"type":"tr\u0000ack\ud800","userId":"u"}',
    ]
    assert shop.send("/v1/batch", batch_of(*items)).status == 200
    assert_neighbours_are_there(shop)
    for event in shop.events():
        text = repr(event)
        assert "\\x00" not in text
        assert "\\ud800" not in text
    assert shop.events()[1].mentions[1].value == "ann@example.com"
    assert [letter.reason for letter in shop.letters()] == ["unknown_type"]


def test_a_monstrous_event_costs_its_neighbours_nothing(shop: Shop) -> None:
    body = batch_of('{"a":' + DEEP + ',"b":"]}\\""}', writeKey=f'"{shop.key}"')
    assert shop.send("/v1/batch", body, auth=None).status == 200
    assert_neighbours_are_there(shop)
    assert [letter.reason for letter in shop.letters()] == ["too_deep"]


def test_a_single_call_that_is_too_deep_is_a_dead_letter(shop: Shop) -> None:
    assert shop.send("/v1/track", '{"event":"E","userId":"u","properties":' + DEEP + "}").status == 200
    assert [letter.reason for letter in shop.letters()] == ["too_deep"]


def test_a_batch_that_is_no_list_is_a_dead_letter(shop: Shop) -> None:
    bodies: list[dict[str, object]] = [{"batch": "x"}, {"batch": {}}, {"batch": None}, {}]
    for body in bodies:
        assert shop.send("/v1/batch", body).status == 200
    assert {letter.reason for letter in shop.letters()} == {"wrong_type"}


def test_a_message_id_is_made_where_none_is_given_and_shortened_where_it_is_long(shop: Shop) -> None:
    shop.send("/v1/batch", {"batch": [GOOD, GOOD, GOOD | {"messageId": "m" * 101}, GOOD | {"messageId": 17}]})
    made, other, shortened, number = shop.events()
    assert made.message_id != other.message_id
    assert made.marks == other.marks == ("message_id_made",)
    assert (len(shortened.message_id), shortened.marks) == (32, ("message_id_shortened",))
    assert number.message_id == "17"


def test_ten_thousand_identifiers_on_one_event_are_cut(open_shop: OpenShop) -> None:
    shop = open_shop()
    external = [{"id": str(number), "type": "loyalty_card"} for number in range(500)]
    assert shop.send("/v1/track", GOOD | {"userId": "u1", "context": {"externalIds": external}}).status == 200
    [event] = shop.events()
    assert len(event.mentions) == 32
    assert (event.mentions[0].kind, event.marks) == ("user_id", ("identifiers_cut", "message_id_made"))


def test_an_unknown_kind_is_recorded_and_links_nothing(shop: Shop) -> None:
    external = [
        {"id": "x1", "type": "ga_client_id"},
        {"id": "acc", "type": "email", "collection": "accounts"},
    ]
    shop.send("/v1/track", GOOD | {"context": {"externalIds": external}})
    [event] = shop.events()
    assert [str(one) for one in event.unlinked] == ["ga_client_id:x1"]
    assert [mention.kind for mention in event.mentions] == ["anonymous_id"]


def test_a_dead_letter_names_the_fragments_it_is_about(shop: Shop) -> None:
    item = '{"type":"track","event":"E","userId":"u1","properties":"oops"}'
    shop.send("/v1/batch", batch_of(item))
    [letter] = shop.letters()
    assert json.loads(letter.raw)["userId"] == "u1"
    assert letter.fragments == [fragment_id(SECRET, "user_id", "u1")]


def test_a_dead_letter_holds_no_credentials(shop: Shop) -> None:
    body = {"type": "track", "userId": "u1", "writeKey": shop.key, "context": {"identityToken": "e30.secret"}}
    shop.send("/v1/track", body)
    [letter] = shop.letters()
    assert shop.key not in letter.raw
    assert "secret" not in letter.raw


def test_a_pattern_of_the_retailers_cannot_be_made_to_run_for_ever(open_shop: OpenShop) -> None:
    identity = read_identity(
        "identifiers: {user_id: {priority: 1}}\nblocked: {'*': ['(a+)+b', '(x|xx)*y']}\nfrom: {}"
    )
    rules = default_rules()
    shop = open_shop(type(rules)(identity=identity))
    for value in ("a" * 480, "x" * 480):
        assert shop.send("/v1/track", {"event": "E", "userId": value}).status == 200
    assert len(shop.events()) == 2


# ── whatever it is ─────────────────────────────────────────────────────────────────

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary().map(repr),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
field_names = st.sampled_from(
    ["type", "event", "userId", "anonymousId", "messageId", "timestamp", "sentAt", "properties", "traits",
     "context", "groupId", "previousId", "name", "category", "channel", "originalTimestamp", "identityToken"]
)  # fmt: skip
calls = st.dictionaries(field_names, json_values, max_size=8).map(
    lambda drawn: {"type": "track", "event": "E", "userId": "u"} | drawn
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(calls | json_values, max_size=5))
def test_whatever_a_batch_holds_each_item_is_an_event_or_a_letter(again: Shop, items: list[Any]) -> None:
    again.clock.advance(1)
    answer = again.send("/v1/batch", {"batch": items})
    assert answer.status == 200
    events, letters = again.news()
    assert len(events) + len(letters) == len(items)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, 400),
    noise=st.binary(max_size=6),
    at=st.integers(0, 400),
    zipped=st.booleans(),
)
def test_whatever_a_body_is_it_is_never_our_fault(
    again: Shop, cut: int, noise: bytes, at: int, zipped: bool
) -> None:
    body = batch_of('{"type":"identify","userId":"u\\ud83d\\ude00","traits":{"a":[1,2,{"b":null}]}}').encode()
    body = gzip.compress(body) if zipped else body
    body = (body[:at] + noise + body[at:])[: max(0, len(body) + len(noise) - cut)]
    assert again.send("/v1/batch", body).status in {200, 400, 413}


def test_zlib_without_a_gzip_header_is_refused(shop: Shop) -> None:
    assert shop.send("/v1/track", zlib.compress(json.dumps(GOOD).encode())).status == 400
