"""Certificates from files: what serves, what cannot, and what callers would object to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certs import first_run
from certs.pem import CertificateError, load, notes, read_certificates, read_pair

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> first_run.Issued:
    return first_run.issue(tmp_path_factory.mktemp("tls"), ["busy.example.com"], now=NOW)


def test_what_serves(files: first_run.Issued) -> None:
    loaded = load(files.chain, files.key, now=NOW, host="Busy.example.com")
    assert loaded.notes == ()
    assert loaded.expires == NOW + timedelta(days=397)
    assert loaded.context.minimum_version.name == "TLSv1_2"


def test_what_cannot_serve(files: first_run.Issued, tmp_path: Path) -> None:
    other = first_run.issue(tmp_path / "other", ["a"], now=NOW)
    key = load_pem_private_key(files.key.read_bytes(), None)
    locked, empty = tmp_path / "locked.pem", tmp_path / "empty.pem"
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    empty.write_bytes(b"")
    for chain, private, words in (
        (files.chain, other.key, "is not the key of the first certificate"),
        (files.ca, files.key, "put the server's own certificate first"),
        (files.chain, locked, "has a passphrase"),
        (files.chain, files.chain, "holds no private key"),
        (files.key, files.key, "holds no certificate"),
        (empty, files.key, "holds no certificate"),
        (tmp_path / "missing", files.key, "there is no file"),
        (files.chain, tmp_path, "cannot be read"),
        (files.chain, tmp_path / "missing", "there is no file"),
    ):
        with pytest.raises(CertificateError, match=words):
            load(chain, private, now=NOW)


@pytest.mark.parametrize(
    ("days", "host", "words"),
    [
        (0, "busy.example.com", []),
        (380, "busy.example.com", ["expires on 2027-12-22"]),
        (397, "busy.example.com", ["expired on 2027-12-22"]),
        (-1, "busy.example.com", ["is not valid before"]),
        (0, "other.example.com", ["does not name other.example.com, which callers use: it names busy.example.com"]),
    ],
)
def test_what_callers_would_object_to(files: first_run.Issued, days: int, host: str, words: list[str]) -> None:
    chain = x509.load_pem_x509_certificates(files.chain.read_bytes())
    found = notes(chain, now=NOW + timedelta(days=days), host=host)
    assert len(found) == len(words)
    assert all(word in note for word, note in zip(words, found, strict=True))


def test_a_chain_that_lacks_its_intermediate_or_its_order(files: first_run.Issued) -> None:
    leaf, ca = x509.load_pem_x509_certificates(files.chain.read_bytes())
    assert "append the intermediate" in notes([leaf], now=NOW)[0]
    assert notes([ca], now=NOW) == []  # its own issuer
    assert "out of order" in notes([ca, leaf], now=NOW)[0]


def test_a_wildcard_stands_for_one_label(tmp_path: Path) -> None:
    files = first_run.issue(tmp_path, ["*.example.com"], now=NOW)
    chain = x509.load_pem_x509_certificates(files.chain.read_bytes())
    assert notes(chain, now=NOW, host="busy.example.com") == []
    assert notes(chain, now=NOW, host="a.busy.example.com") != []


def test_key_and_chain_may_be_one_text(files: first_run.Issued) -> None:
    text = files.key.read_bytes() + files.chain.read_bytes()
    pair = read_pair(text, text, chain="all.pem", key="all.pem")
    assert (pair.source, len(pair.certificates)) == ("all.pem", 2)
    with pytest.raises(CertificateError, match=r"all\.pem holds no private key"):
        read_pair(files.chain.read_bytes(), files.chain.read_bytes(), chain="all.pem", key="all.pem")


def test_a_key_that_callers_do_not_read_is_told_as_such(files: first_run.Issued) -> None:
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(CertificateError, match="request one with an RSA key"):
        read_pair(files.chain.read_bytes(), key, chain="chain.pem", key="key.pem")


def test_certificates_side_by_side(files: first_run.Issued, tmp_path: Path) -> None:
    assert len(read_certificates(files.chain)) == 2
    with pytest.raises(CertificateError, match="there is no file"):
        read_certificates(tmp_path / "gone")
    with pytest.raises(CertificateError, match="holds no certificate in PEM"):
        read_certificates(files.key)


def test_a_chain_that_is_cut_off_anywhere_is_told(files: first_run.Issued, tmp_path: Path) -> None:
    """Half of a second certificate is not seen by the parser, which takes the first for all there is."""
    whole, cut = files.chain.read_bytes(), tmp_path / "cut.pem"
    end = whole.index(b"-----END CERTIFICATE-----") + len(b"-----END CERTIFICATE-----\n")
    for length in range(end + 1, len(whole) - 1):
        cut.write_bytes(whole[:length])
        with pytest.raises(CertificateError, match=r"cut\.pem is cut off: "):
            read_certificates(cut)
    for length in (len(whole), len(whole) - 1, end):
        cut.write_bytes(whole[:length])
        assert len(read_certificates(cut)) == (1 if length == end else 2)


def test_half_a_certificate_before_a_whole_one_is_told(files: first_run.Issued, tmp_path: Path) -> None:
    leaf, _, rest = files.chain.read_bytes().partition(b"-----END CERTIFICATE-----\n")
    (tmp_path / "cut.pem").write_bytes(leaf + rest)
    with pytest.raises(CertificateError, match="is cut off"):
        read_certificates(tmp_path / "cut.pem")


def test_words_around_the_blocks_are_no_harm(files: first_run.Issued, tmp_path: Path) -> None:
    """As `openssl x509 -text` and exports by hand have them."""
    text = b"subject=CN = a\r\n- a list\r\n" + files.chain.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\nthe end\r\n"
    (tmp_path / "text.pem").write_bytes(text)
    assert len(read_certificates(tmp_path / "text.pem")) == 2
