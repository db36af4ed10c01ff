"""Proofs over the API: given out to whoever may, brought back once, good for that key alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from segue.app import erase
from segue.app.keys import create_key
from segue.app.proofs import desk as proofs
from segue.app.proofs.desk import Brought, ProofDesk, Wish
from segue.collect import tokens
from segue.domain.access import Caller
from segue.domain.order import DAY, MINUTE
from segue.errors import SegueError
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.flow.api.harness import Answer, Api, identify, track
from tests.flow.deciding.conftest import PLACEMENTS, decide

AT = "2026-03-01T11:00:00Z"
ANN = {"user_id": "ann"}
COUNT = Statement("count", "", "select count(*) from proof")
Kiosk = Callable[..., Answer]


@pytest.fixture
def ann(shop: Api) -> Api:
    """Ann has bought once and consents to personalisation."""
    shop.happen(
        identify("a1", AT, user_id="ann", traits={"first_name": "Ann"}),
        track("Order Completed", "a2", AT, user_id="ann", properties={"order_id": "1", "revenue": 9}),
        track("Consent Granted", "a3", AT, user_id="ann", properties={"purpose": "personalisation"}),
    )
    return shop


@pytest.fixture
def kiosk(ann: Api) -> Kiosk:
    """Asks with a screen's own public key."""
    return asking(ann)


def asking(shop: Api, **given: Any) -> Kiosk:
    """A new decide key's way to ask; public unless said."""
    house = shop.installation
    options = {"placement": "home_hero", "source": "kiosk", **given}
    key = create_key(house.database, house.clock, role="decide", actor="test", **options)

    def ask(path: str, body: Any) -> Answer:
        headers = {"authorization": f"Bearer {key}"}
        return shop.request("POST", f"/api/v1/{path}", role=None, body=body, headers=headers)

    return ask


def give(shop: Api, **wish: Any) -> Any:
    """A proof, given out to an admin."""
    return shop.post("/api/v1/proofs", {"identifiers": ANN, "kind": "code", **wish}, 201)


def token_of(kiosk: Kiosk, proof: str, **also: Any) -> str:
    """What a proof is exchanged for."""
    answer = kiosk("proofs/exchange", {"proof": proof, **also})
    assert answer.status == 200, answer.body
    return str(answer.json()["identity_token"])


def is_hers(kiosk: Kiosk, **question: Any) -> bool:
    """Whether what the kiosk shows is for Ann, who alone may have coffee; it is drawn, so asked often."""
    for _ in range(40):
        answer = kiosk("decisions", {"placement": "home_hero", "context": {"locale": "en"}, **question})
        assert answer.status == 200, answer.body
        [slot] = answer.json()["slots"]
        if slot["content"].get("headline") == "Good day, Ann":
            return True
        assert "Ann" not in answer.body.decode()
    return False


@pytest.mark.parametrize("kind", ["code", "qr", "link"])
def test_a_proof_opens_her_record_once_and_typing_does_not(ann: Api, kiosk: Kiosk, kind: str) -> None:
    assert not is_hers(kiosk, identifiers=ANN)
    given = give(ann, kind=kind)
    token = token_of(kiosk, given["proof"])
    assert is_hers(kiosk, identity_token=token)
    assert not is_hers(kiosk)
    again = kiosk("proofs/exchange", {"proof": given["proof"]})
    assert (again.status, again.json()["code"]) == (400, "proof_refused")


@pytest.mark.parametrize(("kind", "minutes"), [("code", 10), ("qr", 1), ("link", 7 * 1440), ("code", 3)])
def test_a_proof_ends_in_time(ann: Api, kiosk: Kiosk, clock: ManualClock, kind: str, minutes: int) -> None:
    kept, lost = (
        give(ann, kind=kind, minutes=minutes, identifiers={"user_id": who}) for who in ("ann", "bob")
    )
    clock.advance(minutes * MINUTE - 2_000_000)
    token_of(kiosk, kept["proof"])
    clock.advance(2_000_000)
    assert kiosk("proofs/exchange", {"proof": lost["proof"]}).status == 400


def test_a_qr_code_lasts_a_minute_at_most_unless_said(ann: Api, clock: ManualClock) -> None:
    given = give(ann, kind="qr")
    assert len(given["proof"]) <= 64
    assert given["expires_at"] <= "2026-03-01T12:01:00Z"


def test_the_identity_token_is_for_that_key_and_for_minutes(
    ann: Api, kiosk: Kiosk, clock: ManualClock
) -> None:
    token = token_of(kiosk, give(ann)["proof"])
    other = asking(ann, source="web")
    assert not is_hers(other, identity_token=token)
    assert not is_hers(asking(ann), identity_token=token), "another screen of the same placement"
    assert is_hers(kiosk, identity_token=token)
    clock.advance(proofs.VOUCHED)
    assert not is_hers(kiosk, identity_token=token)


def test_events_of_the_key_s_source_may_use_it_and_no_others(
    ann: Api, kiosk: Kiosk, clock: ManualClock
) -> None:
    token, house = token_of(kiosk, give(ann)["proof"]), ann.installation
    rules, now = house.rules().identity, clock.now()
    assert tokens.is_ours(token)
    assert tokens.verify_own(token, house.secret, rules, now, source="kiosk") == frozenset(
        {("user_id", "ann")}
    )
    assert tokens.verify_own(token, house.secret, rules, now, source="web") is None
    assert tokens.verify_own(token, b"1" * 32, rules, now, source="kiosk") is None
    assert tokens.verify(token, house.secret, rules, now) is None, (
        "it is signed with no secret that others have"
    )
    sourceless = token_of(asking(ann, source=None), give(ann)["proof"])
    assert tokens.verify_own(sourceless, house.secret, rules, now, source="default") is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"identifiers": {}}, "nobody"),
    ({"identifiers": {"user_id": " "}}, "no identifier"),
    ({"identifiers": {"anonymous_id": "a1"}}, "device"),
    ({"identifiers": {"shoe_size": "40"}}, "no kind"),
    ({"kind": "wish"}, "kind"),
    ({"minutes": 31}, "31 minutes"),
    ({"kind": "qr", "minutes": 6}, "6 minutes"),
    ({"minutes": 0}, "0 minutes"),
    ({"kind": "link", "url": "javascript:alert(1)"}, "url"),
    ({"kind": "link", "url": "https://"}, "url"),
    ({"kind": "link", "url": "https://[::1"}, "url"),
    ({"kind": "link", "url": "https://shop.example/a b"}, "url"),
    ({"url": "https://shop.example/"}, "no address"),
]
"""Wishes, and what the refusal says."""


def test_what_cannot_be_given_out_is_said_clearly(ann: Api) -> None:
    for wish, says in WRONG:
        answer = ann.request("POST", "/api/v1/proofs", body={"identifiers": ANN, "kind": "code", **wish})
        assert answer.status == 400, (wish, answer.body)
        assert says in answer.body.decode()


def test_a_public_key_gives_nothing_out(ann: Api, kiosk: Kiosk) -> None:
    assert kiosk("proofs", {"identifiers": ANN, "kind": "code"}).status == 403
    till = asking(ann, placement="till", source="till", trusted=True)
    assert till("proofs", {"identifiers": ANN, "kind": "code"}).status == 201


@pytest.mark.parametrize(
    ("url", "before"),
    [
        ("https://shop.example/offers?a=1", "https://shop.example/offers?a=1#segue="),
        ("https://shop.example/#/offers", "https://shop.example/#/offers&segue="),
        ("http://localhost:8080/#", "http://localhost:8080/#segue="),
    ],
)
def test_a_link_carries_its_token_where_no_server_sees_it(
    ann: Api, kiosk: Kiosk, url: str, before: str
) -> None:
    given = give(ann, kind="link", url=url)
    assert given["url"] == before + given["proof"]
    assert "ann" not in given["proof"]
    assert is_hers(kiosk, identity_token=token_of(kiosk, given["proof"]))


# ── guessing ─────────────────────────────────────────────────────────────────


def test_wrong_codes_are_counted_by_address_and_by_key(ann: Api, kiosk: Kiosk, clock: ManualClock) -> None:
    code = give(ann, minutes=30)["proof"]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert [kiosk("proofs/exchange", {"proof": wrong}).status for _ in range(10)] == [400] * 10
    refused = kiosk("proofs/exchange", {"proof": code})
    assert (refused.status, refused.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["retry-after"]) <= 600
    assert asking(ann)("proofs/exchange", {"proof": code}).status == 429, "the address is the same"
    clock.advance(10 * MINUTE)
    assert is_hers(kiosk, identity_token=token_of(kiosk, code))


def test_many_guesses_at_once_are_many(ann: Api) -> None:
    """Two hundred at the same moment with one key, each from an address of its own."""
    desk = ProofDesk(ann.installation)
    caller = Caller(actor="k", role="decide", name="k", trusted=False)

    def guess(number: int) -> str:
        try:
            desk.exchange(Brought(proof=f"{number:06d}"), caller, f"10.0.0.{number}")
        except SegueError as error:
            return error.code
        return "found"

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(guess, range(200)))
    assert found.count("proof_refused") == 20
    assert found.count("too_many_requests") == 180


def test_one_of_many_who_bring_the_same_proof_gets_a_token(ann: Api) -> None:
    desk = ProofDesk(ann.installation)
    caller = Caller(actor="k", role="decide", name="k", trusted=False)
    text = give(ann, kind="qr")["proof"]

    def bring(_: int) -> bool:
        try:
            return bool(desk.exchange(Brought(proof=text), caller, "10.0.0.1").identity_token)
        except SegueError:
            return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(bring, range(50))) == 1


def test_tokens_cannot_be_forged_nor_do_they_count_as_guesses(ann: Api, kiosk: Kiosk) -> None:
    text = give(ann, kind="link")["proof"]
    flipped = text[:-1] + ("A" if text[-1] != "A" else "B")
    for forged in (flipped, "x" * 53, "", "é" * 6, "²²²²²²", "١٢٣٤٥٦", "0" * 5_000):
        assert kiosk("proofs/exchange", {"proof": forged}).status == 400, forged[:20]
    token_of(kiosk, text)
    for _ in range(12):
        assert kiosk("proofs/exchange", {"proof": text}).status == 400, "used, and guessed by nobody"


def test_a_key_that_asks_all_the_time_has_to_wait(ann: Api, kiosk: Kiosk, clock: ManualClock) -> None:
    text = give(ann, kind="qr")["proof"]
    token_of(kiosk, text)
    found = [kiosk("proofs/exchange", {"proof": text}) for _ in range(25)]
    assert [each.status for each in found] == [400] * 19 + [429] * 6
    assert found[-1].headers["retry-after"] == "1"
    clock.advance(1_000_000)
    assert kiosk("proofs/exchange", {"proof": text}).status == 400


def test_a_code_may_say_whose_it_should_be(ann: Api, kiosk: Kiosk) -> None:
    code = give(ann)["proof"]
    assert kiosk("proofs/exchange", {"proof": code, "identifiers": {"user_id": "bob"}}).status == 400
    token_of(kiosk, give(ann)["proof"], identifiers={"user_id": " ann "})


def test_a_new_code_ends_the_one_before_and_she_is_not_sent_many(ann: Api, kiosk: Kiosk) -> None:
    codes = [give(ann)["proof"] for _ in range(5)]
    refused = ann.request("POST", "/api/v1/proofs", body={"identifiers": ANN, "kind": "code"})
    assert refused.status == 429
    give(ann, identifiers={"user_id": "bob"})
    assert [kiosk("proofs/exchange", {"proof": each}).status for each in codes] == [400] * 4 + [200]


def test_a_code_that_is_out_is_not_given_to_somebody_else(ann: Api) -> None:
    """However the dice fall."""
    numbers = iter([7, 7, 7, 8])
    desk = ProofDesk(ann.installation, lambda n: next(numbers).to_bytes(n, "big"))
    admin = Caller(actor="a", role="admin", name="a")
    first = desk.give(Wish(identifiers=ANN, kind="code"), admin)
    second = desk.give(Wish(identifiers={"user_id": "bob"}, kind="code"), admin)
    assert (first.proof, second.proof) == ("000007", "000008")


# ── what is kept of it ───────────────────────────────────────────────────────


def test_giving_out_is_audited_without_a_word_about_her(ann: Api) -> None:
    code = give(ann, identifiers={"email": "ann@shop.example"})["proof"]
    [entry] = [each for each in ann.get("/api/v1/audit")["acts"] if each["act"] == "proof given"]
    assert (entry["detail"]["kind"], entry["detail"]["of"]) == ("code", ["email"])
    assert "shop.example" not in str(entry)
    assert code not in str(entry["detail"]) + entry["subject"]


def test_law_8_what_was_given_out_is_erased_with_her(ann: Api, kiosk: Kiosk) -> None:
    given = [give(ann, kind=kind) for kind in ("link", "qr", "code")]
    other = give(ann, kind="link", identifiers={"user_id": "bob"})
    person = bytes.fromhex(ann.person("user_id:ann")["person_id"])
    assert erase.erase(ann.installation, person).left
    for each in given:
        assert kiosk("proofs/exchange", {"proof": each["proof"]}).status == 400
    assert left(ann) == 1
    token_of(kiosk, other["proof"])


def left(shop: Api) -> int:
    """Proofs that are out."""
    with shop.installation.database.transaction(read_only=True) as session:
        return int(session.fetch(COUNT)[0][0])


def test_what_is_old_is_swept(ann: Api, clock: ManualClock) -> None:
    give(ann)
    give(ann, kind="link")
    with ann.installation.database.transaction() as session:
        assert proofs.sweep(session, clock.now() + DAY) == 1
    assert left(ann) == 1


def test_decide_is_asked_by_a_till_too(ann: Api) -> None:
    """A till scans the QR code of her app: it is proven there as well."""
    till = asking(ann, placement="till", source="till", trusted=True)
    token = token_of(till, give(ann, kind="qr")["proof"])
    body = till("decisions", {"placement": "till", "identity_token": token}).json()
    assert (body["identity"], body["person_id"]) == ("certain", ann.person("user_id:ann")["person_id"])
    assert decide(ann, "till")["identity"] == "unknown"


def test_a_till_s_key_vouches_no_longer_where_visitors_stand_by_now(ann: Api) -> None:
    """The placement was the staff's when the key was made; then it was given to visitors."""
    key = asking(ann, placement="till", source="till", trusted=True)
    question = {"placement": "till", "identifiers": ANN}
    assert key("decisions", question).json()["identity"] == "certain"
    ann.define({"placements.yaml": PLACEMENTS.replace("touchpoint: till", "touchpoint: kiosk")})
    answer = key("decisions", question)
    assert answer.status == 200, answer.body
    assert "identity" not in answer.json()
    assert "person_id" not in answer.json()
    assert key("decisions/batch", {"requests": [question]}).json()["decisions"][0].get("person_id") is None
    assert key("proofs", {"identifiers": ANN, "kind": "code"}).status == 403


@pytest.mark.parametrize("touchpoint", ["web", "app", "display", "kiosk"])
def test_no_trusted_key_is_made_for_where_visitors_stand(ann: Api, touchpoint: str) -> None:
    ann.define({"placements.yaml": PLACEMENTS.replace("touchpoint: web", f"touchpoint: {touchpoint}")})
    wanted = {"role": "decide", "placement": "home_hero", "source": "kiosk", "trusted": True}
    answer = ann.request("POST", "/api/v1/keys", body=wanted)
    assert (answer.status, answer.json()["code"]) == (400, "invalid_input")
    assert "home_hero" in answer.json()["message"]
    assert touchpoint in answer.json()["message"]
    assert "without trusted" in answer.json()["cure"]
    ann.post("/api/v1/keys", {**wanted, "trusted": False}, 201)
    ann.post("/api/v1/keys", {**wanted, "placement": "till"}, 201)
    ann.post("/api/v1/keys", {"role": "decide", "trusted": True}, 201)
