"""Looks at the certificates of connectors: do key and certificate fit each other, and the date."""

from collections.abc import Iterator
from datetime import datetime

from cryptography import x509

from certs.pair import CertificateError, belong_together
from certs.pem import certificates_in, dated, key_in
from console.certificate_checks import mended
from console.findings import Finding, error, warning

_IT = "it"


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Every certificate of ``pem``; none where it holds none, is cut off or cannot be read."""
    try:
        return list(certificates_in(pem, _IT))
    except CertificateError:
        return []


def check_pair(key: str, chain: bytes, private: bytes, now: datetime) -> Iterator[Finding]:
    """The first certificate of ``chain`` against its private key and the date."""
    try:
        found = certificates_in(chain, _IT)
    except CertificateError as problem:
        yield error(key, *mended(str(problem)))
        return
    try:
        if not belong_together(found[0], key_in(private, _IT)):
            yield error(key, "key and certificate do not belong together", "the leaf certificate comes first")
    except CertificateError as problem:
        yield error(key, *mended(str(problem)))
    yield from check_dates(key, found[0], now)


def check_dates(key: str, certificate: x509.Certificate, now: datetime) -> Iterator[Finding]:
    """Whether the certificate holds today, and for a while yet."""
    if note := dated(certificate, now=now):
        what, _, mend = note.partition(": ")
        severity = warning if what.startswith("the certificate expires") else error
        yield severity(key, what, mend)
