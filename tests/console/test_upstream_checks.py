"""Further accounts and budgets: secrets that are missing, limits that two sections reach together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.upstream_checks import check_upstream

NOW = datetime(2026, 11, 23, tzinfo=UTC)
AUTH = {"kind": "basic", "username": "u", "password": "env:P"}
EWS = {"protocol": "ews", "url": "https://mail.example/EWS/Exchange.asmx", "auth": AUTH}
GOOGLE = {"protocol": "google", "service_account": "file:g.json", "subject": "fb@x.example"}
GRAPH = {"protocol": "graph", "tenant": "t", "client_id": "c", "secret": "env:S", "anchors": ["fb1@x.example"]}


def found(directory: Path, **connectors: dict[str, Any]) -> list[str]:
    written = {
        "server": {"public_url": "https://b.example", "certificate": {"kind": "none"}},
        "connectors": connectors,
        "routes": [{"match": f"{name}.example", "via": name} for name in connectors],
        "callers": [],
    }
    configuration = Configuration.model_validate(written)
    return [f"{each.severity} {each.key}: {each.what}" for each in check_upstream(configuration, directory, NOW)]


def test_the_secret_of_each_further_account_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("secret")
    accounts = [{**AUTH, "password": "file:there"}, {**AUTH, "password": "file:missing"}]
    [finding] = found(tmp_path, fabrikam={**EWS, "further_accounts": accounts})
    assert finding.startswith("error connectors.fabrikam.further_accounts[2].password: ")


@pytest.mark.parametrize(
    ("one", "other", "whose"),
    [
        (GOOGLE, {**GOOGLE, "subject": "fb2@x.example"}, "the service account file:g.json"),
        (GRAPH, {**GRAPH, "anchors": ["fb0@x.example", "fb1@x.example"]}, "the anchor fb1@x.example"),
    ],
)
def test_an_account_of_two_sections_is_told(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], whose: str
) -> None:
    assert found(tmp_path, a=one) == []
    assert found(tmp_path, a=one, b=other) == [
        f"warning connectors.b: {whose} asks for a as well, and each section counts for itself"
    ]


@pytest.mark.parametrize(
    ("written", "findings"),
    [
        ({"overdue": "5s", "deadline": "8s"}, 1),
        ({"overdue": "5s", "deadline": "8s", "extra_calls": 0}, 0),
        ({"overdue": "3s", "deadline": "8s"}, 0),
        ({"deadline": "2s"}, 0),
    ],
)
def test_a_call_that_is_late_too_late_is_told(tmp_path: Path, written: dict[str, Any], findings: int) -> None:
    assert len(found(tmp_path, a={**EWS, **written})) == findings
