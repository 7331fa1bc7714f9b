"""What may be written of the server's certificate, and that every mistake is told at its own key."""

from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings import ProxySettings
from proxy.settings.certificate import LETS_ENCRYPT, CertificateAcme
from tests.proxy.served import configuration

ACME = {"kind": "acme", "directory": "acme", "terms_agreed": True}
PLAIN = {"plain_listen": ["0.0.0.0:80"]}


def settings(certificate: dict[str, Any], **server: Any) -> ProxySettings:
    written = configuration()
    written["server"] |= {"public_url": "https://busy.example.com", "certificate": certificate, **server}
    return ProxySettings.model_validate(written)


def test_acme_in_few_words() -> None:
    found = settings(ACME, **PLAIN).server.certificate
    assert isinstance(found, CertificateAcme)
    assert (found.directory_url, found.algorithm, found.names, found.email) == (LETS_ENCRYPT, "rsa", (), None)


def test_names_are_hosts_in_their_canonical_spelling_and_addresses() -> None:
    names = ["busy.example.com", "Mail.Bücher.example", "192.0.2.7", "2001:DB8::1"]
    found = settings({**ACME, "names": names}, **PLAIN).server.certificate
    assert isinstance(found, CertificateAcme)
    assert found.names == ("busy.example.com", "mail.xn--bcher-kva.example", "192.0.2.7", "2001:db8::1")


def test_a_pfx_with_and_without_a_password() -> None:
    settings({"kind": "pfx", "file": "x.pfx"})
    settings({"kind": "pfx", "file": "x.pfx", "password": "env:PFX"})


@pytest.mark.parametrize(
    ("changes", "server", "place", "words"),
    [
        ({}, {}, ("plain_listen",), 'write plain_listen = ["0.0.0.0:80"]'),
        ({"names": ["mail.example.com"]}, PLAIN, ("certificate", "acme", "names"), "callers use busy.example.com"),
        ({"terms_agreed": False}, PLAIN, ("certificate", "acme", "terms_agreed"), "then write true"),
        ({"names": ["*.example.com"]}, PLAIN, ("certificate", "acme", "names", 0), "write each host"),
        ({"names": ["a b"]}, PLAIN, ("certificate", "acme", "names", 0), "is no host name"),
        ({"email": "nobody"}, PLAIN, ("certificate", "acme", "email"), "is no address"),
        ({"email": "a@x.example, b@x.example"}, PLAIN, ("certificate", "acme", "email"), "is no address"),
        ({"algorithm": "dsa"}, PLAIN, ("certificate", "acme", "algorithm"), "'rsa' or 'ecdsa'"),
        ({"directory_url": "http://x.example"}, PLAIN, ("certificate", "acme", "directory_url"), "https"),
        ({"external_account": {"kid": "k", "key": "c2VjcmV0"}}, PLAIN,
         ("certificate", "acme", "external_account", "key"), '"file:path"'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_key(
    changes: dict[str, Any], server: dict[str, Any], place: tuple[str | int, ...], words: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        settings({**ACME, **changes}, **server)
    (error,) = raised.value.errors()
    assert error["loc"] == ("server", *place)
    assert words in error["msg"]
    assert "c2VjcmV0" not in str(raised.value)


def test_terms_must_be_agreed_to_in_writing() -> None:
    with pytest.raises(ValidationError, match="terms_agreed"):
        settings({"kind": "acme", "directory": "acme"}, **PLAIN)
