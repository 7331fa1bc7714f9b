"""The certificate of the first run: who trusts it, what is kept, what is made anew."""

import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from certs import first_run
from certs.pair import CertificateError

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _leaf(files: first_run.Issued) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.chain.read_bytes())


def _handshake(files: first_run.Issued, host: str) -> None:
    """Both ends of TLS in memory. Raises SSLError where the client does not trust the server."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=files.ca)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    server.load_cert_chain(files.chain, files.key)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(back, there, server_hostname=host), server.wrap_bio(there, back, server_side=True)]
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert ends[0].version() == "TLSv1.3"


@pytest.mark.parametrize("host", ["busy.example.com", "127.0.0.1", "::1"])
def test_who_knows_the_authority_trusts_the_leaf_by_each_of_its_names(tmp_path: Path, host: str) -> None:
    files = first_run.issue(tmp_path, ["busy.example.com", "127.0.0.1", "::1"])
    _handshake(files, host)
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(files, "other.example.com")


def test_keys_are_rsa_and_their_owners_alone(tmp_path: Path) -> None:
    files = first_run.issue(tmp_path / "tls", ["a.example"])
    for path in (files.key, tmp_path / "tls" / "ca-key.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = _leaf(files).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048


def test_what_is_there_is_reused(tmp_path: Path) -> None:
    first = first_run.issue(tmp_path, ["a.example", "127.0.0.1"], now=NOW)
    before = first.chain.read_bytes()
    first_run.issue(tmp_path, ["A.example"], now=NOW + timedelta(days=300))
    assert first.chain.read_bytes() == before


@pytest.mark.parametrize(("names", "days"), [(["a.example", "b.example"], 0), (["a.example"], 380)])
def test_another_name_or_a_near_end_makes_another_leaf_of_the_same_authority(
    tmp_path: Path, names: list[str], days: int
) -> None:
    files = first_run.issue(tmp_path, ["a.example"], now=NOW)
    leaf, ca = files.chain.read_bytes(), files.ca.read_bytes()
    first_run.issue(tmp_path, names, now=NOW + timedelta(days=days))
    assert files.chain.read_bytes() != leaf
    assert files.ca.read_bytes() == ca


def test_without_a_name_there_is_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one name"):
        first_run.issue(tmp_path, [])


@pytest.mark.parametrize("kept", ["key.pem", "chain.pem", "ca-key.pem", "ca.pem"])
def test_a_pair_that_does_not_belong_together_is_made_anew(tmp_path: Path, kept: str) -> None:
    """As where the machine went down between the writing of the two."""
    old = first_run.issue(tmp_path / "old", ["a.example"], now=NOW)
    files = first_run.issue(tmp_path / "new", ["a.example"], now=NOW)
    (files.ca.parent / kept).write_bytes((old.ca.parent / kept).read_bytes())
    first_run.issue(tmp_path / "new", ["a.example"])
    _handshake(files, "a.example")


@pytest.mark.parametrize("half", ["key.pem", "chain.pem"])
def test_half_a_file_is_made_anew(tmp_path: Path, half: str) -> None:
    files = first_run.issue(tmp_path, ["a.example"])
    path = tmp_path / half
    path.write_bytes(path.read_bytes()[:200])
    first_run.issue(tmp_path, ["a.example"])
    _handshake(files, "a.example")


def test_nothing_half_made_stays_behind(tmp_path: Path) -> None:
    left = tmp_path / ".key.pem.x.new"
    left.write_bytes(b"of a start that was cut short")
    os.utime(left, (0, 0))
    first_run.issue(tmp_path, ["a.example"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca-key.pem", "ca.pem", "chain.pem", "key.pem"]


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n", None])
@pytest.mark.parametrize("broken", ["ca.pem", "ca-key.pem"])
def test_a_broken_authority_is_told_and_stays(tmp_path: Path, broken: str, content: bytes | None) -> None:
    """Another one in its place would have to be imported by everybody again: that is not for us to decide."""
    first_run.issue(tmp_path, ["a.example"])
    path = tmp_path / broken
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    for ask in (lambda: first_run.issue(tmp_path, ["a.example"]), lambda: first_run.authority(tmp_path)):
        with pytest.raises(CertificateError, match=rf"{broken} .*: restore it, or remove ca\.pem and ca-key\.pem"):
            ask()
    assert content is None or path.read_bytes() == content


def test_where_nothing_can_be_written_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CertificateError, match=r"file/tls cannot be written: .*: let Busyline write there"):
        first_run.issue(tmp_path / "file" / "tls", ["a.example"])
