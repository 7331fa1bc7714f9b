"""What callers object to in a certificate, in words that say what to do: its dates, its names, its chain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from protocols.model.mailbox import canonical_domain

_SOON = timedelta(days=21)
_SHORT = 3  # a certificate of a few days is not told of for its whole life: the last third is soon enough


class Kind(StrEnum):
    """Which objection it is."""

    EXPIRED = "expired"
    NOT_YET = "not-yet-valid"
    SOON = "expires-soon"
    HOST = "wrong-host"
    ORDER = "out-of-order"
    ALONE = "leaf-alone"


REFUSED: Final = frozenset({Kind.EXPIRED, Kind.NOT_YET, Kind.HOST, Kind.ORDER})
"""What callers refuse; the others work today, or with most."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One of them; ``words`` name the remedy behind a colon."""

    kind: Kind
    words: str


def objections(certificates: Sequence[x509.Certificate], *, now: datetime, host: str | None = None) -> list[Objection]:
    """Everything that callers who know the server as ``host`` object to in the chain, the leaf first."""
    return list(_found(certificates, now, host))


def dated(certificate: x509.Certificate, *, now: datetime) -> Objection | None:
    """What its dates make of it: expired, about to, or not valid yet; None where all is well."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now >= ends:
        return Objection(Kind.EXPIRED, f"the certificate expired on {ends:%Y-%m-%d}: renew it")
    if now < begins:
        words = f"the certificate is not valid before {begins:%Y-%m-%d %H:%M} UTC: set the clock, or wait"
        return Objection(Kind.NOT_YET, words)
    if now + min(_SOON, (ends - begins) / _SHORT) >= ends:
        return Objection(Kind.SOON, f"the certificate expires on {ends:%Y-%m-%d}: renew it")
    return None


def names(leaf: x509.Certificate) -> list[str]:
    """The host names and addresses that a certificate is for, in lower case (RFC 5280 4.2.1.6)."""
    try:
        found = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    assert isinstance(found, x509.SubjectAlternativeName)
    return [
        *(name.lower() for name in found.get_values_for_type(x509.DNSName)),
        *(str(address) for address in found.get_values_for_type(x509.IPAddress)),
    ]


def ascii_host(host: str) -> str:
    """``host`` as certificates spell it: lower case, A-labels (RFC 5280 7.2)."""
    try:
        return canonical_domain(host)
    except ValueError:
        return host.lower()  # an address


def covers(leaf: x509.Certificate, host: str) -> bool:
    """Whether callers take ``leaf`` for ``host``. RFC 6125 6.4.3: a wildcard stands for one label, the leftmost."""
    known, host = names(leaf), ascii_host(host)
    return host in known or f"*.{host.partition('.')[2]}" in known


def _found(certificates: Sequence[x509.Certificate], now: datetime, host: str | None) -> Iterator[Objection]:
    leaf = certificates[0]
    if dates := dated(leaf, now=now):
        yield dates
    if host is not None and not covers(leaf, host):
        words = f"the certificate does not name {host}, which callers use: it names {', '.join(names(leaf))}"
        yield Objection(Kind.HOST, words)
    if any(lower.issuer != upper.subject for lower, upper in pairwise(certificates)):
        words = "the chain is out of order: the certificate first, then each issuer after what it issued"
        yield Objection(Kind.ORDER, words)
    if len(certificates) == 1 and leaf.issuer != leaf.subject:
        words = "the file holds the certificate alone: append the intermediate, or Exchange and Google refuse it"
        yield Objection(Kind.ALONE, words)
