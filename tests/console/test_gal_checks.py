"""Tests of console/gal_checks.py."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.findings import Finding
from console.gal_checks import check_gal
from galsync.files.sealed_keys import generate, save
from simulation.google import ServiceAccount
from tests.galsync.settings.estate import DIRECTORIES, MAILBOXES
from tests.proxy.served import configuration

SYNC = {"name": "staff", "from": ["csv"], "to": "list"}


def _found(directory: Path, names: str, *syncs: dict[str, Any], **more: Any) -> list[Finding]:
    written = configuration() | {
        "directories": {name: DIRECTORIES[name] for name in names.split()},
        "directory_syncs": syncs,
        **more,
    }
    return list(check_gal(Configuration.model_validate(written), directory))


def _errors(found: list[Finding]) -> dict[str, str]:
    return {each.key: each.what for each in found if each.severity == "error"}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that the estate names is there."""
    monkeypatch.setenv("CONTOSO_SECRET", "a")
    monkeypatch.setenv("FABRIKAM_PASSWORD", "b")
    (tmp_path / "key.json").write_text(json.dumps(ServiceAccount().file("https://oauth2.googleapis.com/token")))
    (tmp_path / "people.csv").write_text("address\n")
    save(generate(), tmp_path / "sealing.key")
    (tmp_path / "litware.pub").write_text(generate().public.text)
    (tmp_path / "litware.sealed").write_text("")
    return tmp_path


def test_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    assert _found(tmp_path, "") == []


def test_all_is_in_order(there: Path) -> None:
    syncs = [SYNC, SYNC | {"name": "b", "to": "ad", "from": ["graph", "google", "export", "sealed"]}]
    assert _errors(_found(there, "csv list ad graph google export sealed", *syncs)) == {}


def test_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONTOSO_SECRET", "FABRIKAM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    syncs = [SYNC | {"from": ["csv", "sealed", "graph", "google"], "to": "ad"}]
    told = _errors(_found(tmp_path, "csv sealed graph google ad", *syncs, state={"password": "env:NO_SUCH"}))
    assert told.keys() == {
        "state.password",
        "directories.graph.secret",
        "directories.google.service_account",
        "directories.ad.auth.password",
        "directories.sealed.key",
        "directories.sealed.partner",
        "directory_syncs[1].from",
    }


def test_a_folder_that_is_not_there(there: Path) -> None:
    nowhere = {"csv": DIRECTORIES["csv"], "list": {"protocol": "csv", "path": "no/list.csv"}}
    assert "directory_syncs[1].to" in _errors(_found(there, "", SYNC, directories=nowhere))


def test_a_keytab_and_a_ca_that_are_not_there(there: Path) -> None:
    auth = {"kind": "kerberos", "keytab": "no.keytab"}
    directories = {"ad": DIRECTORIES["ad"] | {"auth": auth, "ca": "no.pem"}}
    told = _errors(_found(there, "", directories=directories))
    assert told.keys() == {"directories.ad.auth.keytab", "directories.ad.ca"}


def test_whoever_writes_is_not_who_answers(there: Path) -> None:
    graph = {"protocol": "graph", "tenant": "t", "client_id": "C", "secret": "env:X", "anchors": ["a@contoso.example"]}
    google = {"protocol": "google", "service_account": "file:key.json", "subject": "fb@northwind.example"}
    connectors = {"contoso": graph, "northwind": google}
    told = _errors(_found(there, "graph google", connectors=connectors, routes=[], callers=[]))
    assert told.keys() == {"directories.graph.client_id", "directories.google.service_account"}
    assert "[connectors.contoso]" in told["directories.graph.client_id"]
    assert "gserviceaccount" in told["directories.google.service_account"]
    connectors["contoso"] = graph | {"client_id": "other"}
    (there / "other.json").write_text(json.dumps(ServiceAccount(email="other@x").file("https://x.example")))
    connectors["northwind"] = google | {"service_account": "file:other.json"}
    assert _errors(_found(there, "graph google", connectors=connectors, routes=[], callers=[])) == {}


def test_what_is_of_no_use(there: Path) -> None:
    found = _found(there, "csv list ad", SYNC | {"mailboxes": MAILBOXES})
    warnings = {each.key: each.what for each in found if each.severity == "warning"}
    assert warnings == {
        "directories.ad": "no sync reads or writes it",
        "directory_syncs[1].mailboxes": "it says in whose mailboxes contacts are written, and none are",
    }


def test_a_guest_is_more_than_an_entry(there: Path) -> None:
    found = _found(there, "csv graph", SYNC | {"to": "graph", "as": "guest"})
    assert [each.key for each in found if "given access" in each.what] == ["directory_syncs[1].as"]


def test_where_the_state_stands(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (there / "file").write_text("")
    for database in ("sqlite:file/b.db", "env:NO_SUCH"):
        monkeypatch.delenv("NO_SUCH", raising=False)
        assert "state.database" in _errors(_found(there, "csv list", SYNC, state={"database": database}))


@pytest.mark.parametrize(
    ("database", "what"),
    [
        ("sqlite:nowhere/b.db", "there is no folder "),
        ("sqlite:room", " is no file"),
        ("sqlite:a.txt", "no database of"),
    ],
)
def test_a_state_that_cannot_be_kept_there(there: Path, database: str, what: str) -> None:
    (there / "room").mkdir()
    (there / "a.txt").write_text("what somebody wrote")
    assert what in _errors(_found(there, "csv list", SYNC, state={"database": database}))["state.database"]
