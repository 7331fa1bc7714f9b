"""Looks at the certificates of connectors: do key and certificate fit each other, and the date."""

from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from certs.pem import dated
from console.findings import Finding, error, warning

_SPKI = Encoding.DER, PublicFormat.SubjectPublicKeyInfo


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Every certificate of ``pem``; none where it holds none or cannot be read."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        return []


def check_pair(key: str, chain: bytes, private: bytes, now: datetime) -> Iterator[Finding]:
    """The first certificate of ``chain`` against its private key and the date."""
    found = certificates(chain)
    if not found:
        yield error(key, "holds no certificate", "put the certificate there in PEM form (BEGIN CERTIFICATE)")
        return
    try:
        own = load_pem_private_key(private, password=None)
    except TypeError:
        yield error(key, "the private key has a passphrase", "store it without one, readable by Busyline alone")
    except ValueError:
        yield error(key, "holds no private key", "put the key there in PEM form (BEGIN PRIVATE KEY)")
    else:
        if own.public_key().public_bytes(*_SPKI) != found[0].public_key().public_bytes(*_SPKI):
            yield error(key, "key and certificate do not belong together", "the leaf certificate comes first")
    yield from check_dates(key, found[0], now)


def check_dates(key: str, certificate: x509.Certificate, now: datetime) -> Iterator[Finding]:
    """Whether the certificate holds today, and for a while yet."""
    if note := dated(certificate, now=now):
        what, _, mend = note.partition(": ")
        severity = warning if what.startswith("the certificate expires") else error
        yield severity(key, what, mend)
