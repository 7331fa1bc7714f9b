"""What is doubtful about an issuer is told by `check`, and nothing is fetched on the way."""

from pathlib import Path
from typing import Any

import pytest

from certs import first_run
from console.configuration import Configuration
from console.oidc_checks import check_oidc

ISSUER, TENANT = "https://login.northwind.example/", "8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"
SERVER = {"public_url": "https://busy.example.com", "certificate": {"kind": "none"}}
CALLER = {"name": "n", "may_ask": ["*"], "oidc": {"issuer": ISSUER, "clients": ["rooms"]}}
HYBRID = {"name": "h", "may_ask": ["*"], "microsoft": {"tenants": [TENANT]}}


def _found(directory: Path, *callers: dict[str, Any], **section: Any) -> list[tuple[str, str]]:
    issuer = {"issuer": ISSUER, "audiences": ["https://busy.example.com"], **section}
    data = {"server": SERVER, "callers": list(callers), "oidc": [issuer]}
    return [(each.severity, each.key) for each in check_oidc(Configuration.model_validate(data), directory)]


def test_an_issuer_that_a_caller_has_is_in_order(tmp_path: Path) -> None:
    assert _found(tmp_path, CALLER) == []


def test_an_issuer_that_nobody_has_is_noted(tmp_path: Path) -> None:
    assert _found(tmp_path, HYBRID) == [("note", "oidc.0")]


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nx\n"])
def test_an_authority_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    assert _found(tmp_path, CALLER, ca="ca.pem") == [("error", "oidc.0.ca")]


def test_an_authority_is_passed_over(tmp_path: Path) -> None:
    issued = first_run.issue(tmp_path, ("login.northwind.example",))
    assert _found(tmp_path, CALLER, ca=str(issued.ca)) == []


def test_an_issuer_that_microsofts_way_believes_too_is_a_warning(tmp_path: Path) -> None:
    theirs = f"https://sts.windows.net/{TENANT}/"
    caller = CALLER | {"oidc": {"issuer": theirs, "clients": ["rooms"]}}
    assert _found(tmp_path, caller, HYBRID, issuer=theirs) == [("warning", "oidc.0.issuer")]
    assert _found(tmp_path, caller, issuer=theirs) == []
