"""Authorities and the client certificates that they sign, as private authorities do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True)
class Issued:
    """A certificate with its key; it may sign others, whether it should or not."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """As TLS shows it."""
        return self.certificate.public_bytes(Encoding.DER)

    def write(self, path: Path, *, key: bool = False) -> Path:
        """In PEM, with the key behind it where asked."""
        text = self.certificate.public_bytes(Encoding.PEM)
        if key:
            text += self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(text)
        return path


def authority(name: str = "Test authority", issuer: Issued | None = None, *, ca: bool = True) -> Issued:
    """Signs others (without ``ca``, although it says that it does not); signed by itself, or by ``issuer``."""
    builder, key = _builder(name, issuer, timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return _signed(builder, key, issuer)


def leaf(
    issuer: Issued | None,
    *names: x509.GeneralName,
    common_name: str = "client",
    life: timedelta = timedelta(days=1),
    usage: Sequence[x509.ObjectIdentifier] | None = (CLIENT,),
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Issued:
    """A client's certificate with ``names`` as its subject alternative names, good from two days ago for ``life``."""
    builder, key = _builder(common_name, issuer, life, key)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    return _signed(builder, key, issuer)


def _builder(
    name: str, issuer: Issued | None, life: timedelta, key: ec.EllipticCurvePrivateKey | None = None
) -> tuple[x509.CertificateBuilder, ec.EllipticCurvePrivateKey]:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + life)
    )
    return builder, key


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, issuer: Issued | None) -> Issued:
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)
