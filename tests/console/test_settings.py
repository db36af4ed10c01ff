"""Settings: rules edited, checked, put in force and brought back; users, keys, the audit log."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Locator, Page, expect

from segue.edge.api.roles import ACTS
from tests.console.conftest import Opening
from tests.served import Served

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "console" / "src" / "settings"


def put(served: Served, name: str, body: str) -> None:
    """Put a definition in force as somebody else would."""
    headers = {"Content-Type": "application/json"}
    sent = msgspec.json.encode({"bodies": {name: body}})
    answer = served.request("PUT", "/api/v1/definitions", key=served.key("admin"), body=sent, headers=headers)
    assert answer.status == 200, answer.body


def in_force(served: Served, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = served.get("/api/v1/definitions")["definitions"]
    return next(each for each in found if each["name"] == name)


def written(page: Page, text: str) -> Locator:
    """The editor, with this text in it."""
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    # over a selection Chromium itself would write styles, which the policy refuses
    page.keyboard.press("Backspace")
    page.keyboard.insert_text(text)
    return editor


def test_rules_are_edited_checked_put_in_force_and_brought_back(opening: Opening, served: Served) -> None:
    page = opening("/settings/survivorship")
    expect(page.get_by_text("defaults", exact=True)).to_be_visible()
    expect(page.get_by_text("No source is preferred over another.")).to_be_visible()

    page.get_by_role("link", name="Edit").click()
    review = page.get_by_role("button", name="Review changes")
    written(page, "trust: [crm]\ndefalt: [proven]\n")
    problems = page.get_by_role("list", name="What is wrong")
    expect(problems.get_by_role("listitem")).to_have_count(1)
    expect(problems).to_contain_text("default")
    expect(review).to_be_disabled()

    written(page, "trust: [crm, web]\ndefault: [proven, trust, recency]\n")
    expect(page.get_by_text("Nothing is wrong with it.")).to_be_visible()
    review.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("region", name="What changes")).to_contain_text("trust: [crm, web]")
    dialog.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("survivorship.yaml is in force.")).to_be_visible()
    expect(page.get_by_text("Version 1")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="crm")).to_be_visible()
    assert in_force(served, "survivorship.yaml")["version"] == 1

    put(served, "survivorship.yaml", "trust: [till]\n")
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name=re.compile("^Version 1")).click()
    page.get_by_role("button", name="Bring version 1 back").click()
    page.get_by_role("dialog").get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("Version 1 is in force again.")).to_be_visible()
    assert "[crm, web]" in in_force(served, "survivorship.yaml")["body"]


def test_two_who_edit_at_once_lose_nothing(opening: Opening, served: Served, forgiven: list[str]) -> None:
    forgiven.append("409")
    put(
        served, "purposes.yaml", "purposes:\n  service: {basis: contract}\n  extra: {basis: consent}\n# end\n"
    )
    page = opening("/settings/purposes?edit=purposes.yaml")
    written(page, "purposes:\n  service: {basis: contract}\n  extra: {basis: consent}\n# mine\n")
    put(
        served,
        "purposes.yaml",
        "purposes:\n  service: {basis: legal_obligation}\n  extra: {basis: consent}\n# end\n",
    )
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    conflict = page.get_by_role("alert").filter(has_text="by now")
    expect(conflict).to_contain_text("legal_obligation")
    conflict.get_by_role("button", name="Take both changes").click()
    expect(page.locator(".cm-content")).to_contain_text("legal_obligation")
    expect(page.locator(".cm-content")).to_contain_text("# mine")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("purposes.yaml is in force.")).to_be_visible()
    body = in_force(served, "purposes.yaml")["body"]
    assert "legal_obligation" in body
    assert "# mine" in body


def test_a_schema_is_written_and_what_is_typed_is_not_left_by_accident(
    opening: Opening, served: Served
) -> None:
    page = opening("/settings/plan")
    page.get_by_role("button", name="Add a schema").click()
    page.get_by_label("Name").fill("order_completed")
    page.get_by_role("button", name="Write it").click()
    written(page, '{"type": "object", "required": ["order_id"]}\n')
    page.get_by_role("link", name="Cancel").click()
    asked = page.get_by_role("dialog", name="Leave without putting it in force?")
    asked.get_by_role("button", name="Cancel").click()
    expect(page.locator(".cm-content")).to_contain_text("order_id")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("cell", name="order_completed.json")).to_be_visible()
    assert in_force(served, "schemas/order_completed.json")["version"] == 1


def test_users_are_invited_changed_and_disabled(opening: Opening, served: Served) -> None:
    page = opening("/settings/users")
    page.get_by_role("button", name="Add a user").click()
    page.get_by_role("textbox", name="Name").fill("ann@shop.example")
    page.get_by_role("radio", name="Store associate").click()
    page.get_by_role("button", name="Add and make a link").click()
    expect(page.get_by_role("dialog")).to_contain_text("/console/sign-in#link=")
    page.get_by_role("button", name="I have copied it").click()
    row = page.get_by_role("row").filter(has_text="ann@shop.example")
    expect(row).to_contain_text("invited")

    row.get_by_role("button").click()
    page.get_by_role("menuitem", name="Change role").click()
    page.get_by_role("radio", name="Marketer").click()
    page.get_by_role("dialog").get_by_role("button", name="Change role").click()
    expect(row).to_contain_text("Marketer")

    row.get_by_role("button").click()
    page.get_by_role("menuitem", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("disabled")
    ann = next(user for user in served.get("/api/v1/users")["users"] if user["name"] == "ann@shop.example")
    assert (ann["role"], ann["enabled"]) == ("marketer", False)


def test_keys_are_shown_once_and_revoked_and_the_log_says_so(opening: Opening, served: Served) -> None:
    page = opening("/settings/keys")
    page.get_by_role("button", name="New key").first.click()
    page.get_by_role("combobox", name="Source").fill("web_of_settings")
    page.get_by_role("combobox", name="How long it lasts").click()
    page.get_by_role("option", name="90 days").click()
    page.get_by_role("button", name="Make the key").click()
    shown = page.get_by_role("dialog").filter(has_text="not shown again")
    key = shown.locator("pre").inner_text()
    page.get_by_role("button", name="I have copied it").click()
    row = page.get_by_role("row").filter(has_text="web_of_settings")
    expect(row).to_contain_text("until")
    row.get_by_role("button", name=re.compile("Revoke")).click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    expect(row).to_have_count(0)
    listed = next(each for each in served.get("/api/v1/keys")["keys"] if each["key_id"] in key)
    assert listed["revoked_at"] is not None
    made, ends = (datetime.fromisoformat(listed[name]) for name in ("created_at", "expires_at"))
    assert ends - made == timedelta(days=90)

    page.get_by_role("link", name="Audit log").click()
    page.get_by_role("row").filter(has_text="Revoked a key").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(listed["key_id"])


def test_who_may_only_read_sees_rules_and_no_way_to_change_them(opening: Opening) -> None:
    page = opening("/settings/identity", role="marketer")
    expect(page.get_by_role("cell", name="Loyalty card")).to_be_visible()
    expect(page.get_by_text("Only administrators may change these rules")).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    expect(page.get_by_role("link", name="API keys")).to_have_count(0)
    page.goto("/console/settings/audit")
    expect(page.get_by_text("Your role does not open this page")).to_be_visible()


SECTIONS = ("identity", "survivorship", "purposes", "plan", "users", "keys", "audit", "you", "about")


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(390, "dark", "de-DE"), pytest.param(1280, "light", "en-GB", marks=pytest.mark.slow)],
)
def test_every_section_is_accessible_and_fits(
    opening: Opening,
    assert_accessible: Callable[[Page], None],
    look: Callable[[Page, str], None],
    width: int,
    scheme: str,
    locale: str,
) -> None:
    page = opening("/settings", width=width, scheme=scheme, locale=locale)
    for section in (*SECTIONS, "identity?edit=identity.yaml", "identity?history=identity.yaml"):
        page.goto(f"/console/settings/{section}")
        page.wait_for_selector("main h1")
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), section
        if section in {"identity", "users", "audit", "identity?edit=identity.yaml"}:
            look(page, f"settings-{section.partition('?')[2].partition('=')[0] or section}-{width}-{scheme}")


def test_what_roles_may_do_is_what_the_server_lets_them() -> None:
    source = (FOLDER / "access.ts").read_text(encoding="utf-8")
    found = re.findall(r'name: "(\w+)", acts: \[([^\]]*)\], roles: \[([^\]]*)\]', source)
    assert len(found) > 5
    for name, acts, roles in found:
        named = re.findall(r"\w+", acts)
        allowed = [ACTS[act].roles or frozenset() for act in named]
        both = frozenset.intersection(*allowed) - {"ingest", "decide"}
        assert set(re.findall(r"\w+", roles)) == both, name


def test_every_audited_act_has_words() -> None:
    told = (FOLDER / "audit" / "acts.ts").read_text(encoding="utf-8")
    table = told.partition("export const ACTS = {")[2].partition("}")[0]
    words = set(re.findall(r'^\s*"?([\w ]+?)"?:', table, re.MULTILINE))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "segue").rglob("*.py"))
    acts = set(re.findall(r'\bact ?= ?"([a-z ]+)"', code)) | set(
        re.findall(r'_note\(\w+|"segue", "(\w+ \w+)"', code)
    )
    acts |= {"source switched on", "source switched off"}
    assert acts - {""} <= words, acts - words
