"""The loop with 30 traits and 50 segments, and the same loop without them.

Both runs are of the same events by the same customers, who have a year behind them, each in an installation
of its own. The histories are counted for traits as the loop would have, so that windows are full.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench import loop_history, shop, stage
from bench.loops import fill, run_loop
from bench.report import Figure, run
from segue.app.definitions import apply
from segue.app.installation import Installation
from segue.domain.order import HOUR
from segue.enrich import counting
from segue.enrich.traits.plan import plan
from segue.ports.statements import Statement

MUST = 0.5
EVERYBODY = Statement("everybody", "is judged anew", "update segment_round set after = ''")
EVENTS = ("Product Viewed", "Product Added", "Order Completed", "Product List Viewed", "page")
WINDOWS = ("7 days", "30 days", "90 days", "365 days")


def traits() -> str:
    """Thirty traits: counts, sums, choices and ratios over several windows."""
    lines = ["traits:"]
    for event in EVENTS:
        for window in WINDOWS:
            name = f"{event.lower().replace(' ', '_')}_{window.split()[0]}d"
            lines.append(f"  {name}: {{count: {event}, window: {window}}}")
    lines += [
        "  spend_30d: {sum: properties.revenue, of: Order Completed, window: 30 days}",
        "  spend_365d: {sum: properties.revenue, of: Order Completed, window: 365 days}",
        "  basket: {ratio: [spend_365d, order_completed_365d]}",
        "  favourite_category: {most_frequent: products.category, of: Order Completed, window: 180 days}",
        "  categories_seen: {distinct: properties.category, of: Product Viewed, window: 30 days}",
        "  days_since_order: {days_since_last: Order Completed}",
        "  days_since_view: {days_since_last: Product Viewed}",
        "  dearest_seen: {max: properties.price, of: Product Viewed, window: 30 days}",
        "  last_brand: {last: properties.brand, of: Product Viewed}",
        "  views_by_category: {count: Product Viewed, by: properties.category, window: 90 days}",
    ]
    return "\n".join(lines) + "\n"


def segments() -> str:
    """Fifty segments over them: thresholds, combinations, attributes, what was done, other segments."""
    lines = ["segments:"]
    for event in EVENTS:
        for window in WINDOWS[:3]:
            name = f"{event.lower().replace(' ', '_')}_{window.split()[0]}d"
            lines.append(f"  many_{name}: {{when: {{field: traits.{name}, op: '>=', value: 3}}}}")
    for number in range(15):
        lines.append(
            f"  spender_{number}: {{when: {{all: [{{field: traits.spend_30d, op: '>', value: {number * 10}}},"
            f" {{field: traits.days_since_order, op: '<', value: {40 - number}}}]}}}}"
        )
    for category in shop.CATEGORIES:
        lines.append(
            f"  likes_{category}: {{when: {{did: Product Viewed, at_least: 2, within: 30 days,"
            f" where: {{field: properties.category, op: '=', value: {category}}}}}}}"
        )
    for number in range(5):
        lines.append(
            f"  berlin_{number}: {{when: {{all: [{{field: attributes.city, op: '=', value: Berlin}},"
            f" {{segment: spender_{number}}}]}}}}"
        )
    for number in range(5):
        lines.append(f"  not_{number}: {{when: {{not: {{segment: spender_{number + 5}}}}}}}")
    return "\n".join(lines) + "\n"


def measure(quick: bool) -> list[Figure]:
    customers, events = (1_000, 5_000) if quick else (20_000, 50_000)
    without = _rate(customers, events, with_traits=False)
    with_them = _rate(customers, events, with_traits=True)
    share = with_them / without
    return [
        Figure(
            name="loop_traits",
            what=f"the loop with 30 traits and 50 segments, {customers:,} customers with a year behind them",
            must=f"≥ {MUST} × the loop without them",
            measured=f"{with_them:,.0f}/s",
            reached=share >= MUST,
            yardstick=f"the loop without them {without:,.0f}/s; {share:.2f} × of it",
            processes="one worker (loop and keeper), PostgreSQL",
            load=f"the log, filled before: {events:,} events, visitors drawn 1/rank, "
            f"{customers // 4:,} visits open at once",
            values={"events_per_s": with_them, "without_events_per_s": without, "share": share},
        )
    ]


def _rate(customers: int, events: int, *, with_traits: bool) -> float:
    with stage.opened() as installation:
        if with_traits:
            define(installation)
        loop_history.live_through(installation, customers)
        if with_traits:
            _count_years(installation, customers)
        now = installation.clock.now()
        visitors: Iterator[int] = iter(shop.zipf(3, customers, 4_000 + events))
        fill(installation, shop.stream(4, visitors, 2_000, now - 8 * HOUR, at_once=500, name="warm"))
        run_loop(installation)
        installation.settle()
        main = shop.stream(5, visitors, events, now - 6 * HOUR, at_once=customers // 4, name="main")
        fill(installation, main)
        return run_loop(installation).rate


def _count_years(installation: Installation, customers: int) -> None:
    """What the loop would have counted of everybody's year."""
    installation.step()  # it registers what is to be counted
    rules, years = installation.rules(), loop_history.template_years(installation)
    with installation.database.transaction() as session:
        counter = counting.Counter(rules, plan(rules, counting.standing(session).numbers))
    for first in range(0, customers, loop_history.AT_A_TIME):
        counted: dict[bytes, counting.Counted] = {}
        for customer in range(first, min(first + loop_history.AT_A_TIME, customers)):
            year = years[customer % loop_history.TEMPLATES]
            lived = list(loop_history.lived_by(installation.secret, year, customer))
            counted[lived[0].fragment_id] = counter.add(None, lived)
        with installation.database.transaction(durable=False) as session:
            counting.save(session, counter.plan, counted)
    with installation.database.transaction() as session:
        session.execute(EVERYBODY)
    installation.settle()  # everybody is judged by her year before anything is measured


def define(installation: Installation) -> None:
    """Thirty traits and fifty segments, in force from the first event on."""
    bodies = {"traits.yaml": traits(), "segments.yaml": segments()}
    apply(installation.database, installation.clock, bodies, actor="bench")
    installation.look_again()


if __name__ == "__main__":
    run(measure)
