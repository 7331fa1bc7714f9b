"""How a connector signs in: what check says of each kind before anybody is asked."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from certs.first_run import issue
from console.sign_in_checks import check_sign_in
from proxy.settings.connectors import EwsConnector

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://mail.x.example/EWS"


def found(directory: Path, auth: dict[str, Any], url: str = URL) -> list[tuple[str, str]]:
    connector = TypeAdapter(EwsConnector).validate_python({"protocol": "ews", "url": url, "auth": auth})
    return [(f.severity, f"{f.key}: {f.what}") for f in check_sign_in("auth", connector, directory, NOW)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    issued = issue(tmp_path, ["x.example"], now=NOW)
    (tmp_path / "p").write_text("hunter2")
    (tmp_path / "c.pem").write_bytes(issued.key.read_bytes() + issued.chain.read_bytes())
    (tmp_path / "k").write_bytes(b"\5\2keys")
    (tmp_path / "k").chmod(0o600)
    return tmp_path


@pytest.mark.parametrize(
    "auth",
    [
        {"kind": "basic", "username": "u", "password": "file:p"},
        {"kind": "ntlm", "username": "X\\u", "password": "file:p"},
        {"kind": "negotiate", "username": "u@x.example", "password": "file:p"},
        {"kind": "negotiate", "keytab": "k"},
        {"kind": "negotiate"},
        {"kind": "oauth", "tenant": "t", "client_id": "c", "secret": "file:p"},
        {"kind": "oauth", "tenant": "t", "client_id": "c", "certificate": "file:c.pem"},
    ],
)
def test_all_in_order(directory: Path, auth: dict[str, Any]) -> None:
    assert [each for each in found(directory, auth) if "not installed" not in each[1]] == []


@pytest.mark.parametrize(
    ("auth", "severity", "what"),
    [
        ({"kind": "basic", "username": "u", "password": "file:none"}, "error", "auth.password: there is no file"),
        ({"kind": "ntlm", "username": "u", "password": "file:none"}, "error", "auth.password: there is no file"),
        ({"kind": "negotiate", "username": "u@x", "password": "file:none"}, "error", "auth.password: there is no file"),
        ({"kind": "negotiate", "username": "X\\u", "password": "file:p"}, "warning", "auth.username: a name without @"),
        ({"kind": "negotiate", "keytab": "none"}, "error", "auth.keytab: "),
        ({"kind": "negotiate", "keytab": "p"}, "error", "is no keytab"),
        ({"kind": "oauth", "tenant": "t", "client_id": "c", "secret": "file:none"}, "error", "auth.secret: there is"),
        ({"kind": "oauth", "tenant": "t", "client_id": "c", "certificate": "file:p"}, "error", "auth.certificate: "),
    ],
)
def test_what_is_wrong(directory: Path, auth: dict[str, Any], severity: str, what: str) -> None:
    assert any(each[0] == severity and what in each[1] for each in found(directory, auth))


def test_a_keytab_that_others_may_read(directory: Path) -> None:
    (directory / "k").chmod(0o644)
    assert any("open to others" in what for _, what in found(directory, {"kind": "negotiate", "keytab": "k"}))


def test_without_kerberos(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "krb5", None)
    by_password = {"kind": "negotiate", "username": "u@x.example", "password": "file:p"}
    assert found(directory, by_password) == [("warning", "auth: Kerberos is not installed, so NTLM is used")]
    for auth in ({"kind": "negotiate"}, {"kind": "negotiate", "keytab": "k"}):
        [(severity, what)] = found(directory, auth)
        assert (severity, "no password for NTLM" in what) == ("error", True)
