"""Tests of console/hub_checks.py."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certs import first_run
from console.configuration import Configuration
from console.findings import Finding
from console.hub_checks import check_hubs
from simulation.google import ServiceAccount
from tests.calsync.settings.merger import SPOKES, TWO_WAY, hub
from tests.calsync.wiring.parts_of import SECRETS
from tests.galsync.settings.estate import DIRECTORIES
from tests.proxy.served import configuration

NOW = datetime.now(UTC)
GOOGLE = {"protocol": "google", "service_account": "file:northwind.json", "subject": "fb@northwind.example"}
GRAPH = {"protocol": "graph", "tenant": "t", "client_id": "G", "secret": "env:X", "anchors": ["a@contoso.example"]}


def _found(directory: Path, *hubs: dict[str, Any], **more: Any) -> list[Finding]:
    read = Configuration.model_validate(configuration() | {"hubs": hubs, **more})
    return list(check_hubs(read, directory, NOW))


def _told(found: list[Finding], severity: str) -> dict[str, str]:
    return {each.key: each.what for each in found if each.severity == severity}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every secret and file is there."""
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    key = ServiceAccount().file("https://oauth2.googleapis.com/token")
    (tmp_path / "northwind.json").write_text(json.dumps(key))
    return tmp_path


def test_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    assert _found(tmp_path) == []


def test_all_is_in_order_and_what_has_to_be_allowed_is_said(there: Path) -> None:
    found = _found(there, hub("google", "graph", "ews", "caldav", google={"get": TWO_WAY}, ews={"zone": "UTC"}))
    assert {each.severity for each in found} == {"note"}
    assert {each.key: (each.what, each.mend.split(",")[0]) for each in found} == {
        "hubs[1].spokes.google.service_account": (
            "it reads and writes as ann@northwind.example",
            "allow its client id 104000000000000000001 the scope https://www.googleapis.com/auth/calendar.events in the"
            " Admin console (domain-wide delegation)",
        ),
        "hubs[1].spokes.graph.client_id": (
            "it reads the mailbox projects@contoso.example",
            "grant it the application permission Calendars.Read",
        ),
        "hubs[1].spokes.ews.impersonate": (
            "the account reads in the name of projects@fabrikam.example",
            "give it the role ApplicationImpersonation with a scope of this mailbox alone",
        ),
    }


@pytest.mark.parametrize(
    ("spoke", "more", "warned"),
    [
        ("ews", {}, True),
        ("ews", {"zone": "UTC"}, False),
        ("ews", {"read": False, "get": {"create": True}}, True),
        ("public", {}, True),
        ("graph", {}, False),
        ("graph", {"get": TWO_WAY}, True),
        ("graph", {"get": TWO_WAY, "zone": "Europe/Berlin"}, False),
        ("caldav", {"get": TWO_WAY}, False),
    ],
)
def test_days_have_the_zone_of_the_mailbox(there: Path, spoke: str, more: dict[str, Any], *, warned: bool) -> None:
    options: dict[str, Any] = {spoke: more}
    found = _found(there, hub("google", spoke, **options))
    told = [each for each in found if each.key == f"hubs[1].spokes.{spoke}.zone"]
    assert [each.severity for each in told] == ["warning"] * warned


def test_contacts_have_no_zone(there: Path) -> None:
    found = _found(there, hub("google", "ews", kind="contacts", ews={"get": TWO_WAY}))
    assert not [each for each in found if each.key.endswith(".zone")]


def test_secrets_and_files_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    names = ("google", "account", "graph", "ews", "caldav")
    told = _told(_found(tmp_path, hub(*names, graph={"ca": "no.pem"})), "error")
    assert told.keys() == {
        "hubs[1].spokes.google.service_account",
        "hubs[1].spokes.account.application.secret",
        "hubs[1].spokes.graph.secret",
        "hubs[1].spokes.graph.ca",
        "hubs[1].spokes.ews.auth.password",
        "hubs[1].spokes.caldav.auth.password",
    }


def test_a_certificate_that_is_none(there: Path) -> None:
    (there / "contoso.pem").write_text("no certificate")
    proof = {"certificate": "file:contoso.pem", "secret": None}
    assert "hubs[1].spokes.graph.certificate" in _told(_found(there, hub("google", "graph", graph=proof)), "error")


def test_whoever_writes_calendars_serves_nothing_else(there: Path) -> None:
    written = {"get": TWO_WAY}
    joined = hub("google", "graph", google=written, graph=written)
    connectors = {"contoso": GRAPH, "northwind": GOOGLE}
    told = _told(_found(there, joined, connectors=connectors, routes=[], callers=[]), "error")
    assert told.keys() == {"hubs[1].spokes.google.service_account", "hubs[1].spokes.graph.client_id"}
    assert "[connectors.contoso] proves itself with, which serves free/busy" in told["hubs[1].spokes.graph.client_id"]
    books = {"graph": DIRECTORIES["graph"] | {"client_id": "g"}}
    told = _told(_found(there, joined, directories=books), "error")
    assert "[directories.graph] proves itself with, which serves address" in told["hubs[1].spokes.graph.client_id"]
    alone = hub("google", "graph", google=written)
    assert _told(_found(there, alone, connectors={"contoso": GRAPH}, routes=[], callers=[]), "error") == {}


EWS = {
    "protocol": "ews",
    "url": "https://mail.fabrikam.example/EWS/Exchange.asmx",
    "auth": {"kind": "ntlm", "username": "SVC", "password": "env:EWS_PASSWORD"},
}
DAV = {"protocol": "caldav", "url": "https://dav.tailspin.example/", "auth": SPOKES["caldav"]["auth"]}


@pytest.mark.parametrize(
    ("spoke", "connector", "more", "warned"),
    [
        ("ews", EWS, {"get": TWO_WAY}, True),
        ("public", EWS, {"get": TWO_WAY}, True),
        ("ews", EWS, {}, False),
        ("ews", EWS | {"url": "https://mail.other.example/EWS/Exchange.asmx"}, {"get": TWO_WAY}, False),
        ("caldav", DAV, {"get": TWO_WAY}, True),
    ],
)
def test_an_account_that_writes_calendars_had_better_serve_nothing_else(
    there: Path, spoke: str, connector: dict[str, Any], more: dict[str, Any], *, warned: bool
) -> None:
    options: dict[str, Any] = {spoke: {"zone": "UTC"} | more}
    found = _found(there, hub("google", spoke, **options), connectors={"other": connector}, routes=[], callers=[])
    told = _told(found, "warning").get(f"hubs[1].spokes.{spoke}.auth.username", "")
    assert ("[connectors.other] proves itself with, which serves free/busy" in told) is warned
    assert _told(found, "error") == {}


def test_an_application_that_writes_by_ews_serves_nothing_else(there: Path) -> None:
    auth = {"kind": "oauth", "tenant": "t", "client_id": "G", "secret": "env:GRAPH_SECRET"}
    joined = hub("google", "ews", ews={"auth": auth, "get": TWO_WAY})
    told = _told(_found(there, joined, connectors={"contoso": GRAPH}, routes=[], callers=[]), "error")
    assert told.keys() == {"hubs[1].spokes.ews.auth.client_id"}


def test_a_hub_that_does_nothing(there: Path) -> None:
    assert _told(_found(there, hub("google", "graph")), "warning") == {
        "hubs[1]": "merger may write nowhere, so that nothing becomes equal"
    }
    target = {"read": False, "get": {"create": True}}
    told = _told(_found(there, hub("google", "graph", google=target, graph=target | {"zone": "UTC"})), "warning")
    assert set(told.values()) == {"no other spoke is read, so that no copies come"}


def test_a_first_run_that_nobody_has_seen(there: Path) -> None:
    joined = hub("google", "graph", google={"get": TWO_WAY})
    assert "hubs[1].first" in _told(_found(there, joined | {"first": "by itself"}), "note")
    assert "hubs[1].first" not in _told(_found(there, joined), "note")


def test_a_schedule_that_comes_rarely(there: Path) -> None:
    joined = hub("google", "graph", google={"get": TWO_WAY})
    assert "hubs[1].schedule" in _told(_found(there, joined | {"schedule": "0 3 * * 1"}), "note")
    assert "hubs[1].schedule" not in _told(_found(there, joined | {"schedule": "0 3 * * *"}), "note")


@pytest.mark.parametrize(
    ("google", "graph", "warned"),
    [
        ({"give": {"private": "copy"}}, {"get": TWO_WAY}, True),
        ({"give": {"private": "busy"}}, {"get": TWO_WAY}, False),
        ({"give": {"private": "copy", "detail": "busy"}}, {"get": TWO_WAY}, False),
        ({"give": {"private": "copy"}}, {"get": TWO_WAY | {"detail": "busy"}}, False),
        ({"give": {"private": "copy"}}, {"get": TWO_WAY, "mailbox": "a@northwind.example"}, False),
    ],
)
def test_private_items_in_full_for_another_company(
    there: Path, google: dict[str, Any], graph: dict[str, Any], *, warned: bool
) -> None:
    told = _told(_found(there, hub("google", "graph", google=google, graph=graph)), "warning")
    assert told.get("hubs[1].spokes.google.give.private", "") == (
        "private items are told in full to graph, which belongs to somebody else" if warned else ""
    )


def test_where_servers_tell_of_changes(there: Path) -> None:
    joined = hub("caldav", "ical", caldav={"get": TWO_WAY})
    local = {"public_url": "http://127.0.0.1:8444"}
    told = _told(_found(there, joined, hub_notifications=local), "warning")
    assert told.keys() == {"hub_notifications.public_url", "hub_notifications"}
    auth = SPOKES["ews"]["auth"] | {"username": "svc-calendars"}
    with_exchange = hub("ews", "caldav", ews={"get": TWO_WAY, "zone": "UTC", "auth": auth})
    found = _found(there, with_exchange, hub_notifications={"public_url": "https://hooks.example.com"})
    assert _told(found, "warning") == {}
    assert _told(found, "note")["hub_notifications.public_url"].endswith(".ews calls URLs below it that hold a secret")
    public = {"public_url": "https://hooks.example.com", "certificate": {"chain": "no.pem", "key": "no.key"}}
    with_google = hub("google", "caldav", google={"get": TWO_WAY})
    found = _found(there, with_google, hub_notifications=public)
    assert (_told(found, "warning"), list(_told(found, "error"))) == ({}, ["hub_notifications.certificate"])
    files = first_run.issue(there / "tls", ["hooks.example.com"])
    public["certificate"] = {"chain": str(files.chain), "key": str(files.key)}
    assert _told(_found(there, with_google, hub_notifications=public), "error") == {}


ANONYMOUS = {"create": True, "change": True, "delete": True, "anonymous": True}


@pytest.mark.parametrize(
    ("give", "get", "other", "severity"),
    [
        ({"private": "busy"}, ANONYMOUS, {}, "warning"),
        ({"detail": "busy"}, ANONYMOUS, {}, "warning"),
        ({}, ANONYMOUS, {"create": True, "detail": "busy"}, "warning"),
        ({}, ANONYMOUS | {"delete": False}, {"create": True, "subject": "Taken"}, "warning"),
        ({}, ANONYMOUS, {"create": True}, "note"),
        ({"private": "busy"}, {"create": True, "anonymous": True}, {}, ""),
        ({"private": "busy"}, TWO_WAY, {}, ""),
    ],
)
def test_blocks_that_count_are_named(
    there: Path, give: dict[str, Any], get: dict[str, Any], other: dict[str, Any], severity: str
) -> None:
    found = _found(there, hub("google", "caldav", google={"give": give, "get": get}, caldav={"get": other}))
    named = [each for each in found if each.key.endswith("google.get.anonymous")]
    assert [each.severity for each in named] == ([severity] if severity else [])


def test_what_a_block_does_not_tell_is_said_in_words(there: Path) -> None:
    found = _found(there, hub("google", "caldav", google={"give": {"private": "busy"}, "get": ANONYMOUS}))
    (what,) = [each.what for each in found if each.key.endswith("anonymous")]
    assert what.startswith("whoever moves or deletes a busy block elsewhere moves or deletes here")


def test_a_key_file_that_is_none(there: Path) -> None:
    (there / "northwind.json").write_text("{}")
    found = _told(_found(there, hub("google", "graph", "caldav", google={"get": TWO_WAY})), "error")
    assert found == {
        "hubs[1].spokes.google.service_account": (
            "the service account's key file lacks client_email, private_key, token_uri"
        )
    }
