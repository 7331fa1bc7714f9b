"""A certificate of our own for the first run: a small CA that machines under test can trust, and a leaf it signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.keeping import keep
from certs.signing_requests import general_names

CA_FILE, CHAIN_FILE, KEY_FILE = "ca.pem", "chain.pem", "key.pem"
_CA_LIFE, _LEAF_LIFE, _RENEW = timedelta(days=3650), timedelta(days=397), timedelta(days=30)
_SKEW = timedelta(hours=1)  # clocks of callers that run behind
_BITS: Final = 2048  # RSA, which every Exchange and every Java reads


@dataclass(frozen=True, slots=True)
class Issued:
    """Where the files lie; ``ca`` is what callers import to trust the leaf."""

    ca: Path
    chain: Path
    key: Path


def issue(directory: Path, names: Sequence[str], *, now: datetime | None = None) -> Issued:
    """A leaf for ``names`` (host names and IP addresses), signed by a CA kept in ``directory``.

    What is there already is reused as long as it names all of ``names`` and holds for another month; the CA stays the
    same, so nobody must import it twice. Private keys are readable by their owner alone.
    """
    if not names:
        raise ValueError("a certificate needs at least one name")
    now = now or datetime.now(UTC)
    files = Issued(directory / CA_FILE, directory / CHAIN_FILE, directory / KEY_FILE)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_key_path = directory / "ca-key.pem"
    if not (files.ca.exists() and ca_key_path.exists() and _belong_together(files.ca, ca_key_path)):
        _issue_ca(files.ca, ca_key_path, now)
    ca = x509.load_pem_x509_certificate(files.ca.read_bytes())
    if not _still_good(files, ca, names, now):
        ca_key = load_pem_private_key(ca_key_path.read_bytes(), None)
        assert isinstance(ca_key, rsa.RSAPrivateKey)
        _issue_leaf(files, ca, ca_key, names, now)
    return files


def _still_good(files: Issued, ca: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    if not (files.chain.exists() and files.key.exists()):
        return False
    try:
        leaf = x509.load_pem_x509_certificate(files.chain.read_bytes())
        pair = _belong_together(files.chain, files.key)
        known = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return False  # half of a file, or somebody else's: nobody has to import a new leaf
    fresh = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - _RENEW
    return pair and fresh and leaf.issuer == ca.subject and set(general_names(names)) <= set(known)


def _belong_together(certificate: Path, key: Path) -> bool:
    """Whether ``key`` is that of the first certificate; not so where making them ended between the two."""
    public = load_pem_private_key(key.read_bytes(), None).public_key()
    return public == x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()


def _issue_ca(path: Path, key_path: Path, now: datetime) -> None:
    key = rsa.generate_private_key(65_537, _BITS)
    serial = x509.random_serial_number()
    subject = _name(f"Busyline first-run CA {serial & 0xFFFFFFFF:08x}")
    builder = _builder(subject, subject, key.public_key(), now, _CA_LIFE).serial_number(serial)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_path, key)
    keep(path, certificate.public_bytes(Encoding.PEM), mode=0o644)


def _issue_leaf(
    files: Issued, ca: x509.Certificate, ca_key: rsa.RSAPrivateKey, names: Sequence[str], now: datetime
) -> None:
    key = rsa.generate_private_key(65_537, _BITS)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    certificate = (
        _builder(_name(names[0][:64]), ca.subject, key.public_key(), now, _LEAF_LIFE)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(authority, critical=False)
        .add_extension(x509.SubjectAlternativeName(general_names(names)), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write_key(files.key, key)
    keep(files.chain, certificate.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM), mode=0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.not_valid_before(now - _SKEW).not_valid_after(now + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    """Never readable by others, not even while it is written."""
    keep(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
