"""Keys derived from the token's key by P_SHA-1, where a caller signs with one of these instead of the key itself."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from lxml import etree

from protocols.ews.wssecurity.names import CONVERSATION, WSSE
from protocols.ews.wssecurity.refusal import SecurityRefused

_LABEL: Final = b"WS-SecureConversationWS-SecureConversation"
_LENGTH: Final = 32
_LONGEST: Final = 64
_FURTHEST: Final = 1_024
_ALGORITHMS: Final = frozenset(f"{version}/dk/p_sha1" for version in CONVERSATION) | {""}


def p_sha1(secret: bytes, seed: bytes, length: int) -> bytes:
    """``length`` bytes of P_SHA-1 (RFC 2246 5)."""
    found, a = b"", seed
    while len(found) < length:
        a = hmac.digest(secret, a, hashlib.sha1)
        found += hmac.digest(secret, a + seed, hashlib.sha1)
    return found[:length]


def derived(element: etree._Element, secret: bytes) -> bytes:
    """The key that a DerivedKeyToken describes (WS-SecureConversation 1.3, 7). Raises SecurityRefused."""
    version = etree.QName(element).namespace
    parts = {child.tag: (child.text or "").strip() for child in element}
    allowed = {f"{{{version}}}{name}" for name in ("Offset", "Generation", "Length", "Label", "Nonce")}
    reference = f"{{{WSSE}}}SecurityTokenReference"
    if len(parts) != len(element) or not set(parts) <= allowed | {reference} or reference not in parts:
        raise SecurityRefused("derived-key-of-another-form")
    if element.get("Algorithm", "") not in _ALGORITHMS:
        raise SecurityRefused("derived-key-of-another-form")
    length = _number(parts.get(f"{{{version}}}Length"), _LENGTH)
    generation = _number(parts.get(f"{{{version}}}Generation"), 0)
    offset = _number(parts.get(f"{{{version}}}Offset"), generation * length)
    if not 16 <= length <= _LONGEST or offset > _FURTHEST:
        raise SecurityRefused("derived-key-of-another-form")
    nonce = _nonce(parts.get(f"{{{version}}}Nonce"))
    label = parts.get(f"{{{version}}}Label")
    seed = (label.encode() if label is not None else _LABEL) + nonce
    return p_sha1(secret, seed, offset + length)[offset:]


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise SecurityRefused("derived-key-of-another-form")
    return int(text)


def _nonce(text: str | None) -> bytes:
    try:
        nonce = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        nonce = b""
    if not 16 <= len(nonce) <= _LONGEST:
        raise SecurityRefused("derived-key-of-another-form")
    return nonce
