"""XML encryption as tokens use it: a key by RSA-OAEP, the token by AES-CBC, and one answer to everything that fails."""

import base64
import binascii
import os
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from protocols.ews.wssecurity.keys import DecryptionKey, candidates
from protocols.ews.wssecurity.names import AES_BYTES, DS, RSA_OAEP, SHA1, XENC
from protocols.ews.wssecurity.refusal import SecurityRefused

_BLOCK: Final = 16
_LONGEST: Final = 64 * 1024  # bytes of an encrypted token; Microsoft's take about 4 KiB
_OAEP: Final = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - the only one
_UNDECIPHERED: Final = "token-not-deciphered"

Random = Callable[[int], bytes]


def decrypt(encrypted: etree._Element, keys: Sequence[DecryptionKey], *, random: Random = os.urandom) -> bytes:
    """What an xenc:EncryptedData holds: its key by RSA-OAEP to one of ``keys``, itself by AES-CBC.

    Where its key cannot be deciphered, it is deciphered with a random one, so that both ways of failing are the same
    (RFC 8017 7.1.2, after Manger). RSA 1.5 is not known here: no answer of ours can be Bleichenbacher's oracle. Raises
    SecurityRefused, always the same one once a key was used.
    """
    length = AES_BYTES.get(_algorithm(encrypted), 0)
    wrapped = encrypted.findall(f"{{{DS}}}KeyInfo/{{{XENC}}}EncryptedKey")
    if not length or len(wrapped) != 1:
        raise SecurityRefused("token-not-encrypted-as-we-read-it")
    cipher_text = _cipher_value(encrypted)
    if not 2 * _BLOCK <= len(cipher_text) <= _LONGEST or len(cipher_text) % _BLOCK:
        raise SecurityRefused("token-not-encrypted-as-we-read-it")
    key = unwrap(wrapped[0], keys, lengths=(length,))
    plain = _deciphered(cipher_text, key or random(length))
    if plain is None or key is None:
        raise SecurityRefused(_UNDECIPHERED)
    return plain


def unwrap(wrapped: etree._Element, keys: Sequence[DecryptionKey], *, lengths: Sequence[int]) -> bytes | None:
    """The secret key in an xenc:EncryptedKey; None where none of ``keys`` opens it, or it is not of these lengths.

    Raises SecurityRefused for an algorithm other than RSA-OAEP with SHA-1, which says nothing of the keys.
    """
    methods = wrapped.findall(f"{{{XENC}}}EncryptionMethod/{{{DS}}}DigestMethod")
    if _algorithm(wrapped) != RSA_OAEP or any(method.get("Algorithm") != SHA1 for method in methods):
        raise SecurityRefused("token-not-encrypted-as-we-read-it")
    cipher_text = _cipher_value(wrapped)
    for key in candidates(wrapped.find(f"{{{DS}}}KeyInfo"), keys):
        try:
            opened = key.private.decrypt(cipher_text, _OAEP)
        except ValueError:
            continue
        if len(opened) in lengths:
            return opened
    return None


def _deciphered(cipher_text: bytes, key: bytes) -> bytes | None:
    """XML Encryption 1.0, 5.2: the last byte says how many were added, whatever the others of them are (ISO 10126)."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(cipher_text[:_BLOCK])).decryptor()
    plain = decryptor.update(cipher_text[_BLOCK:]) + decryptor.finalize()
    added = plain[-1]
    return plain[:-added] if 1 <= added <= _BLOCK else None


def _algorithm(element: etree._Element) -> str:
    methods = element.findall(f"{{{XENC}}}EncryptionMethod")
    return methods[0].get("Algorithm", "") if len(methods) == 1 else ""


def _cipher_value(element: etree._Element) -> bytes:
    values = element.findall(f"{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
    if len(values) != 1:
        raise SecurityRefused("token-not-encrypted-as-we-read-it")
    try:
        return base64.b64decode("".join((values[0].text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise SecurityRefused("token-not-encrypted-as-we-read-it") from None
