"""A real server and the command line: their links sign in, and nobody's name is in what they write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.served import Answer, Served, segue, serving

OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
NAME, PASSWORD = "ann.unlikely@shop.example", "four unlikely words beside a river"


@pytest.fixture(scope="module")
def served(short_folder: Path) -> Iterator[Served]:
    with serving(short_folder / "people", ["--web-processes", "2"]) as served:
        yield served


def post(served: Served, path: str, body: Any, cookie: str = "") -> Answer:
    headers = OURS | ({"Cookie": cookie} if cookie else {})
    return served.request("POST", path, body=msgspec.json.encode(body), headers=headers)


def follow(served: Served, link: str) -> Answer:
    address, _, token = link.partition("/console/sign-in#link=")
    assert address == served.url
    return post(served, "/api/v1/session", {"link": token})


def cookie_of(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return answer.headers["set-cookie"].partition(";")[0]


def test_the_link_that_is_printed_at_the_start_signs_in_once(served: Served) -> None:
    log = served.data.with_name(f"{served.data.name}.log").read_text()
    [link] = re.findall(r"http://\S+#link=\S+", log)
    cookie = cookie_of(follow(served, link))
    told = served.request("GET", "/api/v1/session", headers={"Cookie": cookie}).json()
    assert told["user"]["name"] == "owner"
    assert told["public_url"] == served.url
    assert follow(served, link).status == 401


def test_users_are_made_listed_and_disabled_on_the_command_line(served: Served) -> None:
    data = ("--data", str(served.data))
    link = segue("users", "add", NAME, "--role", "associate", *data)
    cookie = cookie_of(follow(served, link))
    assert post(served, "/api/v1/session/password", {"password": PASSWORD}, cookie).status == 204
    signed_in = post(served, "/api/v1/session", {"name": NAME, "password": PASSWORD})
    assert signed_in.json()["user"]["role"] == "associate"
    cookie = cookie_of(follow(served, segue("users", "link", NAME.upper(), *data)))
    [listed] = msgspec.json.decode(segue("users", "list", "--json", *data))
    assert (listed["name"], listed["has_password"], listed["enabled"]) == (NAME, True, True)
    segue("users", "disable", listed["user_id"], *data)
    wrong = post(served, "/api/v1/session", {"name": NAME, "password": PASSWORD})
    assert wrong.status == 401
    segue("users", "disable", "nobody", *data, status=1)
    segue("users", "add", NAME, "--role", "read", *data, status=1)
    segue("users", "add", "bob", "--role", "ingest", *data, status=2)
    told = msgspec.json.decode(segue("audit", "--json", *data))
    assert NAME in {act["actor_name"] for act in told}
    written = served.data.with_name(f"{served.data.name}.log").read_text()
    assert "unlikely" not in written


def test_sign_in_prints_a_link_alone(served: Served) -> None:
    link = segue("sign-in", "--data", str(served.data))
    assert cookie_of(follow(served, link))


@pytest.mark.slow
def test_a_link_made_while_no_server_runs_works_when_one_does(short_folder: Path) -> None:
    data = short_folder / "signing"
    with serving(data) as first:
        port = first.port
    link = segue("sign-in", "--data", str(data))
    with serving(data, port=port) as served:
        token = link.partition("#link=")[2]
        assert post(served, "/api/v1/session", {"link": token}).status == 200
