"""The keys of an Exchange federation trust: tokens may be encrypted to its current, next or previous certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import ExtensionOID

from certs import pem
from certs.pair import CertificateError, Pair
from protocols.ews.wssecurity.keys import DecryptionKey

CURRENT, NEXT, PREVIOUS = "current", "next", "previous"


@dataclass(frozen=True, slots=True)
class FederationKeys:
    """The pairs of a trust by their place: CURRENT, and NEXT and PREVIOUS where there are such."""

    pairs: Mapping[str, Pair]

    @property
    def expires(self) -> datetime:
        """Until when the current certificate holds."""
        return self.pairs[CURRENT].leaf.not_valid_after_utc

    @property
    def decryption(self) -> tuple[DecryptionKey, ...]:
        """All keys, the current one first."""
        return tuple(_decryption(pair) for place in (CURRENT, NEXT, PREVIOUS) if (pair := self.pairs.get(place)))

    def notes(self, *, now: datetime) -> list[str]:
        """What an administrator should know, in words; a previous certificate may expire unmentioned."""
        found = [(place, pem.dated(pair.leaf, now=now)) for place, pair in self.pairs.items() if place != PREVIOUS]
        told = [f"{place} federation certificate: {words}" for place, words in found if words]
        if told and NEXT not in self.pairs and any("expire" in words for words in told):
            told.append(
                "there is no next federation certificate: Set-FederationTrust -Thumbprint names one to Exchange"
            )
        return told


def load(files: Mapping[str, tuple[Path, Path]]) -> FederationKeys:
    """The pairs from ``files`` (certificate and key by place; CURRENT must be there).

    Raises CertificateError where a pair does not belong together, or its key is not RSA, as Exchange wants it.
    """
    pairs = {place: pem.read(chain, key) for place, (chain, key) in files.items()}
    for pair in pairs.values():
        if not isinstance(pair.key, RSAPrivateKey):
            raise CertificateError(f"the key in {pair.source} is not RSA: a federation trust has no other")
    seen: dict[bytes, str] = {}
    for place, pair in pairs.items():
        first = seen.setdefault(pair.leaf.fingerprint(hashes.SHA256()), place)
        if first != place:
            raise CertificateError(f"{pair.source} is the {first} federation certificate already: leave {place} out")
    return FederationKeys(pairs)


def certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file, at least one: those of a token issuer. Raises CertificateError."""
    return pem.read_certificates(path)


def _decryption(pair: Pair) -> DecryptionKey:
    assert isinstance(pair.key, RSAPrivateKey)
    leaf = pair.leaf
    return DecryptionKey(
        private=pair.key,
        identifier=_identifier(leaf),
        thumbprint=leaf.fingerprint(hashes.SHA1()),  # noqa: S303 - how Windows names certificates
        serial=leaf.serial_number,
    )


def _identifier(leaf: x509.Certificate) -> bytes:
    try:
        found = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER).value
    except (x509.ExtensionNotFound, ValueError):
        return b""
    assert isinstance(found, x509.SubjectKeyIdentifier)
    return found.digest
