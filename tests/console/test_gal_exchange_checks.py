"""Tests of console/gal_exchange_checks.py."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.findings import Finding
from console.gal_exchange_checks import check_gal_exchange
from tests.galsync.settings.estate import DIRECTORIES
from tests.proxy.served import configuration

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OAUTH = {"kind": "oauth", "tenant": "fabrikam.example", "client_id": "C", "secret": "env:FABRIKAM_PASSWORD"}


def found(directory: Path, connectors: dict[str, Any] | None = None, **more: Any) -> list[Finding]:
    """What is said of an Exchange directory that is written as the estate's, but for ``more``."""
    written = configuration() | {"directories": {"ews": DIRECTORIES["ews"] | {"people": ""} | more}}
    if connectors is not None:
        written |= {"connectors": connectors, "routes": [], "callers": []}
    return list(check_gal_exchange(Configuration.model_validate(written), directory, NOW))


def told(findings: list[Finding]) -> dict[str, str]:
    return {each.key: f"{each.severity}: {each.what}" for each in findings}


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FABRIKAM_PASSWORD", "a")


def test_all_in_order(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    other = {"protocol": "ews", **DIRECTORIES["ews"], "auth": DIRECTORIES["ews"]["auth"] | {"username": "F\\svc"}}
    del other["people"]
    assert found(tmp_path, {"fabrikam": other}) == []


def test_a_password_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FABRIKAM_PASSWORD")
    assert told(found(tmp_path))["directories.ews.auth.password"].startswith("error: ")


def test_a_name_that_looks_like_one_inside(tmp_path: Path) -> None:
    url = "https://mail.fabrikam.local/EWS/Exchange.asmx"
    assert "inside your network" in told(found(tmp_path, url=url))["directories.ews.url"]
    assert found(tmp_path, url=url, private_network=True) == []


@pytest.mark.parametrize("further", [False, True])
def test_whoever_writes_is_not_who_answers(tmp_path: Path, further: bool) -> None:
    mine = DIRECTORIES["ews"]["auth"] | {"username": "fabrikam\\SVC-Busyline", "kind": "ntlm"}
    another = DIRECTORIES["ews"]["auth"] | {"username": "FABRIKAM\\svc"}
    accounts = {"auth": another, "further_accounts": [mine]} if further else {"auth": mine}
    connectors = {"fabrikam": {"protocol": "ews", "url": DIRECTORIES["ews"]["url"], **accounts}}
    what = told(found(tmp_path, connectors))["directories.ews.auth"]
    assert what.startswith("error: fabrikam\\svc-busyline is also what [connectors.fabrikam] proves itself with")


def test_an_application_is_no_connector_s_either(tmp_path: Path) -> None:
    graph = {"protocol": "graph", "tenant": "t", "client_id": "c", "secret": "env:X", "anchors": ["a@contoso.example"]}
    ews = {"protocol": "ews", "url": DIRECTORIES["ews"]["url"], "auth": OAUTH | {"tenant": "other"}}
    for connector in (graph, ews):
        assert "directories.ews.auth" in told(found(tmp_path, {"contoso": connector}, auth=OAUTH))
    assert found(tmp_path, {"contoso": graph | {"client_id": "other"}}, auth=OAUTH) == []
