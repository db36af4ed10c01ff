"""What the loop reads of an event is all that folding reads: what it skips shows nowhere."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.events import encode_event
from segue.enrich.fold import fold
from segue.enrich.heeded import decode_heeded
from segue.enrich.scene import scene_of
from segue.enrich.state import encode_state
from tests.unit.enrich.making import ANN, RULES, event, mention

PHONE = mention("anonymous_id", "a1")

TEXT = st.sampled_from(["", "web", "mobile", "Windows", "https://a.example/x", "s-1", "/p", "Asia/Tokyo"])
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.just(1.5), TEXT, st.lists(TEXT, max_size=2)
)
_INSIDE = """path referrer url title name source medium type store store_id marketing
    categoryPreferences allowedConsentIds deniedConsentIds"""
_FIELDS = """active app campaign channel consent consentManagement device location page sessionId session_id
    timezone userAgent library locale screen composed"""
INSIDE, FIELDS = st.sampled_from(_INSIDE.split()), st.sampled_from(_FIELDS.split())
DEEP = st.dictionaries(INSIDE, st.one_of(ANYTHING, st.dictionaries(INSIDE, ANYTHING, max_size=3)), max_size=4)
CONTEXTS = st.dictionaries(FIELDS, st.one_of(ANYTHING, DEEP), max_size=6)
PROPERTIES = st.dictionaries(st.sampled_from(["channel", "url", "path", "referrer"]), TEXT, max_size=2)


@settings(max_examples=200)
@given(
    context=CONTEXTS,
    properties=PROPERTIES,
    kind=st.sampled_from(["page", "screen", "track", "identify", "group"]),
)
def test_an_event_as_the_loop_reads_it_folds_like_the_whole_event(
    context: dict[str, Any], properties: dict[str, Any], kind: Any
) -> None:
    whole = msgspec.structs.replace(
        event(mentions=(ANN, PHONE)), type=kind, context=context, properties=properties
    )
    heeded = decode_heeded(encode_event(whole))
    assert scene_of(heeded) == scene_of(whole)
    assert encode_state(fold(None, [heeded], RULES).state) == encode_state(fold(None, [whole], RULES).state)


def test_what_is_only_for_the_lake_is_not_made() -> None:
    context = {"library": {"name": "x"}, "page": {"title": "T", "path": "/"}, "userAgent": "Firefox"}
    heeded = decode_heeded(encode_event(msgspec.structs.replace(event(), context=context)))
    assert heeded.context == {"page": {"path": "/"}, "userAgent": "Firefox"}
