"""The private keys that tokens are encrypted to, and how the sender of a token names the one it used."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from protocols.ews.wssecurity.names import DS


@dataclass(frozen=True, slots=True, kw_only=True)
class DecryptionKey:
    """A private key with what its certificate is named by: subject key identifier, SHA-1 thumbprint, serial number."""

    private: RSAPrivateKey = field(repr=False)
    identifier: bytes
    thumbprint: bytes
    serial: int


def candidates(key_info: etree._Element | None, keys: Sequence[DecryptionKey]) -> Sequence[DecryptionKey]:
    """The keys that ``key_info`` names; all where it names none that we have. A name is a hint, never a proof."""
    if key_info is None:
        return keys
    octets = {_octets(element.text) for element in key_info.iter()}
    serials = {(element.text or "").strip() for element in key_info.iter(f"{{{DS}}}X509SerialNumber")}
    named = [key for key in keys if {key.identifier, key.thumbprint} & (octets - {b""}) or str(key.serial) in serials]
    return named or keys


def _octets(text: str | None) -> bytes:
    try:
        return base64.b64decode((text or "").strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
