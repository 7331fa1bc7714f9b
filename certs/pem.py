"""A certificate and its key from PEM files, made into TLS for a server, with words for what is wrong with them."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtensionOID

_SOON = timedelta(days=21)


class CertificateError(ValueError):
    """The files cannot serve; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """TLS for a server (1.2 and newer), until when the certificate holds, and what an administrator should know."""

    context: ssl.SSLContext
    expires: datetime
    notes: tuple[str, ...]


def load(chain: Path, key: Path, *, now: datetime, host: str | None = None) -> Loaded:
    """Load ``chain`` (the leaf first) and ``key``; ``host`` is the name callers use.

    Raises CertificateError where the two cannot be used together. What callers would object to is a note.
    """
    certificates = _certificates(chain)
    leaf = certificates[0]
    _check_key(leaf, chain, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(chain, key)
    except (ssl.SSLError, OSError) as error:
        raise CertificateError(f"{chain} and {key} do not serve: {error.strerror or 'TLS refuses them'}") from None
    return Loaded(context, leaf.not_valid_after_utc, tuple(notes(certificates, now=now, host=host)))


def notes(certificates: Sequence[x509.Certificate], *, now: datetime, host: str | None = None) -> list[str]:
    """What callers object to, in words: validity, names, and a chain that lacks its intermediates."""
    leaf = certificates[0]
    found = [note] if (note := dated(leaf, now=now)) else []
    if host is not None and not _covers(leaf, host):
        found.append(f"the certificate does not name {host}, which callers use: it names {', '.join(_names(leaf))}")
    for lower, upper in pairwise(certificates):
        if lower.issuer != upper.subject:
            found.append("the chain is out of order: the certificate first, then each issuer after what it issued")
            break
    if len(certificates) == 1 and leaf.issuer != leaf.subject:
        found.append("the file holds the certificate alone: append the intermediate, or Exchange and Google refuse it")
    return found


def dated(certificate: x509.Certificate, *, now: datetime) -> str | None:
    """What its dates make of it, in words: expired, about to ("expires"), or not valid yet; None where all is well."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now >= ends:
        return f"the certificate expired on {ends:%Y-%m-%d}: renew it"
    if now < begins:
        return f"the certificate is not valid before {begins:%Y-%m-%d %H:%M} UTC: set the clock, or wait"
    return f"the certificate expires on {ends:%Y-%m-%d}: renew it" if now + _SOON >= ends else None


def _certificates(path: Path) -> list[x509.Certificate]:
    data = _read(path)
    try:
        certificates = x509.load_pem_x509_certificates(data)
    except ValueError:
        certificates = []
    if not certificates:
        raise CertificateError(f"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    return certificates


def _check_key(leaf: x509.Certificate, chain: Path, key: Path) -> None:
    data = _read(key)
    try:
        private = load_pem_private_key(data, None)
    except TypeError:
        raise CertificateError(f"{key} has a passphrase: store it without one, readable by the service alone") from None
    except ValueError:
        raise CertificateError(f"{key} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)") from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if private.public_key().public_bytes(*form) != leaf.public_key().public_bytes(*form):
        raise CertificateError(
            f"{key} is not the key of the first certificate in {chain}: "
            "put the server's own certificate first, or name the key it was requested with"
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CertificateError(f"there is no file {path}") from None
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}") from None


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return []
    assert isinstance(names, x509.SubjectAlternativeName)
    return [
        *(name.lower() for name in names.get_values_for_type(x509.DNSName)),
        *(str(address) for address in names.get_values_for_type(x509.IPAddress)),
    ]


def _covers(leaf: x509.Certificate, host: str) -> bool:
    """RFC 6125 6.4.3: a wildcard stands for one label, the leftmost."""
    names, host = _names(leaf), host.lower()
    return host in names or f"*.{host.partition('.')[2]}" in names
