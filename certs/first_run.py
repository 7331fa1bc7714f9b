"""A certificate of our own for the first run: a small CA that machines under test can trust, and a leaf it signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs import pem
from certs.keeping import keep
from certs.pair import CertificateError, belong_together
from certs.signing_requests import general_names

CA_FILE, CA_KEY_FILE, CHAIN_FILE, KEY_FILE = "ca.pem", "ca-key.pem", "chain.pem", "key.pem"
_CA_LIFE, _LEAF_LIFE, _RENEW = timedelta(days=3650), timedelta(days=397), timedelta(days=30)
_SKEW = timedelta(hours=1)  # clocks of callers that run behind
_RESTORE: Final = f"restore it, or remove {CA_FILE} and {CA_KEY_FILE} for a new CA, which callers import again"
_BITS: Final = 2048  # RSA, which every Exchange and every Java reads


_Authority: TypeAlias = tuple[x509.Certificate, rsa.RSAPrivateKey]


@dataclass(frozen=True, slots=True)
class Issued:
    """Where the files lie; ``ca`` is what callers import to trust the leaf."""

    ca: Path
    chain: Path
    key: Path


def issue(directory: Path, names: Sequence[str], *, now: datetime | None = None) -> Issued:
    """A leaf for ``names`` (host names and IP addresses), signed by a CA kept in ``directory``.

    What is there already is reused as long as it names all of ``names`` and holds for another month; the CA stays the
    same, so nobody must import it twice. Private keys are readable by their owner alone. Raises CertificateError where
    the CA there cannot be read, or nothing can be written.
    """
    if not names:
        raise ValueError("a certificate needs at least one name")
    now = now or datetime.now(UTC)
    files = Issued(directory / CA_FILE, directory / CHAIN_FILE, directory / KEY_FILE)
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        ca, ca_key = authority(directory) or _issue_ca(files.ca, directory / CA_KEY_FILE, now)
        if not _still_good(files, ca, names, now):
            _issue_leaf(files, ca, ca_key, names, now)
    except OSError as error:
        raise CertificateError(f"{directory} cannot be written: {error.strerror}: let Busyline write there") from None
    return files


def authority(directory: Path) -> _Authority | None:
    """The CA kept in ``directory``; None where there is none yet, or where making it ended between its two files.

    Raises CertificateError where it cannot be read: another one would have to be imported by everybody anew.
    """
    path, key_path = directory / CA_FILE, directory / CA_KEY_FILE
    if not (path.exists() and key_path.exists()):
        return None
    try:
        ca, key = pem.read_certificates(path)[0], pem.key_in(pem.read_file(key_path), str(key_path))
    except CertificateError as error:
        what = str(error).partition(": ")[0]
        raise CertificateError(f"{what}: {_RESTORE}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CertificateError(f"{key_path} holds no key of Busyline's: {_RESTORE}")
    return (ca, key) if belong_together(ca, key) else None


def _still_good(files: Issued, ca: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    try:
        leaf = pem.read(files.chain, files.key).leaf
        known = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False  # half of a file, or somebody else's: nobody has to import a new leaf
    fresh = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - _RENEW
    return fresh and leaf.issuer == ca.subject and set(general_names(names)) <= set(known)


def _issue_ca(path: Path, key_path: Path, now: datetime) -> _Authority:
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
    return certificate, key


def _issue_leaf(
    files: Issued, ca: x509.Certificate, ca_key: rsa.RSAPrivateKey, names: Sequence[str], now: datetime
) -> None:
    key = rsa.generate_private_key(65_537, _BITS)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    certificate = (
        _builder(_name(names[0][:64]), ca.subject, key.public_key(), now, _LEAF_LIFE)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
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
