"""Further accounts and budgets: secrets that are missing, limits that two sections reach together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.upstream_checks import check_upstream

NOW = datetime(2026, 11, 23, tzinfo=UTC)
AUTH = {"kind": "basic", "username": "u", "password": "env:P"}
EWS: dict[str, Any] = {"protocol": "ews", "url": "https://mail.example/EWS/Exchange.asmx", "auth": AUTH}
OAUTH = {"kind": "oauth", "tenant": "t", "client_id": "c", "secret": "env:S"}
KEYTAB = {"kind": "negotiate", "keytab": "svc.keytab"}
CACHED = {"kind": "negotiate"}
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
        (GRAPH, {**GRAPH, "tenant": "T", "anchors": ["fb2@x.example"]}, "the application c of t"),
        (EWS, {**EWS, "auth": {**AUTH, "username": "U", "kind": "ntlm"}}, "the account u"),
        (EWS, {**EWS, "auth": {**AUTH, "username": "v"}, "further_accounts": [AUTH]}, "the account u"),
        ({**EWS, "auth": OAUTH}, {**EWS, "auth": OAUTH}, "the account c of t"),
        ({**EWS, "auth": KEYTAB}, {**EWS, "auth": KEYTAB}, "the account svc.keytab"),
        ({**EWS, "auth": CACHED}, {**EWS, "auth": CACHED}, "the account of this machine's credential cache"),
    ],
)
def test_an_account_of_two_sections_is_told(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], whose: str
) -> None:
    assert found(tmp_path, a=one) == []
    assert [each for each in found(tmp_path, a=one, b=other) if each.startswith("warning")] == [
        f"warning connectors.b: {whose} asks for a as well, and each section counts for itself"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EWS, {**EWS, "url": "https://other.example/EWS/Exchange.asmx"}),
        (EWS, {**EWS, "auth": {**AUTH, "username": "v"}}),
        (GRAPH, {**GRAPH, "client_id": "d", "anchors": ["fb2@x.example"]}),
        (GRAPH, {**GRAPH, "tenant": "u", "anchors": ["fb2@x.example"]}),
    ],
)
def test_accounts_of_their_own_are_in_order(tmp_path: Path, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert found(tmp_path, a=one, b=other) == []


def test_each_section_is_told_once_and_an_account_written_twice_in_one_is_its_own(tmp_path: Path) -> None:
    twice = {**EWS, "further_accounts": [AUTH, {**AUTH, "username": "v"}]}
    assert [each for each in found(tmp_path, a=twice) if "as well" in each] == []
    told = [each.partition(":")[0] for each in found(tmp_path, a=twice, b=twice, c=EWS) if "as well" in each]
    assert told == ["warning connectors.b", "warning connectors.c"]


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
