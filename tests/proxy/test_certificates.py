"""Every certificate that the configuration uses is found, and what cannot be read is told."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from certs import first_run
from certs.acme_state import AcmeState
from proxy.certificates import Used, count, used
from proxy.settings import ProxySettings
from service.metrics import Metrics
from tests.certs.authority import DAY, NOW, Authority, private_pem, write
from tests.proxy.served import configuration

CA, OTHER = Authority(), Authority("Other")
SERVER, GRAPH = CA.leaf("busy.example.com"), CA.leaf("contoso", ends=NOW + 30 * DAY)
FILES = {"kind": "files", "chain": "chain.pem", "key": "key.pem"}


def _pem(*authorities: Authority) -> bytes:
    return b"".join(each.certificate.public_bytes(Encoding.PEM) for each in authorities)


def settings(directory: Path, certificate: dict[str, Any] | None = None, **server: Any) -> ProxySettings:
    """A configuration that uses one of each kind, with its files."""
    write(SERVER, directory)
    (directory / "ca.pem").write_bytes(_pem(CA, OTHER))
    graph = GRAPH.leaf.public_bytes(Encoding.PEM) + private_pem(GRAPH)
    (directory / "contoso.pem").write_bytes(graph)
    written = configuration(certificate={"names": ["x.example"], "ca": "ca.pem"})
    written["server"] |= {"public_url": "https://busy.example.com", "certificate": certificate or FILES, **server}
    contoso = {"protocol": "graph", "tenant": "t", "client_id": "c", "anchors": ["fb@contoso.example"], "ca": "ca.pem"}
    written["connectors"]["contoso"] = {**contoso, "certificate": "file:contoso.pem"}
    key = {"chain": "chain.pem", "key": "key.pem"}
    issuers = [{"uri": "urn:federation:MicrosoftOnline", "certificates": ["ca.pem"]}]
    written["federation"] = {"application_uri": "x.example", "domains": ["fabrikam.example"], "current": key,
                             "previous": key, "issuers": issuers}  # fmt: skip
    return ProxySettings.model_validate(written)


def test_one_of_each_kind_is_found(tmp_path: Path) -> None:
    found = list(used(settings(tmp_path), tmp_path))
    assert [(each.kind, each.name, each.key, len(each.certificates), each.own) for each in found] == [
        ("server", "busy.example.com", "server.certificate", 2, True),
        ("connector", "contoso", "connectors.contoso.certificate", 1, True),
        ("connector-ca", "contoso", "connectors.contoso.ca", 2, False),
        ("caller-ca", "northwind", "callers[1].certificate.ca", 2, False),
        ("federation", "current", "federation.current", 2, True),
        ("federation", "previous", "federation.previous", 2, True),
        ("federation-issuer", "urn:federation:MicrosoftOnline", "federation.issuers[1].certificates", 2, False),
    ]
    assert [each.problem for each in found] == [""] * 7
    assert found[0].host == "busy.example.com"


def test_what_cannot_be_read_is_told_and_the_rest_is_found(tmp_path: Path) -> None:
    configured = settings(tmp_path)
    for name in ("key.pem", "ca.pem", "contoso.pem"):
        (tmp_path / name).unlink()
    found = list(used(configured, tmp_path))
    assert len(found) == 7
    assert all("there is no file" in each.problem and not each.certificates for each in found)


def _server(directory: Path, certificate: dict[str, Any], **server: Any) -> Used:
    return next(each for each in used(settings(directory, certificate, **server), directory) if each.kind == "server")


def test_a_pfx(tmp_path: Path) -> None:
    lock = BestAvailableEncryption(b"x")
    data = pkcs12.serialize_key_and_certificates(b"n", SERVER.key, SERVER.leaf, [CA.certificate], lock)
    (tmp_path / "x.pfx").write_bytes(data)
    (tmp_path / "password").write_text("x", "utf-8")
    certificate = {"kind": "pfx", "file": "x.pfx", "password": "file:password"}
    assert _server(tmp_path, certificate).certificates == SERVER.certificates
    (tmp_path / "password").write_text("y", "utf-8")
    assert "the password does not open" in _server(tmp_path, certificate).problem


def test_acme_before_and_after_the_first_order(tmp_path: Path) -> None:
    certificate = {"kind": "acme", "directory": "acme", "terms_agreed": True, "ca": "ca.pem"}
    certificate["directory_url"] = "https://acme.example/dir"
    plain = {"plain_listen": ["127.0.0.1:0"]}
    assert "none is issued yet" in _server(tmp_path, certificate, **plain).problem
    AcmeState.of(tmp_path / "acme", "https://acme.example/dir").store(SERVER)
    assert _server(tmp_path, certificate, **plain).certificates == SERVER.certificates
    kinds = [each.kind for each in used(settings(tmp_path, certificate, **plain), tmp_path)]
    assert kinds[:2] == ["server", "acme-ca"]


def test_the_first_run_is_looked_at_and_not_made(tmp_path: Path) -> None:
    certificate = {"kind": "first-run", "directory": "tls"}
    assert "on its first start" in _server(tmp_path, certificate).problem
    assert not (tmp_path / "tls").exists()
    first_run.issue(tmp_path / "tls", ["busy.example.com"])
    assert len(_server(tmp_path, certificate).certificates) == 2


def test_plain_http_has_none(tmp_path: Path) -> None:
    found = used(ProxySettings.model_validate(configuration()), tmp_path)
    assert list(found) == []


def test_days_are_counted_to_the_first_end(tmp_path: Path) -> None:
    metrics = Metrics()
    count(settings(tmp_path), tmp_path, metrics, lambda: NOW)
    lines = [line for line in metrics.exposition()[0].decode().splitlines() if line.startswith("busyline_certificate")]
    assert lines == [
        'busyline_certificate_days_left{kind="connector",name="contoso"} 30.0',
        'busyline_certificate_days_left{kind="connector-ca",name="contoso"} 900.0',
        'busyline_certificate_days_left{kind="caller-ca",name="northwind"} 900.0',
    ]


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem"])
def test_a_first_run_that_would_not_start_again(tmp_path: Path, name: str) -> None:
    first_run.issue(tmp_path / "tls", ["busy.example.com"])
    (tmp_path / "tls" / name).write_bytes(b"x")
    assert f"{name} holds no " in _server(tmp_path, {"kind": "first-run", "directory": "tls"}).problem
