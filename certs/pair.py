"""A certificate, what stands between it and its authority, and its key: held in memory, and known to fit together."""

from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_SPKI = Encoding.DER, PublicFormat.SubjectPublicKeyInfo


class CertificateError(ValueError):
    """The files cannot serve; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Pair:
    """``certificates``: the leaf first. ``source`` says in words where they came from."""

    certificates: tuple[x509.Certificate, ...]
    key: PrivateKey = field(repr=False)
    source: str

    @property
    def leaf(self) -> x509.Certificate:
        """The server's own certificate."""
        return self.certificates[0]


def served_key(key: object, source: str) -> PrivateKey:
    """``key`` where TLS servers can use its kind. Raises CertificateError for any other."""
    if isinstance(key, PrivateKey):
        return key
    kind = "Ed25519/Ed448" if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey) else "of another kind"
    raise CertificateError(f"the key in {source} is {kind}, which callers do not read: request one with an RSA key")


def belong_together(certificate: x509.Certificate, key: PrivateKey) -> bool:
    """Whether ``key`` is that of ``certificate``."""
    return key.public_key().public_bytes(*_SPKI) == certificate.public_key().public_bytes(*_SPKI)
