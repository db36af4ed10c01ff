"""The unmodified Node client of Segment against a running server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.flow.conformance.journey import Customer, check_arrived
from tests.flow.conformance.shop import Shop

_FOLDER = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def node() -> str:
    """The Node interpreter, with the client installed beside the script; skips where there is none."""
    interpreter, npm = shutil.which("node"), shutil.which("npm")
    if interpreter is None or npm is None:
        pytest.skip("NOT TESTED: @segment/analytics-node, because node and npm are not installed")
    if not (_FOLDER / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=_FOLDER,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"NOT TESTED: @segment/analytics-node cannot be installed: {done.stderr[-200:]}")
        assert done.returncode == 0, done.stderr[-2000:]
    return interpreter


def test_what_the_node_client_sends_becomes_the_golden_record(shop: Shop, node: str) -> None:
    customer = Customer("node")
    described = {
        "userId": customer.user_id,
        "anonymousId": customer.anonymous_id,
        "traits": customer.traits,
        "order": customer.order,
    }
    done = subprocess.run(
        [node, "send.mjs", shop.url, shop.write_key, json.dumps(described)],
        cwd=_FOLDER,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    check_arrived(shop, customer)
