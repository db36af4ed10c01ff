"""The record as a whole: its shape, its identifiers and its views."""

from __future__ import annotations

import msgspec

from segue.domain.identity import Tier
from segue.enrich.golden import Joint, PersonParts, golden_record
from segue.enrich.record import GoldenRecord, View
from tests.unit.enrich.making import ANN, NOON, RULES, event, folded, mention, record_of, row

MAIL, PHONE = mention("email", "ann@example.com"), mention("anonymous_id", "phone", proven=False)


def couple(tier: Tier, view: View = "certain") -> GoldenRecord:
    """Ann, her address and a phone that is joined to her at ``tier``."""
    rows = [row(one, row(ANN).fragment_id) for one in (ANN, MAIL, PHONE)]
    consent = {"purpose": "personalisation"}
    states = {
        ANN.fragment_id: folded([event("Odd", at=0, mentions=[ANN, MAIL])]),
        PHONE.fragment_id: folded(
            [event("Consent Granted", at=60, mentions=[PHONE], proven=False, properties=consent)]
        ),
    }
    links = [
        Joint(ANN.fragment_id, MAIL.fragment_id, Tier.PROVEN),
        Joint(ANN.fragment_id, PHONE.fragment_id, tier),
    ]
    parts = PersonParts(person_id=row(ANN).fragment_id, fragments=rows, links=links, states=states)
    return golden_record(parts, RULES, NOON, view)


def test_the_shape_is_the_one_that_scripts_rely_on() -> None:
    found = msgspec.to_builtins(couple(Tier.CLAIMED))
    assert {
        "person_id",
        "identifiers",
        "attributes",
        "traits",
        "orders",
        "sessions",
        "segments",
        "predictions",
        "consent",
        "fragments",
        "view",
    } <= set(found)
    assert found["person_id"] == ANN.fragment_id.hex()
    assert {"recency", "frequency", "monetary", "favourite_store"} <= found["traits"].keys()
    assert "recency" in found["traits_marks"]["incomplete"]  # nothing is counted of these parts
    assert found["segments"] == []
    assert found["predictions"] == {}
    assert found["view"] == "certain"
    assert found["identifiers"][1] == {
        "kind": "email",
        "value": "ann@example.com",
        "tier": "deterministic-proven",
        "first_seen": "2026-03-01T12:00:00Z",
        "last_seen": "2026-03-01T12:00:00Z",
        "source": "web",
    }


def test_an_attribute_is_value_provenance_and_the_others() -> None:
    told = (
        event(type="identify", traits={"city": "Bonn"}),
        event(type="identify", at=1, traits={"city": "Kiel"}),
    )
    found = msgspec.to_builtins(record_of(*told))["attributes"]["city"]
    assert set(found) == {"value", "source", "observed_at", "count", "claimed", "third_party", "others"}


def test_an_identifier_is_as_sure_as_its_best_link() -> None:
    tiers = {part.kind: part.tier for part in couple(Tier.CLAIMED).identifiers}
    assert tiers == {
        "anonymous_id": "deterministic-claimed",
        "email": "deterministic-proven",
        "user_id": "deterministic-proven",
    }


def test_an_identifier_was_last_seen_when_any_of_her_events_mentioned_it() -> None:
    rows = [row(one, row(ANN).fragment_id) for one in (ANN, MAIL)]
    state = folded([event("Odd", at=90), event("Odd", at=60, mentions=[ANN, MAIL])])
    parts = PersonParts(person_id=row(ANN).fragment_id, fragments=rows, states={ANN.fragment_id: state})
    last = {part.kind: part.last_seen for part in golden_record(parts, RULES, NOON).identifiers}
    assert last == {"email": "2026-03-01T12:01:00Z", "user_id": "2026-03-01T12:01:30Z"}


def test_what_is_only_likely_hers_is_in_the_likely_view_alone() -> None:
    assert len(couple(Tier.PROBABILISTIC).fragments) == 2
    assert len(couple(Tier.PROBABILISTIC, "likely").fragments) == 3
    assert len(couple(Tier.CLAIMED).fragments) == 3


def test_a_guess_neither_gives_nor_takes_consent() -> None:
    assert couple(Tier.BEHAVIOURAL, "likely").consent == {}
    assert "personalisation" in couple(Tier.CLAIMED, "likely").consent


def test_a_deleted_identifier_is_no_longer_shown() -> None:
    gone = msgspec.structs.replace(row(MAIL, row(ANN).fragment_id), value="")
    parts = PersonParts(person_id=row(ANN).fragment_id, fragments=[row(ANN), gone])
    assert [part.kind for part in golden_record(parts, RULES, NOON).identifiers] == ["user_id"]


def test_a_person_without_events_has_an_empty_record() -> None:
    parts = PersonParts(person_id=row(ANN).fragment_id, fragments=[row(ANN)])
    found = golden_record(parts, RULES, NOON)
    assert found.orders.count == found.sessions.count == 0
    assert found.activity.first_seen is None


def test_reading_is_repeatable() -> None:
    assert couple(Tier.CLAIMED) == couple(Tier.CLAIMED)
