"""Callers proved by the certificate that TLS verified: by a subject alternative name of it, or by its public key."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cachetools import TTLCache
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused

_REMEMBERED: Final = 300.0  # seconds
_KEPT: Final = 1_024
_FOR_CLIENTS: Final = frozenset({ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
UNKNOWN: Final = Refused("unknown-certificate")
UNREADABLE: Final = Refused("unreadable-certificate")
EXPIRED: Final = Refused("expired-certificate")


@dataclass(frozen=True, slots=True)
class Holder:
    """The caller whose certificates ``authorities`` sign, with one of ``names`` or of ``pins`` in them.

    ``names`` are lower-case DNS names and e-mail addresses, and URIs with their scheme in lower
    case; ``pins`` as :func:`pin` makes them.
    """

    caller: Caller
    names: frozenset[str]
    pins: frozenset[str]
    authorities: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    found: Caller | Refused
    ends: datetime


def pin(certificate: x509.Certificate) -> str:
    """``sha256:`` and the digest of its public key (RFC 7469 2.4: of SubjectPublicKeyInfo), in hexadecimal digits."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{hashlib.sha256(key).hexdigest()}"


class ClientCertificates:
    """Proves callers by client certificate.

    TLS has verified that one of all authorities signed it and that the caller has its key. Here the authority must be
    the caller's own as well: another's could write any name. The common name is not looked at (RFC 6125 6.4.4). What a
    certificate proves is remembered for five minutes and never beyond its end, since a connection may outlive it.
    """

    challenge = ""

    def __init__(self, holders: Iterable[Holder], *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._holders, self._clock = tuple(holders), clock
        self._seen: TTLCache[bytes, _Seen] = TTLCache(_KEPT, _REMEMBERED, lambda: clock().timestamp())

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See :class:`proxy.auth.Proof`."""
        if knock.certificate is None:
            return None
        digest = hashlib.sha256(knock.certificate).digest()
        seen = self._seen.get(digest)
        if seen is None:
            seen = self._seen[digest] = self._look(knock.certificate)
        return seen.found if self._clock() <= seen.ends else EXPIRED

    def _look(self, data: bytes) -> _Seen:
        try:
            certificate = x509.load_der_x509_certificate(data)
            return _Seen(self._holder(certificate), certificate.not_valid_after_utc)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
            # TLS bears more than this reader
            return _Seen(UNREADABLE, datetime.max.replace(tzinfo=UTC))

    def _holder(self, certificate: x509.Certificate) -> Caller | Refused:
        names, key, now = set(_names(certificate)), pin(certificate), self._clock()
        for holder in self._holders:
            if (names & holder.names or key in holder.pins) and _signed(certificate, holder.authorities, now):
                return holder.caller
        return UNKNOWN


def _names(certificate: x509.Certificate) -> Iterator[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return
    yield from (name.lower() for name in found.get_values_for_type(x509.DNSName))
    yield from (name.lower() for name in found.get_values_for_type(x509.RFC822Name))
    for uri in found.get_values_for_type(x509.UniformResourceIdentifier):
        scheme, colon, rest = uri.partition(":")
        yield scheme.lower() + colon + rest  # RFC 3986 6.2.2.1


def _signed(certificate: x509.Certificate, authorities: tuple[x509.Certificate, ...], now: datetime) -> bool:
    """Whether one of ``authorities`` signed it and all dates hold (RFC 5280 6.1).

    Extensions that only the public web demands are not asked for: private authorities leave them out.
    """
    builder = PolicyBuilder().store(Store(list(authorities))).time(now)
    issuers = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    leaves = ExtensionPolicy.permit_all().may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_clients)
    verifier = builder.extension_policies(ca_policy=issuers, ee_policy=leaves).build_client_verifier()
    try:
        verifier.verify(certificate, [])
    except VerificationError:
        return False
    return True


def _for_clients(_: Policy, __: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    if usage is not None and _FOR_CLIENTS.isdisjoint(usage):
        raise ValueError("not for clients")
