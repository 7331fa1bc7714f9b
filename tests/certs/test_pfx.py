"""PKCS#12 files: each thing that can be wrong with one, and the order that they do not keep."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    KeySerializationEncryption,
    NoEncryption,
    pkcs12,
)

from certs import pfx
from certs.pair import CertificateError
from tests.certs.authority import Authority, ec_key, rsa_key, write
from tests.needs import program

ROOT = Authority("Root")
ISSUING = Authority("Issuing", issuer=ROOT)
LEAF = ISSUING.leaf("busy.example.com", key=rsa_key())
STRAY = Authority("Stray").certificate
LOCK = BestAvailableEncryption(b"p\xc3\xa4ss")


def file(
    directory: Path,
    *,
    key: pkcs12.PKCS12PrivateKeyTypes | None = LEAF.key,
    certificate: x509.Certificate | None = LEAF.leaf,
    others: Sequence[x509.Certificate] = (),
    lock: KeySerializationEncryption = LOCK,
) -> Path:
    path = directory / "busyline.pfx"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, list(others) or None, lock))
    return path


def test_the_chain_is_put_in_order(tmp_path: Path) -> None:
    others = [ROOT.certificate, STRAY, ISSUING.certificate]
    pair = pfx.read(file(tmp_path, others=others), "päss")
    assert pair.certificates == (LEAF.leaf, ISSUING.certificate, ROOT.certificate)
    assert pair.key.public_key() == LEAF.key.public_key()


def test_without_a_password(tmp_path: Path) -> None:
    assert pfx.read(file(tmp_path, lock=NoEncryption()), None).certificates == (LEAF.leaf,)


@pytest.mark.parametrize(
    ("changes", "password", "words"),
    [
        ({}, "guessed", "the password does not open"),
        ({}, None, "has a password: name where it lies"),
        ({"key": None, "others": [STRAY]}, "päss", "holds no private key: export it again"),
        ({"certificate": None}, "päss", "holds a key and no certificate"),
        ({"certificate": None, "others": [STRAY]}, "päss", "belongs to none of its certificates"),
        ({"key": ed25519.Ed25519PrivateKey.generate(), "certificate": None}, "päss", "request one with an RSA key"),
        ({"key": ec_key(), "certificate": None, "others": [LEAF.leaf]}, "päss", "belongs to none"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, changes: dict[str, object], password: str | None, words: str) -> None:
    with pytest.raises(CertificateError, match=words) as raised:
        pfx.read(file(tmp_path, **changes), password)  # type: ignore[arg-type]
    assert str(tmp_path) in str(raised.value)
    assert "päss" not in str(raised.value)
    assert "guessed" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN CERTIFICATE-----\n", b"0\x82\x01\x00abc"])
def test_another_kind_of_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pfx"
    path.write_bytes(content)
    with pytest.raises(CertificateError, match=r"is no PKCS#12 file"):
        pfx.read(path, "x")
    with pytest.raises(CertificateError, match="there is no file"):
        pfx.read(tmp_path / "gone", "x")


@pytest.mark.parametrize("options", [(), ("-legacy",), ("-legacy", "-certpbe", "PBE-SHA1-RC2-40")])
def test_what_old_windows_exports_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    chain, key = write(LEAF, tmp_path)
    path = tmp_path / "old.pfx"
    command = [program("openssl"), "pkcs12", "-export", "-in", str(chain), "-inkey", str(key), "-out", str(path)]
    subprocess.run([*command, "-passout", "pass:x", *options], check=True, capture_output=True)
    assert pfx.read(path, "x").certificates == (LEAF.leaf, ISSUING.certificate)
