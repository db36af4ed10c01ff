"""For whom a proxy asks is believed when the proxy is named in the settings, and from nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.served import segue, serving

CLIENT = "203.0.113.7"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        pytest.param("", CLIENT, "127.0.0.1", marks=pytest.mark.slow),
        pytest.param("192.0.2.1, 127.0.0.0/8", CLIENT, CLIENT, marks=pytest.mark.slow),
        # what the client wrote itself stands before what the proxy added
        ("127.0.0.1", f"10.9.9.9, {CLIENT}", CLIENT),
    ],
)
def test_a_forwarded_address_counts_from_a_trusted_proxy_only(
    tmp_path: Path, trusted: str, forwarded: str, address: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "segue.toml").write_text(f'trusted_proxies = "{trusted}"\n')
    with serving(data) as server:
        key = server.key("ingest", "--source", "web")
        event = {"type": "track", "event": "Seen", "anonymousId": "a", "messageId": "1", "writeKey": key}
        body = json.dumps({**event, "context": {"direct": True}}).encode()
        answer = server.request("POST", "/v1/track", body=body, headers={"X-Forwarded-For": forwarded})
        assert answer.status == 200
        query = "select json_extract_string(context, '$.ip') as ip from events"
        assert json.loads(segue("sql", query, "--json", "--data", str(data))) == [{"ip": address}]
