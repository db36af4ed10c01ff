"""The loop when every customer already has a year of 200 events; some come far more often than others.

Histories are folded and saved directly, by the same functions that the loop calls, because sending
4 million events first would take most of the run. What is measured goes through the log.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import msgspec

from bench import shop, stage
from bench.loops import WEB, compare, fill, run_loop
from bench.report import Figure, run
from segue import flow
from segue.app.installation import Installation
from segue.domain.events import Event, decode_event
from segue.domain.identifiers import Mention, fragment_id
from segue.domain.identity import Evidence
from segue.domain.order import DAY, HOUR
from segue.enrich import store
from segue.enrich.fold import fold
from segue.enrich.state import FragmentState
from segue.resolve.linker import link

HISTORY = 200
TEMPLATES = 25
AT_A_TIME = 500
MUST, SHARE = 5_000, 0.5


def measure(quick: bool) -> list[Figure]:
    customers, events = (1_000, 5_000) if quick else (20_000, 50_000)
    with stage.opened() as installation:
        live_through(installation, customers)
        now = installation.clock.now()
        visitors = shop.zipf(3, customers, 4_000 + events)
        fill(installation, shop.stream(4, iter(visitors), 2_000, now - 8 * HOUR, at_once=500, name="warm"))
        run_loop(installation)
        visiting = shop.stream(5, iter(visitors), events, now - 6 * HOUR, at_once=customers // 4, name="main")
        found = compare(installation, visiting)
    return [
        Figure(
            name="loop_history",
            what=f"the loop after {HISTORY} events a customer, {customers:,} customers, Zipf",
            must=f"≥ {MUST:,}/s and ≥ {SHARE} × bare loop",
            measured=f"{found.loop.rate:,.0f}/s",
            reached=found.loop.rate >= MUST and found.share >= SHARE,
            yardstick=found.yardstick(),
            processes="one worker (loop and keeper), PostgreSQL",
            load=f"the log, filled before: {events:,} events, visitors drawn 1/rank, "
            f"{customers // 4:,} visits open at once",
            bytes_a_record=found.bare.bytes_a_record,
            values=found.values(),
        )
    ]


def live_through(installation: Installation, customers: int) -> None:
    """Give customers 0 … ``customers`` − 1 a year each, as if the loop had seen it."""
    rules = installation.rules()
    years = template_years(installation)
    for first in range(0, customers, AT_A_TIME):
        states: dict[bytes, FragmentState] = {}
        news: list[Evidence] = []
        for customer in range(first, min(first + AT_A_TIME, customers)):
            lived = list(lived_by(installation.secret, years[customer % TEMPLATES], customer))
            folded = fold(None, lived, rules)
            states[lived[0].fragment_id] = folded.state
            news.append(folded.unseen)
        with installation.database.transaction(durable=False) as session:
            store.save(session, states)
            link(session, news, rules.identity, installation.clock.now())


def template_years(installation: Installation) -> list[list[Event]]:
    """A few different years, admitted as any event is."""
    now = installation.clock.now()
    rng = random.Random(6)
    years = []
    for number in range(TEMPLATES):
        wires = shop.year(rng, number, HISTORY, now - DAY, f"y{number}")
        drafts = [shop.draft(wire) for wire in wires]
        accepted = flow.accept(drafts, WEB, installation.rules(), installation.secret, now)
        years.append([decode_event(entry.payload) for entry in accepted.entries])
    return years


def lived_by(secret: bytes, year: Sequence[Event], customer: int) -> Iterator[Event]:
    """The same year lived by another customer."""
    own = {
        "user_id": shop.user(customer),
        "anonymous_id": f"a-{customer:07d}",
        "email": f"{shop.user(customer)}@example.com",
    }
    fragments = {kind: fragment_id(secret, kind, value) for kind, value in own.items()}
    for number, event in enumerate(year):
        mentions = tuple(
            Mention(each.kind, own[each.kind], fragments[each.kind], each.proven, each.device)
            for each in event.mentions
        )
        yield msgspec.structs.replace(event, message_id=f"y{customer}-{number}", mentions=mentions)


if __name__ == "__main__":
    run(measure)
