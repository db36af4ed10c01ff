"""Timelines and identities as people see them."""

from __future__ import annotations

from typing import Any

import pytest

from segue.archive.timeline import Timeline
from segue.edge.cli.telling import names_of, tell_identity, tell_timeline, tell_why
from segue.resolve.reading import IdentifierView, IdentityView, LinkView, WhyView

AT = "2026-03-01T12:00:00.123456Z"
EMAIL, CARD = "e" * 32, "c" * 32


def identity() -> IdentityView:
    return IdentityView(
        person_id=EMAIL,
        identifiers=[
            _identifier(EMAIL, "email", "ann@example.com"),
            _identifier(CARD, "loyalty_card", "510"),
        ],
        links=[_link({"event": "Order Completed", "source": "till", "type": "track"})],
        aparts=[],
        shared_devices=[],
    )


def _identifier(fragment_id: str, kind: str, value: str) -> IdentifierView:
    return IdentifierView(
        fragment_id=fragment_id,
        kind=kind,
        value=value,
        tier="deterministic-proven",
        first_seen=AT,
        source="till",
    )


def _link(proof: dict[str, Any], **more: Any) -> LinkView:
    told: dict[str, Any] = {
        "link_id": "1" * 32,
        "between": (EMAIL, CARD),
        "tier": "deterministic-proven",
        "confidence": 1.0,
        "proof": proof,
        "first_proof_at": AT,
        "active": True,
    }
    return LinkView(**(told | more))


def test_an_identity_names_identifiers_and_says_what_proves_a_link(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_identity(identity())
    told = capsys.readouterr().out
    assert "email:ann@example.com" in told
    assert "Order Completed from till, 2026-03-01 12:00:00" in told
    assert CARD not in told


def test_why_is_a_sentence_and_the_links_that_bear_it_out(capsys: pytest.CaptureFixture[str]) -> None:
    names = names_of(identity())
    out = _link({"by": "command line"}, active=False, reason="apart")
    tell_why(WhyView(one_person=False, because="ann set them apart", inactive=[out], met=["f" * 32]), names)
    told = capsys.readouterr().out
    assert told.startswith("Not one person: ann set them apart.\n")
    assert "inactive: apart" in told
    assert "by hand, command line, 2026-03-01 12:00:00" in told
    assert "loyalty_card:510" in told
    assert f"Both were seen with {'f' * 32}." in told


def test_a_timeline_is_a_line_an_event_and_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    event = {
        "timestamp": AT,
        "source": "till",
        "type": "track",
        "event": "Order Completed",
        "properties": {"order_id": "o-1", "revenue": 2.5, "products": [{}, {}]},
        "traits": {},
    }
    asked = {
        "timestamp": AT,
        "source": "web",
        "type": "identify",
        "event": "",
        "properties": {},
        "traits": {},
    }
    long = {**asked, "traits": {"note": "x" * 500}}
    tell_timeline(Timeline([event, asked, long], "later"))
    told = capsys.readouterr()
    assert "order_id o-1, revenue 2.5, 2 products" in told.out
    assert "identify" in told.out
    assert max(map(len, told.out.splitlines())) < 200
    assert told.err == "there are more: --after later\n"
