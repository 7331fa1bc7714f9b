"""What `check` finds in the server's certificate, by each way of having one."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pydantic import TypeAdapter

from certs import first_run
from certs.acme_state import AcmeState
from console.certificate_checks import check_certificate, mended
from proxy.settings.certificate import Certificate
from tests.certs.authority import DAY, NOW, Authority, write

NAME, URL = "busy.example.com", "https://acme.example/dir"
CA = Authority()
PAIR = CA.leaf(NAME)
ACME = {"kind": "acme", "directory": "acme", "terms_agreed": True, "directory_url": URL}
PFX = {"kind": "pfx", "file": "x.pfx", "password": "file:password"}
FILES = {"kind": "files", "chain": "chain.pem", "key": "key.pem"}


def found(directory: Path, written: dict[str, Any], *, days: float = 0) -> list[str]:
    certificate: Certificate = TypeAdapter(Certificate).validate_python(written)
    problems = check_certificate(certificate, NAME, directory, NOW + days * DAY)
    return [f"{each.severity}: {each.key}: {each.what}" for each in problems]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, []),
        (80, ["warning: server.certificate: the certificate expires on 2027-02-18"]),
        (91, ["error: server.certificate: the certificate expired on 2027-02-18"]),
    ],
)
def test_files(tmp_path: Path, days: float, words: list[str]) -> None:
    write(PAIR, tmp_path)
    assert found(tmp_path, FILES, days=days) == words


def test_a_pfx(tmp_path: Path) -> None:
    assert found(tmp_path, PFX) == [f"error: server.certificate.password: there is no file {tmp_path / 'password'}"]
    (tmp_path / "password").write_text("x", "utf-8")
    assert "there is no file" in found(tmp_path, PFX)[0]
    data = pkcs12.serialize_key_and_certificates(
        b"n", PAIR.key, PAIR.leaf, [CA.certificate], BestAvailableEncryption(b"x")
    )
    (tmp_path / "x.pfx").write_bytes(data)
    assert found(tmp_path, PFX) == []
    (tmp_path / "password").write_text("y", "utf-8")
    assert "the password does not open" in found(tmp_path, PFX)[0]


def test_acme_before_the_first_order_is_in_order(tmp_path: Path) -> None:
    assert found(tmp_path, ACME) == []


def test_acme_shows_what_it_was_given_once(tmp_path: Path) -> None:
    AcmeState.of(tmp_path / "acme", URL).store(PAIR)
    assert found(tmp_path, ACME) == []
    assert found(tmp_path, ACME, days=91) == ["error: server.certificate: the certificate expired on 2027-02-18"]


def test_what_acme_needs_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    account = {"kid": "k", "key": "file:gone"}
    written = {**ACME, "directory": "file/inner", "ca": "file", "external_account": account}
    assert [each.split(": ")[1] for each in found(tmp_path, written)] == [
        "server.certificate",
        "server.certificate.directory",
        "server.certificate.external_account.key",
    ]


def test_plain_http_and_the_first_run(tmp_path: Path) -> None:
    assert found(tmp_path, {"kind": "none"}) == []
    assert found(tmp_path, {"kind": "first-run", "directory": "tls"}) == []


def test_a_certificate_that_names_nobody_is_told_in_whole_words() -> None:
    what, remedy = mended("the certificate does not name b.example, which callers use: it names ")
    assert what == "the certificate does not name b.example, which callers use"
    assert remedy == "have one issued for that name, or correct public_url"
    assert mended("the certificate expired on 2026-01-01: renew it")[1] == "renew it"


def test_a_chain_that_is_cut_off(tmp_path: Path) -> None:
    chain, _ = write(PAIR, tmp_path)
    chain.write_bytes(chain.read_bytes()[:-60])
    assert found(tmp_path, FILES) == [f"error: server.certificate: {chain} is cut off"]


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem"])
def test_a_first_run_that_cannot_start(tmp_path: Path, name: str) -> None:
    first_run.issue(tmp_path / "tls", [NAME], now=NOW)
    written = {"kind": "first-run", "directory": "tls"}
    assert found(tmp_path, written) == []
    (tmp_path / "tls" / name).write_bytes(b"")
    (problem,) = found(tmp_path, written)
    assert problem.startswith(f"error: server.certificate: {tmp_path / 'tls' / name} holds no ")
