"""Seals what leaves for a store that others can read: nothing of it is legible, and nothing can be forged."""

import base64
import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.secrets import Secret

KEY_BYTES: Final = 32
_SALT, _COUNTER, _TAG = 16, 6, 16
_SENDERS = 256  # keys of other nodes that are remembered
OVERHEAD: Final = _SALT + _COUNTER + _TAG
"""Bytes that sealing adds."""


class Seal:
    """AES-256-GCM with keys derived from ``secret``, 64 hexadecimal digits; ValueError for anything else.

    Each Seal seals under a key of its own (a random salt says which), with a counter for a nonce: however much a node
    writes, no nonce comes twice under one key (NIST SP 800-38D 8.2.1).
    """

    def __init__(self, secret: Secret, *, randomness: Callable[[int], bytes] = os.urandom) -> None:
        master = _bytes_of(secret)
        self._names = _derived(master, b"names")
        self._sealing = _derived(master, b"sealing")
        self._cipher_of = lru_cache(maxsize=_SENDERS)(self._cipher)
        self._salt = randomness(_SALT)
        self._own = self._cipher(self._salt)
        self._sealed = 0

    def name(self, *parts: bytes) -> bytes:
        """22 letters and digits (or - and _) that stand for ``parts``, and tell nothing of them without the secret."""
        digest = hashlib.blake2b(digest_size=16, key=self._names)
        for part in parts:
            digest.update(len(part).to_bytes(4, "big") + part)
        return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=")

    def seal(self, content: bytes, about: bytes) -> bytes:
        """``content``, to be opened by whoever has the secret and knows what it is ``about``."""
        self._sealed += 1
        counter = self._sealed.to_bytes(_COUNTER, "big")
        return self._salt + counter + self._own.encrypt(counter.rjust(12, b"\0"), content, about)

    def opened(self, sealed: bytes, about: bytes) -> bytes | None:
        """What was sealed; None where it was not sealed with this secret, about this, or has changed since."""
        if len(sealed) < OVERHEAD:
            return None
        salt, counter = sealed[:_SALT], sealed[_SALT : _SALT + _COUNTER]
        try:
            return self._cipher_of(salt).decrypt(counter.rjust(12, b"\0"), sealed[_SALT + _COUNTER :], about)
        except InvalidTag:
            return None

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(_derived(self._sealing, salt))


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(purpose, digest_size=KEY_BYTES, key=key, person=b"busyline cluster").digest()


def _bytes_of(secret: Secret) -> bytes:
    try:
        master = bytes.fromhex(secret.reveal())
    except ValueError:
        master = b""
    if len(master) != KEY_BYTES:
        raise ValueError("not a key of 32 bytes in 64 hexadecimal digits: make one by `openssl rand -hex 32`") from None
    return master
