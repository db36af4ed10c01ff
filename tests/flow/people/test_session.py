"""Signing in and out over HTTP: by link, by password, and what ends a session."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.dump import snapshot
from segue.app.passwords import Passwords
from segue.app.people import People
from segue.app.sessions import begin, begin_by_link, digest_of, make_owners_link
from segue.app.users import change_user
from segue.domain.order import DAY, HOUR, MINUTE, SECOND
from segue.errors import NotAuthenticatedError, TooManyRequestsError
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from segue.settings import Settings
from tests.flow.api.harness import Answer, Api, opened

GOOD = "four unlikely words beside a river"
OTHER = "quite another handful of pebbles"
OURS = {"sec-fetch-site": "same-origin"}


def cookie_of(answer: Answer) -> dict[str, str]:
    """What a page of ours sends after this answer."""
    assert answer.status == 200, answer.body
    return {"cookie": answer.headers["set-cookie"].partition(";")[0], **OURS}


def token_of(link: str) -> str:
    return link.partition("#link=")[2]


def follow(api: Api, link: str) -> Answer:
    return api.request("POST", "/api/v1/session", role=None, body={"link": token_of(link)})


def by_password(api: Api, name: str, password: str, **headers: str) -> Answer:
    said = {"name": name, "password": password}
    return api.request("POST", "/api/v1/session", role=None, body=said, headers=headers)


def whoami(api: Api, headers: dict[str, str]) -> Answer:
    return api.request("GET", "/api/v1/session", role=None, headers=headers)


def owner(api: Api) -> dict[str, str]:
    house = api.installation
    link = make_owners_link(house.database, house.clock, public_url="http://127.0.0.1:8765")
    return cookie_of(follow(api, link))


def invite(api: Api, name: str = "Ann@Shop.example", role: str = "marketer") -> Any:
    return api.post("/api/v1/users", {"name": name, "role": role}, status=201)


def set_password(api: Api, headers: dict[str, str], password: str, current: str | None = None) -> Answer:
    body = {"password": password} | ({} if current is None else {"current": current})
    return api.request("POST", "/api/v1/session/password", role=None, body=body, headers=headers)


@pytest.fixture
def ann(api: Api) -> dict[str, Any]:
    """A user with a password, who has not signed in by it yet."""
    invited = invite(api)
    assert set_password(api, cookie_of(follow(api, invited["link"])), GOOD).status == 204
    user: dict[str, Any] = invited["user"]
    return user


# ── links ────────────────────────────────────────────────────────────────────


def test_the_link_of_the_machine_signs_the_owner_in(api: Api) -> None:
    headers = owner(api)
    told = whoami(api, headers).json()
    assert told["user"] == {"user_id": None, "name": "owner", "role": "admin", "has_password": False}
    assert {"users", "audit", "erase", "session"} <= set(told["acts"])
    assert (told["time_zone"], told["demo"], told["composed_sources"]) == ("UTC", False, [])
    assert told["public_url"] == "http://127.0.0.1:8765"
    assert told["expires_at"] == "2026-03-02T00:00:00Z"
    assert api.request("GET", "/api/v1/audit", role=None, headers=headers).status == 200
    assert set_password(api, headers, GOOD).status == 409


def test_a_link_works_once_within_its_time_and_no_other_does(api: Api, clock: ManualClock) -> None:
    house = api.installation
    links = [make_owners_link(house.database, clock, public_url="http://x") for _ in range(3)]
    assert len(set(links)) == 3
    assert follow(api, links[0]).status == 200
    for wrong in (links[0], links[0][:-1], links[0] + "a", "#link="):
        assert follow(api, wrong).status in {400, 401}, wrong
    clock.advance(15 * MINUTE - SECOND)
    assert follow(api, links[1]).status == 200
    clock.advance(SECOND)
    refused = follow(api, links[2])
    assert (refused.status, refused.json()["code"]) == (401, "not_authenticated")
    assert not refused.cookies


def test_of_many_who_follow_a_link_at_once_one_is_signed_in(api: Api, clock: ManualClock) -> None:
    house = api.installation
    for _ in range(5):
        link = make_owners_link(house.database, clock, public_url="http://x")
        with ThreadPoolExecutor(8) as pool:
            begun = list(
                pool.map(lambda _, link=link: begin_by_link(house.database, clock, token_of(link)), range(8))
            )
        assert len([token for token in begun if token]) == 1


def test_a_link_of_a_user_lets_her_set_a_password_and_a_new_one_ends_it(api: Api, clock: ManualClock) -> None:
    invited = invite(api)
    assert invited["link"].startswith("http://127.0.0.1:8765/console/sign-in#link=")
    user_id = invited["user"]["user_id"]
    assert set(invited["user"]) == {
        "user_id", "name", "role", "created_at", "last_seen_at", "has_password", "enabled"
    }  # fmt: skip
    assert not api.get("/api/v1/session/ways")["password"]
    renewed = api.post(f"/api/v1/users/{user_id}/link", {})
    assert renewed["expires_at"] == "2026-03-02T12:00:00Z"
    assert follow(api, invited["link"]).status == 401
    clock.advance(DAY - SECOND)
    headers = cookie_of(follow(api, renewed["link"]))
    assert whoami(api, headers).json()["user"]["has_password"] is False
    for bad in ("short", "ann@shop.example", "password1234", "x" * 300):
        assert set_password(api, headers, bad).status == 400, bad
    assert set_password(api, headers, GOOD).status == 204
    assert whoami(api, headers).json()["user"]["has_password"] is True
    # from here on the present password is needed, however the session began
    assert set_password(api, headers, OTHER).status == 401
    assert set_password(api, headers, OTHER, "wrong").status == 401
    assert set_password(api, headers, OTHER, GOOD).status == 204
    assert by_password(api, "  ANN@shop.EXAMPLE ", OTHER).status == 200
    assert api.get("/api/v1/session/ways")["password"]


# ── passwords ────────────────────────────────────────────────────────────────


def test_a_wrong_password_and_an_unknown_name_read_the_same(api: Api, ann: dict[str, Any]) -> None:
    invite(api, "bob")
    answers = [
        by_password(api, ann["name"], "not her password"),
        by_password(api, "nobody@shop.example", GOOD),
        by_password(api, "bob", GOOD),
        by_password(api, "\x00\ud7ff", GOOD),
    ]
    assert {(answer.status, answer.body, bool(answer.cookies)) for answer in answers} == {
        (401, answers[0].body, False)
    }
    assert b"shop.example" not in answers[0].body


def test_as_much_is_computed_for_an_unknown_name(api: Api, database: PostgresDatabase) -> None:
    computed: list[bool] = []

    class Counted(Passwords):
        def matches(self, digest: str | None, password: str) -> bool:
            computed.append(digest is None)
            return super().matches(digest, password)

    people = People(database, api.installation.clock, b"s", passwords=Counted(memory=64, rounds=1))
    with pytest.raises(NotAuthenticatedError):
        asyncio.run(people.by_password("nobody", GOOD, "a"))
    assert computed == [True]


def test_digests_take_today_s_parameters_when_she_signs_in(api: Api, ann: dict[str, Any]) -> None:
    house = api.installation
    weak = Passwords(memory=64, rounds=1)
    sql = "update user_account set password = %(password)s"
    with house.database.transaction() as session:
        session.execute(Statement("weaken", "", sql), password=weak.digest(GOOD))
    assert by_password(api, ann["name"], GOOD).status == 200
    with house.database.transaction(read_only=True) as session:
        [(digest,)] = session.fetch(Statement("read", "", "select password from user_account"))
    assert digest.startswith("$argon2id$")
    assert "m=65536,t=3" in digest
    assert by_password(api, ann["name"], GOOD).status == 200


def test_guessing_one_name_is_stopped_for_a_while(api: Api, ann: dict[str, Any], clock: ManualClock) -> None:
    for _ in range(5):
        assert by_password(api, ann["name"], "guess").status == 401
    stopped = by_password(api, ann["name"].upper(), GOOD)
    assert (stopped.status, stopped.headers["retry-after"]) == (429, "300")
    clock.advance(5 * MINUTE)
    assert by_password(api, ann["name"], GOOD).status == 200
    # what she did wrong before she got it right counts no more
    for _ in range(3):
        for _ in range(4):
            assert by_password(api, ann["name"], "guess").status in {401, 429}
        clock.advance(5 * MINUTE)
        assert by_password(api, ann["name"], GOOD).status == 200


def test_guessing_from_one_address_is_stopped_in_every_process(
    api: Api, ann: dict[str, Any], clock: ManualClock, database_url: str, tmp_path: Path
) -> None:
    with opened(database_url, clock, tmp_path) as other:
        for n in range(10):
            one = (api, other)[n % 2]
            assert by_password(one, f"name{n}", "guess").status == 401
        assert by_password(api, ann["name"], GOOD).status == 429
        assert by_password(other, "x", "y").status == 429
        assert follow(other, "#link=guess").status == 429


def test_what_is_tried_at_the_same_moment_is_counted(api: Api, clock: ManualClock) -> None:
    people = People(api.installation.database, clock, b"s")

    def attempt(_: int) -> bool:
        try:
            people.attempt("ann", "1.2.3.4")
        except TooManyRequestsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(30))) == 5


def test_a_request_that_says_neither_is_refused(api: Api) -> None:
    bodies: list[Any] = [
        {},
        {"name": "a"},
        {"password": "b"},
        {"name": "a", "password": "b", "link": "c"},
        [],
    ]
    for body in bodies:
        assert api.request("POST", "/api/v1/session", role=None, body=body).status == 400


# ── what ends a session ──────────────────────────────────────────────────────


def test_signing_out_ends_the_session_and_takes_the_cookie_away(api: Api, ann: dict[str, Any]) -> None:
    headers = cookie_of(by_password(api, ann["name"], GOOD))
    other = cookie_of(by_password(api, ann["name"], GOOD))
    gone = api.request("DELETE", "/api/v1/session", role=None, headers=headers)
    assert gone.status == 204
    [cleared] = gone.cookies
    assert re.match(r'segue=(?:"")?;', cleared)
    assert "Max-Age=0" in cleared
    assert whoami(api, headers).status == 401
    assert whoami(api, other).status == 200


def test_a_session_ends_thirty_days_after_its_last_use_and_ninety_after_its_beginning(
    api: Api, ann: dict[str, Any], clock: ManualClock
) -> None:
    left = cookie_of(by_password(api, ann["name"], GOOD))
    used = cookie_of(by_password(api, ann["name"], GOOD))
    for _ in range(8):
        clock.advance(10 * DAY)
        assert whoami(api, used).status == 200
    assert whoami(api, left).status == 401
    clock.advance(10 * DAY - SECOND)
    assert whoami(api, used).json()["expires_at"] == "2026-05-30T12:00:00Z"
    clock.advance(SECOND)
    assert whoami(api, used).status == 401


def test_the_owner_s_session_ends_after_twelve_hours_used_or_not(api: Api, clock: ManualClock) -> None:
    headers = owner(api)
    clock.advance(12 * HOUR - SECOND)
    assert whoami(api, headers).status == 200
    clock.advance(SECOND)
    assert whoami(api, headers).status == 401


@pytest.mark.parametrize("change", [{"enabled": False}, {"role": "read"}])
def test_who_is_disabled_or_gets_another_role_is_out(
    api: Api, ann: dict[str, Any], change: dict[str, Any]
) -> None:
    headers = cookie_of(by_password(api, ann["name"], GOOD))
    changed = api.request("PATCH", f"/api/v1/users/{ann['user_id']}", body=change)
    assert changed.status == 200
    assert change.items() <= changed.json().items()
    assert whoami(api, headers).status == 401
    again = by_password(api, ann["name"], GOOD)
    assert again.status == (401 if "enabled" in change else 200)
    if "role" in change:
        assert again.json()["user"]["role"] == "read"


def test_who_is_put_out_by_another_process_is_out_within_a_second(
    api: Api, ann: dict[str, Any], clock: ManualClock, database_url: str, tmp_path: Path
) -> None:
    headers = cookie_of(by_password(api, ann["name"], GOOD))
    with opened(database_url, clock, tmp_path) as other:
        assert (
            other.request("PATCH", f"/api/v1/users/{ann['user_id']}", body={"enabled": False}).status == 200
        )
        assert whoami(other, headers).status == 401
    clock.advance(SECOND)
    assert whoami(api, headers).status == 401


def test_a_link_of_who_was_disabled_works_no_more(api: Api) -> None:
    invited = invite(api)
    api.request("PATCH", f"/api/v1/users/{invited['user']['user_id']}", body={"enabled": False})
    assert follow(api, invited["link"]).status == 401
    assert api.request("POST", f"/api/v1/users/{invited['user']['user_id']}/link", body={}).status == 404


def test_a_new_password_ends_her_other_sessions(api: Api, ann: dict[str, Any]) -> None:
    here = cookie_of(by_password(api, ann["name"], GOOD))
    there = cookie_of(by_password(api, ann["name"], GOOD))
    assert set_password(api, here, OTHER, GOOD).status == 204
    assert (whoami(api, here).status, whoami(api, there).status) == (200, 401)
    assert by_password(api, ann["name"], GOOD).status == 401


def test_who_was_changed_while_her_password_was_verified_is_not_signed_in(
    api: Api, ann: dict[str, Any], clock: ManualClock
) -> None:
    house = api.installation
    with house.database.transaction() as session:
        assert begin(session, clock.now(), ann["user_id"], "password", password="another digest") is None
    change_user(house.database, clock, ann["user_id"], enabled=False, actor="test")
    with house.database.transaction() as session:
        assert begin(session, clock.now(), ann["user_id"], "oidc") is None


# ── what is kept and told ────────────────────────────────────────────────────


def test_tokens_are_nowhere_in_the_database(api: Api, ann: dict[str, Any]) -> None:
    invited = invite(api, "bob")
    headers = cookie_of(by_password(api, ann["name"], GOOD))
    kept = dump_of(api)
    token = headers["cookie"].partition("=")[2]
    assert len(token) > 40
    assert token not in kept
    assert token_of(invited["link"]) not in kept
    assert GOOD not in kept
    # what is there opens nothing
    digest = digest_of(token)
    assert digest.hex() in kept
    for said in (digest.hex(), "\\x" + digest.hex(), digest.decode("latin-1")):
        assert whoami(api, {"cookie": f"segue={said!a}"}).status == 401


def test_failed_attempts_can_be_read_by_nobody(api: Api) -> None:
    by_password(api, "someone@else.example", "guess")
    kept = dump_of(api)
    assert "someone" not in kept
    assert "127.0.0.1" not in kept


def test_the_audit_log_tells_who_signed_in_how_and_what_became_of_users(
    api: Api, ann: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    by_password(api, ann["name"], GOOD)
    headers = owner(api)
    bob = api.request(
        "POST", "/api/v1/users", role=None, body={"name": "bob", "role": "read"}, headers=headers
    ).json()
    told = api.request("GET", "/api/v1/audit", role=None, headers=headers).json()["acts"]
    acts = [(act["act"], act["actor"], act["actor_name"], act["detail"]) for act in told]
    hers = f"user:{ann['user_id']}"
    assert ("signed in", hers, ann["name"], {"way": "password"}) in acts
    assert ("signed in", hers, ann["name"], {"way": "link"}) in acts
    assert ("password set", hers, ann["name"], {}) in acts
    assert ("signed in", "owner", "owner", {"way": "link"}) in acts
    assert ("user created", "owner", "owner", {"role": "read"}) in acts
    assert bob["user"]["user_id"] in {act["subject"] for act in told}
    with api.installation.database.transaction(read_only=True) as session:
        stored = repr(session.fetch(Statement("kept", "", "select actor, act, subject, detail from audit")))
    assert ann["name"].lower() not in stored.lower()
    assert "bob" not in stored
    said = capsys.readouterr()
    assert (ann["name"].lower() in (said.out + said.err).lower()) is False


def test_a_backup_holds_users_and_nothing_that_lets_anybody_in(
    api: Api, ann: dict[str, Any], database_url: str
) -> None:
    token = cookie_of(by_password(api, ann["name"], GOOD))["cookie"].partition("=")[2]
    link = token_of(invite(api, "bob")["link"])
    with snapshot(database_url) as moment:
        kept = b"".join(moment.sql()).decode()
    assert ann["name"] in kept
    assert "$argon2id$" in kept
    assert "create table public.session" in kept.lower()
    assert digest_of(token).hex() not in kept
    assert digest_of(link).hex() not in kept


def dump_of(api: Api) -> str:
    """Every row that has to do with people, as text."""
    tables = ("user_account", "session", "one_time_link", "sign_in_attempt", "audit")
    with api.installation.database.transaction(read_only=True) as session:
        return "\n".join(
            str(row[0])
            for table in tables
            for row in session.fetch(Statement("dump", "", f"select t::text from {table} t"))
        )


# ── the cookie ───────────────────────────────────────────────────────────────


def test_the_cookie_is_for_this_host_alone_and_not_for_scripts(api: Api, ann: dict[str, Any]) -> None:
    [cookie] = by_password(api, ann["name"], GOOD).cookies
    said = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert said == {"httponly", "samesite=strict", "path=/", f"max-age={90 * 86400}"}
    assert re.match(r"segue=[A-Za-z0-9_-]{43};", cookie)


def test_behind_tls_it_goes_over_tls_only(database_url: str, clock: ManualClock, tmp_path: Path) -> None:
    settings = Settings(public_url="https://segue.shop.example/")
    with opened(database_url, clock, tmp_path, settings) as api:
        invited = invite(api)
        assert invited["link"].startswith("https://segue.shop.example/console/sign-in#link=")
        answer = follow(api, invited["link"])
        [cookie] = answer.cookies
        assert cookie.startswith("__Host-segue=")
        assert {"secure", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
        assert "domain" not in cookie.lower()
        headers = cookie_of(answer)
        assert whoami(api, headers).status == 200
        plain = {"cookie": headers["cookie"].removeprefix("__Host-")}
        assert whoami(api, plain).status == 401
        sent = {"cookie": headers["cookie"], "origin": "https://segue.shop.example"}
        assert api.request("DELETE", "/api/v1/session", role=None, headers=sent).status == 204


def test_a_page_of_ours_may_and_one_of_another_port_may_not(api: Api) -> None:
    cookie = api.signed_in("admin")["cookie"]
    for told, may in (
        ({"sec-fetch-site": "same-origin", "origin": "https://proxy.example"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://127.0.0.1:8765"}, True),
        ({"origin": "http://shop.local", "host": "shop.local"}, True),
        ({"origin": "http://shop.local", "host": "shop.local:80"}, True),
        ({"origin": "http://127.0.0.1:9999", "host": "127.0.0.1:8765"}, False),
        ({"origin": "https://127.0.0.1:8765", "host": "127.0.0.1:8765"}, False),
        ({"origin": "http://shop.local.evil.example", "host": "shop.local"}, False),
        ({"origin": "http://[", "host": "["}, False),
    ):
        sent = {"cookie": cookie, **told}
        answer = api.request(
            "POST", "/api/v1/persons/find", role=None, body={"identifier": "user_id:x"}, headers=sent
        )
        assert answer.status == (200 if may else 403), told


def test_a_key_comes_before_the_cookie_and_a_wrong_one_is_not_saved_by_it(api: Api) -> None:
    cookie = api.signed_in("admin")
    sent = cookie | {"authorization": f"Bearer {api.keys['read']}"}
    assert api.request("GET", "/api/v1/audit", role=None, headers=sent).status == 403
    sent = cookie | {"authorization": "Bearer segue_wrong"}
    assert api.request("GET", "/api/v1/audit", role=None, headers=sent).status == 401
    # another site's page cannot set a key: what brings one needs no further proof
    sent = {"cookie": cookie["cookie"], "sec-fetch-site": "cross-site"}
    answer = api.request("POST", "/api/v1/persons/find", body={"identifier": "user_id:x"}, headers=sent)
    assert answer.status == 200


def test_the_demo_and_its_composed_sources_are_told(api: Api) -> None:
    headers = api.signed_in("read")
    (api.installation.data / "demo.json").write_text('{"made_at": "x", "composed_sources": ["web", "app"]}')
    told = whoami(api, headers).json()
    assert (told["demo"], told["composed_sources"]) == (True, ["web", "app"])
    (api.installation.data / "demo.json").write_text("{")
    assert whoami(api, headers).json()["demo"] is False
