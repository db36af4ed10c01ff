"""Laws 1 to 3 where folding answers for them: grouping, order and merging never show in a record."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.events import Event
from segue.domain.rules import Rules, Survivorship, default_identity, default_purposes
from segue.enrich.fold import fold
from segue.enrich.merge import merge
from segue.enrich.record import GoldenRecord
from segue.enrich.state import FragmentState, decode_state, encode_state
from tests.unit.enrich.making import ANN, event, mention, record

BERLIN = Rules(
    identity=default_identity(),
    purposes=default_purposes(),
    survivorship=Survivorship(trust=("till", "web"), third_party=("bought",)),
    time_zone="Europe/Berlin",
)
NAMES = st.sampled_from(
    ["Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "Odd", "Checkout Started"]
)
ORDERS = st.sampled_from(["Order Completed", "Order Updated", "Order Cancelled", "Order Refunded"])
TIMES = st.one_of(st.integers(0, 20), st.integers(0, 4_000), st.integers(0, 40_000_000))
WHO = st.lists(st.sampled_from(["a1", "a2"]), max_size=2, unique=True)


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if draw(st.booleans()):
        context["channel"] = draw(st.sampled_from(["web", "app", "till"]))
    if draw(st.integers(0, 4)) == 0:
        context["campaign"] = {"name": draw(st.sampled_from(["spring", "winter"])), "source": "mail"}
    if draw(st.integers(0, 4)) == 0:
        context["sessionId"] = draw(st.sampled_from(["s1", "s2"]))
    if draw(st.integers(0, 4)) == 0:
        context["consent"] = {"categoryPreferences": {"marketing": draw(st.booleans())}}
    if draw(st.integers(0, 6)) == 0:
        context["active"] = False
    if draw(st.integers(0, 3)) == 0:
        context["timezone"] = draw(st.sampled_from(["Asia/Tokyo", "Europe/Paris", "Atlantis"]))
    return context


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    which = draw(st.integers(0, 7))
    if which == 0:
        return {"type": "page", "properties": {"path": draw(st.sampled_from(["/", "/a", "/b"]))}}
    if which == 1:
        values = st.one_of(st.none(), st.sampled_from(["x", "y"]), st.integers(0, 30))
        return {"type": "identify", "traits": draw(st.dictionaries(st.sampled_from(["city", "age"]), values))}
    if which == 2:
        return {"type": "group", "group_id": draw(st.sampled_from(["g1", "g2"])), "traits": {"name": "G"}}
    if which == 3:
        name = draw(st.sampled_from(["Consent Granted", "Consent Withdrawn"]))
        channel = draw(st.sampled_from([None, "email"]))
        return {"name": name, "properties": {"purpose": "marketing", "channel": channel}}
    line = {
        "category": draw(st.sampled_from(["tea", "wine"])),
        "brand": "b",
        "quantity": draw(st.integers(1, 3)),
        "price": draw(st.integers(1, 900)) / 100,
    }
    if which == 4:
        known: dict[str, Any] = draw(
            st.sampled_from([{}, {"revenue": 7.5}, {"products": [line, line]}, {"total": 3}])
        )
        return {"name": draw(ORDERS), "properties": {"order_id": draw(st.sampled_from("AB")), **known}}
    if which == 5:
        return {"name": draw(st.sampled_from(["Complaint Opened", "Complaint Resolved"]))}
    return {"name": draw(NAMES), "properties": {**line, "store": draw(st.sampled_from(["s1", "s2"]))}}


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Some dozens of events of one fragment; many at the same moment, about the same things."""
    events = []
    for number in range(draw(st.integers(1, 40))):
        body = draw(bodies())
        others = [mention("anonymous_id", who, proven=draw(st.booleans())) for who in draw(WHO)]
        events.append(
            event(
                **body,
                at=draw(TIMES),
                mentions=(ANN, *others),
                proven=draw(st.booleans()),
                message_id=f"m{number}",
                position=draw(st.integers(0, 2)),
                source=draw(st.sampled_from(["web", "till", "bought"])),
                context=draw(contexts()),
            )
        )
    return events


def kept(state: FragmentState) -> FragmentState:
    """As it comes back from the database."""
    return decode_state(encode_state(state), state.summary)


def in_batches(events: list[Event], sizes: list[int]) -> FragmentState:
    state: FragmentState | None = None
    rest = list(events)
    for size in [*sizes, len(events)]:
        batch, rest = rest[:size], rest[size:]
        if batch:
            state = kept(fold(state, batch, BERLIN).state)
    assert state is not None
    return state


def shown(*states: FragmentState) -> GoldenRecord:
    return record(*states, rules=BERLIN)


def text(found: GoldenRecord) -> bytes:
    return msgspec.json.format(msgspec.json.encode(found, order="deterministic"))


@settings(max_examples=80, deadline=None)
@given(logs(), st.lists(st.integers(1, 12), max_size=12), st.randoms(use_true_random=False))
def test_order_of_arrival_and_batching_never_show(events: list[Event], sizes: list[int], dice: Any) -> None:
    straight = shown(fold(None, events, BERLIN).state)
    mixed = list(events)
    dice.shuffle(mixed)
    assert text(shown(in_batches(mixed, sizes))) == text(straight)


@settings(max_examples=80, deadline=None)
@given(logs(), st.data())
def test_the_record_of_a_merge_is_the_record_of_everything(events: list[Event], data: st.DataObject) -> None:
    side = data.draw(st.lists(st.integers(0, 2), min_size=len(events), max_size=len(events)))
    whole = fold(None, events, BERLIN).state
    parts = [
        fold(None, mine, BERLIN).state
        for n in range(3)
        if (mine := [e for e, s in zip(events, side, strict=True) if s == n])
    ]
    assert text(shown(merge(parts, BERLIN.time_zone))) == text(shown(whole))
    backwards = merge([merge(parts[1:], BERLIN.time_zone), *parts[:1]], BERLIN.time_zone)
    assert text(shown(kept(backwards))) == text(shown(whole))


@settings(max_examples=30, deadline=None)
@given(logs())
def test_what_state_holds_is_never_news_again(events: list[Event]) -> None:
    state, unseen, *_ = fold(None, events, BERLIN)
    assert unseen.sightings
    again = fold(kept(state), events, BERLIN).unseen
    assert not again.sightings
    assert not again.links


@settings(max_examples=30, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_the_best_evidence_told_does_not_depend_on_order(events: list[Event], dice: Any) -> None:
    mixed = list(events)
    dice.shuffle(mixed)

    def best(told: list[Event]) -> Any:
        state: FragmentState | None = None
        sightings: dict[bytes, tuple[bytes, bool]] = {}
        links: dict[bytes, tuple[Any, ...]] = {}
        for one in told:
            state, unseen, *_ = fold(state, [one], BERLIN)
            for seen in unseen.sightings:
                held = sightings.get(seen.fragment_id, (seen.key, False))
                sightings[seen.fragment_id] = (min(held[0], seen.key), held[1] or seen.proven)
            for link in unseen.links:
                links[link.link_id] = min(links.get(link.link_id, link.position), link.position)
        return sightings, links

    assert best(mixed) == best(events)


@settings(max_examples=30, deadline=None)
@given(logs())
def test_folding_leaves_the_state_it_was_given_alone(events: list[Event]) -> None:
    state = fold(None, events, BERLIN).state
    before = encode_state(state), state.summary
    fold(state, events, BERLIN)
    assert (encode_state(state), state.summary) == before
