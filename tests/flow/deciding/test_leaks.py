"""Nothing of one customer reaches another: everything that a public key can try, at a real server.

Ann is known well. Whoever is not proven to be her gets what anybody gets, and no word of hers, whatever is
typed, sent along as an event, signed by somebody else, used a second time, or asked beside her own question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import msgspec
import pytest

from tests.patience import PATIENCE
from tests.served import Answer, Served, serving

ANN = {
    "user_id": "ann",
    "loyalty_card": "4711-ann",
    "email": "ann@shop.example",
    "phone": "+49301234567",
    "device_id": "tablet-of-ann",
    "anonymous_id": "browser-of-ann",
}
"""One of every kind."""
SECRETS = ("Annegret", "Uhlandstrasse", "ann@shop.example", "4711-ann", "301234567")
DEFINITIONS = {
    "placements.yaml": """
placements:
  home:  {touchpoint: web, formats: [any], fallback: story, slots: 9, timeout_ms: 10000, personal_facts: 5}
  kiosk: {touchpoint: kiosk, formats: [any], fallback: story, slots: 9, timeout_ms: 10000, personal_facts: 5}
""",
    "actions.yaml": """
actions:
  story: {kind: content, content: [{format: any, text: Welcome}]}
  plain: {kind: offer, value: 1, content: [{format: any, text: "Hello {{ person.first_name }}"}]}
  hers:
    kind: offer
    audience: {did: Order Completed, at_least: 1, within: 30 days}
    value: 5000
    content: [{format: any, text: "{{ person.first_name }}", because: "you live in {{ person.street }}"}]
  looked:
    kind: offer
    audience: {did: Product Viewed, at_least: 1, within: 30 days}
    value: 40
    content: [{format: any, text: Seen lately}]
""",
}
ANYBODY = {"plain"}
HERS = {"plain", "hers", "looked"}


class World(NamedTuple):
    """A shop in which Ann is known, and what somebody has in hand who would like to know of her."""

    served: Served
    person: str
    #: a page's key and a kiosk's: both public, each of a source of its own
    web: str
    kiosk: str
    #: what the backends of the two sources sign with
    secrets: Mapping[str, str]

    def post(self, path: str, body: Any, key: str) -> Answer:
        return self.served.request(
            "POST",
            path,
            key=key,
            body=msgspec.json.encode(body),
            headers={"Content-Type": "application/json"},
        )

    def token(self, source: str = "web", sub: str = "ann", seconds: float = 600, **also: Any) -> str:
        """What the backend of a source signs."""
        claims = {"sub": sub, "exp": time.time() + seconds, **also}
        return jwt.encode(claims, self.secrets[source], algorithm="HS256")

    def proof(self) -> str:
        """The token of a link that was sent to Ann."""
        wish = {"identifiers": {"user_id": "ann"}, "kind": "link"}
        answer = self.post("/api/v1/proofs", wish, self.served.key("admin"))
        assert answer.status == 201, answer.body
        return str(answer.json()["proof"])

    def exchanged(self, proof: str, key: str) -> Answer:
        return self.post("/api/v1/proofs/exchange", {"proof": proof}, key)


@pytest.fixture(scope="module")
def world(short_folder: Path) -> Iterator[World]:
    with serving(short_folder / "leaks") as served:
        served.define(DEFINITIONS)
        secrets = {}
        for source in ("web", "kiosk"):
            path = f"/api/v1/sources/{source}/identity-secret"
            served.key("decide", "--source", source)
            answer = served.request("POST", path, key=served.key("admin"))
            assert answer.status in {200, 201}, answer.body
            secrets[source] = answer.json()["secret"]
        tell(served)
        kiosk = served.key("decide", "--source", "kiosk", "--placement", "kiosk")
        world = World(served, "", served.key("decide", "--source", "web"), kiosk, secrets)
        yield world._replace(person=known(world))


def tell(served: Served) -> None:
    """What a trusted source says of Ann, and of Bob; each event is owned by her best identifier."""
    traits = {name: ANN[name] for name in ("email", "phone")}
    card = {"id": ANN["loyalty_card"], "type": "loyalty_card", "collection": "users", "encoding": "none"}
    context = {"device": {"id": ANN["device_id"]}, "externalIds": [card]}
    ids = {"userId": "ann", "anonymousId": ANN["anonymous_id"], "context": context}
    said = [
        {"type": "identify", "traits": {**traits, "first_name": "Annegret", "street": "Uhlandstrasse 7"}},
        {"type": "track", "event": "Order Completed", "properties": {"order_id": "1", "revenue": 9}},
        {"type": "track", "event": "Product Viewed", "properties": {"product_id": "mug"}},
        {"type": "track", "event": "Consent Granted", "properties": {"purpose": "personalisation"}},
    ]
    events = [{"messageId": f"a{number}", **ids, **each} for number, each in enumerate(said)]
    events += [{"messageId": "b", "type": "identify", "userId": "bob", "traits": {"first_name": "Robert"}}]
    key = served.key("ingest", "--source", "shop", "--trusted")
    answer = served.request(
        "POST", "/v1/batch", key=key, body=msgspec.json.encode({"batch": events}),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status == 200, answer.body


def known(world: World) -> str:
    """Ann's id, as soon as every identifier leads to her and what is decided for her is hers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = [trusted(world, {kind: value}) for kind, value in ANN.items()]
        if all(actions(each) == HERS for each in found):
            [person] = {each["person_id"] for each in found}
            return str(person)
        time.sleep(0.2)
    raise AssertionError([actions(each) for each in found])


def trusted(world: World, identifiers: Mapping[str, str]) -> Any:
    body = {"placement": "home", "identifiers": identifiers}
    answer = world.post("/api/v1/decisions", body, world.served.key("admin"))
    assert answer.status in {200, 404}, answer.body
    return answer.json()


def actions(answer: Any) -> set[str]:
    """What an answer shows."""
    return {slot["action"] for slot in answer.get("slots", ())}


# ── what is tried ────────────────────────────────────────────────────────────

Try = Callable[[World], Sequence[Answer]]


def typed(identifiers: Mapping[str, str], **also: Any) -> Try:
    """Her identifiers, at a page and at a kiosk."""

    def tried(world: World) -> list[Answer]:
        asked = {"identifiers": identifiers, "explain": True, **also}
        return [
            world.post("/api/v1/decisions", {"placement": place, **asked}, key)
            for place, key in (("home", world.web), ("kiosk", world.kiosk))
        ]

    return tried


def happened(*events: dict[str, Any]) -> Try:
    """Events that name her, beside a device of the asker's own."""
    sent = [{"messageId": f"e{n}", **each} for n, each in enumerate(events)]
    return typed({"anonymous_id": "somebody-else"}, events=sent)


def signed(token: Callable[[World], str], **also: Any) -> Try:
    """A token that is not to be believed, with the page's key; and with it all that she is called."""

    def tried(world: World) -> list[Answer]:
        given = {"placement": "home", "identity_token": token(world), **also}
        plain = world.post("/api/v1/decisions", given, world.web)
        return [plain, world.post("/api/v1/decisions", {**given, "identifiers": ANN}, world.web)]

    return tried


def flagged(context: Mapping[str, Any], token: Callable[[World], str] | None = None) -> Try:
    """The same as a feature flag: one, and all."""

    def tried(world: World) -> list[Answer]:
        said = {**context} if token is None else {**context, "identity_token": token(world)}
        paths = ("/ofrep/v1/evaluate/flags/home", "/ofrep/v1/evaluate/flags")
        return [world.post(path, {"context": said}, world.web) for path in paths]

    return tried


def beside_her(world: World) -> list[Answer]:
    """In one batch with her own question, which is proven; and right after it."""
    hers = {"placement": "home", "identity_token": world.token()}
    others = [{"placement": "home", "identifiers": {kind: value}} for kind, value in ANN.items()]
    asked = [each for other in others for each in (hers, other, {"placement": "home"})]
    answer = world.post("/api/v1/decisions/batch", {"requests": asked}, world.web)
    assert answer.status == 200, answer.body
    found = answer.json()["decisions"]
    assert all(actions(each) == HERS for each in found[::3]), "or nothing was tried"
    rest = [each for number, each in enumerate(found) if number % 3]
    after = [world.post("/api/v1/decisions", each, world.web) for each in others]
    return [*after, *(Answer(200, {}, msgspec.json.encode(each)) for each in rest)]


def link_twice(world: World) -> list[Answer]:
    """Somebody else brings her link once more, and uses what she got for it."""
    proof = world.proof()
    first = world.exchanged(proof, world.kiosk)
    assert first.status == 200, first.body
    token = first.json()["identity_token"]
    own = world.post("/api/v1/decisions", {"placement": "kiosk", "identity_token": token}, world.kiosk)
    assert actions(own.json()) == HERS, "or nothing was tried"
    again = [world.exchanged(proof, key) for key in (world.kiosk, world.web)]
    assert [each.status for each in again] == [400, 400]
    stolen = world.post("/api/v1/decisions", {"placement": "home", "identity_token": token}, world.web)
    plain = world.post("/api/v1/decisions", {"placement": "kiosk"}, world.kiosk)
    return [*again, stolen, plain]


def unsigned(world: World) -> str:
    return jwt.encode({"sub": "ann", "exp": time.time() + 60}, "", algorithm="none")


def swapped(world: World) -> str:
    """A token of Bob's with Ann's claims put into it."""
    head, _, signature = world.token(sub="bob").split(".")
    return f"{head}.{world.token().split('.')[1]}.{signature}"


TRIED: dict[str, Try] = {
    **{f"typed {kind}": typed({kind: value}) for kind, value in ANN.items()},
    "typed all": typed(ANN),
    "typed, with a device of her own": typed({**ANN, "anonymous_id": "somebody-else"}),
    "typed, supposing": typed(ANN, at="2026-11-20T12:00:00Z"),
    "typed in the context": typed({}, context={"identifiers": ANN, **ANN, "person": ANN}),
    "event of hers": happened({"type": "track", "event": "Cart Viewed", "userId": "ann"}),
    "identify": happened({"type": "identify", "userId": "ann", "anonymousId": "somebody-else"}),
    "identify by traits": happened({"type": "identify", "anonymousId": "somebody-else", "traits": ANN}),
    "context traits": happened(
        {"type": "page", "anonymousId": "somebody-else", "context": {"traits": {"email": ANN["email"]}}}
    ),
    "external ids": happened({
        "type": "track", "event": "Seen", "anonymousId": "somebody-else",
        "context": {"externalIds": [
            {"id": value, "type": kind, "collection": "users", "encoding": "none"}
            for kind, value in ANN.items()
        ]},
    }),
    "alias": happened({"type": "alias", "userId": "somebody-else", "previousId": "ann"}),
    "her device": happened({"type": "track", "event": "Seen", "anonymousId": ANN["anonymous_id"]}),
    "consent in her name": happened(
        {"type": "track", "event": "Consent Granted", "userId": "ann",
         "properties": {"purpose": "personalisation"}},
    ),
    "token of another source": signed(lambda world: world.token("kiosk")),
    "token that is over": signed(lambda world: world.token(seconds=-1)),
    "token for too long": signed(lambda world: world.token(seconds=7_200)),
    "token of no algorithm": signed(unsigned),
    "token with other claims": signed(swapped),
    "token that is a link": signed(World.proof),
    "token of nobody": signed(lambda world: "a.b.c"),
    "token of somebody new": signed(lambda world: world.token(sub="dora")),
    "token of somebody new, events": signed(
        lambda world: world.token(sub="dora"), events=[{"type": "page", "messageId": "p", "userId": "ann"}]
    ),
    "token of somebody known": signed(lambda world: world.token(sub="bob")),
    "link twice": link_twice,
    "beside her": beside_her,
    **{f"flag {kind}": flagged({"targetingKey": value, "kind": kind}) for kind, value in ANN.items()},
    "flag with all": flagged({"targetingKey": "somebody-else", **ANN, "identifiers": ANN}),
    "flag, token that is over": flagged({"targetingKey": "ann"}, lambda world: world.token(seconds=-1)),
    "flag, token of another source": flagged({"targetingKey": "ann"}, lambda world: world.token("kiosk")),
    "flag, token of somebody new": flagged(
        {"targetingKey": ANN["anonymous_id"], "kind": "anonymous_id"}, lambda world: world.token(sub="dora")
    ),
    "flag, token of somebody known": flagged({"targetingKey": "ann"}, lambda world: world.token(sub="bob")),
}  # fmt: skip


@pytest.mark.parametrize("tried", TRIED.values(), ids=TRIED.keys())
def test_nothing_of_hers_is_told_to_whoever_is_not_proven_to_be_her(world: World, tried: Try) -> None:
    for answer in tried(world):
        told = answer.body.decode()
        assert answer.status in {200, 400}, told
        assert not [secret for secret in SECRETS if secret in told], told
        assert world.person not in told
        said = answer.json()
        assert {"person_id", "identity", "explanation"}.isdisjoint(said)
        if "slots" in said:
            assert actions(said) == ANYBODY, told
            assert not said["fallback"]
        for flag in said.get("flags", [said]):
            assert "variant" not in flag or flag["variant"] in {"plain", "true"}, flag


def test_whoever_is_proven_to_be_her_is_told(world: World) -> None:
    """Or the test above would hold of a shop that tells nobody anything."""
    hers = {"placement": "home", "identity_token": world.token()}
    answer = world.post("/api/v1/decisions", hers, world.web)
    assert actions(answer.json()) == HERS
    assert "Annegret" in answer.body.decode()
    flag = world.post(
        "/ofrep/v1/evaluate/flags/home",
        {"context": {"targetingKey": "ann", "identity_token": world.token()}},
        world.web,
    )
    assert flag.json()["variant"] in {"hers", "looked"}, flag.body
