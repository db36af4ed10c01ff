"""An installation with definitions of its own, and what happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segue import flow
from segue.app import backfill
from segue.app.definitions import apply
from segue.app.installation import Installation
from segue.app.persons import Persons
from segue.domain.drafts import Draft, Sender
from segue.domain.identifiers import parse_id
from segue.domain.order import DAY, rfc3339
from segue.enrich.record import GoldenRecord
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from segue.settings import Settings

SECRET = b"0" * 32
NOON = 1_772_366_400_000_000
TILL = Sender(source="till", trusted=True)

TRAITS = """
traits:
  orders_90d: {count: Order Completed, window: 90 days}
  spend_90d: {sum: properties.revenue, of: Order Completed, window: 90 days}
  views_7d: {count: Product Viewed, window: 7 days}
  days_since_order: {days_since_last: Order Completed}
"""
SEGMENTS = """
segments:
  buyers: {when: {field: traits.orders_90d, op: ">=", value: 1}}
  loyal: {title: Loyal, when: {all: [{segment: buyers}, {field: traits.orders_90d, op: ">=", value: 3}]}}
  looking: {when: {did: Product Viewed, at_least: 2, within: 7 days}}
  slipping: {when: {field: traits.days_since_order, op: ">", value: 45}}
  berliners: {when: {field: attributes.city, op: "=", value: Berlin}}
  reachable: {when: {consent: marketing, channel: email, is: granted}}
  silent: {when: {not: {segment: buyers}}}
"""


class Shop:
    """One installation under a clock that stands still until it is moved."""

    def __init__(self, folder: Path, url: str) -> None:
        self.clock = ManualClock(NOON)
        self.installation = Installation(folder, Settings(), url, SECRET, self.clock)
        self._sent = 0

    def define(self, **files: str) -> None:
        """Put definitions in force: ``traits=…``, ``segments=…``."""
        bodies = {f"{name}.yaml": body for name, body in files.items()}
        apply(self.installation.database, self.clock, bodies, actor="test")
        self.installation._rules = None

    def happen(self, *drafts: Draft, drain: bool = True) -> None:
        """The drafts are accepted, and applied."""
        rules, now = self.installation.rules(), self.clock.now()
        accepted = flow.accept(drafts, TILL, rules, SECRET, now)
        assert not accepted.dead, accepted.dead
        self.installation.log.append(accepted.entries)
        if drain:
            self.settle()

    def settle(self) -> None:
        """Everything is applied, counted and judged."""
        self.installation.drain()
        self.installation.settle()

    def catch_up(self) -> None:
        """What was not counted is, from the lake, and everybody is judged by it."""
        self.settle()
        assert backfill.backfill(self.installation)
        self.settle()

    def record(self, identifier: str) -> GoldenRecord:
        [found] = Persons(self.installation).find(identifier).persons
        return found

    def segments(self, identifier: str) -> list[str]:
        return self.record(identifier).segments

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.installation.database.transaction(read_only=True) as session:
            return session.fetch(Statement("rows", "for a test", sql))

    def changes(self) -> list[tuple[Any, ...]]:
        """Segment, whether entered, cause, in order."""
        return self.rows("select segment, entered, cause from segment_change order by at, segment, entered")

    def merge(self, one: str, other: str) -> str:
        persons = Persons(self.installation)
        a, b = self.record(one).person_id, self.record(other).person_id
        return persons.merge(a, b, actor="test").link_id

    def unmerge(self, identifier: str, link_id: str) -> None:
        Persons(self.installation).unmerge(self.record(identifier).person_id, link_id, actor="test")

    def fragment(self, identifier: str) -> bytes:
        return parse_id(self.record(identifier).person_id)


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Shop]:
    shop = Shop(folder, url)
    try:
        yield shop
    finally:
        shop.installation.close()


def bought(user: str, number: int, days_ago: float = 0, *, revenue: float = 10.0, **more: Any) -> Draft:
    return Draft(
        type="track",
        event="Order Completed",
        message_id=f"{user}-b{number}",
        user_id=user,
        timestamp=rfc3339(int(NOON - days_ago * DAY)),
        properties={"order_id": f"{user}-{number}", "revenue": revenue, "currency": "EUR"},
        **more,
    )


def viewed(user: str, number: int, days_ago: float = 0, **more: Any) -> Draft:
    return Draft(
        type="track",
        event="Product Viewed",
        message_id=f"{user}-v{number}",
        user_id=user,
        timestamp=rfc3339(int(NOON - days_ago * DAY)),
        properties={"sku": "1", "category": "tea"},
        **more,
    )


def told(user: str, number: int, **traits: Any) -> Draft:
    return Draft(
        type="identify",
        message_id=f"{user}-t{number}",
        user_id=user,
        timestamp=rfc3339(NOON + number),
        traits=traits,
    )
