"""TLS out of a pair in memory: nothing of it lies on a disk, and callers may show certificates of their own."""

import os
import ssl
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certs.contexts import server_context
from certs.pair import CertificateError, Pair
from tests.certs.authority import CLIENT_AUTH, Authority, rsa_key, write
from tests.certs.handshakes import shaken, shown, trusting_nobody

CA = Authority()
PAIR = CA.leaf("busy.example.com", key=rsa_key())


def _descriptors() -> set[str]:
    place = Path("/proc/self/fd")
    return {each.name for each in place.iterdir()} if place.is_dir() else set()


def test_it_shows_the_pair_and_leaves_nothing_open() -> None:
    before = _descriptors()
    context = server_context(PAIR)
    assert _descriptors() == before
    assert shown(context) == PAIR.leaf
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    client = trusting_nobody()
    client.set_alpn_protocols(["h2", "http/1.1"])
    assert shaken(context, client)[0].selected_alpn_protocol() == "http/1.1"


def test_where_there_is_no_file_in_memory_one_is_made_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert shown(server_context(PAIR)) == PAIR.leaf
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(CertificateError, match="the pair: does not serve"):
        server_context(Pair(PAIR.certificates, rsa_key(), "the pair"))


def _client(pair: Pair | None, directory: Path) -> ssl.SSLContext:
    context = trusting_nobody()
    if pair:
        context.load_cert_chain(*write(pair, directory))
    return context


def test_callers_may_show_a_certificate_of_the_authorities_named(tmp_path: Path) -> None:
    issuing = Authority("Issuing", issuer=CA)  # its root is not named
    place = tmp_path / "callers.pem"
    place.write_bytes(issuing.certificate.public_bytes(Encoding.PEM))
    context = server_context(PAIR, client_authorities=[place])
    theirs = issuing.leaf("exchange.contoso.example", usage=CLIENT_AUTH)
    for pair, seen in ((None, None), (theirs, theirs.leaf.public_bytes(Encoding.DER))):
        _, server = shaken(context, _client(pair, tmp_path))
        assert server.getpeercert(binary_form=True) == seen
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        shaken(context, _client(Authority().leaf("exchange.contoso.example", usage=CLIENT_AUTH), tmp_path))


@pytest.mark.parametrize("content", [None, b"", b"x", "folder"])
def test_authorities_that_cannot_be_read_are_told(tmp_path: Path, content: bytes | str | None) -> None:
    place = tmp_path / "callers.pem"
    if isinstance(content, bytes):
        place.write_bytes(content)
    elif content:
        place.mkdir()
    with pytest.raises(CertificateError, match=r"callers\.pem"):
        server_context(PAIR, client_authorities=[place])
