"""``make screens``: pictures of every page for ``docs/screens``, of the demo while events of today arrive.

Not a test. ``python -m tests.console.screens DATA [SECONDS [NAME …]]`` runs ``segue demo`` on DATA (an empty
folder, or where it ran before), waits SECONDS for events of today, and takes all pictures or those named.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from playwright.sync_api import FloatRect, Page

from bench.browsing import chromium, signed_in
from tests.served import Served

SCREENS = Path(__file__).parents[2] / "docs" / "screens"


class Shot(NamedTuple):
    """One picture.

    ``{record}`` is the household's page, ``{identity}`` that of the shared tablet's user, ``{decision}`` what
    the start page showed the household, ``{simulator}`` what it would show her if it rained.
    """

    name: str
    path: str
    width: int = 1280
    scheme: str = "light"
    locale: str = "en-GB"
    #: a button that is pressed first, by its name
    press: str = ""


SHOTS = (
    Shot("tour", "/console/tour"),
    Shot("home", "/console/"),
    Shot("customers", "/console/customers"),
    Shot("customer", "{record}"),
    Shot("timeline", "{record}#timeline"),
    Shot("identity", "{identity}#identity"),
    Shot("consent", "{record}#consent"),
    Shot("insights", "{record}#insights"),
    Shot("segments", "/console/segments"),
    Shot("segment", "/console/segments/regulars"),
    Shot("segment-new", "/console/segments/looked_and_left/edit"),
    Shot("micro-segments", "/console/segments/discover", press="Look for groups"),
    Shot("traits", "/console/traits"),
    Shot("trait", "/console/traits/spent_ever"),
    Shot("models", "/console/models"),
    Shot("model", "/console/models/predict"),
    Shot("actions", "/console/actions"),
    Shot("action", "/console/actions/strawberries"),
    Shot("action-edit", "/console/actions/strawberries/edit"),
    Shot("placements", "/console/placements"),
    Shot("placement", "/console/placements/home_hero"),
    Shot("products", "/console/products"),
    Shot("decisions", "/console/decisions"),
    Shot("decision", "{decision}"),
    Shot("simulator", "{simulator}"),
    Shot("policies", "/console/policy"),
    Shot("policy", "/console/policy/home_hero"),
    Shot("sources", "/console/sources"),
    Shot("debugger", "/console/sources/web"),
    Shot("imports", "/console/imports"),
    Shot("import-new", "/console/imports/new"),
    Shot("dead-letters", "/console/dead-letters"),
    *(
        Shot(f"settings-{name}", f"/console/settings/{name}")
        for name in ("identity", "survivorship", "purposes", "plan", "users", "keys", "audit")
    ),
    Shot("home-dark", "/console/", scheme="dark"),
    Shot("customer-dark", "{record}", scheme="dark"),
    Shot("home-phone", "/console/", width=390),
    Shot("customer-phone", "{record}", width=390),
    Shot("decision-dark", "{decision}", scheme="dark"),
    Shot("decision-phone", "{decision}", width=390),
    Shot("simulator-phone", "{simulator}", width=390),
    Shot("customers-german", "/console/customers", locale="de-DE"),
    Shot("customer-polish", "{record}", locale="pl-PL"),
)

UNDERSTOOD = {
    "traits.yaml": """traits:
  orders_ever:   {count: Order Completed, title: Orders ever}
  spent_ever:    {sum: properties.revenue, of: Order Completed, title: Spent ever}
  soft_drinks:   {count: Order Completed, where: {field: products.category, op: "=", value: SOFT DRINKS}}
  main_category: {most_frequent: products.category, of: Order Completed, weight: products.quantity}
""",
    "segments.yaml": """segments:
  regulars:
    title: Regulars
    description: Who comes about once a week or more.
    when: {field: traits.orders_ever, op: ">=", value: 50}
  soft_drinks:
    title: Soft drink lovers
    when: {field: traits.soft_drinks, op: ">=", value: 20}
  slipping:
    title: Good customers who may be leaving
    when:
      all: [{field: predictions.churn, op: ">", value: 0.5}, {field: traits.spent_ever, op: ">", value: 500}]
  coupons:
    title: Coupons and e-mail
    when: {all: [{did: Coupon Redeemed}, {consent: marketing, channel: email, is: granted}]}
  looked_and_left:
    title: Looked at soft drinks on the web
    when:
      all:
        - {did: Product Viewed, where: {field: properties.category, op: "=", value: SOFT DRINKS}, at_least: 3}
        - {field: traits.orders_ever, op: ">=", value: 10}
""",
}
"""What a marketer may have defined, so that the pages have something to show."""


def main() -> None:
    """Run the demo, wait, take the pictures, stop it."""
    data, seconds = Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    served = _demo(data)
    try:
        _understand(data)
        time.sleep(seconds)
        places = {**_places(data), **_decided(served, _places(data)["record"])}
        SCREENS.mkdir(parents=True, exist_ok=True)
        with chromium() as browser:
            for shot in (each for each in SHOTS if each.name in sys.argv[3:] or not sys.argv[3:]):
                with signed_in(browser, served, shot.width, shot.scheme, shot.locale) as context:
                    _take(context.new_page(), shot, places)
    finally:
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(60)


def _demo(data: Path) -> Served:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "SEGUE_PORT": str(port)}
    command = [sys.executable, "-m", "segue", "demo", "--no-open", "--data", str(data)]
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return Served(data=data, port=port, process=process)
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the demo has ended before it served")


def _understand(data: Path) -> None:
    """Segments and traits, and models where there are none, as somebody would have them after a day."""
    segue = [sys.executable, "-m", "segue"]
    with TemporaryDirectory() as folder:
        for name, text in UNDERSTOOD.items():
            Path(folder, name).write_text(text)
        subprocess.run([*segue, "apply", folder, "--data", str(data)], check=True)
    if not (data / "models" / "predict").exists():
        subprocess.run([*segue, "train", "--data", str(data)], check=True)


def _places(data: Path) -> dict[str, str]:
    steps = {step["name"]: step["link"] for step in json.loads((data / "demo.json").read_text())["steps"]}
    return {"record": steps["household"], "identity": steps["shared_tablet"]}


def _decided(served: Served, record: str) -> dict[str, str]:
    """The household asks the start page, so that there is a decision of hers."""
    person = record.rpartition("/")[2]
    kind, value = next(
        (each["kind"], each["value"]) for each in served.get(f"/api/v1/persons/{person}")["identifiers"]
    )
    asked = {"placement": "home_hero", "identifiers": {kind: value}, "context": {"locale": "en"}}
    answer = served.request(
        "POST", "/api/v1/decisions", key=served.key("admin"), body=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    if answer.status != 200:
        raise SystemExit(f"the start page is not answered: {answer.body.decode()}")
    question = f"person={person}&placement=home_hero&weather=mild%3A16&if.weather=rain%3A9"
    return {
        "decision": f"/console/decisions/{answer.json()['decision_id']}",
        "simulator": f"/console/simulator?{question}",
    }


def _take(page: Page, shot: Shot, places: dict[str, str]) -> None:
    page.goto("/console/")  # a browser's first visit to a demo is led to the tour
    page.wait_for_selector("main h1")
    page.goto(shot.path.format(**places))
    page.wait_for_selector("main h1")
    if shot.press:
        page.get_by_role("button", name=shot.press).click()
    page.wait_for_function("() => !document.querySelector('main [aria-busy=true]')", timeout=60_000)
    page.wait_for_timeout(1_500)  # charts draw themselves in
    page.screenshot(path=SCREENS / f"{shot.name}.png", clip=_clip(page, shot.width))
    print(shot.name)


def _clip(page: Page, width: int) -> FloatRect:
    """The page from its top, at most about two screens of it."""
    height = int(page.evaluate("() => document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": min(height, 1_500)})
    return {"x": 0, "y": 0, "width": width, "height": min(height, 1_500)}


if __name__ == "__main__":
    main()
