"""Users over HTTP and on the command line: made by an admin, and never without one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.app.audit import read_audit
from segue.app.users import add_user, change_user, list_users
from segue.errors import ConflictError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api


def test_users_are_listed_by_name_with_what_an_admin_has_to_know(api: Api, clock: ManualClock) -> None:
    for name, role in (("Zoe", "read"), ("ann", "admin"), ("Łucja", "associate")):
        assert api.post("/api/v1/users", {"name": name, "role": role}, status=201)["user"]["role"] == role
    listed = api.get("/api/v1/users")["users"]
    assert [user["name"] for user in listed] == ["ann", "Zoe", "Łucja"]
    assert listed[0] == {
        "user_id": listed[0]["user_id"],
        "name": "ann",
        "role": "admin",
        "created_at": "2026-03-01T12:00:00Z",
        "last_seen_at": None,
        "has_password": False,
        "enabled": True,
    }


def test_a_name_is_taken_whatever_its_case(api: Api) -> None:
    assert api.post("/api/v1/users", {"name": "Ann@Shop.example", "role": "read"}, status=201)
    answer = api.request("POST", "/api/v1/users", body={"name": " ann@shop.EXAMPLE", "role": "admin"})
    assert (answer.status, answer.json()["code"]) == (409, "conflict")
    assert b"shop" not in answer.body.lower()


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\0b", "owner", "OWNER", "x" * 201, "a\u202eb"])
def test_a_name_that_cannot_be_is_refused(api: Api, name: str) -> None:
    assert api.request("POST", "/api/v1/users", body={"name": name, "role": "read"}).status == 400
    assert api.get("/api/v1/users") == {"users": []}


@pytest.mark.parametrize("role", ["ingest", "decide", "root", ""])
def test_nobody_gets_a_role_that_is_none_of_a_user_s(api: Api, role: str) -> None:
    assert api.request("POST", "/api/v1/users", body={"name": "ann", "role": role}).status == 400


def test_the_last_admin_who_can_sign_in_stays_one(api: Api) -> None:
    ann = api.post("/api/v1/users", {"name": "ann", "role": "admin"}, status=201)["user"]["user_id"]
    for change in ({"enabled": False}, {"role": "read"}, {"role": "read", "enabled": False}):
        answer = api.request("PATCH", f"/api/v1/users/{ann}", body=change)
        assert (answer.status, answer.json()["code"]) == (409, "conflict"), change
    bob = api.post("/api/v1/users", {"name": "bob", "role": "admin"}, status=201)["user"]["user_id"]
    assert api.request("PATCH", f"/api/v1/users/{ann}", body={"role": "read"}).status == 200
    assert api.request("PATCH", f"/api/v1/users/{bob}", body={"enabled": False}).status == 409
    # who is no admin may always be disabled, and what changes nothing is no change
    assert api.request("PATCH", f"/api/v1/users/{ann}", body={"enabled": False}).status == 200
    assert api.request("PATCH", f"/api/v1/users/{bob}", body={"role": "admin", "enabled": True}).status == 200
    acts = [act["act"] for act in api.get("/api/v1/audit")["acts"]]
    assert acts.count("user changed") == 2


def test_two_admins_who_put_each_other_out_at_once_do_not_both_succeed(
    database: PostgresDatabase, clock: ManualClock
) -> None:
    for n in range(10):
        two = [
            add_user(database, clock, name=f"{who}{n}", role="admin", actor="test").user_id
            for who in ("ann", "bob")
        ]
        others = [user for user in list_users(database) if user.user_id not in two and user.enabled]
        for user in others:
            change_user(database, clock, user.user_id, enabled=False, actor="test")

        def put_out(user_id: str) -> bool:
            try:
                change_user(database, clock, user_id, enabled=False, actor="test")
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(put_out, two)) == [False, True]
        assert [user.enabled for user in list_users(database)].count(True) == 1


def test_who_is_not_there_cannot_be_changed(api: Api) -> None:
    for user_id in ("0" * 32, "nobody", "%00", "a%2Fb"):
        assert api.request("PATCH", f"/api/v1/users/{user_id}", body={"enabled": True}).status in {400, 404}
        assert api.request("POST", f"/api/v1/users/{user_id}/link", body={}).status in {400, 404}


def test_what_becomes_of_users_is_audited_without_their_names(api: Api) -> None:
    ann = api.post("/api/v1/users", {"name": "ann@shop.example", "role": "read"}, status=201)["user"]
    api.post(f"/api/v1/users/{ann['user_id']}/link", {})
    api.request("PATCH", f"/api/v1/users/{ann['user_id']}", body={"role": "marketer"})
    with api.installation.database.transaction(read_only=True) as session:
        acts = [act for act in read_audit(session) if act.subject == ann["user_id"]]
    assert [(act.act, act.detail) for act in acts] == [
        ("user changed", {"role": "marketer", "enabled": True}),
        ("user link made", {}),
        ("user link made", {}),
        ("user created", {"role": "read"}),
    ]
    assert "shop" not in repr(acts)
